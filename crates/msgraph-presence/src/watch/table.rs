//! The users of a watch: turns responses and failures into events, without IO.

use super::event::{WatchEvent, WatchedPresence, WatchedUser};
use crate::{Error, Presence, UserId};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// A user of a watch; `None` is the signed-in user.
pub(super) type Key = Option<UserId>;

/// The number of presences in a row that are dropped because of a lower sequence number. The next
/// one is taken: the service has restarted the sequence.
const OLDER: u8 = 2;

/// The present time by both clocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    pub(super) instant: Instant,
    pub(super) wall: SystemTime,
}

/// The optional properties whose change is an event, and the time for which a change must last.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Compare {
    pub(super) status_message: bool,
    pub(super) work_location: bool,
    pub(super) out_of_office: bool,
    pub(super) settle: Duration,
}

impl Compare {
    fn is_same(&self, a: &Presence, b: &Presence) -> bool {
        a.availability == b.availability
            && a.activity == b.activity
            && (!self.status_message || a.status_message == b.status_message)
            && (!self.work_location || a.work_location == b.work_location)
            && (!self.out_of_office || a.out_of_office_settings == b.out_of_office_settings)
    }
}

/// The users, each with the last known presence.
pub(super) struct Table {
    compare: Compare,
    start: SystemTime,
    users: HashMap<Key, Entry>,
}

#[derive(Default)]
struct Entry {
    /// The presence of the last event, or a later one without a change.
    told: Option<Arc<Presence>>,
    /// A change that has not lasted long enough, and the time of its first read.
    pending: Option<(Arc<Presence>, Instant)>,
    read: Option<SystemTime>,
    error: Option<Arc<Error>>,
    is_gone: bool,
    /// The number of presences in a row with a lower sequence number.
    older: u8,
}

impl Table {
    pub(super) fn new(compare: Compare, start: SystemTime) -> Self {
        Self {
            compare,
            start,
            users: HashMap::new(),
        }
    }

    /// Adds a user. Returns `false` if the user is in the table already.
    pub(super) fn add(&mut self, key: Key) -> bool {
        let is_new = !self.users.contains_key(&key);
        self.users.entry(key).or_default();
        is_new
    }

    pub(super) fn remove(&mut self, key: Key) -> bool {
        self.users.remove(&key).is_some()
    }

    pub(super) fn len(&self) -> usize {
        self.users.len()
    }

    pub(super) fn contains(&self, key: Key) -> bool {
        self.users.contains_key(&key)
    }

    pub(super) fn get(&self, key: Key) -> Option<WatchedPresence> {
        self.users.get(&key).map(|entry| entry.known(key))
    }

    pub(super) fn all(&self) -> Vec<WatchedPresence> {
        let users = self.users.iter();
        users.map(|(key, entry)| entry.known(*key)).collect()
    }

    /// Takes the presences of one response. A user who was removed before the response is ignored.
    pub(super) fn read(
        &mut self,
        presences: impl IntoIterator<Item = (Key, Presence)>,
        now: Now,
        events: &mut impl Extend<WatchEvent>,
    ) {
        let (mut fresh, mut fresh_presences, mut changes) = (Vec::new(), Vec::new(), Vec::new());
        for (key, presence) in presences {
            let Some(entry) = self.users.get_mut(&key) else {
                continue;
            };
            entry.read = Some(now.wall);
            let was_gone = std::mem::take(&mut entry.is_gone);
            let was_stale = entry.error.take().is_some() && !was_gone;
            let change = entry.change(presence, now.instant, &self.compare);
            if was_stale && let Some(told) = &entry.told {
                fresh.push(entry.user(key));
                fresh_presences.push(told.clone());
            }
            if let Some((before, now)) = change {
                let user = entry.user(key);
                changes.push(WatchEvent::Changed { user, before, now });
            }
        }
        if !fresh.is_empty() {
            events.extend([WatchEvent::Fresh {
                users: fresh,
                presences: fresh_presences,
            }]);
        }
        events.extend(changes);
    }

    /// Takes a request that has failed. The event names the users who were neither stale nor gone.
    pub(super) fn failed(
        &mut self,
        keys: &[Key],
        error: &Arc<Error>,
        now: Now,
    ) -> Option<WatchEvent> {
        let (mut users, mut since) = (Vec::new(), now.wall);
        for key in keys {
            let Some(entry) = self.users.get_mut(key) else {
                continue;
            };
            let is_new = entry.error.replace(error.clone()).is_none();
            if is_new {
                users.push(entry.user(*key));
                since = since.min(entry.read.unwrap_or(self.start));
            }
        }
        let error = error.clone();
        let is_new = !users.is_empty();
        is_new.then_some(WatchEvent::Stale {
            users,
            since,
            error,
        })
    }

    /// Takes the refusal of one user. The event comes once.
    pub(super) fn gone(&mut self, key: Key, error: Arc<Error>) -> Option<WatchEvent> {
        let entry = self.users.get_mut(&key)?;
        let user = entry.user(key);
        let was_gone = std::mem::replace(&mut entry.is_gone, true);
        entry.error = Some(error.clone());
        (entry.told, entry.pending) = (None, None);
        (!was_gone).then_some(WatchEvent::Gone { user, error })
    }
}

impl Entry {
    fn user(&self, key: Key) -> WatchedUser {
        let id = |told: &Arc<Presence>| told.user_id().ok();
        match key {
            Some(id) => WatchedUser::User(id),
            None => WatchedUser::Me(self.told.as_ref().and_then(id)),
        }
    }

    fn known(&self, key: Key) -> WatchedPresence {
        WatchedPresence {
            user: self.user(key),
            presence: self.told.clone(),
            read: self.read,
            error: self.error.clone(),
        }
    }

    /// Takes a presence. Returns the presence before and the present one if that is a change.
    fn change(
        &mut self,
        presence: Presence,
        now: Instant,
        compare: &Compare,
    ) -> Option<(Option<Arc<Presence>>, Arc<Presence>)> {
        if self.is_older(&presence) {
            return None;
        }
        let presence = Arc::new(presence);
        let Some(told) = &self.told else {
            self.told = Some(presence.clone());
            return Some((None, presence));
        };
        if compare.is_same(told, &presence) {
            (self.told, self.pending) = (Some(presence), None);
            return None;
        }
        let held = match &self.pending {
            Some((pending, since)) if compare.is_same(pending, &presence) => *since,
            _ => now,
        };
        if now.saturating_duration_since(held) < compare.settle {
            self.pending = Some((presence, held));
            return None;
        }
        self.pending = None;
        let before = self.told.replace(presence.clone());
        Some((before, presence))
    }

    /// Returns `true` if the presence is to be dropped, because its sequence number is lower than
    /// that of the last one.
    fn is_older(&mut self, presence: &Presence) -> bool {
        let last = self.pending.as_ref().map(|(pending, _)| pending);
        let order = last
            .or(self.told.as_ref())
            .and_then(|last| presence.compare_version(last));
        self.older = match order {
            Some(Ordering::Less) if self.older < OLDER => self.older + 1,
            _ => 0,
        };
        self.older > 0
    }
}
