//! The requests of one limit: who is next, and when.

use crate::clock::{FOREVER, now};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};
use tokio::time::{Sleep, sleep_until};

/// The number of requests that leave at once: as many as a batch has.
const GROUP: f64 = 20.0;

/// The least number of periods in the time of a limit that has enough requests.
const PERIODS: f64 = 10.0;

/// The largest factor by which it becomes slower after status 429.
const SLOWEST: f64 = 16.0;

/// The wait after a 429 that says nothing of it.
const WAIT: Duration = Duration::from_secs(1);

/// The longest `Retry-After` that all requests wait for.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

/// The time after its turn at which a request that is not polled is skipped.
const GRACE: Duration = Duration::from_millis(100);

/// The requests of one limit, in the order of their turns.
///
/// The limiter has no task, and no lock is held while a request waits: each waiting request has a
/// timer of its own for the time at which its turn comes at the soonest.
pub(crate) struct Limiter {
    /// The number of requests that may leave in each period.
    group: usize,
    period: Duration,
    /// The time of the limit.
    window: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// When each of the last requests has been sent for a period: at most a group of them, in
    /// order.
    ends: VecDeque<Instant>,
    /// Those that wait, by their numbers.
    waiting: VecDeque<Waiting>,
    numbers: u64,
    held_until: Option<Instant>,
    slowdown: Option<Slowdown>,
}

struct Waiting {
    number: u64,
    /// When it is polled again, at the latest.
    until: Instant,
    waker: Waker,
}

/// The lasting effect of status 429.
struct Slowdown {
    factor: f64,
    /// When it began.
    at: Instant,
    /// When it begins to pass.
    since: Instant,
}

impl Limiter {
    /// A limiter for so many requests, which may be less than one, in so many seconds.
    pub(super) fn new(requests: f64, seconds: u32) -> Self {
        let window = Duration::from_secs(seconds.into());
        let group = (requests / PERIODS).floor().clamp(1.0, GROUP);
        let periods = if requests >= 1.0 {
            (requests / group).floor()
        } else {
            requests
        };
        // Timers have milliseconds, and are never early.
        let period = (window.as_secs_f64() / periods * 1000.0).ceil() / 1000.0;
        let period = Duration::try_from_secs_f64(period);
        Self {
            group: group as usize,
            period: period.unwrap_or(FOREVER).min(FOREVER),
            window,
            state: Mutex::default(),
        }
    }

    /// Waits until a request may leave. It must leave then.
    pub(crate) async fn turn(&self) {
        let mut place = Place {
            limiter: self,
            number: None,
        };
        let mut timer = None;
        poll_fn(|cx| place.poll(cx, &mut timer)).await;
    }

    /// The service has answered a request with status 429.
    pub(crate) fn throttled(&self, sent: Instant, retry_after: Option<Duration>, now: Instant) {
        let mut state = self.state();
        let wait = retry_after.unwrap_or(WAIT).min(LONGEST_WAIT);
        let held_until = state.held_until.map_or(now, |until| until.max(now));
        let held_until = held_until.max(now + wait);
        state.held_until = Some(held_until);
        let factor = state.slowdown(self.window, now);
        // Requests that were under way together are throttled together.
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

    /// The factor by which it is slower than usual, from 1 to 16.
    pub(crate) fn slowdown(&self, now: Instant) -> f64 {
        self.state().slowdown(self.window, now)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the turn of a request, or gives the time at which it asks again.
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
            // They stay in order, also when the pace becomes quicker.
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

    /// When the request comes to its turn that has so many before it, beside those that may go now;
    /// sooner only if one of them gives up.
    fn soonest(&self, ends: &VecDeque<Instant>, after: usize, now: Instant) -> Instant {
        let end = ends.get(after % self.group).copied();
        let periods = u32::try_from(after / self.group).unwrap_or(u32::MAX);
        let later = self.period.saturating_mul(periods).min(FOREVER);
        end.unwrap_or(now + self.period) + later
    }
}

impl State {
    /// The number of those before this request. It gets a place, if it has none.
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

    /// Removes those at the front and before this place that are not polled; says how many.
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

    /// Lets those from this place on ask anew, for somebody before them has gone.
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

/// The place of one request in a limiter, which it gives up when it is dropped.
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
