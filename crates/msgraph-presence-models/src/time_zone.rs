//! Dates and times in Windows or IANA time zones, as instants.

use crate::DateTimeTimeZone;
use crate::offset::{disagreement, is_utc};
use icu_time::zone::iana::IanaParserExtended;
use icu_time::zone::{IanaParser, WindowsParser};
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};
use msgraph_wire::{CivilDateTime, DateTimeOffset, InvalidValue};

/// With the feature `jiff`: the instant of a date and time in a zone.
///
/// The zone is `UTC`, an IANA name or a Windows name, in any letter case. A Windows name stands for
/// the zone that Unicode's CLDR maps it to for the world (001). As in RFC 5545, a time that the
/// clocks skip is moved forward by the length of the gap, and a time that they show twice is the
/// first of the two. A date and time with an offset or a `Z` is that instant, with or without a
/// zone.
///
/// ```
/// # use msgraph_presence_models as msgraph_presence;
/// use msgraph_presence::DateTimeTimeZone;
///
/// let expiry: DateTimeTimeZone = serde_json::from_str(
///     r#"{"dateTime":"2022-10-18T17:05:33.2079781","timeZone":"Pacific Standard Time"}"#,
/// )?;
/// assert_eq!(expiry.to_timestamp()?.to_string(), "2022-10-19T00:05:33.2079781Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl DateTimeTimeZone {
    /// The instant, in its zone.
    ///
    /// ```
    /// # use msgraph_presence_models as msgraph_presence;
    /// use msgraph_presence::DateTimeTimeZone;
    ///
    /// let skipped: DateTimeTimeZone = serde_json::from_str(
    ///     r#"{"dateTime":"2026-03-29T02:30:00","timeZone":"W. Europe Standard Time"}"#,
    /// )?;
    /// assert_eq!(skipped.to_zoned()?.to_string(), "2026-03-29T03:30:00+02:00[Europe/Berlin]");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the date and time is missing or invalid; when it has no offset and the zone is missing;
    /// when its offset differs from that of the zone at this time; when the zone is unknown, in
    /// which case the error names it; when the instant is after 9999-12-30T22:00Z, the limit of
    /// jiff.
    pub fn to_zoned(&self) -> Result<Zoned, InvalidValue> {
        let date_time = self
            .date_time
            .as_deref()
            .ok_or_else(|| missing("dateTime"))?;
        if let Ok(at) = date_time.parse() {
            return with_offset(&at, self.zone());
        }
        let name = self.time_zone.as_deref();
        let name = name.ok_or_else(|| missing("timeZone"))?;
        let date_time = civil(date_time.parse()?)?;
        zone(name.trim())?
            .to_ambiguous_zoned(date_time)
            .compatible()
            .map_err(|_| too_late())
    }

    /// The instant.
    ///
    /// ```
    /// # use msgraph_presence_models as msgraph_presence;
    /// use msgraph_presence::DateTimeTimeZone;
    ///
    /// let error = DateTimeTimeZone::default().to_timestamp().unwrap_err();
    /// assert_eq!(error.rule(), "`dateTime` is missing");
    /// ```
    ///
    /// # Errors
    /// As for [`to_zoned`](Self::to_zoned).
    pub fn to_timestamp(&self) -> Result<Timestamp, InvalidValue> {
        Ok(self.to_zoned()?.timestamp())
    }
}

/// The instant of a date and time with an offset, in its zone, whose offset must be the same.
fn with_offset(at: &DateTimeOffset, name: Option<&str>) -> Result<Zoned, InvalidValue> {
    let (instant, shown) = (at.to_timestamp()?, civil(at.to_civil()?)?);
    let Some(name) = name else {
        let utc = instant.to_zoned(TimeZone::UTC).datetime();
        let seconds = i32::try_from(shown.duration_since(utc).as_secs()).ok();
        let offset = seconds.and_then(|seconds| Offset::from_seconds(seconds).ok());
        return Ok(instant.to_zoned(TimeZone::fixed(offset.unwrap_or(Offset::UTC))));
    };
    let zoned = instant.to_zoned(zone(name)?);
    if zoned.datetime() == shown {
        Ok(zoned)
    } else {
        Err(disagreement(name))
    }
}

fn missing(property: &'static str) -> InvalidValue {
    let rule = format!("`{property}` is missing");
    InvalidValue::new("date and time in a time zone", rule, "treat it as unknown")
}

fn too_late() -> InvalidValue {
    InvalidValue::new(
        "date and time in a time zone",
        "later than jiff can represent (9999-12-30T22:00Z)",
        "treat it as never",
    )
}

/// Converts to jiff's type, which covers the years 1 to 9999.
fn civil(date_time: CivilDateTime) -> Result<DateTime, InvalidValue> {
    date_time.to_string().parse().map_err(|_| too_late())
}

/// The zone of a name, in any letter case.
///
/// Only names that Unicode knows are looked up: the zone directory of a system also has files such
/// as `localtime` and `posixrules`, whose meaning depends on the machine.
fn zone(name: &str) -> Result<TimeZone, InvalidValue> {
    if is_utc(name) {
        return Ok(TimeZone::UTC);
    }
    let known = IanaParser::new().parse(name) != icu_time::TimeZone::UNKNOWN;
    let iana = if known {
        Some(name)
    } else {
        iana_of_windows(name)
    };
    iana.and_then(|iana| TimeZone::get(iana).ok())
        .ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> InvalidValue {
    let shown: String = name.chars().take(60).collect();
    InvalidValue::new(
        "time zone",
        format!("{shown:?} is neither a Windows nor an IANA name"),
        "name a zone: UTC, Pacific Standard Time, Europe/Berlin",
    )
}

/// The IANA name of a Windows name.
fn iana_of_windows(name: &str) -> Option<&'static str> {
    let windows = WindowsParser::new();
    let zone = spellings(name).find_map(|name| windows.parse(&name, None))?;
    let mut zones = IanaParserExtended::new().iter();
    zones
        .find(|known| known.time_zone == zone)
        .map(|known| known.canonical)
}

/// The spellings of a name with each word in title case or in upper case; the library knows one of
/// them.
fn spellings(name: &str) -> impl Iterator<Item = String> {
    let words: Vec<_> = name
        .split(' ')
        .map(|word| [title(word), word.to_ascii_uppercase()])
        .collect();
    // No Windows name has more than five words.
    let count = match words.len() {
        0..=5 => 1_usize << words.len(),
        _ => 0,
    };
    (0..count).map(move |choice| {
        let chosen = words
            .iter()
            .enumerate()
            .map(|(place, word)| word[choice >> place & 1].as_str());
        chosen.collect::<Vec<_>>().join(" ")
    })
}

/// A word in title case: the first letter, and each one after punctuation, is in upper case.
fn title(word: &str) -> String {
    let mut within = false;
    let letters = word.chars().map(|letter| {
        let begins = !std::mem::replace(&mut within, letter.is_ascii_alphanumeric());
        if begins {
            letter.to_ascii_uppercase()
        } else {
            letter.to_ascii_lowercase()
        }
    });
    letters.collect()
}
