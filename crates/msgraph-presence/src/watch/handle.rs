//! The state that a watch and its handles share: the users, the schedule, and the changes by
//! responses.

use super::Reading;
use super::event::{WatchEvent, WatchedPresence};
use super::schedule::{Outcome, Schedule};
use super::table::{Key, Now, Table};
use crate::{Error, ErrorKind, Presences, UserId};
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use tokio::time::Instant;

/// Adds and removes the users of a running [`Watch`](crate::Watch), and gives their last known
/// presence. Clones are the same handle.
#[derive(Clone)]
pub struct WatchHandle(Arc<Mutex<State>>);

pub(super) struct State {
    pub(super) table: Table,
    pub(super) schedule: Schedule,
    /// Wakes the stream while it waits.
    pub(super) waker: Option<Waker>,
}

impl WatchHandle {
    pub(super) fn new(table: Table, schedule: Schedule) -> Self {
        Self(Arc::new(Mutex::new(State {
            table,
            schedule,
            waker: None,
        })))
    }

    /// Adds users, who are read at once. A stream that has ended goes on when it is polled.
    pub fn add(&self, ids: impl IntoIterator<Item = UserId>) {
        self.add_keys(ids.into_iter().map(Some));
    }

    /// Removes a user, who has no further events. Returns `false` if the user is not watched.
    pub fn remove(&self, id: UserId) -> bool {
        let mut state = self.state();
        state.schedule.remove(Some(id));
        let is_known = state.table.remove(Some(id));
        state.wake();
        is_known
    }

    /// Returns the last known presence of the signed-in user; `None` if the user is not watched.
    pub fn me(&self) -> Option<WatchedPresence> {
        self.state().table.get(None)
    }

    /// Returns the last known presence of a user; `None` if the user is not watched.
    pub fn user(&self, id: UserId) -> Option<WatchedPresence> {
        self.state().table.get(Some(id))
    }

    /// Returns the last known presence of each user, in no particular order.
    pub fn all(&self) -> Vec<WatchedPresence> {
        self.state().table.all()
    }

    pub(super) fn add_keys(&self, keys: impl IntoIterator<Item = Key>) {
        let keys: Vec<Key> = keys.into_iter().collect();
        let mut state = self.state();
        let new = keys.into_iter().filter(|key| state.table.add(*key));
        let new: Vec<Key> = new.collect();
        state.schedule.add(&new, Instant::now());
        state.wake();
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for WatchHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WatchHandle").finish_non_exhaustive()
    }
}

impl State {
    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// Takes the result of a request for a group: events for the users, the next time for the
    /// group.
    pub(super) fn take(
        &mut self,
        group: u64,
        keys: &[Key],
        reading: Reading,
        now: Now,
        events: &mut VecDeque<WatchEvent>,
    ) {
        let outcome = match reading {
            Reading::One(Ok(presence)) => {
                let read = keys.iter().copied().zip([*presence]);
                self.table.read(read, now, events);
                Outcome::Success
            }
            Reading::One(Err(error)) => {
                let is_gone = error.is_not_found() || error.is_forbidden();
                let error = Arc::new(error);
                match keys {
                    [key] if is_gone => {
                        events.extend(self.table.gone(*key, error));
                        Outcome::Gone
                    }
                    _ => {
                        events.extend(self.table.failed(keys, &error, now));
                        outcome(&error)
                    }
                }
            }
            Reading::Several(presences) => self.take_several(presences, now, events),
        };
        self.schedule.ended(group, outcome, now.instant);
    }

    fn take_several(
        &mut self,
        presences: Presences,
        now: Now,
        events: &mut VecDeque<WatchEvent>,
    ) -> Outcome {
        let found = presences.found.into_iter();
        let found = found.map(|(id, presence)| (Some(id), presence));
        self.table.read(found, now, events);
        let mut worst = Outcome::Success;
        for failure in presences.failed {
            let is_temporary = failure.error.is_retryable() || failure.error.is_unauthorized();
            match *failure.ids {
                // A request for this user only gives the reason.
                [id] if !is_temporary => self.separate(id, now),
                _ => {
                    let keys: Vec<Key> = failure.ids.into_iter().map(Some).collect();
                    let error = Arc::new(failure.error);
                    events.extend(self.table.failed(&keys, &error, now));
                    worst = outcome(&error);
                }
            }
        }
        for id in presences.missing {
            self.separate(id, now);
        }
        worst
    }

    fn separate(&mut self, id: UserId, now: Now) {
        if self.table.contains(Some(id)) {
            self.schedule.separate(Some(id), now.instant);
        }
    }
}

/// The effect of a failure on the next request.
fn outcome(error: &Error) -> Outcome {
    let retry_after = error.retry_after();
    // A throttled request is not retried before the next round.
    let is_temporary = error.is_retryable() && !error.is_throttled();
    match error.kind() {
        ErrorKind::Configuration | ErrorKind::Request => Outcome::Permanent,
        _ => Outcome::Failure {
            is_temporary,
            retry_after,
        },
    }
}
