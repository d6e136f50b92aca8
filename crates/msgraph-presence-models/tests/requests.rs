//! The JSON that is written equals that of the documentation and of the official SDKs.

#![cfg(test)]

use msgraph_presence_models::bodies::{SetStatusMessageRequest, SetUserPreferredPresenceRequest};
use msgraph_presence_models::{
    IsoDuration, PreferredPresence, PresenceStatusMessage, StatusMessage,
};
use serde_json::Value;
use std::time::Duration;

/// Requests on which the documentation and the SDKs agree.
fn cases() -> Vec<Value> {
    let fixture: Value = serde_json::from_str(include_str!("fixtures/wire.json")).unwrap();
    fixture["cases"].as_array().unwrap().clone()
}

fn preferred(preferred: PreferredPresence, duration: Option<Duration>) -> Value {
    let mut body = SetUserPreferredPresenceRequest::new(preferred);
    body.expiration_duration = duration.map(|duration| IsoDuration::try_from(duration).unwrap());
    serde_json::to_value(body).unwrap()
}

fn message(message: StatusMessage) -> Value {
    let message = PresenceStatusMessage::try_from(message).unwrap();
    serde_json::to_value(SetStatusMessageRequest::new(message)).unwrap()
}

const UNICODE: &str =
    "Grüße – 会議中 – 👩\u{200d}💻 🚀 – \u{200f}עברית – e\u{301} – \u{2028}\u{2029}";

/// The body of a case, made with the types that a user has.
fn written(case: &str) -> Value {
    let hours = |hours: u64| Some(Duration::from_secs(hours * 3_600));
    match case {
        "pref.Available.Available.none" => preferred(PreferredPresence::Available, None),
        "pref.Away.Away.P1D" => preferred(PreferredPresence::Away, hours(24)),
        "pref.Offline.OffWork.PT8H" => preferred(PreferredPresence::Offline, hours(8)),
        "pref.doc.DoNotDisturb.PT8H" => preferred(PreferredPresence::DoNotDisturb, hours(8)),
        "pref.duration.PT90M" => {
            preferred(PreferredPresence::Busy, Some(Duration::from_secs(90 * 60)))
        }
        "status.doc1.text.expiry" => message(
            StatusMessage::text("Hey I'm currently in a meeting.")
                .expires_at_local("2022-10-18T17:05:33.2079781", "Pacific Standard Time"),
        ),
        "status.doc2.text.noexpiry" => message(StatusMessage::text("Hey I am available now")),
        "status.empty" => message(StatusMessage::clear()),
        "status.unicode" => message(StatusMessage::text(UNICODE)),
        "path.status.\"%41\"" => message(StatusMessage::text("x")),
        _ => Value::Null,
    }
}

#[test]
fn bodies_equal_those_of_the_documentation_and_the_sdks() {
    for case in cases() {
        let name = case["case"].as_str().unwrap();
        assert_eq!(written(name), case["body"], "{name}");
    }
}

#[test]
fn what_is_written_is_read_again() {
    for case in cases().iter().filter(|case| !case["body"].is_null()) {
        let (body, text) = (&case["body"], case["body"].to_string());
        let again = if case["case"].as_str().unwrap().starts_with("pref.") {
            serde_json::to_value(
                serde_json::from_str::<SetUserPreferredPresenceRequest>(&text).unwrap(),
            )
        } else {
            serde_json::to_value(serde_json::from_str::<SetStatusMessageRequest>(&text).unwrap())
        };
        assert_eq!(&again.unwrap(), body);
    }
}

#[test]
fn the_six_pairs_are_the_documented_ones() {
    let documented = [
        (PreferredPresence::Available, "Available", "Available", 7),
        (PreferredPresence::Busy, "Busy", "Busy", 1),
        (
            PreferredPresence::DoNotDisturb,
            "DoNotDisturb",
            "DoNotDisturb",
            1,
        ),
        (
            PreferredPresence::BeRightBack,
            "BeRightBack",
            "BeRightBack",
            7,
        ),
        (PreferredPresence::Away, "Away", "Away", 7),
        (PreferredPresence::Offline, "Offline", "OffWork", 7),
    ];
    assert_eq!(
        PreferredPresence::ALL,
        documented.map(|(preferred, ..)| preferred)
    );
    for (pair, availability, activity, days) in documented {
        assert_eq!(
            preferred(pair, None),
            serde_json::json!({ "availability": availability, "activity": activity }),
        );
        assert_eq!(
            pair.default_expiration_duration(),
            Duration::from_secs(days * 86_400)
        );
    }
}
