//! The failure of an attempt, as a transport reports it.

use crate::{BoxError, SharedError};
use std::fmt;
use std::sync::Arc;

/// The failure of an attempt: no response arrived, or only a part of it.
///
/// The text of the source must contain neither the sent content nor the URL, because programs log
/// it.
#[derive(Debug)]
pub struct TransportError {
    pub(crate) is_refused: bool,
    pub(crate) is_sent: bool,
    pub(crate) is_timeout: bool,
    pub(crate) is_permanent: bool,
    /// `true` if a proxy can only come from the environment.
    pub(crate) is_system_proxy: bool,
    /// `true` if the connection was certainly new.
    pub(crate) is_first_use: bool,
    /// `true` if the response belongs to another request.
    pub(crate) is_mismatched: bool,
    pub(crate) source: BoxError,
}

impl TransportError {
    /// The request is invalid and was not sent. It is not retried.
    pub fn refused(source: impl Into<BoxError>) -> Self {
        Self {
            is_refused: true,
            ..Self::not_sent(source)
        }
    }

    /// No part of the request was sent, so that any operation is safe to retry.
    pub fn not_sent(source: impl Into<BoxError>) -> Self {
        Self {
            is_refused: false,
            is_sent: false,
            is_timeout: false,
            is_permanent: false,
            is_system_proxy: false,
            is_first_use: false,
            is_mismatched: false,
            source: source.into(),
        }
    }

    /// The connection broke after a part of the request may have been sent.
    pub fn interrupted(source: impl Into<BoxError>) -> Self {
        Self {
            is_sent: true,
            ..Self::not_sent(source)
        }
    }

    /// This error for each of several calls, with a shared source.
    pub(crate) fn shared(self, count: usize) -> impl Iterator<Item = Self> {
        let source = SharedError::from(self.source);
        (0..count).map(move |_| Self {
            source: Box::new(Arc::clone(&source)),
            ..self
        })
    }

    /// The response belongs to another request.
    pub(crate) fn mismatched() -> Self {
        Self {
            is_mismatched: true,
            ..Self::interrupted("the response has another client-request-id")
        }
    }

    /// No data arrived within the time limit.
    pub(crate) fn too_slow() -> Self {
        Self::interrupted("no data arrived within the timeout").timed_out()
    }

    /// Marks the error as a timeout.
    pub fn timed_out(mut self) -> Self {
        self.is_timeout = true;
        self
    }

    /// Marks the cause as permanent, such as a certificate for another name: the attempt is not
    /// retried, and the call is not [retryable](crate::Error::is_retryable).
    ///
    /// Most permanent causes in reqwest are recognized without this, if the source is reqwest's
    /// error.
    pub fn permanent(mut self) -> Self {
        self.is_permanent = true;
        self
    }

    /// Returns `true` if the attempt may have used a kept connection that was already dead.
    pub(crate) fn may_be_stale(&self) -> bool {
        self.is_sent && !self.is_timeout && !self.is_first_use && !self.is_mismatched
    }

    /// Returns `true` if the request is invalid and was not sent.
    pub fn is_refused(&self) -> bool {
        self.is_refused
    }

    /// Returns `true` if a part of the request may have been sent.
    pub fn is_sent(&self) -> bool {
        self.is_sent
    }

    /// Returns `true` for a timeout.
    pub fn is_timeout(&self) -> bool {
        self.is_timeout
    }

    /// Returns `true` if the transport marked the cause as [permanent](Self::permanent).
    pub fn is_permanent(&self) -> bool {
        self.is_permanent
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.is_sent, self.is_timeout) {
            _ if self.is_refused => "the request is not valid and was not sent",
            _ if self.is_mismatched => {
                "the response belongs to another request: a proxy or a cache on the way \
                 mixed up responses"
            }
            (false, false) => "the request could not be sent",
            (false, true) => "connecting timed out",
            (true, false) => "the connection broke",
            (true, true) => "the response timed out",
        })
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}
