//! Reads and writes JSON text that is kept unchanged.

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;
use std::any::type_name;
use std::fmt;
use std::fmt::Write as _;

/// Appends the JSON text of a value to a string, without whitespace between its tokens.
///
/// `serde_json` passes the text itself, of which it has only checked the syntax. For another
/// deserializer, such as serde's buffer for `untagged` and `flatten`, the text is made from the
/// value.
pub(crate) struct Append<'a> {
    to: &'a mut String,
    /// `true` to ask the deserializer for the text itself.
    raw: bool,
}

/// The name by which `serde_json` passes the text of a value. `RawValue` uses it, but cannot be
/// read from any other deserializer. If the name changes, the text is made from the value.
const RAW: &str = "$serde_json::private::RawValue";

/// The path of the types by which `serde_json` passes text that it has just checked. If the path
/// changes, the text is checked again.
const CHECKED: &str = "serde_json::raw::";

/// The beginning of a number of `serde_json` with the feature `arbitrary_precision`, which another
/// deserializer passes as an object with this property.
const NUMBER: &str = r#"{"$serde_json::private::Number":""#;

impl<'a> Append<'a> {
    /// Appends the value of a property.
    pub(crate) fn value(to: &'a mut String) -> Self {
        Self { to, raw: true }
    }

    /// Appends a part of a value.
    fn part(to: &'a mut String) -> Self {
        Self { to, raw: false }
    }

    fn json(self, value: &Value) {
        // Writing to a string cannot fail.
        let _ = write!(self.to, "{value}");
    }
}

impl<'de> DeserializeSeed<'de> for Append<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        if self.raw {
            from.deserialize_newtype_struct(RAW, self)
        } else {
            from.deserialize_any(self)
        }
    }
}

impl<'de> Visitor<'de> for Append<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(Append::part(self.to))
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        self.visit_newtype_struct(from)
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.to.push_str("null");
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.json(&value.into());
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.json(&value.into());
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.json(&value.into());
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        // Infinity and NaN become null.
        self.json(&value.into());
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        push_string(self.to, text);
        Ok(())
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<(), E> {
        self.json(&bytes.into());
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<(), A::Error> {
        let Self { to, .. } = self;
        to.push('[');
        let first = to.len();
        while array.next_element_seed(Append::part(to))?.is_some() {
            to.push(',');
        }
        close(to, first, ']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let Self { to, raw } = self;
        if raw && type_name::<A>().starts_with(CHECKED) {
            object.next_key::<IgnoredAny>()?;
            return object.next_value_seed(Compact { to, checked: true });
        }
        let mut first = String::new();
        let mut is_there = name(&mut first, &mut object)?;
        if raw && first.trim_matches('"') == RAW {
            return object.next_value_seed(Compact { to, checked: false });
        }
        let start = to.len();
        to.push('{');
        let members = to.len();
        to.push_str(&first);
        while is_there {
            to.push(':');
            object.next_value_seed(Append::part(to))?;
            to.push(',');
            is_there = name(to, &mut object)?;
        }
        close(to, members, '}');
        number_in(to, start);
        Ok(())
    }
}

/// Appends the next name of an object; returns `false` if there is none. A name that is not a
/// string becomes one.
fn name<'de, A: MapAccess<'de>>(to: &mut String, object: &mut A) -> Result<bool, A::Error> {
    let start = to.len();
    let is_there = object.next_key_seed(Append::part(to))?.is_some();
    if is_there && !to[start..].starts_with('"') {
        let name = to.split_off(start);
        push_string(to, &name);
    }
    Ok(is_there)
}

/// Ends an array or an object with a bracket in the place of the last comma.
fn close(to: &mut String, first: usize, bracket: char) {
    if to.len() > first {
        to.pop();
    }
    to.push(bracket);
}

/// Replaces the object that represents a number by the number.
fn number_in(to: &mut String, start: usize) {
    let number = to[start..].strip_prefix(NUMBER);
    let number = number.and_then(|text| text.strip_suffix("\"}"));
    let number = number.filter(|text| is_number(text));
    if let Some(number) = number.map(str::to_owned) {
        to.truncate(start);
        to.push_str(&number);
    }
}

/// Returns `true` if a text is a JSON number.
pub(crate) fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c == '-' || c.is_ascii_digit())
        && !text.ends_with(|c: char| c.is_ascii_whitespace())
        && serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// Appends a JSON text without whitespace between its tokens.
struct Compact<'a> {
    to: &'a mut String,
    /// `true` if the text is known to be JSON.
    checked: bool,
}

impl<'de> DeserializeSeed<'de> for Compact<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for Compact<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON text")
    }

    fn visit_str<E: Error>(self, json: &str) -> Result<(), E> {
        if !self.checked && serde_json::from_str::<IgnoredAny>(json).is_err() {
            // The text does not come from `serde_json`.
            push_string(self.to, json);
            return Ok(());
        }
        reserve(self.to, json.len());
        if self.checked && json.starts_with('"') {
            // A checked text has no whitespace around it.
            self.to.push_str(json);
            return Ok(());
        }
        let mut rest = json;
        while let Some((between, from_quote)) = rest.find('"').map(|at| rest.split_at(at)) {
            self.to.extend(between.split_ascii_whitespace());
            let (string, others) = from_quote.split_at(string_end(from_quote));
            self.to.push_str(string);
            rest = others;
        }
        self.to.extend(rest.split_ascii_whitespace());
        Ok(())
    }
}

/// The end of the string with which a JSON text begins: after the next quote that has an even
/// number of backslashes before it.
fn string_end(json: &str) -> usize {
    let mut end = 1;
    while let Some(at) = json[end..].find('"') {
        let inside = &json[end..end + at];
        end += at + 1;
        if (inside.len() - inside.trim_end_matches('\\').len()).is_multiple_of(2) {
            return end;
        }
    }
    json.len()
}

/// The space for the quotes of a name and for a short value after it.
const BESIDE: usize = 64;

/// Appends a text as JSON, on one line.
pub(crate) fn push_string(to: &mut String, text: &str) {
    if !text.bytes().all(is_plain) {
        return push_escaped(to, text);
    }
    reserve(to, text.len() + BESIDE);
    to.push('"');
    to.push_str(text);
    to.push('"');
}

/// Returns `true` if a byte needs no escape in a JSON string.
fn is_plain(byte: u8) -> bool {
    !matches!(byte, 0..0x20 | b'"' | b'\\')
}

#[cold]
fn push_escaped(to: &mut String, text: &str) {
    let more = text.bytes().map(|byte| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' => 1,
        0..0x20 => 5,
        _ => 0,
    });
    reserve(to, text.len() + more.sum::<usize>() + BESIDE);
    to.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => to.extend(['\\', c]),
            '\n' => to.push_str("\\n"),
            '\r' => to.push_str("\\r"),
            '\t' => to.push_str("\\t"),
            // Writing to a string cannot fail.
            '\0'..' ' => _ = write!(to, "\\u{:04x}", u32::from(c)),
            _ => to.push(c),
        }
    }
    to.push('"');
}

/// Reserves space for more bytes and a line break, and for a quarter of the length at least.
/// Doubling the length would need three times the length while the text is copied.
fn reserve(text: &mut String, more: usize) {
    let more = more + 1;
    if text.capacity() - text.len() < more {
        text.reserve_exact(more.max(text.len() / 4));
    }
}

/// Writes a JSON text: unchanged to JSON, as a [`Value`] to other formats.
///
/// A text that a `Value` cannot hold is written to other formats as a string.
pub(crate) struct JsonText<'a>(pub(crate) &'a str);

impl Serialize for JsonText<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let is_serde_json = type_name::<S::Error>() == type_name::<serde_json::Error>();
        let is_value = type_name::<S>() == type_name::<serde_json::value::Serializer>();
        let raw = serde_json::from_str::<&RawValue>(self.0);
        if let (true, false, Ok(raw)) = (is_serde_json, is_value, raw) {
            return raw.serialize(to);
        }
        match serde_json::from_str::<Value>(self.0) {
            Ok(value) => value.serialize(to),
            Err(_) => to.serialize_str(self.0),
        }
    }
}
