//! The administration API: everything that the library can do, for programs in other languages.
//!
//! It is under `/_emulator`, outside of every version of Graph, so that the two cannot clash.

mod bodies;
mod handlers;

use crate::access::Refusal;
use crate::encoding::{JSON, is_json, json_object, percent_decoded};
use crate::response::page;
use crate::service::Service;
use crate::undocumented::Undocumented;
use bodies::kinds;
use bytes::Bytes;
use handlers::{AdminRequest, Outcome, Problem, done};
use http::header::HeaderValue;
use http::{Method, Request, Response, StatusCode};
use std::borrow::Cow;

/// The path below which everything is the emulator's own.
pub(crate) const ROOT: &str = "/_emulator";

/// The HTML page at `/`.
const PAGE: &str = include_str!("admin/page.html");

/// Returns whether a path belongs to the emulator, and not to Graph.
pub(crate) fn owns(path: &str) -> bool {
    let below = path.strip_prefix(ROOT);
    path == "/" || below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Responds to an administration request.
pub(crate) fn respond(service: &mut Service, request: &Request<Bytes>) -> Response<Bytes> {
    if request.uri().path() == "/" {
        let html = HeaderValue::from_static("text/html; charset=utf-8");
        return page(StatusCode::OK, html, PAGE.into());
    }
    match handle(service, request) {
        Ok(body) => page(StatusCode::OK, JSON, body.into()),
        Err(problem) => refused(problem),
    }
}

/// An error of an administration request.
pub(crate) fn refused((status, problem): Refusal) -> Response<Bytes> {
    let body = json_object(|o| o.property("error", &problem));
    page(status, JSON, body.into())
}

fn handle(service: &mut Service, request: &Request<Bytes>) -> Outcome {
    if request.method() == Method::POST {
        check_content_type(request)?;
    }
    let path = request.uri().path();
    let path = path.strip_prefix(ROOT).unwrap_or_default();
    let method = request.method().as_str();
    let endpoints = ENDPOINTS.iter().filter(|e| e.method == method);
    let mut found = endpoints.filter_map(|e| Some((e, e.parameters(path)?)));
    let Some((endpoint, parameters)) = found.next() else {
        let problem = format!("no such administration request; GET {ROOT} lists them");
        return Err((StatusCode::NOT_FOUND, problem));
    };
    let body = request.body();
    endpoint.check(request.uri().query(), body)?;
    (endpoint.handler)(service, &AdminRequest { parameters, body })
}

/// Refuses a POST without the content type of JSON, even when it has no body.
///
/// From a page of another origin, a browser sends a request with that type only after a CORS
/// preflight, which the emulator never allows here.
fn check_content_type(request: &Request<Bytes>) -> Result<(), Problem> {
    if is_json(request.headers()) {
        return Ok(());
    }
    let problem = "send the request as JSON, with Content-Type: application/json";
    Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, problem.to_owned()))
}

/// A method and a path of the administration API.
struct Endpoint {
    method: &'static str,
    /// The path below the root; a name in braces matches any segment.
    path: &'static str,
    handler: Handler,
    summary: &'static str,
    /// The body, as `GET /_emulator` shows it; empty when it takes none.
    body: &'static str,
}

type Handler = fn(&mut Service, &AdminRequest<'_>) -> Outcome;

const ENDPOINTS: &[Endpoint] = &[
    get("", |_, _| Ok(description()), "this list"),
    get(
        "/state",
        handlers::state,
        "the clock, the users, the faults, the undocumented behaviours, the last requests",
    ),
    post(
        "/reset",
        |service, _| { service.reset(); done() },
        "goes back to the state of the start: users and their sessions, clock, behaviours, no \
         sign-ins, faults and requests",
    ),
    post("/clock", handlers::set_clock, "sets, advances, starts or (false) stops the clock")
        .with_body(r#"{"set":"2026-11-21T09:00:00Z"}, {"advanceSeconds":300} or {"run":true}"#),
    post(
        "/users",
        handlers::add_user,
        "adds a user, in place of one with the same id, with sessions as below; returns the id",
    )
    .with_body(r#"{"name":"Ada","id":"…","userPrincipalName":"…","tenant":"…","outOfOffice":"…","workLocation":{"workLocationType":"office"},"signedIn":true,"sessions":[…]}, all but the name optional; signedIn is short for a session {}"#),
    post(
        "/users/{user}/sessions",
        handlers::sign_in,
        "signs a user in; returns the session's number",
    )
    .with_body(r#"{"availability":"Busy","activity":"InACall","expiresInSeconds":3600}, all optional; {} is Available, without an end"#),
    post("/users/{user}/sessions/{number}", handlers::touch, "the user is active in the session"),
    delete("/users/{user}/sessions/{number}", handlers::end_session, "ends a session"),
    delete("/users/{user}/sessions", handlers::sign_out, "signs a user out"),
    post(
        "/users/{user}/outOfOffice",
        handlers::set_out_of_office,
        "sets a user out of office or back",
    )
    .with_body(r#"{"message":"…"} or {"message":null}"#),
    post("/tokens", handlers::make_token, "makes a token")
        .with_body(r#"{"user":"Ada","permissions":["Presence.Read"],"tenant":"…","application":"…","cloud":"global","expiresInSeconds":3600,"expired":false,"personalAccount":false}, all optional; without a user an application's"#),
    post(
        "/signIns",
        handlers::set_sign_ins,
        "sets who signs in at the identity platform, what is granted, how often a device code is \
         asked for, how long tokens live",
    )
    .with_body(r#"{"user":"Ada"} or {"declined":true} for sign-ins without a page, {} for the page; also "permissions":["Presence.Read"], "intervalSeconds":1, "expiresInSeconds":60"#),
    post(
        "/deviceCodes/{code}",
        handlers::decide_device_code,
        "approves the device code with this user code, or declines it",
    )
    .with_body(r#"{"user":"Ada"} or {"declined":true}"#),
    post(
        "/users/{user}/revoke",
        handlers::revoke,
        "revokes the sign-ins of a user: refresh tokens, and access tokens of programs that \
         declare cp1",
    ),
    post("/faults", handlers::inject, "injects a fault")
        .with_body(r#"{"kind":"status","status":503,"code":"…","message":"…","retryAfter":"2","location":"…","afterBytes":0,"bytes":16,"milliseconds":100,"applied":false,"onCall":1,"times":1,"always":false,"rate":0.1,"seed":42,"operation":"users.GetPresence"}, all but the kind optional"#),
    delete("/faults", |service, _| { service.faults.clear(); done() }, "removes all pending faults"),
    get(
        "/requests",
        handlers::requests,
        "the requests to Graph and to the identity platform, with headers and bodies, without \
         secrets",
    ),
    delete("/requests", |service, _| { service.record.clear(); done() }, "forgets the requests"),
    post("/undocumented", handlers::assume, "assumes undocumented behaviours, or not")
        .with_body(r#"{"camelCase":true}"#),
    post("/throttle", handlers::throttle, "limits the number of requests, or not")
        .with_body(r#"{"on":false}"#),
];

const fn get(path: &'static str, handler: Handler, summary: &'static str) -> Endpoint {
    Endpoint {
        method: "GET",
        path,
        handler,
        summary,
        body: "",
    }
}

const fn post(path: &'static str, handler: Handler, summary: &'static str) -> Endpoint {
    get(path, handler, summary).with_method("POST")
}

const fn delete(path: &'static str, handler: Handler, summary: &'static str) -> Endpoint {
    get(path, handler, summary).with_method("DELETE")
}

impl Endpoint {
    const fn with_method(self, method: &'static str) -> Self {
        Self { method, ..self }
    }

    const fn with_body(self, body: &'static str) -> Self {
        Self { body, ..self }
    }

    /// Refuses a query, and a body where the request takes none.
    fn check(&self, query: Option<&str>, body: &[u8]) -> Result<(), Problem> {
        let body = body.trim_ascii();
        let empty: [&[u8]; 3] = [b"", b"{}", b"null"];
        let (method, path) = (self.method, self.path);
        let problem = if query.is_some_and(|query| !query.is_empty()) {
            format!("{method} {ROOT}{path} takes no query")
        } else if self.body.is_empty() && !empty.contains(&body) {
            format!("{method} {ROOT}{path} takes no body")
        } else if !self.body.is_empty() && body.is_empty() {
            format!("send a body: {}", self.body)
        } else {
            return Ok(());
        };
        Err((StatusCode::BAD_REQUEST, problem))
    }

    /// The segments of a path that match names in braces, or `None` when the path is another
    /// endpoint's.
    fn parameters<'a>(&self, path: &'a str) -> Option<Vec<Cow<'a, str>>> {
        let mut found = path.split('/').filter(|segment| !segment.is_empty());
        let mut parameters = Vec::new();
        for expected in self.path.split('/').skip(1) {
            let segment = found.next()?;
            if expected.starts_with('{') {
                parameters.push(percent_decoded(segment));
            } else if segment != expected {
                return None;
            }
        }
        found.next().is_none().then_some(parameters)
    }
}

/// The description of the API, the body of `GET /_emulator`.
fn description() -> Vec<u8> {
    json_object(|o| {
        let about = "Administration requests. {user} is a user's name, userPrincipalName or object id. Bodies are \
            JSON; every POST needs Content-Type: application/json.";
        o.property("about", about);
        o.objects("requests", ENDPOINTS, |o, endpoint| {
            o.property("method", endpoint.method);
            o.property("path", &format!("{ROOT}{}", endpoint.path));
            if !endpoint.body.is_empty() {
                o.property("body", endpoint.body);
            }
            o.property("summary", endpoint.summary);
        });
        o.property("faultKinds", &kinds());
        o.property("undocumented", &Undocumented::names());
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const README: &str = include_str!("../README.md");

    #[test]
    fn the_readme_has_every_request_and_undocumented_behaviour() {
        for endpoint in ENDPOINTS {
            let (method, path) = (endpoint.method, endpoint.path);
            let row = format!("| `{method} {ROOT}{path}` |");
            assert!(README.contains(&row), "{row}");
        }
        assert!(README.contains(&kinds()));
        for behaviour in Undocumented::ALL {
            let row = format!("| `{}` |", behaviour.as_str());
            assert!(README.contains(&row), "{row}");
        }
    }

    /// The relative luminance of a colour such as `#5b5fc7`, as WCAG defines it.
    fn luminance(colour: &str) -> f64 {
        let part = |at: usize| {
            let value = u8::from_str_radix(&colour[at..at + 2], 16).unwrap();
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_text_of_the_pages_can_be_read_in_light_and_in_dark() {
        assert!((contrast("#ffffff", "#767676") - 4.54).abs() < 0.01);
        for page in [PAGE, include_str!("identity/page.html")] {
            let schemes: Vec<_> = page.split(":root {").skip(1).collect();
            assert_eq!(schemes.len(), 2);
            for scheme in schemes {
                let colour = |name: &str| {
                    let (_, rest) = scheme.split_once(&format!("--{name}: ")).unwrap();
                    &rest[..7]
                };
                let least = |name| if name == "line" { 3.0 } else { 4.5 };
                for name in ["text", "soft", "bad", "link", "line"] {
                    for behind in ["page", "card"] {
                        let found = contrast(colour(name), colour(behind));
                        assert!(found >= least(name), "{name} on {behind}: {found}");
                    }
                }
            }
            // No text has another colour than these.
            let style = page.split("</style>").next().unwrap();
            for rest in style.split(" color: ").skip(1) {
                assert!(rest.starts_with("var(--"), "color: {rest:.20}");
            }
        }
    }
}
