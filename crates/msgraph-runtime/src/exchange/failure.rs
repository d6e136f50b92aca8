//! What came of an attempt: an answer, or why there is none.

use super::{Moment, retry_after};
use crate::response::Raw;
use crate::transport::TransportError;
use crate::{BoxError, ErrorKind};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use std::borrow::Cow;
use std::io::{self, ErrorKind as Io};
use std::time::Duration;

/// An answer, with as much of its body as has come.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Why the body is not whole.
    pub(crate) cut: Option<Cut>,
}

/// Why a body is not whole.
pub(crate) enum Cut {
    /// It is longer than this many bytes.
    TooLong(usize),
    /// It ended too early.
    Broken(TransportError),
}

/// Why a call has failed.
pub(crate) struct Failure {
    pub(crate) kind: ErrorKind,
    /// What happened, for a reader; empty when the answer says it.
    pub(crate) detail: Cow<'static, str>,
    pub(crate) answer: Option<Answer>,
    pub(crate) source: Option<BoxError>,
    pub(crate) is_timeout: bool,
    /// Whether the same call may succeed later.
    pub(crate) is_retryable: bool,
    pub(crate) retry_after: Option<Duration>,
}

impl Failure {
    /// A failure without an answer.
    pub(super) fn new(kind: ErrorKind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            answer: None,
            source: None,
            is_timeout: false,
            is_retryable: false,
            retry_after: None,
        }
    }

    /// The service said no.
    pub(super) fn service(answer: Answer, moment: Moment) -> Self {
        let mut failure = Self::new(ErrorKind::Service, "");
        failure.retry_after = retry_after::read(&answer.headers, moment.wall);
        failure.with_answer(answer)
    }

    pub(super) fn with_answer(mut self, answer: Answer) -> Self {
        self.answer = Some(answer);
        self
    }

    /// The same call may succeed later.
    pub(super) fn retryable(mut self) -> Self {
        self.is_retryable = true;
        self
    }

    /// The answer came, but not the whole of its body.
    pub(super) fn cut(cut: Cut, answer: Answer, repeatable: bool) -> Self {
        let mut failure = match cut {
            Cut::TooLong(limit) => {
                let detail = format!("the answer is longer than {limit} bytes");
                Self::new(ErrorKind::Body, detail)
            }
            Cut::Broken(error) => {
                let mut failure = Self::new(ErrorKind::Body, "");
                failure.detail = match error.is_timeout {
                    true => "the answer's body took too long".into(),
                    false => "the answer's body ended too early".into(),
                };
                failure.is_timeout = error.is_timeout;
                failure.is_retryable = repeatable;
                failure.source = Some(error.source);
                failure
            }
        };
        failure.answer = Some(answer);
        failure
    }

    /// No answer came.
    pub(super) fn broken(error: TransportError) -> Self {
        let kind = match (error.is_timeout, error.is_sent) {
            _ if error.is_refused => ErrorKind::Request,
            (true, _) => ErrorKind::Timeout,
            (false, true) => ErrorKind::Interrupted,
            (false, false) => ErrorKind::Connect,
        };
        let mut failure = Self::new(kind, what_happened(&error));
        failure.is_timeout = error.is_timeout;
        failure.is_retryable = error.is_foreign;
        failure.source = Some(error.source);
        failure
    }

    /// Adds why the call does not wait any longer; without a limit of its time, no clock
    /// reaches the end of the wait.
    pub(super) fn out_of_time(&mut self, left: Option<Duration>) {
        let Some(left) = left.map(|left| left.as_secs_f32()) else {
            return self.explain(
                "the service asks to wait longer than clocks can tell".to_owned(),
            );
        };
        self.explain(match self.retry_after {
            Some(asked) if asked.as_secs_f32() >= left => {
                let asked = asked.as_secs_f32();
                format!(
                    "the service asks to wait {asked} s, and the call has {left:.0} s left"
                )
            }
            _ if left < 1.0 => "the time of the call is up".to_owned(),
            _ => format!("the {left:.0} s left are too short to repeat it"),
        });
    }

    /// Adds that the client repeats no more for now.
    pub(super) fn out_of_budget(&mut self) {
        self.explain(
            "not repeated, for the client has repeated too much lately".to_owned(),
        );
    }

    fn explain(&mut self, reason: String) {
        self.detail = match self.detail.is_empty() {
            true => reason.into(),
            false => format!("{}; {reason}", self.detail).into(),
        };
    }

    /// A success whose body is not what was documented.
    pub(crate) fn body(raw: Raw, detail: Cow<'static, str>) -> Self {
        Self::new(ErrorKind::Body, detail).with_answer(Answer {
            status: raw.status,
            headers: raw.headers,
            body: raw.body,
            cut: None,
        })
    }
}

/// Says what happened to a connection, where the operating system has said why.
fn what_happened(error: &TransportError) -> Cow<'static, str> {
    let mut cause = std::error::Error::source(error);
    let mut reason = None;
    let mut is_unresolved = false;
    while let Some(error) = cause {
        reason = error.downcast_ref::<io::Error>().map(innermost).or(reason);
        // It is hyper-util's, whose type is none of our dependencies.
        is_unresolved |= error.to_string() == "dns error";
        cause = error.source();
    }
    let text = match reason {
        _ if error.is_sent => return error.to_string().into(),
        _ if is_unresolved => {
            "the name of the host is not known: check its spelling and the network"
        }
        Some(Io::ConnectionRefused) => {
            "the connection was refused: nothing listens there"
        }
        Some(Io::InvalidData | Io::UnexpectedEof | Io::ConnectionReset) => {
            "TLS could not be agreed on: check the clock and the roots of trust"
        }
        Some(Io::HostUnreachable | Io::NetworkUnreachable) => {
            "there is no way to the host: check the network"
        }
        _ => return error.to_string().into(),
    };
    text.into()
}

/// The kind of the error that another one was made around: `source` passes over it.
fn innermost(error: &io::Error) -> Io {
    let within = error.get_ref().and_then(|within| within.downcast_ref());
    within.map_or_else(|| error.kind(), innermost)
}
