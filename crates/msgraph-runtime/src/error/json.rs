//! Reads parts of the JSON in an error response.

use msgraph_wire::decode::{self, Properties};
use serde::Deserializer as _;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Deserializer;
use serde_json::value::RawValue;
use std::fmt;

/// The text of a JSON value.
///
/// The reader takes no memory beyond the body, and properties that are not read may have any form:
/// a number that no `f64` can hold, half of a surrogate pair, any depth.
#[derive(Clone, Copy)]
pub(crate) struct Json<'b>(&'b str);

impl<'b> Json<'b> {
    /// The value of a body; `None` if the body is not JSON. A byte order mark is ignored.
    pub(crate) fn of(body: &'b str) -> Option<Self> {
        let text = body.trim_start_matches('\u{feff}');
        serde_json::from_str::<&RawValue>(text).ok().map(Self::from)
    }

    /// Returns `true` if it is an object.
    pub(crate) fn is_object(self) -> bool {
        self.0.starts_with('{')
    }

    /// Returns `true` if it is an array.
    pub(crate) fn is_array(self) -> bool {
        self.0.starts_with('[')
    }

    /// Returns `true` if it is a string.
    pub(crate) fn is_string(self) -> bool {
        self.0.starts_with('"')
    }

    /// The properties of these names, without regard to letter case; `None` for null and for missing
    /// ones, and if this is not an object. If a property comes twice, the last one counts.
    pub(crate) fn properties<const N: usize>(self, names: [&str; N]) -> [Option<Self>; N] {
        let mut found = [None; N];
        let wanted = Wanted(names, &mut found);
        // The syntax was checked before.
        let _ = Deserializer::from_str(self.0).deserialize_map(wanted);
        found
    }

    /// The first element that matches the predicate, if the value is an array.
    pub(crate) fn find(self, is_wanted: impl Fn(Self) -> bool) -> Option<Self> {
        let mut found = None;
        let first = First(is_wanted, &mut found);
        let _ = Deserializer::from_str(self.0).deserialize_seq(first);
        found
    }

    /// The beginning of a string, of a number, or of the string in OData's `{"lang":…,"value":…}`;
    /// `None` for other values and for an empty string.
    pub(crate) fn text(self) -> Option<String> {
        match self.0.bytes().next()? {
            b'"' => {
                let text: String = decode::json(self.0.as_bytes(), Properties::All).ok()?;
                let text = beginning(text.trim(), LOOKED_AT);
                (!text.is_empty()).then(|| text.to_owned())
            }
            b'-' | b'0'..=b'9' => Some(beginning(self.0, LOOKED_AT).to_owned()),
            b'{' => {
                let [value] = self.properties(["value"]);
                value.filter(|value| value.is_string())?.text()
            }
            _ => None,
        }
    }
}

/// The length of a text's beginning that is read, in bytes.
pub(crate) const LOOKED_AT: usize = 16 << 10;

/// The beginning of a text, of at most this many bytes.
pub(crate) fn beginning(text: &str, bytes: usize) -> &str {
    let end = text.char_indices().map(|(at, c)| at + c.len_utf8());
    let end = end.take_while(|end| *end <= bytes).last();
    if text.len() <= bytes {
        text
    } else {
        &text[..end.unwrap_or(0)]
    }
}

impl<'b> From<&'b RawValue> for Json<'b> {
    fn from(value: &'b RawValue) -> Self {
        Self(value.get())
    }
}

/// Finds the properties of these names in an object.
struct Wanted<'a, 'b, const N: usize>([&'a str; N], &'a mut [Option<Json<'b>>; N]);

impl<'b, const N: usize> Visitor<'b> for Wanted<'_, 'b, N> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'b>>(self, mut object: A) -> Result<(), A::Error> {
        let Self(names, found) = self;
        while let Some(name) = object.next_key::<&RawValue>()? {
            let name = Json::from(name);
            match names.iter().position(|wanted| name.is_name(wanted)) {
                Some(at) => {
                    let value = Json::from(object.next_value::<&RawValue>()?);
                    if value.0 != "null" {
                        found[at] = Some(value);
                    }
                }
                None => _ = object.next_value::<IgnoredAny>()?,
            }
        }
        Ok(())
    }
}

impl Json<'_> {
    /// Returns `true` if this is the string `wanted`, without regard to letter case.
    fn is_name(self, wanted: &str) -> bool {
        if self.0.contains('\\') {
            return self
                .text()
                .is_some_and(|name| name.eq_ignore_ascii_case(wanted));
        }
        self.0.trim_matches('"').eq_ignore_ascii_case(wanted)
    }
}

/// Finds the first element of an array that matches a predicate.
struct First<'a, 'b, F>(F, &'a mut Option<Json<'b>>);

impl<'b, F: Fn(Json<'b>) -> bool> Visitor<'b> for First<'_, 'b, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'b>>(self, mut array: A) -> Result<(), A::Error> {
        let Self(is_wanted, found) = self;
        while found.is_none() {
            let Some(element) = array.next_element::<&RawValue>()? else {
                return Ok(());
            };
            *found = Some(element.into()).filter(|element| is_wanted(*element));
        }
        Ok(())
    }
}
