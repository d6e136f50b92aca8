//! Random operations, clock steps and restarts of sessions, compared with a model of a few lines.
//!
//! The model stores what was asked for, and computes everything at each look.

use super::{Account, Service, Session, SessionId};
use crate::clock::Clock;
use crate::user::User;
use bytes::Bytes;
use http::{Request, StatusCode};
use jiff::{SignedDuration, Timestamp};
use msgraph_presence_models::{Cloud, PreferredPresence, UserId};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};

/// The pairs that sessions have: those of setPresence, two of Teams, one unknown.
const PAIRS: [(&str, &str); 8] = [
    ("Available", "Available"),
    ("Busy", "InACall"),
    ("Busy", "InAConferenceCall"),
    ("Away", "Away"),
    ("DoNotDisturb", "Presenting"),
    ("Busy", "InAMeeting"),
    ("Offline", "OffWork"),
    ("Purring", "OnTheSofa"),
];

/// Windows names, IANA names and how far they are ahead of UTC, in hours.
const ZONES: [(&str, i64); 4] = [
    ("UTC", 0),
    ("Etc/GMT+12", -12),
    ("Tokyo Standard Time", 9),
    ("Asia/Dubai", 4),
];

/// The third word of a session says when it was active, the fourth when it ends.
type ModelSession = ((&'static str, &'static str), i64, Option<i64>, SessionId);

#[derive(Clone, Debug)]
enum Step {
    SignIn {
        pair: usize,
        minutes: Option<i64>,
    },
    SignOut,
    End {
        session: usize,
    },
    Touch {
        session: usize,
    },
    Restart {
        session: usize,
    },
    Prefer {
        preferred: usize,
        minutes: Option<i64>,
    },
    Say {
        text: String,
        minutes: Option<i64>,
        zone: usize,
    },
    OutOfOffice(bool),
    Wait {
        minutes: i64,
    },
    Wrong {
        body: usize,
        action: bool,
    },
}

fn step() -> impl Strategy<Value = Step> {
    // Now and then exactly as long as a session ages: an edge is where mistakes are.
    let minutes = || proptest::option::of(prop_oneof![Just(5), 1_i64..3000]);
    let pair = || prop_oneof![Just(0), 0..PAIRS.len()];
    let wait = prop_oneof![3 => Just(5), 2 => 0_i64..7, 1 => 0_i64..20_000];
    prop_oneof![
        4 => (pair(), minutes())
            .prop_map(|(pair, minutes)| Step::SignIn { pair, minutes }),
        2 => Just(Step::SignOut),
        1 => (0_usize..4).prop_map(|session| Step::End { session }),
        2 => (0_usize..4).prop_map(|session| Step::Touch { session }),
        1 => (0_usize..4).prop_map(|session| Step::Restart { session }),
        1 => (0_usize..6, minutes())
            .prop_map(|(preferred, minutes)| Step::Prefer { preferred, minutes }),
        1 => (".{0,8}", minutes(), 0..ZONES.len())
            .prop_map(|(text, minutes, zone)| Step::Say { text, minutes, zone }),
        1 => any::<bool>().prop_map(Step::OutOfOffice),
        6 => wait.prop_map(|minutes| Step::Wait { minutes }),
        1 => (0..WRONG_BODIES.len(), any::<bool>())
            .prop_map(|(body, action)| Step::Wrong { body, action }),
    ]
}

/// Bodies that neither action takes.
const WRONG_BODIES: [&str; 6] = [
    "",
    "{",
    "[]",
    r#"{"availability":"Busy","activity":"Away"}"#,
    r#"{"availability":"Busy","activity":"Busy","expirationDuration":"8:00:00"}"#,
    r#"{"statusMessage":{"expiryDateTime":{"dateTime":"2026-11-21T09:00:00Z"}}}"#,
];

/// The requests so far, reduced to their effect. Times are minutes.
#[derive(Debug, Default)]
struct Model {
    now: i64,
    sessions: Vec<ModelSession>,
    preferred: Option<(usize, i64)>,
    message: Option<(String, i64, Option<i64>)>,
    out_of_office: bool,
}

impl Model {
    fn live(&self) -> Vec<&ModelSession> {
        let live = |expires: Option<i64>| expires.is_none_or(|end| end > self.now);
        let sessions = self.sessions.iter();
        sessions.filter(|session| live(session.2)).collect()
    }

    fn pair(&self) -> (&'static str, &'static str) {
        let mut shown: Vec<_> = self.live().iter().map(|s| (self.aged(s), s.1)).collect();
        // Stable: of those that were active at the same time, the later one stays later.
        shown.sort_by_key(|(_, active)| *active);
        let pairs = shown.iter().rev().map(|(pair, _)| *pair);
        let order = [
            "DoNotDisturb",
            "Busy",
            "Available",
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

    fn aged(&self, session: &ModelSession) -> (&'static str, &'static str) {
        match (session.0, self.now - session.1) {
            (("Available", "Available"), 10..) => ("Away", "Away"),
            (("Available", "Available"), 5..) => ("Available", "AvailableInactive"),
            (pair, _) => pair,
        }
    }

    /// The status message as the user itself sees it.
    fn message(&self) -> Value {
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
fn at(minutes: i64) -> Timestamp {
    let start: Timestamp = "2026-11-21T09:00:00Z".parse().unwrap();
    start + SignedDuration::from_mins(minutes)
}

fn civil(minutes: i64) -> String {
    at(minutes).strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// The service and the model, side by side.
struct Both {
    service: Service,
    model: Model,
    ada: UserId,
    last: Option<(String, Value)>,
}

impl Both {
    fn new() -> Self {
        let mut service = Service::new(Cloud::Global, Clock::Stopped(at(0)));
        service.set_throttled(false);
        let ada = service.add(User::new("Ada"));
        service.add(User::new("Bob"));
        Self {
            service,
            model: Model::default(),
            ada,
            last: None,
        }
    }

    fn call(&mut self, token: &str, action: &str, body: Option<String>) -> (StatusCode, Value) {
        let uri = format!("/v1.0/users/{}/presence{action}", self.ada);
        let request = Request::builder()
            .method(if body.is_some() { "POST" } else { "GET" })
            .uri(uri)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(Bytes::from(body.unwrap_or_default()))
            .unwrap();
        let response = self.service.respond(request).response;
        let body = serde_json::from_slice(response.body()).unwrap_or_default();
        (response.status(), body)
    }

    fn change(&mut self, change: impl FnOnce(&mut Account, Timestamp) -> bool) {
        assert!(self.service.change(self.ada, change));
    }

    fn start(&mut self, pair: (&'static str, &'static str), minutes: Option<i64>) {
        let now = self.model.now;
        let mut session = Session::new(pair.0, pair.1);
        if let Some(minutes) = minutes {
            let seconds = u64::try_from(minutes * 60).unwrap();
            session = session.expires_in(std::time::Duration::from_secs(seconds));
        }
        let id = self.service.sign_in(self.ada, session);
        let expires = minutes.map(|minutes| now + minutes);
        self.model.sessions.push((pair, now, expires, id));
    }

    /// The live session of that number, counted round.
    fn session(&self, number: usize) -> Option<SessionId> {
        let live = self.model.live();
        let session = live.get(number % live.len().max(1))?;
        Some(session.3)
    }

    fn end(&mut self, id: SessionId) {
        self.change(|account, now| account.end(Some(id), now));
        self.model.sessions.retain(|session| session.3 != id);
    }

    fn take(&mut self, step: Step) {
        let now = self.model.now;
        match step {
            Step::SignIn { pair, minutes } => self.start(PAIRS[pair], minutes),
            Step::SignOut => {
                self.service
                    .change(self.ada, |account, now| account.end(None, now));
                self.model.sessions.clear();
            }
            Step::End { session } => {
                if let Some(id) = self.session(session) {
                    self.end(id);
                }
            }
            Step::Touch { session } => {
                if let Some(id) = self.session(session) {
                    self.change(|account, now| account.touch(id, now));
                    let mut sessions = self.model.sessions.iter_mut();
                    sessions.find(|session| session.3 == id).unwrap().1 = now;
                }
            }
            Step::Restart { session } => {
                if let Some(id) = self.session(session) {
                    let mut sessions = self.model.sessions.iter();
                    let pair = sessions.find(|session| session.3 == id).unwrap().0;
                    self.end(id);
                    self.start(pair, None);
                }
            }
            Step::Prefer { preferred, minutes } => self.prefer(preferred, minutes),
            Step::Say {
                text,
                minutes,
                zone,
            } => self.say(text, minutes, zone),
            Step::OutOfOffice(out) => {
                self.service
                    .set_out_of_office(self.ada, out.then(String::new));
                self.model.out_of_office = out;
            }
            Step::Wait { minutes } => {
                self.model.now += minutes;
                self.service.clock = Clock::Stopped(at(self.model.now));
            }
            Step::Wrong { body, action } => {
                let action =
                    ["/setStatusMessage", "/setUserPreferredPresence"][usize::from(action)];
                let body = WRONG_BODIES[body];
                let (status, _) = self.call("Ada", action, Some(body.to_owned()));
                // A body for the other action has unknown properties, and lacks its own.
                assert_eq!(status, StatusCode::BAD_REQUEST, "{action} {body}");
            }
        }
    }

    fn prefer(&mut self, preferred: usize, minutes: Option<i64>) {
        let preset = PreferredPresence::ALL[preferred];
        let mut body = json!({
            "availability": preset.availability(),
            "activity": preset.activity(),
        });
        if let Some(minutes) = minutes {
            body["expirationDuration"] = format!("PT{minutes}M").into();
        }
        let body = Some(body.to_string());
        let (status, _) = self.call("Ada", "/setUserPreferredPresence", body);
        assert_eq!(status, StatusCode::OK);
        let days = if matches!(preferred, 1 | 2) { 1 } else { 7 };
        let lasts = minutes.unwrap_or(days * 24 * 60);
        self.model.preferred = Some((preferred, self.model.now + lasts));
    }

    fn say(&mut self, text: String, minutes: Option<i64>, zone: usize) {
        let now = self.model.now;
        let message = json!({ "content": text, "contentType": "text" });
        let mut body = json!({ "statusMessage": { "message": message } });
        let end = minutes.map(|minutes| now + minutes);
        if let Some(end) = end {
            let (zone, ahead) = ZONES[zone];
            body["statusMessage"]["expiryDateTime"] =
                json!({ "dateTime": civil(end + ahead * 60), "timeZone": zone });
        }
        let (status, _) = self.call("Ada", "/setStatusMessage", Some(body.to_string()));
        assert_eq!(status, StatusCode::OK);
        self.model.message = Some((text, now, end));
    }

    /// Ada and Bob read what the model predicts, and the sequence number grows with each change.
    fn compare(&mut self) {
        let (_, mut own) = self.call("Ada", "", None);
        let (_, mut other) = self.call("Bob", "", None);
        let pair = self.model.pair();
        let message = self.model.message();
        for body in [&own, &other] {
            let text = |name: &str| body[name].as_str().unwrap();
            assert_eq!(
                (text("availability"), text("activity")),
                pair,
                "{:?}",
                self.model
            );
        }
        assert_eq!(own["statusMessage"], message, "{:?}", self.model);
        assert_eq!(other["statusMessage"]["message"], message["message"]);
        assert_eq!(other["statusMessage"].get("expiryDateTime"), None);
        assert_eq!(other["statusMessage"].get("publishedDateTime"), None);

        let number = own["sequenceNumber"].take().as_str().unwrap().to_owned();
        let other_number = other["sequenceNumber"].take();
        assert_eq!(other_number.as_str().unwrap(), number);
        if let Some((last_number, last)) = &self.last {
            let ordering = number.cmp(last_number);
            assert_eq!(ordering.is_gt(), own != *last, "{last_number} {number}");
            assert!(ordering.is_ge());
        }
        self.last = Some((number, own));
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(2026),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_service_is_as_the_model(steps in proptest::collection::vec(step(), 1..60)) {
        let mut both = Both::new();
        for step in steps {
            both.take(step);
            both.compare();
        }
    }
}
