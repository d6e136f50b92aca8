//! When a watch asks for which users: groups and their times. Without any IO.

use super::table::Key;
use fastrand::Rng;
use std::time::Duration;
use tokio::time::Instant;

/// The most ids that one request can have: `maxItems` in the spec.
const CHUNK: usize = 650;

/// The wait before the first repeat after a failure. It doubles, up to the interval.
const FIRST_REPEAT: Duration = Duration::from_secs(1);

/// The shortest time between two requests for a user who is gone.
const RARELY: Duration = Duration::from_secs(600);

/// The longest `Retry-After` that is waited for.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

/// The part of the interval by which jitter moves a request.
const JITTER: f64 = 0.05;

/// The reads after which a user who is read separately goes back to the others.
const SEPARATE: u32 = 20;

/// The outcome of a request for a group.
pub(super) enum Outcome {
    /// There is a response with at least one of its users.
    Success,
    /// May succeed later; soon, if its cause is temporary.
    Failure {
        is_passing: bool,
        retry_after: Option<Duration>,
    },
    /// The only user of the group cannot be read.
    Gone,
    /// No repeat can succeed.
    Over,
}

impl Outcome {
    /// The time the service asks to wait.
    fn wait(&self) -> Option<Duration> {
        match *self {
            Self::Failure { retry_after, .. } => retry_after,
            _ => None,
        }
    }
}

/// Users who are read by one request.
struct Group {
    number: u64,
    users: Vec<Key>,
    /// The next time on the even grid of requests.
    slot: Instant,
    /// When it is asked for next; `None` when no request can succeed.
    due: Option<Instant>,
    is_under_way: bool,
    failures: u32,
    /// A user whom the service has refused or left out among others is read separately, this
    /// many times more.
    separate: u32,
}

pub(super) struct Schedule {
    interval: Duration,
    /// The factor by which a round is longer than the interval, as the client is slower after
    /// status 429.
    pub(super) slowdown: f64,
    /// The service allows no request earlier.
    held_until: Instant,
    groups: Vec<Group>,
    numbers: u64,
    rng: Rng,
}

impl Schedule {
    pub(super) fn new(interval: Duration, now: Instant, rng: Rng) -> Self {
        Self {
            interval,
            slowdown: 1.0,
            held_until: now,
            groups: Vec::new(),
            numbers: 0,
            rng,
        }
    }

    /// Adds users, who are asked for at once, and then spread evenly over the interval.
    pub(super) fn add(&mut self, keys: &[Key], now: Instant) {
        let (me, users): (Vec<Key>, Vec<Key>) = keys.iter().partition(|key| key.is_none());
        let parts = me.chunks(1).chain(users.chunks(CHUNK));
        let count = parts.clone().count().max(1) as f64;
        for (place, part) in parts.enumerate() {
            let part_of_interval = (place + 1) as f64 / count;
            let slot = now + self.period().mul_f64(part_of_interval);
            self.push(part.to_vec(), slot, now, 0);
        }
    }

    fn push(&mut self, users: Vec<Key>, slot: Instant, due: Instant, separate: u32) {
        self.numbers += 1;
        self.groups.push(Group {
            number: self.numbers,
            users,
            slot,
            due: Some(due),
            is_under_way: false,
            failures: 0,
            separate,
        });
    }

    pub(super) fn remove(&mut self, key: Key) {
        for group in &mut self.groups {
            group.users.retain(|user| *user != key);
        }
        self.groups.retain(|group| !group.users.is_empty());
    }

    /// Reads a user of a larger group separately from now on.
    pub(super) fn separate(&mut self, key: Key, now: Instant) {
        self.remove(key);
        let slot = now + self.period().mul_f64(self.rng.f64());
        self.push(vec![key], slot, slot, SEPARATE);
    }

    /// The group that is asked for now, if one is due.
    pub(super) fn next(&mut self, now: Instant) -> Option<(u64, Vec<Key>)> {
        if now < self.held_until {
            return None;
        }
        let idle = self.groups.iter_mut().filter(|group| !group.is_under_way);
        let due = idle.filter_map(|group| Some((group.due?, group)));
        let (due, group) = due.min_by_key(|(due, _)| *due)?;
        if due > now {
            return None;
        }
        group.is_under_way = true;
        let (number, mut users) = (group.number, group.users.clone());
        if group.joins() {
            // Users who were added since come along, as many as one request can have.
            self.groups.retain(|other| {
                let is_absorbed = !other.is_under_way
                    && other.joins()
                    && other.due.is_some()
                    && users.len() + other.users.len() <= CHUNK;
                if is_absorbed {
                    users.extend(&other.users);
                }
                !is_absorbed
            });
        }
        if let Some(group) = self.group(number) {
            group.users.clone_from(&users);
        }
        Some((number, users))
    }

    /// When something is due next; `None` when nothing is left that could be asked for.
    pub(super) fn due(&self) -> Option<Instant> {
        let idle = self.groups.iter().filter(|group| !group.is_under_way);
        let first = idle.filter_map(|group| group.due).min()?;
        Some(first.max(self.held_until))
    }

    pub(super) fn ended(&mut self, number: u64, outcome: Outcome, now: Instant) {
        if let Some(wait) = outcome.wait() {
            self.held_until = self.held_until.max(now + wait.min(LONGEST_WAIT));
        }
        let (period, random) = (self.period(), self.rng.f64());
        let jitter = self.interval.mul_f64(JITTER * random);
        let rarely = RARELY.max(self.interval).mul_f64(1.0 + random / 10.0);
        let Some(group) = self.group(number) else {
            return;
        };
        group.is_under_way = false;
        if group.slot <= now {
            let passed = now.saturating_duration_since(group.slot);
            group.slot += period.mul_f64(passed.div_duration_f64(period).floor() + 1.0);
        }
        let slot = group.slot + jitter;
        let failures = std::mem::take(&mut group.failures);
        group.due = match outcome {
            Outcome::Success => {
                group.separate = group.separate.saturating_sub(1);
                Some(slot)
            }
            Outcome::Failure {
                is_passing: true, ..
            } => {
                group.failures = failures.saturating_add(1);
                let repeat = FIRST_REPEAT.saturating_mul(2_u32.saturating_pow(failures));
                let is_soon = repeat < period;
                let repeat = now + repeat.min(period).mul_f64(0.5 + random / 2.0);
                Some(if is_soon { slot.min(repeat) } else { slot })
            }
            Outcome::Failure { .. } => Some(slot),
            Outcome::Gone => {
                group.separate = SEPARATE;
                Some(now + rarely)
            }
            Outcome::Over => None,
        };
    }

    /// Asks for all groups at once, after a time that the clock of the runtime has not seen.
    pub(super) fn ask_now(&mut self, unseen: Duration, now: Instant) {
        self.held_until = self.held_until.checked_sub(unseen).unwrap_or(now);
        for group in &mut self.groups {
            group.is_under_way = false;
            group.failures = 0;
            group.due = group.due.map(|_| now);
        }
    }

    fn group(&mut self, number: u64) -> Option<&mut Group> {
        self.groups.iter_mut().find(|group| group.number == number)
    }

    /// The time between two requests of a group, without jitter: together they are at most the
    /// interval.
    fn period(&self) -> Duration {
        self.interval.mul_f64((1.0 - JITTER) * self.slowdown)
    }
}

impl Group {
    /// Returns `true` if it may share its request with other users.
    fn joins(&self) -> bool {
        self.separate == 0 && self.users.iter().all(Option::is_some)
    }
}
