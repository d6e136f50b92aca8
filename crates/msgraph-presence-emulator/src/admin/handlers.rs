//! The handlers of the administration requests.

use super::bodies::{
    ClockBody, DecisionBody, FaultBody, OutOfOfficeBody, SignInsBody, ThrottleBody, TokenBody,
};
use crate::encoding::{Object, json_object};
use crate::record::ReceivedRequest;
use crate::service::Service;
use crate::service::account::Account;
use crate::service::session::SessionId;
use crate::undocumented::Undocumented;
use crate::user::{SessionEntry, UserEntry};
use http::StatusCode;
use jiff::Timestamp;
use msgraph_presence_models::UserId;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The number of requests that are part of the state.
const LAST_REQUESTS: usize = 20;

/// The body of the response, or a problem.
pub(super) type Outcome = Result<Vec<u8>, Problem>;

/// A status and an error message.
pub(super) type Problem = (StatusCode, String);

/// The parameters and the body of an administration request.
pub(super) struct AdminRequest<'a> {
    /// The path parameters: a user's name or id, a session's number.
    pub(super) parameters: Vec<Cow<'a, str>>,
    pub(super) body: &'a [u8],
}

impl AdminRequest<'_> {
    /// Reads the body. An error names the property.
    fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let mut text = serde_json::Deserializer::from_slice(self.body);
        let read = serde_path_to_error::deserialize(&mut text);
        let value = read.map_err(|error| match error.path().to_string() {
            path if path == "." => bad(error.inner()),
            path => bad(format!("{path}: {}", error.inner())),
        })?;
        text.end().map_err(bad)?;
        Ok(value)
    }

    /// The user in the path.
    fn user(&self, service: &Service) -> Result<UserId, Problem> {
        find(service, self.parameters.first().map_or("", |name| name))
    }

    /// The session in the path.
    fn session(&self) -> Result<SessionId, Problem> {
        let number = self.parameters.get(1).map_or("", |number| number);
        let number = number.parse().map(SessionId);
        number.map_err(|_| bad("the session must be a number"))
    }

    /// Changes the session in the path; `change` returns whether there is one.
    fn with_session(
        &self,
        service: &mut Service,
        change: impl FnOnce(&mut Account, SessionId, Timestamp) -> bool,
    ) -> Outcome {
        let (user, session) = (self.user(service)?, self.session()?);
        if service.change(user, |account, now| change(account, session, now)) {
            return done();
        }
        Err(not_found("the user has no such session"))
    }
}

/// The user with this name, userPrincipalName or id.
fn find(service: &Service, name: &str) -> Result<UserId, Problem> {
    let account = service.find(name);
    let id = account.map(|account| account.id);
    id.ok_or_else(|| not_found("no such user; give a user's name or object id"))
}

/// The same for a user that a body names, or does not.
fn find_named(service: &Service, name: Option<&str>) -> Result<Option<UserId>, Problem> {
    name.map(|name| find(service, name)).transpose()
}

fn bad(problem: impl ToString) -> Problem {
    (StatusCode::BAD_REQUEST, problem.to_string())
}

fn not_found(problem: &str) -> Problem {
    (StatusCode::NOT_FOUND, problem.to_owned())
}

/// The response of a request that returns nothing.
pub(super) fn done() -> Outcome {
    Ok(b"{}".to_vec())
}

pub(super) fn set_clock(service: &mut Service, request: &AdminRequest<'_>) -> Outcome {
    let body: ClockBody = request.body()?;
    body.change(&mut service.clock).map_err(bad)?;
    let now = service.clock.now().to_string();
    Ok(json_object(|o| o.property("now", &now)))
}

pub(super) fn add_user(service: &mut Service, request: &AdminRequest<'_>) -> Outcome {
    let id = service
        .add_entry(&request.body::<UserEntry>()?)
        .map_err(bad)?;
    Ok(json_object(|o| o.property("id", &id)))
}

pub(super) fn sign_in(service: &mut Service, request: &AdminRequest<'_>) -> Outcome {
    let user = request.user(service)?;
    let session = request.body::<SessionEntry>()?.session();
    let session = service.sign_in(user, session);
    Ok(json_object(|o| o.property("session", &session.0)))
}

pub(super) fn touch(service: &mut Service, request: &AdminRequest<'_>) -> Outcome {
    request.with_session(service, Account::touch)
}

pub(super) fn end_session(service: &mut Service, request: &AdminRequest<'_>) -> Outcome {
    request.with_session(service, |account, session, now| {
        account.end(Some(session), now)
    })
}

pub(super) fn sign_out(service: &mut Service, request: &AdminRequest<'_>) -> Outcome {
    let user = request.user(service)?;
    service.change(user, |account, now| account.end(None, now));
    done()
}

pub(super) fn set_out_of_office(service: &mut Service, request: &AdminRequest<'_>) -> Outcome {
    let user = request.user(service)?;
    let body: OutOfOfficeBody = request.body()?;
    service.set_out_of_office(user, body.message);
    done()
}

pub(super) fn make_token(service: &mut Service, request: &AdminRequest<'_>) -> Outcome {
    let body: TokenBody = request.body()?;
    let user = find_named(service, body.user.as_deref())?;
    let token = service.write_token(&body.token(user).map_err(bad)?);
    Ok(json_object(|o| o.property("token", &token)))
}

pub(super) fn set_sign_ins(service: &mut Service, request: &AdminRequest<'_>) -> Outcome {
    let body: SignInsBody = request.body()?;
    one_of(body.user.is_some(), body.declined)?;
    let user = find_named(service, body.user.as_deref())?;
    service.identity.sign_ins = body.sign_ins(user);
    done()
}

fn one_of(user: bool, declined: bool) -> Result<(), Problem> {
    if user && declined {
        return Err(bad("give a user or declined, not both"));
    }
    Ok(())
}

pub(super) fn decide_device_code(service: &mut Service, request: &AdminRequest<'_>) -> Outcome {
    let body: DecisionBody = request.body()?;
    one_of(body.user.is_some(), body.declined)?;
    let user = find_named(service, body.user.as_deref())?;
    if user.is_none() && !body.declined {
        return Err(bad("give a user, or {\"declined\":true}"));
    }
    let code = request.parameters.first().map_or("", |code| code);
    if service.decide_user_code(code, user) {
        return done();
    }
    let problem = "no pending device code has this user code, or the user is not in its tenant";
    Err(not_found(problem))
}

pub(super) fn revoke(service: &mut Service, request: &AdminRequest<'_>) -> Outcome {
    let user = request.user(service)?;
    service.identity.revoke(user);
    done()
}

pub(super) fn inject(service: &mut Service, request: &AdminRequest<'_>) -> Outcome {
    let body: FaultBody = request.body()?;
    let given: Map<String, Value> = request.body()?;
    let given = given.iter().filter(|(_, value)| !value.is_null());
    let fault = body.fault(given.map(|(name, _)| name.as_str()));
    service.faults.inject(fault.map_err(bad)?);
    done()
}

pub(super) fn throttle(service: &mut Service, request: &AdminRequest<'_>) -> Outcome {
    let body: ThrottleBody = request.body()?;
    service.set_throttled(body.on);
    done()
}

pub(super) fn assume(service: &mut Service, request: &AdminRequest<'_>) -> Outcome {
    let body: Value = request.body()?;
    let Some(behaviours) = body.as_object() else {
        return Err(bad("give an object such as {\"camelCase\":true}"));
    };
    let mut switches = Vec::new();
    for (name, assumed) in behaviours {
        let behaviour = name.parse::<Undocumented>();
        let behaviour = behaviour.map_err(|error| bad(format!("{name}: {error}")))?;
        let assumed = assumed.as_bool();
        switches.push((
            behaviour,
            assumed.ok_or_else(|| bad(format!("{name}: true or false")))?,
        ));
    }
    for (behaviour, assumed) in switches {
        service.assume(behaviour, assumed);
    }
    done()
}

/// The whole state, for the page and for tests.
pub(super) fn state(service: &mut Service, _: &AdminRequest<'_>) -> Outcome {
    let now = service.clock.now();
    Ok(json_object(|o| {
        o.object("clock", |o| {
            o.property("now", &now.to_string());
            let running = service.clock.is_running();
            o.property("running", &running);
        });
        o.property("cloud", service.cloud.as_str());
        let users = service.accounts();
        o.objects("users", users, |o, account| {
            user(o, account, now);
            o.property("token", &service.shell_token(account));
        });
        let faults = service.faults.pending();
        o.objects("faults", faults, |o, fault| {
            o.property("fault", &fault.to_string());
        });
        o.object("undocumented", |o| {
            for &behaviour in Undocumented::ALL {
                o.property(behaviour.as_str(), &service.undocumented.has(behaviour));
            }
        });
        o.property("requestsReceived", &service.record.received());
        let last = service.record.requests().rev().take(LAST_REQUESTS);
        o.objects("lastRequests", last, summary);
    }))
}

fn user(o: &mut Object<'_>, account: &Account, now: Timestamp) {
    let view = account.view(now);
    o.property("name", &account.name);
    o.property("id", &account.id);
    o.property("userPrincipalName", &account.principal_name);
    o.property("tenant", &account.tenant);
    o.property("availability", &view.pair.availability);
    o.property("activity", &view.pair.activity);
    o.property("outOfOffice", &view.out_of_office);
    if let Some(status) = &view.status {
        o.object("statusMessage", |o| {
            o.property("content", &status.content);
            o.property("published", &status.published.to_string());
            let expires = status.expiry.as_ref().map(|expiry| expiry.at.to_string());
            o.property("expires", &expires);
        });
    }
    if let Some(location) = &view.work_location {
        o.property("workLocation", location);
    }
    if let Some((pair, until)) = account.preference(now) {
        o.object("preferred", |o| {
            o.property("availability", &pair.availability);
            o.property("activity", &pair.activity);
            o.property("until", &until.to_string());
        });
    }
    o.objects("sessions", account.sessions(now), |o, session| {
        let shows = session.shows(now);
        o.property("number", &session.id.0);
        o.property("sessionId", &session.application);
        o.property("availability", &shows.availability);
        o.property("activity", &shows.activity);
        o.property("active", &session.active.to_string());
        let expires = session.expires.map(|expires| expires.to_string());
        o.property("expires", &expires);
    });
}

/// Every recorded request, with headers and body.
pub(super) fn requests(service: &mut Service, _: &AdminRequest<'_>) -> Outcome {
    Ok(json_object(|o| {
        o.objects("requests", service.record.requests(), |o, request| {
            summary(o, request);
            o.object("headers", |o| {
                for name in request.headers.keys() {
                    o.property(name.as_str(), &request.header(name.as_str()));
                }
            });
            match request.json() {
                Some(body) => o.property("body", &body),
                None => o.property("text", &*String::from_utf8_lossy(&request.body)),
            }
        });
    }))
}

fn summary(o: &mut Object<'_>, request: &ReceivedRequest) {
    o.property("number", &request.number);
    o.property("part", &request.part);
    o.property("at", &request.at.to_string());
    o.property("method", &request.method);
    o.property("path", &request.path);
    o.property("query", &request.query);
    o.property("operation", &request.operation);
    o.property("caller", &request.caller);
    o.property("status", &request.status);
    o.property("code", &request.code);
    o.property("reason", &request.reason);
    o.property("fault", &request.fault);
    o.property("warning", &request.warning);
}
