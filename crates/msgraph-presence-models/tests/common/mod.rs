//! What the tests share: the fixtures and a die.

#![allow(dead_code, reason = "each test uses a part of it")]

use proptest::prelude::ProptestConfig;
use proptest::test_runner::RngSeed;
use serde_json::{Map, Value};

/// Requests and answers as documented or seen, each an object with `id` and `operation`.
pub fn examples() -> Vec<Value> {
    list(include_str!("../fixtures/examples.json"), "examples")
}

/// Requests on which the documentation and the SDKs agree.
pub fn wire_cases() -> Vec<Value> {
    list(include_str!("../fixtures/wire.json"), "cases")
}

fn list(text: &str, member: &str) -> Vec<Value> {
    let fixture: Value = serde_json::from_str(text).unwrap();
    fixture[member].as_array().unwrap().clone()
}

/// The same value without members that are null.
pub fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let there = members.iter().filter(|(_, value)| !value.is_null());
            there
                .map(|(name, value)| (name.clone(), without_nulls(value)))
                .collect::<Map<_, _>>()
                .into()
        }
        Value::Array(values) => values.iter().map(without_nulls).collect(),
        value => value.clone(),
    }
}

/// Ten thousand cases, the same at each run.
pub fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 10_000,
        rng_seed: RngSeed::Fixed(2_026),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// A die with a seed (SplitMix64).
pub struct Die(pub u64);

impl Die {
    /// A number below `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % sides as u64) as usize
    }

    /// True once in `sides` times.
    pub fn once_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    /// One of the choices.
    pub fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.roll(choices.len())].clone()
    }
}
