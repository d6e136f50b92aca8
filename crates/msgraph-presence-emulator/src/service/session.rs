//! Presence sessions: they age, may expire, and are aggregated by precedence.

use crate::clock::{later, span};
use jiff::{SignedDuration, Timestamp};
use msgraph_presence_models::{Activity, Availability};
use std::fmt;
use std::time::Duration;

/// The time without activity after which an Available session shows as AvailableInactive.
pub(crate) const INACTIVE_AFTER: SignedDuration = SignedDuration::from_mins(5);

/// The time without activity after which an Available session shows as Away.
pub(crate) const AWAY_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// A session of a user: a signed-in Teams client, or an application that set a presence.
///
/// ```
/// use msgraph_presence_emulator::{Emulator, Session, models::Availability};
/// use std::time::Duration;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::start().await?;
/// let ada = emulator.add_user("Ada");
/// let availability = || emulator.presence(ada).and_then(|presence| presence.availability);
/// let hour = Duration::from_secs(3600);
///
/// emulator.sign_in_with(ada, Session::new("Busy", "InACall").expires_in(hour));
/// assert_eq!(availability(), Some(Availability::Busy));
/// emulator.advance(hour);
/// assert_eq!(availability(), Some(Availability::Offline));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Session {
    pair: Pair,
    lifetime: Option<Duration>,
}

impl Session {
    /// A session with any availability and activity, known or not, and no end.
    ///
    /// Only Available with Available ages: it shows AvailableInactive after five minutes without
    /// activity and Away after ten.
    pub fn new(availability: impl Into<Availability>, activity: impl Into<Activity>) -> Self {
        let pair = Pair {
            availability: availability.into(),
            activity: activity.into(),
        };
        Self {
            pair,
            lifetime: None,
        }
    }

    /// Ends the session after this time, on the emulator's clock, active or not.
    ///
    /// The emulator takes any length; the documented range for setPresence is 5 to 240 minutes.
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }

    pub(crate) fn start(self, id: SessionId, now: Timestamp) -> LiveSession {
        let expires = self.lifetime.map(|lifetime| later(now, span(lifetime)));
        LiveSession {
            id,
            application: None,
            pair: self.pair,
            active: now,
            expires,
        }
    }
}

impl Default for Session {
    /// A Teams client that has just been used: Available, without an end.
    fn default() -> Self {
        Self::new(Availability::Available, Activity::Available)
    }
}

/// The id of a session of a user. Its text is the number that the administration API uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub(crate) u64);

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An availability and its activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) availability: Availability,
    pub(crate) activity: Activity,
}

impl Pair {
    pub(crate) const AVAILABLE: Self = Self::of(Availability::Available, Activity::Available);
    pub(crate) const INACTIVE: Self =
        Self::of(Availability::Available, Activity::AvailableInactive);
    pub(crate) const AWAY: Self = Self::of(Availability::Away, Activity::Away);
    pub(crate) const OFFLINE: Self = Self::of(Availability::Offline, Activity::Offline);

    pub(crate) const fn of(availability: Availability, activity: Activity) -> Self {
        Self {
            availability,
            activity,
        }
    }
}

/// A session that has begun.
#[derive(Clone, Debug)]
pub(crate) struct LiveSession {
    pub(crate) id: SessionId,
    /// The `sessionId` of setPresence; `None` for a Teams client.
    pub(crate) application: Option<String>,
    pub(crate) pair: Pair,
    pub(crate) active: Timestamp,
    pub(crate) expires: Option<Timestamp>,
}

impl LiveSession {
    /// The pair that the session shows now: only Available ages.
    pub(crate) fn shows(&self, now: Timestamp) -> Pair {
        if self.pair != Pair::AVAILABLE {
            return self.pair.clone();
        }
        let idle = now.duration_since(self.active);
        if idle >= AWAY_AFTER {
            Pair::AWAY
        } else if idle >= INACTIVE_AFTER {
            Pair::INACTIVE
        } else {
            Pair::AVAILABLE
        }
    }

    /// Returns whether the session has ended.
    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

/// The pair that all sessions of a user show together, or `None` without a session.
///
/// Documented: DoNotDisturb before Busy before Available before Away. Not documented, and chosen
/// here: the idle forms come right after their active ones, everything else after Away, Offline
/// last; of equals, the session that was active last.
pub(crate) fn aggregate(sessions: &[LiveSession], now: Timestamp) -> Option<Pair> {
    let shown = sessions.iter().filter(|session| !session.is_over(now));
    let shown = shown.map(|session| (session.shows(now), session.active));
    shown
        .max_by_key(|(pair, active)| (precedence(&pair.availability), *active))
        .map(|(pair, _)| pair)
}

fn precedence(availability: &Availability) -> u8 {
    match availability {
        Availability::DoNotDisturb => 7,
        Availability::Busy => 6,
        Availability::BusyIdle => 5,
        Availability::Available => 4,
        Availability::AvailableIdle => 3,
        Availability::Away => 2,
        Availability::Offline => 0,
        _ => 1,
    }
}
