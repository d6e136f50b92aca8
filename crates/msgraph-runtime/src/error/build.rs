//! The constructors of an error: of a setting, of a request, and of a failed call.

use super::hints::{self, Hints};
use super::redact::{Redactor, chain};
use super::service::ServiceError;
use super::{Error, ErrorKind, Inner};
use crate::exchange::{Failure, RawResponse};
use crate::operation::{BATCH, Operation};
use crate::token::AccessToken;
use crate::{BoxError, InvalidValue};
use http::HeaderMap;
use std::borrow::Cow;
use std::error::Error as StdError;

impl Error {
    /// A setting with which the client cannot be built; the message says how to fix it.
    pub(crate) fn configuration(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Configuration, detail)
    }

    /// A request that is refused before anything is sent.
    pub(crate) fn request(
        operation: &'static Operation,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        let mut error = Self::new(ErrorKind::Request, detail);
        error.0.operation = Some(operation);
        error
    }

    /// A link to the next page that is not followed.
    pub(crate) fn link(operation: &'static Operation, detail: &'static str) -> Self {
        let mut error = Self::new(ErrorKind::Body, detail);
        error.0.operation = Some(operation);
        error
    }

    /// A request of a batch that was dropped before its response.
    pub(crate) fn given_up(operation: &'static Operation, detail: &'static str) -> Self {
        let mut error = Self::new(ErrorKind::Interrupted, detail);
        error.0.operation = Some(operation);
        error.0.may_have_acted = true;
        error
    }

    /// A failed call; `token` is that of its last attempt. Every text from outside is redacted
    /// here.
    pub(crate) fn of_call(
        operation: &'static Operation,
        failure: Failure,
        client_request_id: Option<String>,
        attempts: u32,
        token: Option<&AccessToken>,
        redactor: &Redactor,
    ) -> Self {
        let mut error = Self::new(failure.kind, detail(&failure, redactor));
        let inner = &mut error.0;
        inner.operation = Some(operation);
        inner.client_request_id = client_request_id;
        inner.attempts = attempts;
        inner.retry_after = failure.retry_after;
        inner.is_timeout = failure.is_timeout;
        inner.is_retryable = failure.is_retryable;
        inner.may_have_acted = failure.may_have_acted;
        if let Some(response) = failure.response {
            inner.add_response(response, operation, token, redactor);
        }
        if let Some(help) = failure.help {
            error.0.hints = Hints::certain(help);
        }
        error.0.shown_request_id = error.request_id().map(|id| redactor.id(id));
        error.0.shown_client_request_id = error.client_request_id().map(|id| redactor.id(id));
        match failure.source {
            Some(source) => error.redacted_source(source, redactor),
            None => error,
        }
    }

    fn new(kind: ErrorKind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            operation: None,
            detail: detail.into(),
            status: None,
            headers: HeaderMap::new(),
            excerpt: Vec::new(),
            service: ServiceError::default(),
            client_request_id: None,
            attempts: 0,
            retry_after: None,
            is_timeout: false,
            is_retryable: false,
            may_have_acted: false,
            hints: Hints::default(),
            source: None,
            causes: Vec::new(),
            shown_request_id: None,
            shown_client_request_id: None,
        }))
    }

    /// Adds a source that does not come from a call, so that it has nothing to redact.
    pub(crate) fn with_source(self, source: impl Into<BoxError>) -> Self {
        self.redacted_source(source.into(), &Redactor::default())
    }

    /// Adds a source, and the redacted messages of its chain.
    pub(super) fn redacted_source(mut self, source: BoxError, redactor: &Redactor) -> Self {
        self.0.source = Some(redactor.source(source));
        if let Some(source) = self.source() {
            self.0.causes = causes(source, &self.0.detail, redactor);
        }
        self
    }
}

/// Converts a value that was refused before there was a request, with the kind
/// [`Request`](ErrorKind::Request).
///
/// A function that makes calls can so use `?` on ids and durations too:
///
/// ```
/// # use msgraph_runtime as msgraph_presence;
/// use msgraph_presence::{Cloud, Error, ErrorKind};
///
/// fn cloud(setting: &str) -> Result<Cloud, Error> {
///     Ok(setting.parse()?)
/// }
///
/// let error = cloud("cumulus").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Request);
/// assert!(error.to_string().starts_with("msgraph: invalid cloud: "), "{error}");
/// ```
impl From<InvalidValue> for Error {
    fn from(invalid: InvalidValue) -> Self {
        Self::new(ErrorKind::Request, invalid.to_string()).with_source(invalid)
    }
}

impl Inner {
    /// Adds the status, headers, body, code, message and hints of a response, redacted.
    fn add_response(
        &mut self,
        response: RawResponse,
        operation: &'static Operation,
        token: Option<&AccessToken>,
        redactor: &Redactor,
    ) {
        self.status = Some(response.status);
        if self.kind != ErrorKind::Body {
            self.service = ServiceError::read(&response.headers, &response.body);
            let (status, headers) = (response.status, &response.headers);
            // Hints of the operation do not apply to a batch.
            let sent = match &response.batch {
                Some(_) => &BATCH,
                None => operation,
            };
            self.hints = hints::of(sent, status, headers, &self.service, token);
            self.hints.redact(redactor);
            self.service.redact(redactor);
        }
        self.excerpt = excerpt(&response.body, redactor);
        self.headers = redactor.headers(response.headers.into_map());
    }
}

/// The redacted detail of a failure, with the message of a token provider.
fn detail(failure: &Failure, redactor: &Redactor) -> Cow<'static, str> {
    // A static detail is our own text; a composed one may have texts from outside.
    let detail = match &failure.detail {
        Cow::Borrowed(detail) => Cow::Borrowed(*detail),
        Cow::Owned(detail) => Cow::Owned(redactor.text(detail)),
    };
    let source = failure.source.as_ref();
    let source = source.filter(|_| failure.kind == ErrorKind::Token);
    let message = source.map(|source| redactor.message(&source.to_string()));
    match message.filter(|message| !message.is_empty()) {
        Some(message) => format!("{detail}: {message}").into(),
        None => detail,
    }
}

/// The length of the body's beginning that an error keeps, in bytes.
const EXCERPT: usize = 4096;

/// The beginning of a body without tokens, truncated between characters if it is text.
fn excerpt(body: &[u8], redactor: &Redactor) -> Vec<u8> {
    // A truncated token would not be found, so more is searched than is kept.
    let read = &body[..body.len().min(2 * EXCERPT)];
    let body = redactor.bytes_without_token(read);
    let mut end = body.len().min(EXCERPT);
    while end < body.len() && end > 0 && body[end] & 0xC0 == 0x80 {
        end -= 1;
    }
    body[..end].to_vec()
}

/// The redacted messages of a source chain, without repeats; `said` is the text shown before them.
fn causes(source: &(dyn StdError + 'static), said: &str, redactor: &Redactor) -> Vec<String> {
    let mut causes: Vec<String> = Vec::new();
    for error in chain(source) {
        let text = redactor.message(&error.to_string());
        let before = causes.last().map_or(said, String::as_str);
        if !text.is_empty() && !before.ends_with(&text) && !is_envelope(error, &text) {
            causes.push(text);
        }
    }
    causes
}

/// Returns `true` if the text only reports that an HTTP request failed, which the message of the
/// error already says in more detail.
fn is_envelope(error: &(dyn StdError + 'static), text: &str) -> bool {
    let is_ours = error.is::<reqwest::Error>() && error.source().is_some();
    // The text is hyper-util's, which is not among our dependencies.
    is_ours || text.starts_with("client error (")
}
