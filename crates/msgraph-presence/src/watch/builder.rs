//! The builder of a watch: users, interval, and the properties whose change is an event.

use super::handle::WatchHandle;
use super::schedule::Schedule;
use super::table::{Compare, Key, Now, Table};
use super::{LONGEST_TICK, SHORTEST_TICK, Wall, Watch};
use crate::{Client, UserId};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// The default interval.
const INTERVAL: Duration = Duration::from_secs(30);

/// Builds a [`Watch`]: users, interval, and the properties whose change is an event.
#[must_use = "nothing is watched until `start` is called and its stream is polled"]
#[derive(Clone, Debug)]
pub struct WatchBuilder {
    client: Client,
    keys: Vec<Key>,
    interval: Duration,
    compare: Compare,
}

impl WatchBuilder {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client,
            keys: Vec::new(),
            interval: INTERVAL,
            compare: Compare::default(),
        }
    }

    /// Watches the signed-in user.
    pub fn me(mut self) -> Self {
        self.keys.push(None);
        self
    }

    /// Watches a user.
    pub fn user(self, id: UserId) -> Self {
        self.users([id])
    }

    /// Watches users. Duplicates are ignored.
    pub fn users(mut self, ids: impl IntoIterator<Item = UserId>) -> Self {
        self.keys.extend(ids.into_iter().map(Some));
        self
    }

    /// Sets the interval: the longest time between two reads of a user while the service responds.
    ///
    /// 30 seconds by default. A value below 10 milliseconds or above a day becomes that limit.
    pub fn every(mut self, interval: Duration) -> Self {
        self.interval = interval.clamp(Duration::from_millis(10), Duration::from_secs(24 * 3600));
        self
    }

    /// Reports a change only when it has lasted for this time (debouncing); zero by default.
    ///
    /// A short `InACall` is then no event. A read confirms the change: any time up to the interval
    /// takes one more read.
    pub fn settle(mut self, time: Duration) -> Self {
        self.compare.settle = time;
        self
    }

    /// Reports changes of the status message as well.
    pub fn with_status_message(mut self) -> Self {
        self.compare.status_message = true;
        self
    }

    /// Reports changes of the work location as well.
    pub fn with_work_location(mut self) -> Self {
        self.compare.work_location = true;
        self
    }

    /// Reports changes of the out-of-office settings as well.
    pub fn with_out_of_office(mut self) -> Self {
        self.compare.out_of_office = true;
        self
    }

    /// Returns the stream. It sends no request until it is polled.
    pub fn start(self) -> Watch {
        self.start_with(Arc::new(SystemTime::now), fastrand::Rng::new())
    }

    pub(super) fn start_with(self, wall: Wall, rng: fastrand::Rng) -> Watch {
        let now = Now {
            instant: Instant::now(),
            wall: wall(),
        };
        let schedule = Schedule::new(self.interval, now.instant, rng);
        let handle = WatchHandle::new(Table::new(self.compare, now.wall), schedule);
        handle.add_keys(self.keys);
        Watch {
            client: self.client,
            handle,
            calls: Vec::new(),
            events: VecDeque::new(),
            timer: None,
            tick: (self.interval / 6).clamp(SHORTEST_TICK, LONGEST_TICK),
            wall,
            last: now,
        }
    }
}
