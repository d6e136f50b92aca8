//! The hosts and origins to which the page and the administration API answer.

use http::header::{HOST, ORIGIN};
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Request, StatusCode, Version};
use std::net::IpAddr;

/// Why a request gets no answer: the status and the message.
pub(crate) type Refusal = (StatusCode, String);

/// The names by which the emulator may be called, besides IP addresses and `localhost`.
///
/// A page in a browser can point a name of its own at this machine (DNS rebinding) and would then
/// read and change everything. Its name stands in `Host`, its origin in `Origin`.
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
                "pages of another origin may not use the page and the administration API".into(),
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

/// Refuses what HTTP/1.1 forbids: a request without `Host`, or with two.
pub(crate) fn check_host(version: Version, headers: &HeaderMap) -> Result<(), Refusal> {
    let count = headers.get_all(HOST).iter().count();
    if count == 1 || count == 0 && version < Version::HTTP_11 {
        return Ok(());
    }
    let problem = format!("HTTP/1.1 takes exactly one Host header; {count} came.");
    Err((StatusCode::BAD_REQUEST, problem))
}

/// Returns whether an origin is the one of this host.
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
