//! The emulator's clock, which a test can set, and its random numbers, which repeat for a seed.

use jiff::{SignedDuration, Timestamp};
use msgraph_presence_models::Guid;
use std::time::Duration;
use tokio::time::Instant;

/// A clock that can be set, stopped and advanced.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    state: State,
    /// True once the clock was set to a time; until then it was at most advanced.
    set: bool,
    source: Source,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Runs with its source, and is ahead of it by this span.
    Running(SignedDuration),

    /// Stopped at this time.
    Stopped(Timestamp),
}

/// The source of a running clock's time.
#[derive(Clone, Copy, Debug)]
enum Source {
    Machine,

    /// Tokio's clock, which a test may pause: a time, and the instant that it belongs to.
    Tokio(Timestamp, Instant),
}

impl Source {
    fn now(self) -> Timestamp {
        match self {
            Self::Machine => Timestamp::now(),
            Self::Tokio(time, at) => later(time, span(at.elapsed())),
        }
    }
}

impl Clock {
    /// A clock that shows the machine's time.
    pub(crate) const REAL: Self = Self {
        state: State::Running(SignedDuration::ZERO),
        set: false,
        source: Source::Machine,
    };

    /// The clock, running with tokio's from its time.
    pub(crate) fn following_tokio(self) -> Self {
        Self {
            state: State::Running(SignedDuration::ZERO),
            source: Source::Tokio(self.now(), Instant::now()),
            ..self
        }
    }

    /// The clock as it was at the start, for a reset.
    pub(crate) fn started_again(mut self) -> Self {
        if let Source::Tokio(time, at) = &mut self.source {
            *at = Instant::now();
            if !self.set {
                *time = Timestamp::now();
            }
        }
        self
    }

    /// A clock that is set to a time, and stopped.
    pub(crate) fn set_to(time: Timestamp) -> Self {
        Self {
            state: State::Stopped(time),
            set: true,
            source: Source::Machine,
        }
    }

    /// Sets the clock to a time, and stops it.
    pub(crate) fn set(&mut self, time: Timestamp) {
        self.state = State::Stopped(time);
        self.set = true;
    }

    /// The current time.
    pub(crate) fn now(self) -> Timestamp {
        match self.state {
            State::Running(ahead) => later(self.source.now(), ahead),
            State::Stopped(at) => at,
        }
    }

    pub(crate) fn is_running(self) -> bool {
        matches!(self.state, State::Running(_))
    }

    /// Lets the clock run on from its current time.
    pub(crate) fn run(&mut self) {
        let ahead = self.now().duration_since(self.source.now());
        self.state = State::Running(ahead);
    }

    /// Stops the clock at its current time.
    pub(crate) fn stop(&mut self) {
        self.state = State::Stopped(self.now());
    }

    /// Advances the clock. A running clock continues to run.
    pub(crate) fn advance(&mut self, by: Duration) {
        let by = span(by);
        self.state = match self.state {
            State::Running(ahead) => State::Running(ahead.saturating_add(by)),
            State::Stopped(at) => State::Stopped(later(at, by)),
        };
    }

    /// Converts a moment that a client has computed to this clock.
    ///
    /// The client uses the machine's clock. While this clock was only advanced, the moment is moved
    /// along: an expiry in 25 minutes there is in 25 minutes here. Once this clock was set, the
    /// moment is taken as it is.
    pub(crate) fn of_a_client(self, moment: Timestamp) -> Timestamp {
        match (self.state, self.source) {
            _ if self.set => moment,
            (State::Running(ahead), Source::Machine) => later(moment, ahead),
            _ => later(moment, self.now().duration_since(Timestamp::now())),
        }
    }
}

/// The duration as a signed one; the longest one instead of an overflow.
pub(crate) fn span(of: Duration) -> SignedDuration {
    SignedDuration::try_from(of).unwrap_or(SignedDuration::MAX)
}

/// Adds a span to a moment; the last or first moment instead of an overflow.
pub(crate) fn later(moment: Timestamp, by: SignedDuration) -> Timestamp {
    match moment.checked_add(by) {
        Ok(sum) => sum,
        Err(_) if by.is_negative() => Timestamp::MIN,
        Err(_) => Timestamp::MAX,
    }
}

/// A small pseudo-random generator, deterministic for a seed.
#[derive(Clone, Debug)]
pub(crate) struct SplitMix(pub(crate) u64);

impl SplitMix {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// The next GUID, in the form of a random one (version 4).
    pub(crate) fn guid(&mut self) -> Guid {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.next().to_be_bytes());
        bytes[8..].copy_from_slice(&self.next().to_be_bytes());
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Guid::from_bytes(bytes)
    }

    /// A number from 0 up to, not including, 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_of_a_client_moves_with_a_clock_that_was_only_advanced() {
        let minutes = |n| SignedDuration::from_mins(n);
        let moment = later(Timestamp::now(), minutes(25));
        for stopped in [false, true] {
            let mut clock = Clock::REAL;
            if stopped {
                clock.stop();
            }
            clock.advance(Duration::from_secs(3600));
            let lasts = clock.of_a_client(moment).duration_since(clock.now());
            let lasts_as_meant = (lasts - minutes(25)).abs() < minutes(1);
            assert!(lasts_as_meant, "{lasts}");
        }
        let mut clock = Clock::set_to(Timestamp::UNIX_EPOCH);
        clock.advance(Duration::from_secs(3600));
        assert_eq!(clock.of_a_client(moment), moment);
        clock.run();
        assert_eq!(clock.of_a_client(moment), moment);
    }

    #[test]
    fn no_span_is_too_long() {
        let mut clock = Clock::set_to(Timestamp::UNIX_EPOCH);
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
        let mut clock = Clock::REAL;
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
    }
}
