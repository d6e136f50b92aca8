//! The events of a watch, and its picture of a user.

use crate::{Error, Presence, UserId};
use std::sync::Arc;
use std::time::SystemTime;

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

    /// Users who were stale have been read again. Their changes follow.
    #[non_exhaustive]
    Fresh {
        /// The users.
        users: Vec<WatchedUser>,
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
