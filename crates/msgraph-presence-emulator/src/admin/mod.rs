//! The administration API: everything that the library can do, for programs in other languages.
//!
//! It is under `/_emulator`, outside of every version of Graph, so that the two cannot clash.

mod describe;
mod fault_order;
mod orders;
mod user_entry;

use crate::clock::Clock;
use crate::content_type::{JSON, is_json};
use crate::core::Core;
use crate::doubt::Doubt;
use crate::json;
use crate::state::SessionId;
use crate::user::{away_from_office, in_office};
use bytes::Bytes;
use fault_order::FaultOrder;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use msgraph_presence_models::UserId;
use orders::{ClockOrder, OutOfOfficeOrder, ThrottleOrder, TokenOrder};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::borrow::Cow;
use user_entry::SessionEntry;

pub(crate) use user_entry::UserEntry;

/// The path below which everything is the emulator's own.
pub(crate) const ROOT: &str = "/_emulator";

/// The page for people.
const PAGE: &str = include_str!("page.html");

/// What an order came to: the body of the answer, or a status and what is wrong.
type Outcome = Result<Vec<u8>, (StatusCode, String)>;

/// Whether a path is the emulator's own, and not Graph's.
pub(crate) fn owns(path: &str) -> bool {
    let below = path.strip_prefix(ROOT);
    path == "/" || below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Carries out an order to the emulator.
pub(crate) fn answer(core: &mut Core, request: &Request<Bytes>) -> Response<Bytes> {
    if request.uri().path() == "/" {
        let html = HeaderValue::from_static("text/html; charset=utf-8");
        return response(StatusCode::OK, html, PAGE.into());
    }
    match carry_out(core, request) {
        Ok(body) => response(StatusCode::OK, JSON, body.into()),
        Err((status, problem)) => {
            let body = json::object(|o| o.member("error", &problem));
            response(status, JSON, body.into())
        }
    }
}

fn response(status: StatusCode, kind: HeaderValue, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, kind);
    let no_store = HeaderValue::from_static("no-store");
    headers.insert(CACHE_CONTROL, no_store);
    response
}

fn carry_out(core: &mut Core, request: &Request<Bytes>) -> Outcome {
    let path = request.uri().path();
    let path = path.strip_prefix(ROOT).unwrap_or_default();
    let path: Vec<Cow<'_, str>> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(crate::state::percent_decoded)
        .collect();
    let path: Vec<&str> = path.iter().map(|segment| &**segment).collect();
    match (request.method(), path.as_slice()) {
        (&Method::GET, []) => Ok(describe::api()),
        (&Method::GET, ["state"]) => Ok(describe::state(core)),
        (&Method::GET, ["requests"]) => Ok(describe::requests(core)),
        (&Method::DELETE, ["requests"]) => {
            core.record.clear();
            done()
        }
        (&Method::DELETE, ["faults"]) => {
            core.faults.clear();
            done()
        }
        (&Method::DELETE, ["users", user, "sessions"]) => sign_out(core, user, None),
        (&Method::DELETE, ["users", user, "sessions", session]) => {
            sign_out(core, user, Some(session))
        }
        (&Method::POST, path) => post(core, path, request),
        (_, _) => Err(not_found()),
    }
}

fn post(core: &mut Core, path: &[&str], request: &Request<Bytes>) -> Outcome {
    check_content_type(request)?;
    match path {
        ["reset"] => core.reset(),
        ["clock"] => return set_clock(core, order(request)?),
        ["users"] => return add_user(core, &order(request)?),
        ["users", user, "sessions"] => return sign_in(core, user, &order(request)?),
        ["users", user, "sessions", session] => return touch(core, user, session),
        ["users", user, "outOfOffice"] => {
            return set_out_of_office(core, user, order(request)?);
        }
        ["tokens"] => return make_token(core, order(request)?),
        ["faults"] => {
            let order: FaultOrder = order(request)?;
            core.faults.arm(order.fault().map_err(bad)?);
        }
        ["doubts"] => return assume(core, &order(request)?),
        ["throttle"] => {
            let order: ThrottleOrder = order(request)?;
            core.service.set_throttled(order.on);
        }
        _ => return Err(not_found()),
    }
    done()
}

/// An order that has nothing to say beyond that it was carried out.
fn done() -> Outcome {
    Ok(b"{}".to_vec())
}

/// A POST has to claim to be JSON, also without a body.
///
/// A page of another origin that a browser shows cannot send such a request without being
/// allowed to first, and the emulator allows nobody.
fn check_content_type(request: &Request<Bytes>) -> Result<(), (StatusCode, String)> {
    if is_json(request.headers()) {
        return Ok(());
    }
    let problem = "send the order as JSON, with Content-Type: application/json";
    Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, problem.to_owned()))
}

/// Reads an order.
fn order<T: DeserializeOwned>(
    request: &Request<Bytes>,
) -> Result<T, (StatusCode, String)> {
    serde_json::from_slice(request.body()).map_err(|error| bad(error.to_string()))
}

fn bad(problem: String) -> (StatusCode, String) {
    (StatusCode::BAD_REQUEST, problem)
}

fn not_found() -> (StatusCode, String) {
    let problem = format!("no such order; GET {ROOT} lists them");
    (StatusCode::NOT_FOUND, problem)
}

/// The user of that name or id.
fn find(core: &Core, name: &str) -> Result<UserId, (StatusCode, String)> {
    match core.service.find(name) {
        Some(account) => Ok(account.id),
        None => {
            let problem = "no such user; give a user's name or object id";
            Err((StatusCode::NOT_FOUND, problem.to_owned()))
        }
    }
}

fn set_clock(core: &mut Core, order: ClockOrder) -> Outcome {
    match order {
        ClockOrder::Set(time) => {
            let time = time.parse().map_err(|_| {
                bad("set: give a time such as 2026-11-21T09:00:00Z".to_owned())
            })?;
            core.clock = Clock::Stopped(time);
        }
        ClockOrder::AdvanceSeconds(seconds) => {
            core.clock.advance(std::time::Duration::from_secs(seconds));
        }
        ClockOrder::Run(true) => core.clock.run(),
        ClockOrder::Run(false) => core.clock = Clock::Stopped(core.clock.now()),
    }
    let now = core.clock.now().to_string();
    Ok(json::object(|o| o.member("now", &now)))
}

fn add_user(core: &mut Core, order: &UserEntry) -> Outcome {
    let id = core.add(order).map_err(bad)?;
    Ok(json::object(|o| o.member("id", &id)))
}

fn set_out_of_office(core: &mut Core, user: &str, order: OutOfOfficeOrder) -> Outcome {
    let user = find(core, user)?;
    if let Some(account) = core.service.account_mut(user) {
        account.out_of_office = match order.message {
            Some(message) => away_from_office(Some(message)),
            None => in_office(),
        };
    }
    done()
}

fn make_token(core: &mut Core, order: TokenOrder) -> Outcome {
    let user = order.user.as_deref();
    let user = user.map(|user| find(core, user)).transpose()?;
    let token = core.write_token(&order.token(user).map_err(bad)?);
    Ok(json::object(|o| o.member("token", &token)))
}

fn sign_in(core: &mut Core, user: &str, order: &SessionEntry) -> Outcome {
    let user = find(core, user)?;
    let now = core.clock.now();
    let session = core.service.sign_in(user, order.session(), now);
    Ok(json::object(|o| o.member("session", &session.0)))
}

fn session_id(text: &str) -> Result<SessionId, (StatusCode, String)> {
    let number = text.parse().map(SessionId);
    number.map_err(|_| bad("a session is named by its number".to_owned()))
}

fn sign_out(core: &mut Core, user: &str, session: Option<&str>) -> Outcome {
    let user = find(core, user)?;
    let session = session.map(session_id).transpose()?;
    let now = core.clock.now();
    let account = core.service.account_mut(user);
    let ended = account.is_some_and(|account| account.end(session, now));
    match session {
        Some(_) if !ended => Err(no_session()),
        _ => done(),
    }
}

fn touch(core: &mut Core, user: &str, session: &str) -> Outcome {
    let user = find(core, user)?;
    let session = session_id(session)?;
    let now = core.clock.now();
    let account = core.service.account_mut(user);
    if account.is_some_and(|account| account.touch(session, now)) {
        done()
    } else {
        Err(no_session())
    }
}

fn no_session() -> (StatusCode, String) {
    let problem = "the user has no such session";
    (StatusCode::NOT_FOUND, problem.to_owned())
}

fn assume(core: &mut Core, order: &Value) -> Outcome {
    let Some(doubts) = order.as_object() else {
        return Err(bad("give an object such as {\"camelCase\":true}".to_owned()));
    };
    let mut switches = Vec::new();
    for (name, assumed) in doubts {
        let doubt = Doubt::named(name);
        let doubt = doubt.ok_or_else(|| bad(format!("no such doubt: {name}")))?;
        let assumed = assumed.as_bool();
        let assumed = assumed.ok_or_else(|| bad(format!("{name}: true or false")))?;
        switches.push((doubt, assumed));
    }
    for (doubt, assumed) in switches {
        core.service.assume(doubt, assumed);
    }
    done()
}
