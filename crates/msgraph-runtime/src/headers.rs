//! The headers of users, of every attempt, and of a response.

use crate::Error;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use std::ops::Deref;
use std::sync::Arc;

/// The headers of every attempt.
pub(crate) fn common(product: Option<&str>, more: &[(String, String)]) -> Result<HeaderMap, Error> {
    let own = concat!("msgraph-runtime/", env!("CARGO_PKG_VERSION"));
    let agent = match product {
        Some(product) => format!("{product} {own}"),
        None => own.to_owned(),
    };
    let Some(agent) = harmless(&agent) else {
        return Err(Error::configuration(
            "the user agent has a control character",
        ));
    };
    let mut headers = HeaderMap::with_capacity(8);
    // Entries for the headers that each attempt sets: a copy of the map then need not grow.
    headers.insert(CLIENT_REQUEST_ID, HeaderValue::from_static(""));
    headers.insert(header::AUTHORIZATION, HeaderValue::from_static(""));
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    // This client does not decompress.
    let identity = HeaderValue::from_static("identity");
    headers.insert(header::ACCEPT_ENCODING, identity);
    headers.insert(header::USER_AGENT, agent);
    for (name, value) in more {
        let (name, value) = read(name, value, false).map_err(Error::configuration)?;
        if name == CLIENT_REQUEST_ID {
            return Err(Error::configuration(ONE_ID));
        }
        headers.insert(name, value);
    }
    Ok(headers)
}

/// The headers that users cannot set: those that HTTP itself needs, and those that describe the
/// body or the encodings that the client supports.
pub(crate) const RESERVED: [&str; 16] = [
    "accept-encoding",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// The header with the id of a call.
pub(crate) const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");

const ONE_ID: &str = "the header `client-request-id` names one call: set it on the request, \
    with `Request::header`";

/// Returns `true` if a response has the id of another call than the one that was sent.
///
/// If the sent id is not a UUID, the service replaces it: then the ids are not compared.
pub(crate) fn is_mismatched(sent: &HeaderValue, response: &HeaderMap) -> bool {
    let Some(first) = response.get(CLIENT_REQUEST_ID) else {
        return false;
    };
    if first.as_bytes().eq_ignore_ascii_case(sent.as_bytes()) {
        return false;
    }
    let id = |value: &HeaderValue| uuid::Uuid::try_parse_ascii(value.as_bytes()).ok();
    let named = response.get_all(CLIENT_REQUEST_ID);
    id(sent).is_some_and(|sent| !named.iter().any(|value| id(value) == Some(sent)))
}

/// The headers of a response.
#[derive(Clone)]
pub(crate) enum Received {
    Own(HeaderMap),
    /// Headers shared with other responses of the batch.
    Shared(Arc<HeaderMap>),
}

impl Received {
    pub(crate) fn into_map(self) -> HeaderMap {
        match self {
            Self::Own(headers) => headers,
            Self::Shared(headers) => Arc::unwrap_or_clone(headers),
        }
    }
}

impl Deref for Received {
    type Target = HeaderMap;

    fn deref(&self) -> &HeaderMap {
        match self {
            Self::Own(headers) => headers,
            Self::Shared(headers) => headers,
        }
    }
}

/// Checks a user's header; the error does not repeat the value. `content_type` is `true` if
/// `Content-Type` may be set.
pub(crate) fn read(
    name: &str,
    value: &str,
    content_type: bool,
) -> Result<(HeaderName, HeaderValue), String> {
    let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else {
        return Err("the header name contains a character that is not allowed".to_owned());
    };
    let is_free = content_type && name == header::CONTENT_TYPE;
    if RESERVED.contains(&name.as_str()) && !is_free {
        return Err(format!("the header `{name}` is set by the client itself"));
    }
    match harmless(value) {
        Some(value) => Ok((name, value)),
        None => Err(format!(
            "the value of the header `{name}` has a control character"
        )),
    }
}

/// A header's value without any control character, not even a tab.
fn harmless(value: &str) -> Option<HeaderValue> {
    let is_clean = !value.contains(char::is_control);
    is_clean.then(|| HeaderValue::from_str(value).ok())?
}

/// A new id for the `client-request-id` header.
pub(crate) fn client_request_id() -> HeaderValue {
    let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
    uuid::Uuid::new_v4().hyphenated().encode_lower(&mut text);
    // Clones share the text. Hexadecimal digits and hyphens are always a valid value.
    let text = Bytes::from_owner(text);
    HeaderValue::from_maybe_shared(text).unwrap_or(HeaderValue::from_static(""))
}
