//! Numbers as OData writes them, from JSON text and from a `Value`.

#![cfg(test)]

use msgraph_wire::{Decimal, Double, Json};
use serde_json::{Deserializer, Value, json};
use std::collections::BTreeMap;

fn from_text<T: Double>(text: &str) -> serde_json::Result<T> {
    T::read(&mut Deserializer::from_str(text))
}

fn written<T: Double>(value: &T) -> Value {
    value.write(serde_json::value::Serializer).unwrap()
}

#[test]
fn infinities_are_strings() {
    for (json, number) in [
        (json!("INF"), f64::INFINITY),
        (json!("-INF"), f64::NEG_INFINITY),
        (json!(-0.5), -0.5),
    ] {
        assert_eq!(f64::read(&json).unwrap(), number);
        assert_eq!(from_text::<f64>(&json.to_string()).unwrap(), number);
        assert_eq!(written(&number), json);
    }
    assert!(from_text::<f64>("\"NaN\"").unwrap().is_nan());
    assert_eq!(written(&f64::NAN), json!("NaN"));
    assert_eq!(from_text::<f64>("\"-1e3\"").unwrap(), -1000.0);
}

#[test]
fn what_is_no_number() {
    for text in [
        "\"Infinity\"",
        "\"nan\"",
        "\"\"",
        "\"1 \"",
        "\"+1\"",
        "\"0x1\"",
        "true",
        "[]",
        "{}",
        "1e999",
    ] {
        let error = from_text::<f64>(text).unwrap_err().to_string();
        assert!(
            error.contains("expected a number, `INF`, `-INF` or `NaN`"),
            "{error}"
        );
        assert!(
            !text.contains("Inf") || !error.contains("Infinity"),
            "{error}"
        );
    }
    assert!(from_text::<f64>("null").is_err());
    for text in ["\"many\"", "\"INF\"", "null", "[1]"] {
        assert!(serde_json::from_str::<Decimal>(text).is_err(), "{text}");
    }
}

#[test]
fn options_lists_and_maps() {
    let json = json!({"a": [1.5, null, "INF"], "b": null});
    type Lists = BTreeMap<String, Option<Vec<Option<f64>>>>;
    let lists = Lists::read(&json).unwrap();
    assert_eq!(lists["a"], Some(vec![Some(1.5), None, Some(f64::INFINITY)]));
    assert_eq!(from_text::<Lists>(&json.to_string()).unwrap(), lists);
    assert_eq!(written(&lists), json);
}

/// The digits are those that came, where JSON text is read.
#[test]
fn all_digits() {
    for text in [
        "0.10",
        "-1E+30",
        "123456789012345678901234567890.5",
        "1e400",
    ] {
        let decimal: Decimal = serde_json::from_str(text).unwrap();
        assert_eq!(
            (decimal.as_str(), decimal.to_string().as_str()),
            (text, text)
        );
        assert_eq!(serde_json::to_string(&decimal).unwrap(), text);
    }
    assert_eq!(Decimal::from(i64::MIN).to_f64(), i64::MIN as f64);
    let from_value: Decimal = serde_json::from_value(json!("7.50")).unwrap();
    assert_eq!(from_value.as_str(), "7.50");
}

#[test]
fn any_json_from_a_value() {
    let json = json!({"a": [1, "b", null, {"c": true}]});
    let kept: Json = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(kept.as_str(), json.to_string());
    assert_eq!(serde_json::to_value(&kept).unwrap(), json);
    assert_eq!(kept, Json::from(json));
    assert_eq!(Json::default().as_str(), "null");
}
