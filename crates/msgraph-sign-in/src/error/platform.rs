//! The refusal of the identity platform: code, number, ids.

use std::fmt;

/// The refusal of the identity platform, without its description, which may name a user.
///
/// `Display` is one line with the code, the number, the ids and the link, as a helpdesk needs them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlatformError {
    pub(super) code: String,
    pub(super) suberror: Option<String>,
    pub(super) number: Option<u32>,
    pub(super) trace_id: Option<String>,
    pub(super) correlation_id: Option<String>,
    pub(super) timestamp: Option<String>,
    pub(super) authority: String,
}

impl PlatformError {
    /// Returns the OAuth error code, such as `invalid_grant`, which decides the
    /// [kind](crate::ErrorKind).
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Returns the more specific code, such as `basic_action`, if there is one.
    pub fn suberror(&self) -> Option<&str> {
        self.suberror.as_deref()
    }

    /// Returns the number of `AADSTS`. It is for people: Microsoft may change numbers.
    pub fn number(&self) -> Option<u32> {
        self.number
    }

    /// Returns the id of the request in the logs of the platform.
    pub fn trace_id(&self) -> Option<&str> {
        self.trace_id.as_deref()
    }

    /// Returns the id of the sign-in in the logs of the platform.
    pub fn correlation_id(&self) -> Option<&str> {
        self.correlation_id.as_deref()
    }

    /// Returns the time of the refusal, as the platform has written it.
    pub fn timestamp(&self) -> Option<&str> {
        self.timestamp.as_deref()
    }

    /// Returns the URL of the page that explains the number.
    pub fn link(&self) -> Option<String> {
        let number = self.number?;
        Some(format!("{}/error?code={number}", self.authority))
    }
}

impl fmt::Display for PlatformError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code)?;
        if let Some(suberror) = &self.suberror {
            write!(f, " ({suberror})")?;
        }
        if let Some(number) = self.number {
            write!(f, ", AADSTS{number}")?;
        }
        let ids = [
            ("trace id", &self.trace_id),
            ("correlation id", &self.correlation_id),
            ("at", &self.timestamp),
        ];
        for (name, id) in ids {
            if let Some(id) = id {
                write!(f, ", {name} {id}")?;
            }
        }
        if let Some(link) = self.link() {
            write!(f, ", {link}")?;
        }
        Ok(())
    }
}
