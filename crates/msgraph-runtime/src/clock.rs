//! Time: moments on both clocks, and futures with a time limit.

use std::time::{Duration, Instant, SystemTime};
use tokio::time::timeout_at;

/// The instant after a wait; `None` if it is too far away for a timer.
pub(crate) fn later(now: Instant, wait: Duration) -> Option<Instant> {
    now.checked_add(wait).filter(|_| wait < FOREVER)
}

/// A hundred years. Timers round up, and panic at the very end of the clock.
pub(crate) const FOREVER: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// The moment of an event on both clocks, with a random number from zero to one.
#[derive(Clone, Copy)]
pub(crate) struct Moment {
    pub(crate) now: Instant,
    pub(crate) wall: SystemTime,
    pub(crate) random: f64,
}

/// The time of the runtime's clock, which tests can stop.
pub(crate) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// The present moment.
pub(crate) fn moment() -> Moment {
    Moment {
        now: now(),
        wall: SystemTime::now(),
        random: fastrand::f64(),
    }
}

/// Waits for the future until a deadline; `None` if it is not ready by then.
pub(crate) async fn within<F: Future>(until: Option<Instant>, future: F) -> Option<F::Output> {
    match until {
        Some(until) => timeout_at(until.into(), future).await.ok(),
        None => Some(future.await),
    }
}
