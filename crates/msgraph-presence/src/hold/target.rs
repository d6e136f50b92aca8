//! The user of a hold or a session: the signed-in user, or one by id.

use crate::handles::{MePresence, UsersPresence};
use crate::{
    Client, Error, IsoDuration, PreferredPresence, Presence, SessionPresence, StatusMessage, UserId,
};
use std::time::Duration;

#[derive(Clone, Debug)]
pub(super) enum Target {
    Me(MePresence),
    User(UsersPresence),
}

/// Sends the same request from either handle.
macro_rules! of {
    ($target:expr, $presence:ident => $request:expr) => {
        match $target {
            Target::Me($presence) => $request.await,
            Target::User($presence) => $request.await,
        }
    };
}

impl Target {
    pub(super) fn new(client: &Client, user: Option<UserId>) -> Self {
        match user {
            None => Self::Me(client.me().presence()),
            Some(id) => Self::User(client.users(id).presence()),
        }
    }

    pub(super) fn is_me(&self) -> bool {
        matches!(self, Self::Me(_))
    }

    pub(super) async fn read(&self) -> Result<Presence, Error> {
        of!(self, presence => presence.get())
    }

    pub(super) async fn set_message(&self, message: StatusMessage) -> Result<(), Error> {
        of!(self, presence => presence.set_status_message(message))
    }

    pub(super) async fn prefer(
        &self,
        preferred: PreferredPresence,
        lasting: Duration,
    ) -> Result<(), Error> {
        of!(self, presence => presence.set_user_preferred_presence(preferred).expiration_duration(lasting))
    }

    pub(super) async fn clear_preference(&self) -> Result<(), Error> {
        of!(self, presence => presence.clear_user_preferred_presence())
    }

    pub(super) async fn set_session(
        &self,
        session: SessionPresence,
        id: &str,
        expiration: &IsoDuration,
        timeout: Option<Duration>,
    ) -> Result<(), Error> {
        let expiration = expiration.clone();
        of!(self, presence => {
            let request = presence.set_presence(session, id).expiration_duration(expiration);
            match timeout {
                Some(timeout) => request.timeout(timeout),
                None => request,
            }
        })
    }

    pub(super) async fn end_session(&self, id: &str) -> Result<(), Error> {
        of!(self, presence => presence.clear_presence(id))
    }

    pub(super) fn client(&self) -> Client {
        // Only a request gives the client of a handle.
        let request = match self {
            Self::Me(presence) => presence.clear_user_preferred_presence(),
            Self::User(presence) => presence.clear_user_preferred_presence(),
        };
        request.client().clone().into()
    }

    /// Runs a future on this thread.
    #[cfg(feature = "blocking")]
    pub(super) fn block_on<F: Future>(&self, future: F) -> Result<F::Output, Error> {
        self.client().as_ref().block_on(future)
    }
}
