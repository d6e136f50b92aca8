//! Numbers as OData writes them: `f64` with `INF`, `-INF` and `NaN`, and decimals of any length.

use crate::InvalidValue;
use crate::json_text::{Append, JsonText, is_number};
use serde::de::{DeserializeSeed, Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// A decimal number with all its digits: OData's `Edm.Decimal`.
///
/// The number is kept as JSON text. A number in a string is accepted, and written as a number. Two
/// decimals are equal when their texts are.
///
/// ```
/// # use msgraph_wire as msgraph_presence;
/// use msgraph_presence::Decimal;
///
/// let charge: Decimal = serde_json::from_str("12345678901234567890.10")?;
/// assert_eq!(charge.as_str(), "12345678901234567890.10");
/// assert_eq!(serde_json::to_string(&charge)?, "12345678901234567890.10");
/// assert_eq!("0.30".parse::<Decimal>()?.to_f64(), 0.3);
/// assert!("many".parse::<Decimal>().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Decimal(Box<str>);

impl Decimal {
    /// The number as it is written in JSON.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The nearest `f64`; infinite beyond its range.
    pub fn to_f64(&self) -> f64 {
        // Every JSON number parses as an `f64`.
        self.0.parse().unwrap_or(f64::NAN)
    }
}

impl FromStr for Decimal {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let rule = "not a JSON number";
        let error = || InvalidValue::new("decimal", rule, "write it like 12 or -0.5");
        let text = is_number(text).then(|| Self(text.into()));
        text.ok_or_else(error)
    }
}

impl TryFrom<&str> for Decimal {
    type Error = InvalidValue;

    fn try_from(text: &str) -> Result<Self, InvalidValue> {
        text.parse()
    }
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        Self(number.to_string().into())
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        number(from, "a number", |text| text.parse().ok())
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        JsonText(&self.0).serialize(to)
    }
}

/// An `f64`, or an option, a list or a map of such numbers: OData's `Edm.Double`.
///
/// JSON has no number for infinity and NaN: OData writes the strings `INF`, `-INF` and `NaN`. A
/// number in a string is accepted. A number beyond `f64` is an error.
/// [`Value::double`](crate::Value::double) and [`Writer::double`](crate::Writer::double) read and
/// write fields of these types.
pub trait Double: Sized {
    /// Reads a value.
    ///
    /// # Errors
    /// When the value does not have this type.
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error>;

    /// Writes the value.
    ///
    /// # Errors
    /// Those of the serializer.
    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error>;

    /// Returns `true` if there is no value.
    fn is_none(&self) -> bool {
        false
    }
}

/// A [`Double`] with serde's traits.
pub(crate) struct Doubles<T>(pub(crate) T);

impl<'de, T: Double> Deserialize<'de> for Doubles<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        T::read(from).map(Self)
    }
}

impl<T: Double> Serialize for Doubles<&T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.write(to)
    }
}

impl Double for f64 {
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let expected = "a number, `INF`, `-INF` or `NaN`";
        number(from, expected, |text| match text {
            "INF" => Some(Self::INFINITY),
            "-INF" => Some(Self::NEG_INFINITY),
            "NaN" => Some(Self::NAN),
            text if is_number(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        })
    }

    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match *self {
            number if number.is_finite() => to.serialize_f64(number),
            Self::INFINITY => to.serialize_str("INF"),
            Self::NEG_INFINITY => to.serialize_str("-INF"),
            _ => to.serialize_str("NaN"),
        }
    }
}

impl<T: Double> Double for Option<T> {
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = Option::<Doubles<T>>::deserialize(from)?;
        Ok(value.map(|Doubles(value)| value))
    }

    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.as_ref().map(Doubles).serialize(to)
    }

    fn is_none(&self) -> bool {
        self.is_none()
    }
}

impl<T: Double> Double for Vec<T> {
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let values = Vec::<Doubles<T>>::deserialize(from)?.into_iter();
        Ok(values.map(|Doubles(value)| value).collect())
    }

    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.iter().map(Doubles))
    }
}

impl<T: Double> Double for BTreeMap<String, T> {
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let values = BTreeMap::<String, Doubles<T>>::deserialize(from)?.into_iter();
        Ok(values.map(|(name, Doubles(value))| (name, value)).collect())
    }

    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.iter().map(|(name, value)| (name, Doubles(value))))
    }
}

/// Reads a number, or a number in a string.
fn number<'de, D: Deserializer<'de>, T>(
    from: D,
    expected: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, D::Error> {
    let mut json = String::new();
    Append::value(&mut json).deserialize(from)?;
    let text = json
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let value = parse(text.unwrap_or(&json));
    value.ok_or_else(|| D::Error::invalid_value(Unexpected::Other("another value"), &expected))
}
