//! The pace of a client: its share of the documented rate limits.

mod limiter;

pub(crate) use limiter::Limiter;

use crate::operation::{Operation, RateLimit};
use std::sync::{Arc, Mutex, PoisonError};

/// The part of the documented rate limits that the requests of a client may use.
///
/// [`ClientBuilder::pace`](crate::ClientBuilder::pace) sets it for everything that a client and
/// its clones send. [`Request::paced`](crate::Request::paced) asks for it for one request.
///
/// ```
/// # use msgraph_runtime as msgraph_presence;
/// use msgraph_presence::{Client, Pace};
///
/// // Three processes use four fifths of the limit together.
/// let pace = Pace::default().share(0.8).processes(3);
/// let builder = Client::builder().token("eyJ0eXAiOiJKV1Qi").pace(pace);
/// ```
///
/// # The rules
///
/// - The limit is that of the [operation](Operation::rate_limit), such as 1,500 requests in 30
///   seconds. Operations with an equal limit use one limit together. An operation without one is
///   sent at once.
/// - Each attempt is a request: repeats, pages, followed redirects and each request of a
///   [`Batch`](crate::Batch).
/// - Up to 20 requests leave at once (fewer if the share of the limit is less than 20), and as many
///   again after a period: with the default and a limit of 1,500 in 30 seconds, 20 requests every
///   0.811 seconds. No window of the limit's length has more requests than the share.
/// - Requests wait in order of arrival, within the [timeout](crate::ClientBuilder::timeout) of their
///   call. If the timeout ends first, the error has the kind
///   [`Timeout`](crate::ErrorKind::Timeout), and nothing was sent; for a repeat, the error is that of
///   the attempt before.
///   A call that is dropped while it waits gives its turn to the next. A call that is not polled at
///   its turn is skipped, and goes before all others when it is polled again.
/// - After status 429 all requests wait for its `Retry-After`, or one second without it. Then they
///   are sent at half the pace, after another 429 at a quarter, down to a sixteenth. The slowdown
///   shrinks by a tenth in each window of the limit (30 seconds).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    share: f64,
    processes: u32,
}

impl Default for Pace {
    /// Half of the limit, for one process.
    fn default() -> Self {
        Self {
            share: 0.5,
            processes: 1,
        }
    }
}

impl Pace {
    /// The share of the limit that all processes use together, from 0.001 to 1. The default is 0.5.
    /// A value outside this range becomes the nearest one in it.
    ///
    /// With a share of 1, a 429 is possible: the windows of the service are not known, and the
    /// network delays requests.
    pub fn share(mut self, share: f64) -> Self {
        // NaN counts as the smallest share.
        self.share = if share > 0.001 { share.min(1.0) } else { 0.001 };
        self
    }

    /// The number of processes that divide the share evenly. The default is 1; zero counts as one.
    ///
    /// The limits are for an application in a tenant: count each process that signs in as this
    /// application there, and each client with its own pace in one process.
    pub fn processes(mut self, processes: u32) -> Self {
        self.processes = processes.max(1);
        self
    }

    /// The number of requests of a limit for this client, which may be less than one.
    fn part_of(self, limit: RateLimit) -> f64 {
        f64::from(limit.requests) * self.share / f64::from(self.processes)
    }
}

/// The pace of a client, with a limiter for each limit.
pub(crate) struct Pacer {
    pace: Pace,
    is_for_all: bool,
    limiters: Mutex<Vec<(RateLimit, Arc<Limiter>)>>,
}

impl Pacer {
    /// Paces all requests; with `None`, at the default pace those that ask for it.
    pub(crate) fn new(pace: Option<Pace>) -> Self {
        Self {
            pace: pace.unwrap_or_default(),
            is_for_all: pace.is_some(),
            limiters: Mutex::default(),
        }
    }

    /// The limiter at which a request of this operation waits for its turn, if there is one.
    pub(crate) fn limiter(
        &self,
        operation: &Operation,
        is_asked_for: bool,
    ) -> Option<Arc<Limiter>> {
        if self.is_for_all || is_asked_for {
            self.limiter_of(operation)
        } else {
            None
        }
    }

    pub(crate) fn limiter_of(&self, operation: &Operation) -> Option<Arc<Limiter>> {
        let is_some = |limit: &RateLimit| limit.requests > 0 && limit.seconds > 0;
        let limit = operation.rate_limit.filter(is_some)?;
        let mut limiters = self.limiters.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, limiter)) = limiters.iter().find(|(known, _)| *known == limit) {
            return Some(limiter.clone());
        }
        let limiter = Arc::new(Limiter::new(self.pace.part_of(limit), limit.seconds));
        limiters.push((limit, limiter.clone()));
        Some(limiter)
    }
}
