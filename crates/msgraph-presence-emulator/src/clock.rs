//! The emulator's own clock: it runs with the machine's, or is stopped at a time.

use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// A clock that can be set, stopped and advanced.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Clock {
    /// Runs with the machine's clock, ahead of it by this much.
    Running(SignedDuration),

    /// Stopped at this time.
    Stopped(Timestamp),
}

impl Clock {
    /// A clock that shows the machine's time.
    pub(crate) const REAL: Self = Self::Running(SignedDuration::ZERO);

    /// The current time.
    pub(crate) fn now(self) -> Timestamp {
        match self {
            Self::Running(ahead) => later(Timestamp::now(), ahead),
            Self::Stopped(at) => at,
        }
    }

    /// Lets the clock run on from its current time.
    pub(crate) fn run(&mut self) {
        let ahead = self.now().duration_since(Timestamp::now());
        *self = Self::Running(ahead);
    }

    /// Advances the clock. A running clock continues to run.
    pub(crate) fn advance(&mut self, by: Duration) {
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        *self = match *self {
            Self::Running(ahead) => Self::Running(ahead.saturating_add(by)),
            Self::Stopped(at) => Self::Stopped(later(at, by)),
        };
    }
}

/// Adds a span to a moment; the last or first moment instead of an overflow.
pub(crate) fn later(moment: Timestamp, by: SignedDuration) -> Timestamp {
    match moment.checked_add(by) {
        Ok(sum) => sum,
        Err(_) if by.is_negative() => Timestamp::MIN,
        Err(_) => Timestamp::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stopped_clock_moves_only_when_told() {
        let mut clock = Clock::Stopped(Timestamp::UNIX_EPOCH);
        assert_eq!(clock.now(), Timestamp::UNIX_EPOCH);
        clock.advance(Duration::from_secs(300));
        assert_eq!(clock.now().as_second(), 300);
    }

    #[test]
    fn a_running_clock_goes_on_from_where_it_was_put() {
        let mut clock = Clock::REAL;
        clock.advance(Duration::from_secs(86_400));
        assert!(clock.now() > later(Timestamp::now(), SignedDuration::from_hours(23)));
    }

    #[test]
    fn a_stopped_clock_runs_on_from_where_it_stood() {
        let mut clock = Clock::Stopped(Timestamp::UNIX_EPOCH);
        clock.run();
        let passed = clock.now().duration_since(Timestamp::UNIX_EPOCH);
        assert!(passed.abs() < SignedDuration::from_hours(1), "{passed}");
        assert!(matches!(clock, Clock::Running(_)));
    }

    #[test]
    fn no_span_is_too_long() {
        let mut clock = Clock::Stopped(Timestamp::UNIX_EPOCH);
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
        let mut clock = Clock::REAL;
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
    }
}
