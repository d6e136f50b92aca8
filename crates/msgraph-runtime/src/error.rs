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
    /// The cause, where the service's words do not name it.
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
    /// The messages of the source and those below it, as they may be shown.
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

    /// The status of the response, also when its body was the trouble.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The headers of the response; empty when none came. They may name a user.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The service's error code. Its letter case varies: compare without it.
    pub fn code(&self) -> Option<&str> {
        self.0.service.code.as_deref()
    }

    /// The codes within the error, from the outermost to the most particular.
    pub fn inner_codes(&self) -> impl Iterator<Item = &str> {
        self.0.service.inner_codes.iter().map(String::as_str)
    }

    /// The service's message for developers, unchanged, at most 8 KiB. It may name a user.
    ///
    /// Microsoft changes these texts without notice: do not branch on them.
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

    /// The same id as it may be shown.
    #[cfg(feature = "tracing")]
    pub(crate) fn shown_request_id(&self) -> Option<&str> {
        self.0.shown_request_id.as_deref()
    }

    /// The id that this client gave the call, the same for all its attempts.
    pub fn client_request_id(&self) -> Option<&str> {
        let own = self.0.client_request_id.as_deref();
        own.or(self.0.service.client_request_id.as_deref())
    }

    /// When the service answered, as it wrote it: an HTTP date, or a time without a zone.
    pub fn date(&self) -> Option<&str> {
        self.0
            .service
            .date
            .as_deref()
            .or_else(|| self.header("date"))
    }

    /// Which servers of Microsoft answered (`x-ms-ags-diagnostic`), in JSON.
    pub fn diagnostics(&self) -> Option<&str> {
        self.header("x-ms-ags-diagnostic")
    }

    /// The time the service asked to wait before the next request.
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

    /// The beginning of the response's body, at most 4 KiB. It may name a user.
    pub fn excerpt(&self) -> &[u8] {
        &self.0.excerpt
    }

    /// Returns `true` if a time limit ended it: that of one response, or of the call as a whole.
    pub fn is_timeout(&self) -> bool {
        self.0.is_timeout
    }

    /// Returns `true` if the service says that it gets too many requests (429).
    pub fn is_throttled(&self) -> bool {
        self.0.status == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Returns `true` if the service does not accept the token (401).
    ///
    /// A provider that fails is not enough, because its network may have failed, unless it was
    /// asked because of a 401. The [source](StdError::source) is then the provider's own error.
    pub fn is_unauthorized(&self) -> bool {
        self.0.status == Some(StatusCode::UNAUTHORIZED)
    }

    /// Returns `true` if the service says that the token lacks a permission (403).
    pub fn is_forbidden(&self) -> bool {
        self.0.status == Some(StatusCode::FORBIDDEN)
    }

    /// Returns `true` if the service does not find the resource (404).
    pub fn is_not_found(&self) -> bool {
        self.0.status == Some(StatusCode::NOT_FOUND)
    }

    /// Returns `true` if the cause passes by itself, so that the same call may succeed later: what
    /// a loop of one's own asks before it goes on.
    ///
    /// The [table](crate#temporary-and-permanent-causes) says which causes pass. The call itself
    /// has repeated what was worth repeating within seconds ([`RetryPolicy`](crate::RetryPolicy)),
    /// so wait for longer. Of an operation that is not repeatable nothing is repeated that
    /// [may have been carried out](Self::may_have_acted), and still the cause may pass: whether
    /// to send it again then is for the caller to decide.
    ///
    /// A token provider that fails counts as passing, and is asked once a call. Whether waiting
    /// helps it, or only a person who signs in, its own error says, which is the
    /// [source](StdError::source) of this one.
    pub fn is_retryable(&self) -> bool {
        self.0.is_retryable
    }

    /// Returns `true` if the service may have carried out the request, in one of its attempts,
    /// although the call failed: the connection broke or the time was up after sending, a 408 or a
    /// 5xx came that does not say otherwise, or a success whose body cannot be used.
    ///
    /// A write that must not happen twice is safe to send again only where this is false.
    pub fn may_have_acted(&self) -> bool {
        self.0.may_have_acted
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.0.headers.get(name)?.to_str().ok()
    }
}

/// An error is read only: no panic leaves one half changed.
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
