//! The state of the emulator: users, clock, faults, record, sign-ins and settings.
//!
//! Nothing here waits or uses a socket. Three modules change the state, `graph`, `identity` and
//! `admin`, each by a function of the state and a request; the time is that of `clock`.

pub(crate) mod account;
pub(crate) mod session;
pub(crate) mod throttle;

use crate::clock::{Clock, SplitMix};
use crate::fault::FaultPlan;
use crate::identity::state::{Identity, SignIns};
use crate::record::Record;
use crate::response::{CLIENT_REQUEST_ID, ResponseContext};
use crate::token::{DEFAULT_TENANT, Token};
use crate::undocumented::{Undocumented, UndocumentedSet};
use crate::user::{User, UserEntry, office};
use account::Account;
use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use msgraph_presence_models::{Cloud, UserId};
use session::{Session, SessionId};
use std::collections::HashMap;
use throttle::Throttle;

/// The limit of requests in 30 seconds, as the operation's page documents it.
const LIMIT: u64 = 1_500;

/// The same, as the throttling page documents it.
const THROTTLING_PAGE_LIMIT: u64 = 10_000;

/// A number before the first sequence number, of the size of the documented ones.
const FIRST_SEQUENCE: u64 = 129_311_063;

/// The state of an emulator, except its socket.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) clock: Clock,
    pub(crate) faults: FaultPlan,
    pub(crate) record: Record,
    pub(crate) cloud: Cloud,
    pub(crate) undocumented: UndocumentedSet,
    pub(crate) identity: Identity,
    /// `http` or `https`, as clients reach the emulator.
    pub(crate) scheme: &'static str,
    pub(crate) accounts: HashMap<UserId, Account>,
    /// The ids of the accounts, in the order in which they were added.
    order: Vec<UserId>,
    sessions: u64,
    pub(crate) sequence: u64,
    throttled: bool,
    pub(crate) throttle: Throttle,
    request_ids: SplitMix,
    /// The `Date` header of the last second.
    date: (i64, HeaderValue),
    start: Start,
}

/// The state to which a reset goes back.
#[derive(Debug)]
struct Start {
    clock: Clock,
    undocumented: UndocumentedSet,
    throttled: bool,
    sign_ins: SignIns,
    users: Vec<(User, Vec<Session>)>,
}

impl Service {
    pub(crate) fn new(cloud: Cloud, clock: Clock) -> Self {
        Self {
            clock,
            faults: FaultPlan::default(),
            record: Record::default(),
            cloud,
            undocumented: UndocumentedSet::default(),
            identity: Identity::default(),
            scheme: "http",
            accounts: HashMap::new(),
            order: Vec::new(),
            sessions: 0,
            sequence: FIRST_SEQUENCE,
            throttled: true,
            throttle: Throttle::new(Some(LIMIT)),
            request_ids: SplitMix(0),
            date: (i64::MIN, HeaderValue::from_static("")),
            start: Start {
                clock,
                undocumented: UndocumentedSet::default(),
                throttled: true,
                sign_ins: SignIns::default(),
                users: Vec::new(),
            },
        }
    }

    pub(crate) fn response_context(
        &mut self,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> ResponseContext {
        let lower_case = self.undocumented.has(Undocumented::LowerCaseInnerError);
        ResponseContext {
            request_id: self.request_ids.guid().to_string(),
            client_request_id: headers.get(CLIENT_REQUEST_ID).cloned(),
            no_metadata: asks_for_no_metadata(headers),
            identity: false,
            now,
            date: self.date(now),
            inner_error: if lower_case {
                "innererror"
            } else {
                "innerError"
            },
        }
    }

    /// The emulator's time as a `Date` header, formatted once a second.
    fn date(&mut self, now: Timestamp) -> HeaderValue {
        if self.date.0 != now.as_second() {
            let text = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            let empty = HeaderValue::from_static("");
            let date = HeaderValue::try_from(text).unwrap_or(empty);
            self.date = (now.as_second(), date);
        }
        self.date.1.clone()
    }

    /// Adds a user, in place of one with the same id.
    pub(crate) fn add(&mut self, user: User) -> UserId {
        let id = user.id;
        if self.accounts.insert(id, Account::new(user)).is_none() {
            self.order.push(id);
        }
        id
    }

    /// Adds a user, in place of one with the same id, and starts its sessions.
    ///
    /// # Errors
    /// When the name or the userPrincipalName already means another user: tokens and administration
    /// requests refer to users by them.
    pub(crate) fn add_entry(&mut self, entry: &UserEntry) -> Result<UserId, String> {
        let user = entry.user();
        let name = &entry.name;
        if name == "application" {
            let problem = "a user cannot have the name application, which is the token of an \
                application";
            return Err(problem.to_owned());
        }
        if let Some(other) = self.find(name).filter(|other| other.id != user.id) {
            return Err(if other.name == *name {
                format!("two users have the name {name}; change one")
            } else {
                format!(
                    "the name {name} already means the user {}; change one",
                    other.name
                )
            });
        }
        let sign_in = user.principal_name.to_lowercase();
        let other = |other: &&Account| {
            other.id != user.id && other.principal_name.to_lowercase() == sign_in
        };
        if let Some(Account { name: other, .. }) = self.accounts().find(other) {
            let same = format!("the users {other} and {name} have the userPrincipalName {sign_in}");
            return Err(format!("{same}; give one of them another"));
        }
        let id = self.add(user);
        for session in entry.sessions() {
            self.sign_in(id, session);
        }
        Ok(id)
    }

    pub(crate) fn account(&self, id: UserId) -> Option<&Account> {
        self.accounts.get(&id)
    }

    /// The users in the order in which they were added.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.order.iter().filter_map(|id| self.accounts.get(id))
    }

    /// The user with this name, userPrincipalName or id.
    pub(crate) fn find(&self, name: &str) -> Option<&Account> {
        let by_id = name.parse().ok().and_then(|id| self.accounts.get(&id));
        by_id.or_else(|| {
            self.accounts()
                .find(|account| account.name == name || account.principal_name == name)
        })
    }

    /// A token of a user for a command line: the name or, when it means another user, cannot be a
    /// token or has characters that a shell interprets, the id.
    pub(crate) fn shell_token(&self, account: &Account) -> String {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_@ ".contains(c);
        let name = &account.name;
        let own = self.find(name).is_some_and(|found| found.id == account.id);
        if own && name.chars().all(plain) && name.trim() == name {
            name.clone()
        } else {
            account.id.to_string()
        }
    }

    /// Changes a user. Returns false when there is no such user, or `change` returns false.
    pub(crate) fn change(
        &mut self,
        user: UserId,
        change: impl FnOnce(&mut Account, Timestamp) -> bool,
    ) -> bool {
        let account = self.accounts.get_mut(&user);
        account.is_some_and(|account| change(account, self.clock.now()))
    }

    /// Starts a session of a user, who is added first when the id is unknown.
    pub(crate) fn sign_in(&mut self, user: UserId, session: Session) -> SessionId {
        if !self.accounts.contains_key(&user) {
            self.add(User::new(user.to_string()).id(user));
        }
        let id = self.next_session();
        self.change(user, |account, now| {
            account.start(session, id, now);
            true
        });
        id
    }

    pub(crate) fn next_session(&mut self) -> SessionId {
        self.sessions += 1;
        SessionId(self.sessions)
    }

    /// Sets a user out of office with a message, or back in office without one.
    pub(crate) fn set_out_of_office(&mut self, user: UserId, message: Option<String>) {
        self.change(user, |account, _| {
            account.out_of_office = office(message);
            true
        });
    }

    /// The text of a token; without a tenant of its own it has that of its user.
    pub(crate) fn write_token(&self, token: &Token) -> String {
        let user = token.user.and_then(|id| self.account(id));
        let home = user.map_or(DEFAULT_TENANT, |user| &user.tenant);
        token.write(home, self.clock.now())
    }

    pub(crate) fn assume(&mut self, behaviour: Undocumented, assumed: bool) {
        self.undocumented.set(behaviour, assumed);
        if behaviour == Undocumented::TenThousand {
            self.set_throttled(self.throttled);
        }
    }

    /// Turns the limit on requests on or off, and forgets the requests that were counted.
    pub(crate) fn set_throttled(&mut self, throttled: bool) {
        self.throttled = throttled;
        let limit = if self.undocumented.has(Undocumented::TenThousand) {
            THROTTLING_PAGE_LIMIT
        } else {
            LIMIT
        };
        self.throttle = Throttle::new(throttled.then_some(limit));
    }

    /// Makes the present settings, and these users with their sessions, the state of the start.
    pub(crate) fn start_with(&mut self, users: Vec<(User, Vec<Session>)>) {
        self.start = Start {
            clock: self.clock,
            undocumented: self.undocumented,
            throttled: self.throttled,
            sign_ins: self.identity.sign_ins.clone(),
            users,
        };
        self.reset();
    }

    /// Goes back to the state of the start. Sequence numbers and the ids of responses continue, for
    /// programs that are still running.
    pub(crate) fn reset(&mut self) {
        self.clock = self.start.clock.started_again();
        self.undocumented = self.start.undocumented;
        self.set_throttled(self.start.throttled);
        self.identity.sign_ins = self.start.sign_ins.clone();
        self.identity.reset();
        self.faults.clear();
        self.record = Record::default();
        self.accounts.clear();
        self.order.clear();
        self.sessions = 0;
        for (user, sessions) in self.start.users.clone() {
            let id = self.add(user);
            for session in sessions {
                self.sign_in(id, session);
            }
        }
    }
}

/// Returns whether a request asks for a body without OData's annotations.
fn asks_for_no_metadata(headers: &HeaderMap) -> bool {
    let lines = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|line| line.to_str().ok());
    let mut parts = lines.flat_map(|line| line.split([';', ',']));
    parts.any(|part| part.trim().eq_ignore_ascii_case("odata.metadata=none"))
}
