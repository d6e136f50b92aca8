//! Holds, a preferred presence and a status message that are set and taken back together, and
//! sessions of an application that are kept alive.

mod builder;
mod decide;
mod effect;
mod error;
mod file;
mod handles;
mod saved;
mod session;
mod target;
#[cfg(test)]
mod tests;
mod text;

pub use builder::HoldBuilder;
pub use effect::{Effect, Hidden};
pub use error::{HoldError, Outcome, Released};
pub use file::HoldFile;
pub use saved::SavedHold;
pub use session::{ApplicationSession, ApplicationSessionBuilder};

use crate::{Error, InvalidValue, IsoDuration, Presence, StatusMessage};
use decide::{Look, Shows, Undo};
use serde::{Serialize, Serializer};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use target::Target;
use tokio::time::{sleep, timeout};

/// The time after a write in which a read may still show the state before.
const DELAY: Duration = Duration::from_secs(300);

/// The interval of looking for sleep of the machine, and the jump of the wall clock that counts as sleep.
const TICK: Duration = Duration::from_secs(5);

/// The time limit of the read at the end of a start.
const LOOK: Duration = Duration::from_secs(10);

type Wall = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// A preferred presence and a status message of a user, which expire by themselves and can be
/// taken back before.
///
/// ```
/// use msgraph_presence::PreferredPresence;
/// use std::time::Duration;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let graph = msgraph_presence_emulator::Emulator::start().await?;
/// # let ada = graph.add_user("Ada");
/// # let client = msgraph_presence::Client::builder().base_url(graph.base_url());
/// # let client = client.token(graph.token_for(ada)).build()?;
/// let hold = client.me().presence().hold(PreferredPresence::DoNotDisturb);
/// let mut hold = hold.message("Focusing").lasting(Duration::from_secs(25 * 60)).await?;
/// // The work, then:
/// let released = hold.release().await?;
/// # let told = "preferred presence taken back, message taken back";
/// # assert_eq!(released.to_string(), told);
/// println!("{released}"); // preferred presence taken back, message taken back
/// # Ok(())
/// # }
/// ```
///
/// The requests of each method:
///
/// - [`prepare`](HoldBuilder::prepare): a read
/// - [`start`](Self::start): setStatusMessage, if there is a message, setUserPreferredPresence, and
///   a read, which may fail
/// - [`extend`](Self::extend): a read, and the same
/// - [`release`](Self::release): a read, clearUserPreferredPresence, and setStatusMessage, if there
///   is a message
/// - [`effect`](Self::effect): a read, repeated until the hold shows
///
/// A read needs `Presence.Read`, the others `Presence.ReadWrite`; for other users an application
/// token with `Presence.ReadWrite.All`. Each has the timeout and the retries of the client.
///
/// # What is taken back
///
/// The earlier message is restored if the hold's message still shows, also escaped or with markup;
/// with its expiry if it had one, and not if that has passed. When the hold's message has expired
/// and no other shows, the earlier one is restored as well, up to a day later. A message that was
/// set since stays.
///
/// The preferred presence is cleared, unless it has expired or the pair of another preferred
/// presence shows. The service does not return the preferred presence that is set. So a choice of
/// the user is cleared, too, if it is the same pair as the hold's, if the user has no session, or
/// if it is the pair from before the hold and was chosen within five minutes, before any read has
/// shown the hold. A preferred presence from before the hold is not restored.
///
/// A change that the user makes between the read of a release and its writes, which follow at
/// once, is lost.
///
/// # When the program ends
///
/// Both expire at the service, so after a crash they remain until then. To let the next start of
/// the program release the hold, save it in a [`HoldFile`] before it starts. Dropping a hold sends
/// nothing. With the feature `tracing` the drop of a hold that was neither released nor has expired
/// is a warning; [`into_saved`](Self::into_saved) gives none.
#[must_use = "the hold ends by `release`, or when it expires"]
pub struct Hold {
    target: Target,
    saved: SavedHold,
    wall: Wall,
    state: State,
    /// The presence before it, and the time of its writes; `None` once a read has shown the hold.
    before: Option<(Presence, SystemTime)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    /// No part of it is at the service.
    Prepared,
    /// A start has failed or was dropped: a part of it may be there.
    Starting,
    /// The writes have succeeded, or the hold was read from its written form.
    Held,
}

impl Hold {
    /// Sets both: the message first, because it can be put back exactly.
    ///
    /// The first write is taken back when the second fails. A start that failed, or was dropped,
    /// can be tried again. A hold that has started stays as it is.
    ///
    /// # Errors
    ///
    /// Those of the requests, with what remains at the service if it could not be taken back:
    /// [`release`](Self::release) tries that again.
    /// [`ErrorKind::Request`](crate::ErrorKind::Request) when it has expired since it was prepared,
    /// or was released.
    pub async fn start(&mut self) -> Result<(), HoldError> {
        match (self.state, self.saved.is_released()) {
            (State::Prepared, _) | (State::Starting, false) => {}
            (State::Held, false) => return Ok(()),
            (_, true) => {
                let released = invalid("the hold was released", "prepare another one");
                return Err(Error::from(released).into());
            }
        }
        let lasting = self.until(self.saved.expiry)?;
        // From here on something may be there, also when this future is dropped.
        self.state = State::Starting;
        self.saved.is_preference_held = true;
        self.saved.is_message_held = self.saved.message.is_some();
        if let Some(text) = &self.saved.message {
            let message = StatusMessage::text(text).expires_at(self.saved.expiry);
            if let Err(error) = self.target.set_message(message).await {
                self.saved.is_preference_held = false;
                self.saved.is_message_held = error.may_have_acted();
                return Err(self.take_back(error).await);
            }
        }
        let preference = self.saved.preference;
        if let Err(error) = self.target.prefer(preference, lasting).await {
            self.saved.is_preference_held = error.may_have_acted();
            return Err(self.take_back(error).await);
        }
        self.state = State::Held;
        // Once a read has shown the hold, another presence was certainly set later. The read may
        // fail.
        if let Ok(Ok(shown)) = timeout(LOOK, self.read()).await {
            self.look_at(&shown);
        }
        Ok(())
    }

    /// Takes back the writes of a start that failed, as far as the service may have carried them
    /// out.
    async fn take_back(&mut self, error: Error) -> HoldError {
        let mut failure = None;
        if self.saved.is_preference_held {
            match self.target.clear_preference().await {
                Ok(()) => self.saved.is_preference_held = false,
                Err(error) => failure = Some(error),
            }
        }
        if self.saved.is_message_held {
            let earlier = decide::earlier(&self.saved, (self.wall)());
            let earlier = earlier.unwrap_or_else(StatusMessage::clear);
            match self.target.set_message(earlier).await {
                Ok(()) => self.saved.is_message_held = false,
                Err(error) => failure = Some(error),
            }
        }
        let error = HoldError::new(error, &self.saved).with_taking_back(failure);
        if self.saved.is_released() {
            self.state = State::Prepared;
        }
        error
    }

    /// Takes both back, as [above](Self#what-is-taken-back).
    ///
    /// A second release sends nothing.
    ///
    /// # Errors
    ///
    /// Those of the requests, with what remains. Each half is tried even if the other fails. A
    /// release that failed can be tried again, and goes on where it stopped.
    pub async fn release(&mut self) -> Result<Released, HoldError> {
        let mut released = Released {
            preference: Outcome::Nothing,
            message: Outcome::Nothing,
        };
        if self.has_nothing() {
            return Ok(released);
        }
        let shown = self.read().await;
        let shown = shown.map_err(|error| HoldError::new(error, &self.saved))?;
        let mut failure = None;
        if self.saved.is_preference_held {
            match self.look(&shown).undo_preference() {
                Undo::Leave(outcome) => released.preference = outcome,
                Undo::Write(()) => match self.target.clear_preference().await {
                    Ok(()) => released.preference = Outcome::TakenBack,
                    Err(error) => failure = Some(error),
                },
            }
            self.saved.is_preference_held = released.preference == Outcome::Nothing;
        }
        if self.saved.is_message_held {
            match self.look(&shown).undo_message() {
                Undo::Leave(outcome) => released.message = outcome,
                Undo::Write(earlier) => match self.target.set_message(earlier).await {
                    Ok(()) => released.message = Outcome::TakenBack,
                    Err(error) => failure = failure.or(Some(error)),
                },
            }
            self.saved.is_message_held = released.message == Outcome::Nothing;
        }
        match failure {
            Some(error) => Err(HoldError::new(error, &self.saved)),
            None => Ok(released),
        }
    }

    /// Lets both last so much longer, from [`expires_at`](Self::expires_at) on.
    ///
    /// A half that a person has changed in the meantime is not set again, and a release leaves it
    /// unchanged. Write the hold down again afterwards: the form without the extension does not
    /// recognize its message.
    ///
    /// # Errors
    ///
    /// Those of the requests. After them one half may last longer than the other; the same
    /// extension can be tried again. [`ErrorKind::Request`](crate::ErrorKind::Request) when the
    /// hold has expired, was not started or was released.
    pub async fn extend(
        &mut self,
        time: impl TryInto<IsoDuration, Error: Into<InvalidValue>>,
    ) -> Result<(), Error> {
        let time = time.try_into().map_err(Into::into)?.to_duration()?;
        self.until(self.saved.last_expiry())?;
        if self.has_nothing() {
            let rule = "there is nothing to extend";
            return Err(invalid(rule, "start another one").into());
        }
        let shown = self.read().await?;
        let look = self.look(&shown);
        let (preference, message) = (look.may_extend_preference(), look.may_extend_message());
        self.saved.is_preference_held &= preference;
        self.saved.is_message_held &= message;
        let expiry = self.saved.expiry.checked_add(time).ok_or_else(too_late)?;
        self.saved.extension = Some(expiry);
        if let Some(text) = self
            .saved
            .message
            .as_ref()
            .filter(|_| self.saved.is_message_held)
        {
            let message = StatusMessage::text(text).expires_at(expiry);
            self.target.set_message(message).await?;
        }
        if self.saved.is_preference_held {
            let (preference, lasting) = (self.saved.preference, self.until(expiry)?);
            self.target.prefer(preference, lasting).await?;
        }
        (self.saved.expiry, self.saved.extension) = (expiry, None);
        Ok(())
    }

    /// Reads until both show, and tells at the end of the timeout why they do not.
    ///
    /// The first read is at once, the others after 1, 2, 4 and 8 seconds, then every 15 seconds,
    /// and at the end of the timeout. A timeout of zero takes one read.
    ///
    /// # Errors
    ///
    /// Those of a read, when no read has succeeded before the end of the timeout.
    pub async fn effect(&mut self, timeout: Duration) -> Result<Effect, Error> {
        let target = self.target.clone();
        let effect = effect::read(&target, timeout, |shown| self.hidden(shown)).await?;
        self.look_at(&effect.shown);
        Ok(effect)
    }

    /// Drops the presence before the hold once the hold shows.
    fn look_at(&mut self, shown: &Presence) {
        if self.hidden(shown).is_none() {
            self.before = None;
        }
    }

    /// Why the presence that was read is not that of the hold.
    fn hidden(&self, shown: &Presence) -> Option<Hidden> {
        let look = self.look(shown);
        if look.is_expired() || self.has_nothing() {
            return Some(Hidden::Ended);
        }
        match look.shows() {
            Shows::Ours => {}
            Shows::NoSession => return Some(Hidden::NoSession),
            Shows::NotYet => return Some(Hidden::NotYet),
            Shows::NoPreference if look.before.is_some() => return Some(Hidden::NotYet),
            Shows::NoPreference | Shows::Other => return Some(Hidden::Preference),
        }
        match self.saved.message {
            None => None,
            Some(_) if look.is_message_ours() => None,
            Some(_) if look.may_extend_message() => Some(Hidden::NotYet),
            Some(_) => Some(Hidden::Message),
        }
    }

    /// Waits until both have expired at the service, by the wall clock: a machine that sleeps meanwhile
    /// is late by at most five seconds. Dropping the future ends nothing.
    pub async fn expired(&self) {
        loop {
            let left = self.saved.expiry.duration_since((self.wall)());
            match left.unwrap_or_default() {
                Duration::ZERO => return,
                left => sleep(left.min(TICK)).await,
            }
        }
    }

    /// The time at which both expire at the service, by this machine's clock.
    pub fn expires_at(&self) -> SystemTime {
        self.saved.expiry
    }

    /// The form that is written down, as `Serialize` of the hold does, too.
    pub fn saved(&self) -> &SavedHold {
        &self.saved
    }

    /// Leaves the hold to itself, without a warning: to expire, or to be released by another start
    /// of the program.
    pub fn into_saved(mut self) -> SavedHold {
        self.state = State::Prepared;
        self.saved.clone()
    }

    /// True if no part of it can be at the service.
    fn has_nothing(&self) -> bool {
        self.state == State::Prepared || self.saved.is_released()
    }

    fn look<'a>(&'a self, shown: &'a Presence) -> Look<'a> {
        let now = (self.wall)();
        let before = self.before.as_ref();
        let before = before.filter(|(_, written)| now < *written + DELAY);
        Look {
            saved: &self.saved,
            shown,
            before: before.map(|(before, _)| before),
            now,
        }
    }

    /// Reads the presence; that of another user than the one of the hold is an error.
    async fn read(&self) -> Result<Presence, Error> {
        let shown = self.target.read().await?;
        if shown.user_id()? == self.saved.user {
            return Ok(shown);
        }
        let rule = "the hold belongs to another user than the token";
        Err(invalid(rule, "sign in as the user of the hold").into())
    }

    /// The time left, in whole seconds, so that nothing ends too early.
    fn until(&self, expiry: SystemTime) -> Result<Duration, Error> {
        let left = expiry.duration_since((self.wall)()).unwrap_or_default();
        match left.as_nanos().div_ceil(1_000_000_000) {
            0 => Err(invalid("the hold has expired", "prepare another one").into()),
            seconds => Ok(Duration::from_secs(seconds.try_into().unwrap_or(u64::MAX))),
        }
    }
}

/// As [`SavedHold`] is written.
impl Serialize for Hold {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.saved.serialize(serializer)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        #[cfg(feature = "tracing")]
        if !self.has_nothing() && (self.wall)() < self.saved.last_expiry() {
            tracing::warn!(
                target: "msgraph_presence",
                "a hold was dropped without `release`: it remains at the service until it expires"
            );
        }
    }
}

impl fmt::Debug for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Hold");
        debug.field("state", &self.state);
        debug.field("saved", &self.saved).finish_non_exhaustive()
    }
}

fn invalid(rule: &'static str, help: &'static str) -> InvalidValue {
    InvalidValue::new("hold", rule, help)
}

fn too_late() -> InvalidValue {
    invalid(
        "the hold would last beyond the year 9999",
        "give a shorter time",
    )
}

// At the end: rustdoc lists the methods of a type in the order of the source, modules included.
#[cfg(feature = "blocking")]
mod blocking;
