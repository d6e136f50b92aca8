//! The emulated service: its users, what they have done, and how it is set up.

use super::account::Account;
use super::session::{Session, SessionId};
use super::throttle::Throttle;
use crate::doubt::{Doubt, Doubts};
use crate::user::User;
use jiff::Timestamp;
use msgraph_presence_models::{Cloud, UserId};
use std::collections::HashMap;

/// The documented limit of the operation's page, in 30 seconds.
const LIMIT: u32 = 1_500;

/// The limit of the throttling page, in 30 seconds.
const OTHER_LIMIT: u32 = 10_000;

/// Documented sequence numbers start about here.
const FIRST_SEQUENCE: u64 = 129_311_063;

/// The state of the service.
#[derive(Debug)]
pub(crate) struct Service {
    pub(super) accounts: HashMap<UserId, Account>,
    order: Vec<UserId>,
    sessions: u64,
    pub(super) sequence: u64,
    pub(crate) cloud: Cloud,
    pub(super) doubts: Doubts,
    throttled: bool,
    pub(super) throttle: Throttle,
}

impl Service {
    pub(crate) fn new(cloud: Cloud) -> Self {
        Self {
            accounts: HashMap::new(),
            order: Vec::new(),
            sessions: 0,
            sequence: FIRST_SEQUENCE,
            cloud,
            doubts: Doubts::default(),
            throttled: true,
            throttle: Throttle::new(Some(LIMIT)),
        }
    }

    /// Adds a user, in place of one with the same id.
    pub(crate) fn add(&mut self, user: User) -> UserId {
        let id = user.id;
        if self.accounts.insert(id, Account::new(user)).is_none() {
            self.order.push(id);
        }
        id
    }

    pub(crate) fn account(&self, id: UserId) -> Option<&Account> {
        self.accounts.get(&id)
    }

    pub(crate) fn account_mut(&mut self, id: UserId) -> Option<&mut Account> {
        self.accounts.get_mut(&id)
    }

    /// The users in the order in which they were added.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.order.iter().filter_map(|id| self.accounts.get(id))
    }

    /// The user of that name or id.
    pub(crate) fn find(&self, name: &str) -> Option<&Account> {
        let id = name
            .parse()
            .ok()
            .filter(|id| self.accounts.contains_key(id));
        match id {
            Some(id) => self.accounts.get(&id),
            None => self.accounts().find(|account| account.name == name),
        }
    }

    /// Forgets what has happened to the users, and the requests that were counted.
    pub(crate) fn reset(&mut self) {
        self.accounts.values_mut().for_each(Account::reset);
        self.set_throttled(self.throttled);
    }

    /// Starts a session of a user, who is added first if nobody has that id.
    pub(crate) fn sign_in(&mut self, user: UserId, session: Session, now: Timestamp) -> SessionId {
        if !self.accounts.contains_key(&user) {
            self.add(User::new(user.to_string()).id(user));
        }
        self.sessions += 1;
        let id = SessionId(self.sessions);
        if let Some(account) = self.accounts.get_mut(&user) {
            account.start(session, id, now);
        }
        id
    }

    pub(crate) fn doubts(&self) -> Doubts {
        self.doubts
    }

    pub(crate) fn assume(&mut self, doubt: Doubt, assumed: bool) {
        self.doubts.set(doubt, assumed);
        if doubt == Doubt::TenThousand {
            self.set_throttled(self.throttled);
        }
    }

    /// Turns the limit on requests on or off, and forgets what was counted.
    pub(crate) fn set_throttled(&mut self, throttled: bool) {
        self.throttled = throttled;
        let limit = if self.doubts.has(Doubt::TenThousand) {
            OTHER_LIMIT
        } else {
            LIMIT
        };
        self.throttle.set_limit(throttled.then_some(limit));
    }
}
