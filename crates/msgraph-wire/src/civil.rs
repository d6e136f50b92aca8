//! Dates and times without an offset.

mod calendar;

use crate::InvalidValue;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A date and time without an offset, in the years 1 to 9999, with a precision of 100 ns.
///
/// `FromStr` reads `2026-11-21T17:30:00.1234567`, in which the seconds or their fraction may be
/// missing. `Display` writes the seconds, and the fraction without trailing zeros.
///
/// ```
/// # use msgraph_wire as msgraph_presence;
/// use msgraph_presence::CivilDateTime;
///
/// let end_of_work: CivilDateTime = "2026-11-21T17:30".parse()?;
/// assert_eq!(end_of_work.to_string(), "2026-11-21T17:30:00");
///
/// let error = "2026-11-21T17:30:00Z".parse::<CivilDateTime>().unwrap_err();
/// assert_eq!(error.rule(), "has an offset, which is not allowed");
/// # Ok::<(), msgraph_presence::InvalidValue>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDateTime {
    /// Units of 100 ns, the precision of the service, since 1970-01-01T00:00:00.
    ticks: i64,
}

const TICKS_A_SECOND: i64 = 10_000_000;
const SECONDS_A_DAY: i64 = 86_400;
const TICKS_A_DAY: i64 = SECONDS_A_DAY * TICKS_A_SECOND;

/// The ticks of the years 1 to 9999.
const TICKS: Range<i64> =
    calendar::day(1, 1, 1) * TICKS_A_DAY..calendar::day(10_000, 1, 1) * TICKS_A_DAY;

impl CivilDateTime {
    /// The date and time in UTC. Precision is truncated to 100 ns.
    ///
    /// ```
    /// # use msgraph_wire as msgraph_presence;
    /// use msgraph_presence::CivilDateTime;
    /// use std::time::{Duration, UNIX_EPOCH};
    ///
    /// let time = UNIX_EPOCH + Duration::from_nanos(86_400_000_000_199);
    /// assert_eq!(CivilDateTime::utc(time)?.to_string(), "1970-01-02T00:00:00.0000001");
    /// # Ok::<(), msgraph_presence::InvalidValue>(())
    /// ```
    ///
    /// # Errors
    /// When the year is not within 1 to 9999.
    pub fn utc(time: SystemTime) -> Result<Self, InvalidValue> {
        // The nanoseconds of any duration fit: there are less than 2^94.
        Self::after_1970(match time.duration_since(UNIX_EPOCH) {
            Ok(after) => after.as_nanos() as i128,
            Err(error) => -(error.duration().as_nanos() as i128),
        })
    }

    /// The date and time this many nanoseconds after 1970-01-01T00:00:00, truncated to 100 ns.
    ///
    /// # Errors
    /// When the year is not within 1 to 9999.
    pub(crate) fn after_1970(nanos: i128) -> Result<Self, InvalidValue> {
        let ticks = i64::try_from(nanos.div_euclid(100)).ok();
        ticks.and_then(Self::of_ticks).ok_or_else(out_of_years)
    }

    fn of_ticks(ticks: i64) -> Option<Self> {
        TICKS.contains(&ticks).then_some(Self { ticks })
    }

    /// The instant at which a clock with this offset from UTC shows the date and time, in units of
    /// 100 ns since 1970-01-01T00:00:00Z.
    pub(crate) fn ticks_at(self, offset_seconds: i64) -> i64 {
        self.ticks - offset_seconds * TICKS_A_SECOND
    }

    /// The instant at which a clock with this offset from UTC shows the date and time.
    ///
    /// # Errors
    /// When the system's clock cannot hold it.
    pub(crate) fn to_system_time(self, offset_seconds: i64) -> Result<SystemTime, InvalidValue> {
        let ticks = self.ticks_at(offset_seconds);
        let (micros, tenths) = (ticks.unsigned_abs() / 10, ticks.unsigned_abs() % 10);
        let since = Duration::from_micros(micros) + Duration::from_nanos(tenths * 100);
        let time = match ticks {
            0.. => UNIX_EPOCH.checked_add(since),
            _ => UNIX_EPOCH.checked_sub(since),
        };
        time.ok_or_else(out_of_years)
    }

    /// Reads the date and time at the beginning of a text, and returns the rest.
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
        let time = Self::of_parts([year, month, day], [hour, minute, second], ticks)?;
        Some((time, text))
    }

    /// Makes a date and time of its parts; `None` if it does not exist.
    fn of_parts(date: [i64; 3], clock: [i64; 3], ticks: i64) -> Option<Self> {
        let ([year, month, day], [hour, minute, second]) = (date, clock);
        let days = calendar::day(year, month, day);
        // February 30 becomes a day of March, which has another date.
        let exists = calendar::date(days) == date && hour < 24 && minute < 60 && second < 60;
        let seconds = days * SECONDS_A_DAY + hour * 3_600 + minute * 60 + second;
        let ticks = seconds * TICKS_A_SECOND + ticks;
        exists.then_some(ticks).and_then(Self::of_ticks)
    }

    /// The parts of a date and time: year, month and day; hour, minute and second; ticks.
    fn parts(self) -> ([i64; 3], [i64; 3], i64) {
        let days = self.ticks.div_euclid(TICKS_A_DAY);
        let second = self.ticks.rem_euclid(TICKS_A_DAY) / TICKS_A_SECOND;
        let clock = [second / 3_600, second / 60 % 60, second % 60];
        let ticks = self.ticks.rem_euclid(TICKS_A_SECOND);
        (calendar::date(days), clock, ticks)
    }
}

impl FromStr for CivilDateTime {
    type Err = InvalidValue;

    /// # Errors
    /// When the text is not an existing date and time in the years 1 to 9999, has more than seven
    /// fractional digits, or has an offset or a `Z`.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let rule = match Self::prefix(text) {
            Some((time, "")) => return Ok(time),
            Some((_, rest)) if rest.starts_with(['Z', 'z', '+', '-']) => {
                "has an offset, which is not allowed"
            }
            _ => "not a date and time with at most seven fractional digits",
        };
        let help = "write it like 2026-11-21T17:30:00, and name the time zone beside it";
        Err(InvalidValue::new("date and time", rule, help))
    }
}

impl TryFrom<&str> for CivilDateTime {
    type Error = InvalidValue;

    /// # Errors
    /// As for `FromStr`.
    fn try_from(text: &str) -> Result<Self, InvalidValue> {
        text.parse()
    }
}

#[cfg(feature = "jiff")]
impl TryFrom<jiff::civil::DateTime> for CivilDateTime {
    type Error = InvalidValue;

    /// Precision is truncated to 100 ns.
    ///
    /// ```
    /// # use msgraph_wire as msgraph_presence;
    /// use msgraph_presence::CivilDateTime;
    ///
    /// let noon = CivilDateTime::try_from(jiff::civil::date(2026, 11, 21).at(12, 0, 0, 0))?;
    /// assert_eq!(noon.to_string(), "2026-11-21T12:00:00");
    /// # Ok::<(), msgraph_presence::InvalidValue>(())
    /// ```
    ///
    /// # Errors
    /// When the year is not within 1 to 9999.
    fn try_from(time: jiff::civil::DateTime) -> Result<Self, InvalidValue> {
        let epoch = jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0);
        Self::after_1970(time.duration_since(epoch).as_nanos())
    }
}

impl fmt::Display for CivilDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ([year, month, day], [hour, minute, second], ticks) = self.parts();
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        )?;
        if ticks == 0 {
            return Ok(());
        }
        let digits = format!("{ticks:07}");
        write!(f, ".{}", digits.trim_end_matches('0'))
    }
}

impl fmt::Debug for CivilDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CivilDateTime({self})")
    }
}

fn out_of_years() -> InvalidValue {
    let rule = "not within the years 1 to 9999";
    InvalidValue::new("date and time", rule, "give a time within those years")
}

/// The number of exactly this many digits at the beginning of a text, and the rest.
pub(crate) fn number(text: &str, digits: usize) -> Option<(i64, &str)> {
    let (number, rest) = text.split_at_checked(digits)?;
    let all = number.bytes().all(|byte| byte.is_ascii_digit());
    Some((all.then(|| number.parse().ok())??, rest))
}

/// The second at the beginning of a text, its fraction in ticks, and the rest.
fn second(text: &str) -> Option<(i64, i64, &str)> {
    let (second, text) = number(text, 2)?;
    match text.strip_prefix('.') {
        Some(text) => fraction(text).map(|(ticks, text)| (second, ticks, text)),
        None => Some((second, 0, text)),
    }
}

/// The fraction of one to seven digits at the beginning of a text in ticks, and the rest.
fn fraction(text: &str) -> Option<(i64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(digits)?;
    let scale = 10_i64.pow(7_u32.checked_sub(u32::try_from(digits).ok()?)?);
    Some((number.parse::<i64>().ok()? * scale, rest))
}
