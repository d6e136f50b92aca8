//! The retry policy of a request, and the retry budget of a client.

use crate::cause::TEMPORARY_STATUSES;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The rules of retries: how many attempts, after which statuses, and how long to wait before each.
///
/// The default is four attempts with random waits of up to 1, 2 and 4 seconds, and never less than
/// `Retry-After`. The total time of a call is limited by its
/// [timeout](crate::ClientBuilder::timeout), not by the policy.
///
/// The statuses are data, and can be read and changed:
///
/// ```
/// # use msgraph_runtime as msgraph_presence;
/// use msgraph_presence::RetryPolicy;
/// use std::time::Duration;
///
/// let patient = RetryPolicy::default().attempts(8).longest_wait(Duration::from_secs(60));
/// let impatient = RetryPolicy::none();
///
/// assert!(patient.repeatable_statuses.contains(&502));
/// // The statuses of Microsoft's SDKs.
/// let like_the_sdks = RetryPolicy::default()
///     .repeatable_statuses(&[429, 503, 504])
///     .statuses(&[429, 503, 504]);
/// ```
///
/// Failures without a status follow the [table](crate#temporary-and-permanent-causes): if the cause
/// is temporary, a request that was not sent is repeated, and so is a repeatable operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// The number of attempts of a call, including the first. The default is 4; zero counts as one.
    pub attempts: u32,

    /// The upper limit of the first random wait; it doubles with every further attempt. The default
    /// is one second.
    pub first_wait: Duration,

    /// The upper limit of all random waits; `Retry-After` may be longer. The default is 30 seconds.
    pub longest_wait: Duration,

    /// The statuses after which a [repeatable](crate::Operation::repeatable) operation is sent
    /// again. The default is every temporary status: 408, 425, 429, 500, 502, 503, 504, 509 and
    /// 511.
    pub repeatable_statuses: &'static [u16],

    /// The statuses after which any operation is sent again, because they mean that the request was
    /// not carried out. The default is 429.
    pub statuses: &'static [u16],

    /// The statuses that mean this only with a `Retry-After`. The default is 503.
    pub deferred_statuses: &'static [u16],
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(30),
            repeatable_statuses: &TEMPORARY_STATUSES,
            statuses: &[429],
            deferred_statuses: &[503],
        }
    }
}

impl RetryPolicy {
    /// The policy of one attempt, without retries.
    pub fn none() -> Self {
        Self::default().attempts(1)
    }

    /// Sets [`attempts`](Self#structfield.attempts).
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Sets [`first_wait`](Self#structfield.first_wait).
    pub fn first_wait(mut self, wait: Duration) -> Self {
        self.first_wait = wait;
        self
    }

    /// Sets [`longest_wait`](Self#structfield.longest_wait).
    pub fn longest_wait(mut self, wait: Duration) -> Self {
        self.longest_wait = wait;
        self
    }

    /// Sets [`repeatable_statuses`](Self#structfield.repeatable_statuses).
    pub fn repeatable_statuses(mut self, statuses: &'static [u16]) -> Self {
        self.repeatable_statuses = statuses;
        self
    }

    /// Sets [`statuses`](Self#structfield.statuses).
    pub fn statuses(mut self, statuses: &'static [u16]) -> Self {
        self.statuses = statuses;
        self
    }

    /// Sets [`deferred_statuses`](Self#structfield.deferred_statuses).
    pub fn deferred_statuses(mut self, statuses: &'static [u16]) -> Self {
        self.deferred_statuses = statuses;
        self
    }

    /// Returns `true` if a request is sent again after this status; `is_deferred` is `true` for a
    /// response with `Retry-After`.
    pub(crate) fn repeats(&self, status: u16, is_repeatable: bool, is_deferred: bool) -> bool {
        is_repeatable && self.repeatable_statuses.contains(&status)
            || self.statuses.contains(&status)
            || is_deferred && self.deferred_statuses.contains(&status)
    }

    /// The random wait before repeat number `repeat`, counted from one: full jitter.
    ///
    /// `random` is from zero to one.
    pub(crate) fn backoff(&self, repeat: u32, random: f64) -> Duration {
        let doubled = 2_u32.saturating_pow(repeat.saturating_sub(1));
        let limit = self
            .first_wait
            .saturating_mul(doubled)
            .min(self.longest_wait);
        let seconds = limit.as_secs_f64() * random.clamp(0.0, 1.0);
        // Rounding may exceed the longest duration.
        Duration::try_from_secs_f64(seconds).unwrap_or(limit)
    }
}

/// The retry budget that all calls of a client share, so that retries do not keep a failing service
/// busy.
///
/// A repeat costs ten units, a success earns one: in the long run at most one request in eleven is
/// a repeat.
#[derive(Debug)]
pub(crate) struct RetryBudget {
    balance: AtomicU32,
    limit: u32,
}

const COST: u32 = 10;

impl RetryBudget {
    /// A budget that allows this many repeats in a row.
    pub(crate) fn new(repeats: u32) -> Self {
        let limit = repeats.saturating_mul(COST);
        Self {
            balance: AtomicU32::new(limit),
            limit,
        }
    }

    /// Takes the cost of one repeat; returns `false` if the budget is used up.
    pub(crate) fn spend(&self) -> bool {
        let take = |balance: u32| balance.checked_sub(COST);
        let order = Ordering::Relaxed;
        self.balance.fetch_update(order, order, take).is_ok()
    }

    /// Earns one unit for a success.
    pub(crate) fn earn(&self) {
        let order = Ordering::Relaxed;
        if self.balance.load(order) < self.limit {
            let add = |balance: u32| (balance < self.limit).then_some(balance + 1);
            // A full budget does not change.
            let _ = self.balance.fetch_update(order, order, add);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_random_up_to_a_limit_that_doubles() {
        let policy = RetryPolicy::default();
        let cases = [
            (1, 0.0, 0),
            (1, 1.0, 1000),
            (2, 1.0, 2000),
            (2, 0.25, 500),
            (3, 1.0, 4000),
            (6, 1.0, 30_000),
            (u32::MAX, 1.0, 30_000),
        ];
        for (repeat, random, milliseconds) in cases {
            let wait = policy.backoff(repeat, random);
            assert_eq!(
                wait,
                Duration::from_millis(milliseconds),
                "{repeat} {random}"
            );
        }
    }

    #[test]
    fn the_longest_waits_are_no_overflow() {
        let longest = RetryPolicy::default()
            .first_wait(Duration::MAX)
            .longest_wait(Duration::MAX);
        assert_eq!(longest.backoff(u32::MAX, 1.0), Duration::MAX);
        assert_eq!(longest.backoff(1, f64::NAN), Duration::MAX);
    }

    #[test]
    fn the_budget_is_spent_by_repeats_and_earned_by_successes() {
        let budget = RetryBudget::new(2);
        assert!(budget.spend() && budget.spend() && !budget.spend());
        for _ in 0..9 {
            budget.earn();
        }
        assert!(!budget.spend());
        budget.earn();
        assert!(budget.spend() && !budget.spend());
        for _ in 0..1000 {
            budget.earn();
        }
        assert!(budget.spend() && budget.spend() && !budget.spend());
    }
}
