//! The rules of a release: the presence that shows decides what is still the hold's own. Without IO.

use super::error::Outcome;
use super::saved::SavedHold;
use super::text;
use crate::{
    Activity, Availability, DateTimeTimeZone, PreferredPresence, Presence, PresenceStatusMessage,
    StatusMessage,
};
use std::time::{Duration, SystemTime};

/// The largest difference between an expiry that was set and the one that is read.
const ROUNDING: Duration = Duration::from_secs(60);

/// The time after the expiry of a hold in which a release still restores the earlier message.
const LATE: Duration = Duration::from_secs(24 * 3600);

/// A hold, the presence that shows, and the time.
#[derive(Clone, Copy)]
pub(super) struct Observation<'a> {
    pub(super) saved: &'a SavedHold,
    pub(super) shown: &'a Presence,
    /// The presence before the hold, while reads may not show the hold yet.
    pub(super) before: Option<&'a Presence>,
    pub(super) now: SystemTime,
}

/// The action of a release for the preferred presence or the message of a hold.
#[derive(Debug, PartialEq)]
pub(super) enum Undo<T> {
    Write(T),
    Leave(Outcome),
}

/// The conclusion from the pair of availability and activity that shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shows {
    /// The pair of the hold's preferred presence.
    Ours,
    /// The user has no session, so no preferred presence shows.
    NoSession,
    /// The pair of no preferred presence: none is set, because it would hide this pair.
    NoPreference,
    /// The pair of another preferred presence.
    Other,
    /// The pair from before the hold, while the hold may not show yet.
    NotYet,
}

impl<'a> Observation<'a> {
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

    /// The preferred presence is cleared unless another one was set.
    pub(super) fn undo_preference(&self) -> Undo<()> {
        match self.shows() {
            _ if self.is_expired() => Undo::Leave(Outcome::Expired),
            Shows::Other => Undo::Leave(Outcome::Kept),
            _ => Undo::Write(()),
        }
    }

    /// Returns `true` unless another or no preferred presence shows.
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

    /// Returns `true` if the message from before the hold shows, or if there was none and none shows.
    pub(super) fn is_message_earlier(&self) -> bool {
        let (shown, earlier) = match (self.shown_message(), &self.saved.earlier) {
            (Some(shown), Some(earlier)) => (shown, earlier),
            (shown, earlier) => return shown.is_none() && earlier.is_none(),
        };
        has_text(shown, earlier.text().unwrap_or_default())
            && match (known_expiry(shown), known_expiry(earlier)) {
                (Expiry::At(shown), Expiry::At(earlier)) => is_near(shown, earlier),
                // The earlier message is saved without `publishedDateTime`: then `Never` is `Unknown`.
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

/// The earlier message, unless it has expired. If its time zone is not known, the service decides.
pub(super) fn earlier(saved: &SavedHold, now: SystemTime) -> Option<StatusMessage> {
    let earlier = saved.earlier.as_ref()?;
    let expiry = earlier.expiry_date_time.as_ref();
    let is_past = expiry
        .and_then(|expiry| expiry.to_system_time().ok())
        .is_some_and(|at| at <= now);
    let message = StatusMessage::try_from(earlier.clone());
    message.ok().filter(|_| !is_past)
}

/// Returns `true` for the pair of the preferred presence, and for its availability with
/// `OutOfOffice`.
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

/// The expiry of a message that was read.
enum Expiry {
    /// The time zone is not known, or the service has left the expiry out, as it does for messages
    /// of other users.
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
