//! Signs of the cause in a response: a header, a status or a known message.
//!
//! A sign is the only hint of its error, so that no guess contradicts the message. Messages change
//! without notice: for an unknown one, `hints.rs` uses status, code and token.

use super::service::ServiceError;
use crate::operation::{Caller, Operation};
use crate::token::challenge;
use http::{HeaderMap, Method, StatusCode, header};

/// The statuses of a sign, a part of its message in lower case, and the hint.
type Sign = (&'static [u16], &'static str, &'static str);

/// Known messages of Microsoft Graph, of any operation.
const MESSAGES: [Sign; 16] = [
    (&[401, 403], "continuous access evaluation", CONTINUOUS),
    (&[401], "audience", NOT_ACCEPTED),
    (&[401], "expired", EXPIRED),
    (&[401], "lifetime validation", EXPIRED),
    (&[401], "token is empty", UNREADABLE),
    (&[401], "parsing failed", UNREADABLE),
    (&[401], "not well formed", UNREADABLE),
    (&[401], "malformed", UNREADABLE),
    (&[401, 403], "no authorization information", NO_TOKEN),
    (&[401, 403], "conditional access", POLICY),
    (&[400, 401, 403, 404], "license", LICENSE),
    (&[400, 404], "not found for the segment", NO_SEGMENT),
    (&[400, 404], "invalid version", NO_VERSION),
    (&[400], "could not find a property", PROPERTY),
    (&[400], "$select", PROPERTY),
    (&[400], "parsing odata", PROPERTY),
];

/// Statuses with only one possible hint.
const STATUSES: [(u16, &str); 3] = [
    (405, METHOD),
    (407, PROXY),
    (
        511,
        "sign in to the network: open a web page in a browser on it",
    ),
];

/// The hint of the sign in a response.
pub(super) fn of(
    operation: &Operation,
    status: StatusCode,
    headers: &HeaderMap,
    error: &ServiceError,
) -> Option<&'static str> {
    let status = status.as_u16();
    if status == 401 && is_claims_challenge(headers) {
        return Some(CONTINUOUS);
    }
    let known = STATUSES.iter().find(|(of, _)| *of == status);
    if let Some((_, hint)) = known {
        return Some(hint);
    }
    let message = error.message.as_deref()?.to_ascii_lowercase();
    let mut messages = MESSAGES.iter();
    let sign = messages.find(|(of, part, _)| of.contains(&status) && message.contains(part));
    let is_write = operation.method != Method::GET;
    sign.map(|(_, _, hint)| match *hint {
        NO_SEGMENT if is_write => NO_SEGMENT_TO_WRITE,
        hint => hint,
    })
}

/// The kind of token that the message refuses.
pub(super) fn refused_caller(error: &ServiceError) -> Option<Caller> {
    let message = error.message.as_deref()?.to_ascii_lowercase();
    match message {
        _ if message.contains("delegated authentication flow") => Some(Caller::Application),
        _ if message.contains("another user") => Some(Caller::Delegated),
        _ => None,
    }
}

/// Returns `true` for the code with which Graph refuses a token before it checks permissions.
pub(super) fn is_token_code(code: &str) -> bool {
    code.eq_ignore_ascii_case("InvalidAuthenticationToken")
}

/// Returns `true` if the service asks for a token with claims: continuous access evaluation.
fn is_claims_challenge(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::WWW_AUTHENTICATE).iter();
    let mut texts = values.filter_map(|value| value.to_str().ok());
    challenge::claims(headers).is_some() || texts.any(|text| text.contains("insufficient_claims"))
}

pub(super) const EXPIRED: &str = "the token has expired; the token provider must renew it, as \
    `TokenCache` does";
pub(super) const NOT_ACCEPTED: &str = "the token is not accepted; request a token for \
    Microsoft Graph in the same cloud";
pub(super) const NOT_GRAPH: &str = "the response is not one of Microsoft Graph: check the base \
    URL and its version";
const CONTINUOUS: &str = "the sign-in is too old, was revoked, or comes from another network \
    (continuous access evaluation); sign in again, or let the provider pass on \
    `TokenRequest::claims`";
const UNREADABLE: &str = "the token cannot be read; pass the complete access token, \
    unchanged";
const NO_TOKEN: &str = "the service found no usable token; the token provider must renew tokens \
    before they expire, as `TokenCache` does";
const POLICY: &str = "a Conditional Access policy of the tenant does not allow this sign-in; ask \
    an administrator for its requirements";
const LICENSE: &str = "the tenant or the user has no license for the service behind this \
    operation; ask an administrator to assign one";
const NO_SEGMENT: &str = "the path does not exist at the base URL: check its version \
    (…/v1.0) and the cloud, because some clouds lack this operation";
const NO_SEGMENT_TO_WRITE: &str = "nothing was written, because the path does not exist at the \
    base URL: check its version (…/v1.0) and the cloud, because some clouds lack this operation";
const NO_VERSION: &str = "the base URL lacks the version: write it like \
    https://graph.microsoft.com/v1.0";
const PROPERTY: &str = "check the names of the properties in `$select` and `$expand`";
const METHOD: &str = "the path exists, but not for this method: check the base URL and its \
    version";
const PROXY: &str = "the proxy requires authentication: put its user and password into `HTTPS_PROXY`, \
    or into the `reqwest::Proxy` of your builder";
