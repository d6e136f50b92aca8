//! The effect of a write: the presence that shows, and the reason if the write does not show.

use super::target::Target;
use crate::{Error, Presence};
use std::fmt;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// The wait after the first read. It doubles, up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// The effect of a write, by the last read: the presence that shows, and the reason if it is not the
/// one that was set.
///
/// `Display` is one line, such as `Busy, InACall is shown, not the presence that was set: …`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Effect {
    /// The presence that was read.
    pub shown: Presence,

    /// The reason why the presence that was set does not show; `None` if it shows.
    pub hidden: Option<Hidden>,
}

/// The reason why a write that the service has accepted does not show.
///
/// `Display` is the rule, a sentence without a full stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Hidden {
    /// The user has no presence session.
    NoSession,

    /// Another preferred presence was set later, which takes precedence over every session and every
    /// earlier preferred presence; or the one of the hold was cleared.
    Preference,

    /// Another session of the user takes precedence over that of the application.
    Session,

    /// The status message was changed or removed.
    Message,

    /// `Available` has faded to `AvailableIdle` or `Away`, because it was not sent again.
    Faded,

    /// The service has not applied the write yet, as far as is known.
    NotYet,

    /// The hold or the session has expired, was released or was ended.
    Ended,
}

impl Effect {
    /// Returns `true` if the presence that was set shows.
    pub fn is_shown(&self) -> bool {
        self.hidden.is_none()
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shown.fmt(f)?;
        match self.hidden {
            None => f.write_str(" is shown, as it was set"),
            Some(hidden) => write!(f, " is shown, not the presence that was set: {hidden}"),
        }
    }
}

impl fmt::Display for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSession => {
                "the user has no presence session, so the preferred presence is not shown; a session \
                 begins when a Teams client signs in"
            }
            Self::Preference => {
                "another preferred presence was set or cleared later; the last one counts, and it \
                 takes precedence over every session"
            }
            Self::Session => {
                "another session takes precedence: DoNotDisturb over Busy, Busy over Available, \
                 Available over Away"
            }
            Self::Message => "the status message was changed or removed after it was set",
            Self::Faded => {
                "Available turned into AvailableIdle or Away, five and ten minutes after it was last sent; call `keep_alive` earlier"
            }
            Self::NotYet => "the service has not applied the change yet; no other cause is known",
            Self::Ended => "the hold or session has expired, was released or was ended",
        })
    }
}

/// Reads the presence until nothing hides the write, or the write has ended, or the timeout is over.
pub(super) async fn read(
    target: &Target,
    timeout: Duration,
    hidden: impl Fn(&Presence) -> Option<Hidden>,
) -> Result<Effect, Error> {
    let start = Instant::now();
    let end = start.checked_add(timeout).unwrap_or(start + FOREVER);
    let mut wait = FIRST_WAIT;
    let mut known = None;
    loop {
        let is_last = Instant::now() >= end;
        match target.read().await {
            Ok(shown) => {
                let hidden = hidden(&shown);
                let effect = Effect { shown, hidden };
                if is_last || matches!(hidden, None | Some(Hidden::Ended)) {
                    return Ok(effect);
                }
                known = Some(effect);
            }
            Err(error) if !error.is_retryable() => return Err(error),
            Err(error) if is_last => return known.ok_or(error),
            Err(_) => {}
        }
        sleep_until((Instant::now() + wait).min(end)).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

/// The longest timeout: an `Instant` plus this time does not overflow.
const FOREVER: Duration = Duration::from_secs(100 * 365 * 24 * 3600);
