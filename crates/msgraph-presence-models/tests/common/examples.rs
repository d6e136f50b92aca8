//! Requests and answers as they are documented.

use serde_json::Value;

/// Requests and answers as documented or seen, each an object with `id` and `operation`.
pub fn examples() -> Vec<Value> {
    let text = include_str!("../fixtures/examples.json");
    let fixture: Value = serde_json::from_str(text).unwrap();
    fixture["examples"].as_array().unwrap().clone()
}
