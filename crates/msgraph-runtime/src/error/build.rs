//! How an error is made: of a setting, of a request, or of the failure of a call.

use super::hints::{self, Hints};
use super::redact::{Redactor, chain};
use super::service::ServiceError;
use super::{Error, ErrorKind, Inner};
use crate::exchange::failure::Failure;
use crate::operation::{BATCH, Operation};
use crate::token::AccessToken;
use crate::{BoxError, InvalidValue};
use http::HeaderMap;
use std::borrow::Cow;
use std::error::Error as StdError;

impl Error {
    /// The client cannot be built like this; the message says what to change.
    pub(crate) fn configuration(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Configuration, detail)
    }

    /// The request is refused before anything is sent.
    pub(crate) fn request(
        operation: &'static Operation,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        let mut error = Self::new(ErrorKind::Request, detail);
        error.0.operation = Some(operation);
        error
    }

    /// The link to the next page leads where no token may go.
    pub(crate) fn link(operation: &'static Operation, detail: &'static str) -> Self {
        let mut error = Self::new(ErrorKind::Body, detail);
        error.0.operation = Some(operation);
        error
    }

    /// The caller did not wait for the response.
    pub(crate) fn given_up(operation: &'static Operation, detail: &'static str) -> Self {
        let mut error = Self::new(ErrorKind::Interrupted, detail);
        error.0.operation = Some(operation);
        error.0.may_have_acted = true;
        error
    }

    /// The call has failed; `token` is that of its last attempt. Every text from outside goes
    /// through the redactor here.
    pub(crate) fn of_call(
        operation: &'static Operation,
        failure: Failure,
        client_request_id: Option<String>,
        attempts: u32,
        token: Option<&AccessToken>,
        redactor: &Redactor,
    ) -> Self {
        // A detail of our own is static; one that was composed may hold words of others.
        let mut detail = match failure.detail {
            Cow::Borrowed(detail) => Cow::Borrowed(detail),
            Cow::Owned(detail) => Cow::Owned(redactor.text(&detail)),
        };
        if let (ErrorKind::Token, Some(source)) = (failure.kind, &failure.source) {
            let words = redactor.message(&source.to_string());
            if !words.is_empty() {
                detail = format!("{detail}: {words}").into();
            }
        }
        let mut error = Self::new(failure.kind, detail);
        let inner = &mut error.0;
        inner.operation = Some(operation);
        inner.client_request_id = client_request_id;
        inner.attempts = attempts;
        inner.retry_after = failure.retry_after;
        inner.is_timeout = failure.is_timeout;
        inner.is_retryable = failure.is_retryable;
        inner.may_have_acted = failure.may_have_acted;
        if let Some(response) = failure.response {
            inner.status = Some(response.status);
            if failure.kind != ErrorKind::Body {
                inner.service = ServiceError::read(&response.headers, &response.body);
                let (status, headers) = (response.status, &response.headers);
                // Hints of the operation do not apply to a batch.
                let asked = match &response.batch {
                    Some(_) => &BATCH,
                    None => operation,
                };
                inner.hints = hints::of(asked, status, headers, &inner.service, token);
                inner.hints.redact(redactor);
                inner.service.redact(redactor);
            }
            inner.excerpt = excerpt(&response.body, redactor);
            inner.headers = redactor.headers(response.headers.into_map());
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

    /// The same with a source that no call has to do with.
    pub(crate) fn with_source(self, source: impl Into<BoxError>) -> Self {
        self.redacted_source(source.into(), &Redactor::default())
    }

    /// With a source, and the messages of its chain as they may be shown.
    pub(super) fn redacted_source(mut self, source: BoxError, redactor: &Redactor) -> Self {
        self.0.source = Some(redactor.source(source));
        if let Some(source) = self.source() {
            self.0.causes = causes(source, &self.0.detail, redactor);
        }
        self
    }
}

/// A value that was refused before there was a request for it.
///
/// So a function that makes calls can read ids and durations too:
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

/// The part of a response's body that an error keeps, in bytes.
const EXCERPT: usize = 4096;

/// The beginning of a body without tokens, cut between characters where it is text.
fn excerpt(body: &[u8], redactor: &Redactor) -> Vec<u8> {
    // A token that is cut would not be found: it is looked for in more than is kept.
    let read = &body[..body.len().min(2 * EXCERPT)];
    let body = redactor.bytes_without_token(read);
    let mut end = body.len().min(EXCERPT);
    while end < body.len() && end > 0 && body[end] & 0xC0 == 0x80 {
        end -= 1;
    }
    body[..end].to_vec()
}

/// The messages of the source chain as they may be shown, without repeats; `said` is what is
/// shown before them.
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

/// Returns `true` if the text only reports that an HTTP request failed, which the line already says
/// in more detail.
fn is_envelope(error: &(dyn StdError + 'static), text: &str) -> bool {
    let is_ours = error.is::<reqwest::Error>() && error.source().is_some();
    // The next one is an error of hyper-util, which is not among our dependencies.
    is_ours || text.starts_with("client error (")
}
