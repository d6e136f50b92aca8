//! Random operations, clock steps and restarts of sessions, compared with a model of a few lines.
//!
//! The model stores what was asked for, and computes everything at each look.

mod reference;
mod requests;

use crate::clock::Clock;
use crate::service::Service;
use crate::service::account::Account;
use crate::service::session::{Session, SessionId};
use crate::user::User;
use bytes::Bytes;
use http::{Request, StatusCode};
use jiff::Timestamp;
use msgraph_presence_models::{Cloud, PreferredPresence, UserId};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use reference::{
    APPLICATIONS, LOCATIONS, Model, ModelSession, PAIRS, Step, WRONG_ACTIONS, WRONG_BODIES, ZONES,
    at, civil, step,
};
use serde_json::{Value, json};

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
                let (action, layer) = if manual {
                    ("setManualLocation", &mut self.model.manual)
                } else {
                    ("setAutomaticLocation", &mut self.model.automatic)
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
                self.service.clock = Clock::set_to(at(self.model.now));
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
}
