//! Cross-origin requests: Graph's paths answer to the pages of every origin.

use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderName, HeaderValue, ORIGIN,
};
use http::{HeaderMap, Method, Request, Response};

/// The headers of a response that a page of another origin may read, besides those that it may
/// always read.
const EXPOSED: &str = "Retry-After, request-id, client-request-id, x-ms-ags-diagnostic, Date, \
    Location, WWW-Authenticate";

/// By these a browser asks, and is told, whether a page of the internet may send a request to a
/// server on this machine (Private Network Access).
const ASKS_FOR_LOCAL: HeaderName =
    HeaderName::from_static("access-control-request-private-network");
const ALLOWS_LOCAL: HeaderName = HeaderName::from_static("access-control-allow-private-network");

/// The response to a browser that asks whether a page may send a request, or `None` for any other
/// request. It comes without a token, and is neither recorded nor subject to faults.
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
    allow(allowed);
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
pub(crate) fn allow(headers: &mut HeaderMap) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    let exposed = HeaderValue::from_static(EXPOSED);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
}
