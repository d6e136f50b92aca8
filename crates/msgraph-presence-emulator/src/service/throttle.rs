//! The limit on requests (rate limit) of each application and tenant, in 30 seconds.

use jiff::Timestamp;
use std::collections::{HashMap, VecDeque};

/// The window over which requests are counted, in seconds.
pub(crate) const WINDOW: i64 = 30;

/// The number of pairs of application and tenant above which idle ones are forgotten.
const MAX_CALLERS: usize = 256;

/// Counts requests, and tells a caller how long to wait.
///
/// Requests are counted by the second. A refused request counts too, since the documentation
/// says that retrying at once makes it worse.
#[derive(Debug)]
pub(crate) struct Throttle {
    limit: Option<u64>,
    /// The seconds of the window with their requests, by application and tenant.
    windows: HashMap<(String, String), VecDeque<(i64, u64)>>,
}

impl Throttle {
    /// At most `limit` requests in 30 seconds; none is refused without a limit.
    pub(crate) fn new(limit: Option<u64>) -> Self {
        Self {
            limit,
            windows: HashMap::new(),
        }
    }

    /// Counts a request. `Err` holds the seconds to wait when there were too many.
    pub(crate) fn count(
        &mut self,
        application: &str,
        tenant: &str,
        now: Timestamp,
    ) -> Result<(), i64> {
        let Some(limit) = self.limit else {
            return Ok(());
        };
        let now = now.as_second();
        // A clock that was set back starts a new window.
        let is_live = |&(second, _): &(i64, u64)| (now - WINDOW + 1..=now).contains(&second);
        if self.windows.len() >= MAX_CALLERS {
            self.windows
                .retain(|_, window| window.back().is_some_and(is_live));
        }
        let key = (application.to_owned(), tenant.to_owned());
        let window = self.windows.entry(key).or_default();
        if !window.back().is_some_and(is_live) {
            window.clear();
        }
        window.retain(is_live);
        match window.back_mut() {
            Some((second, requests)) if *second == now => *requests += 1,
            _ => window.push_back((now, 1)),
        }
        let mut total: u64 = window.iter().map(|(_, requests)| requests).sum();
        if total <= limit {
            return Ok(());
        }
        for (second, requests) in window {
            total -= *requests;
            if total < limit.max(1) {
                return Err(*second + WINDOW - now);
            }
        }
        Err(WINDOW)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_000_000 + seconds)
    }

    fn counted(throttle: &mut Throttle, requests: u32, second: i64) -> Result<(), i64> {
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
            let after = second + wait;
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
        assert!(throttle.windows.len() <= MAX_CALLERS);
    }
}
