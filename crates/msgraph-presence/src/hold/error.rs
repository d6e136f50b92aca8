//! The result of a release, and the error of a hold.

use super::saved::SavedHold;
use crate::{DateTimeOffset, Error};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::fmt;
use std::time::SystemTime;

/// The result of [`Hold::release`](crate::Hold::release).
///
/// `Display` is one line, `Serialize` an object such as
/// `{"event":"released","preference":"takenBack","message":"kept"}`.
///
/// ```
/// # use msgraph_presence::Client;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let graph = msgraph_presence_emulator::Emulator::start().await?;
/// # let ada = graph.add_user("Ada");
/// # let client = Client::builder().base_url(graph.base_url()).token(graph.token_for(ada)).build()?;
/// use msgraph_presence::PreferredPresence;
///
/// let mut hold = client.me().presence().hold(PreferredPresence::Busy).await?;
/// let released = hold.release().await?;
/// assert_eq!(released.to_string(), "preferred presence taken back");
/// let object = serde_json::to_string(&released)?;
/// assert_eq!(object, r#"{"event":"released","preference":"takenBack","message":"nothing"}"#);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Released {
    /// The preferred presence.
    pub preference: Outcome,

    /// The status message.
    pub message: Outcome,
}

/// The result of a release for the preferred presence or the status message of a hold.
///
/// `Serialize` is the name in camel case, such as `takenBack`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The preferred presence was cleared; the message from before the hold was set again, or
    /// cleared if there was none.
    TakenBack,

    /// Left unchanged: the one that shows is not that of the hold.
    Kept,

    /// Expired at the service before the release.
    Expired,

    /// Nothing to release: the hold has no message, was not started, or was released before.
    Nothing,
}

impl fmt::Display for Released {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (preference, message) = (self.preference, self.message);
        write!(f, "preferred presence {preference}")?;
        match message {
            Outcome::Nothing => Ok(()),
            _ => write!(f, ", message {message}"),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::TakenBack => "taken back",
            Self::Kept => "not taken back, because it was changed meanwhile",
            Self::Expired => "expired",
            Self::Nothing => "not held",
        })
    }
}

impl Serialize for Released {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("event", "released")?;
        map.serialize_entry("preference", &self.preference)?;
        map.serialize_entry("message", &self.message)?;
        map.end()
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::TakenBack => "takenBack",
            Self::Kept => "kept",
            Self::Expired => "expired",
            Self::Nothing => "nothing",
        })
    }
}

/// The error of a start or a release of a hold, with the writes that remain at the service.
///
/// `Display` is one line: the error of the request, what remains, and the time until which it
/// remains (RFC 3339 in UTC).
pub struct HoldError {
    error: Error,
    /// The error of the request that should have taken back what was set.
    taking_back: Option<Error>,
    preference: Option<SystemTime>,
    message: Option<SystemTime>,
}

impl HoldError {
    /// An error after which the writes that are still held remain.
    pub(super) fn new(error: Error, saved: &SavedHold) -> Self {
        let until = saved.last_expiry();
        Self {
            error,
            taking_back: None,
            preference: saved.is_preference_held.then_some(until),
            message: saved.is_message_held.then_some(until),
        }
    }

    pub(super) fn with_taking_back(mut self, error: Option<Error>) -> Self {
        self.taking_back = error;
        self
    }

    /// Returns the error of the request that failed.
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// Returns the error of the request that should have taken back what a failed start has set;
    /// `None` after a failed release.
    pub fn taking_back(&self) -> Option<&Error> {
        self.taking_back.as_ref()
    }

    /// Returns the time until which the preferred presence of the hold may remain; `None` if it does
    /// not remain.
    pub fn preference_remains(&self) -> Option<SystemTime> {
        self.preference
    }

    /// Returns the time until which the status message of the hold may remain; `None` if it does not
    /// remain.
    pub fn message_remains(&self) -> Option<SystemTime> {
        self.message
    }
}

/// For an error before the first write: nothing of the hold remains.
impl From<Error> for HoldError {
    fn from(error: Error) -> Self {
        Self {
            error,
            taking_back: None,
            preference: None,
            message: None,
        }
    }
}

/// Gives the error of the request.
impl From<HoldError> for Error {
    fn from(error: HoldError) -> Self {
        error.error
    }
}

impl fmt::Display for HoldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)?;
        if let Some(error) = &self.taking_back {
            write!(f, "; undoing the part that was set also failed: {error}")?;
        }
        let what = match (self.preference, self.message) {
            (Some(_), Some(_)) => "the preferred presence and the status message",
            (Some(_), None) => "the preferred presence",
            (None, Some(_)) => "the status message",
            (None, None) => return Ok(()),
        };
        write!(f, "; {what} may remain")?;
        let until = self.preference.or(self.message);
        match until.map(DateTimeOffset::try_from) {
            Some(Ok(until)) => write!(f, " until {}", until.as_str()),
            _ => Ok(()),
        }
    }
}

/// The line of `Display`, and below it the causes of the error.
impl fmt::Debug for HoldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let causes = format!("{:?}", self.error);
        let causes = causes.strip_prefix(&self.error.to_string());
        write!(f, "{self}{}", causes.unwrap_or_default())
    }
}

impl std::error::Error for HoldError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}
