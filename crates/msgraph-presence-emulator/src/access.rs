//! Access by host and origin: the page and the administration API accept only their own, Graph's
//! paths accept pages of every origin (CORS).

use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, HOST, HeaderName, ORIGIN,
};
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Version};
use std::net::IpAddr;

/// The status and the message of a refused request.
pub(crate) type Refusal = (StatusCode, String);

/// The allowed host names, besides IP addresses and `localhost`.
///
/// A page can let a name of its own resolve to this machine (DNS rebinding), and could then read
/// and change everything. The header `Host` has that name, `Origin` the origin of the page.
#[derive(Debug, Default)]
pub(crate) struct AllowedHosts(pub(crate) Vec<String>);

impl AllowedHosts {
    /// Refuses a request to the page or to the administration API from a page of another origin.
    pub(crate) fn check<B>(&self, request: &Request<B>) -> Result<(), Refusal> {
        let host = text(request.headers().get(HOST));
        let target = request.uri().authority().map(Authority::as_str);
        for named in [Some(host), target].into_iter().flatten() {
            if !self.allows(named) {
                return Err(forbidden(format!(
                    "the host '{named}' is not allowed here; use an IP address or localhost, or \
                     allow the host: --allow-host NAME, or Builder::allow_host"
                )));
            }
        }
        match request.headers().get(ORIGIN) {
            Some(origin) if !is_of(origin, host) => Err(forbidden(
                "a page of another origin may not use the emulator's page and administration API"
                    .into(),
            )),
            _ => Ok(()),
        }
    }

    fn allows(&self, named: &str) -> bool {
        let Some(authority) = named.parse::<Authority>().ok() else {
            return false;
        };
        let host = authority.host();
        let address = host.trim_start_matches('[').trim_end_matches(']');
        let known = |allowed: &String| allowed.eq_ignore_ascii_case(host);
        !named.contains('@')
            && (address.parse::<IpAddr>().is_ok()
                || host.eq_ignore_ascii_case("localhost")
                || self.0.iter().any(known))
    }
}

/// Refuses a request of HTTP/1.1 without `Host` header, and one with two.
pub(crate) fn check_host(version: Version, headers: &HeaderMap) -> Result<(), Refusal> {
    let count = headers.get_all(HOST).iter().count();
    if count == 1 || count == 0 && version < Version::HTTP_11 {
        return Ok(());
    }
    let problem = format!("HTTP/1.1 takes exactly one Host header; the request has {count}.");
    Err((StatusCode::BAD_REQUEST, problem))
}

/// Returns whether an origin is that of the host, over http or https.
fn is_of(origin: &HeaderValue, host: &str) -> bool {
    let origin = text(Some(origin));
    let authority = ["http://", "https://"].map(|scheme| origin.strip_prefix(scheme));
    let authority = authority.into_iter().flatten().next();
    authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
}

fn text(value: Option<&HeaderValue>) -> &str {
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

fn forbidden(problem: String) -> Refusal {
    (StatusCode::FORBIDDEN, problem)
}

/// The headers of a response that a page of another origin may read, besides those that it may
/// always read.
const EXPOSED: &str = "Retry-After, request-id, client-request-id, x-ms-ags-diagnostic, Date, \
    Location, WWW-Authenticate";

/// The headers of Private Network Access: a browser asks whether a page of the internet may send a
/// request to a server on this machine.
const ASKS_FOR_LOCAL: HeaderName =
    HeaderName::from_static("access-control-request-private-network");
const ALLOWS_LOCAL: HeaderName = HeaderName::from_static("access-control-allow-private-network");

/// The response to a CORS preflight, or `None` for any other request. A preflight needs no token,
/// and is neither recorded nor subject to faults.
pub(crate) fn preflight<B>(request: &Request<B>) -> Option<Response<Bytes>> {
    let headers = request.headers();
    let asks = request.method() == Method::OPTIONS
        && headers.contains_key(ORIGIN)
        && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    if !asks {
        return None;
    }
    let mut response = Response::new(Bytes::new());
    let allowed = response.headers_mut();
    allow_every_origin(allowed);
    let methods = HeaderValue::from_static("GET, POST, PATCH, PUT, DELETE");
    allowed.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
    if let Some(names) = headers.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        allowed.insert(ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    if headers.contains_key(ASKS_FOR_LOCAL) {
        allowed.insert(ALLOWS_LOCAL, HeaderValue::from_static("true"));
    }
    allowed.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    Some(response)
}

/// Lets a page of any origin read a response.
pub(crate) fn allow_every_origin(headers: &mut HeaderMap) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    let exposed = HeaderValue::from_static(EXPOSED);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
}
