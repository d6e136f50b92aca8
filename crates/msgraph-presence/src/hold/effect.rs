//! The effect of a write: the presence that shows, and the rule that hides the write.

use super::target::Target;
use crate::watch::pair;
use crate::{Error, Presence};
use std::fmt;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// The wait after the first read. It doubles.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// The longest wait between two reads.
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// The effect of a write, by the last read.
///
/// `Display` is one line, such as `Busy, InACall is shown, not the presence that was set: …`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Effect {
    /// The presence that was read.
    pub shown: Presence,

    /// The reason why it is not what was set; `None` if it is.
    pub hidden: Option<Hidden>,
}

/// The reason why a write that the service has accepted does not show.
///
/// `Display` is the rule, in a sentence without its full stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Hidden {
    /// The user has no presence session.
    NoSession,

    /// A preferred presence was set, which comes before every session and every earlier preferred
    /// presence; or that of a hold was reset.
    Preference,

    /// Another session of the user comes before that of the application.
    Session,

    /// The status message was changed or removed.
    Message,

    /// `Available` has faded, because it was not sent again.
    Faded,

    /// No rule hides it: the service has not applied it yet.
    NotYet,

    /// The hold or the session has expired, was released or was ended.
    Ended,
}

impl Effect {
    /// True if what was set shows.
    pub fn is_shown(&self) -> bool {
        self.hidden.is_none()
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&pair(&self.shown))?;
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

/// Reads until nothing hides what was set, or until it has ended; for the last time at the end of
/// the timeout.
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

/// A timeout that no program waits for, and that a clock can add.
const FOREVER: Duration = Duration::from_secs(100 * 365 * 24 * 3600);
