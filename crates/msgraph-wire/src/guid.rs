//! GUIDs, and ids that are GUIDs.

use crate::InvalidValue;
use crate::text::CheckedText;
use serde::Deserializer;
use std::fmt;
use std::str::FromStr;

/// A GUID.
///
/// `FromStr` accepts every usual spelling: with or without hyphens, in braces or parentheses, as
/// `urn:uuid:…`, in upper or lower case, with whitespace around it. `Display` writes lower case
/// with hyphens. `Debug` shows only the last four digits.
///
/// ```
/// # use msgraph_wire as msgraph_presence;
/// use msgraph_presence::Guid;
///
/// let guid: Guid = "{FA8BF3DC-ECA7-46B7-BAD1-DB199B62AFC3}".parse()?;
/// assert_eq!(guid.to_string(), "fa8bf3dc-eca7-46b7-bad1-db199b62afc3");
/// assert_eq!(format!("{guid:?}"), "Guid(…afc3)");
/// # Ok::<(), msgraph_presence::InvalidValue>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Guid([u8; 16]);

impl Guid {
    /// The GUID of these bytes, in the order in which they are written.
    ///
    /// ```
    /// # use msgraph_wire as msgraph_presence;
    /// use msgraph_presence::Guid;
    ///
    /// let guid = Guid::from_bytes(*b"0123456789abcdef");
    /// assert_eq!(guid.to_string(), "30313233-3435-3637-3839-616263646566");
    /// assert_eq!(guid.as_bytes(), b"0123456789abcdef");
    /// ```
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes, in the order in which they are written.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Parses a GUID in any usual spelling.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim_ascii();
        let text = bare(text).unwrap_or(text).as_bytes();
        match text.len() {
            32 => digits(text.iter()),
            36 if HYPHENS.iter().all(|&place| text[place] == b'-') => {
                let between = text.iter().enumerate();
                let between = between.filter(|(place, _)| !HYPHENS.contains(place));
                digits(between.map(|(_, digit)| digit))
            }
            _ => None,
        }
    }
}

/// The positions of the hyphens.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// The digits without the braces, parentheses or prefix around them.
fn bare(text: &str) -> Option<&str> {
    let between = |open, close| text.strip_prefix(open)?.strip_suffix(close);
    let after = |prefix: &str| {
        let (start, rest) = text.split_at_checked(prefix.len())?;
        start.eq_ignore_ascii_case(prefix).then_some(rest)
    };
    between('{', '}')
        .or_else(|| between('(', ')'))
        .or_else(|| after("urn:uuid:"))
}

/// Parses 32 hexadecimal digits.
fn digits<'a>(text: impl Iterator<Item = &'a u8>) -> Option<Guid> {
    let mut bytes = [0; 16];
    for (place, &digit) in text.enumerate() {
        let digit = char::from(digit).to_digit(16)?;
        let byte = bytes.get_mut(place / 2)?;
        *byte = *byte << 4 | digit as u8;
    }
    Some(Guid(bytes))
}

impl FromStr for Guid {
    type Err = InvalidValue;

    /// # Errors
    /// When the text is not a GUID in a usual spelling.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let rule = "must be 32 hexadecimal digits, such as \
            fa8bf3dc-eca7-46b7-bad1-db199b62afc3";
        Self::parse(text).ok_or_else(|| InvalidValue::new("GUID", rule, "check its spelling"))
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [b'-'; 36];
        let mut places = (0..text.len()).filter(|place| !HYPHENS.contains(place));
        for byte in self.0 {
            for digit in [byte >> 4, byte & 15] {
                if let Some(place) = places.next() {
                    text[place] = b"0123456789abcdef"[usize::from(digit)];
                }
            }
        }
        f.pad(str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        shortened("Guid", *self, f)
    }
}

/// An id that is a GUID, with its own name and help in errors.
///
/// [`guid_id!`](crate::guid_id!) adds the conversions.
///
/// ```
/// use msgraph_wire::{Guid, GuidId, guid_id};
///
/// #[derive(Clone, Copy)]
/// struct RoomId(Guid);
///
/// impl GuidId for RoomId {
///     const NAME: &'static str = "RoomId";
///     const WHAT: &'static str = "room id";
///     const HELP: &'static str = "look it up in the list of rooms";
/// }
///
/// guid_id!(RoomId);
///
/// let error = "the blue one".parse::<RoomId>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "invalid room id: not a GUID; look it up in the list of rooms",
/// );
/// ```
pub trait GuidId: Copy + From<Guid> + Into<Guid> {
    /// The name of the type.
    const NAME: &'static str;

    /// The name of the id in errors, such as `user id`.
    const WHAT: &'static str;

    /// The suggested fix for a text that is not a GUID.
    const HELP: &'static str;
}

/// Parses an id in any usual spelling of a GUID.
///
/// # Errors
/// When the text is not a GUID; the error has the type's help.
pub fn parse_id<T: GuidId>(text: &str) -> Result<T, InvalidValue> {
    let invalid = || InvalidValue::new(T::WHAT, "not a GUID", T::HELP);
    Guid::parse(text).map(T::from).ok_or_else(invalid)
}

/// Reads an id from JSON.
///
/// # Errors
/// When it is not a JSON string with a GUID.
pub fn read_id<'de, T: GuidId, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    from.deserialize_str(CheckedText("a GUID", |text: &str| parse_id(text).ok()))
}

/// Shows the last four digits.
///
/// # Errors
/// Those of the formatter.
pub fn shortened(name: &str, id: impl Into<Guid>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Guid([.., high, low]) = id.into();
    write!(f, "{name}(…{high:02x}{low:02x})")
}

/// Implements for a [`GuidId`](crate::GuidId), a newtype around [`Guid`](crate::Guid):
/// `FromStr` and `TryFrom<&str>` with its help, `Display`, a `Debug` of four digits, the
/// conversions from and to `Guid`, `Serialize` and `Deserialize`.
///
/// [`GuidId`](crate::GuidId) has an example.
#[macro_export]
macro_rules! guid_id {
    ($type:ident $(,)?) => {
        impl From<$crate::Guid> for $type {
            fn from(guid: $crate::Guid) -> Self {
                Self(guid)
            }
        }

        impl From<$type> for $crate::Guid {
            fn from(id: $type) -> Self {
                id.0
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::InvalidValue;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::support::parse_id(text)
            }
        }

        impl TryFrom<&str> for $type {
            type Error = $crate::InvalidValue;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                $crate::support::parse_id(text)
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::support::shortened(<Self as $crate::GuidId>::NAME, *self, f)
            }
        }

        impl $crate::serde::Serialize for $type {
            fn serialize<S>(&self, serializer: S) -> Result<S::Ok, S::Error>
            where
                S: $crate::serde::Serializer,
            {
                serializer.collect_str(self)
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $type {
            fn deserialize<D>(deserializer: D) -> Result<Self, D::Error>
            where
                D: $crate::serde::Deserializer<'de>,
            {
                $crate::support::read_id(deserializer)
            }
        }
    };
}
