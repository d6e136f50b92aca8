//! How often and how soon a request is repeated.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// How often a request is repeated, and how long to wait before.
///
/// The default makes four attempts; the waits are drawn at random from zero to 1, 2 and 4
/// seconds, unless the service says how long to wait: then never less. What bounds a call in
/// time is its [timeout](crate::ClientBuilder::timeout), not this.
///
/// ```
/// use msgraph_runtime::RetryPolicy;
/// use std::time::Duration;
///
/// let patient = RetryPolicy::default().attempts(8).longest_wait(Duration::from_secs(60));
/// let impatient = RetryPolicy::none();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    pub(crate) attempts: u32,
    pub(crate) first_wait: Duration,
    pub(crate) longest_wait: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(30),
        }
    }
}

impl RetryPolicy {
    /// One attempt and no more.
    pub fn none() -> Self {
        Self::default().attempts(1)
    }

    /// How many attempts a call has, the first one counted. Zero is taken as one.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// The upper limit of the first random wait; it doubles with every further attempt.
    pub fn first_wait(mut self, wait: Duration) -> Self {
        self.first_wait = wait;
        self
    }

    /// The upper limit of all random waits. It does not limit what the service asks for.
    pub fn longest_wait(mut self, wait: Duration) -> Self {
        self.longest_wait = wait;
        self
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
        // Rounding may make the very longest durations longer than one can be.
        Duration::try_from_secs_f64(seconds).unwrap_or(limit)
    }
}

/// What all calls of a client may spend on repeats together, so that a storm cannot feed itself.
///
/// A repeat costs ten, a success earns one back: in the long run at most one request in
/// eleven is a repeat.
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

    /// Takes the cost of one repeat, if it is there.
    pub(crate) fn spend(&self) -> bool {
        let take = |balance: u32| balance.checked_sub(COST);
        let order = Ordering::Relaxed;
        self.balance.fetch_update(order, order, take).is_ok()
    }

    /// Earns for one success.
    pub(crate) fn earn(&self) {
        let order = Ordering::Relaxed;
        if self.balance.load(order) < self.limit {
            let add = |balance: u32| (balance < self.limit).then_some(balance + 1);
            // A full budget stays as it is.
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
