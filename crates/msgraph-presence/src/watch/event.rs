//! The events of a watch, and its last known presence of a user.

use crate::{DateTimeOffset, Error, Presence, UserId};
use serde::ser::{Error as _, SerializeMap};
use serde::{Serialize, Serializer};
use std::sync::Arc;
use std::time::SystemTime;
use std::{fmt, slice};

/// A user of a watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WatchedUser {
    /// The signed-in user, who has no id before the first response.
    Me(Option<UserId>),

    /// The user with this id.
    User(UserId),
}

impl WatchedUser {
    /// Returns the object id, if it is known yet.
    pub fn id(&self) -> Option<UserId> {
        match *self {
            Self::Me(id) => id,
            Self::User(id) => Some(id),
        }
    }
}

/// An event of a [`Watch`](crate::Watch).
///
/// `Display` is one line, without the users, such as `Busy, InACall`. `Serialize` is an object for
/// a log or another program: `event` is `changed`, `stale`, `fresh` or `gone`; `users` has the ids,
/// with `null` for a signed-in user whose id is not known yet; `changed` adds `presence`, `fresh`
/// `presences`, `stale` `since` (RFC 3339 in UTC) and `error`, `gone` `error` (one line).
///
/// ```
/// # use msgraph_presence::Client;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let graph = msgraph_presence_emulator::Emulator::start().await?;
/// # let ada = graph.add_user("Ada");
/// # let client = Client::builder().base_url(graph.base_url()).token(graph.token_for(ada)).build()?;
/// let mut changes = client.watch().me().start();
/// while let Some(event) = changes.next().await {
///     println!("{event}");
///     let object = serde_json::to_value(&event)?;
/// #   assert_eq!(event.to_string(), "Offline, Offline");
/// #   assert_eq!(event.users()[0].id(), Some(ada));
/// #   assert_eq!(object["event"], "changed");
/// #   assert_eq!(object["users"], serde_json::json!([ada.to_string()]));
/// #   assert_eq!(object["presence"]["availability"], "Offline");
/// #   break;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum WatchEvent {
    /// The presence of a user is known for the first time, or has changed.
    #[non_exhaustive]
    Changed {
        /// The user.
        user: WatchedUser,
        /// The presence before; `None` in the first event of the user, and in the first one after
        /// `Gone`.
        before: Option<Arc<Presence>>,
        /// The presence now. It may have values that this version does not know.
        now: Arc<Presence>,
    },

    /// Users cannot be read at the moment; their last known presence may be out of date.
    ///
    /// The watch goes on reading them. The next event of these users is `Fresh` or `Gone`.
    #[non_exhaustive]
    Stale {
        /// The users.
        users: Vec<WatchedUser>,
        /// The time of the last successful read, the earliest of all users; the start of the watch
        /// for users who were never read.
        since: SystemTime,
        /// The error of the last request.
        error: Arc<Error>,
    },

    /// Users who were stale have been read again. A `Changed` follows for each whose presence is
    /// another one than before.
    #[non_exhaustive]
    Fresh {
        /// The users.
        users: Vec<WatchedUser>,
        /// The current presence of each user, in the same order.
        presences: Vec<Arc<Presence>>,
    },

    /// The service refuses to give the presence of a user: not found (404) or forbidden (403).
    ///
    /// The watch goes on reading the user, every ten minutes. The next event of the user is
    /// `Changed`.
    #[non_exhaustive]
    Gone {
        /// The user.
        user: WatchedUser,
        /// The error of the request.
        error: Arc<Error>,
    },
}

impl WatchEvent {
    /// Returns the users of the event: one for `Changed` and `Gone`, one or more otherwise.
    pub fn users(&self) -> &[WatchedUser] {
        match self {
            Self::Changed { user, .. } | Self::Gone { user, .. } => slice::from_ref(user),
            Self::Stale { users, .. } | Self::Fresh { users, .. } => users,
        }
    }

    /// Returns the new presence of a `Changed`.
    pub fn presence(&self) -> Option<&Presence> {
        match self {
            Self::Changed { now, .. } => Some(now),
            _ => None,
        }
    }

    /// Returns the error of a `Stale` or `Gone`.
    pub fn error(&self) -> Option<&Arc<Error>> {
        match self {
            Self::Stale { error, .. } | Self::Gone { error, .. } => Some(error),
            _ => None,
        }
    }
}

impl fmt::Display for WatchEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed { now, .. } => now.fmt(f),
            Self::Stale { error, .. } => write!(f, "cannot be read at the moment: {error}"),
            Self::Fresh { presences, .. } => {
                let pairs: Vec<_> = presences.iter().map(ToString::to_string).collect();
                write!(f, "can be read again: {}", pairs.join("; "))
            }
            Self::Gone { error, .. } => write!(f, "cannot be read: {error}"),
        }
    }
}

impl Serialize for WatchEvent {
    /// # Errors
    ///
    /// A time beyond the year 9999, and the errors of the format.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(
            "event",
            match self {
                Self::Changed { .. } => "changed",
                Self::Stale { .. } => "stale",
                Self::Fresh { .. } => "fresh",
                Self::Gone { .. } => "gone",
            },
        )?;
        let ids: Vec<_> = self.users().iter().map(WatchedUser::id).collect();
        map.serialize_entry("users", &ids)?;
        if let Some(presence) = self.presence() {
            map.serialize_entry("presence", presence)?;
        }
        if let Self::Fresh { presences, .. } = self {
            let presences: Vec<&Presence> = presences.iter().map(|presence| &**presence).collect();
            map.serialize_entry("presences", &presences)?;
        }
        if let Self::Stale { since, .. } = self {
            let since = DateTimeOffset::try_from(*since).map_err(S::Error::custom)?;
            map.serialize_entry("since", &since)?;
        }
        if let Some(error) = self.error() {
            map.serialize_entry("error", &error.to_string())?;
        }
        map.end()
    }
}

/// The last known presence of one user, with the time of the read and the last error.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WatchedPresence {
    /// The user.
    pub user: WatchedUser,

    /// The presence; `None` before the first response, and for a user who is gone.
    pub presence: Option<Arc<Presence>>,

    /// The time of the last successful read.
    pub read: Option<SystemTime>,

    /// The error of the last request for the user, if it failed: the presence is stale, or the user
    /// is gone.
    pub error: Option<Arc<Error>>,
}
