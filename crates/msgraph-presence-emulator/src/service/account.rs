//! A user's presence, derived from its sessions, preference and status message.

use super::location::WorkLocations;
use super::session::{LiveSession, Pair, Session, SessionId, aggregate};
use crate::clock::later;
use crate::user::User;
use jiff::{SignedDuration, Timestamp};
use msgraph_presence_models::{
    Activity, Availability, DateTimeTimeZone, OutOfOfficeSettings, PreferredPresence, UserId,
    UserWorkLocation,
};

/// A user and everything that is known of its presence.
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

/// Nothing of a message is printed.
impl std::fmt::Debug for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Status")
            .field("published", &self.published)
            .field("expiry", &self.expiry)
            .finish_non_exhaustive()
    }
}

/// When a status message expires: the moment, and how it was sent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Expiry {
    pub(crate) at: Timestamp,
    pub(crate) sent: DateTimeTimeZone,
}

/// The last version of a presence that had a sequence number.
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

    /// The session of an application that has not ended.
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

    /// The visible part of the presence at a moment.
    pub(crate) fn view(&self, now: Timestamp) -> View {
        let expired = |status: &&Status| {
            let expiry = status.expiry.as_ref();
            expiry.is_some_and(|expiry| expiry.at <= now)
        };
        let status = self.status.as_ref().filter(|status| !expired(status));
        View {
            pair: self.pair(now),
            out_of_office: self.out_of_office.clone(),
            work_location: self.locations.shown(),
            status: status.cloned(),
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

    /// Drops what has expired, so that a user does not grow for ever.
    fn forget(&mut self, now: Timestamp) {
        self.sessions.retain(|session| !session.is_over(now));
        if self.preference(now).is_none() {
            self.preference = None;
        }
        let expiry = self
            .status
            .as_ref()
            .and_then(|status| status.expiry.as_ref());
        if expiry.is_some_and(|expiry| expiry.at <= now) {
            self.status = None;
        }
    }

    fn pair(&self, now: Timestamp) -> Pair {
        let Some(aggregated) = aggregate(&self.sessions, now) else {
            return Pair::OFFLINE;
        };
        let preferred = self.preference(now).map(|(pair, _)| pair.clone());
        let pair = preferred.unwrap_or(aggregated);
        // Documented only for Available; every other pair stays as it is.
        if pair == Pair::AVAILABLE && self.out_of_office.is_out_of_office == Some(true) {
            return Pair::of(Availability::Available, Activity::OutOfOffice);
        }
        pair
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    fn ada() -> Account {
        Account::new(User::new("Ada"))
    }

    fn pair(availability: &str, activity: &str) -> Pair {
        Pair::of(availability.into(), activity.into())
    }

    const HOUR: SignedDuration = SignedDuration::from_hours(1);

    #[test]
    fn a_preference_shows_only_while_there_is_a_session() {
        let mut ada = ada();
        ada.prefer(PreferredPresence::DoNotDisturb, HOUR, at(0));
        assert_eq!(ada.view(at(0)).pair, Pair::OFFLINE);
        ada.start(Session::default(), SessionId(1), at(1));
        assert_eq!(ada.view(at(1)).pair, pair("DoNotDisturb", "DoNotDisturb"));
        ada.end(None, at(2));
        assert_eq!(ada.view(at(2)).pair, Pair::OFFLINE);
    }

    #[test]
    fn a_preference_overrides_every_session_until_it_ends() {
        let mut ada = ada();
        ada.start(Session::new("Busy", "InACall"), SessionId(1), at(0));
        ada.prefer(PreferredPresence::Away, HOUR, at(0));
        assert_eq!(ada.view(at(59)).pair, Pair::AWAY);
        assert_eq!(ada.view(at(60)).pair, pair("Busy", "InACall"));
    }

    #[test]
    fn appearing_offline_is_a_preference_like_any_other() {
        let mut ada = ada();
        ada.start(Session::default(), SessionId(1), at(0));
        ada.prefer(PreferredPresence::Offline, HOUR, at(0));
        assert_eq!(ada.view(at(1)).pair, pair("Offline", "OffWork"));
    }

    #[test]
    fn out_of_office_shows_while_available() {
        let mut ada = ada();
        ada.out_of_office.is_out_of_office = Some(true);
        ada.start(Session::default(), SessionId(1), at(0));
        assert_eq!(ada.view(at(0)).pair, pair("Available", "OutOfOffice"));
        assert_eq!(ada.view(at(10)).pair, Pair::AWAY);
        ada.start(Session::new("Busy", "InACall"), SessionId(2), at(0));
        assert_eq!(ada.view(at(0)).pair, pair("Busy", "InACall"));
    }

    #[test]
    fn a_status_message_ends_when_it_expires() {
        let mut ada = ada();
        let expiry = Expiry {
            at: at(30),
            sent: DateTimeTimeZone::default(),
        };
        let status = Status {
            content: "Lunch".into(),
            published: at(0),
            expiry: Some(expiry),
        };
        ada.set_status(status.clone());
        assert_eq!(ada.view(at(29)).status, Some(status));
        assert_eq!(ada.view(at(30)).status, None);
    }

    #[test]
    fn a_sequence_number_grows_with_each_change_and_only_then() {
        let mut ada = ada();
        let mut sequence = 0;
        let mut number = |ada: &mut Account, minute| ada.publish(at(minute), &mut sequence).0;
        assert_eq!(number(&mut ada, 0), 1);
        assert_eq!(number(&mut ada, 1), 1);
        ada.start(Session::default(), SessionId(1), at(1));
        assert_eq!(number(&mut ada, 1), 2);
        assert_eq!(number(&mut ada, 5), 2);
        assert_eq!(number(&mut ada, 6), 3);
        assert_eq!(number(&mut ada, 11), 4);
        ada.touch(SessionId(1), at(11));
        assert_eq!(number(&mut ada, 11), 5);
    }

    #[test]
    fn what_has_expired_is_forgotten() {
        let mut ada = ada();
        let minute = std::time::Duration::from_secs(60);
        for n in 0..100 {
            let session = Session::default().expires_in(minute);
            ada.start(session, SessionId(n), at(n as i64));
            ada.publish(at(n as i64), &mut 0);
        }
        assert_eq!(ada.sessions.len(), 1);
    }
}
