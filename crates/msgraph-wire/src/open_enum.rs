//! Open enums: enums of strings that keep unknown values.

use crate::text::Text;
use serde::Deserializer;

/// An enum of strings that keeps unknown values.
///
/// An implementation lists the known values; [`open_enum!`](crate::open_enum!) adds the
/// conversions. A string is compared exactly first, then without regard to ASCII case; an unknown
/// one is kept unchanged. A known value is written in its documented case.
///
/// ```
/// use msgraph_wire::{OpenEnum, open_enum};
///
/// #[derive(Debug, PartialEq)]
/// enum Weather {
///     Rain,
///     Sun,
///     UnknownValue(String),
/// }
///
/// impl Weather {
///     fn as_str(&self) -> &str {
///         match self {
///             Self::Rain => "Rain",
///             Self::Sun => "Sun",
///             Self::UnknownValue(text) => text,
///         }
///     }
/// }
///
/// impl OpenEnum for Weather {
///     fn find(text: &str, same: impl Fn(&str, &str) -> bool) -> Option<Self> {
///         match text {
///             text if same(text, "Rain") => Some(Self::Rain),
///             text if same(text, "Sun") => Some(Self::Sun),
///             _ => None,
///         }
///     }
///
///     fn unknown(text: String) -> Self {
///         Self::UnknownValue(text)
///     }
/// }
///
/// open_enum!(Weather);
///
/// assert_eq!(Weather::from("rain"), Weather::Rain);
/// assert_eq!(serde_json::to_string(&Weather::from("rain"))?, "\"Rain\"");
/// assert_eq!(Weather::from("frogs").to_string(), "frogs");
/// # Ok::<(), serde_json::Error>(())
/// ```
pub trait OpenEnum: Sized {
    /// Finds the known value that equals `text` by the comparison `same`.
    fn find(text: &str, same: impl Fn(&str, &str) -> bool) -> Option<Self>;

    /// Makes the variant that keeps an unknown string.
    fn unknown(text: String) -> Self;
}

/// Finds a value by an exact comparison, then by one without regard to ASCII case; otherwise makes
/// an unknown value.
#[inline]
pub fn parse<T: OpenEnum>(text: &str) -> T {
    match T::find(text, |text, known| text == known) {
        Some(value) => value,
        None => parse_loosely(text),
    }
}

#[cold]
fn parse_loosely<T: OpenEnum>(text: &str) -> T {
    T::find(text, str::eq_ignore_ascii_case).unwrap_or_else(|| T::unknown(text.to_owned()))
}

/// Reads a value from JSON.
///
/// # Errors
/// When it is not a JSON string.
#[inline]
pub fn read_enum<'de, T: OpenEnum, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    from.deserialize_str(Text(parse))
}

/// Implements for an [`OpenEnum`](crate::OpenEnum) that has `as_str`: `AsRef<str>`,
/// `Display`, `FromStr` (which never fails), `From<&str>`, `From<String>`, `Serialize`
/// and `Deserialize`.
///
/// [`OpenEnum`](crate::OpenEnum) has an example.
#[macro_export]
macro_rules! open_enum {
    ($type:ty $(,)?) => {
        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $type {
            type Err = std::convert::Infallible;

            // An enum with a variant `Err` makes `Self::Err` ambiguous.
            fn from_str(text: &str) -> Result<Self, std::convert::Infallible> {
                Ok($crate::support::parse(text))
            }
        }

        impl From<&str> for $type {
            fn from(text: &str) -> Self {
                $crate::support::parse(text)
            }
        }

        impl From<String> for $type {
            fn from(text: String) -> Self {
                $crate::support::parse(&text)
            }
        }

        impl $crate::serde::Serialize for $type {
            fn serialize<S>(&self, serializer: S) -> Result<S::Ok, S::Error>
            where
                S: $crate::serde::Serializer,
            {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $type {
            #[inline]
            fn deserialize<D>(deserializer: D) -> Result<Self, D::Error>
            where
                D: $crate::serde::Deserializer<'de>,
            {
                $crate::support::read_enum(deserializer)
            }
        }
    };
}
