//! The header `Retry-After`: how long the service asks to wait.

use http::{HeaderMap, header};
use std::time::{Duration, SystemTime};

/// The longest wait that any `Retry-After` of a response asks for.
///
/// `now` is used if the response has no `Date` header.
pub fn read(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let date = headers
        .get(header::DATE)
        .and_then(|date| date.to_str().ok());
    // A date of the service is compared with the service's clock, not with ours.
    let now = date.and_then(parse_date).unwrap_or(now);
    let values = headers.get_all(header::RETRY_AFTER).iter();
    values
        .filter_map(|value| longest(value.to_str().ok()?, now))
        .max()
}

/// The longest wait in a header value, in which a proxy may have joined several values by commas.
fn longest(line: &str, now: SystemTime) -> Option<Duration> {
    let pieces: Vec<_> = line.split(',').collect();
    let single = pieces.iter().filter_map(|piece| parse(piece, now));
    // A date has a comma of its own, after the day of the week.
    let dates = pieces
        .windows(2)
        .filter_map(|pair| parse(&pair.join(","), now));
    single.chain(dates).max()
}

/// Parses seconds, with or without decimals, or a date; `None` for zero and for a past date.
pub(crate) fn parse(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    let wait = match parse_seconds(value) {
        Some(seconds) => seconds,
        None => parse_date(value)?.duration_since(now).ok()?,
    };
    (!wait.is_zero()).then_some(wait)
}

/// Parses `digits` or `digits.digits`, and no other spelling of a number.
fn parse_seconds(value: &str) -> Option<Duration> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let seconds = Duration::try_from_secs_f64(value.parse().ok()?);
    // More seconds than a duration can hold are the longest wait.
    Some(seconds.unwrap_or(Duration::MAX))
}

fn parse_date(value: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-21T12:00:00Z.
    const NOW: &str = "Sat, 21 Nov 2026 12:00:00 GMT";

    #[test]
    fn seconds_decimals_and_dates_are_read_and_all_else_is_nothing() {
        let now = parse_date(NOW).unwrap();
        let cases = [
            ("10", Some(10_000)),
            ("2.128", Some(2_128)),
            ("0.5", Some(500)),
            (" 3 ", Some(3_000)),
            ("007", Some(7_000)),
            ("Sat, 21 Nov 2026 12:01:00 GMT", Some(60_000)),
            ("Saturday, 21-Nov-26 12:01:00 GMT", Some(60_000)),
            ("Sat Nov 21 12:01:00 2026", Some(60_000)),
            ("0", None),
            ("0.0", None),
            ("-1", None),
            ("+1", None),
            ("1e3", None),
            ("1.", None),
            (".5", None),
            ("inf", None),
            ("NaN", None),
            ("", None),
            ("soon", None),
            ("10 s", None),
            ("1,5", None),
            (NOW, None),
            ("Sat, 21 Nov 2026 11:59:59 GMT", None),
            ("Sat, 21 Nov 2026 12:01:00", None),
            ("2026-11-21T12:01:00Z", None),
        ];
        for (value, milliseconds) in cases {
            let expected = milliseconds.map(Duration::from_millis);
            assert_eq!(parse(value, now), expected, "{value:?}");
        }
        let endless = "9".repeat(400);
        assert_eq!(parse(&endless, now), Some(Duration::MAX));
    }

    #[test]
    fn a_date_is_compared_with_the_clock_of_the_service() {
        let mut headers = HeaderMap::new();
        headers.insert(
            "retry-after",
            "Sat, 21 Nov 2026 12:01:00 GMT".parse().unwrap(),
        );
        headers.insert("date", NOW.parse().unwrap());
        let an_hour_late = parse_date(NOW).unwrap() + Duration::from_secs(3600);
        assert_eq!(read(&headers, an_hour_late), Some(Duration::from_secs(60)));
    }

    #[test]
    fn the_longest_of_several_counts() {
        let mut headers = HeaderMap::new();
        for value in ["5", "junk", "7", "0"] {
            headers.append("retry-after", value.parse().unwrap());
        }
        let wait = read(&headers, SystemTime::UNIX_EPOCH);
        assert_eq!(wait, Some(Duration::from_secs(7)));
    }

    /// A proxy joins several lines of a header into one.
    #[test]
    fn the_longest_of_several_in_one_line_counts() {
        let now = parse_date(NOW).unwrap();
        let cases = [
            ("2, 3", Some(3_000)),
            ("3,2", Some(3_000)),
            ("2, soon, 1.5,", Some(2_000)),
            ("0, -1", None),
            (",", None),
            ("120, Sat, 21 Nov 2026 12:01:00 GMT", Some(120_000)),
            ("Sat, 21 Nov 2026 12:01:00 GMT, 5", Some(60_000)),
            (
                "Sat, 21 Nov 2026 12:01:00 GMT, Sat, 21 Nov 2026 12:02:00 GMT",
                Some(120_000),
            ),
            ("Saturday, 21-Nov-26 12:01:00 GMT, 7", Some(60_000)),
        ];
        for (line, milliseconds) in cases {
            let mut headers = HeaderMap::new();
            headers.insert("retry-after", line.parse().unwrap());
            let expected = milliseconds.map(Duration::from_millis);
            assert_eq!(read(&headers, now), expected, "{line:?}");
        }
    }
}
