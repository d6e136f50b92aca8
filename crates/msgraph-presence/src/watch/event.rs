//! The events of a watch, and its picture of a user.

use crate::{Activity, Availability, DateTimeOffset, Error, Presence, UserId};
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
    /// The object id, if it is known yet.
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
    /// A user has another presence than the last event told.
    #[non_exhaustive]
    Changed {
        /// Whose presence.
        user: WatchedUser,
        /// The presence of the user's last `Changed`; `None` in the first one, and in the first
        /// one after `Gone`.
        before: Option<Arc<Presence>>,
        /// The presence as it was read. It may have values that this version does not know.
        now: Arc<Presence>,
    },

    /// Users cannot be read at the moment. What is known of them stays known; the watch goes on to
    /// ask, and tells it only once for each user.
    #[non_exhaustive]
    Stale {
        /// The users.
        users: Vec<WatchedUser>,
        /// When the first of them was last read; of users who were never read, the start of the
        /// watch.
        since: SystemTime,
        /// Why the last request has failed.
        error: Arc<Error>,
    },

    /// Users who were stale have been read again. A `Changed` follows for each whose presence is
    /// another one than before.
    #[non_exhaustive]
    Fresh {
        /// The users.
        users: Vec<WatchedUser>,
        /// The present presence of each user, in the same order.
        presences: Vec<Arc<Presence>>,
    },

    /// The service says of one user that he cannot be read: not found (404) or not allowed (403).
    /// The watch asks again rarely; `Changed` tells when there is a presence.
    #[non_exhaustive]
    Gone {
        /// The user.
        user: WatchedUser,
        /// The response.
        error: Arc<Error>,
    },
}

impl WatchEvent {
    /// The users; one of a change and of a user who is gone.
    pub fn users(&self) -> &[WatchedUser] {
        match self {
            Self::Changed { user, .. } | Self::Gone { user, .. } => slice::from_ref(user),
            Self::Stale { users, .. } | Self::Fresh { users, .. } => users,
        }
    }

    /// The presence of a change.
    pub fn presence(&self) -> Option<&Presence> {
        match self {
            Self::Changed { now, .. } => Some(now),
            _ => None,
        }
    }

    /// The error because of which users cannot be read.
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
            Self::Changed { now, .. } => f.write_str(&pair(now)),
            Self::Stale { error, .. } => write!(f, "cannot be read at the moment: {error}"),
            Self::Fresh { presences, .. } => {
                let pairs: Vec<_> = presences.iter().map(|presence| pair(presence)).collect();
                write!(f, "can be read again: {}", pairs.join("; "))
            }
            Self::Gone { error, .. } => write!(f, "cannot be read: {error}"),
        }
    }
}

/// Availability and activity, such as `Busy, InACall`; `no presence` without either.
pub(crate) fn pair(presence: &Presence) -> String {
    let availability = presence.availability.as_ref().map(Availability::as_str);
    let activity = presence.activity.as_ref().map(Activity::as_str);
    let pair: Vec<_> = availability.into_iter().chain(activity).collect();
    match pair.is_empty() {
        true => "no presence".to_owned(),
        false => pair.join(", "),
    }
}

impl Serialize for WatchEvent {
    /// # Errors
    /// When a time is beyond the year 9999; those of the format.
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

/// The last known presence of one user, and whether it is current.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WatchedPresence {
    /// The user.
    pub user: WatchedUser,

    /// The presence that the last event told; `None` before the first one, and of a user who is
    /// gone.
    pub presence: Option<Arc<Presence>>,

    /// When the user was last read.
    pub read: Option<SystemTime>,

    /// Why the last request for the user has failed, if it has: then the presence is stale, or the
    /// user is gone.
    pub error: Option<Arc<Error>>,
}
