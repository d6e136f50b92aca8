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

/// The ids of application sessions.
const APPLICATIONS: [&str; 2] = ["app", "another"];

/// Where a user works, and at which place.
const LOCATIONS: [(&str, Option<&str>); 5] = [
    ("office", None),
    ("office", Some("A")),
    ("office", Some("B")),
    ("remote", None),
    ("timeOff", None),
];

/// A session: when it was active, when it ends, and the application that has it.
#[derive(Clone, Debug)]
struct ModelSession {
    pair: (&'static str, &'static str),
    active: i64,
    expires: Option<i64>,
    application: Option<usize>,
    id: SessionId,
}

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
    SetPresence {
        application: usize,
        pair: usize,
        minutes: Option<i64>,
    },
    ClearPresence {
        application: usize,
    },
    ClearPreference {
        body: bool,
    },
    SetLocation {
        manual: bool,
        location: usize,
    },
    ClearLocation {
        automatic_only: bool,
    },
    OutOfOffice(bool),
    Wait {
        minutes: i64,
    },
    Wrong {
        body: usize,
        action: usize,
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
        3 => (0..APPLICATIONS.len(), 0_usize..5, proptest::option::of(5_i64..=240))
            .prop_map(|(application, pair, minutes)| {
                Step::SetPresence { application, pair, minutes }
            }),
        2 => (0..APPLICATIONS.len()).prop_map(|application| Step::ClearPresence { application }),
        1 => any::<bool>().prop_map(|body| Step::ClearPreference { body }),
        2 => (any::<bool>(), 0..LOCATIONS.len())
            .prop_map(|(manual, location)| Step::SetLocation { manual, location }),
        1 => any::<bool>()
            .prop_map(|automatic_only| Step::ClearLocation { automatic_only }),
        1 => any::<bool>().prop_map(Step::OutOfOffice),
        6 => wait.prop_map(|minutes| Step::Wait { minutes }),
        1 => (0..WRONG_BODIES.len(), 0..WRONG_ACTIONS.len())
            .prop_map(|(body, action)| Step::Wrong { body, action }),
    ]
}

/// The actions that take one of the bodies below.
const WRONG_ACTIONS: [&str; 5] = [
    "setStatusMessage",
    "setUserPreferredPresence",
    "setPresence",
    "clearPresence",
    "setManualLocation",
];

/// Bodies that no action takes.
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
    /// The manual and the automatic layer, each as an index of the locations.
    manual: Option<usize>,
    automatic: Option<usize>,
    location_cleared: bool,
}

impl Model {
    fn live(&self) -> Vec<&ModelSession> {
        let live = |expires: Option<i64>| expires.is_none_or(|end| end > self.now);
        let sessions = self.sessions.iter();
        sessions.filter(|session| live(session.expires)).collect()
    }

    fn pair(&self) -> (&'static str, &'static str) {
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
        match (session.pair, self.now - session.active) {
            (("Available", "Available"), 10..) => ("Away", "Away"),
            (("Available", "Available"), 5..) => ("Available", "AvailableInactive"),
            (pair, _) => pair,
        }
    }

    /// A layer after a signal: an office without a place does not replace one with a place.
    fn layered(before: Option<usize>, signal: usize) -> Option<usize> {
        match (before, signal) {
            (Some(1 | 2), 0) => before,
            _ => Some(signal),
        }
    }

    fn location(&self) -> Value {
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
    /// True when every request is sent as a part of a batch.
    batched: bool,
}

impl Both {
    fn new(batched: bool) -> Self {
        let mut service = Service::new(Cloud::Global, Clock::Stopped(at(0)));
        service.set_throttled(false);
        let ada = service.add(User::new("Ada"));
        service.add(User::new("Bob"));
        Self {
            service,
            model: Model::default(),
            ada,
            last: None,
            batched,
        }
    }

    /// Reads or writes Ada's presence: a write of herself under `/me`, every other call by her id.
    fn call(&mut self, token: &str, action: &str, body: Option<String>) -> (StatusCode, Value) {
        let me = token == "Ada" && !["setUserPreferredPresence", ""].contains(&action);
        let root = if me {
            "/me".to_owned()
        } else {
            format!("/users/{}", self.ada)
        };
        let path = format!("{root}/presence/{action}");
        let method = if action.is_empty() { "GET" } else { "POST" };
        self.send(token, method, path.trim_end_matches('/'), body)
    }

    fn send(
        &mut self,
        token: &str,
        method: &str,
        path: &str,
        body: Option<String>,
    ) -> (StatusCode, Value) {
        // A part of a batch needs a body that is JSON.
        let json = body
            .as_ref()
            .map(|body| serde_json::from_str::<Value>(body));
        let json = json
            .transpose()
            .ok()
            .filter(|body| body.is_some() || method == "GET");
        let Some(json) = json.filter(|_| self.batched) else {
            return respond(
                &mut self.service,
                token,
                method,
                path,
                body.unwrap_or_default(),
            );
        };
        let headers = json!({ "Content-Type": "application/json" });
        let part = json!({
            "id": "1", "method": method, "url": path, "headers": headers, "body": json,
        });
        let batch = json!({ "requests": [part] }).to_string();
        let (status, body) = respond(&mut self.service, token, "POST", "/$batch", batch);
        assert_eq!(status, StatusCode::OK, "{body}");
        let response = &body["responses"][0];
        let status = u16::try_from(response["status"].as_u64().unwrap()).unwrap();
        (
            StatusCode::from_u16(status).unwrap(),
            response["body"].clone(),
        )
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
        self.model.sessions.push(ModelSession {
            pair,
            active: now,
            expires: minutes.map(|minutes| now + minutes),
            application: None,
            id,
        });
    }

    /// The live session of that number, counted round.
    fn session(&self, number: usize) -> Option<SessionId> {
        let live = self.model.live();
        let session = live.get(number % live.len().max(1))?;
        Some(session.id)
    }

    fn end(&mut self, id: SessionId) {
        self.change(|account, now| account.end(Some(id), now));
        self.model.sessions.retain(|session| session.id != id);
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
                    sessions.find(|session| session.id == id).unwrap().active = now;
                }
            }
            Step::Restart { session } => {
                if let Some(id) = self.session(session) {
                    let mut sessions = self.model.sessions.iter();
                    let pair = sessions.find(|session| session.id == id).unwrap().pair;
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
            Step::SetPresence {
                application,
                pair,
                minutes,
            } => self.set_presence(application, PAIRS[pair], minutes),
            Step::ClearPresence { application } => self.clear_presence(application),
            Step::ClearPreference { body } => {
                let body = body.then(|| "{}".to_owned());
                let (status, _) = self.call("Ada", "clearUserPreferredPresence", body);
                assert_eq!(status, StatusCode::OK);
                self.model.preferred = None;
            }
            Step::SetLocation { manual, location } => {
                let (action, layer) = match manual {
                    true => ("setManualLocation", &mut self.model.manual),
                    false => ("setAutomaticLocation", &mut self.model.automatic),
                };
                *layer = Model::layered(*layer, location);
                let (kind, place) = LOCATIONS[location];
                let body = json!({ "workLocationType": kind, "placeId": place }).to_string();
                assert_eq!(self.call("Ada", action, Some(body)).0, StatusCode::OK);
            }
            Step::ClearLocation { automatic_only } => {
                self.model.automatic = None;
                self.model.location_cleared = true;
                let action = if automatic_only {
                    "clearAutomaticLocation"
                } else {
                    self.model.manual = None;
                    "clearLocation"
                };
                assert_eq!(self.call("Ada", action, None).0, StatusCode::OK);
            }
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
                let action = WRONG_ACTIONS[action];
                let body = WRONG_BODIES[body];
                let (status, _) = self.call("Ada", action, Some(body.to_owned()));
                // A body for the other action has unknown properties, and lacks its own.
                assert_eq!(status, StatusCode::BAD_REQUEST, "{action} {body}");
            }
        }
    }

    fn set_presence(
        &mut self,
        application: usize,
        pair: (&'static str, &'static str),
        minutes: Option<i64>,
    ) {
        let id = APPLICATIONS[application];
        let mut body = json!({ "sessionId": id, "availability": pair.0, "activity": pair.1 });
        if let Some(minutes) = minutes {
            body["expirationDuration"] = format!("PT{minutes}M").into();
        }
        let (status, _) = self.call("Ada", "setPresence", Some(body.to_string()));
        assert_eq!(status, StatusCode::OK);
        let now = self.model.now;
        let account = self.service.account(self.ada).unwrap();
        let session = ModelSession {
            pair,
            active: now,
            expires: Some(now + minutes.unwrap_or(5)),
            application: Some(application),
            id: account.session_of(id, at(now)).unwrap(),
        };
        self.model
            .sessions
            .retain(|session| session.expires.is_none_or(|end| end > now));
        let mut sessions = self.model.sessions.iter_mut();
        match sessions.find(|session| session.application == Some(application)) {
            Some(known) => *known = session,
            None => self.model.sessions.push(session),
        }
    }

    fn clear_presence(&mut self, application: usize) {
        let body = json!({ "sessionId": APPLICATIONS[application] }).to_string();
        let (status, _) = self.call("Ada", "clearPresence", Some(body));
        let mut live = self.model.live().into_iter();
        let live = live.any(|session| session.application == Some(application));
        let expected = if live {
            StatusCode::OK
        } else {
            StatusCode::NOT_FOUND
        };
        assert_eq!(status, expected, "{:?}", self.model);
        let sessions = &mut self.model.sessions;
        sessions.retain(|session| session.application != Some(application));
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
        let (status, _) = self.call("Ada", "setUserPreferredPresence", body);
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
        let (status, _) = self.call("Ada", "setStatusMessage", Some(body.to_string()));
        assert_eq!(status, StatusCode::OK);
        self.model.message = Some((text, now, end));
    }

    /// Ada and Bob read what the model predicts, and the sequence number grows with each change.
    fn compare(&mut self) {
        let (_, mut own) = self.call("Ada", "", None);
        let (_, mut other) = self.call("Bob", "", None);
        let ids = json!({ "ids": [self.ada] }).to_string();
        let path = "/communications/getPresencesByUserId";
        let (_, mut many) = self.send("Bob", "POST", path, Some(ids));
        many["value"][0]["@odata.context"] = other["@odata.context"].clone();
        assert_eq!(many["value"][0], other);
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
        assert_eq!(
            own["workLocation"],
            self.model.location(),
            "{:?}",
            self.model
        );
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

/// Sends one request to a service, with a user's name as token.
fn respond(
    service: &mut Service,
    token: &str,
    method: &str,
    path: &str,
    body: String,
) -> (StatusCode, Value) {
    let request = Request::builder()
        .method(method)
        .uri(format!("/v1.0{path}"))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(Bytes::from(body))
        .unwrap();
    let response = service.respond(request).response;
    let body = serde_json::from_slice(response.body()).unwrap_or_default();
    (response.status(), body)
}

/// A request of a batch: its status without dependencies, and the positions of those.
type ModelPart = (u16, Vec<usize>);

fn part() -> impl Strategy<Value = ModelPart> {
    let status = prop_oneof![3 => Just(200), 1 => Just(404), 1 => Just(400), 1 => Just(501)];
    (status, proptest::collection::vec(0_usize..20, 0..3))
}

/// The statuses of all parts, or `None` when some of them wait for each other.
fn statuses(parts: &[ModelPart]) -> Option<Vec<u16>> {
    let mut statuses = vec![None; parts.len()];
    for _ in parts {
        for (n, (status, on)) in parts.iter().enumerate() {
            let on: Option<Vec<u16>> = on.iter().map(|on| statuses[*on]).collect();
            let failed = |on: Vec<u16>| on.into_iter().any(|status| status >= 400);
            statuses[n] = on.map(|on| if failed(on) { 424 } else { *status });
        }
    }
    statuses.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(2026),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_service_is_as_the_model(
        batched: bool,
        steps in proptest::collection::vec(step(), 1..60),
    ) {
        let mut both = Both::new(batched);
        for step in steps {
            both.take(step);
            both.compare();
        }
    }

    #[test]
    fn a_batch_is_as_the_model(mut parts in proptest::collection::vec(part(), 1..=20)) {
        let count = parts.len();
        for (_, on) in &mut parts {
            on.iter_mut().for_each(|on| *on %= count);
        }
        let mut both = Both::new(false);
        let requests = parts.iter().enumerate().map(|(n, (status, on))| {
            let url = match status {
                200 => "/me/presence",
                404 => "/users/66825e03-7ef5-42da-9069-724602c31f6b/presence",
                400 => "/me/presents",
                _ => "/me/messages",
            };
            let on: Vec<_> = on.iter().map(|on| format!("ID{on}")).collect();
            json!({ "id": format!("id{n}"), "method": "GET", "url": url, "dependsOn": on })
        });
        let requests: Vec<_> = requests.collect();
        let batch = json!({ "requests": requests }).to_string();
        let (status, body) = respond(&mut both.service, "Ada", "POST", "/$batch", batch);
        let Some(expected) = statuses(&parts) else {
            prop_assert_eq!(status, StatusCode::BAD_REQUEST);
            return Ok(());
        };
        prop_assert_eq!(status, StatusCode::OK);
        let found = body["responses"].as_array().unwrap().iter();
        let found: Vec<_> = found.map(|r| r["status"].as_u64().unwrap() as u16).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn many_users_are_as_the_model(ids in proptest::collection::vec((0_u8..8, any::<bool>()), 0..30)) {
        let mut both = Both::new(false);
        let users: Vec<UserId> = (0_u8..4)
            .map(|n| both.service.add(User::new(format!("User {n}"))))
            .collect();
        let id = |n: u8| match users.get(usize::from(n)) {
            Some(user) => user.to_string(),
            None => format!("{n:08}-0000-4000-8000-000000000000"),
        };
        let sent = ids.iter().map(|(n, upper)| {
            let id = id(*n);
            if *upper { id.to_uppercase() } else { id }
        });
        let body = json!({ "ids": sent.collect::<Vec<_>>() }).to_string();
        let path = "/communications/getPresencesByUserId";
        let (status, body) = respond(&mut both.service, "Bob", "POST", path, body);
        prop_assert_eq!(status, StatusCode::OK);
        let mut expected: Vec<String> = Vec::new();
        for id in ids.iter().filter(|(n, _)| *n < 4).map(|(n, _)| id(*n)) {
            if !expected.contains(&id) {
                expected.push(id);
            }
        }
        let found = body["value"].as_array().unwrap().iter();
        let found: Vec<_> = found.map(|p| p["id"].as_str().unwrap().to_owned()).collect();
        prop_assert_eq!(found, expected);
    }
}
