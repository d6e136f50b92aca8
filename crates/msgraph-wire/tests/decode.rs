//! Bodies: what is read, and what the error says about what is not.

#![cfg(test)]

use msgraph_wire::decode::{self, Properties};
use msgraph_wire::{AdditionalData, Object, OpenEnum, Value, Writer, object, open_enum};
use serde::de::MapAccess;
use serde::ser::SerializeMap;
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default, PartialEq)]
struct Room {
    name: String,
    floor: Option<u8>,
    kind: Option<Kind>,
    next: Option<Next>,
    tags: Option<Vec<String>>,
    additional_data: AdditionalData,
}

impl Object for Room {
    const REQUIRED: &'static [&'static str] = &["name"];

    fn read<'de, A>(&mut self, name: &str, value: Value<'_, A>) -> Result<(), A::Error>
    where
        A: MapAccess<'de>,
    {
        match name {
            "name" => value.required(&mut self.name),
            "floor" => value.optional(&mut self.floor),
            "kind" => value.optional(&mut self.kind),
            "next" => value.object(&mut self.next),
            "tags" => value.optional(&mut self.tags),
            _ => value.keep(name, &mut self.additional_data),
        }
    }

    fn write<S: SerializeMap>(&self, to: &mut Writer<S>) -> Result<(), S::Error> {
        to.required("name", &self.name)?;
        to.optional("floor", &self.floor)?;
        to.optional("kind", &self.kind)?;
        to.optional("next", &self.next)?;
        to.optional("tags", &self.tags)?;
        to.rest(&self.additional_data)
    }
}

object!(Room);

/// The room next to a room: required properties within an object count, regardless of `$select`.
#[derive(Clone, Debug, Default, PartialEq)]
struct Next {
    open: bool,
}

impl Object for Next {
    const REQUIRED: &'static [&'static str] = &["open"];

    fn read<'de, A>(&mut self, name: &str, value: Value<'_, A>) -> Result<(), A::Error>
    where
        A: MapAccess<'de>,
    {
        match name {
            "open" => value.required(&mut self.open),
            _ => value.keep(name, &mut AdditionalData::default()),
        }
    }

    fn write<S: SerializeMap>(&self, to: &mut Writer<S>) -> Result<(), S::Error> {
        to.required("open", &self.open)
    }
}

object!(Next);

/// Two properties that have to be there.
#[derive(Debug, Default)]
struct Size {
    width: i64,
    depth: f64,
}

impl Object for Size {
    const REQUIRED: &'static [&'static str] = &["width", "depth"];

    fn read<'de, A>(&mut self, name: &str, value: Value<'_, A>) -> Result<(), A::Error>
    where
        A: MapAccess<'de>,
    {
        match name {
            "width" => value.required(&mut self.width),
            "depth" => value.required(&mut self.depth),
            _ => value.keep(name, &mut AdditionalData::default()),
        }
    }

    fn write<S: SerializeMap>(&self, to: &mut Writer<S>) -> Result<(), S::Error> {
        to.required("width", &self.width)?;
        to.required("depth", &self.depth)
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Kitchen,
    UnknownValue(String),
}

impl Kind {
    fn as_str(&self) -> &str {
        match self {
            Self::Kitchen => "Kitchen",
            Self::UnknownValue(text) => text,
        }
    }
}

impl OpenEnum for Kind {
    fn find(text: &str, same: impl Fn(&str, &str) -> bool) -> Option<Self> {
        match text {
            text if same(text, "Kitchen") => Some(Self::Kitchen),
            _ => None,
        }
    }

    fn unknown(text: String) -> Self {
        Self::UnknownValue(text)
    }
}

open_enum!(Kind);

fn read(body: &str) -> Result<Room, String> {
    decode::object(body.as_bytes(), Properties::All).map_err(|error| error.to_string())
}

fn read_enveloped(body: &str, members: Properties) -> Result<String, String> {
    let room = decode::enveloped::<Room>(body.as_bytes(), members);
    room.map(|room| room.name)
        .map_err(|error| error.to_string())
}

#[test]
fn members_come_in_any_order_and_unknown_ones_are_kept() {
    let body = r#"{"z":[1,{"y":null}],"kind":"kITCHEN","\u006eame":"A","floor":null,"next":{"open":true}}"#;
    let room = read(body).unwrap();
    assert_eq!(room.name, "A");
    assert_eq!(room.kind, Some(Kind::Kitchen));
    assert_eq!(
        serde_json::to_string(&room).unwrap(),
        r#"{"name":"A","kind":"Kitchen","next":{"open":true},"z":[1,{"y":null}]}"#,
    );
}

#[test]
fn of_a_member_that_comes_twice_the_last_counts() {
    let room =
        read(r#"{"name":"A","next":{"open":true},"name":"B","next":null,"x":1,"x":2,"floor":1,"floor":null}"#)
            .unwrap();
    assert_eq!(
        (room.name.as_str(), room.next, room.floor),
        ("B", None, None)
    );
    assert_eq!(room.additional_data.get("x"), Some(2.into()));
}

#[test]
fn an_error_names_the_place_and_quotes_nothing() {
    let cases = [
        ("", "$: empty, or ends too early (line 1 column 0)"),
        (
            r#"{"name":"secret"#,
            "$.name: empty, or ends too early (line 1 column 15)",
        ),
        (
            "<html>secret</html>",
            "$: not JSON: expected value (line 1 column 1)",
        ),
        (
            r#"{"name":"secret"} secret"#,
            "$: not JSON: trailing characters (line 1 column 19)",
        ),
        (
            r#""secret, expected nothing""#,
            "$: expected an object, found string (line 1 column 26)",
        ),
        (
            "[]",
            "$: expected an object, found sequence (line 1 column 0)",
        ),
        (
            "null",
            "$: expected an object, found null (line 1 column 4)",
        ),
        ("{}", "$: the property `name` is missing"),
        (
            r#"{"name":null}"#,
            "$.name: expected a string, found null (line 1 column 12)",
        ),
        (
            r#"{"name":42}"#,
            "$.name: expected a string, found integer (line 1 column 10)",
        ),
        (
            r#"{"floor":"secret\", expected "}"#,
            "$.floor: expected u8, found string (line 1 column 30)",
        ),
        (
            r#"{"floor":300}"#,
            "$.floor: expected u8, found integer (line 1 column 12)",
        ),
        (
            r#"{"kind":{"secret":1}}"#,
            "$.kind: expected a string, found map (line 1 column 8)",
        ),
        (
            r#"{"next":[true]}"#,
            "$.next: expected an object, found sequence (line 1 column 8)",
        ),
        (
            r#"{"next":{}}"#,
            "$.next: the property `open` is missing (line 1 column 11)",
        ),
        (
            r#"{"next":{"open":"secret"}}"#,
            "$.next.open: expected a boolean, found string (line 1 column 24)",
        ),
        (
            r#"{"tags":["a",true]}"#,
            "$.tags[1]: expected a string, found boolean (line 1 column 17)",
        ),
        (
            r#"{"a b":01}"#,
            "$[…]: not JSON: invalid number (line 1 column 9)",
        ),
    ];
    for (body, message) in cases {
        assert_eq!(read(body).unwrap_err(), message, "{body}");
    }
}

/// A map's keys may be addresses or ids.
#[test]
fn a_path_shows_only_what_looks_like_a_members_name() {
    let long = "k".repeat(61);
    let cases = [
        ("hall", "$.hall"),
        ("roomHall_2", "$.roomHall_2"),
        ("@odata.type", "$[\"@odata.type\"]"),
        ("value@odata.count", "$[\"value@odata.count\"]"),
        (
            "@microsoft.graph.removed",
            "$[\"@microsoft.graph.removed\"]",
        ),
        (&long[..60], &format!("$.{}", &long[..60])),
        (&long, "$[…]"),
        ("", "$[…]"),
        ("ada@contoso.com", "$[…]"),
        ("ada@microsoft.com", "$[…]"),
        ("Ada Lovelace", "$[…]"),
        ("ada.lovelace", "$[…]"),
        ("Zoë", "$[…]"),
        ("4711", "$[…]"),
        ("fa8bf3dc-eca7-46b7-bad1-db199b62afc3", "$[…]"),
        ("fa8bf3dceca746b7bad1db199b62afc3", "$[…]"),
        ("a@odata.b@contoso.com", "$[…]"),
        ("https://contoso.com", "$[…]"),
    ];
    for (key, path) in cases {
        let body = serde_json::json!({ key: "x" }).to_string();
        let read = decode::json::<BTreeMap<String, u32>>(body.as_bytes(), Properties::All);
        assert_eq!(read.unwrap_err().path(), path, "{key}");
    }
}

#[test]
fn each_required_member_counts() {
    let cases = [
        (r#"{"depth":2.5,"width":1}"#, None),
        (
            r#"{"width":1,"width":2}"#,
            Some("$: the property `depth` is missing"),
        ),
        (
            r#"{"depth":2.5,"deep":true}"#,
            Some("$: the property `width` is missing"),
        ),
        ("{}", Some("$: the property `width` is missing")),
    ];
    for (body, expected) in cases {
        let read = decode::object::<Size>(body.as_bytes(), Properties::All);
        let error = read.err().map(|error| error.to_string());
        assert_eq!(error.as_deref(), expected, "{body}");
    }
}

#[test]
fn a_body_that_is_no_text_is_an_error_with_its_place() {
    let error = decode::object::<Room>(b"{\n  \"name\": \"\xFF\"}", Properties::All).unwrap_err();
    assert_eq!(error.to_string(), "$: not UTF-8 (line 2 column 12)");
    assert_eq!((error.path(), error.line(), error.column()), ("$", 2, 12));
}

#[test]
fn what_breaks_off_deep_down_is_an_error() {
    let body = format!(r#"{{"name":"A","deep":{}}}"#, "[".repeat(100_000));
    let error = read(&body).unwrap_err();
    assert!(error.starts_with("$.deep: not JSON"), "{error}");
    let body = format!(r#"{{"tags":["a",{}]}}"#, "[".repeat(100_000));
    let error = read(&body).unwrap_err();
    assert!(error.starts_with("$.tags[1]: expected a string"), "{error}");
}

/// Byte order marks are ignored by all readers.
#[test]
fn a_byte_order_mark_is_passed_over() {
    for mark in ["", "\u{feff}", "\u{feff}\u{feff}"] {
        let body = format!("{mark}{{\"name\":\"A\",\"floor\":3}}");
        assert_eq!(read(&body).unwrap().floor, Some(3));
        assert_eq!(read_enveloped(&body, Properties::All), Ok("A".to_owned()));
        let bytes = format!("{mark}{{\"a\":1}}");
        let map: BTreeMap<String, u32> = decode::json(bytes.as_bytes(), Properties::All).unwrap();
        assert_eq!(map["a"], 1);
        let number = format!("{mark}42");
        assert_eq!(decode::number(number.as_bytes(), Properties::All), Ok(42));
    }
    let error = read("\u{feff}{}").unwrap_err();
    assert_eq!(error, "$: the property `name` is missing");
    assert_eq!(read("\u{feff}").unwrap_err(), read("").unwrap_err());
}

/// The Teams client cuts a message at 280 units of UTF-16.
#[test]
fn half_of_a_surrogate_pair_in_a_known_text_is_replaced() {
    let room = read(r#"{"name":"A\ud83d","kind":"\ude00"}"#).unwrap();
    assert_eq!(room.name, "A\u{fffd}");
    assert_eq!(room.kind, Some(Kind::UnknownValue("\u{fffd}".to_owned())));
    let error = read(r#"{"name":"\ud83d","floor":300}"#).unwrap_err();
    assert_eq!(
        error,
        "$.floor: expected u8, found integer (line 1 column 28)"
    );
    let body = br#"{"a":"\ud83d"}"#;
    let map: BTreeMap<String, String> = decode::json(body, Properties::All).unwrap();
    assert_eq!(map["a"], "\u{fffd}");
}

#[test]
fn what_was_not_selected_may_be_missing() {
    let body = br#"{"floor":3}"#;
    let room: Room = decode::object(body, Properties::Selected).unwrap();
    assert_eq!((room.name.as_str(), room.floor), ("", Some(3)));
    let written = serde_json::to_string(&room).unwrap();
    assert_eq!(written, r#"{"name":"","floor":3}"#);
    assert_eq!(serde_json::from_str::<Room>(&written).unwrap(), room);
    assert!(decode::object::<Room>(body, Properties::All).is_err());
    assert!(serde_json::from_slice::<Room>(body).is_err());
    assert!(decode::object::<Room>(br#"{"next":{}}"#, Properties::Selected).is_err());
}

#[test]
fn an_object_is_read_bare_or_as_the_one_element_of_value() {
    let cases = [
        (r#"{"name":"A"}"#, Ok("A")),
        (r#"{"value":[{"name":"A"}]}"#, Ok("A")),
        (
            r#"{"@odata.context":"…","value":[{"name":"A"}],"@odata.count":1}"#,
            Ok("A"),
        ),
        (
            r#"{"value":[]}"#,
            Err("$.value: expected an array with one element, found length 0"),
        ),
        (
            r#"{"value":[{"name":"A"},{"name":"B"}]}"#,
            Err("$.value: expected an array with one element, found length 2"),
        ),
        (
            r#"{"value":{"name":"A"}}"#,
            Err("$.value: expected an array with one element, found map"),
        ),
        (
            r#"{"value":null}"#,
            Err("$.value: expected an array with one element, found null"),
        ),
        (
            r#"{"value":[{}]}"#,
            Err("$.value[0]: the property `name` is missing"),
        ),
        (
            r#"{"value":[{"next":{"open":1}}]}"#,
            Err("$.value[0].next.open: expected a boolean, found integer"),
        ),
        ("{}", Err("$: the property `name` is missing")),
    ];
    for (body, expected) in cases {
        match (read_enveloped(body, Properties::All), expected) {
            (Ok(name), Ok(expected)) => assert_eq!(name, expected),
            (Err(error), Err(expected)) => {
                assert!(error.starts_with(expected), "{error}")
            }
            (result, _) => panic!("{body}: {result:?}"),
        }
    }
    assert_eq!(
        read_enveloped(r#"{"value":[{"floor":1}]}"#, Properties::Selected),
        Ok(String::new())
    );
    assert_eq!(
        read_enveloped(r#"{"floor":1}"#, Properties::Selected),
        Ok(String::new())
    );
}

#[test]
fn a_body_that_says_nothing_is_passed_over() {
    for body in ["", "{}", "<html>"] {
        assert_eq!(decode::nothing(body.as_bytes(), Properties::All), Ok(()));
    }
}
