//! The bodies of responses: the object in them, or an error that names the place.
//!
//! A body is read once. Only when that fails it is read again: with what can be set right, and
//! slowly, to find the path of what did not fit.
//!
//! A byte order mark before a body is ignored. Half of a surrogate pair (`\ud83d` without
//! the other half) in a known text becomes U+FFFD.

mod error;
mod repair;
mod shape;

pub use error::DecodeError;
pub use shape::Members;

use crate::Object;
use repair::{MARK, repaired};
use serde::de::DeserializeOwned;
use serde_json::Deserializer;
use serde_path_to_error::Track;
use shape::{Bare, Envelope, Shape};

/// Reads a body that is one object.
///
/// ```
/// use msgraph_wire::decode::{self, Members};
/// # use serde::{de::MapAccess, ser::SerializeMap};
/// # use msgraph_wire::{Object, Value, Writer};
/// # #[derive(Debug, Default)]
/// # struct Room { seats: Option<u32> }
/// # impl Object for Room {
/// #     fn read<'de, A>(&mut self, name: &str, value: Value<'_, A>) -> Result<(), A::Error>
/// #     where A: MapAccess<'de> { value.optional(&mut self.seats) }
/// #     fn write<S: SerializeMap>(&self, _: &mut Writer<S>) -> Result<(), S::Error> { Ok(()) }
/// # }
/// let error = decode::object::<Room>(br#"{"seats":"plenty"}"#, Members::All).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "$.seats: expected u32, found string (line 1 column 17)",
/// );
/// ```
///
/// # Errors
/// When the body is not JSON, not an object, lacks a required property or has a value of
/// another type than documented.
pub fn object<T: Object>(body: &[u8], members: Members) -> Result<T, DecodeError> {
    let mut bare = Bare::default();
    decode(&mut bare, body, members)?;
    Ok(bare.0)
}

/// Reads a body that is one object, either bare or as the one element of the array
/// `value`.
///
/// Properties beside `value` describe the array, and are dropped with it.
///
/// ```
/// use msgraph_wire::decode::{self, Members};
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
/// let room: Room = decode::enveloped(listed, Members::All)?;
/// assert_eq!(room.seats, Some(4));
///
/// let room: Room = decode::enveloped(br#"{"seats":4}"#, Members::All)?;
/// assert_eq!(room.seats, Some(4));
/// # Ok::<(), decode::DecodeError>(())
/// ```
///
/// # Errors
/// As for [`object`], and when the array holds none or several.
pub fn enveloped<T: Object>(body: &[u8], members: Members) -> Result<T, DecodeError> {
    let mut envelope = Envelope::default();
    decode(&mut envelope, body, members)?;
    Ok(envelope.element.unwrap_or(envelope.bare))
}

/// Reads a body into any type that serde can read: for operations that are called without
/// generated code.
///
/// ```
/// use msgraph_wire::decode::{self, Members};
/// # use serde::de::IgnoredAny;
/// use std::collections::BTreeMap;
///
/// type Rooms = BTreeMap<String, u32>;
///
/// let rooms: Rooms = decode::json(br#"{"hall":40}"#, Members::All)?;
/// assert_eq!(rooms["hall"], 40);
///
/// let error = decode::json::<Rooms>(br#"{"hall":"large"}"#, Members::All).unwrap_err();
/// assert_eq!(error.path(), "$.hall");
///
/// // An empty body is `null`.
/// assert_eq!(decode::json::<Option<Rooms>>(b"", Members::All)?, None);
/// # assert!(decode::json::<IgnoredAny>(b"{} {}", Members::All).is_err());
/// # Ok::<(), decode::DecodeError>(())
/// ```
///
/// # Errors
/// When the body is not JSON, or not what the type asks for.
pub fn json<T: DeserializeOwned>(body: &[u8], _members: Members) -> Result<T, DecodeError> {
    let text = match text(body)? {
        "" => "null",
        text => text,
    };
    parse(text).or_else(|error| match repaired(text) {
        Some(text) => parse(&text),
        None => Err(error),
    })
}

/// Reads a body that is one object, or says that there is none: an empty body, or `null`.
///
/// ```
/// use msgraph_wire::decode::{self, Members};
/// # use serde::{de::MapAccess, ser::SerializeMap};
/// # use msgraph_wire::{Object, Value, Writer};
/// # #[derive(Debug, Default)]
/// # struct Room { seats: Option<u32> }
/// # impl Object for Room {
/// #     fn read<'de, A>(&mut self, name: &str, value: Value<'_, A>) -> Result<(), A::Error>
/// #     where A: MapAccess<'de> { value.optional(&mut self.seats) }
/// #     fn write<S: SerializeMap>(&self, _: &mut Writer<S>) -> Result<(), S::Error> { Ok(()) }
/// # }
/// let room: Option<Room> = decode::optional(br#"{"seats":4}"#, Members::All)?;
/// assert_eq!(room.unwrap().seats, Some(4));
///
/// assert!(decode::optional::<Room>(b"", Members::All)?.is_none());
/// assert!(decode::optional::<Room>(b"null", Members::All)?.is_none());
/// # Ok::<(), decode::DecodeError>(())
/// ```
///
/// # Errors
/// As for [`object`].
pub fn optional<T: Object>(body: &[u8], members: Members) -> Result<Option<T>, DecodeError> {
    match body.trim_ascii() {
        b"" | b"null" => Ok(None),
        _ => object(body, members).map(Some),
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

/// Passes over any body of a response without content.
///
/// ```
/// use msgraph_wire::decode::{self, Members};
///
/// assert!(decode::nothing(b"<html>", Members::All).is_ok());
/// ```
///
/// # Errors
/// None: the result makes it exchangeable with [`object`].
pub fn nothing(_body: &[u8], _members: Members) -> Result<(), DecodeError> {
    Ok(())
}

/// Reads a body of plain text that is one whole number, as `$count` answers.
///
/// ```
/// use msgraph_wire::decode::{self, Members};
///
/// // Graph writes a byte order mark before it.
/// assert_eq!(decode::number(b"\xEF\xBB\xBF42", Members::All)?, 42);
/// # Ok::<(), decode::DecodeError>(())
/// ```
///
/// # Errors
/// When the body is no whole number, or one that an `i64` cannot hold.
pub fn number(body: &[u8], _members: Members) -> Result<i64, DecodeError> {
    let text = text(body)?.trim_start_matches(MARK);
    serde_json::from_str(text).map_err(|error| DecodeError::at_root(&error))
}

/// Reads a body of plain text.
///
/// ```
/// use msgraph_wire::decode::{self, Members};
///
/// assert_eq!(decode::plain(b"D7", Members::All)?, "D7");
/// # Ok::<(), decode::DecodeError>(())
/// ```
///
/// # Errors
/// When the body is not UTF-8.
pub fn plain(body: &[u8], _members: Members) -> Result<String, DecodeError> {
    text(body).map(str::to_owned)
}

/// Takes a body as it is, such as that of a file.
///
/// ```
/// use msgraph_wire::decode::{self, Members};
///
/// assert_eq!(decode::bytes(b"\xFF\xD8", Members::All)?, [0xFF, 0xD8]);
/// # Ok::<(), decode::DecodeError>(())
/// ```
///
/// # Errors
/// None: the result makes it exchangeable with [`object`].
pub fn bytes(body: &[u8], _members: Members) -> Result<Vec<u8>, DecodeError> {
    Ok(body.to_vec())
}

fn decode<T>(shape: &mut T, body: &[u8], members: Members) -> Result<(), DecodeError>
where
    T: Shape,
{
    let text = text(body)?;
    let mut json = Deserializer::from_str(text);
    let read = shape.fill(&mut json, members).and_then(|()| json.end());
    read.or_else(|error| again(shape, text, members, &error))
}

#[inline]
fn text(body: &[u8]) -> Result<&str, DecodeError> {
    str::from_utf8(body).map_err(|error| DecodeError::not_text(body, &error))
}

/// Reads again what could not be read.
#[cold]
fn again<T: Shape>(
    shape: &mut T,
    text: &str,
    members: Members,
    error: &serde_json::Error,
) -> Result<(), DecodeError> {
    *shape = T::default();
    match repaired(text) {
        Some(text) => decode(shape, text.as_bytes(), members),
        None => Err(explain::<T>(text, members, error)),
    }
}

/// Finds the path of what could not be read.
fn explain<T: Shape>(text: &str, members: Members, error: &serde_json::Error) -> DecodeError {
    let mut track = Track::new();
    let mut json = Deserializer::from_str(text);
    let json = serde_path_to_error::Deserializer::new(&mut json, &mut track);
    match T::default().fill(json, members) {
        Ok(()) => DecodeError::at_root(error),
        Err(_) => DecodeError::at(&track.path(), error),
    }
}
