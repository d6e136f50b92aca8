//! A user and its sessions as data, as an order and a file of users have them.

use super::bodies::set;
use crate::core::Core;
use crate::state::{Account, Session};
use crate::user::User;
use msgraph_presence_models::{Activity, Availability, UserId, UserWorkLocation};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::time::Duration;

/// A user to be added, with the sessions to be started.
#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserEntry {
    pub(crate) name: String,
    #[serde(default, deserialize_with = "id")]
    pub(crate) id: Option<UserId>,
    pub(crate) tenant: Option<String>,
    pub(crate) out_of_office: Option<String>,
    pub(crate) work_location: Option<UserWorkLocation>,
    /// The short form of `sessions: [{}]`.
    #[serde(default)]
    pub(crate) signed_in: bool,
    #[serde(default)]
    pub(crate) sessions: Vec<SessionEntry>,
}

/// A session to be started; `{}` is Available and has no end.
#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
#[serde(deny_unknown_fields)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionEntry {
    availability: Option<String>,
    activity: Option<String>,
    expires_in_seconds: Option<u64>,
}

/// Reads an id, with an error that names the member.
fn id<'de, D: Deserializer<'de>>(from: D) -> Result<Option<UserId>, D::Error> {
    Option::deserialize(from).map_err(|_| D::Error::custom("id: not a GUID"))
}

impl UserEntry {
    /// The user, without the sessions.
    pub(crate) fn user(&self) -> User {
        let user = User::new(&self.name);
        let user = set(user, self.id, User::id);
        let user = set(user, self.tenant.as_ref(), User::tenant);
        let user = set(user, self.out_of_office.as_ref(), User::out_of_office);
        set(user, self.work_location.clone(), User::work_location)
    }

    fn sessions(&self) -> impl Iterator<Item = Session> {
        let signed_in = self.signed_in.then(Session::default);
        let sessions = self.sessions.iter().map(SessionEntry::session);
        signed_in.into_iter().chain(sessions)
    }
}

impl SessionEntry {
    pub(crate) fn session(&self) -> Session {
        let availability = self.availability.as_deref().map(Availability::from);
        let activity = self.activity.as_deref().map(Activity::from);
        let session = Session::new(
            availability.unwrap_or(Availability::Available),
            activity.unwrap_or(Activity::Available),
        );
        let lifetime = self.expires_in_seconds.map(Duration::from_secs);
        set(session, lifetime, Session::expires_in)
    }
}

impl Core {
    /// Adds a user, in place of one with the same id, and starts its sessions.
    ///
    /// A name stands for its user in tokens and orders. An error says when it means somebody
    /// else already.
    pub(crate) fn add(&mut self, entry: &UserEntry) -> Result<UserId, String> {
        let user = entry.user();
        let name = &entry.name;
        if name == "application" {
            let problem = "a user cannot have the name application, which is the token of an \
                application";
            return Err(problem.to_owned());
        }
        let other = |other: &Account| other.name == *name && other.id != user.id;
        if self.service.accounts().any(other) {
            return Err(format!("two users have the name {name}; change one"));
        }
        let id = self.service.add(user);
        for session in entry.sessions() {
            self.sign_in(id, session);
        }
        Ok(id)
    }
}
