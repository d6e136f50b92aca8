//! What an error prints: one line, and nothing private.

use super::{Error, redact};
use std::fmt;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        match inner.operation {
            Some(operation) => write!(f, "{}", operation.id)?,
            None => f.write_str("msgraph")?,
        }
        let mut separator = ": ";
        if let Some(status) = inner.status {
            write!(f, "{separator}{status}")?;
            separator = ", ";
        }
        if let Some(code) = inner.service.shown_code() {
            write!(f, "{separator}{code}")?;
            separator = ": ";
        }
        if let Some(message) = &inner.service.shown_message {
            write!(f, "{separator}{message}")?;
            separator = "; ";
        }
        if !inner.detail.is_empty() {
            write!(f, "{separator}{}", inner.detail)?;
        }
        if inner.attempts > 1 {
            write!(f, "; {} attempts", inner.attempts)?;
        }
        if let Some(id) = self.shown_request_id() {
            write!(f, "; request-id {id}")?;
        }
        for (index, hint) in inner.hints.shown().enumerate() {
            f.write_str(if index == 0 { "; hint: " } else { "; or: " })?;
            f.write_str(hint)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("operation", &self.operation())
            .field("detail", &inner.detail)
            .field("status", &inner.status)
            .field("code", &inner.service.shown_code())
            .field("message", &inner.service.shown_message)
            .field("request_id", &self.shown_request_id())
            .field(
                "client_request_id",
                &self.client_request_id().map(redact::id),
            )
            .field("attempts", &inner.attempts)
            .field("retry_after", &inner.retry_after)
            .field("hints", &inner.hints.all)
            .finish_non_exhaustive()
    }
}
