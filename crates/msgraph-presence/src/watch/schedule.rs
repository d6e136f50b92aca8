//! The schedule of a watch: groups of users, each read by one request, and their times. Without IO.

use super::table::Key;
use crate::presences_of::CHUNK;
use fastrand::Rng;
use std::time::Duration;
use tokio::time::Instant;

/// The wait before the first retry after a failure. It doubles, up to the interval.
const FIRST_RETRY: Duration = Duration::from_secs(1);

/// The shortest time between two requests for a user who is gone.
const GONE_INTERVAL: Duration = Duration::from_secs(600);

/// The longest `Retry-After` that is honoured.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

/// The largest jitter of a request, as a share of the interval.
const JITTER: f64 = 0.05;

/// The number of reads after which a user who is read separately rejoins the others.
const SEPARATE_READS: u32 = 20;

/// The outcome of a request for a group.
pub(super) enum Outcome {
    /// The response has at least one of the users.
    Success,
    /// The request failed. A temporary cause is retried soon, any other in the next round.
    Failure {
        is_temporary: bool,
        retry_after: Option<Duration>,
    },
    /// The only user of the group cannot be read.
    Gone,
    /// No retry can succeed.
    Permanent,
}

impl Outcome {
    /// The wait that the service asks for.
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
    /// The next regular time, without jitter and retries.
    slot: Instant,
    /// The time of the next request; `None` when no request can succeed.
    due: Option<Instant>,
    is_in_flight: bool,
    /// The number of failures in a row.
    failures: u32,
    /// The number of reads that this group does not share: the service has refused its user in a
    /// request for several, or left the user out.
    separate: u32,
}

/// The groups of a watch, and the limits on their times.
pub(super) struct Schedule {
    interval: Duration,
    /// The factor by which a round is longer than the interval: the client is slower after status
    /// 429.
    pub(super) slowdown: f64,
    /// The end of the last `Retry-After`.
    held_until: Instant,
    groups: Vec<Group>,
    last_number: u64,
    rng: Rng,
}

impl Schedule {
    pub(super) fn new(interval: Duration, now: Instant, rng: Rng) -> Self {
        Self {
            interval,
            slowdown: 1.0,
            held_until: now,
            groups: Vec::new(),
            last_number: 0,
            rng,
        }
    }

    /// Adds users, who are read at once, and later spread evenly over the interval.
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
        self.last_number += 1;
        self.groups.push(Group {
            number: self.last_number,
            users,
            slot,
            due: Some(due),
            is_in_flight: false,
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
        self.push(vec![key], slot, slot, SEPARATE_READS);
    }

    /// Returns the number and the users of the group to read now, if one is due.
    pub(super) fn next(&mut self, now: Instant) -> Option<(u64, Vec<Key>)> {
        if now < self.held_until {
            return None;
        }
        let idle = self.groups.iter_mut().filter(|group| !group.is_in_flight);
        let due = idle.filter_map(|group| Some((group.due?, group)));
        let (due, group) = due.min_by_key(|(due, _)| *due)?;
        if due > now {
            return None;
        }
        group.is_in_flight = true;
        let (number, mut users) = (group.number, group.users.clone());
        if group.joins() {
            // Groups that were added since join this one, up to the limit of a request.
            self.groups.retain(|other| {
                let is_absorbed = !other.is_in_flight
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

    /// Returns the time of the next request; `None` when no request is left to send.
    pub(super) fn due(&self) -> Option<Instant> {
        let idle = self.groups.iter().filter(|group| !group.is_in_flight);
        let first = idle.filter_map(|group| group.due).min()?;
        Some(first.max(self.held_until))
    }

    /// Takes the outcome of a request, and sets the time of the next one.
    pub(super) fn ended(&mut self, number: u64, outcome: Outcome, now: Instant) {
        if let Some(wait) = outcome.wait() {
            self.held_until = self.held_until.max(now + wait.min(LONGEST_WAIT));
        }
        let (period, random) = (self.period(), self.rng.f64());
        let jitter = self.interval.mul_f64(JITTER * random);
        let gone_interval = GONE_INTERVAL
            .max(self.interval)
            .mul_f64(1.0 + random / 10.0);
        let Some(group) = self.group(number) else {
            return;
        };
        group.is_in_flight = false;
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
                is_temporary: true, ..
            } => {
                group.failures = failures.saturating_add(1);
                let wait = FIRST_RETRY.saturating_mul(2_u32.saturating_pow(failures));
                let retry = now + wait.min(period).mul_f64(0.5 + random / 2.0);
                Some(if wait < period { slot.min(retry) } else { slot })
            }
            Outcome::Failure { .. } => Some(slot),
            Outcome::Gone => {
                group.separate = SEPARATE_READS;
                Some(now + gone_interval)
            }
            Outcome::Permanent => None,
        };
    }

    /// Makes all groups due now, after a time that the clock of the runtime has not counted.
    pub(super) fn read_now(&mut self, unseen: Duration, now: Instant) {
        self.held_until = self.held_until.checked_sub(unseen).unwrap_or(now);
        for group in &mut self.groups {
            group.is_in_flight = false;
            group.failures = 0;
            group.due = group.due.map(|_| now);
        }
    }

    fn group(&mut self, number: u64) -> Option<&mut Group> {
        self.groups.iter_mut().find(|group| group.number == number)
    }

    /// The time between two requests of a group. With jitter it is at most the interval, times the
    /// slowdown.
    fn period(&self) -> Duration {
        self.interval.mul_f64((1.0 - JITTER) * self.slowdown)
    }
}

impl Group {
    /// Returns `true` if the group may share its request with others.
    fn joins(&self) -> bool {
        self.separate == 0 && self.users.iter().all(Option::is_some)
    }
}
