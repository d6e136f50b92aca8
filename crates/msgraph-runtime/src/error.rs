//! The one error of this crate.

mod build;
mod hints;
mod json;
mod kind;
mod known;
mod plain;
mod redact;
pub(crate) mod sent;
pub(crate) mod service;
mod show;
mod signs;

use hints::Hints;
pub use kind::ErrorKind;
pub(crate) use redact::Redactor;
pub(crate) use service::{ServiceError, has_error};
pub(crate) use service::{is_compressed, is_html, without_mark};

use crate::operation::Operation;
use crate::{BoxError, SharedError};
use http::{HeaderMap, StatusCode};
use std::borrow::Cow;
use std::error::Error as StdError;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::time::Duration;

/// The failure of a call, with status, code, message and ids of the response.
///
/// `Display` is one line: the operation, the cause, the status, code, message and request id of
/// the response, and a hint. `Debug`, which `main` and `unwrap` print, adds the causes, one a line;
/// `{:#?}` has the fields.
///
/// ```
/// # use msgraph_runtime as msgraph_presence;
/// use msgraph_presence::{Client, ErrorKind};
///
/// let builder = Client::builder().token("secret").base_url("http://graph.microsoft.com");
/// let error = builder.build().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Configuration);
/// assert!(!error.is_retryable());
/// assert_eq!(
///     error.to_string(),
///     "msgraph: the base URL is http, which is allowed only for a loopback address; write it \
///      like https://graph.microsoft.com/v1.0",
/// );
/// ```
///
/// # Privacy
///
/// No printed form, accessor or [source](StdError::source) has a token of the call: neither the
/// whole token, nor one of its parts between dots, nor its beginning, in any encoding. `…` takes
/// its place, in headers `...`.
///
/// The printed forms also have none of the texts that were sent (parameters of the path and the
/// query, texts of the body, values of headers), and no other ids of users, addresses and URLs.
/// The accessors return the texts of the response unchanged except for tokens, and the sources are
/// the provider's or the transport's own errors: both may have these texts. A source with a token
/// in its text is replaced by one with the same texts without it, and cannot be downcast.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    operation: Option<&'static Operation>,
    /// The cause; empty if the code and message of the response have it.
    detail: Cow<'static, str>,
    status: Option<StatusCode>,
    headers: HeaderMap,
    excerpt: Vec<u8>,
    service: ServiceError,
    client_request_id: Option<String>,
    attempts: u32,
    retry_after: Option<Duration>,
    is_timeout: bool,
    is_retryable: bool,
    may_have_acted: bool,
    hints: Hints,
    source: Option<BoxError>,
    /// The redacted messages of the source chain, without repeats.
    causes: Vec<String>,
    shown_request_id: Option<String>,
    shown_client_request_id: Option<String>,
}

impl Error {
    /// The kind of failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The id of the operation, such as `users.GetPresence`.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation.map(|operation| operation.id)
    }

    /// The documentation page of the operation.
    pub fn documentation(&self) -> Option<&'static str> {
        self.0
            .operation
            .and_then(|operation| operation.documentation)
    }

    /// The status of the response, also if its body is the cause.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The headers of the response; empty without a response. They may name a user.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The service's error code. Its letter case varies: ignore it in comparisons.
    pub fn code(&self) -> Option<&str> {
        self.0.service.code.as_deref()
    }

    /// The codes of inner errors, from the outermost to the innermost.
    pub fn inner_codes(&self) -> impl Iterator<Item = &str> {
        self.0.service.inner_codes.iter().map(String::as_str)
    }

    /// The service's message for developers, unchanged, at most 8 KiB. It may identify a user.
    ///
    /// Microsoft changes these messages without notice: do not branch on them.
    pub fn message(&self) -> Option<&str> {
        self.0.service.message.as_deref()
    }

    /// The id that the service gave the request. Microsoft's support asks for it.
    pub fn request_id(&self) -> Option<&str> {
        self.0
            .service
            .request_id
            .as_deref()
            .or_else(|| self.header("request-id"))
    }

    /// The redacted request id.
    #[cfg(feature = "tracing")]
    pub(crate) fn shown_request_id(&self) -> Option<&str> {
        self.0.shown_request_id.as_deref()
    }

    /// The id that this client gave the call, the same for all its attempts.
    pub fn client_request_id(&self) -> Option<&str> {
        let own = self.0.client_request_id.as_deref();
        own.or(self.0.service.client_request_id.as_deref())
    }

    /// The time of the response, unchanged: an HTTP date, or a time without a zone.
    pub fn date(&self) -> Option<&str> {
        self.0
            .service
            .date
            .as_deref()
            .or_else(|| self.header("date"))
    }

    /// The servers of Microsoft that sent the response (`x-ms-ags-diagnostic`), in JSON.
    pub fn diagnostics(&self) -> Option<&str> {
        self.header("x-ms-ags-diagnostic")
    }

    /// The wait before the next request, from the header `Retry-After`.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The number of requests that were sent for this call.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The hints, the most specific first.
    pub fn hints(&self) -> impl Iterator<Item = &str> {
        self.0.hints.all.iter().map(|hint| &**hint)
    }

    /// The beginning of the response's body, at most 4 KiB. It may identify a user.
    pub fn excerpt(&self) -> &[u8] {
        &self.0.excerpt
    }

    /// Returns `true` if a time limit ended the call: that of one response, or the deadline.
    pub fn is_timeout(&self) -> bool {
        self.0.is_timeout
    }

    /// Returns `true` if the service throttles, because a rate limit is exceeded (429).
    pub fn is_throttled(&self) -> bool {
        self.0.status == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Returns `true` if the service does not accept the token (401).
    ///
    /// A failure of the token provider is `false`, because its network may be the cause, unless a
    /// 401 made the client ask the provider: then the result is `true`, and the
    /// [source](StdError::source) is the provider's own error.
    pub fn is_unauthorized(&self) -> bool {
        self.0.status == Some(StatusCode::UNAUTHORIZED)
    }

    /// Returns `true` if the token lacks a permission (403).
    pub fn is_forbidden(&self) -> bool {
        self.0.status == Some(StatusCode::FORBIDDEN)
    }

    /// Returns `true` if the resource was not found (404).
    pub fn is_not_found(&self) -> bool {
        self.0.status == Some(StatusCode::NOT_FOUND)
    }

    /// Returns `true` if the cause is temporary, so that the same call may succeed later: the test
    /// of a retry loop in the program.
    ///
    /// The [table](crate#temporary-and-permanent-causes) lists the causes. The call itself has
    /// retried within seconds ([`RetryPolicy`](crate::RetryPolicy)), so wait for longer. An
    /// operation that is not repeatable is not retried when it
    /// [may have been carried out](Self::may_have_acted), although the cause may be temporary: then
    /// the caller decides about a retry.
    ///
    /// The failure of a token provider counts as temporary, and a call asks the provider once. The
    /// provider's own error, the [source](StdError::source) of this one, shows if a person has to
    /// sign in.
    pub fn is_retryable(&self) -> bool {
        self.0.is_retryable
    }

    /// Returns `true` after an ambiguous outcome: the service may have carried out one of the
    /// attempts, although the call failed. The connection broke or timed out after sending, the
    /// status is 408 or 5xx (except 501, 505, 511, and 503 with `Retry-After`), or the body of a
    /// success cannot be used.
    ///
    /// A write that is not idempotent is safe to send again only if this is `false`.
    pub fn may_have_acted(&self) -> bool {
        self.0.may_have_acted
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.0.headers.get(name)?.to_str().ok()
    }
}

/// An error never changes, so that no panic leaves it inconsistent.
impl UnwindSafe for Error {}

impl RefUnwindSafe for Error {}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source: &(dyn StdError + 'static) = self.0.source.as_deref()?;
        match source.downcast_ref::<SharedError>() {
            Some(shared) => Some(&**shared),
            None => Some(source),
        }
    }
}
