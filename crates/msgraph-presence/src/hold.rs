//! Holds: a preferred presence and a status message that are set and taken back together. And
//! sessions of an application.

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
mod writes;

pub use builder::HoldBuilder;
pub use effect::{Effect, Hidden};
pub use error::{HoldError, Outcome, Released};
pub use file::{HoldFile, HoldFileError};
pub use saved::SavedHold;
pub use session::{ApplicationSession, ApplicationSessionBuilder};

use crate::{CivilDateTime, Error, InvalidValue, Presence};
use decide::{Observation, Shows};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use target::Target;
use tokio::time::sleep;

/// The time after a write in which a read may still show the state before.
const DELAY: Duration = Duration::from_secs(300);

/// The interval at which the clocks are compared, and the smallest jump of the wall clock that counts
/// as sleep of the machine.
const TICK: Duration = Duration::from_secs(5);

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
/// # let expected = "preferred presence taken back, message taken back";
/// # assert_eq!(released.to_string(), expected);
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
    /// The presence before the hold and the time of its read; `None` after a read that shows the
    /// hold.
    before: Option<(Presence, SystemTime)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    /// Nothing of the hold is at the service.
    Prepared,
    /// A start has failed or was dropped: one of the two may be at the service.
    Starting,
    /// The writes have succeeded, or the hold was resumed.
    Held,
}

impl Hold {
    /// Reads the presence until the hold shows, at most until the end of the timeout. Gives the
    /// presence, and the reason if the hold does not show.
    ///
    /// The first read is at once, the next ones after 1, 2, 4 and 8 seconds, then every 15 seconds,
    /// and at the end of the timeout. With a timeout of zero there is one read.
    ///
    /// # Errors
    ///
    /// Those of a read, if no read succeeds before the end of the timeout.
    pub async fn effect(&mut self, timeout: Duration) -> Result<Effect, Error> {
        let target = self.target.clone();
        let effect = effect::read(&target, timeout, |shown| self.hidden(shown)).await?;
        self.forget_before(&effect.shown);
        Ok(effect)
    }

    /// Drops the presence before the hold if the hold shows.
    fn forget_before(&mut self, shown: &Presence) {
        if self.hidden(shown).is_none() {
            self.before = None;
        }
    }

    /// The reason why the presence that was read is not that of the hold; `None` if it is.
    fn hidden(&self, shown: &Presence) -> Option<Hidden> {
        let observed = self.observe(shown);
        if observed.is_expired() || self.has_nothing() {
            return Some(Hidden::Ended);
        }
        match observed.shows() {
            Shows::Ours => {}
            Shows::NoSession => return Some(Hidden::NoSession),
            Shows::NotYet => return Some(Hidden::NotYet),
            Shows::NoPreference if observed.before.is_some() => return Some(Hidden::NotYet),
            Shows::NoPreference | Shows::Other => return Some(Hidden::Preference),
        }
        match self.saved.message {
            None => None,
            Some(_) if observed.is_message_ours() => None,
            Some(_) if observed.may_extend_message() => Some(Hidden::NotYet),
            Some(_) => Some(Hidden::Message),
        }
    }

    /// Waits until both have expired at the service, by the wall clock.
    ///
    /// After sleep of the machine it returns at most five seconds late. It sends nothing.
    pub async fn expired(&self) {
        loop {
            let left = self.saved.expiry.duration_since((self.wall)());
            match left.unwrap_or_default() {
                Duration::ZERO => return,
                left => sleep(left.min(TICK)).await,
            }
        }
    }

    /// Returns the time at which both expire at the service, by the clock of this machine.
    pub fn expires_at(&self) -> SystemTime {
        self.saved.expiry
    }

    /// Returns the data with which another start of the program can release the hold.
    pub fn saved(&self) -> &SavedHold {
        &self.saved
    }

    /// Drops the hold without a warning. It expires, or another start of the program releases it.
    pub fn into_saved(mut self) -> SavedHold {
        self.state = State::Prepared;
        self.saved.clone()
    }

    /// Returns `true` if nothing of the hold can be at the service.
    fn has_nothing(&self) -> bool {
        self.state == State::Prepared || self.saved.is_released()
    }

    fn observe<'a>(&'a self, shown: &'a Presence) -> Observation<'a> {
        let now = (self.wall)();
        let before = self.before.as_ref();
        let before = before.filter(|(_, written)| now < *written + DELAY);
        Observation {
            saved: &self.saved,
            shown,
            before: before.map(|(before, _)| before),
            now,
        }
    }

    /// Reads the presence. The presence of another user than the hold's is an error.
    async fn read(&self) -> Result<Presence, Error> {
        let shown = self.target.read().await?;
        if shown.user_id()? == self.saved.user {
            return Ok(shown);
        }
        let rule = "the hold belongs to another user than the token";
        Err(invalid(rule, "sign in as the user of the hold").into())
    }

    /// The time until an expiry, in whole seconds, rounded up.
    fn until(&self, expiry: SystemTime) -> Result<Duration, Error> {
        let left = expiry.duration_since((self.wall)()).unwrap_or_default();
        match left.as_nanos().div_ceil(1_000_000_000) {
            0 => Err(invalid("the hold has expired", "prepare another one").into()),
            seconds => Ok(Duration::from_secs(seconds.try_into().unwrap_or(u64::MAX))),
        }
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

/// The expiry of a hold that lasts for a time from a start on.
fn expiry(start: SystemTime, lasting: Duration) -> Result<SystemTime, InvalidValue> {
    let expiry = start.checked_add(lasting);
    // A saved hold has no later times.
    let expiry = expiry.filter(|expiry| CivilDateTime::utc(*expiry).is_ok());
    expiry.ok_or_else(|| {
        let rule = "the hold would last beyond the year 9999";
        invalid(rule, "give a shorter time")
    })
}

// At the end: rustdoc lists the methods of a type in the order of the source, modules included.
#[cfg(feature = "blocking")]
mod blocking;
