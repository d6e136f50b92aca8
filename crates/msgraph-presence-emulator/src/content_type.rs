//! The content type of JSON: how an answer says it, and whether a request claims it.

use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

/// The content type of an answer in JSON.
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Whether a request claims to be JSON, with or without parameters and in any letter case.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    let kind = kind.and_then(|kind| kind.split(|&byte| byte == b';').next());
    kind.is_some_and(|kind| kind.trim_ascii().eq_ignore_ascii_case(JSON.as_bytes()))
}
