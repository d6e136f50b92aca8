//! The rules of a release for presences that the emulator does not show.

use crate::hold::decide::{Observation, Undo};
use crate::hold::{Outcome, SavedHold};
use crate::{DateTimeOffset, Presence};
use serde_json::{Value, json};
use std::time::SystemTime;

fn saved() -> SavedHold {
    let form = json!({
        "version": 1,
        "user": "fa8bf3dc-eca7-46b7-bad1-db199b62afc3",
        "isMe": true,
        "preference": "DoNotDisturb",
        "isPreferenceHeld": true,
        "message": "Focusing",
        "isMessageHeld": true,
        "expiresAt": "2026-11-28T18:00:00Z",
        "earlier": {"message": {"content": "In Rome", "contentType": "text"}},
    });
    serde_json::from_value(form).unwrap()
}

fn at(time: &str) -> SystemTime {
    let time: DateTimeOffset = time.parse().unwrap();
    time.to_system_time().unwrap()
}

fn look<'a>(saved: &'a SavedHold, shown: &'a Presence) -> Observation<'a> {
    Observation {
        saved,
        shown,
        before: None,
        now: at("2026-11-28T17:30:00Z"),
    }
}

#[test]
fn a_message_is_known_by_its_text_and_its_expiry() {
    let until = |time: &str, zone: &str| json!({"dateTime": time, "timeZone": zone});
    let utc = |time: &str| until(&format!("2026-11-28T{time}"), "UTC");
    let published = json!("2026-11-28T17:00:00Z");
    let cases = [
        ("Focusing", utc("18:00:00.0000000"), Value::Null, true),
        ("<p>Focusing</p>\n", utc("18:00"), published.clone(), true),
        (
            "Focusing<pinnednote></pinnednote>",
            utc("18:00"),
            published.clone(),
            true,
        ),
        ("Focusing", utc("18:00:59"), Value::Null, true),
        ("Focusing", utc("17:59:01"), Value::Null, true),
        ("Focusing", utc("18:01:01"), Value::Null, false),
        ("Focusing", utc("17:58:59"), Value::Null, false),
        (
            "Focusing",
            until("2026-11-28T19:00", "Moon/Base"),
            Value::Null,
            true,
        ),
        ("Focusing", until("noon", "UTC"), Value::Null, true),
        // Another user's message, which comes without its expiry, and one that never expires.
        ("Focusing", Value::Null, Value::Null, true),
        ("Focusing", Value::Null, published.clone(), false),
        ("In Paris", utc("18:00"), published, false),
        ("", Value::Null, Value::Null, false),
    ];
    let saved = saved();
    for (content, expiry, published, is_ours) in cases {
        let message = json!({
            "message": {"content": content, "contentType": "html"},
            "expiryDateTime": expiry,
            "publishedDateTime": published,
        });
        let shown = json!({"id": "", "statusMessage": message});
        let shown: Presence = serde_json::from_value(shown).unwrap();
        let expected = if is_ours {
            Undo::Write(crate::StatusMessage::text("In Rome"))
        } else {
            Undo::Leave(Outcome::Kept)
        };
        let look = look(&saved, &shown);
        assert_eq!(look.undo_message(), expected, "{message}");
        assert_eq!(look.may_extend_message(), is_ours, "{message}");
    }
}

#[test]
fn a_preferred_presence_is_cleared_unless_another_one_shows() {
    let cases = [
        ("DoNotDisturb DoNotDisturb", true, true),
        ("doNotDisturb doNotDisturb", true, true),
        ("DoNotDisturb OutOfOffice", true, true),
        ("Offline Offline", true, true),
        ("PresenceUnknown PresenceUnknown", true, true),
        ("DoNotDisturb Presenting", true, false),
        ("Busy InACall", true, false),
        ("Available AvailableInactive", true, false),
        ("Moon OnTheMoon", true, false),
        ("Available Available", false, false),
        ("Available OutOfOffice", false, false),
        ("Busy Busy", false, false),
        ("BeRightBack BeRightBack", false, false),
        ("Away Away", false, false),
        ("Offline OffWork", false, false),
    ];
    let saved = saved();
    for (pair, is_cleared, is_extended) in cases {
        let (availability, activity) = pair.split_once(' ').unwrap();
        let shown = json!({"id": "", "availability": availability, "activity": activity});
        let shown: Presence = serde_json::from_value(shown).unwrap();
        let expected = if is_cleared {
            Undo::Write(())
        } else {
            Undo::Leave(Outcome::Kept)
        };
        let look = look(&saved, &shown);
        assert_eq!(look.undo_preference(), expected, "{pair}");
        assert_eq!(look.may_extend_preference(), is_extended, "{pair}");
        let late = Observation {
            now: at("2026-11-28T18:00:00Z"),
            ..look
        };
        assert_eq!(
            late.undo_preference(),
            Undo::Leave(Outcome::Expired),
            "{pair}"
        );
    }
    let nothing = Presence::default();
    assert_eq!(look(&saved, &nothing).undo_preference(), Undo::Write(()));
}
