//! The rules of a release: which half of a hold is still its own, by the presence that shows. Without any IO.

use super::error::Outcome;
use super::saved::SavedHold;
use super::text;
use crate::{
    Activity, Availability, DateTimeTimeZone, PreferredPresence, Presence, PresenceStatusMessage,
    StatusMessage,
};
use std::time::{Duration, SystemTime};

/// The largest difference between two forms of one expiry.
const ROUNDING: Duration = Duration::from_secs(60);

/// The time after its expiry in which a hold still brings the earlier message back.
const LATE: Duration = Duration::from_secs(24 * 3600);

/// A hold, the presence that shows, and the time.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) saved: &'a SavedHold,
    pub(super) shown: &'a Presence,
    /// The presence before the hold, as long as the hold may not show yet.
    pub(super) before: Option<&'a Presence>,
    pub(super) now: SystemTime,
}

/// The action of a release for one half of a hold.
#[derive(Debug, PartialEq)]
pub(super) enum Undo<T> {
    Write(T),
    Leave(Outcome),
}

/// The preferred presence that shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shows {
    Ours,
    /// No session, or nothing that is known: any preferred presence is hidden.
    NoSession,
    /// A pair that no preferred presence has: any preferred presence would hide it.
    NoPreference,
    /// The pair of another preferred presence.
    Other,
    /// The pair that showed before the hold, which may not show yet.
    NotYet,
}

impl<'a> Look<'a> {
    pub(super) fn is_expired(&self) -> bool {
        self.now >= self.saved.last_expiry()
    }

    pub(super) fn shows(&self) -> Shows {
        let is = |preferred| has_pair(self.shown, preferred);
        match &self.shown.availability {
            _ if is(self.saved.preference) => Shows::Ours,
            None | Some(Availability::PresenceUnknown) => Shows::NoSession,
            Some(Availability::Offline) if !is(PreferredPresence::Offline) => Shows::NoSession,
            _ if !PreferredPresence::ALL.iter().copied().any(is) => Shows::NoPreference,
            _ => match self.before {
                Some(before) if is_same_pair(before, self.shown) => Shows::NotYet,
                _ => Shows::Other,
            },
        }
    }

    /// To clear a preferred presence is harmless unless another one was set.
    pub(super) fn undo_preference(&self) -> Undo<()> {
        match self.shows() {
            _ if self.is_expired() => Undo::Leave(Outcome::Expired),
            Shows::Other => Undo::Leave(Outcome::Kept),
            _ => Undo::Write(()),
        }
    }

    /// True unless another or no preferred presence shows.
    pub(super) fn may_extend_preference(&self) -> bool {
        matches!(self.shows(), Shows::Ours | Shows::NoSession | Shows::NotYet)
    }

    fn shown_message(&self) -> Option<&'a PresenceStatusMessage> {
        let message = self.shown.status_message.as_ref();
        message.filter(|message| message.text().is_some())
    }

    pub(super) fn is_message_ours(&self) -> bool {
        let (Some(shown), Some(ours)) = (self.shown_message(), &self.saved.message) else {
            return false;
        };
        let expiries = [Some(self.saved.expiry), self.saved.extension];
        has_text(shown, ours)
            && match known_expiry(shown) {
                Expiry::Unknown => true,
                Expiry::Never => false,
                Expiry::At(at) => expiries.into_iter().flatten().any(|ours| is_near(at, ours)),
            }
    }

    /// True if the message from before the hold shows, or if there was no message and is no message.
    pub(super) fn is_message_earlier(&self) -> bool {
        let (shown, earlier) = match (self.shown_message(), &self.saved.earlier) {
            (Some(shown), Some(earlier)) => (shown, earlier),
            (shown, earlier) => return shown.is_none() && earlier.is_none(),
        };
        has_text(shown, earlier.text().unwrap_or_default())
            && match (known_expiry(shown), known_expiry(earlier)) {
                (Expiry::At(shown), Expiry::At(earlier)) => is_near(shown, earlier),
                // The earlier message is stored without its time of publishing, so `Never` reads as `Unknown`.
                (Expiry::Never, Expiry::Unknown) | (Expiry::Unknown, _) => true,
                _ => false,
            }
    }

    pub(super) fn may_extend_message(&self) -> bool {
        self.is_message_ours() || self.before.is_some() && self.is_message_earlier()
    }

    pub(super) fn undo_message(&self) -> Undo<StatusMessage> {
        let earlier = self.earlier();
        // The service has removed the message of the hold, and no other message was set.
        let has_ended = self.is_expired()
            && self.shown_message().is_none()
            && self.now < self.saved.last_expiry() + LATE;
        match earlier {
            _ if self.may_extend_message() => {
                Undo::Write(earlier.unwrap_or_else(StatusMessage::clear))
            }
            Some(earlier) if has_ended => Undo::Write(earlier),
            _ if self.is_expired() => Undo::Leave(Outcome::Expired),
            _ => Undo::Leave(Outcome::Kept),
        }
    }

    /// The earlier message, unless it has expired.
    pub(super) fn earlier(&self) -> Option<StatusMessage> {
        earlier(self.saved, self.now)
    }
}

/// The earlier message, unless it has expired by then. If its zone is not known, the service decides.
pub(super) fn earlier(saved: &SavedHold, now: SystemTime) -> Option<StatusMessage> {
    let earlier = saved.earlier.as_ref()?;
    let expiry = earlier.expiry_date_time.as_ref();
    let is_past = expiry
        .and_then(|expiry| expiry.to_system_time().ok())
        .is_some_and(|at| at <= now);
    let message = StatusMessage::try_from(earlier.clone());
    message.ok().filter(|_| !is_past)
}

/// True if the pair is that of a preferred presence, or the same availability with `OutOfOffice`.
fn has_pair(shown: &Presence, preferred: PreferredPresence) -> bool {
    shown.availability == Some(preferred.availability())
        && match &shown.activity {
            Some(Activity::OutOfOffice) => preferred != PreferredPresence::Offline,
            activity => *activity == Some(preferred.activity()),
        }
}

fn is_same_pair(a: &Presence, b: &Presence) -> bool {
    a.availability == b.availability && a.activity == b.activity
}

fn has_text(message: &PresenceStatusMessage, text: &str) -> bool {
    text::is_same(message.text().unwrap_or_default(), text)
}

fn is_near(a: SystemTime, b: SystemTime) -> bool {
    let apart = a.duration_since(b).or_else(|_| b.duration_since(a));
    apart.is_ok_and(|apart| apart <= ROUNDING)
}

enum Expiry {
    /// The message is another user's, which comes without an expiry, or its zone is not known.
    Unknown,
    Never,
    At(SystemTime),
}

fn known_expiry(message: &PresenceStatusMessage) -> Expiry {
    let expiry = message.expiry_date_time.as_ref();
    match expiry.map(DateTimeTimeZone::to_system_time) {
        Some(Ok(at)) => Expiry::At(at),
        None if message.published_date_time.is_some() => Expiry::Never,
        _ => Expiry::Unknown,
    }
}
