//! Random requests, clock steps and restarts of sessions, compared with a model of a few lines.

mod reference;

use crate::clock::Clock;
use crate::service::Service;
use crate::service::account::Account;
use crate::service::session::{Session, SessionId};
use crate::user::User;
use bytes::Bytes;
use http::{Request, StatusCode};
use jiff::Timestamp;
use msgraph_presence_models::{Cloud, PreferredPresence, UserId};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use reference::{
    APPLICATIONS, LOCATIONS, Model, ModelPart, ModelSession, PAIRS, Pair, Step, WRONG_ACTIONS,
    WRONG_BODIES, ZONES, at, civil, part, statuses, step,
};
use serde_json::{Value, json};
use std::time::Duration;

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
        let mut service = Service::new(Cloud::Global, Clock::set_to(at(0)));
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

    /// Sends a write of Ada's, under `/me` or by her id, which has to succeed.
    fn write(&mut self, action: &str, body: Option<Value>) {
        let status = self.write_text(action, body.map(|body| body.to_string()));
        assert_eq!(status, StatusCode::OK, "{action}");
    }

    fn write_text(&mut self, action: &str, body: Option<String>) -> StatusCode {
        let root = match action {
            "setUserPreferredPresence" => format!("/users/{}", self.ada),
            _ => "/me".to_owned(),
        };
        self.send("Ada", "POST", &format!("{root}/presence/{action}"), body)
            .0
    }

    fn send(
        &mut self,
        token: &str,
        method: &str,
        path: &str,
        body: Option<String>,
    ) -> (StatusCode, Value) {
        // A part of a batch needs a body that is JSON.
        let json = serde_json::from_str::<Value>(body.as_deref().unwrap_or("null")).ok();
        let as_part = self.batched && (body.is_some() || method == "GET");
        let Some(json) = json.filter(|_| as_part) else {
            let body = body.unwrap_or_default();
            return respond(&mut self.service, token, method, path, body);
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
        let status = StatusCode::from_u16(status).unwrap();
        (status, response["body"].clone())
    }

    fn change(&mut self, change: impl FnOnce(&mut Account, Timestamp) -> bool) {
        assert!(self.service.change(self.ada, change));
    }

    fn start(&mut self, pair: Pair, minutes: Option<i64>) {
        let now = self.model.now;
        let mut session = Session::new(pair.0, pair.1);
        if let Some(minutes) = minutes {
            let seconds = u64::try_from(minutes * 60).unwrap();
            session = session.expires_in(Duration::from_secs(seconds));
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

    /// The id of the live session with that index, modulo their number.
    fn session(&self, index: usize) -> Option<SessionId> {
        let live = self.model.live();
        let session = live.get(index % live.len().max(1))?;
        Some(session.id)
    }

    fn model_session(&mut self, id: SessionId) -> &mut ModelSession {
        let mut sessions = self.model.sessions.iter_mut();
        sessions.find(|session| session.id == id).unwrap()
    }

    fn end(&mut self, id: SessionId) {
        self.change(|account, now| account.end(Some(id), now));
        self.model.sessions.retain(|session| session.id != id);
    }

    fn take(&mut self, step: Step) {
        let now = self.model.now;
        match step {
            Step::SignIn(pair, minutes) => self.start(PAIRS[pair], minutes),
            Step::SignOut => {
                let end_all = |account: &mut Account, now| account.end(None, now);
                self.service.change(self.ada, end_all);
                self.model.sessions.clear();
            }
            Step::End(session) => {
                if let Some(id) = self.session(session) {
                    self.end(id);
                }
            }
            Step::Touch(session) => {
                if let Some(id) = self.session(session) {
                    self.change(|account, now| account.touch(id, now));
                    self.model_session(id).active = now;
                }
            }
            Step::Restart(session) => {
                if let Some(id) = self.session(session) {
                    let pair = self.model_session(id).pair;
                    self.end(id);
                    self.start(pair, None);
                }
            }
            Step::Prefer(preferred, minutes) => self.prefer(preferred, minutes),
            Step::SetMessage(text, minutes, zone) => self.set_message(text, minutes, zone),
            Step::SetPresence(application, pair, minutes) => {
                self.set_presence(application, PAIRS[pair], minutes);
            }
            Step::ClearPresence(application) => self.clear_presence(application),
            Step::ClearPreference { with_body } => {
                self.write("clearUserPreferredPresence", with_body.then(|| json!({})));
                self.model.preferred = None;
            }
            Step::SetLocation { manual, location } => {
                let (action, layer) = if manual {
                    ("setManualLocation", &mut self.model.manual)
                } else {
                    ("setAutomaticLocation", &mut self.model.automatic)
                };
                *layer = Model::layered(*layer, location);
                let (kind, place) = LOCATIONS[location];
                let body = json!({ "workLocationType": kind, "placeId": place });
                self.write(action, Some(body));
            }
            Step::ClearLocation { automatic_only } => {
                self.model.automatic = None;
                self.model.location_cleared = true;
                if automatic_only {
                    self.write("clearAutomaticLocation", None);
                } else {
                    self.model.manual = None;
                    self.write("clearLocation", None);
                }
            }
            Step::OutOfOffice(out) => {
                let message = out.then(String::new);
                self.service.set_out_of_office(self.ada, message);
                self.model.out_of_office = out;
            }
            Step::Wait(minutes) => {
                self.model.now += minutes;
                self.service.clock = Clock::set_to(at(self.model.now));
            }
            Step::Wrong { body, action } => {
                let (action, body) = (WRONG_ACTIONS[action], WRONG_BODIES[body]);
                let status = self.write_text(action, Some(body.to_owned()));
                // A body for the other action has unknown properties, and lacks its own.
                assert_eq!(status, StatusCode::BAD_REQUEST, "{action} {body}");
            }
        }
    }

    fn set_presence(&mut self, application: usize, pair: Pair, minutes: Option<i64>) {
        let id = APPLICATIONS[application];
        let mut body = json!({ "sessionId": id, "availability": pair.0, "activity": pair.1 });
        if let Some(minutes) = minutes {
            body["expirationDuration"] = format!("PT{minutes}M").into();
        }
        self.write("setPresence", Some(body));
        let now = self.model.now;
        let account = self.service.account(self.ada).unwrap();
        let session = ModelSession {
            pair,
            active: now,
            expires: Some(now + minutes.unwrap_or(5)),
            application: Some(application),
            id: account.session_of(id, at(now)).unwrap(),
        };
        let sessions = &mut self.model.sessions;
        sessions.retain(|session| session.expires.is_none_or(|end| end > now));
        let mut known = sessions.iter_mut();
        match known.find(|session| session.application == Some(application)) {
            Some(known) => *known = session,
            None => sessions.push(session),
        }
    }

    fn clear_presence(&mut self, application: usize) {
        let body = json!({ "sessionId": APPLICATIONS[application] }).to_string();
        let status = self.write_text("clearPresence", Some(body));
        let mut live = self.model.live().into_iter();
        let expected = if live.any(|session| session.application == Some(application)) {
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
        self.write("setUserPreferredPresence", Some(body));
        let days = if matches!(preferred, 1 | 2) { 1 } else { 7 };
        let lasts = minutes.unwrap_or(days * 24 * 60);
        self.model.preferred = Some((preferred, self.model.now + lasts));
    }

    fn set_message(&mut self, text: String, minutes: Option<i64>, zone: usize) {
        let now = self.model.now;
        let message = json!({ "content": text, "contentType": "text" });
        let mut body = json!({ "statusMessage": { "message": message } });
        let end = minutes.map(|minutes| now + minutes);
        if let Some(end) = end {
            let (zone, ahead) = ZONES[zone];
            body["statusMessage"]["expiryDateTime"] =
                json!({ "dateTime": civil(end + ahead * 60), "timeZone": zone });
        }
        self.write("setStatusMessage", Some(body));
        self.model.message = Some((text, now, end));
    }

    /// Ada and Bob read what the model predicts, and the sequence number grows with each change.
    fn compare(&mut self) {
        let path = format!("/users/{}/presence", self.ada);
        let (_, mut own) = self.send("Ada", "GET", &path, None);
        let (_, mut other) = self.send("Bob", "GET", &path, None);
        let ids = json!({ "ids": [self.ada] }).to_string();
        let path = "/communications/getPresencesByUserId";
        let (_, mut many) = self.send("Bob", "POST", path, Some(ids));
        many["value"][0]["@odata.context"] = other["@odata.context"].clone();
        assert_eq!(many["value"][0], other);
        let model = &self.model;
        for body in [&own, &other] {
            let [availability, activity] =
                ["availability", "activity"].map(|name| body[name].as_str().unwrap());
            assert_eq!((availability, activity), model.pair(), "{model:?}");
        }
        let message = model.message();
        assert_eq!(own["statusMessage"], message, "{model:?}");
        assert_eq!(own["workLocation"], model.location(), "{model:?}");
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
    let response = service.respond(request, None).response;
    let body = serde_json::from_slice(response.body()).unwrap_or_default();
    (response.status(), body)
}

/// The same inputs at every run.
fn repeatable() -> ProptestConfig {
    ProptestConfig {
        rng_seed: RngSeed::Fixed(2026),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(repeatable())]

    #[test]
    fn the_service_is_as_the_model(batched: bool, steps in vec(step(), 1..60)) {
        let mut both = Both::new(batched);
        for step in steps {
            both.take(step);
            both.compare();
        }
    }

    #[test]
    fn a_batch_is_as_the_model(mut parts in vec(part(), 1..=20)) {
        let count = parts.len();
        for ModelPart { depends_on, .. } in &mut parts {
            depends_on.iter_mut().for_each(|on| *on %= count);
        }
        let requests = parts.iter().enumerate().map(|(n, part)| part.request(n));
        let batch = json!({ "requests": requests.collect::<Vec<_>>() }).to_string();
        let service = &mut Both::new(false).service;
        let (status, body) = respond(service, "Ada", "POST", "/$batch", batch);
        let Some(expected) = statuses(&parts) else {
            prop_assert_eq!(status, StatusCode::BAD_REQUEST);
            return Ok(());
        };
        prop_assert_eq!(status, StatusCode::OK);
        let found = body["responses"].as_array().unwrap().iter();
        let found: Vec<_> = found.map(|r| r["status"].as_u64().unwrap()).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn many_users_are_as_the_model(ids in vec((0_u8..8, any::<bool>()), 0..30)) {
        let service = &mut Both::new(false).service;
        let users = [0, 1, 2, 3].map(|n| service.add(User::new(format!("User {n}"))));
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
        let (status, body) = respond(service, "Bob", "POST", path, body);
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
