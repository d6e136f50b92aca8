//! Mistakes that applications made by hand, and that cannot be made with these types.
//!
//! Those that do not compile are shown in the documentation: see "What does not compile".

#![cfg(test)]

use msgraph_presence_models::bodies::{SetStatusMessageRequest, SetUserPreferredPresenceRequest};
use msgraph_presence_models::{
    Activity, Availability, IsoDuration, PreferredPresence, Presence, PresenceStatusMessage,
    StatusMessage,
};
use msgraph_wire::decode::{self, Properties};
use serde_json::{Value, json};
use std::time::Duration;

fn sent(message: StatusMessage) -> Value {
    let message = PresenceStatusMessage::try_from(message).unwrap();
    serde_json::to_value(SetStatusMessageRequest::new(message)).unwrap()
}

fn presence(body: &Value) -> Presence {
    decode::enveloped(body.to_string().as_bytes(), Properties::All).unwrap()
}

/// Values were compared in one letter case: the documentation has another than the wire.
#[test]
fn a_value_in_another_letter_case_is_the_same_value() {
    for spelling in ["BeRightBack", "beRightBack", "berightback", "BERIGHTBACK"] {
        let presence =
            presence(&json!({ "id": "x", "availability": spelling, "activity": spelling }));
        assert_eq!(presence.availability, Some(Availability::BeRightBack));
        assert_eq!(presence.activity, Some(Activity::BeRightBack));
    }
}

/// A value that the program did not know got a colour that meant something else.
#[test]
fn an_unknown_value_never_looks_like_a_known_one() {
    let presence = presence(&json!({ "id": "x", "availability": "Zen", "activity": "Meditating" }));
    assert_eq!(presence.is_reachable(), None);
    assert_eq!(presence.is_in_call(), None);
    assert_eq!(presence.is_presenting(), None);
    assert_eq!(presence.is_out_of_office(), None);
    assert_eq!(presence.availability.unwrap().to_string(), "Zen");
}

/// Values that no current page lists were taken for errors.
#[test]
fn values_of_all_documented_lists_are_known() {
    for value in [
        "AvailableIdle",
        "BusyIdle",
        "Focusing",
        "InACall",
        "OutOfOffice",
    ] {
        assert!(
            !matches!(value.into(), Availability::UnknownValue(_)),
            "{value}"
        );
    }
    for value in [
        "AvailableInactive",
        "OffWork",
        "UrgentInterruptionsOnly",
        "Inactive",
    ] {
        assert!(
            !matches!(value.into(), Activity::UnknownValue(_)),
            "{value}"
        );
    }
}

/// The activity was made from the availability: `Offline` was sent with `Offline`.
#[test]
fn appearing_offline_sends_off_work() {
    let body = SetUserPreferredPresenceRequest::new(PreferredPresence::Offline);
    assert_eq!(
        serde_json::to_value(body).unwrap(),
        json!({ "availability": "Offline", "activity": "OffWork" }),
    );
}

/// A duration was sent as `8:00:00`, and the name of its property was misspelled.
#[test]
fn a_duration_is_iso_8601_under_its_name() {
    let mut body = SetUserPreferredPresenceRequest::new(PreferredPresence::DoNotDisturb);
    body.expiration_duration = IsoDuration::try_from(Duration::from_secs(8 * 3_600)).ok();
    assert_eq!(
        serde_json::to_value(body).unwrap()["expirationDuration"],
        "PT8H"
    );
    assert!("8:00:00".parse::<IsoDuration>().is_err());
}

/// `dateTime` was sent with an offset or a `Z`, and in a zone that was not meant.
#[test]
fn an_expiry_has_a_local_time_and_its_zone() {
    let body = sent(StatusMessage::text("x").expires_in(Duration::from_secs(60)));
    let expiry = &body["statusMessage"]["expiryDateTime"];
    let date_time = expiry["dateTime"].as_str().unwrap();
    let digits = date_time
        .split_once('.')
        .map_or(0, |(_, digits)| digits.len());
    assert!(
        !date_time.ends_with('Z') && !date_time.contains('+') && digits <= 7,
        "{date_time}"
    );
    assert_eq!(expiry["timeZone"], "UTC");
    for text in ["2026-11-21T17:30:00Z", "2026-11-21T17:30:00+01:00"] {
        let message = StatusMessage::text("x").expires_at_local(text, "UTC");
        assert!(PresenceStatusMessage::try_from(message).is_err());
    }
}

/// "Never" was sent as the last day of the year 9999, in a zone picked at random.
#[test]
fn never_is_no_expiry() {
    assert_eq!(
        sent(StatusMessage::text("x")),
        json!({ "statusMessage": { "message": { "content": "x", "contentType": "text" } } }),
    );
}

/// There were three ways to clear a message; one of them left a placeholder forever.
#[test]
fn there_is_one_way_to_clear_a_message() {
    assert_eq!(
        sent(StatusMessage::clear()),
        json!({ "statusMessage": { "message": { "content": "", "contentType": "text" } } }),
    );
}

/// A long message was cut, or refused, at a limit that no page documents.
#[test]
fn a_message_of_any_length_is_sent_as_it_is() {
    let text = "🚀".repeat(10_000);
    assert_eq!(
        sent(StatusMessage::text(&text))["statusMessage"]["message"]["content"],
        text
    );
}

/// A zone was translated, and the service knew neither.
#[test]
fn a_zone_is_sent_as_it_is() {
    for zone in [
        "Europe/Berlin",
        "W. Europe Standard Time",
        "A Zone Of Tomorrow",
    ] {
        let message = StatusMessage::text("x").expires_at_local("2026-11-21T17:30:00", zone);
        assert_eq!(
            sent(message)["statusMessage"]["expiryDateTime"]["timeZone"],
            zone
        );
    }
}

/// The documented `{"value":[…]}` was read as a presence without any value.
#[test]
fn a_presence_in_a_list_is_the_same_presence() {
    let bare = json!({ "id": "x", "availability": "Away", "activity": "BeRightBack" });
    assert_eq!(presence(&json!({ "value": [bare] })), presence(&bare));
    for body in [
        "null",
        "[]",
        "\"x\"",
        "{}",
        r#"{"value":[]}"#,
        r#"{"value":null}"#,
    ] {
        assert!(
            decode::enveloped::<Presence>(body.as_bytes(), Properties::All).is_err(),
            "{body}"
        );
    }
}

/// `statusMessage: null` became an empty message that no one had sent.
#[test]
fn null_is_missing_and_an_empty_object_is_not() {
    assert_eq!(
        presence(&json!({ "id": "x", "statusMessage": null })).status_message,
        None
    );
    let empty = presence(&json!({ "id": "x", "statusMessage": {} })).status_message;
    assert_eq!(empty, Some(PresenceStatusMessage::default()));
}

/// An instant lost digits on its way through a type of the language.
#[test]
fn seven_digits_survive() {
    let body = json!({
        "publishedDateTime": "2022-10-18T00:07:15.4012511Z",
        "expiryDateTime": { "dateTime": "2022-10-18T17:05:33.2079780", "timeZone": "UTC" }
    });
    let message: PresenceStatusMessage = serde_json::from_value(body.clone()).unwrap();
    assert_eq!(serde_json::to_value(message).unwrap(), body);
}

/// A message, a reply or the id of a user stood in the log.
#[test]
fn debug_shows_no_text_of_a_user() {
    let presence = presence(&json!({
        "id": "fa8bf3dc-eca7-46b7-bad1-db199b62afc3",
        "statusMessage": { "message": { "content": "At the dentist" }, "note": "At the dentist" },
        "outOfOfficeSettings": { "message": "At the dentist" },
        "workLocation": { "placeId": "dentist" },
        "note": "At the dentist"
    }));
    let shown = format!("{presence:?} {presence:#?}");
    assert!(
        !shown.contains("dentist") && !shown.contains("fa8bf3dc"),
        "{shown}"
    );
}
