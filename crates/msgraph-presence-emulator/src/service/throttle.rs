//! The limit on requests: how many each application and tenant sends in 30 seconds.

use jiff::Timestamp;
use std::collections::HashMap;

/// The window over which requests are counted, in seconds.
pub(crate) const WINDOW: usize = 30;

/// The number of pairs of application and tenant from which idle ones are forgotten.
const REMEMBERED: usize = 256;

/// Counts requests and says when a caller has to wait.
///
/// Requests are counted by the second. A refused request counts too, since the documentation
/// says that retrying at once makes it worse.
#[derive(Debug)]
pub(crate) struct Throttle {
    limit: Option<u32>,
    windows: HashMap<(String, String), Window>,
}

impl Throttle {
    /// At most `limit` requests in 30 seconds; none is refused without a limit.
    pub(crate) fn new(limit: Option<u32>) -> Self {
        Self {
            limit,
            windows: HashMap::new(),
        }
    }

    /// Changes the limit, and forgets what was counted.
    pub(crate) fn set_limit(&mut self, limit: Option<u32>) {
        *self = Self::new(limit);
    }

    /// Counts a request. `Err` holds the seconds to wait when there were too many.
    pub(crate) fn count(
        &mut self,
        application: &str,
        tenant: &str,
        now: Timestamp,
    ) -> Result<(), u64> {
        let Some(limit) = self.limit else {
            return Ok(());
        };
        let second = now.as_second();
        if self.windows.len() >= REMEMBERED {
            self.windows.retain(|_, window| window.is_live(second));
        }
        let key = (application.to_owned(), tenant.to_owned());
        let window = self.windows.entry(key).or_default();
        window.count(second);
        match window.wait(limit) {
            0 => Ok(()),
            seconds => Err(seconds),
        }
    }
}

/// The requests of one application and tenant, second by second.
#[derive(Debug, Default)]
struct Window {
    newest: i64,
    requests: [u32; WINDOW],
}

impl Window {
    fn count(&mut self, second: i64) {
        self.roll_to(second);
        let count = &mut self.requests[index(second)];
        *count = count.saturating_add(1);
    }

    /// Forgets what has left the window. A clock that was set back starts a new one.
    fn roll_to(&mut self, second: i64) {
        let passed = second.saturating_sub(self.newest);
        if passed < 0 || passed >= WINDOW as i64 {
            self.requests = [0; WINDOW];
        } else {
            for gone in self.newest + 1..=second {
                self.requests[index(gone)] = 0;
            }
        }
        self.newest = second;
    }

    /// The seconds until a request would be let through, 0 when the newest one is.
    fn wait(&self, limit: u32) -> u64 {
        let mut total: u64 = self.requests.iter().map(|&n| u64::from(n)).sum();
        if total <= u64::from(limit) {
            return 0;
        }
        let mut seconds = 0;
        while total >= u64::from(limit.max(1)) && seconds < WINDOW as u64 {
            seconds += 1;
            let leaving = self.newest + seconds as i64;
            total -= u64::from(self.requests[index(leaving)]);
        }
        seconds
    }

    fn is_live(&self, second: i64) -> bool {
        (0..WINDOW as i64).contains(&second.saturating_sub(self.newest))
    }
}

fn index(second: i64) -> usize {
    second.rem_euclid(WINDOW as i64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_000_000 + seconds)
    }

    fn counted(throttle: &mut Throttle, requests: u32, second: i64) -> Result<(), u64> {
        let mut last = Ok(());
        for _ in 0..requests {
            last = throttle.count("app", "tenant", at(second));
        }
        last
    }

    #[test]
    fn the_limit_holds_over_a_moving_window() {
        let mut throttle = Throttle::new(Some(1500));
        assert_eq!(counted(&mut throttle, 1000, 0), Ok(()));
        assert_eq!(counted(&mut throttle, 500, 10), Ok(()));
        // The thousand of second 0 leave the window at second 30.
        assert_eq!(counted(&mut throttle, 1, 12), Err(18));
        assert_eq!(counted(&mut throttle, 1, 30), Ok(()));
    }

    #[test]
    fn waiting_as_told_is_always_enough() {
        for (limit, burst) in [(1, 1), (1, 9), (3, 4), (1500, 1501), (1500, 40_000)] {
            let mut throttle = Throttle::new(Some(limit));
            let mut second = 0;
            while counted(&mut throttle, burst, second).is_ok() {
                second += 1;
            }
            let wait = counted(&mut throttle, 1, second).unwrap_err();
            let after = second + wait as i64;
            assert_eq!(counted(&mut throttle, 1, after), Ok(()), "{limit} {burst}");
        }
    }

    #[test]
    fn a_clock_set_back_starts_anew() {
        let mut throttle = Throttle::new(Some(1));
        assert_eq!(counted(&mut throttle, 1, 100), Ok(()));
        assert_eq!(counted(&mut throttle, 1, 0), Ok(()));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut throttle = Throttle::new(Some(1));
        for n in 0..100_000 {
            let now = at(i64::from(n));
            assert_eq!(throttle.count(&n.to_string(), "tenant", now), Ok(()));
        }
        assert!(throttle.windows.len() <= REMEMBERED);
    }
}
