//! The moment at which a status message expires, from a local time and the name of a zone.

use icu_time::zone::WindowsParser;
use icu_time::zone::iana::IanaParserExtended;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use msgraph_presence_models::DateTimeTimeZone;

/// What is wrong with an expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadExpiry {
    /// No date and time, or not in the documented form.
    DateTime,

    /// The date and time carries an offset or a `Z`.
    Offset,

    /// No zone of that name is known.
    TimeZone,
}

/// The moment of a local time in a zone.
///
/// Not documented, and chosen here: no zone is UTC; a time that a clock change skips or repeats
/// is taken as calendars do, the former later, the latter at its first time. A time at the end of
/// all calendars is "never".
pub(crate) fn instant(expiry: &DateTimeTimeZone) -> Result<Timestamp, BadExpiry> {
    let text = expiry.date_time.as_deref().ok_or(BadExpiry::DateTime)?;
    let time = local_time(text)?;
    let zone = match expiry.time_zone.as_deref() {
        None | Some("UTC") => TimeZone::UTC,
        Some(name) => zone(name).ok_or(BadExpiry::TimeZone)?,
    };
    if time.year() == DateTime::MAX.year() {
        return Ok(Timestamp::MAX);
    }
    zone.to_timestamp(time).map_err(|_| BadExpiry::DateTime)
}

/// Reads `2022-10-18T17:05:33.2079781`: a date, a time, up to seven digits of a second.
fn local_time(text: &str) -> Result<DateTime, BadExpiry> {
    let (date, time) = text.split_once('T').ok_or(BadExpiry::DateTime)?;
    let plain = |part: &str, allowed: &[char]| {
        part.chars()
            .all(|c| c.is_ascii_digit() || allowed.contains(&c))
    };
    if date.len() != 10 || !plain(date, &['-']) {
        return Err(BadExpiry::DateTime);
    }
    if !plain(time, &[':', '.']) {
        let offset = time.ends_with(['Z', 'z']) || time.contains(['+', '-']);
        return Err(match offset {
            true => BadExpiry::Offset,
            false => BadExpiry::DateTime,
        });
    }
    let digits = time.split_once('.').map_or(0, |(_, digits)| digits.len());
    if digits > 7 {
        return Err(BadExpiry::DateTime);
    }
    text.parse().map_err(|_| BadExpiry::DateTime)
}

/// The zone of a Windows or an IANA name.
fn zone(name: &str) -> Option<TimeZone> {
    if let Some(windows) = WindowsParser::new().parse(name, None) {
        let mut names = IanaParserExtended::new().iter();
        let iana = names.find(|zone| zone.time_zone == windows)?;
        return TimeZone::get(iana.canonical).ok();
    }
    TimeZone::get(name).ok()
}
