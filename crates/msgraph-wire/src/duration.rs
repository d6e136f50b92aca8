//! ISO 8601 durations in the form that the service accepts.

use crate::InvalidValue;
use crate::text::Text;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A duration in ISO 8601 (`format: duration`), such as `PT8H`.
///
/// A [`Duration`] is written in the largest single unit that divides it: `P1D`, `PT8H`, `PT90M`,
/// `PT45S`; a fraction of a second has at most nine decimals, as in `PT0.5S`. A duration must be
/// longer than zero and at most 10,675,199 days, the limit of the service's own type.
///
/// `FromStr` checks the text and keeps it. The text of a response is kept without a check.
///
/// ```
/// # use msgraph_wire as msgraph_presence;
/// use msgraph_presence::IsoDuration;
/// use std::time::Duration;
///
/// let focus = IsoDuration::try_from(Duration::from_secs(90 * 60))?;
/// assert_eq!(focus.as_str(), "PT90M");
/// assert_eq!("P1DT12H".parse::<IsoDuration>()?.to_duration()?, Duration::from_secs(36 * 3600));
///
/// let error = "8 hours".parse::<IsoDuration>().unwrap_err();
/// assert_eq!(error.help(), "write it like P1D, PT8H, PT90M or PT45S");
/// # Ok::<(), msgraph_presence::InvalidValue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IsoDuration(String);

/// `TimeSpan.MaxValue` of .NET in whole days.
const LONGEST: Duration = Duration::from_secs(10_675_199 * 86_400);

impl IsoDuration {
    /// The text, as received or as sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The duration; a day has 24 hours.
    ///
    /// # Errors
    /// When the text of a response is not a duration in days, hours, minutes and seconds, is zero,
    /// or longer than 10,675,199 days.
    pub fn to_duration(&self) -> Result<Duration, InvalidValue> {
        checked(parse(&self.0).ok_or_else(not_iso)?)
    }
}

impl TryFrom<Duration> for IsoDuration {
    type Error = InvalidValue;

    /// # Errors
    /// When the duration is zero or longer than 10,675,199 days.
    fn try_from(duration: Duration) -> Result<Self, InvalidValue> {
        checked(duration).map(|duration| Self(written(duration)))
    }
}

impl FromStr for IsoDuration {
    type Err = InvalidValue;

    /// # Errors
    /// When the text is not a duration in days, hours, minutes and seconds, is zero, or longer than
    /// 10,675,199 days.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        checked(parse(text).ok_or_else(not_iso)?)?;
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<&str> for IsoDuration {
    type Error = InvalidValue;

    /// # Errors
    /// As for `FromStr`.
    fn try_from(text: &str) -> Result<Self, InvalidValue> {
        text.parse()
    }
}

#[cfg(feature = "jiff")]
impl TryFrom<jiff::SignedDuration> for IsoDuration {
    type Error = InvalidValue;

    /// ```
    /// # use msgraph_wire as msgraph_presence;
    /// use jiff::SignedDuration;
    /// use msgraph_presence::IsoDuration;
    ///
    /// assert_eq!(IsoDuration::try_from(SignedDuration::from_mins(25))?.as_str(), "PT25M");
    /// # Ok::<(), msgraph_presence::InvalidValue>(())
    /// ```
    ///
    /// # Errors
    /// When the duration is zero, negative or longer than 10,675,199 days.
    fn try_from(duration: jiff::SignedDuration) -> Result<Self, InvalidValue> {
        let positive = Duration::try_from(duration).map_err(|_| not_positive())?;
        Self::try_from(positive)
    }
}

#[cfg(feature = "jiff")]
impl TryFrom<jiff::Span> for IsoDuration {
    type Error = InvalidValue;

    /// A day has 24 hours, a week seven days.
    ///
    /// ```
    /// # use msgraph_wire as msgraph_presence;
    /// use jiff::ToSpan;
    /// use msgraph_presence::IsoDuration;
    ///
    /// assert_eq!(IsoDuration::try_from(1.week().days(1))?.as_str(), "P8D");
    /// # Ok::<(), msgraph_presence::InvalidValue>(())
    /// ```
    ///
    /// # Errors
    /// When the span is zero, negative or longer than 10,675,199 days, or has months or
    /// years, whose length depends on the date.
    fn try_from(span: jiff::Span) -> Result<Self, InvalidValue> {
        let days = jiff::SpanRelativeTo::days_are_24_hours();
        let duration = span.to_duration(days).map_err(|_| {
            let rule = "has months or years, whose length depends on the date";
            InvalidValue::new(
                WHAT,
                rule,
                "give it in weeks, days, hours, minutes or seconds",
            )
        })?;
        Self::try_from(duration)
    }
}

const WHAT: &str = "duration";

/// Checks that the service accepts the duration.
fn checked(duration: Duration) -> Result<Duration, InvalidValue> {
    if duration.is_zero() {
        return Err(not_positive());
    }
    if duration > LONGEST {
        let rule = "longer than 10,675,199 days, the longest that the service accepts";
        return Err(InvalidValue::new(
            WHAT,
            rule,
            "give a shorter one, or leave it out",
        ));
    }
    Ok(duration)
}

fn not_positive() -> InvalidValue {
    InvalidValue::new(WHAT, "must be longer than zero", "give at least a second")
}

fn not_iso() -> InvalidValue {
    InvalidValue::new(
        WHAT,
        "not ISO 8601 in days, hours, minutes and seconds",
        "write it like P1D, PT8H, PT90M or PT45S",
    )
}

/// The duration in the largest single unit that divides it.
fn written(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match duration.subsec_nanos() {
        0 if seconds.is_multiple_of(86_400) => format!("P{}D", seconds / 86_400),
        0 if seconds.is_multiple_of(3_600) => format!("PT{}H", seconds / 3_600),
        0 if seconds.is_multiple_of(60) => format!("PT{}M", seconds / 60),
        0 => format!("PT{seconds}S"),
        nanos => {
            let digits = format!("{nanos:09}");
            format!("PT{seconds}.{}S", digits.trim_end_matches('0'))
        }
    }
}

/// Reads days, hours, minutes and seconds, each at most once and in this order.
fn parse(text: &str) -> Option<Duration> {
    let text = text.strip_prefix('P')?;
    if text.is_empty() || text.ends_with('T') {
        return None;
    }
    let (date, time) = text.split_once('T').unwrap_or((text, ""));
    let (days, date) = amount(date, 'D')?;
    let (hours, time) = amount(time, 'H')?;
    let (minutes, time) = amount(time, 'M')?;
    let (seconds, nanos) = seconds(time)?;
    let hours = days.checked_mul(24)?.checked_add(hours)?;
    let minutes = hours.checked_mul(60)?.checked_add(minutes)?;
    let seconds = minutes.checked_mul(60)?.checked_add(seconds)?;
    date.is_empty().then_some(Duration::new(seconds, nanos))
}

/// The amount before a unit and the text after it; zero if the unit is missing.
fn amount(text: &str, unit: char) -> Option<(u64, &str)> {
    match text.split_once(unit) {
        Some((digits, rest)) => Some((whole(digits)?, rest)),
        None => Some((0, text)),
    }
}

/// Seconds with or without decimals, and nothing after their unit.
fn seconds(text: &str) -> Option<(u64, u32)> {
    if text.is_empty() {
        return Some((0, 0));
    }
    let text = text.strip_suffix('S')?;
    let Some((seconds, decimals)) = text.split_once('.') else {
        return Some((whole(text)?, 0));
    };
    let scale = 9_usize.checked_sub(decimals.len())?;
    let nanos = whole(decimals)? * 10_u64.pow(u32::try_from(scale).ok()?);
    Some((whole(seconds)?, u32::try_from(nanos).ok()?))
}

fn whole(digits: &str) -> Option<u64> {
    let all = digits.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| digits.parse().ok())?
}

impl fmt::Display for IsoDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for IsoDuration {
    #[inline]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for IsoDuration {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(Text(|text: &str| Self(text.to_owned())))
    }
}
