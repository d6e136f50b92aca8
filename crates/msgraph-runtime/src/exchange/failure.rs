//! The result of an attempt: a response, or a failure.

use super::redirect::NotFollowed;
use super::retry_after;
use crate::cause::{Cause, is_temporary_status};
use crate::clock::Moment;
use crate::error::service::{is_compressed, is_html};
use crate::headers::Received;
use crate::transport::{Diagnosis, TransportError};
use crate::{BoxError, ErrorKind};
use bytes::Bytes;
use http::StatusCode;
use std::borrow::Cow;
use std::time::Duration;

/// A response, with the part of its body that was received.
pub(crate) struct RawResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: Received,
    pub(crate) body: Bytes,
    /// Why the body is truncated; `None` if it is whole.
    pub(crate) truncation: Option<Truncation>,
    /// The request body of the batch, if this is the response to the whole batch.
    pub(crate) batch: Option<Bytes>,
}

impl RawResponse {
    /// Returns `true` if it is a success with all of its body.
    pub(crate) fn is_whole_success(&self) -> bool {
        self.status.is_success() && self.truncation.is_none()
    }
}

/// Why a body is truncated.
pub(crate) enum Truncation {
    /// The body is longer than this limit, in bytes.
    TooLong(usize),
    /// The body ended too early, with this error.
    Broken(TransportError),
}

/// The message of a request's error when its batch was refused.
const WHOLE_BATCH: &str = "the whole batch was refused";

/// Why a call has failed.
pub(crate) struct Failure {
    pub(crate) kind: ErrorKind,
    /// The message; empty if the response has it.
    pub(crate) detail: Cow<'static, str>,
    /// The hint of the cause.
    pub(crate) help: Option<&'static str>,
    pub(crate) response: Option<RawResponse>,
    pub(crate) source: Option<BoxError>,
    pub(crate) is_timeout: bool,
    /// `true` if the cause is temporary: the same call may succeed later.
    pub(crate) is_retryable: bool,
    /// `true` if the service may have carried out the request.
    pub(crate) may_have_acted: bool,
    pub(crate) retry_after: Option<Duration>,
}

impl Failure {
    /// A failure without a response.
    pub(super) fn new(kind: ErrorKind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            help: None,
            response: None,
            source: None,
            is_timeout: false,
            is_retryable: false,
            may_have_acted: false,
            retry_after: None,
        }
    }

    /// A failure with the message and the hint of its cause.
    pub(super) fn of(kind: ErrorKind, cause: Cause) -> Self {
        let mut failure = Self::new(kind, cause.message());
        failure.help = cause.help();
        failure.is_retryable = cause.is_temporary();
        failure
    }

    /// A response whose status is not a success.
    pub(super) fn service(response: RawResponse, moment: Moment) -> Self {
        let mut failure = Self::new(ErrorKind::Service, "");
        failure.retry_after = retry_after::read(&response.headers, moment.wall);
        failure.is_retryable = is_temporary_status(response.status);
        failure.may_have_acted = match response.status.as_u16() {
            408 => true,
            // A 503 with Retry-After means that the request was not processed.
            503 => failure.retry_after.is_none(),
            501 | 505 | 511 => false,
            status => status >= 500,
        };
        let cause = match &response.body {
            body if body.is_empty() => None,
            body if is_compressed(&response.headers) && !is_text(body) => {
                Some(Cause::CompressedRefusal)
            }
            body if is_html(&response.headers, body) => Some(Cause::PageRefusal),
            _ => None,
        };
        if let Some(cause) = cause {
            failure.detail = cause.message().into();
            failure.help = cause.help();
        }
        failure.with_response(response)
    }

    /// A redirect that is not followed.
    pub(super) fn not_followed(reason: NotFollowed) -> Self {
        let mut failure = Self::of(ErrorKind::Redirect, reason.cause);
        failure.detail = reason.detail;
        failure.help = reason.help;
        failure
    }

    /// A 304, which is not a redirect. `is_asked` is `true` for a conditional request.
    pub(super) fn not_modified(response: RawResponse, is_asked: bool) -> Self {
        let failure = if is_asked {
            Self::new(ErrorKind::Service, NOT_MODIFIED)
        } else {
            Self::of(ErrorKind::Service, Cause::NotModified)
        };
        failure.with_response(response)
    }

    pub(super) fn with_response(mut self, response: RawResponse) -> Self {
        if response.batch.is_some() && self.detail.is_empty() {
            self.detail = WHOLE_BATCH.into();
        }
        self.response = Some(response);
        self
    }

    /// A response with a truncated body.
    pub(crate) fn truncated(truncation: Truncation) -> Self {
        let mut failure = match truncation {
            Truncation::TooLong(limit) => {
                let mut failure = Self::of(ErrorKind::Body, Cause::LongBody);
                failure.detail = format!("the response is longer than {limit} bytes").into();
                failure
            }
            Truncation::Broken(error) => {
                let cause = if error.is_timeout {
                    Cause::SlowBody
                } else {
                    Cause::TruncatedBody
                };
                let mut failure = Self::of(ErrorKind::Body, cause);
                failure.is_timeout = error.is_timeout;
                failure.source = Some(error.source);
                failure
            }
        };
        failure.may_have_acted = true;
        failure
    }

    /// An attempt without a response.
    pub(super) fn broken(error: TransportError) -> Self {
        let kind = match (error.is_timeout, error.is_sent) {
            _ if error.is_refused => ErrorKind::Request,
            (true, _) => ErrorKind::Timeout,
            (false, true) => ErrorKind::Interrupted,
            (false, false) => ErrorKind::Connect,
        };
        let Diagnosis { cause, names } = Diagnosis::of(&error);
        let mut failure = Self::of(kind, cause);
        if !names.is_empty() {
            let names = names[..names.len().min(NAMES)].join(", ");
            failure.detail = format!("{}: {names}", cause.message()).into();
        }
        failure.is_timeout = error.is_timeout;
        failure.is_retryable &= !error.is_permanent;
        failure.may_have_acted = error.is_sent;
        failure.source = Some(error.source);
        failure
    }

    /// Adds why the call does not wait. `left` is `None` for a call without a timeout, for which the
    /// wait is longer than a clock can represent.
    pub(super) fn out_of_time(&mut self, left: Option<Duration>) {
        let Some(left) = left.map(|left| left.as_secs_f32()) else {
            let who = match self.retry_after {
                Some(_) => "the service asks",
                None => "the retry policy says",
            };
            return self.explain(format!("{who} to wait longer than a clock can represent"));
        };
        self.explain(match self.retry_after {
            Some(asked) if asked.as_secs_f32() >= left => {
                let asked = asked.as_secs_f32();
                format!("the service asks to wait {asked} s, and the call has {left:.0} s left")
            }
            _ if left < 1.0 => "the call has timed out".to_owned(),
            _ => format!("the {left:.0} s left are too short for a retry"),
        });
    }

    /// Adds that the retry budget is used up.
    pub(super) fn out_of_budget(&mut self) {
        self.explain("not retried: the client's retry budget is used up".to_owned());
    }

    /// Adds that the call timed out while its repeat waited for its turn.
    pub(super) fn out_of_turn(&mut self) {
        self.explain(Cause::NoTurn.message().to_owned());
        self.help = self.help.or(Cause::NoTurn.help());
    }

    fn explain(&mut self, reason: String) {
        self.detail = if self.detail.is_empty() {
            reason.into()
        } else {
            format!("{}; {reason}", self.detail).into()
        };
    }

    /// A success whose body cannot be used.
    pub(crate) fn body(cause: Cause, detail: Option<String>) -> Self {
        let mut failure = Self::of(ErrorKind::Body, cause);
        if let Some(detail) = detail {
            failure.detail = format!("{}: {detail}", cause.message()).into();
        }
        // A page comes from a proxy: the request has not reached the service.
        failure.may_have_acted = cause != Cause::Page;
        failure
    }

    /// An `error` object in a response with a success status.
    pub(crate) fn error_in_success() -> Self {
        Self::new(ErrorKind::Service, "")
    }
}

/// Returns `true` if a body is text, even if its `Content-Encoding` says otherwise.
fn is_text(body: &[u8]) -> bool {
    let is_shown = |c: char| !c.is_control() || c.is_whitespace();
    std::str::from_utf8(body).is_ok_and(|text| text.chars().all(is_shown))
}

const NOT_MODIFIED: &str = "not modified since the version in the request (304)";

/// The number of names of a certificate that a message shows.
const NAMES: usize = 3;
