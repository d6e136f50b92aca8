//! The status message that one writes.

use crate::{BodyType, DateTimeTimeZone, ItemBody, PresenceStatusMessage};
use msgraph_wire::{CivilDateTime, InvalidValue};
use std::fmt;
use std::time::{Duration, SystemTime};

/// A status message to set: a plain text, and when it expires.
///
/// Without an expiry the message never expires. The expiry is an instant, written in
/// UTC, unless a local time and its zone are given. The service takes plain text alone,
/// so there is no HTML here; a message that is read may have it.
///
/// What cannot be sent is refused when the message is turned into a
/// [`PresenceStatusMessage`], which the client does before it sends anything.
///
/// ```
/// use msgraph_presence_models::{PresenceStatusMessage, StatusMessage};
/// use std::time::Duration;
///
/// let message = StatusMessage::text("In a meeting").expires_in(Duration::from_secs(25 * 60));
/// let message = PresenceStatusMessage::try_from(message)?;
/// # Ok::<(), msgraph_presence_models::InvalidValue>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct StatusMessage {
    text: String,
    expiry: Result<Option<DateTimeTimeZone>, InvalidValue>,
}

impl StatusMessage {
    /// A message of plain text that never expires.
    ///
    /// The service documents no longest text, so none is checked.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            expiry: Ok(None),
        }
    }

    /// Clears the message: the empty text, without an expiry.
    ///
    /// Microsoft documents no way to clear a message. Others in use are a null content,
    /// and a placeholder with a short expiry; the empty text is the one that all SDKs
    /// can send.
    pub fn clear() -> Self {
        Self::text("")
    }

    /// Lets the message expire so long after now, the moment of this call.
    ///
    /// Zero, and what leads beyond the year 9999, is refused.
    #[must_use]
    pub fn expires_in(self, duration: Duration) -> Self {
        let expiry = match SystemTime::now().checked_add(duration) {
            Some(time) if !duration.is_zero() => in_utc(time),
            _ => Err(InvalidValue::new(
                "expiry of the status message",
                "it must lie after now, and before the year 10000",
                "give a longer time, or leave the expiry out so that it never expires",
            )),
        };
        self.with_expiry(expiry)
    }

    /// Lets the message expire at an instant, written in UTC.
    #[must_use]
    pub fn expires_at(self, time: SystemTime) -> Self {
        self.with_expiry(in_utc(time))
    }

    /// Lets the message expire at a local time in a zone.
    ///
    /// The time is written like `2026-11-21T17:30:00`, with at most seven digits of a
    /// second; an offset or a `Z` is refused. The zone is `UTC`, a Windows name such as
    /// `Pacific Standard Time`, or an IANA name such as `Europe/Berlin`; the service
    /// decides whether it knows it.
    #[must_use]
    pub fn expires_at_local(self, date_time: &str, time_zone: &str) -> Self {
        self.with_expiry(local(date_time, time_zone))
    }

    fn with_expiry(self, expiry: Result<DateTimeTimeZone, InvalidValue>) -> Self {
        Self {
            expiry: expiry.map(Some),
            ..self
        }
    }
}

fn in_utc(time: SystemTime) -> Result<DateTimeTimeZone, InvalidValue> {
    Ok(date_time_time_zone(CivilDateTime::utc(time)?, "UTC"))
}

fn local(date_time: &str, time_zone: &str) -> Result<DateTimeTimeZone, InvalidValue> {
    if time_zone.trim().is_empty() {
        return Err(InvalidValue::new(
            "time zone",
            "it is empty",
            "name a zone, such as UTC, Pacific Standard Time or Europe/Berlin",
        ));
    }
    Ok(date_time_time_zone(date_time.parse()?, time_zone))
}

fn date_time_time_zone(date_time: CivilDateTime, time_zone: &str) -> DateTimeTimeZone {
    DateTimeTimeZone {
        date_time: Some(date_time.to_string()),
        time_zone: Some(time_zone.to_owned()),
        ..DateTimeTimeZone::default()
    }
}

impl TryFrom<StatusMessage> for PresenceStatusMessage {
    type Error = InvalidValue;

    /// # Errors
    /// When the expiry was refused.
    fn try_from(message: StatusMessage) -> Result<Self, InvalidValue> {
        Ok(Self {
            message: Some(ItemBody {
                content: Some(message.text),
                content_type: Some(BodyType::Text),
                ..ItemBody::default()
            }),
            expiry_date_time: message.expiry?,
            ..Self::default()
        })
    }
}

impl fmt::Debug for StatusMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("StatusMessage");
        debug.field("expiry", &self.expiry);
        debug.finish_non_exhaustive()
    }
}
