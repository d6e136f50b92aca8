//! The model, which stores the requests and computes everything at each read, and the random steps.

use crate::service::session::SessionId;
use jiff::{SignedDuration, Timestamp};
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value, json};

/// An availability and an activity.
pub(super) type Pair = (&'static str, &'static str);

/// The requests so far, reduced to their effect. Times are minutes.
#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) now: i64,
    pub(super) sessions: Vec<ModelSession>,
    pub(super) preferred: Option<(usize, i64)>,
    pub(super) message: Option<(String, i64, Option<i64>)>,
    pub(super) out_of_office: bool,
    /// The manual and the automatic layer, each as an index of the locations.
    pub(super) manual: Option<usize>,
    pub(super) automatic: Option<usize>,
    pub(super) location_cleared: bool,
}

impl Model {
    pub(super) fn live(&self) -> Vec<&ModelSession> {
        let live = |expires: Option<i64>| expires.is_none_or(|end| end > self.now);
        let sessions = self.sessions.iter();
        sessions.filter(|session| live(session.expires)).collect()
    }

    pub(super) fn pair(&self) -> Pair {
        let mut shown: Vec<_> = self
            .live()
            .iter()
            .map(|s| (self.aged(s), s.active))
            .collect();
        // Stable: of those that were active at the same time, the later one stays later.
        shown.sort_by_key(|(_, active)| *active);
        let pairs = shown.iter().rev().map(|(pair, _)| *pair);
        let order = [
            "DoNotDisturb",
            "Busy",
            "BusyIdle",
            "Available",
            "AvailableIdle",
            "Away",
            "Purring",
            "Offline",
        ];
        let first = |availability| pairs.clone().find(|pair| pair.0 == availability);
        let Some(aggregated) = order.into_iter().find_map(first) else {
            return ("Offline", "Offline");
        };
        let preferred = self.preferred.filter(|(_, until)| *until > self.now);
        let pair = match preferred.map(|(preferred, _)| preferred) {
            Some(0) => ("Available", "Available"),
            Some(1) => ("Busy", "Busy"),
            Some(2) => ("DoNotDisturb", "DoNotDisturb"),
            Some(3) => ("BeRightBack", "BeRightBack"),
            Some(4) => ("Away", "Away"),
            Some(_) => ("Offline", "OffWork"),
            None => aggregated,
        };
        match pair {
            ("Available", "Available") if self.out_of_office => ("Available", "OutOfOffice"),
            pair => pair,
        }
    }

    fn aged(&self, session: &ModelSession) -> Pair {
        match (session.pair, self.now - session.active) {
            (("Available", "Available"), 10..) => ("Away", "Away"),
            (("Available", "Available"), 5..) => ("Available", "AvailableInactive"),
            (pair, _) => pair,
        }
    }

    /// A layer after a signal: an office without a place does not replace one with a place.
    pub(super) fn layered(before: Option<usize>, signal: usize) -> Option<usize> {
        match (before, signal) {
            (Some(1 | 2), 0) => before,
            _ => Some(signal),
        }
    }

    pub(super) fn location(&self) -> Value {
        let shown = |layer: usize, source: &str| {
            let (kind, place) = LOCATIONS[layer];
            let mut shown = json!({ "workLocationType": kind, "source": source });
            if let Some(place) = place {
                shown["placeId"] = place.into();
            }
            shown
        };
        match (self.manual, self.automatic) {
            (Some(manual), _) => shown(manual, "manual"),
            (None, Some(automatic)) => shown(automatic, "automatic"),
            _ if self.location_cleared => {
                json!({ "workLocationType": "unspecified", "source": "none" })
            }
            _ => Value::Null,
        }
    }

    /// The status message as the user itself sees it.
    pub(super) fn message(&self) -> Value {
        let live = |end: Option<i64>| end.is_none_or(|end| end > self.now);
        let Some((text, said, end)) = self.message.as_ref().filter(|(_, _, end)| live(*end)) else {
            return Value::Null;
        };
        let mut message = json!({
            "message": { "content": text, "contentType": "text" },
            "publishedDateTime": format!("{}.0000000Z", civil(*said)),
        });
        if let Some(end) = end {
            let date_time = format!("{}.0000000", civil(*end));
            message["expiryDateTime"] = json!({ "dateTime": date_time, "timeZone": "UTC" });
        }
        message
    }
}

/// The start of everything, and minutes after it.
pub(super) fn at(minutes: i64) -> Timestamp {
    let start: Timestamp = "2026-11-21T09:00:00Z".parse().unwrap();
    start + SignedDuration::from_mins(minutes)
}

pub(super) fn civil(minutes: i64) -> String {
    at(minutes).strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// A work location: its type and its place.
pub(super) const LOCATIONS: [(&str, Option<&str>); 5] = [
    ("office", None),
    ("office", Some("A")),
    ("office", Some("B")),
    ("remote", None),
    ("timeOff", None),
];

/// A session: when it was active, when it ends, and the application that has it.
#[derive(Clone, Debug)]
pub(super) struct ModelSession {
    pub(super) pair: Pair,
    pub(super) active: i64,
    pub(super) expires: Option<i64>,
    pub(super) application: Option<usize>,
    pub(super) id: SessionId,
}

/// The pairs that sessions have: first those of setPresence, last an unknown one.
pub(super) const PAIRS: [Pair; 10] = [
    ("Available", "Available"),
    ("Busy", "InACall"),
    ("Busy", "InAConferenceCall"),
    ("Away", "Away"),
    ("DoNotDisturb", "Presenting"),
    ("Busy", "InAMeeting"),
    ("Offline", "OffWork"),
    ("BusyIdle", "Busy"),
    ("AvailableIdle", "Available"),
    ("Purring", "OnTheSofa"),
];

/// Windows names, IANA names and how far they are ahead of UTC, in hours.
pub(super) const ZONES: [(&str, i64); 4] = [
    ("UTC", 0),
    ("Etc/GMT+12", -12),
    ("Tokyo Standard Time", 9),
    ("Asia/Dubai", 4),
];

/// The ids of application sessions.
pub(super) const APPLICATIONS: [&str; 2] = ["app", "another"];

/// A step of the random test: indexes of the tables here, and minutes.
#[derive(Clone, Debug)]
pub(super) enum Step {
    SignIn(usize, Option<i64>),
    SignOut,
    End(usize),
    Touch(usize),
    Restart(usize),
    Prefer(usize, Option<i64>),
    /// The text, its lifetime, and the zone of the expiry.
    SetMessage(String, Option<i64>, usize),
    /// The application, the pair and the lifetime.
    SetPresence(usize, usize, Option<i64>),
    ClearPresence(usize),
    ClearPreference {
        with_body: bool,
    },
    SetLocation {
        manual: bool,
        location: usize,
    },
    ClearLocation {
        automatic_only: bool,
    },
    OutOfOffice(bool),
    Wait(i64),
    Wrong {
        body: usize,
        action: usize,
    },
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    // Now and then exactly as long as a session ages: an edge is where mistakes are.
    let minutes = || option::of(prop_oneof![Just(5), 1_i64..3000]);
    let pair = || prop_oneof![Just(0), 0..PAIRS.len()];
    let wait = prop_oneof![3 => Just(5), 2 => 0_i64..7, 1 => 0_i64..20_000];
    let application = 0..APPLICATIONS.len();
    let presence = (application.clone(), 0_usize..5, option::of(5_i64..=240));
    let location = (any::<bool>(), 0..LOCATIONS.len());
    let wrong = (0..WRONG_BODIES.len(), 0..WRONG_ACTIONS.len());
    prop_oneof![
        4 => (pair(), minutes()).prop_map(|(pair, minutes)| Step::SignIn(pair, minutes)),
        2 => Just(Step::SignOut),
        1 => (0_usize..4).prop_map(Step::End),
        2 => (0_usize..4).prop_map(Step::Touch),
        1 => (0_usize..4).prop_map(Step::Restart),
        1 => (0_usize..6, minutes()).prop_map(|(preset, minutes)| Step::Prefer(preset, minutes)),
        1 => (".{0,8}", minutes(), 0..ZONES.len())
            .prop_map(|(text, minutes, zone)| Step::SetMessage(text, minutes, zone)),
        3 => presence.prop_map(|(id, pair, minutes)| Step::SetPresence(id, pair, minutes)),
        2 => application.prop_map(Step::ClearPresence),
        1 => any::<bool>().prop_map(|with_body| Step::ClearPreference { with_body }),
        2 => location.prop_map(|(manual, location)| Step::SetLocation { manual, location }),
        1 => any::<bool>().prop_map(|automatic_only| Step::ClearLocation { automatic_only }),
        1 => any::<bool>().prop_map(Step::OutOfOffice),
        6 => wait.prop_map(Step::Wait),
        1 => wrong.prop_map(|(body, action)| Step::Wrong { body, action }),
    ]
}

/// The actions that take one of the bodies below.
pub(super) const WRONG_ACTIONS: [&str; 5] = [
    "setStatusMessage",
    "setUserPreferredPresence",
    "setPresence",
    "clearPresence",
    "setManualLocation",
];

/// Bodies that no action takes.
pub(super) const WRONG_BODIES: [&str; 6] = [
    "",
    "{",
    "[]",
    r#"{"availability":"Busy","activity":"Away"}"#,
    r#"{"availability":"Busy","activity":"Busy","expirationDuration":"8:00:00"}"#,
    r#"{"statusMessage":{"expiryDateTime":{"dateTime":"2026-11-21T09:00:00Z"}}}"#,
];

/// A request of a batch: its status, and the indexes of those on which it depends.
#[derive(Clone, Debug)]
pub(super) struct ModelPart {
    status: u64,
    pub(super) depends_on: Vec<usize>,
}

pub(super) fn part() -> impl Strategy<Value = ModelPart> {
    let status = prop_oneof![3 => Just(200), 1 => Just(404), 1 => Just(400), 1 => Just(501)];
    let part = (status, proptest::collection::vec(0_usize..20, 0..3));
    part.prop_map(|(status, depends_on)| ModelPart { status, depends_on })
}

impl ModelPart {
    pub(super) fn request(&self, n: usize) -> Value {
        let url = match self.status {
            200 => "/me/presence",
            404 => "/users/66825e03-7ef5-42da-9069-724602c31f6b/presence",
            400 => "/me/presents",
            _ => "/me/messages",
        };
        let on = self.depends_on.iter().map(|on| format!("ID{on}"));
        let on: Vec<_> = on.collect();
        json!({ "id": format!("id{n}"), "method": "GET", "url": url, "dependsOn": on })
    }
}

/// The statuses of all parts, or `None` when some of them wait for each other.
pub(super) fn statuses(parts: &[ModelPart]) -> Option<Vec<u64>> {
    let mut statuses = vec![None; parts.len()];
    for _ in parts {
        for (n, ModelPart { status, depends_on }) in parts.iter().enumerate() {
            let on: Option<Vec<u64>> = depends_on.iter().map(|on| statuses[*on]).collect();
            let failed = |on: Vec<u64>| on.into_iter().any(|status| status >= 400);
            statuses[n] = on.map(|on| if failed(on) { 424 } else { *status });
        }
    }
    statuses.into_iter().collect()
}
