//! A JSON value of any type.

use crate::json_text::{Append, JsonText};
use serde::de::DeserializeSeed;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::fmt;

/// Any JSON value, kept as text.
///
/// The text is kept like that of [`AdditionalData`](crate::AdditionalData): whitespace between
/// tokens is removed, everything else stays, even what a [`Value`] cannot hold. The default is
/// `null`. `Debug` shows the text. Two values are equal when their texts are.
///
/// ```
/// # use msgraph_wire as msgraph_presence;
/// use msgraph_presence::Json;
///
/// let json: Json = serde_json::from_str(r#"{"rooms": [1, 1e400]}"#)?;
/// assert_eq!(json.as_str(), r#"{"rooms":[1,1e400]}"#);
/// assert_eq!(json.to_value(), None);
///
/// let json = Json::from(serde_json::json!({"rooms": [1, 2]}));
/// assert_eq!(json.to_value().unwrap_or_default()["rooms"][1], 2);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Json(Box<str>);

impl Json {
    /// The JSON text, without whitespace between its tokens.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value, parsed from the text at each call; `None` if a `Value` cannot hold it: a number
    /// beyond `f64`, half of a surrogate pair, more than 127 levels.
    pub fn to_value(&self) -> Option<Value> {
        serde_json::from_str(&self.0).ok()
    }
}

impl Default for Json {
    fn default() -> Self {
        Self("null".into())
    }
}

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        Self(value.to_string().into())
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut text = String::new();
        Append::value(&mut text).deserialize(from)?;
        Ok(Self(text.into()))
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        JsonText(&self.0).serialize(to)
    }
}
