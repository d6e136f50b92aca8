//! The builder of a hold: its message and its time. It reads the presence before anything is set.

use super::saved::{SavedHold, earlier};
use super::target::Target;
use super::{Hold, HoldError, State, Wall, invalid};
use crate::{BoxFuture, Client, Error, InvalidValue, IsoDuration, PreferredPresence};
use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Builds a [`Hold`]: its message and its time. `.await` starts it.
#[must_use = "nothing is sent until it is awaited"]
pub struct HoldBuilder {
    target: Target,
    preferred: PreferredPresence,
    message: Option<String>,
    lasting: Result<Duration, InvalidValue>,
    wall: Wall,
}

impl HoldBuilder {
    pub(super) fn new(target: Target, preferred: PreferredPresence) -> Self {
        Self {
            target,
            preferred,
            message: None,
            lasting: Ok(preferred.default_expiration_duration()),
            wall: Arc::new(SystemTime::now),
        }
    }

    /// Sets this status message, in plain text. Without this call the user's message stays.
    pub fn message(mut self, text: impl Into<String>) -> Self {
        self.message = Some(text.into());
        self
    }

    /// Sets the time after which both expire at the service: a [`Duration`], or a text of
    /// [`IsoDuration`] such as `PT25M`.
    ///
    /// The default is that of the preferred presence: a day for `DoNotDisturb` and `Busy`, seven
    /// days for the others.
    pub fn lasting(mut self, time: impl TryInto<IsoDuration, Error: Into<InvalidValue>>) -> Self {
        let time = time.try_into().map_err(Into::into);
        self.lasting = time.and_then(|time| time.to_duration());
        self
    }

    /// Reads the presence, and returns a hold that has not [started](Hold::start).
    ///
    /// The program saves it before anything is set. After a crash at any later time the next start
    /// of the program can release it.
    ///
    /// ```no_run
    /// # use msgraph_presence::Client;
    /// # async fn focus(client: Client) -> Result<(), Box<dyn std::error::Error>> {
    /// use msgraph_presence::{HoldFile, PreferredPresence};
    ///
    /// let hold = client.me().presence().hold(PreferredPresence::DoNotDisturb);
    /// let mut hold = hold.message("Focusing").lasting("PT25M").prepare().await?;
    /// let file = HoldFile::lock("focus/hold.json")?;
    /// file.save(hold.saved())?;
    /// hold.start().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the read. [`ErrorKind::Request`](crate::ErrorKind::Request) when the time or the
    /// message is not valid, or the earlier message could not be restored.
    pub async fn prepare(self) -> Result<Hold, Error> {
        let lasting = self.lasting?;
        let message = self.message.as_deref();
        if message.is_some_and(|text| text.trim().is_empty()) {
            let help = "pass a text, or leave it out to keep the user's message";
            return Err(invalid("the message is empty", help).into());
        }
        let before = self.target.read().await?;
        let now = (self.wall)();
        let expiry = super::expiry(now, lasting)?;
        let earlier = match self.message {
            Some(_) => earlier(before.status_message.clone())?,
            None => None,
        };
        let saved = SavedHold {
            user: before.user_id()?,
            is_me: self.target.is_me(),
            preference: self.preferred,
            is_preference_held: true,
            is_message_held: self.message.is_some(),
            message: self.message,
            expiry,
            extension: None,
            earlier,
        };
        Ok(Hold {
            target: self.target,
            saved,
            wall: self.wall,
            state: State::Prepared,
            before: Some((before, now)),
        })
    }

    /// Prepares and starts the hold without `async`, on this thread.
    ///
    /// # Errors
    ///
    /// As for [`prepare`](Self::prepare) and [`Hold::start`], and those of
    /// [`send_blocking`](crate::Request::send_blocking) within a tokio runtime.
    #[cfg(feature = "blocking")]
    pub fn send_blocking(self) -> Result<Hold, HoldError> {
        let target = self.target.clone();
        target.block_on(self.run())?
    }

    /// Does the same as [`prepare`](Self::prepare) without `async`, on this thread.
    ///
    /// # Errors
    ///
    /// As for `prepare`, and those of [`send_blocking`](crate::Request::send_blocking) within a
    /// tokio runtime.
    #[cfg(feature = "blocking")]
    pub fn prepare_blocking(self) -> Result<Hold, Error> {
        let target = self.target.clone();
        target.block_on(self.prepare())?
    }

    pub(super) fn client(&self) -> Client {
        self.target.client()
    }

    async fn run(self) -> Result<Hold, HoldError> {
        let mut hold = self.prepare().await?;
        hold.start().await?;
        Ok(hold)
    }

    #[cfg(test)]
    pub(super) fn wall(mut self, wall: Wall) -> Self {
        self.wall = wall;
        self
    }
}

/// Prepares and starts the hold.
///
/// A program that retries a failed start uses [`prepare`](HoldBuilder::prepare) and [`Hold::start`].
impl IntoFuture for HoldBuilder {
    type Output = Result<Hold, HoldError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for HoldBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("HoldBuilder");
        debug.field("preferred", &self.preferred);
        debug.field("lasting", &self.lasting);
        debug.finish_non_exhaustive()
    }
}
