//! The queue of requests of one rate limit.

use crate::clock::{FOREVER, now};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};
use tokio::time::{Sleep, sleep_until};

/// The number of requests that leave at once, which is that of a batch.
const GROUP: f64 = 20.0;

/// The least number of periods in the window of a limit with enough requests.
const PERIODS: f64 = 10.0;

/// The largest slowdown after status 429, as a factor.
const SLOWEST: f64 = 16.0;

/// The wait after a 429 without `Retry-After`.
const WAIT: Duration = Duration::from_secs(1);

/// The limit of `Retry-After` for all requests.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

/// The time after its turn when a request that is not polled is skipped.
const GRACE: Duration = Duration::from_millis(100);

/// The requests of one limit, in the order of their turns.
///
/// The limiter has no task, and no lock is held while a request waits: each request has its own
/// timer for the earliest time of its turn.
pub(crate) struct Limiter {
    /// The number of requests that may leave in each period.
    group: usize,
    period: Duration,
    /// The window of the limit.
    window: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The ends of the periods of the last requests, in order: at most one group.
    ends: VecDeque<Instant>,
    /// The waiting requests, in order of their numbers.
    waiting: VecDeque<Waiting>,
    numbers: u64,
    held_until: Option<Instant>,
    slowdown: Option<Slowdown>,
}

struct Waiting {
    number: u64,
    /// The latest time of its next poll.
    until: Instant,
    waker: Waker,
}

/// The lasting effect of status 429.
struct Slowdown {
    factor: f64,
    /// The time of the 429.
    at: Instant,
    /// The time from which the factor shrinks.
    since: Instant,
}

impl Limiter {
    /// A limiter for this many requests, which may be less than one, in this many seconds.
    pub(super) fn new(requests: f64, seconds: u32) -> Self {
        let window = Duration::from_secs(seconds.into());
        let group = (requests / PERIODS).floor().clamp(1.0, GROUP);
        let periods = if requests >= 1.0 {
            (requests / group).floor()
        } else {
            requests
        };
        // Timers have a resolution of milliseconds, and are never early.
        let period = (window.as_secs_f64() / periods * 1000.0).ceil() / 1000.0;
        let period = Duration::try_from_secs_f64(period);
        Self {
            group: group as usize,
            period: period.unwrap_or(FOREVER).min(FOREVER),
            window,
            state: Mutex::default(),
        }
    }

    /// Waits until a request may leave. The caller must then send it.
    pub(crate) async fn turn(&self) {
        let mut place = Place {
            limiter: self,
            number: None,
        };
        let mut timer = None;
        poll_fn(|cx| place.poll(cx, &mut timer)).await;
    }

    /// Slows down after status 429 for a request sent at `sent`.
    pub(crate) fn throttled(&self, sent: Instant, retry_after: Option<Duration>, now: Instant) {
        let mut state = self.state();
        let wait = retry_after.unwrap_or(WAIT).min(LONGEST_WAIT);
        let held_until = state.held_until.map_or(now, |until| until.max(now));
        let held_until = held_until.max(now + wait);
        state.held_until = Some(held_until);
        let factor = state.slowdown(self.window, now);
        // Requests that were sent before the last slowdown do not slow down again.
        let is_same = |slow: &Slowdown| sent <= slow.at;
        match &mut state.slowdown {
            Some(slow) if is_same(slow) => slow.since = held_until,
            slow => {
                *slow = Some(Slowdown {
                    factor: (factor * 2.0).min(SLOWEST),
                    at: now,
                    since: held_until,
                });
            }
        }
    }

    /// The current slowdown as a factor, from 1 to 16.
    pub(crate) fn slowdown(&self, now: Instant) -> f64 {
        self.state().slowdown(self.window, now)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the turn of a request, or returns the time to ask again.
    fn ask(&self, number: &mut Option<u64>, now: Instant, waker: &Waker) -> Result<(), Instant> {
        let mut state = self.state();
        let state = &mut *state;
        while state.ends.front().is_some_and(|end| *end <= now) {
            state.ends.pop_front();
        }
        let free = self.group - state.ends.len();
        let mut place = state.place(number, now, waker);
        if place >= free {
            place -= state.skip_unpolled(place, self.group, now);
        }
        let held_until = state.held_until.filter(|until| *until > now);
        if place < free && held_until.is_none() {
            state.waiting.remove(place);
            *number = None;
            let period = self.period.mul_f64(state.slowdown(self.window, now));
            // The ends stay in order, even when the pace becomes faster.
            let end = (now + period).max(state.ends.back().copied().unwrap_or(now));
            state.ends.push_back(end);
            return Ok(());
        }
        let until = match place.checked_sub(free) {
            Some(after) => self.soonest(&state.ends, after, now),
            None => now,
        };
        let until = held_until.map_or(until, |held| held.max(until));
        state.waiting[place].until = until;
        Err(until)
    }

    /// The time of the turn of a request with this many before it that may not go now; earlier only
    /// if one of them is dropped.
    fn soonest(&self, ends: &VecDeque<Instant>, after: usize, now: Instant) -> Instant {
        let end = ends.get(after % self.group).copied();
        let periods = u32::try_from(after / self.group).unwrap_or(u32::MAX);
        let later = self.period.saturating_mul(periods).min(FOREVER);
        end.unwrap_or(now + self.period) + later
    }
}

impl State {
    /// The position of a request in the queue, which a new request joins.
    fn place(&mut self, number: &mut Option<u64>, now: Instant, waker: &Waker) -> usize {
        let number = *number.get_or_insert_with(|| {
            self.numbers += 1;
            self.numbers
        });
        let found = self.waiting.binary_search_by_key(&number, |one| one.number);
        match found {
            Ok(place) => self.waiting[place].waker.clone_from(waker),
            Err(place) => self.waiting.insert(
                place,
                Waiting {
                    number,
                    until: now,
                    waker: waker.clone(),
                },
            ),
        }
        found.unwrap_or_else(|place| place)
    }

    /// Removes unpolled requests at the front of the queue, before this place; returns their number.
    fn skip_unpolled(&mut self, place: usize, group: usize, now: Instant) -> usize {
        let (mut at, mut removed) = (0, 0);
        while at < group.min(place - removed) {
            if self.waiting[at].until + GRACE > now {
                at += 1;
                continue;
            }
            self.waiting.remove(at);
            removed += 1;
        }
        if removed > 0 {
            self.wake_from(0, now);
        }
        removed
    }

    /// Wakes the requests from this place on, because one before them has left the queue.
    fn wake_from(&mut self, place: usize, now: Instant) {
        for one in self.waiting.iter_mut().skip(place) {
            if one.until > now {
                one.until = now;
                one.waker.wake_by_ref();
            }
        }
    }

    fn slowdown(&self, window: Duration, now: Instant) -> f64 {
        self.slowdown.as_ref().map_or(1.0, |slow| {
            let passed = now.saturating_duration_since(slow.since);
            let windows = passed.div_duration_f64(window);
            (slow.factor * 0.9_f64.powf(windows)).max(1.0)
        })
    }
}

/// The place of a request in the queue, which it leaves when it is dropped.
struct Place<'l> {
    limiter: &'l Limiter,
    number: Option<u64>,
}

impl Place<'_> {
    fn poll(&mut self, cx: &mut Context<'_>, timer: &mut Option<Pin<Box<Sleep>>>) -> Poll<()> {
        loop {
            let Err(until) = self.limiter.ask(&mut self.number, now(), cx.waker()) else {
                return Poll::Ready(());
            };
            let until = until.into();
            let timer = timer.get_or_insert_with(|| Box::pin(sleep_until(until)));
            timer.as_mut().reset(until);
            if timer.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let Some(number) = self.number else { return };
        let mut state = self.limiter.state();
        let found = state
            .waiting
            .binary_search_by_key(&number, |one| one.number);
        if let Ok(place) = found {
            state.waiting.remove(place);
            state.wake_from(place, now());
        }
    }
}
