//! The additional properties of an object: their text is kept unchanged.

#![cfg(test)]

use msgraph_wire::decode::{self, Properties};
use msgraph_wire::{AdditionalData, Object, Value, Writer, object};
use serde::de::MapAccess;
use serde::de::value::{Error as ValueError, MapDeserializer};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// An object with one property of its own.
#[derive(Clone, Debug, Default, PartialEq)]
struct Place {
    name: Option<String>,
    additional_data: AdditionalData,
}

impl Object for Place {
    fn read<'de, A>(&mut self, name: &str, value: Value<'_, A>) -> Result<(), A::Error>
    where
        A: MapAccess<'de>,
    {
        match name {
            "name" => value.optional(&mut self.name),
            _ => value.keep(name, &mut self.additional_data),
        }
    }

    fn write<S: SerializeMap>(&self, to: &mut Writer<S>) -> Result<(), S::Error> {
        to.optional("name", &self.name)?;
        to.rest(&self.additional_data)
    }
}

object!(Place);

fn data(names: &[&str]) -> AdditionalData {
    let mut data = AdditionalData::default();
    for name in names {
        data.insert(name, json!({ "name": name }));
    }
    data
}

fn decoded(body: &str) -> Place {
    decode::object(body.as_bytes(), Properties::All).unwrap()
}

#[test]
fn properties_are_added_replaced_and_removed() {
    let mut data = data(&["b", "a"]);
    data.insert("a", json!(1));
    assert_eq!(
        (data.len(), data.get("a"), data.get("c"), data.json("c")),
        (2, Some(json!(1)), None, None)
    );
    assert!(data.remove("a"));
    assert!(!data.remove("a"));
    let left: Vec<_> = data.iter().collect();
    assert_eq!(left, [("b".into(), r#"{"name":"b"}"#)]);
}

#[test]
fn names_are_found_whatever_stands_in_them() {
    let names = [
        "",
        "\n",
        "a\"b\\c",
        "\u{0}\u{1f}\u{2028}",
        "é🚀",
        "\r\n\t",
        "/",
    ];
    let data = data(&names);
    assert!(data.iter().map(|(name, _)| name).eq(names));
    for name in names {
        assert_eq!(data.get(name), Some(json!({ "name": name })), "{name:?}");
    }
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
fn it_is_one_pointer_wide_and_shows_only_its_names() {
    assert_eq!(size_of::<AdditionalData>(), size_of::<usize>());
    assert_eq!(format!("{:?}", data(&["secret"])), r#"{"secret"}"#);
}

/// JSON that a `Value` cannot hold, or not in this form.
const ODD: [&str; 18] = [
    r#""\\""#,
    r#"["\\\\\" ","\\\"",{"\\":"\"\\\\"}," "]"#,
    "1e400",
    "-1E+400",
    "1e-400",
    "[1.10,100000000000000000000000000000001,-0,-0.0,1E2]",
    r#""\ud83d""#,
    r#"{"\ude00":["\ud83d\ud83d\ude00"]}"#,
    r#""\u0000\/\u00e9""#,
    r#"{"$serde_json::private::Number":"oops"}"#,
    r#"{"$serde_json::private::Number":5,"x":1}"#,
    r#"{"$serde_json::private::RawValue":"{"}"#,
    r#"{"$serde_json::private::RawValue":[]}"#,
    r#"{"a":1,"a":2,"":{"":{"":[[],{}]}}}"#,
    "null",
    "true",
    r#""a b\\" "#,
    r#"[ 1 , "\" , \\" , { "a" : " " } ]"#,
];

#[test]
fn odd_values_are_kept_and_written_as_they_came() {
    for odd in ODD {
        let body = format!("{{\"odd\": {odd} ,\n\"name\":\"Rome\"}}");
        let compact = match odd {
            r#"[ 1 , "\" , \\" , { "a" : " " } ]"# => r#"[1,"\" , \\",{"a":" "}]"#,
            odd => odd.trim(),
        };
        let written = format!(r#"{{"name":"Rome","odd":{compact}}}"#);
        let readers: [(&str, Place); 4] = [
            ("decode", decoded(&body)),
            ("from_str", serde_json::from_str(&body).unwrap()),
            (
                "from_slice",
                serde_json::from_slice(body.as_bytes()).unwrap(),
            ),
            (
                "from_reader",
                serde_json::from_reader(body.as_bytes()).unwrap(),
            ),
        ];
        for (reader, place) in readers {
            assert_eq!(place.name.as_deref(), Some("Rome"));
            assert_eq!(place.additional_data.json("odd"), Some(compact), "{reader}");
            assert_eq!(serde_json::to_string(&place).unwrap(), written, "{reader}");
            assert_eq!(decoded(&written), place, "{reader}");
            // Another form of JSON can hold it, as a text if not as a value.
            assert_eq!(
                serde_json::to_value(&place).unwrap()["name"],
                "Rome",
                "{odd}"
            );
        }
    }
}

#[test]
fn nesting_may_be_as_deep_as_it_likes() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let body = format!(r#"{{"deep":{deep},"name":"Rome"}}"#);
    let place = decoded(&body);
    assert_eq!(place.additional_data.json("deep"), Some(deep.as_str()));
    let written = serde_json::to_string(&place).unwrap();
    assert_eq!(decoded(&written), place);
    assert_eq!(place.additional_data.get("deep"), None);
    let value = serde_json::to_value(&place).unwrap();
    assert_eq!(value["deep"], deep);
}

#[test]
fn of_a_name_that_comes_twice_the_last_value_counts() {
    let body = r#"{"a":1,"b":2,"a":3}"#;
    let mut place = decoded(body);
    let data = &mut place.additional_data;
    assert_eq!((data.len(), data.get("a")), (3, Some(json!(3))));
    data.insert("a", json!(4));
    assert_eq!(serde_json::to_string(&place).unwrap(), r#"{"b":2,"a":4}"#);
}

#[test]
fn a_name_with_half_of_a_surrogate_pair_is_read() {
    let place = decoded(r#"{"\ud83d":1,"name":"\udE00 Rome \ud83d\uDE00\ud83d\\ud83d"}"#);
    assert_eq!(
        place.name.as_deref(),
        Some("\u{fffd} Rome 😀\u{fffd}\\ud83d")
    );
    assert_eq!(place.additional_data.get("\u{fffd}"), Some(json!(1)));
}

/// Types of users around an object: serde buffers their content.
#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(untagged)]
enum Untagged {
    Number(u32),
    Place(Place),
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Flattened {
    seen: u32,
    #[serde(flatten)]
    place: Place,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "kind")]
enum Tagged {
    Place(Place),
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "kind", content = "it")]
enum Adjacent {
    Place(Place),
}

/// An object reads the same from serde's buffers.
#[test]
fn an_object_within_a_type_of_the_user_is_read_and_written() {
    let more = r#""more":{"a":[1,-2,2.5,true,null,"x\n"],"":{}},"\"":18446744073709551615"#;
    let alone = format!(r#"{{"name":"Rome",{more}}}"#);
    let place = decoded(&alone);

    let untagged: Untagged = serde_json::from_str(&alone).unwrap();
    assert_eq!(serde_json::to_string(&untagged).unwrap(), alone);
    assert_eq!(untagged, Untagged::Place(place.clone()));

    let text = format!(r#"{{"seen":7,"name":"Rome",{more}}}"#);
    let flattened: Flattened = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&flattened).unwrap(), text);
    assert_eq!(flattened.place, place);

    let text = format!(r#"{{"kind":"Place","name":"Rome",{more}}}"#);
    let tagged: Tagged = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&tagged).unwrap(), text);
    assert_eq!(tagged, Tagged::Place(place.clone()));

    // The content comes before the tag, and is buffered.
    let text = format!(r#"{{"it":{alone},"kind":"Place"}}"#);
    let adjacent: Adjacent = serde_json::from_str(&text).unwrap();
    assert_eq!(adjacent, Adjacent::Place(place.clone()));

    let value = serde_json::to_value(&place).unwrap();
    assert_eq!(value["more"]["a"][2], 2.5);
    assert_eq!(
        serde_json::from_value::<Place>(value.clone()).unwrap().name,
        place.name
    );
    assert_eq!(Place::deserialize(&value).unwrap().additional_data.len(), 2);
}

/// As `serde_json` with `arbitrary_precision` hands numbers to serde's buffers.
#[test]
fn a_number_that_comes_as_an_object_is_a_number() {
    const NUMBER: &str = "$serde_json::private::Number";
    let cases = [
        (json!("1.10"), "1.10"),
        (json!("-1e400"), "-1e400"),
        (json!("oops"), r#"{"$serde_json::private::Number":"oops"}"#),
        (json!("1 "), r#"{"$serde_json::private::Number":"1 "}"#),
        (json!("[]"), r#"{"$serde_json::private::Number":"[]"}"#),
        (json!([1]), r#"{"$serde_json::private::Number":[1]}"#),
    ];
    for (inner, expected) in cases {
        let body = json!({ "odd": { NUMBER: inner } }).to_string();
        let Untagged::Place(place) = serde_json::from_str(&body).unwrap() else {
            panic!("{body}");
        };
        assert_eq!(place.additional_data.json("odd"), Some(expected), "{body}");
    }
}

/// A deserializer that knows nothing of JSON, and one whose names are numbers.
#[test]
fn other_deserializers_are_read() {
    let members = [("odd", "a\"b\n")].into_iter();
    let place = Place::deserialize(MapDeserializer::<_, ValueError>::new(members)).unwrap();
    assert_eq!(place.additional_data.json("odd"), Some(r#""a\"b\n""#));

    let inner = [(1_u8, true), (2, false)];
    let inner = MapDeserializer::<_, ValueError>::new(inner.into_iter());
    let members = [("odd", inner)].into_iter();
    let place = Place::deserialize(MapDeserializer::<_, ValueError>::new(members)).unwrap();
    assert_eq!(
        place.additional_data.json("odd"),
        Some(r#"{"1":true,"2":false}"#)
    );
}

/// A value that breaks off leaves nothing behind.
#[test]
fn what_is_no_json_is_an_error() {
    for body in [
        r#"{"a":01}"#,
        r#"{"a":[1}"#,
        r#"{"a":"\x"}"#,
        r#"{"a":NaN}"#,
        r#"{"a":"#,
    ] {
        assert!(
            decode::object::<Place>(body.as_bytes(), Properties::All).is_err(),
            "{body}"
        );
    }
}
