//! Values that the service would refuse are errors, with the rule and a suggested fix.

#![cfg(test)]

use msgraph_presence_models::{
    CivilDateTime, IsoDuration, PresenceStatusMessage, StatusMessage, UserId,
};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

fn sent(message: StatusMessage) -> Result<PresenceStatusMessage, String> {
    PresenceStatusMessage::try_from(message).map_err(|error| error.to_string())
}

/// The date and time and the zone of the expiry.
fn expiry(message: StatusMessage) -> (String, String) {
    let expiry = sent(message).unwrap().expiry_date_time.unwrap();
    (expiry.date_time.unwrap(), expiry.time_zone.unwrap())
}

#[test]
fn refusals_name_the_rule_and_the_cure() {
    let text = || StatusMessage::text("In a meeting");
    let offset = "invalid date and time: has an offset, which is not allowed; \
        write it like 2026-11-21T17:30:00, and name the time zone beside it";
    let cases = [
        (
            text().expires_in(Duration::ZERO),
            "invalid duration: must be longer than zero; give at least a second",
        ),
        (
            text().expires_in(Duration::MAX),
            "invalid duration: longer than 10,675,199 days, the longest that the service \
             accepts; give a shorter one, or leave it out",
        ),
        (
            text().expires_in(Duration::from_secs(9_000 * 366 * 86_400)),
            "invalid expiry of the status message: not within the years 1 to 9999; \
             leave it out for a message that never expires",
        ),
        (
            text().expires_at(UNIX_EPOCH + Duration::from_secs(253_402_300_800)),
            "invalid expiry of the status message: not within the years 1 to 9999; \
             leave it out for a message that never expires",
        ),
        (
            text().expires_at_local("2026-11-21T17:30:00Z", "UTC"),
            offset,
        ),
        (
            text().expires_at_local("2026-11-21T17:30:00+01:00", "Europe/Berlin"),
            offset,
        ),
        (
            text().expires_at_local("tomorrow", "UTC"),
            "invalid date and time: not a date and time with at most seven fractional \
             digits; write it like 2026-11-21T17:30:00, and name the time zone beside it",
        ),
        (
            text().expires_at_local("2026-11-21T17:30:00", " "),
            "invalid time zone: the name is empty; name a zone: UTC, Pacific Standard Time, \
             Europe/Berlin",
        ),
    ];
    for (message, expected) in cases {
        assert_eq!(sent(message), Err(expected.to_owned()));
    }
}

#[test]
fn of_several_expiries_the_last_counts() {
    let message = StatusMessage::text("x").expires_in(Duration::ZERO);
    let message = message.expires_at_local("2026-11-21T17:30", "UTC");
    assert_eq!(expiry(message).0, "2026-11-21T17:30:00");
}

#[test]
fn an_expiry_after_a_while_counts_from_the_call() {
    let while_long = Duration::from_secs(1_500);
    let before = SystemTime::now() + while_long;
    let (date_time, zone) = expiry(StatusMessage::text("x").expires_in(while_long));
    let after = SystemTime::now() + while_long;
    let date_time: CivilDateTime = date_time.parse().unwrap();
    let bounds = [before, after].map(|time| CivilDateTime::utc(time).unwrap());
    assert!(
        bounds[0] <= date_time && date_time <= bounds[1],
        "{date_time} not in {bounds:?}"
    );
    assert_eq!(zone, "UTC");
}

#[test]
fn an_expiry_at_an_instant_is_written_in_utc() {
    let cases = [
        (Duration::from_secs(1_795_282_200), "2026-11-21T17:30:00"),
        (
            Duration::new(1_666_051_635, 401_251_199),
            "2022-10-18T00:07:15.4012511",
        ),
    ];
    for (since, text) in cases {
        let message = StatusMessage::text("x").expires_at(UNIX_EPOCH + since);
        assert_eq!(expiry(message), (text.to_owned(), "UTC".to_owned()));
    }
}

#[test]
fn a_message_that_was_read_is_set_again() {
    let read: PresenceStatusMessage = serde_json::from_str(
        r##"{
            "@odata.type": "#microsoft.graph.presenceStatusMessage",
            "message": { "content": "Out until Monday", "contentType": "text" },
            "publishedDateTime": "2026-08-27T09:14:22.9411568Z",
            "expiryDateTime": { "dateTime": "9999-12-31T23:59:59.9999999", "timeZone": "UTC" }
        }"##,
    )
    .unwrap();
    let again = sent(StatusMessage::try_from(read).unwrap()).unwrap();
    assert_eq!(
        serde_json::to_value(again).unwrap(),
        serde_json::json!({
            "message": { "content": "Out until Monday", "contentType": "text" },
            "expiryDateTime": { "dateTime": "9999-12-31T23:59:59.9999999", "timeZone": "UTC" }
        }),
    );
}

/// The service documents local times; applications and older versions write offsets.
#[test]
fn an_expiry_with_an_offset_is_set_again_without_it() {
    let disagreement = "the offset differs from that of \"utc\" at this time";
    let cases = [
        (
            "2026-11-28T17:00:00Z",
            r#""UTC""#,
            Ok("2026-11-28T17:00:00"),
        ),
        (
            "2026-11-28T17:00:00+00:00",
            r#""UTC""#,
            Ok("2026-11-28T17:00:00"),
        ),
        (
            "2026-11-28T17:00:00.1234567z",
            r#""Etc/UTC""#,
            Ok("2026-11-28T17:00:00.1234567"),
        ),
        (
            "2026-11-28T17:00Z",
            r#""tzone://Microsoft/Utc""#,
            Ok("2026-11-28T17:00:00"),
        ),
        (
            "2026-11-28T18:00:00+01:00",
            "null",
            Ok("2026-11-28T17:00:00"),
        ),
        (
            "2026-11-28T18:00:00+01:00",
            r#""""#,
            Ok("2026-11-28T17:00:00"),
        ),
        (
            "9999-12-31T23:59:59.9999999Z",
            r#""UTC""#,
            Ok("9999-12-31T23:59:59.9999999"),
        ),
        ("2026-11-28T18:00:00+01:00", r#""utc""#, Err(disagreement)),
    ];
    for (date_time, zone, expected) in cases {
        let body =
            format!(r#"{{"expiryDateTime":{{"dateTime":"{date_time}","timeZone":{zone}}}}}"#);
        let read: PresenceStatusMessage = serde_json::from_str(&body).unwrap();
        match (StatusMessage::try_from(read), expected) {
            (Ok(message), Ok(expected)) => {
                assert_eq!(expiry(message), (expected.to_owned(), "UTC".to_owned()));
            }
            (Err(error), Err(expected)) => assert_eq!(error.rule(), expected),
            (message, _) => panic!("{body}: {message:?}"),
        }
    }
}

/// The zone stays where it is known to agree; without jiff that cannot be known.
#[test]
fn an_expiry_with_an_offset_in_another_zone_keeps_its_instant() {
    let read: PresenceStatusMessage = serde_json::from_str(
        r#"{"expiryDateTime":{"dateTime":"2026-11-28T18:00:00+01:00","timeZone":"Europe/Berlin"}}"#,
    )
    .unwrap();
    let again = expiry(StatusMessage::try_from(read).unwrap());
    let expected = if cfg!(feature = "jiff") {
        ("2026-11-28T18:00:00", "Europe/Berlin")
    } else {
        ("2026-11-28T17:00:00", "UTC")
    };
    assert_eq!((again.0.as_str(), again.1.as_str()), expected);
}

#[cfg(feature = "jiff")]
#[test]
fn an_expiry_whose_offset_and_zone_disagree_is_not_set_again() {
    let read: PresenceStatusMessage = serde_json::from_str(
        r#"{"expiryDateTime":{"dateTime":"2026-11-28T17:00:00Z","timeZone":"Europe/Berlin"}}"#,
    )
    .unwrap();
    assert_eq!(
        StatusMessage::try_from(read).unwrap_err().to_string(),
        "invalid date and time in a time zone: the offset differs from that of \
         \"Europe/Berlin\" at this time; treat it as unknown, because it names two instants",
    );
}

#[test]
fn of_a_message_that_was_read_only_plain_text_is_set_again() {
    let html = "invalid status message: its content type is not `text`, the only one that the \
        service accepts; convert its content to plain text and pass that to `StatusMessage::text`";
    let zone = "invalid time zone: the name is empty; name a zone: UTC, Pacific Standard Time, \
        Europe/Berlin";
    let cases = [
        (
            r#"{"message":{"content":"<b>x</b>","contentType":"html"}}"#,
            Some(html),
        ),
        (
            r#"{"message":{"content":"x","contentType":"markdown"}}"#,
            Some(html),
        ),
        (
            r#"{"expiryDateTime":{"dateTime":"2026-11-21T17:30:00"}}"#,
            Some(zone),
        ),
        (r#"{"message":{"content":"x","contentType":"TEXT"}}"#, None),
        (r#"{"message":null}"#, None),
    ];
    for (body, refused) in cases {
        let read: PresenceStatusMessage = serde_json::from_str(body).unwrap();
        let again = StatusMessage::try_from(read).map_err(|error| error.to_string());
        assert_eq!(again.err().as_deref(), refused, "{body}");
    }
}

#[test]
fn the_text_of_a_message_is_there_or_not() {
    let cases = [
        (
            r#"{"message":{"content":"x","contentType":"html"}}"#,
            Some("x"),
        ),
        (r#"{"message":{"content":"","contentType":"text"}}"#, None),
        (r#"{"message":{"content":null}}"#, None),
        ("{}", None),
    ];
    for (body, text) in cases {
        let read: PresenceStatusMessage = serde_json::from_str(body).unwrap();
        assert_eq!(read.text(), text, "{body}");
    }
}

#[test]
fn a_user_is_named_by_the_object_id() {
    let help = "invalid user id: not a GUID; presence takes the user's object id, a GUID; \
        look it up with `GET /users/{userPrincipalName}?$select=id`";
    for text in ["ada@contoso.com", "me", "", "..", "fa8bf3dc-eca7-46b7-bad1"] {
        assert_eq!(text.parse::<UserId>().unwrap_err().to_string(), help);
    }
    for text in [
        "FA8BF3DCECA746B7BAD1DB199B62AFC3",
        "{fa8bf3dc-eca7-46b7-bad1-db199b62afc3}",
    ] {
        let id: UserId = text.parse().unwrap();
        assert_eq!(id.to_string(), "fa8bf3dc-eca7-46b7-bad1-db199b62afc3");
        assert_eq!(format!("{id:?}"), "UserId(…afc3)");
    }
}

#[test]
fn what_is_to_be_sent_is_not_shown() {
    let message = StatusMessage::text("At the dentist").expires_in(Duration::from_secs(60));
    let shown = format!("{message:?} {:?}", sent(message.clone()));
    assert!(!shown.contains("dentist"), "{shown}");
}

#[test]
fn a_duration_is_taken_from_what_the_language_has() {
    let hours = IsoDuration::try_from(Duration::from_secs(8 * 3_600)).unwrap();
    assert_eq!(expiry(StatusMessage::text("x").expires_in(hours)).1, "UTC");
    assert_eq!(
        expiry(StatusMessage::text("x").expires_in("PT25M")).1,
        "UTC"
    );
    let refused = sent(StatusMessage::text("x").expires_in("25 minutes"));
    assert_eq!(
        refused.unwrap_err(),
        "invalid duration: not ISO 8601 in days, hours, minutes and seconds; \
         write it like P1D, PT8H, PT90M or PT45S",
    );
}

#[cfg(feature = "jiff")]
#[test]
fn the_types_of_jiff_are_taken() {
    use jiff::civil::date;
    use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};

    let instant: Timestamp = "2026-11-21T17:30:00Z".parse().unwrap();
    let zoned: Zoned = "2026-11-21T18:30:00+01:00[Europe/Berlin]".parse().unwrap();
    let local = date(2026, 11, 21).at(17, 30, 0, 500_000_000);
    let text = || StatusMessage::text("x");
    assert_eq!(expiry(text().expires_at(instant)).0, "2026-11-21T17:30:00");
    assert_eq!(expiry(text().expires_at(zoned)).0, "2026-11-21T17:30:00");
    assert_eq!(
        expiry(text().expires_at_local(local, "Europe/Rome")),
        ("2026-11-21T17:30:00.5".to_owned(), "Europe/Rome".to_owned()),
    );
    assert!(sent(text().expires_in(25.minutes())).is_ok());
    assert!(sent(text().expires_in(SignedDuration::from_mins(25))).is_ok());
    assert!(sent(text().expires_in(SignedDuration::from_mins(-25))).is_err());
}
