//! Every documented body of the presence operations is read, and written again the same.

#![cfg(test)]

mod common {
    pub mod examples;
}

use common::examples::examples;
use msgraph_presence_models::bodies::{
    OdataError, SetStatusMessageRequest, SetUserPreferredPresenceRequest,
};
use msgraph_presence_models::{Presence, PresenceStatusMessage};
use msgraph_wire::Object;
use msgraph_wire::decode::{self, Properties};
use serde::Serialize;
use serde_json::{Map, Value};

/// Examples that are not responses of the presence operations, each with the reason to skip it.
const LEFT_OUT: [(&str, &str); 18] = [
    ("set-status-message-expiry", "the response has no body"),
    ("set-status-message", "the response has no body"),
    ("set-user-preferred-presence", "the response has no body"),
    ("clear-user-preferred-presence", "another operation"),
    ("set-presence", "another operation"),
    ("clear-presence", "another operation"),
    ("get-presences-by-user-id", "another operation, with a list"),
    ("resource-presence", "placeholders of a resource page"),
    ("resource-presence-2022", "placeholders of a resource page"),
    (
        "resource-presenceStatusMessage",
        "placeholders of a resource page",
    ),
    (
        "resource-presenceStatusMessage-values",
        "a part of a response; read below",
    ),
    (
        "resource-outOfOfficeSettings",
        "placeholders of a resource page",
    ),
    (
        "resource-userWorkLocation",
        "placeholders of a resource page",
    ),
    ("resource-itemBody", "placeholders of a resource page"),
    (
        "resource-dateTimeTimeZone",
        "placeholders of a resource page",
    ),
    (
        "notification-decrypted",
        "a change notification, with placeholders",
    ),
    ("obs-401-another-user", "the body was not shown"),
    ("obs-never-expiry", "a request"),
];

/// Reads a body and writes it again.
fn again<T: Object + Serialize>(body: &Value, enveloped: bool) -> Value {
    let text = serde_json::to_vec(body).unwrap();
    let read = if enveloped {
        decode::enveloped::<T>(&text, Properties::All)
    } else {
        decode::object::<T>(&text, Properties::All)
    };
    serde_json::to_value(read.unwrap()).unwrap()
}

/// The same value without properties that are null.
fn without_nulls(value: &Value) -> Value {
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

#[test]
fn every_documented_body_is_read_and_written_again() {
    let mut left_out = Vec::new();
    for example in examples() {
        let id = example["id"].as_str().unwrap().to_owned();
        let body = without_nulls(&example["response"]["body"]);
        let written = match example["operation"].as_str().unwrap() {
            _ if !body["error"].is_null() => again::<OdataError>(&body, false),
            "GET /communications/presences/{id}" => {
                let bare = again::<Presence>(&body, true);
                assert_eq!(again::<Presence>(&bare, true), bare, "{id}, bare");
                serde_json::json!({ "value": [bare] })
            }
            "GET /me/presence" | "GET /users/{id}/presence" => again::<Presence>(&body, false),
            _ => {
                left_out.push(id);
                continue;
            }
        };
        assert_eq!(written, body, "{id}");
    }
    assert_eq!(left_out, LEFT_OUT.map(|(id, _)| id));
}

#[test]
fn every_documented_request_is_read_and_written_again() {
    let mut read = 0;
    for example in examples() {
        let body = &example["request"]["body"];
        let written = match example["operation"].as_str().unwrap() {
            operation if operation.ends_with("/setStatusMessage") => {
                again::<SetStatusMessageRequest>(body, false)
            }
            operation if operation.ends_with("/setUserPreferredPresence") => {
                again::<SetUserPreferredPresenceRequest>(body, false)
            }
            _ => continue,
        };
        assert_eq!(&written, body, "{}", example["id"]);
        read += 1;
    }
    assert_eq!(read, 5);
}

#[test]
fn the_status_message_of_the_first_page_keeps_its_digits() {
    let documented = examples();
    let with_values = |example: &&Value| example["id"] == "resource-presenceStatusMessage-values";
    let body = &documented.iter().find(with_values).unwrap()["response"]["body"];
    assert_eq!(&again::<PresenceStatusMessage>(body, false), body);
    assert_eq!(body["publishedDateTime"], "2022-10-18T00:07:15.4012511Z");
}

#[test]
fn nothing_private_is_shown_by_debug() {
    let private = [
        "fa8bf3dc",
        "b62afc3",
        "66825e03",
        "dc74d9bb",
        "Hey I am",
        "Out until",
        "user-2",
    ];
    for example in examples() {
        let body = serde_json::to_vec(&example["response"]["body"]).unwrap();
        if let Ok(presence) = decode::enveloped::<Presence>(&body, Properties::All) {
            let shown = format!("{presence:?} {presence:#?}");
            assert!(!private.iter().any(|text| shown.contains(text)), "{shown}");
        }
    }
}
