//! Dates and day numbers in the proleptic Gregorian calendar.

/// Days of 400 years, after which the calendar repeats.
const ERA: i64 = 146_097;

/// Days from 0000-03-01 to 1970-01-01.
const UNIX_EPOCH: i64 = 719_468;

/// Days from 1970-01-01 to a year, month and day.
///
/// The year begins in March, so that the leap day is its last.
pub(super) const fn day(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * ERA + day_of_era - UNIX_EPOCH
}

/// The year, month and day that is this many days after 1970-01-01.
pub(super) fn date(days: i64) -> [i64; 3] {
    let days = days + UNIX_EPOCH;
    let (era, day) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    [year + era * 400 + i64::from(month <= 2), month, day]
}

#[cfg(test)]
mod tests {
    //! Every day has one date.

    use super::{date, day};

    #[test]
    fn the_days_of_the_years_1_to_9999_round_trip() {
        let mut before = date(day(1, 1, 1) - 1);
        assert_eq!(before, [0, 12, 31]);
        for days in day(1, 1, 1)..day(10_000, 1, 1) {
            let [year, month, today] = date(days);
            assert_eq!(day(year, month, today), days);
            assert!(before < [year, month, today] && month <= 12 && today <= 31);
            before = [year, month, today];
        }
        assert_eq!(before, [9_999, 12, 31]);
    }
}
