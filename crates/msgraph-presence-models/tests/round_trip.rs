//! A model that is written reads back equal, with any empty text, list or object in it.

#![cfg(test)]

mod common {
    pub mod examples;
}

use common::examples::examples;
use msgraph_presence_models::bodies::*;
use msgraph_presence_models::{
    DateTimeTimeZone, ItemBody, OutOfOfficeSettings, Presence, PresenceCollection,
    PresenceStatusMessage, UserWorkLocation,
};
use msgraph_wire::Object;
use msgraph_wire::decode::{self, Properties};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::any::type_name;
use std::fmt::Debug;
use std::sync::LazyLock;

/// Each property of the documented requests and responses, at any depth, with its value.
static PROPERTIES: LazyLock<Vec<(String, Value)>> = LazyLock::new(|| {
    let undocumented = json!({ "sessionId": "s", "ids": ["i"], "placeId": "p", "locationId": "l" });
    let mut all = Vec::new();
    for value in examples().iter().chain([&undocumented]) {
        add_properties(value, &mut all);
    }
    all
});

fn add_properties(value: &Value, all: &mut Vec<(String, Value)>) {
    for (name, value) in value.as_object().into_iter().flatten() {
        all.push((name.clone(), value.clone()));
        add_properties(value, all);
    }
    for item in value.as_array().into_iter().flatten() {
        add_properties(item, all);
    }
}

/// An object of some documented properties and of the required ones, with some values empty.
fn body(required: &[&str], random: &mut fastrand::Rng) -> Value {
    let named = |name: &&str| PROPERTIES.iter().find(|(other, _)| other == name);
    let some = (0..random.usize(..6)).map(|_| &PROPERTIES[random.usize(..PROPERTIES.len())]);
    let mut properties: Map<_, _> = some.cloned().collect();
    properties.extend(required.iter().filter_map(named).cloned());
    for value in properties.values_mut() {
        empty(value, random);
    }
    properties.into()
}

/// Empties one value in four: a text, a list or an object, or a part of it.
fn empty(value: &mut Value, random: &mut fastrand::Rng) {
    let is_emptied = random.u8(..4) == 0;
    match value {
        Value::String(text) if is_emptied => text.clear(),
        Value::Array(items) if is_emptied => items.clear(),
        Value::Object(properties) if is_emptied => properties.clear(),
        Value::Array(items) => items.iter_mut().for_each(|item| empty(item, random)),
        Value::Object(properties) => properties.values_mut().for_each(|one| empty(one, random)),
        _ => {}
    }
}

/// Reads bodies, writes what was read and reads it again.
fn check<T: Object + PartialEq + Debug + Serialize + DeserializeOwned>() {
    let mut random = fastrand::Rng::with_seed(2_026);
    let mut read = 0;
    for _ in 0..4_000 {
        let body = body(T::REQUIRED, &mut random);
        let text = body.to_string();
        if let Ok(model) = decode::object::<T>(text.as_bytes(), Properties::All) {
            read += 1;
            let written = serde_json::to_value(&model).unwrap();
            for name in T::REQUIRED {
                assert_eq!(written[name], body[name], "{text}");
            }
            assert_eq!(
                serde_json::from_value::<T>(written).unwrap(),
                model,
                "{text}"
            );
        }
    }
    assert!(read > 400, "{}: {read} bodies were read", type_name::<T>());
    // A required property that `$select` left out has its default, and is written with it.
    let selected = decode::object::<T>(b"{}", Properties::Selected).unwrap();
    let written = serde_json::to_string(&selected).unwrap();
    assert_eq!(serde_json::from_str::<T>(&written).unwrap(), selected);
}

#[test]
fn every_model_reads_back_what_it_wrote() {
    check::<Presence>();
    check::<PresenceCollection>();
    check::<PresenceStatusMessage>();
    check::<OutOfOfficeSettings>();
    check::<UserWorkLocation>();
    check::<ItemBody>();
    check::<DateTimeTimeZone>();
    check::<OdataError>();
    check::<MainError>();
    check::<InnerError>();
    check::<ErrorDetails>();
    check::<SetPresenceRequest>();
    check::<ClearPresenceRequest>();
    check::<SetStatusMessageRequest>();
    check::<SetUserPreferredPresenceRequest>();
    check::<ClearUserPreferredPresenceRequest>();
    check::<GetPresencesByUserIdRequest>();
    check::<SetWorkLocationRequest>();
}

#[test]
fn an_empty_id_is_written_as_it_was_read() {
    let presence: Presence = serde_json::from_str(r#"{"id":""}"#).unwrap();
    assert_eq!(serde_json::to_string(&presence).unwrap(), r#"{"id":""}"#);
    assert!(serde_json::from_str::<Presence>("{}").is_err());
}

#[test]
fn debug_output_has_no_private_text() {
    fn shown<T: Debug + DeserializeOwned>(body: Value) -> String {
        let model = serde_json::from_value::<T>(body).unwrap();
        format!("{model:?} {model:#?}")
    }
    let detail = json!({ "code": "Detail", "message": "s3cret", "target": "s3cret" });
    let mut error = detail.clone();
    error["details"] = json!([detail]);
    let location = json!({ "workLocationType": "office", "placeId": "s3cret" });
    let error = shown::<MainError>(error);
    let location = shown::<SetWorkLocationRequest>(location);
    assert!(error.contains("Detail") && location.contains("Office"));
    assert!(
        !format!("{error} {location}").contains("s3cret"),
        "{error} {location}"
    );
}
