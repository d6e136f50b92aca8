//! Durations: how they are written, what is refused, and that nothing is lost.

#![cfg(test)]

mod common;

use common::config;
use msgraph_wire::IsoDuration;
use proptest::prelude::*;
use std::time::Duration;

#[test]
fn written_in_the_largest_single_unit() {
    let cases = [
        (Duration::from_secs(86_400), "P1D"),
        (Duration::from_secs(7 * 86_400), "P7D"),
        (Duration::from_secs(8 * 3_600), "PT8H"),
        (Duration::from_secs(25 * 3_600), "PT25H"),
        (Duration::from_secs(90 * 60), "PT90M"),
        (Duration::from_secs(45), "PT45S"),
        (Duration::from_secs(61), "PT61S"),
        (Duration::from_millis(500), "PT0.5S"),
        (Duration::new(86_400, 1), "PT86400.000000001S"),
        (Duration::from_secs(10_675_199 * 86_400), "P10675199D"),
    ];
    for (duration, text) in cases {
        assert_eq!(IsoDuration::try_from(duration).unwrap().as_str(), text);
    }
}

#[test]
fn a_text_is_read_strictly() {
    let cases = [
        ("P1D", 86_400_000),
        ("PT8H", 28_800_000),
        ("PT240M", 14_400_000),
        ("P1DT2H3M4.5S", 93_784_500),
        ("PT1H30S", 3_630_000),
        ("PT0.001S", 1),
    ];
    for (text, millis) in cases {
        let duration: IsoDuration = text.parse().unwrap();
        assert_eq!(
            duration.to_duration().unwrap(),
            Duration::from_millis(millis),
            "{text}"
        );
        assert_eq!(duration.to_string(), text);
    }
}

#[test]
fn what_is_not_iso_is_refused() {
    let message = "invalid duration: not ISO 8601 in days, hours, minutes and seconds; \
        write it like P1D, PT8H, PT90M or PT45S";
    let texts = [
        "",
        "P",
        "PT",
        "P1DT",
        "8:00:00",
        "8 hours",
        "PT8",
        "P8H",
        "PT1D",
        "P1W",
        "P1M",
        "P1Y",
        "-PT1H",
        "PT-1H",
        "pt8h",
        "PT8H ",
        " PT8H",
        "PT1S1M",
        "PT1H1H",
        "PT.5S",
        "PT5.S",
        "PT1.5H",
        "PT1,5S",
        "PT0.1234567891S",
        "PT+1S",
        "PT99999999999999999999S",
        "PT1H½M",
    ];
    for text in texts {
        assert_eq!(
            text.parse::<IsoDuration>().unwrap_err().to_string(),
            message,
            "{text}"
        );
    }
}

#[test]
fn zero_and_absurd_durations_are_refused() {
    let zero = "invalid duration: must be longer than zero; give at least a second";
    let absurd = "invalid duration: longer than 10,675,199 days, the longest that the \
        service accepts; give a shorter one, or leave it out";
    let cases = [
        (IsoDuration::try_from(Duration::ZERO), zero),
        ("PT0S".parse(), zero),
        (IsoDuration::try_from(Duration::MAX), absurd),
        ("P10675200D".parse(), absurd),
    ];
    for (refused, message) in cases {
        assert_eq!(refused.unwrap_err().to_string(), message);
    }
}

#[test]
fn what_is_read_from_json_is_kept_as_it_came() {
    for text in ["P1W", "PT240M", "", "8:00:00"] {
        let json = serde_json::to_value(text).unwrap();
        let duration: IsoDuration = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(serde_json::to_value(&duration).unwrap(), json);
    }
    let week: IsoDuration = serde_json::from_str("\"P1W\"").unwrap();
    assert!(week.to_duration().is_err());
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn durations_round_trip(
        seconds in 1..10_675_199_u64 * 86_400,
        nanos in prop_oneof![Just(0), 0..1_000_000_000_u32],
    ) {
        let duration = Duration::new(seconds, nanos);
        let written = IsoDuration::try_from(duration).unwrap();
        prop_assert_eq!(written.to_duration().unwrap(), duration);
        prop_assert_eq!(&written.as_str().parse::<IsoDuration>().unwrap(), &written);
    }

    #[test]
    fn whole_units_are_written_without_decimals(
        count in 1..10_000_u64,
        unit in prop::sample::select(vec![1_u64, 60, 3_600, 86_400]),
    ) {
        let duration = Duration::from_secs(count * unit);
        let written = IsoDuration::try_from(duration).unwrap();
        // One number and one unit, after `P` or `PT`.
        let digits = written.as_str().trim_start_matches(['P', 'T']).trim_end_matches(['D', 'H', 'M', 'S']);
        prop_assert!(digits.bytes().all(|digit| digit.is_ascii_digit()), "{}", written);
        prop_assert_eq!(written.to_duration().unwrap(), duration);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "P?[0-9.]{0,3}[DT]?[0-9.HMSDT-]{0,12}|.*") {
        if let Ok(duration) = text.parse::<IsoDuration>() {
            prop_assert_eq!(duration.as_str(), &text);
            prop_assert!(duration.to_duration().unwrap() > Duration::ZERO);
        }
    }
}

#[cfg(feature = "jiff")]
mod jiff_types {
    //! The types of jiff.

    use super::*;
    use jiff::{SignedDuration, Span, ToSpan};

    #[test]
    fn spans_and_signed_durations_are_taken() {
        let cases = [
            (IsoDuration::try_from(SignedDuration::from_hours(8)), "PT8H"),
            (IsoDuration::try_from(90.minutes()), "PT90M"),
            (IsoDuration::try_from(1.week()), "P7D"),
            (IsoDuration::try_from(1.day().hours(12)), "PT36H"),
        ];
        for (duration, text) in cases {
            assert_eq!(duration.unwrap().as_str(), text);
        }
    }

    #[test]
    fn negative_and_calendar_spans_are_refused() {
        let negative = "invalid duration: must be longer than zero; give at least a second";
        let calendar = "invalid duration: has months or years, whose length depends on the \
            date; give it in weeks, days, hours, minutes or seconds";
        let cases = [
            (
                IsoDuration::try_from(SignedDuration::from_secs(-1)),
                negative,
            ),
            (IsoDuration::try_from((-5).minutes()), negative),
            (IsoDuration::try_from(Span::new()), negative),
            (IsoDuration::try_from(1.month()), calendar),
            (IsoDuration::try_from(1.year()), calendar),
        ];
        for (refused, text) in cases {
            assert_eq!(refused.unwrap_err().to_string(), text);
        }
    }

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn jiff_reads_what_is_written(seconds in 1..1_000_000_000_u64, nanos in 0..1_000_000_000_u32) {
            let duration = Duration::new(seconds, nanos);
            let written = IsoDuration::try_from(duration).unwrap();
            let span: Span = written.as_str().parse().unwrap();
            prop_assert_eq!(IsoDuration::try_from(span).unwrap(), written);
        }
    }
}
