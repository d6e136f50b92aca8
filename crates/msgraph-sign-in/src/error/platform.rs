//! The refusal of the identity platform: code, number, ids.

use std::fmt;

/// The refusal of the identity platform, without its free text, which may name a user.
///
/// As a text it is the code, the number, the ids and the link, which is what a helpdesk asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Platform {
    pub(super) code: String,
    pub(super) suberror: Option<String>,
    pub(super) number: Option<u32>,
    pub(super) trace_id: Option<String>,
    pub(super) correlation_id: Option<String>,
    pub(super) timestamp: Option<String>,
    pub(super) authority: String,
}

impl Platform {
    /// The error code of OAuth, such as `invalid_grant`: the only property that decides.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// A finer code, such as `basic_action`, where there is one.
    pub fn suberror(&self) -> Option<&str> {
        self.suberror.as_deref()
    }

    /// The number behind `AADSTS`. It is for people: Microsoft changes numbers.
    pub fn number(&self) -> Option<u32> {
        self.number
    }

    /// The id under which the platform has traced the request.
    pub fn trace_id(&self) -> Option<&str> {
        self.trace_id.as_deref()
    }

    /// The id of the sign-in in the platform's logs.
    pub fn correlation_id(&self) -> Option<&str> {
        self.correlation_id.as_deref()
    }

    /// When the platform refused, as it wrote it.
    pub fn timestamp(&self) -> Option<&str> {
        self.timestamp.as_deref()
    }

    /// The page that explains the number.
    pub fn link(&self) -> Option<String> {
        let number = self.number?;
        Some(format!("{}/error?code={number}", self.authority))
    }
}

impl fmt::Display for Platform {
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
