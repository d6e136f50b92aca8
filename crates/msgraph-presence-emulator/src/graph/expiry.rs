//! The moment of an expiry: a local time and a zone, as a client sends them.

use jiff::Timestamp;
use msgraph_presence_models::{CivilDateTime, DateTimeTimeZone};

/// A problem of an expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadExpiry {
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
/// is taken as calendars do, the former later, the latter at its first time. The year 9999 is
/// "never".
pub(super) fn instant(sent: &DateTimeTimeZone) -> Result<Timestamp, BadExpiry> {
    let text = sent.date_time.as_deref().ok_or(BadExpiry::DateTime)?;
    if text.parse::<CivilDateTime>().is_err() {
        let time = text.split_once('T').map_or("", |(_, time)| time);
        let offset = time.ends_with(['Z', 'z']) || time.contains(['+', '-']);
        return Err(if offset {
            BadExpiry::Offset
        } else {
            BadExpiry::DateTime
        });
    }
    let never = text.starts_with("9999-");
    let mut expiry = sent.clone();
    expiry.time_zone.get_or_insert_with(|| "UTC".to_owned());
    if never {
        // The zone has to exist all the same.
        expiry.date_time = Some("2000-01-01T00:00:00".to_owned());
    }
    let moment = expiry.to_timestamp().map_err(|_| BadExpiry::TimeZone)?;
    Ok(if never { Timestamp::MAX } else { moment })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expiry(date_time: Option<&str>, zone: Option<&str>) -> Result<String, BadExpiry> {
        let mut expiry = DateTimeTimeZone::default();
        expiry.date_time = date_time.map(str::to_owned);
        expiry.time_zone = zone.map(str::to_owned);
        instant(&expiry).map(|moment| moment.to_string())
    }

    #[test]
    fn windows_and_iana_names_lead_to_the_same_moment() {
        let local = "2026-07-01T09:00:00";
        let cases = [
            (None, "2026-07-01T09:00:00Z"),
            (Some("UTC"), "2026-07-01T09:00:00Z"),
            (Some("Etc/GMT+12"), "2026-07-01T21:00:00Z"),
            (Some("Pacific Standard Time"), "2026-07-01T16:00:00Z"),
            (Some("America/Los_Angeles"), "2026-07-01T16:00:00Z"),
            (Some("W. Europe Standard Time"), "2026-07-01T07:00:00Z"),
            (Some("Europe/Berlin"), "2026-07-01T07:00:00Z"),
            (Some("India Standard Time"), "2026-07-01T03:30:00Z"),
            (Some("Tokyo Standard Time"), "2026-07-01T00:00:00Z"),
            (Some("Pacific/Kiritimati"), "2026-06-30T19:00:00Z"),
        ];
        for (zone, moment) in cases {
            assert_eq!(expiry(Some(local), zone).as_deref(), Ok(moment), "{zone:?}");
        }
    }

    #[test]
    fn a_clock_change_is_taken_as_calendars_take_it() {
        let berlin = Some("Europe/Berlin");
        let cases = [
            ("2026-03-29T02:30:00", "2026-03-29T01:30:00Z"),
            ("2026-10-25T02:30:00", "2026-10-25T00:30:00Z"),
        ];
        for (local, moment) in cases {
            assert_eq!(
                expiry(Some(local), berlin).as_deref(),
                Ok(moment),
                "{local}"
            );
        }
    }

    #[test]
    fn digits_of_a_second_count_and_never_is_never() {
        let cases = [
            (
                "2022-10-18T17:05:33.2079781",
                "2022-10-18T17:05:33.2079781Z",
            ),
            ("2022-10-18T17:05:33", "2022-10-18T17:05:33Z"),
            ("2022-10-18T17:05", "2022-10-18T17:05:00Z"),
            (
                "9999-12-31T23:59:59.9999999",
                "9999-12-30T22:00:00.999999999Z",
            ),
        ];
        for (local, moment) in cases {
            assert_eq!(expiry(Some(local), None).as_deref(), Ok(moment), "{local}");
        }
    }

    #[test]
    fn anything_else_is_refused_for_its_reason() {
        let cases = [
            (None, None, BadExpiry::DateTime),
            (Some(""), None, BadExpiry::DateTime),
            (Some("2022-10-18"), None, BadExpiry::DateTime),
            (Some("2022-10-18 17:05:33"), None, BadExpiry::DateTime),
            (Some("2022-13-18T17:05:33"), None, BadExpiry::DateTime),
            (
                Some("2022-10-18T17:05:33.12345678"),
                None,
                BadExpiry::DateTime,
            ),
            (Some("2022-10-18Tnoon"), None, BadExpiry::DateTime),
            (Some("2022-10-18T17:05:33Z"), None, BadExpiry::Offset),
            (Some("2022-10-18T17:05:33+02:00"), None, BadExpiry::Offset),
            (Some("2022-10-18T17:05:33"), Some(""), BadExpiry::TimeZone),
            (
                Some("2022-10-18T17:05:33"),
                Some("Moon/Base"),
                BadExpiry::TimeZone,
            ),
            (
                Some("2022-10-18T17:05:33"),
                Some("+02:00"),
                BadExpiry::TimeZone,
            ),
        ];
        for (date_time, zone, bad) in cases {
            assert_eq!(expiry(date_time, zone), Err(bad), "{date_time:?} {zone:?}");
        }
    }
}
