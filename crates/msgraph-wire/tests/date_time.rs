//! Dates and times: what is read and refused, and that instants agree with the calendar.

#![cfg(test)]

mod common;

use common::config;
use msgraph_wire::{CivilDateTime, DateTimeOffset};
use proptest::prelude::*;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Seconds since 1970 of the first and of the last second that can be written.
const FIRST: i64 = -62_135_596_800;
const LAST: i64 = 253_402_300_799;

fn instant(seconds: i64, ticks: u32) -> SystemTime {
    let whole = Duration::from_secs(seconds.unsigned_abs());
    let time = if seconds < 0 {
        UNIX_EPOCH - whole
    } else {
        UNIX_EPOCH + whole
    };
    time + Duration::from_nanos(u64::from(ticks) * 100)
}

#[test]
fn instants_are_written_in_utc() {
    let cases = [
        (0, 0, "1970-01-01T00:00:00"),
        (1_795_282_200, 0, "2026-11-21T17:30:00"),
        (1_666_051_635, 4_012_511, "2022-10-18T00:07:15.4012511"),
        (951_782_400, 5_000_000, "2000-02-29T00:00:00.5"),
        (-1, 9_999_999, "1969-12-31T23:59:59.9999999"),
        (FIRST, 0, "0001-01-01T00:00:00"),
        (LAST, 9_999_999, "9999-12-31T23:59:59.9999999"),
    ];
    for (seconds, ticks, text) in cases {
        let civil = CivilDateTime::utc(instant(seconds, ticks)).unwrap();
        assert_eq!(civil.to_string(), text);
    }
}

#[test]
fn what_is_finer_than_seven_digits_is_cut_off() {
    let nanos = Duration::from_nanos;
    let cases = [
        (
            UNIX_EPOCH + nanos(123_456_789),
            "1970-01-01T00:00:00.1234567",
        ),
        (UNIX_EPOCH - nanos(50), "1969-12-31T23:59:59.9999999"),
    ];
    for (time, text) in cases {
        assert_eq!(CivilDateTime::utc(time).unwrap().to_string(), text);
    }
}

#[test]
fn years_beyond_the_calendar_are_refused() {
    for seconds in [FIRST - 1, LAST + 1] {
        assert_eq!(
            CivilDateTime::utc(instant(seconds, 0))
                .unwrap_err()
                .to_string(),
            "invalid date and time: not within the years 1 to 9999; \
             give a time within those years",
        );
    }
}

#[test]
fn a_local_time_never_carries_an_offset() {
    let help = "write it like 2026-11-21T17:30:00, and name the time zone beside it";
    for text in [
        "2026-11-21T17:30:00Z",
        "2026-11-21T17:30+01:00",
        "2026-11-21T17:30:00.5-08:00",
    ] {
        let error = text.parse::<CivilDateTime>().unwrap_err();
        assert_eq!(
            (error.rule(), error.help()),
            ("has an offset, which is not allowed", help),
            "{text}"
        );
    }
}

#[test]
fn what_no_clock_shows_is_refused() {
    let texts = [
        "",
        "now",
        "2026-11-21",
        "2026-11-21 17:30:00",
        "2026-11-21T17",
        "2026-11-21T24:00:00",
        "2026-11-21T17:60:00",
        "2026-11-21T17:30:60",
        "2026-02-29T00:00:00",
        "2026-04-31T00:00:00",
        "2026-13-01T00:00:00",
        "2026-00-01T00:00:00",
        "2026-01-00T00:00:00",
        "0000-01-01T00:00:00",
        "12026-01-01T00:00:00",
        "2026-1-1T00:00:00",
        "2026-11-21T17:30:00.",
        "2026-11-21T17:30.5",
        "2026-11-21T17:30:00.12345678",
        "2026-11-21T17:30:00,5",
        "+026-11-21T17:30:00",
        "２026-11-21T17:30",
    ];
    for text in texts {
        assert_eq!(
            text.parse::<CivilDateTime>()
                .map_err(|error| error.to_string()),
            Err(
                "invalid date and time: not a date and time with at most seven fractional \
                 digits; write it like 2026-11-21T17:30:00, and name the time zone beside it"
                    .to_owned()
            ),
            "{text}",
        );
    }
}

#[test]
fn every_month_has_its_days_and_no_more() {
    let mut days = 0;
    for (year, month) in (1..=9999).flat_map(|year| (1..=12).map(move |m| (year, m))) {
        let length = match month {
            2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        days += length;
        let last = format!("{year:04}-{month:02}-{length}T00:00:00");
        let date = CivilDateTime::utc(instant(FIRST + (days - 1) * 86_400, 0)).unwrap();
        assert_eq!(date.to_string(), last);
        assert_eq!(last.parse(), Ok(date));
        let beyond = format!("{year:04}-{month:02}-{}T00:00:00", length + 1);
        assert!(beyond.parse::<CivilDateTime>().is_err(), "{beyond}");
    }
    assert_eq!(FIRST + days * 86_400, LAST + 1);
}

#[test]
fn debug_shows_what_display_shows() {
    let civil: CivilDateTime = "2026-11-21T17:30:00.5".parse().unwrap();
    assert_eq!(format!("{civil:?}"), "CivilDateTime(2026-11-21T17:30:00.5)");
}

#[test]
fn an_offset_counts() {
    let cases = [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T16:00:00-08:00", 0),
        ("1970-01-01t05:30:00+05:30", 0),
        ("2022-10-18T00:07:15z", 1_666_051_635),
    ];
    for (text, seconds) in cases {
        let time: DateTimeOffset = text.parse().unwrap();
        assert_eq!(
            time.to_system_time().unwrap(),
            instant(seconds, 0),
            "{text}"
        );
        assert_eq!(time.as_str(), text);
        assert_eq!(DateTimeOffset::try_from(text), Ok(time));
    }
}

#[test]
fn what_is_refused_is_told_the_whole_rule() {
    for text in [
        "2020-08-18T12:51:51",
        "2020-08-18",
        "2020-08-18T12:51:51+1",
        "2020-08-18T12:51:51+24:00",
        "2020-08-18T12:51:51-01:60",
        "2020-08-18T12:51:51+01:00Z",
        // RFC 3339 has these two: no instant of Graph's holds as many digits, nor a leap second.
        "2022-10-18T00:07:15.401251123Z",
        "2016-12-31T23:59:60Z",
        "…",
    ] {
        assert_eq!(
            text.parse::<DateTimeOffset>().unwrap_err().to_string(),
            "invalid date and time with an offset: not an existing time in RFC 3339 form with \
             at most seven fractional digits; write it like 2022-10-18T00:07:15.4012511Z",
        );
        assert_eq!(DateTimeOffset::try_from(text), text.parse());
    }
}

#[test]
fn digits_are_kept_and_strange_texts_are_read() {
    for text in [
        "2022-10-18T00:07:15.4012510Z",
        "2020-08-18T12:51:51",
        "soon",
    ] {
        let json = serde_json::to_value(text).unwrap();
        let time: DateTimeOffset = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(serde_json::to_value(&time).unwrap(), json);
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn instants_round_trip(seconds in FIRST..=LAST, ticks in 0..10_000_000_u32) {
        let time = instant(seconds, ticks);
        let written = DateTimeOffset::try_from(time).unwrap();
        prop_assert_eq!(written.to_system_time().unwrap(), time);
        let civil = CivilDateTime::utc(time).unwrap();
        prop_assert_eq!(civil.to_string().parse::<CivilDateTime>().unwrap(), civil);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[0-9T:.Z+-]{0,30}|.*") {
        if let Ok(time) = text.parse::<DateTimeOffset>() {
            prop_assert_eq!(time.as_str(), &text);
        }
        if let Ok(time) = text.parse::<CivilDateTime>() {
            prop_assert_eq!(time.to_string().parse::<CivilDateTime>().unwrap(), time);
        }
    }
}

#[cfg(feature = "jiff")]
mod jiff_types {
    //! The types of jiff.

    use super::*;
    use jiff::Timestamp;
    use jiff::civil::{DateTime, date};
    use jiff::tz::{Offset, TimeZone};

    #[test]
    fn instants_are_taken_in_utc() {
        let timestamp: Timestamp = "2026-11-21T17:30:00.123456789Z".parse().unwrap();
        let ahead = |seconds| {
            let offset = Offset::from_seconds(seconds).unwrap();
            Timestamp::UNIX_EPOCH.to_zoned(TimeZone::fixed(offset))
        };
        let cases = [
            (timestamp.try_into(), "2026-11-21T17:30:00.1234567Z"),
            (Timestamp::MAX.try_into(), "9999-12-30T22:00:00.9999999Z"),
            (ahead(3_600).try_into(), "1970-01-01T00:00:00Z"),
            // As the clocks of Berlin until 1893: no offset of RFC 3339.
            (ahead(3_208).try_into(), "1970-01-01T00:00:00Z"),
        ];
        for (taken, text) in cases {
            let taken: DateTimeOffset = taken.unwrap();
            assert_eq!(taken.as_str(), text);
        }
    }

    #[test]
    fn the_last_day_is_later_than_jiff_can_hold() {
        let never: DateTimeOffset = "9999-12-31T23:59:59.9999999Z".parse().unwrap();
        assert_eq!(
            never.to_timestamp().unwrap_err().to_string(),
            "invalid date and time with an offset: later than jiff can represent \
             (9999-12-30T22:00Z); treat it as never",
        );
        assert!(never.to_system_time().is_ok());
    }

    #[test]
    fn years_before_the_first_are_refused() {
        let refused = [
            DateTimeOffset::try_from(Timestamp::MIN).map(drop),
            DateTimeOffset::try_from(Timestamp::MIN.to_zoned(TimeZone::UTC)).map(drop),
            CivilDateTime::try_from(DateTime::MIN).map(drop),
            CivilDateTime::try_from(date(0, 12, 31).at(23, 59, 59, 999_999_999)).map(drop),
        ];
        for refused in refused {
            let rule = refused.unwrap_err().rule().to_owned();
            assert_eq!(rule, "not within the years 1 to 9999");
        }
        let last = CivilDateTime::try_from(DateTime::MAX).unwrap();
        assert_eq!(last.to_string(), "9999-12-31T23:59:59.9999999");
    }

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn an_instant_is_the_one_that_jiff_reads(
            text in "[0-9]{4}-[01][0-9]-[0-3][0-9][Tt][0-2][0-9]:[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,7})?)?([Zz]|[+-][0-2][0-9]:[0-5][0-9])",
        ) {
            if let Ok(time) = text.parse::<DateTimeOffset>() {
                let read = text.parse::<Timestamp>();
                prop_assert_eq!(time.to_timestamp().ok(), read.ok(), "{}", text);
            }
        }

        #[test]
        fn the_calendar_is_that_of_jiff(seconds in FIRST..=253_402_207_200, ticks in 0..10_000_000_u32) {
            let timestamp = Timestamp::new(seconds, ticks as i32 * 100).unwrap();
            let time = SystemTime::from(timestamp);
            let written = DateTimeOffset::try_from(time).unwrap();
            prop_assert_eq!(written.to_timestamp().unwrap(), timestamp);
            prop_assert_eq!(DateTimeOffset::try_from(timestamp).unwrap(), written);
            let civil = timestamp.to_zoned(TimeZone::UTC).datetime();
            prop_assert_eq!(CivilDateTime::try_from(civil).unwrap(), CivilDateTime::utc(time).unwrap());
        }
    }
}
