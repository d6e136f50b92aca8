//! Dates and times with an offset from UTC.

use crate::InvalidValue;
use crate::civil::{CivilDateTime, number};
use crate::text::Text;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use std::time::SystemTime;

/// A date and time with an offset (`format: date-time`), such as
/// `2022-10-18T00:07:15.4012511Z`.
///
/// The text is kept unchanged, with all its digits. A response may have any text. `FromStr` and
/// the conversions are strict: years 1 to 9999, at most seven fractional digits, an offset of less
/// than 24 hours.
///
/// `TryFrom` converts a [`SystemTime`], and with the feature `jiff` its `Timestamp` and `Zoned`;
/// an instant is written in UTC.
///
/// ```
/// # use msgraph_wire as msgraph_presence;
/// use msgraph_presence::DateTimeOffset;
/// use std::time::{Duration, UNIX_EPOCH};
///
/// let epoch = DateTimeOffset::try_from(UNIX_EPOCH)?;
/// assert_eq!(epoch.as_str(), "1970-01-01T00:00:00Z");
///
/// let published: DateTimeOffset = "1970-01-01T02:00:00.0000001+01:00".parse()?;
/// let time = published.to_system_time()?;
/// assert_eq!(time, UNIX_EPOCH + Duration::from_secs(3600) + Duration::from_nanos(100));
/// # Ok::<(), msgraph_presence::InvalidValue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DateTimeOffset(String);

impl DateTimeOffset {
    /// The text, as received or as sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The instant.
    ///
    /// # Errors
    /// When the text of a response is not a date and time with an offset in the years 1 to 9999.
    pub fn to_system_time(&self) -> Result<SystemTime, InvalidValue> {
        let (time, offset) = parts(&self.0)?;
        time.to_system_time(offset)
    }

    /// The local date and time, without the offset.
    ///
    /// ```
    /// # use msgraph_wire as msgraph_presence;
    /// use msgraph_presence::DateTimeOffset;
    ///
    /// let published: DateTimeOffset = "2026-11-21T18:30:00+01:00".parse()?;
    /// assert_eq!(published.to_civil()?.to_string(), "2026-11-21T18:30:00");
    /// # Ok::<(), msgraph_presence::InvalidValue>(())
    /// ```
    ///
    /// # Errors
    /// When the text of a response is not a date and time with an offset in the years 1 to 9999.
    pub fn to_civil(&self) -> Result<CivilDateTime, InvalidValue> {
        Ok(parts(&self.0)?.0)
    }

    /// The instant.
    ///
    /// ```
    /// # use msgraph_wire as msgraph_presence;
    /// use msgraph_presence::DateTimeOffset;
    ///
    /// let published: DateTimeOffset = "2026-11-21T18:30:00+01:00".parse()?;
    /// assert_eq!(published.to_timestamp()?.to_string(), "2026-11-21T17:30:00Z");
    /// # Ok::<(), msgraph_presence::InvalidValue>(())
    /// ```
    ///
    /// # Errors
    /// When the text of a response is not a date and time with an offset in the years 1 to 9999, or
    /// is after 9999-12-30T22:00Z, the limit of jiff.
    #[cfg(feature = "jiff")]
    pub fn to_timestamp(&self) -> Result<jiff::Timestamp, InvalidValue> {
        let (time, offset) = parts(&self.0)?;
        let nanos = i128::from(time.ticks_at(offset)) * 100;
        jiff::Timestamp::from_nanosecond(nanos).map_err(|_| {
            InvalidValue::new(
                "date and time with an offset",
                "later than jiff can represent (9999-12-30T22:00Z)",
                "treat it as never",
            )
        })
    }
}

/// The date and time, and the offset in seconds.
fn parts(text: &str) -> Result<(CivilDateTime, i64), InvalidValue> {
    let parts = CivilDateTime::prefix(text);
    parts
        .and_then(|(time, rest)| Some((time, offset(rest)?)))
        .ok_or_else(invalid)
}

/// Parses an offset, such as `Z`, `+01:00` or `-08:00`, to seconds.
fn offset(text: &str) -> Option<i64> {
    if let "Z" | "z" = text {
        return Some(0);
    }
    let (sign, text) = match text.strip_prefix('+') {
        Some(text) => (1, text),
        None => (-1, text.strip_prefix('-')?),
    };
    let (hours, text) = number(text, 2)?;
    let (minutes, text) = number(text.strip_prefix(':')?, 2)?;
    let exists = hours < 24 && minutes < 60 && text.is_empty();
    exists.then_some(sign * (hours * 3600 + minutes * 60))
}

fn invalid() -> InvalidValue {
    InvalidValue::new(
        "date and time with an offset",
        "not an existing time in RFC 3339 form with at most seven fractional \
         digits",
        "write it like 2022-10-18T00:07:15.4012511Z",
    )
}

impl FromStr for DateTimeOffset {
    type Err = InvalidValue;

    /// # Errors
    /// When the text is not a date and time with an offset in the years 1 to 9999, with at most
    /// seven fractional digits.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        parts(text)?;
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<&str> for DateTimeOffset {
    type Error = InvalidValue;

    /// # Errors
    /// As for `FromStr`.
    fn try_from(text: &str) -> Result<Self, InvalidValue> {
        text.parse()
    }
}

impl TryFrom<SystemTime> for DateTimeOffset {
    type Error = InvalidValue;

    /// The instant in UTC, with a `Z`. Precision is truncated to 100 ns.
    ///
    /// # Errors
    /// When the year is not within 1 to 9999.
    fn try_from(time: SystemTime) -> Result<Self, InvalidValue> {
        CivilDateTime::utc(time).map(in_utc)
    }
}

#[cfg(feature = "jiff")]
impl TryFrom<jiff::Timestamp> for DateTimeOffset {
    type Error = InvalidValue;

    /// The instant in UTC, with a `Z`. Precision is truncated to 100 ns.
    ///
    /// ```
    /// # use msgraph_wire as msgraph_presence;
    /// use jiff::Timestamp;
    /// use msgraph_presence::DateTimeOffset;
    ///
    /// let published = DateTimeOffset::try_from(Timestamp::UNIX_EPOCH)?;
    /// assert_eq!(published.as_str(), "1970-01-01T00:00:00Z");
    /// # Ok::<(), msgraph_presence::InvalidValue>(())
    /// ```
    ///
    /// # Errors
    /// When the year is less than 1.
    fn try_from(time: jiff::Timestamp) -> Result<Self, InvalidValue> {
        CivilDateTime::after_1970(time.as_nanosecond()).map(in_utc)
    }
}

#[cfg(feature = "jiff")]
impl TryFrom<jiff::Zoned> for DateTimeOffset {
    type Error = InvalidValue;

    /// The instant in UTC, without the time zone and its offset.
    ///
    /// ```
    /// # use msgraph_wire as msgraph_presence;
    /// use jiff::{Timestamp, tz};
    /// use msgraph_presence::DateTimeOffset;
    ///
    /// let an_hour_ahead = tz::TimeZone::fixed(tz::offset(1));
    /// let published = DateTimeOffset::try_from(Timestamp::UNIX_EPOCH.to_zoned(an_hour_ahead))?;
    /// assert_eq!(published.as_str(), "1970-01-01T00:00:00Z");
    /// # Ok::<(), msgraph_presence::InvalidValue>(())
    /// ```
    ///
    /// # Errors
    /// When the year is less than 1.
    fn try_from(time: jiff::Zoned) -> Result<Self, InvalidValue> {
        time.timestamp().try_into()
    }
}

fn in_utc(time: CivilDateTime) -> DateTimeOffset {
    DateTimeOffset(format!("{time}Z"))
}

impl fmt::Display for DateTimeOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for DateTimeOffset {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for DateTimeOffset {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(Text(|text: &str| Self(text.to_owned())))
    }
}
