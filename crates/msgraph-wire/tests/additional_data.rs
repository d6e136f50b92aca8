//! The members that a type does not know.

#![cfg(test)]

use msgraph_wire::AdditionalData;
use serde_json::json;

fn data(names: &[&str]) -> AdditionalData {
    let mut data = AdditionalData::default();
    for name in names {
        data.insert(*name, json!({ "name": name }));
    }
    data
}

#[test]
fn members_are_added_replaced_and_removed() {
    let mut data = data(&["b", "a"]);
    data.insert("a", json!(1));
    assert_eq!(
        (data.len(), data.get("a"), data.get("c")),
        (2, Some(&json!(1)), None)
    );
    assert_eq!(data.remove("a"), Some(json!(1)));
    assert_eq!(
        data.iter().collect::<Vec<_>>(),
        [("b", &json!({ "name": "b" }))]
    );
}

#[test]
fn the_order_does_not_count_and_emptied_is_empty() {
    assert_eq!(data(&["a", "b"]), data(&["b", "a"]));
    assert_ne!(data(&["a"]), data(&["b"]));
    let mut emptied = data(&["a"]);
    emptied.remove("a");
    assert!(emptied.is_empty());
    assert_eq!(emptied, AdditionalData::default());
    assert_ne!(data(&["a"]), AdditionalData::default());
}

#[test]
fn it_is_one_pointer_wide_and_shows_its_names_alone() {
    assert_eq!(size_of::<AdditionalData>(), size_of::<usize>());
    assert_eq!(format!("{:?}", data(&["secret"])), r#"{"secret"}"#);
}
