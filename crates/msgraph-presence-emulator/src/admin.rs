//! The administration API: everything that the library can do, for programs in other languages.
//!
//! It is under `/_emulator`, outside of every version of Graph, so that the two cannot clash.

mod bodies;
mod describe;
mod fault_order;
mod handlers;
mod orders;
mod user_entry;

use crate::content_type::{JSON, is_json};
use crate::core::Core;
use crate::json;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, StatusCode};

#[cfg(feature = "program")]
pub(crate) use user_entry::UserEntry;

/// The path below which everything is the emulator's own.
pub(crate) const ROOT: &str = "/_emulator";

/// The page for people.
const PAGE: &str = include_str!("admin/page.html");

/// What an order came to: the body of the answer, or a problem.
type Outcome = Result<Vec<u8>, Problem>;

/// A status and what is wrong.
type Problem = (StatusCode, String);

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
    if request.method() == Method::POST {
        check_content_type(request)?;
    }
    let path = request.uri().path();
    let path = path.strip_prefix(ROOT).unwrap_or_default();
    let method = request.method().as_str();
    orders::carry_out(core, method, path, request.body()).unwrap_or_else(|| {
        let problem = format!("no such order; GET {ROOT} lists them");
        Err((StatusCode::NOT_FOUND, problem))
    })
}

/// A POST has to claim to be JSON, also without a body.
///
/// A page of another origin that a browser shows cannot send such a request without being
/// allowed to first, and the emulator allows nobody.
fn check_content_type(request: &Request<Bytes>) -> Result<(), Problem> {
    if is_json(request.headers()) {
        return Ok(());
    }
    let problem = "send the order as JSON, with Content-Type: application/json";
    Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, problem.to_owned()))
}
