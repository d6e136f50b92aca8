//! Dates and times without an offset, and the arithmetic that a calendar needs.

use crate::InvalidValue;
use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A date and time without an offset, in the years 1 to 9999, with up to seven digits of
/// a second.
///
/// It is read from `2026-11-21T17:30:00.1234567`, where the seconds or their digits may
/// be missing, and written the same, without zeros at the end of the digits.
///
/// ```
/// use msgraph_wire::CivilDateTime;
///
/// let end_of_work: CivilDateTime = "2026-11-21T17:30".parse()?;
/// assert_eq!(end_of_work.to_string(), "2026-11-21T17:30:00");
///
/// let error = "2026-11-21T17:30:00Z".parse::<CivilDateTime>().unwrap_err();
/// assert_eq!(error.rule(), "it carries an offset");
/// # Ok::<(), msgraph_wire::InvalidValue>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDateTime {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    /// Tenths of a microsecond, the digits that the service keeps.
    ticks: i64,
}

const TICKS: i64 = 10_000_000;
const DAY: i64 = 86_400;

impl CivilDateTime {
    /// The date and time in UTC; what is finer than a tenth of a microsecond is cut off.
    ///
    /// # Errors
    /// When the year is not within 1 to 9999.
    pub fn utc(time: SystemTime) -> Result<Self, InvalidValue> {
        let nanos = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => i128::try_from(after.as_nanos()).ok(),
            Err(error) => i128::try_from(error.duration().as_nanos())
                .ok()
                .map(|before| -before),
        };
        let ticks = nanos.and_then(|nanos| i64::try_from(nanos.div_euclid(100)).ok());
        ticks.and_then(Self::from_ticks).ok_or_else(out_of_years)
    }

    /// The instant at which a clock with this offset from UTC shows the date and time.
    ///
    /// # Errors
    /// When the system's clock cannot hold it.
    pub(crate) fn to_system_time(
        self,
        offset_seconds: i64,
    ) -> Result<SystemTime, InvalidValue> {
        let seconds = self.seconds() - offset_seconds;
        let whole = Duration::from_secs(seconds.unsigned_abs());
        let time = match seconds {
            0.. => UNIX_EPOCH.checked_add(whole),
            _ => UNIX_EPOCH.checked_sub(whole),
        };
        let digits = Duration::from_nanos(self.ticks.unsigned_abs() * 100);
        time.and_then(|time| time.checked_add(digits))
            .ok_or_else(out_of_years)
    }

    /// Seconds since 1970, without the digits.
    fn seconds(self) -> i64 {
        let days = days_from_civil(self.year, self.month, self.day);
        days * DAY + self.hour * 3600 + self.minute * 60 + self.second
    }

    fn from_ticks(ticks: i64) -> Option<Self> {
        let (seconds, ticks) = (ticks.div_euclid(TICKS), ticks.rem_euclid(TICKS));
        let (days, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        let (year, month, day) = civil_from_days(days);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        let time = Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
            ticks,
        };
        (1..=9999).contains(&year).then_some(time)
    }

    /// Reads the date and time at the beginning of a text, and gives back what follows.
    pub(crate) fn prefix(text: &str) -> Option<(Self, &str)> {
        let (year, text) = number(text, 4)?;
        let (month, text) = number(text.strip_prefix('-')?, 2)?;
        let (day, text) = number(text.strip_prefix('-')?, 2)?;
        let (hour, text) = number(text.strip_prefix(['T', 't'])?, 2)?;
        let (minute, text) = number(text.strip_prefix(':')?, 2)?;
        let (second, ticks, text) = match text.strip_prefix(':') {
            Some(text) => second(text)?,
            None => (0, 0, text),
        };
        let time = Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
            ticks,
        };
        time.exists().then_some((time, text))
    }

    fn exists(&self) -> bool {
        (1..=9999).contains(&self.year)
            && (1..=12).contains(&self.month)
            && (1..=days_of_month(self.year, self.month)).contains(&self.day)
            && self.hour < 24
            && self.minute < 60
            && self.second < 60
    }
}

impl FromStr for CivilDateTime {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let rule = match Self::prefix(text) {
            Some((time, "")) => return Ok(time),
            Some((_, rest)) if rest.starts_with(['Z', 'z', '+', '-']) => {
                "it carries an offset"
            }
            _ => "it is no date and time with at most seven digits of a second",
        };
        let cure = "write it like 2026-11-21T17:30:00, and name the time zone beside it";
        Err(InvalidValue::new("date and time", rule, cure))
    }
}

impl TryFrom<&str> for CivilDateTime {
    type Error = InvalidValue;

    fn try_from(text: &str) -> Result<Self, InvalidValue> {
        text.parse()
    }
}

#[cfg(feature = "jiff")]
impl TryFrom<jiff::civil::DateTime> for CivilDateTime {
    type Error = InvalidValue;

    /// What is finer than a tenth of a microsecond is cut off.
    ///
    /// # Errors
    /// When the year is not within 1 to 9999.
    fn try_from(time: jiff::civil::DateTime) -> Result<Self, InvalidValue> {
        let time = Self {
            year: time.year().into(),
            month: time.month().into(),
            day: time.day().into(),
            hour: time.hour().into(),
            minute: time.minute().into(),
            second: time.second().into(),
            ticks: i64::from(time.subsec_nanosecond()) / 100,
        };
        time.exists().then_some(time).ok_or_else(out_of_years)
    }
}

impl fmt::Display for CivilDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
            ticks,
        } = self;
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        )?;
        if *ticks == 0 {
            return Ok(());
        }
        let digits = format!("{ticks:07}");
        write!(f, ".{}", digits.trim_end_matches('0'))
    }
}

fn out_of_years() -> InvalidValue {
    let rule = "it is not within the years 1 to 9999";
    InvalidValue::new("date and time", rule, "give a time within those years")
}

/// A number of exactly so many digits, and what follows.
pub(crate) fn number(text: &str, digits: usize) -> Option<(i64, &str)> {
    let (number, rest) = text.split_at_checked(digits)?;
    let all = number.bytes().all(|byte| byte.is_ascii_digit());
    Some((all.then(|| number.parse().ok())??, rest))
}

/// A second with or without digits, as ticks, and what follows.
fn second(text: &str) -> Option<(i64, i64, &str)> {
    let (second, text) = number(text, 2)?;
    match text.strip_prefix('.') {
        Some(text) => fraction(text).map(|(ticks, text)| (second, ticks, text)),
        None => Some((second, 0, text)),
    }
}

/// One to seven digits of a second, and what follows.
fn fraction(text: &str) -> Option<(i64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(digits)?;
    let scale = 10_i64.pow(7_u32.checked_sub(u32::try_from(digits).ok()?)?);
    Some((number.parse::<i64>().ok()? * scale, rest))
}

fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar.
///
/// The year begins in March, so that the leap day is its last; 400 years repeat.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day of the day that is so many days after 1970-01-01.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}
