//! The builder of a watch: users, interval, what counts as a change.

use super::handle::WatchHandle;
use super::schedule::Schedule;
use super::table::{Compare, Key, Now, Table};
use super::{LONGEST_TICK, SHORTEST_TICK, Wall, Watch};
use crate::{Client, UserId};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// The interval where the program names none.
const INTERVAL: Duration = Duration::from_secs(30);

/// Builds a [`Watch`]: users, interval, what counts as a change.
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

    /// Watches users. One who comes twice is watched once.
    pub fn users(mut self, ids: impl IntoIterator<Item = UserId>) -> Self {
        self.keys.extend(ids.into_iter().map(Some));
        self
    }

    /// The longest time between two reads of a user while the service responds; 30 seconds by
    /// default, from 10 milliseconds to a day.
    pub fn every(mut self, interval: Duration) -> Self {
        self.interval = interval.clamp(Duration::from_millis(10), Duration::from_secs(24 * 3600));
        self
    }

    /// Tells a change only when reads have shown it for this long; zero by default. It damps
    /// values that come and go, such as a short `InACall`.
    ///
    /// A change is confirmed by a read, so that any time up to the interval takes one more read.
    pub fn settle(mut self, time: Duration) -> Self {
        self.compare.settle = time;
        self
    }

    /// Tells changes of the status message, too.
    pub fn with_status_message(mut self) -> Self {
        self.compare.status_message = true;
        self
    }

    /// Tells changes of the work location, too.
    pub fn with_work_location(mut self) -> Self {
        self.compare.work_location = true;
        self
    }

    /// Tells changes of the out of office settings, too.
    pub fn with_out_of_office(mut self) -> Self {
        self.compare.out_of_office = true;
        self
    }

    /// Returns the stream. It sends nothing before it is polled.
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
