//! The additional properties of an object, which its type does not know.

use crate::json_text::{Append, push_string};
use serde::de::MapAccess;
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;
use std::fmt::Write as _;

/// The properties of a JSON object that its type does not know, kept as JSON text.
///
/// The text is at most as long as in the response. Whitespace between tokens is removed;
/// everything else stays: all digits of a number, a number beyond `f64`, half of a surrogate pair,
/// any depth, a name that comes twice.
///
/// The type is one pointer wide, and allocates nothing while it is empty. `Debug` shows only the
/// names. Two values are equal when the same names have the same JSON text, in any order.
///
/// ```
/// # use msgraph_wire as msgraph_presence;
/// use msgraph_presence::AdditionalData;
///
/// let mut data = AdditionalData::default();
/// data.insert("@odata.etag", "W/\"1\"".into());
/// assert_eq!(data.get("@odata.etag"), Some("W/\"1\"".into()));
/// assert_eq!(data.json("@odata.etag"), Some(r#""W/\"1\"""#));
/// assert_eq!(data.iter().count(), data.len());
/// assert_eq!(format!("{data:?}"), r#"{"@odata.etag"}"#);
///
/// data.remove("@odata.etag");
/// assert!(data.is_empty());
/// ```
#[derive(Clone, Default)]
pub struct AdditionalData(Option<Box<Lines>>);

/// Two lines for each property: its name and its value, both as JSON. JSON without whitespace
/// between tokens has no line break.
#[derive(Clone, Default)]
struct Lines(String);

impl AdditionalData {
    /// The value of the property `name`; the last one if the name came several times.
    ///
    /// The value is parsed from the JSON text at each call. Returns `None` if the property does not
    /// exist, and when a `Value` cannot hold it: a number beyond `f64`, half of a surrogate pair,
    /// more than 127 levels. [`json`](Self::json) gives those as well.
    ///
    /// ```
    /// # use msgraph_wire as msgraph_presence;
    /// # use msgraph_presence::{AdditionalData, Object, Value, Writer, object};
    /// # use serde::{de::MapAccess, ser::SerializeMap};
    /// # #[derive(Default)]
    /// # struct Room { additional_data: AdditionalData }
    /// # impl Object for Room {
    /// #     fn read<'de, A>(&mut self, name: &str, value: Value<'_, A>) -> Result<(), A::Error>
    /// #     where A: MapAccess<'de> { value.keep(name, &mut self.additional_data) }
    /// #     fn write<S: SerializeMap>(&self, _: &mut Writer<S>) -> Result<(), S::Error> { Ok(()) }
    /// # }
    /// # object!(Room);
    /// let room: Room = serde_json::from_str(r#"{"stars": 5, "sand": 1e400}"#)?;
    /// assert_eq!(room.additional_data.get("stars"), Some(5.into()));
    /// assert_eq!(room.additional_data.get("sand"), None);
    /// assert_eq!(room.additional_data.json("sand"), Some("1e400"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn get(&self, name: &str) -> Option<Value> {
        serde_json::from_str(self.json(name)?).ok()
    }

    /// The JSON text of the property `name`; the last one if the name came several times, and
    /// `None` if there is no such property.
    pub fn json(&self, name: &str) -> Option<&str> {
        let name = quoted(name);
        let (_, json) = self.lines().filter(|(line, _)| *line == name).last()?;
        Some(json)
    }

    /// Adds a property, or replaces its value.
    ///
    /// The property is written after the known ones. The name must not be that of a known
    /// property, which would be written twice.
    pub fn insert(&mut self, name: impl AsRef<str>, value: Value) {
        let name = name.as_ref();
        self.remove(name);
        let Lines(text) = &mut **self.0.get_or_insert_default();
        push_string(text, name);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "\n{value}");
    }

    /// Removes a property; returns `true` if it existed.
    pub fn remove(&mut self, name: &str) -> bool {
        if self.json(name).is_none() {
            return false;
        }
        let name = quoted(name);
        let others = self.lines().filter(|(line, _)| *line != name);
        let text = others.fold(String::new(), |text, (name, json)| {
            text + name + "\n" + json + "\n"
        });
        self.0 = (!text.is_empty()).then(|| Box::new(Lines(text)));
        true
    }

    /// The properties with their JSON text, in the order in which they came. A name that came
    /// twice is listed twice.
    pub fn iter(&self) -> impl Iterator<Item = (Cow<'_, str>, &str)> {
        self.lines().map(|(name, json)| (unquoted(name), json))
    }

    /// The number of properties; one that came twice counts twice.
    pub fn len(&self) -> usize {
        self.lines().count()
    }

    /// Returns `true` if there are no properties.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.as_ref().is_none_or(|lines| lines.0.is_empty())
    }

    /// Reads the value of a property and adds it.
    pub(crate) fn keep<'de, A: MapAccess<'de>>(
        &mut self,
        name: &str,
        value: &mut A,
    ) -> Result<(), A::Error> {
        let Lines(text) = &mut **self.0.get_or_insert_default();
        let end = text.len();
        push_string(text, name);
        text.push('\n');
        let read = value.next_value_seed(Append::value(text));
        match read {
            Ok(()) => text.push('\n'),
            Err(_) => text.truncate(end),
        }
        read
    }

    /// The lines in pairs of a name and a value.
    fn lines(&self) -> impl Iterator<Item = (&str, &str)> {
        let text = self.0.as_deref().map_or("", |Lines(text)| text);
        let mut lines = text.split_terminator('\n');
        std::iter::from_fn(move || Some((lines.next()?, lines.next()?)))
    }
}

fn quoted(name: &str) -> String {
    let mut line = String::new();
    push_string(&mut line, name);
    line
}

fn unquoted(line: &str) -> Cow<'_, str> {
    let name = line
        .strip_prefix('"')
        .and_then(|line| line.strip_suffix('"'));
    match name {
        Some(name) if !name.contains('\\') => name.into(),
        _ => serde_json::from_str::<String>(line)
            .unwrap_or_default()
            .into(),
    }
}

impl PartialEq for AdditionalData {
    fn eq(&self, other: &Self) -> bool {
        let [mut ours, mut theirs] = [self, other].map(|data| Vec::from_iter(data.lines()));
        ours.sort_unstable();
        theirs.sort_unstable();
        ours == theirs
    }
}

impl fmt::Debug for AdditionalData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.iter().map(|(name, _)| name);
        f.debug_set().entries(names).finish()
    }
}
