//! Reading never breaks on what is merely new: ten thousand supersets of the documented bodies.

#![cfg(test)]

mod common {
    pub mod config;
    pub mod examples;
}

use common::config::config;
use common::examples::examples;
use msgraph_presence_models::Presence;
use msgraph_presence_models::bodies::OdataError;
use msgraph_wire::decode::{self, DecodeError, Properties};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;
use std::time::UNIX_EPOCH;

/// A presence in which every documented property has a value.
fn full() -> Value {
    json!({
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users('x')/presence/$entity",
        "id": "fa8bf3dc-eca7-46b7-bad1-db199b62afc3",
        "availability": "Busy",
        "activity": "InACall",
        "outOfOfficeSettings": { "message": "Back on Monday", "isOutOfOffice": true },
        "sequenceNumber": "A0129311063",
        "statusMessage": {
            "message": { "content": "In a meeting", "contentType": "text" },
            "expiryDateTime": { "dateTime": "2022-10-18T17:05:33.2079781", "timeZone": "UTC" },
            "publishedDateTime": "2022-10-18T00:07:15.4012511Z"
        },
        "workLocation": { "placeId": "p", "source": "manual", "workLocationType": "office" }
    })
}

/// Properties whose value is one of a list, with some of the list.
const ENUMS: [(&str, &[&str]); 5] = [
    (
        "availability",
        &["Available", "BusyIdle", "DoNotDisturb", "PresenceUnknown"],
    ),
    (
        "activity",
        &[
            "InAConferenceCall",
            "OffWork",
            "UrgentInterruptionsOnly",
            "Presenting",
        ],
    ),
    ("contentType", &["text", "html"]),
    ("source", &["none", "unknownFutureValue", "scheduled"]),
    ("workLocationType", &["timeOff", "unspecified", "remote"]),
];

/// Names of properties that the service might add.
const NEW: [&str; 7] = [
    "",
    "new",
    "@odata.type",
    "ID",
    "Availability",
    "a.b",
    "\"\\é\u{0}ü",
];

/// A die that falls the same way for the same seed.
struct Die(fastrand::Rng);

impl Die {
    fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// A number below `sides`.
    fn roll(&mut self, sides: usize) -> usize {
        self.0.usize(..sides)
    }

    /// True once in `sides` times.
    fn once_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    /// One of the choices.
    fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.roll(choices.len())].clone()
    }
}

/// A body that the service might send one day, and the value that has to be written again.
struct Superset {
    text: String,
    expected: Value,
}

impl Superset {
    fn of(body: &Value, die: &mut Die) -> Self {
        let mut text = String::new();
        let expected = object(body, die, &mut text);
        Self { text, expected }
    }
}

/// Writes an object in another order, with some properties null, missing or added.
fn object(body: &Value, die: &mut Die, text: &mut String) -> Value {
    let mut members: Vec<(String, Option<&Value>)> = body
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.clone(), Some(value)))
        .collect();
    members.retain(|(name, _)| name == "id" || !die.once_in(6));
    for name in NEW {
        if die.once_in(6) {
            members.push((name.to_owned(), None));
        }
    }
    for place in (1..members.len()).rev() {
        members.swap(place, die.roll(place + 1));
    }
    let mut expected = Map::new();
    text.push('{');
    for (place, (name, value)) in members.iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        blank(die, text);
        text.push_str(&member_name(name, die));
        blank(die, text);
        text.push(':');
        if let Some(value) = member(name, *value, die, text) {
            expected.insert(name.clone(), value);
        }
        blank(die, text);
    }
    text.push('}');
    expected.into()
}

fn blank(die: &mut Die, text: &mut String) {
    text.push_str(die.pick(&["", "", " ", "\n", "\r\n\t"]));
}

/// The name as JSON, sometimes with its first character as an escape.
fn member_name(name: &str, die: &mut Die) -> String {
    match name.chars().next() {
        Some(first) if first.is_ascii_alphabetic() && die.once_in(8) => {
            format!(
                "\"\\u{:04x}{}",
                u32::from(first),
                &Value::from(&name[1..]).to_string()[1..]
            )
        }
        _ => Value::from(name).to_string(),
    }
}

/// Writes the value of a property, and returns the value that has to be written again.
fn member(name: &str, value: Option<&Value>, die: &mut Die, text: &mut String) -> Option<Value> {
    let unknown = value.is_none() || name.starts_with('@');
    if value == Some(&Value::Null) || !unknown && name != "id" && die.once_in(6) {
        text.push_str("null");
        return None;
    }
    if let Some(body) = value.filter(|value| value.is_object()) {
        return Some(object(body, die, text));
    }
    if let Some((_, known)) = ENUMS.iter().find(|(member, _)| *member == name) {
        let known = die.pick(known);
        let (sent, expected) = match die.roll(3) {
            0 => ("AFutureValue".to_owned(), "AFutureValue"),
            1 => (in_another_case(known, die), known),
            _ => (known.to_owned(), known),
        };
        text.push_str(&Value::from(sent).to_string());
        return Some(expected.into());
    }
    let value = value.cloned().unwrap_or_else(|| anything(die, 3));
    let value = match value {
        Value::String(_) if die.once_in(8) => "".into(),
        value => value,
    };
    text.push_str(&value.to_string());
    // The written text is read by a plain JSON reader and compared.
    Some(serde_json::from_str(&value.to_string()).unwrap())
}

fn in_another_case(text: &str, die: &mut Die) -> String {
    let flip = |letter: char| {
        if die.once_in(2) {
            letter.to_ascii_uppercase()
        } else {
            letter.to_ascii_lowercase()
        }
    };
    text.chars().map(flip).collect()
}

/// Any JSON value, with numbers within i64, u64 and f64.
fn anything(die: &mut Die, depth: usize) -> Value {
    let number = die.0.u64(..);
    match die.roll(if depth == 0 { 7 } else { 9 }) {
        0 => Value::Null,
        1 => die.once_in(2).into(),
        2 => number.into(),
        3 => (number as i64).into(),
        4 => json!(f64::from_bits(number)),
        5 => json!((number as f64) / 1000.0),
        6 => die
            .pick(&["", "secret", "\u{0}\\\"", "🚀", "2026-11-21"])
            .into(),
        7 => (0..die.roll(4)).map(|_| anything(die, depth - 1)).collect(),
        _ => {
            let names = ["id", "value", "@odata.type", "message", "é"];
            let members = (0..die.roll(4)).map(|_| die.pick(&names).to_owned());
            let names: Vec<String> = members.collect();
            Value::Object(
                names
                    .into_iter()
                    .map(|name| (name, anything(die, depth - 1)))
                    .collect(),
            )
        }
    }
}

/// The documented responses of the three GETs, bare, and one in which nothing is missing.
static BODIES: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let documented = examples().into_iter().filter_map(|example| {
        let body = &example["response"]["body"];
        let bare = body["value"].get(0).unwrap_or(body);
        let operation = example["operation"].as_str()?;
        (operation.starts_with("GET /") && body["error"].is_null()).then(|| bare.clone())
    });
    documented.chain([full()]).collect()
});

fn written(read: Result<Presence, DecodeError>) -> Value {
    serde_json::to_value(read.unwrap()).unwrap()
}

/// Says that an error is one that helps: it has a path, and quotes nothing.
fn is_helpful<T>(read: Result<T, DecodeError>) -> bool {
    read.err().is_none_or(|error| {
        let shown = format!("{error} {error:?}");
        error.path().starts_with('$') && !shown.contains("secret") && !shown.contains('🚀')
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_superset_is_read_and_written_again(seed: u64) {
        let mut die = Die::new(seed);
        let Superset { text, expected } = Superset::of(&die.pick(&BODIES), &mut die);
        let body = text.as_bytes();
        prop_assert_eq!(&written(decode::object(body, Properties::All)), &expected, "{}", text);
        prop_assert_eq!(&written(decode::enveloped(body, Properties::All)), &expected, "{}", text);
        let listed = format!(r#"{{"@odata.count":1,"value":[{text}]}}"#);
        prop_assert_eq!(&written(decode::enveloped(listed.as_bytes(), Properties::All)), &expected);
    }

    #[test]
    fn any_json_is_read_or_refused_with_its_path(seed: u64) {
        let mut die = Die::new(seed);
        let value = anything(&mut die, 4).to_string();
        let text = match die.roll(4) {
            0 => value,
            1 => format!(r#"{{"value":{value}}}"#),
            2 => format!(r#"{{"id":"x","statusMessage":{{"message":{value}}}}}"#),
            _ => format!(r#"{{"id":"x","{}":{value}}}"#, die.pick(&["availability", "sequenceNumber", "error"])),
        };
        let body = text.as_bytes();
        prop_assert!(is_helpful(decode::object::<Presence>(body, Properties::All)), "{}", text);
        prop_assert!(is_helpful(decode::enveloped::<Presence>(body, Properties::Selected)), "{}", text);
        prop_assert!(is_helpful(decode::object::<OdataError>(body, Properties::All)), "{}", text);
    }

    #[test]
    fn any_bytes_are_refused_without_a_panic(bytes: Vec<u8>, at in 0..200_usize, seed: u64) {
        prop_assert!(is_helpful(decode::object::<Presence>(&bytes, Properties::All)));
        // A body with a few strange bytes in it.
        let mut body = Superset::of(&full(), &mut Die::new(seed)).text.into_bytes();
        let at = at.min(body.len());
        body.splice(at..at, bytes.into_iter().take(3));
        prop_assert!(is_helpful(decode::enveloped::<Presence>(&body, Properties::All)));
    }
}

#[test]
fn an_expiry_is_an_instant_where_its_zone_is_known() {
    let expiry = |date_time: &str, zone: Option<&str>| {
        let mut expiry = msgraph_presence_models::DateTimeTimeZone::default();
        expiry.date_time = Some(date_time.to_owned());
        expiry.time_zone = zone.map(str::to_owned);
        let since = expiry.to_system_time()?.duration_since(UNIX_EPOCH);
        Ok::<u64, msgraph_presence_models::InvalidValue>(since.unwrap().as_secs())
    };
    let noon = "2026-11-28T12:00:00.0000000";
    for zone in ["UTC", "utc", " Etc/UTC", "tzone://Microsoft/Utc"] {
        assert_eq!(expiry(noon, Some(zone)), Ok(1_795_867_200), "{zone}");
    }
    assert_eq!(expiry("2026-11-28T12:00:00Z", None), Ok(1_795_867_200));
    assert_eq!(expiry("2026-11-28T13:00:00+01:00", None), Ok(1_795_867_200));
    assert_eq!(
        expiry("9999-12-31T23:59:59.9999999", Some("UTC")),
        Ok(253_402_300_799)
    );
    let wrong = |date_time, zone| expiry(date_time, zone).is_err();
    assert!(wrong("noon", Some("UTC")) && wrong("", Some("UTC")) && wrong(noon, None));
    assert!(wrong("2026-11-28T13:00:00+01:00", Some("UTC")));
    let berlin = expiry("2026-11-28T13:00:00", Some("Europe/Berlin"));
    if cfg!(feature = "jiff") {
        assert_eq!(berlin, Ok(1_795_867_200));
    } else {
        assert_eq!(berlin.unwrap_err().rule(), "not UTC");
    }
}
