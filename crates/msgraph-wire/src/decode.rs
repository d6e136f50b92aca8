//! Decodes the bodies of responses, with errors that name the position.
//!
//! A body is read once. If that fails, it is read again: after repairs, and to find the path of
//! the value that does not fit.
//!
//! A byte order mark before a body is ignored. Half of a surrogate pair (`\ud83d` without
//! the other half) in the string of a known property becomes U+FFFD.

mod error;
mod repair;
mod shape;

pub use error::DecodeError;
pub use shape::Properties;

use crate::Object;
use repair::{MARK, repaired};
use serde::de::DeserializeOwned;
use serde_json::Deserializer;
use serde_path_to_error::Track;
use shape::{Bare, Envelope, Shape};

/// Reads a body that is one object.
///
/// ```
/// use msgraph_wire::decode::{self, Properties};
/// # use serde::{de::MapAccess, ser::SerializeMap};
/// # use msgraph_wire::{Object, Value, Writer};
/// # #[derive(Debug, Default)]
/// # struct Room { seats: Option<u32> }
/// # impl Object for Room {
/// #     fn read<'de, A>(&mut self, name: &str, value: Value<'_, A>) -> Result<(), A::Error>
/// #     where A: MapAccess<'de> { value.optional(&mut self.seats) }
/// #     fn write<S: SerializeMap>(&self, _: &mut Writer<S>) -> Result<(), S::Error> { Ok(()) }
/// # }
/// let error = decode::object::<Room>(br#"{"seats":"plenty"}"#, Properties::All).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "$.seats: expected u32, found string (line 1 column 17)",
/// );
/// ```
///
/// # Errors
/// When the body is not JSON, not an object, lacks a required property or has a value of
/// another type than documented.
pub fn object<T: Object>(body: &[u8], properties: Properties) -> Result<T, DecodeError> {
    let mut bare = Bare::default();
    decode(&mut bare, body, properties)?;
    Ok(bare.0)
}

/// Reads a body that is one object, either bare or as the only element of the array `value`.
///
/// Properties beside `value` describe the array and are dropped.
///
/// ```
/// use msgraph_wire::decode::{self, Properties};
/// # use serde::{de::MapAccess, ser::SerializeMap};
/// # use msgraph_wire::{Object, Value, Writer};
/// # #[derive(Debug, Default)]
/// # struct Room { seats: Option<u32> }
/// # impl Object for Room {
/// #     const REQUIRED: &'static [&'static str] = &["seats"];
/// #     fn read<'de, A>(&mut self, name: &str, value: Value<'_, A>) -> Result<(), A::Error>
/// #     where A: MapAccess<'de> { value.optional(&mut self.seats) }
/// #     fn write<S: SerializeMap>(&self, _: &mut Writer<S>) -> Result<(), S::Error> { Ok(()) }
/// # }
/// let listed = br#"{"@odata.count":1,"value":[{"seats":4}]}"#;
/// let room: Room = decode::enveloped(listed, Properties::All)?;
/// assert_eq!(room.seats, Some(4));
///
/// let room: Room = decode::enveloped(br#"{"seats":4}"#, Properties::All)?;
/// assert_eq!(room.seats, Some(4));
/// # Ok::<(), decode::DecodeError>(())
/// ```
///
/// # Errors
/// As for [`object`], and when the array does not have exactly one element.
pub fn enveloped<T: Object>(body: &[u8], properties: Properties) -> Result<T, DecodeError> {
    let mut envelope = Envelope::default();
    decode(&mut envelope, body, properties)?;
    Ok(envelope.element.unwrap_or(envelope.bare))
}

/// Reads a body into any type that implements `Deserialize`, for operations that are called
/// without generated code.
///
/// ```
/// use msgraph_wire::decode::{self, Properties};
/// # use serde::de::IgnoredAny;
/// use std::collections::BTreeMap;
///
/// type Rooms = BTreeMap<String, u32>;
///
/// let rooms: Rooms = decode::json(br#"{"hall":40}"#, Properties::All)?;
/// assert_eq!(rooms["hall"], 40);
///
/// let error = decode::json::<Rooms>(br#"{"hall":"large"}"#, Properties::All).unwrap_err();
/// assert_eq!(error.path(), "$.hall");
///
/// // An empty body is `null`.
/// assert_eq!(decode::json::<Option<Rooms>>(b"", Properties::All)?, None);
/// # assert!(decode::json::<IgnoredAny>(b"{} {}", Properties::All).is_err());
/// # Ok::<(), decode::DecodeError>(())
/// ```
///
/// # Errors
/// When the body is not JSON, or does not fit the type.
pub fn json<T: DeserializeOwned>(body: &[u8], _properties: Properties) -> Result<T, DecodeError> {
    let text = match text(body)? {
        "" => "null",
        text => text,
    };
    parse(text).or_else(|error| match repaired(text) {
        Some(text) => parse(&text),
        None => Err(error),
    })
}

/// Reads a body that is one object; an empty body and `null` are `None`.
///
/// ```
/// use msgraph_wire::decode::{self, Properties};
/// # use serde::{de::MapAccess, ser::SerializeMap};
/// # use msgraph_wire::{Object, Value, Writer};
/// # #[derive(Debug, Default)]
/// # struct Room { seats: Option<u32> }
/// # impl Object for Room {
/// #     fn read<'de, A>(&mut self, name: &str, value: Value<'_, A>) -> Result<(), A::Error>
/// #     where A: MapAccess<'de> { value.optional(&mut self.seats) }
/// #     fn write<S: SerializeMap>(&self, _: &mut Writer<S>) -> Result<(), S::Error> { Ok(()) }
/// # }
/// let room: Option<Room> = decode::optional(br#"{"seats":4}"#, Properties::All)?;
/// assert_eq!(room.unwrap().seats, Some(4));
///
/// assert!(decode::optional::<Room>(b"", Properties::All)?.is_none());
/// assert!(decode::optional::<Room>(b"null", Properties::All)?.is_none());
/// # Ok::<(), decode::DecodeError>(())
/// ```
///
/// # Errors
/// As for [`object`].
pub fn optional<T: Object>(body: &[u8], properties: Properties) -> Result<Option<T>, DecodeError> {
    match body.trim_ascii() {
        b"" | b"null" => Ok(None),
        _ => object(body, properties).map(Some),
    }
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, DecodeError> {
    let mut track = Track::new();
    let mut json = Deserializer::from_str(text);
    let tracked = serde_path_to_error::Deserializer::new(&mut json, &mut track);
    let read = T::deserialize(tracked);
    let value = read.map_err(|error| DecodeError::at(&track.path(), &error))?;
    json.end().map_err(|error| DecodeError::at_root(&error))?;
    Ok(value)
}

/// Ignores the body of a response without content.
///
/// ```
/// use msgraph_wire::decode::{self, Properties};
///
/// assert!(decode::nothing(b"<html>", Properties::All).is_ok());
/// ```
///
/// # Errors
/// Never: the `Result` gives it the signature of [`object`].
pub fn nothing(_body: &[u8], _properties: Properties) -> Result<(), DecodeError> {
    Ok(())
}

/// Reads a body of plain text that is one integer, as in the response to `$count`.
///
/// ```
/// use msgraph_wire::decode::{self, Properties};
///
/// // Graph writes a byte order mark before it.
/// assert_eq!(decode::number(b"\xEF\xBB\xBF42", Properties::All)?, 42);
/// # Ok::<(), decode::DecodeError>(())
/// ```
///
/// # Errors
/// When the body is not an integer, or is outside the range of `i64`.
pub fn number(body: &[u8], _properties: Properties) -> Result<i64, DecodeError> {
    let text = text(body)?.trim_start_matches(MARK);
    serde_json::from_str(text).map_err(|error| DecodeError::at_root(&error))
}

/// Reads a body of plain text.
///
/// ```
/// use msgraph_wire::decode::{self, Properties};
///
/// assert_eq!(decode::plain(b"D7", Properties::All)?, "D7");
/// # Ok::<(), decode::DecodeError>(())
/// ```
///
/// # Errors
/// When the body is not UTF-8.
pub fn plain(body: &[u8], _properties: Properties) -> Result<String, DecodeError> {
    text(body).map(str::to_owned)
}

/// Copies a body unchanged, such as the content of a file.
///
/// ```
/// use msgraph_wire::decode::{self, Properties};
///
/// assert_eq!(decode::bytes(b"\xFF\xD8", Properties::All)?, [0xFF, 0xD8]);
/// # Ok::<(), decode::DecodeError>(())
/// ```
///
/// # Errors
/// Never: the `Result` gives it the signature of [`object`].
pub fn bytes(body: &[u8], _properties: Properties) -> Result<Vec<u8>, DecodeError> {
    Ok(body.to_vec())
}

fn decode<T>(shape: &mut T, body: &[u8], properties: Properties) -> Result<(), DecodeError>
where
    T: Shape,
{
    let text = text(body)?;
    let mut json = Deserializer::from_str(text);
    let read = shape.fill(&mut json, properties).and_then(|()| json.end());
    read.or_else(|error| again(shape, text, properties, &error))
}

#[inline]
fn text(body: &[u8]) -> Result<&str, DecodeError> {
    str::from_utf8(body).map_err(|error| DecodeError::not_text(body, &error))
}

/// Reads a body again after repairs, or explains why it cannot be read.
#[cold]
fn again<T: Shape>(
    shape: &mut T,
    text: &str,
    properties: Properties,
    error: &serde_json::Error,
) -> Result<(), DecodeError> {
    *shape = T::default();
    match repaired(text) {
        Some(text) => decode(shape, text.as_bytes(), properties),
        None => Err(explain::<T>(text, properties, error)),
    }
}

/// Finds the path of the value that does not fit.
fn explain<T: Shape>(text: &str, properties: Properties, error: &serde_json::Error) -> DecodeError {
    let mut track = Track::new();
    let mut json = Deserializer::from_str(text);
    let json = serde_path_to_error::Deserializer::new(&mut json, &mut track);
    match T::default().fill(json, properties) {
        Ok(()) => DecodeError::at_root(error),
        Err(_) => DecodeError::at(&track.path(), error),
    }
}
