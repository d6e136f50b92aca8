//! Dates and times in time zones become instants.

#![cfg(test)]
#![cfg(feature = "jiff")]

mod common {
    pub mod config;
}

use common::config::config;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use msgraph_presence_models::DateTimeTimeZone;
use proptest::prelude::*;
use std::sync::LazyLock;

fn at(date_time: &str, time_zone: &str) -> DateTimeTimeZone {
    let mut at = DateTimeTimeZone::default();
    at.date_time = Some(date_time.to_owned());
    at.time_zone = Some(time_zone.to_owned());
    at
}

/// Windows names with the zone that CLDR gives them for the world.
const WINDOWS: [(&str, &str); 24] = [
    ("UTC", "UTC"),
    ("UTC-11", "Etc/GMT+11"),
    ("UTC+12", "Etc/GMT-12"),
    ("Dateline Standard Time", "Etc/GMT+12"),
    ("Pacific Standard Time", "America/Los_Angeles"),
    ("Pacific Standard Time (Mexico)", "America/Tijuana"),
    ("US Mountain Standard Time", "America/Phoenix"),
    ("Central America Standard Time", "America/Guatemala"),
    ("Turks And Caicos Standard Time", "America/Grand_Turk"),
    ("SA Pacific Standard Time", "America/Bogota"),
    ("E. South America Standard Time", "America/Sao_Paulo"),
    ("Newfoundland Standard Time", "America/St_Johns"),
    ("GMT Standard Time", "Europe/London"),
    ("W. Europe Standard Time", "Europe/Berlin"),
    ("FLE Standard Time", "Europe/Kyiv"),
    ("GTB Standard Time", "Europe/Bucharest"),
    ("India Standard Time", "Asia/Kolkata"),
    ("Nepal Standard Time", "Asia/Kathmandu"),
    ("N. Central Asia Standard Time", "Asia/Novosibirsk"),
    ("AUS Central Standard Time", "Australia/Darwin"),
    ("Aus Central W. Standard Time", "Australia/Eucla"),
    ("Lord Howe Standard Time", "Australia/Lord_Howe"),
    ("Sao Tome Standard Time", "Africa/Sao_Tome"),
    // New in 2026.
    ("British Columbia Standard Time", "America/Vancouver"),
];

#[test]
fn windows_and_iana_names_are_known_in_any_case() {
    let names = WINDOWS.into_iter().chain([
        ("Europe/Berlin", "Europe/Berlin"),
        ("Etc/GMT+12", "Etc/GMT+12"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Pacific/Kiritimati", "Pacific/Kiritimati"),
    ]);
    for (name, iana) in names {
        let date_time: DateTime = "2026-07-01T12:30:00".parse().unwrap();
        let expected = date_time.in_tz(iana).unwrap().timestamp();
        for name in [name.to_owned(), name.to_lowercase(), name.to_uppercase()] {
            assert_eq!(
                at("2026-07-01T12:30:00", &name).to_timestamp(),
                Ok(expected),
                "{name}"
            );
        }
    }
}

#[test]
fn skipped_times_move_on_and_of_two_the_first_is_meant() {
    let cases = [
        // The clocks of Berlin go from 02:00 to 03:00.
        (
            "2026-03-29T02:30:00",
            "2026-03-29T03:30:00+02:00[Europe/Berlin]",
        ),
        (
            "2026-03-29T03:00:00",
            "2026-03-29T03:00:00+02:00[Europe/Berlin]",
        ),
        // They go from 03:00 back to 02:00.
        (
            "2026-10-25T02:30:00",
            "2026-10-25T02:30:00+02:00[Europe/Berlin]",
        ),
        (
            "2026-10-25T03:00:00",
            "2026-10-25T03:00:00+01:00[Europe/Berlin]",
        ),
    ];
    for (date_time, expected) in cases {
        let zoned = at(date_time, "W. Europe Standard Time").to_zoned().unwrap();
        assert_eq!(zoned.to_string(), expected);
    }
}

#[test]
fn seven_digits_are_kept() {
    let instant = at("2022-10-18T17:05:33.2079781", "Pacific Standard Time").to_timestamp();
    assert_eq!(instant.unwrap().to_string(), "2022-10-19T00:05:33.2079781Z");
    let instant = at("2026-09-01T08:00:00.0000000", "UTC").to_timestamp();
    assert_eq!(instant.unwrap().to_string(), "2026-09-01T08:00:00Z");
}

#[test]
fn an_unknown_zone_is_an_error_that_names_it() {
    // Some are files or names whose meaning depends on the machine.
    let names = [
        "Middle-earth Standard Time",
        "",
        "Berlin",
        "+01:00",
        "a b c d e f g h",
        "right/UTC",
        "localtime",
        "posixrules",
        "Etc/Unknown",
        "Factory",
        // Exchange and Windows write these of zones that only they know.
        "tzone://Microsoft/Custom",
        "Customized Time Zone",
        "Mid-Atlantic Standard Time",
        "Kamchatka Standard Time",
        "W. Europe Daylight Time",
        "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna",
    ];
    for name in names {
        assert_eq!(
            at("2026-11-21T17:30:00", name)
                .to_timestamp()
                .unwrap_err()
                .to_string(),
            format!(
                "invalid time zone: {name:?} is neither a Windows nor an IANA name; \
                     name a zone: UTC, Pacific Standard Time, Europe/Berlin"
            ),
        );
    }
    let long = at("2026-11-21T17:30:00", &"\u{7}Zone ".repeat(1_000)).to_timestamp();
    assert!(long.unwrap_err().to_string().len() < 300);
}

#[test]
fn what_is_missing_or_no_local_time_is_an_error() {
    let mut without_zone = at("2026-11-21T17:30:00", "UTC");
    without_zone.time_zone = None;
    let cases = [
        (DateTimeTimeZone::default(), "`dateTime` is missing"),
        (without_zone, "`timeZone` is missing"),
        (
            at("9999-12-31T23:59:59.9999999", "Pacific Standard Time"),
            "later than jiff can represent (9999-12-30T22:00Z)",
        ),
    ];
    for (at, rule) in cases {
        assert_eq!(at.to_timestamp().unwrap_err().rule(), rule);
    }
}

#[test]
fn exchange_and_windows_have_other_names_for_utc() {
    for name in [
        "tzone://Microsoft/Utc",
        "TZONE://MICROSOFT/UTC",
        "Coordinated Universal Time",
        "etc/utc",
        " UTC ",
    ] {
        let instant = at("2026-11-21T17:30:00", name).to_timestamp().unwrap();
        assert_eq!(instant.to_string(), "2026-11-21T17:30:00Z", "{name}");
    }
}

#[test]
fn a_date_and_time_with_an_offset_has_its_instant() {
    let cases = [
        (
            "2026-11-28T17:00:00Z",
            "UTC",
            "2026-11-28T17:00:00+00:00[UTC]",
        ),
        (
            "2026-11-28T17:00:00z",
            "utc",
            "2026-11-28T17:00:00+00:00[UTC]",
        ),
        (
            "2026-11-28T17:00:00.0000000+00:00",
            "UTC",
            "2026-11-28T17:00:00+00:00[UTC]",
        ),
        (
            "2026-11-28T17:00Z",
            "tzone://Microsoft/Utc",
            "2026-11-28T17:00:00+00:00[UTC]",
        ),
        (
            "2026-11-28T18:00:00+01:00",
            "W. Europe Standard Time",
            "2026-11-28T18:00:00+01:00[Europe/Berlin]",
        ),
        (
            "2026-11-28T17:00:00Z",
            "GMT Standard Time",
            "2026-11-28T17:00:00+00:00[Europe/London]",
        ),
        (
            "2026-11-28T22:30:00+05:30",
            "Asia/Calcutta",
            "2026-11-28T22:30:00+05:30[Asia/Kolkata]",
        ),
        // Of a time that clocks show twice the offset says which is meant.
        (
            "2026-10-25T02:30:00+01:00",
            "Europe/Berlin",
            "2026-10-25T02:30:00+01:00[Europe/Berlin]",
        ),
        ("2026-11-28T17:00:00Z", "", "2026-11-28T17:00:00+00:00[UTC]"),
        (
            "2026-11-28T17:00:00-08:00",
            " ",
            "2026-11-28T17:00:00-08:00[-08:00]",
        ),
    ];
    for (date_time, zone, expected) in cases {
        let mut at = at(date_time, zone);
        let zoned = at.to_zoned().unwrap();
        assert_eq!(
            zoned.timestamp(),
            expected.parse::<Zoned>().unwrap().timestamp()
        );
        assert_eq!(
            zoned.datetime(),
            expected.parse::<Zoned>().unwrap().datetime()
        );
        at.time_zone = None;
        assert_eq!(at.to_timestamp(), Ok(zoned.timestamp()), "{date_time}");
    }
}

#[test]
fn an_offset_that_the_zone_does_not_have_then_is_an_error() {
    let cases = [
        ("2026-11-28T17:00:00+01:00", "UTC"),
        ("2026-11-28T17:00:00Z", "Pacific Standard Time"),
        ("2026-07-01T17:00:00+01:00", "Europe/Berlin"),
        ("2026-07-01T17:00:00Z", "GMT Standard Time"),
        // The clocks of Berlin skip this time.
        ("2026-03-29T02:30:00+01:00", "Europe/Berlin"),
    ];
    for (date_time, zone) in cases {
        assert_eq!(
            at(date_time, zone).to_timestamp().unwrap_err().to_string(),
            format!(
                "invalid date and time in a time zone: the offset differs from that of {zone:?} \
                 at this time; treat it as unknown, because it names two instants"
            ),
        );
    }
    let unknown = at("2026-11-28T17:00:00Z", "Customized Time Zone").to_timestamp();
    assert_eq!(unknown.unwrap_err().what(), "time zone");
    let never = at("9999-12-31T23:59:59.9999999Z", "UTC").to_timestamp();
    assert_eq!(never.unwrap_err().help(), "treat it as never");
    let none = at("2026-11-28T17:00:00+25:00", "UTC").to_timestamp();
    assert_eq!(
        none.unwrap_err().rule(),
        "has an offset, which is not allowed"
    );
}

/// The names of the time zone database that CLDR knows.
static ZONES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let names = jiff::tz::db().available().map(|name| name.to_string());
    let known = |name: &String| at("2026-01-01T00:00:00", name).to_zoned().is_ok();
    names.filter(known).collect()
});

proptest! {
    #![proptest_config(config())]

    #[test]
    fn random_times_in_random_zones_agree_with_jiff(
        second in -62_000_000_000..253_000_000_000_i64,
        digits in 0..10_000_000_i32,
        zone: prop::sample::Index,
        in_windows: bool,
    ) {
        let (name, iana) = if in_windows {
            *zone.get(&WINDOWS)
        } else {
            [zone.get(&ZONES).as_str(); 2].into()
        };
        let utc = Timestamp::from_second(second).unwrap() + (i64::from(digits) * 100).nanoseconds();
        let date_time = utc.to_zoned(TimeZone::UTC).datetime();
        let expected = date_time.in_tz(iana).unwrap();
        let zoned = at(&date_time.to_string(), name).to_zoned().unwrap();
        prop_assert_eq!(zoned.timestamp(), expected.timestamp());
        prop_assert_eq!(zoned.datetime(), expected.datetime());
    }

    #[test]
    fn times_around_a_change_of_the_clocks_agree_with_jiff(
        second in -4_000_000_000..4_000_000_000_i64,
        minutes in -180..180_i64,
        zone: prop::sample::Index,
    ) {
        let name = zone.get(&ZONES).as_str();
        let zone = TimeZone::get(name).unwrap();
        let from = Timestamp::from_second(second).unwrap();
        // Zones without a further change are skipped.
        if let Some(change) = zone.following(from).next() {
            let shown = zone.to_datetime(change.timestamp()) + minutes.minutes();
            let expected = zone.to_ambiguous_zoned(shown).compatible().unwrap();
            let instant = at(&shown.to_string(), name).to_timestamp().unwrap();
            prop_assert_eq!(instant, expected.timestamp());
        }
    }
}

#[test]
fn most_zones_of_the_database_are_known() {
    assert!(ZONES.len() > 400, "{}", ZONES.len());
}
