//! A user's presence, derived from its sessions, preferred presence, status message and work
//! location.

use super::session::{LiveSession, Pair, Session, SessionId, aggregate};
use crate::clock::later;
use crate::user::User;
use jiff::{SignedDuration, Timestamp};
use msgraph_presence_models::{
    Activity, Availability, DateTimeTimeZone, OutOfOfficeSettings, PreferredPresence, UserId,
    UserWorkLocation, WorkLocationSource, WorkLocationType,
};

/// A user and the state of its presence.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) id: UserId,
    pub(crate) name: String,
    pub(crate) tenant: String,
    pub(crate) out_of_office: OutOfOfficeSettings,
    pub(crate) principal_name: String,
    pub(crate) locations: WorkLocations,
    sessions: Vec<LiveSession>,
    preference: Option<Preference>,
    status: Option<Status>,
    published: Option<Published>,
}

/// A preferred presence and its end.
#[derive(Clone, Debug, PartialEq)]
struct Preference {
    pair: Pair,
    until: Timestamp,
}

/// A status message.
#[derive(Clone, PartialEq)]
pub(crate) struct Status {
    pub(crate) content: String,
    pub(crate) published: Timestamp,
    pub(crate) expiry: Option<Expiry>,
}

/// Shows nothing of the message.
impl std::fmt::Debug for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Status")
            .field("published", &self.published)
            .field("expiry", &self.expiry)
            .finish_non_exhaustive()
    }
}

/// The expiry of a status message: the moment, and the value as it was sent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Expiry {
    pub(crate) at: Timestamp,
    pub(crate) sent: DateTimeTimeZone,
}

/// The last visible presence that got a sequence number.
#[derive(Clone, Debug)]
struct Published {
    sequence: u64,
    view: View,
}

/// The visible part of a presence.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct View {
    pub(crate) pair: Pair,
    pub(crate) out_of_office: OutOfOfficeSettings,
    pub(crate) work_location: Option<UserWorkLocation>,
    pub(crate) status: Option<Status>,
}

impl Account {
    pub(crate) fn new(user: User) -> Self {
        Self {
            id: user.id,
            name: user.name,
            tenant: user.tenant,
            out_of_office: user.out_of_office,
            principal_name: user.principal_name,
            locations: WorkLocations::new(user.work_location),
            sessions: Vec::new(),
            preference: None,
            status: None,
            published: None,
        }
    }

    pub(crate) fn start(&mut self, session: Session, id: SessionId, now: Timestamp) {
        self.sessions.push(session.start(id, now));
    }

    /// Sets the session of an application, in place of the one with the same `sessionId`.
    pub(crate) fn set_session(
        &mut self,
        application: &str,
        session: Session,
        id: SessionId,
        now: Timestamp,
    ) {
        self.sessions.retain(|session| !session.is_over(now));
        let mut session = session.start(id, now);
        session.application = Some(application.to_owned());
        let mut sessions = self.sessions.iter_mut();
        match sessions.find(|known| known.application == session.application) {
            Some(known) => {
                session.id = known.id;
                *known = session;
            }
            None => self.sessions.push(session),
        }
    }

    /// The live session of an application.
    pub(crate) fn session_of(&self, application: &str, now: Timestamp) -> Option<SessionId> {
        let mut sessions = self.sessions(now);
        let session =
            sessions.find(|session| session.application.as_deref() == Some(application))?;
        Some(session.id)
    }

    /// Ends a session, or all of them. Returns whether there was one.
    pub(crate) fn end(&mut self, which: Option<SessionId>, now: Timestamp) -> bool {
        self.sessions.retain(|session| !session.is_over(now));
        let before = self.sessions.len();
        match which {
            Some(id) => self.sessions.retain(|session| session.id != id),
            None => self.sessions.clear(),
        }
        self.sessions.len() < before
    }

    /// Marks a session as active now. Returns whether there is one.
    pub(crate) fn touch(&mut self, which: SessionId, now: Timestamp) -> bool {
        let mut sessions = self.sessions.iter_mut();
        let session = sessions.find(|session| session.id == which && !session.is_over(now));
        session.is_some_and(|session| {
            session.active = now;
            true
        })
    }

    /// The sessions that have not expired, the oldest first.
    pub(crate) fn sessions(&self, now: Timestamp) -> impl Iterator<Item = &LiveSession> {
        let sessions = self.sessions.iter();
        sessions.filter(move |session| !session.is_over(now))
    }

    pub(crate) fn prefer(
        &mut self,
        preferred: PreferredPresence,
        lasts: SignedDuration,
        now: Timestamp,
    ) {
        let pair = Pair::of(preferred.availability(), preferred.activity());
        let until = later(now, lasts);
        self.preference = Some(Preference { pair, until });
    }

    pub(crate) fn clear_preference(&mut self) {
        self.preference = None;
    }

    /// The preferred presence and its end, while it lasts.
    pub(crate) fn preference(&self, now: Timestamp) -> Option<(&Pair, Timestamp)> {
        let preference = self.preference.as_ref()?;
        (preference.until > now).then_some((&preference.pair, preference.until))
    }

    pub(crate) fn set_status(&mut self, status: Status) {
        self.status = Some(status);
    }

    /// The status message, until it expires.
    fn status(&self, now: Timestamp) -> Option<&Status> {
        let ends = |status: &Status| status.expiry.as_ref().map(|expiry| expiry.at);
        let status = self.status.as_ref();
        status.filter(|status| ends(status).is_none_or(|end| end > now))
    }

    /// The visible part of the presence at a moment.
    pub(crate) fn view(&self, now: Timestamp) -> View {
        View {
            pair: self.pair(now),
            out_of_office: self.out_of_office.clone(),
            work_location: self.locations.shown(),
            status: self.status(now).cloned(),
        }
    }

    /// The presence and its sequence number, which grows whenever the presence has changed.
    pub(crate) fn publish(&mut self, now: Timestamp, sequence: &mut u64) -> (u64, View) {
        self.forget(now);
        let view = self.view(now);
        match &self.published {
            Some(last) if last.view == view => (last.sequence, view),
            _ => {
                *sequence += 1;
                let published = Published {
                    sequence: *sequence,
                    view: view.clone(),
                };
                self.published = Some(published);
                (*sequence, view)
            }
        }
    }

    /// Drops expired sessions, preference and message, so that the memory of a user is bounded.
    fn forget(&mut self, now: Timestamp) {
        self.sessions.retain(|session| !session.is_over(now));
        if self.preference(now).is_none() {
            self.preference = None;
        }
        if self.status(now).is_none() {
            self.status = None;
        }
    }

    fn pair(&self, now: Timestamp) -> Pair {
        let Some(aggregated) = aggregate(&self.sessions, now) else {
            return Pair::OFFLINE;
        };
        let preferred = self.preference(now).map(|(pair, _)| pair.clone());
        let pair = preferred.unwrap_or(aggregated);
        // Documented for Available only; every other pair does not change.
        if pair == Pair::AVAILABLE && self.out_of_office.is_out_of_office == Some(true) {
            return Pair::of(Availability::Available, Activity::OutOfOffice);
        }
        pair
    }
}

/// The layers of a user's work location.
///
/// Documented: manual before automatic before scheduled, and within a layer the more precise
/// signal, such as an office with its building before an office. Not documented, and chosen here: a
/// signal of another type replaces the one before, and a layer has no expiry.
#[derive(Clone, Debug, Default)]
pub(crate) struct WorkLocations {
    manual: Option<UserWorkLocation>,
    automatic: Option<UserWorkLocation>,
    scheduled: Option<UserWorkLocation>,
    /// True when a layer was cleared: from then on the source is `none`, instead of no location.
    cleared: bool,
}

/// The two layers that the API sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layer {
    Manual,
    Automatic,
}

impl WorkLocations {
    /// The location of a new user, in the layer of its source; any other source is the scheduled
    /// layer.
    pub(crate) fn new(first: Option<UserWorkLocation>) -> Self {
        let mut locations = Self::default();
        let layer = match first.as_ref().and_then(|location| location.source.as_ref()) {
            Some(WorkLocationSource::Manual) => &mut locations.manual,
            Some(WorkLocationSource::Automatic) => &mut locations.automatic,
            _ => &mut locations.scheduled,
        };
        *layer = first;
        locations
    }

    /// Sets a layer, unless a more precise signal of the same type is there.
    pub(crate) fn set(&mut self, layer: Layer, kind: WorkLocationType, place: Option<String>) {
        let (layer, source) = match layer {
            Layer::Manual => (&mut self.manual, WorkLocationSource::Manual),
            Layer::Automatic => (&mut self.automatic, WorkLocationSource::Automatic),
        };
        let more_precise = layer.as_ref().is_some_and(|before| {
            before.work_location_type.as_ref() == Some(&kind) && before.place_id.is_some()
        });
        if place.is_some() || !more_precise {
            *layer = Some(location(kind, source, place));
        }
    }

    /// Clears the manual and the automatic layer.
    pub(crate) fn clear(&mut self) {
        self.manual = None;
        self.clear_automatic();
    }

    /// Clears the automatic layer.
    pub(crate) fn clear_automatic(&mut self) {
        self.automatic = None;
        self.cleared = true;
    }

    /// The location that shows; `None` when no layer was ever set or cleared.
    pub(crate) fn shown(&self) -> Option<UserWorkLocation> {
        let none = || {
            location(
                WorkLocationType::Unspecified,
                WorkLocationSource::None,
                None,
            )
        };
        let set = self.manual.as_ref().or(self.automatic.as_ref());
        let set = set.or(self.scheduled.as_ref()).cloned();
        set.or_else(|| self.cleared.then(none))
    }
}

fn location(
    kind: WorkLocationType,
    source: WorkLocationSource,
    place: Option<String>,
) -> UserWorkLocation {
    let mut location = UserWorkLocation::default();
    location.work_location_type = Some(kind);
    location.source = Some(source);
    location.place_id = place;
    location
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn expired_sessions_are_forgotten() {
        let mut ada = Account::new(User::new("Ada"));
        for n in 0..100_u32 {
            let now = Timestamp::UNIX_EPOCH + SignedDuration::from_mins(n.into());
            let session = Session::default().expires_in(Duration::from_secs(60));
            ada.start(session, SessionId(n.into()), now);
            ada.publish(now, &mut 0);
        }
        assert_eq!(ada.sessions.len(), 1);
    }
}
