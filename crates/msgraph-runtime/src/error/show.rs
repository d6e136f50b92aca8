//! The printed forms of an error, without private texts.

use super::Error;
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
        if let Some(code) = &inner.service.shown_code {
            write!(f, "{separator}{code}")?;
            separator = ": ";
        }
        if let Some(message) = &inner.service.shown_message {
            // A semicolon follows.
            write!(f, "{separator}{}", message.trim_end_matches('.'))?;
            separator = "; ";
        }
        if !inner.detail.is_empty() {
            write!(f, "{separator}{}", inner.detail)?;
        }
        if inner.attempts > 1 {
            write!(f, "; {} attempts", inner.attempts)?;
        }
        if let Some(id) = &inner.shown_request_id {
            write!(f, "; request-id {id}")?;
        }
        for (index, hint) in inner.hints.shown().enumerate() {
            f.write_str(if index == 0 { "; hint: " } else { "; or: " })?;
            f.write_str(hint)?;
        }
        Ok(())
    }
}

/// The line of `Display` and its causes, because `main` and `unwrap` print this form; `{:#?}` has
/// the fields.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            return self.fmt_fields(f);
        }
        fmt::Display::fmt(self, f)?;
        for cause in &self.0.causes {
            write!(f, "\n  caused by: {cause}")?;
        }
        Ok(())
    }
}

impl Error {
    fn fmt_fields(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("operation", &self.operation())
            .field("detail", &inner.detail)
            .field("status", &inner.status)
            .field("code", &inner.service.shown_code)
            .field("message", &inner.service.shown_message)
            .field("request_id", &inner.shown_request_id)
            .field("client_request_id", &inner.shown_client_request_id)
            .field("attempts", &inner.attempts)
            .field("retry_after", &inner.retry_after)
            .field("hints", &inner.hints.all)
            .finish_non_exhaustive()
    }
}
