//! The status message to set.

use crate::bodies::SetStatusMessageRequest;
use crate::{BodyType, DateTimeTimeZone, ItemBody, PresenceStatusMessage};
use msgraph_wire::{CivilDateTime, InvalidValue, IsoDuration};
use std::fmt;
use std::time::SystemTime;

/// A status message to set: plain text and an optional expiry.
///
/// | to | use |
/// |---|---|
/// | show a text until it is replaced | [`text`](Self::text) |
/// | let it expire after a duration | [`expires_in`](Self::expires_in) |
/// | let it expire at an instant | [`expires_at`](Self::expires_at) |
/// | let it expire at a local time | [`expires_at_local`](Self::expires_at_local) |
/// | clear the message | [`clear`](Self::clear) |
///
/// An invalid expiry is refused by the conversion to [`PresenceStatusMessage`], which the client
/// does before it sends anything. If an expiry is set more than once, the last one counts.
///
/// The service accepts only plain text, and sets `publishedDateTime` itself. A message that was
/// read may have HTML and that time: it is a [`PresenceStatusMessage`], which `try_from` converts
/// to this type to set it again.
///
/// ```
/// # use msgraph_presence_models as msgraph_presence;
/// use msgraph_presence::{PresenceStatusMessage, StatusMessage};
/// use std::time::{Duration, UNIX_EPOCH};
///
/// let end = UNIX_EPOCH + Duration::from_secs(1_795_282_200);
/// let sent = PresenceStatusMessage::try_from(StatusMessage::text("Focus").expires_at(end))?;
/// assert_eq!(
///     serde_json::to_string(&sent)?,
///     r#"{"message":{"content":"Focus","contentType":"text"},"expiryDateTime":"#.to_owned()
///         + r#"{"dateTime":"2026-11-21T17:30:00","timeZone":"UTC"}}"#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// HTML cannot be written:
///
/// ```compile_fail,E0599
/// # use msgraph_presence_models as msgraph_presence;
/// # use msgraph_presence::StatusMessage;
/// StatusMessage::html("<b>In a meeting</b>");
/// ```
///
/// The time of publishing cannot be written either:
///
/// ```compile_fail,E0599
/// # use msgraph_presence_models as msgraph_presence;
/// # use msgraph_presence::StatusMessage;
/// StatusMessage::text("In a meeting").published_at(std::time::SystemTime::now());
/// ```
#[derive(Clone, PartialEq)]
pub struct StatusMessage {
    text: String,
    expiry: Result<Option<DateTimeTimeZone>, InvalidValue>,
}

impl StatusMessage {
    /// A message of plain text that never expires.
    ///
    /// The length is not checked, because the service documents no limit.
    ///
    /// ```
    /// # use msgraph_presence_models as msgraph_presence;
    /// use msgraph_presence::{PresenceStatusMessage, StatusMessage};
    ///
    /// let sent = PresenceStatusMessage::try_from(StatusMessage::text("In Rome"))?;
    /// assert_eq!(sent.text(), Some("In Rome"));
    /// assert_eq!(sent.expiry_date_time, None);
    /// # Ok::<(), msgraph_presence::InvalidValue>(())
    /// ```
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            expiry: Ok(None),
        }
    }

    /// Clears the message: sends the empty text, without an expiry.
    ///
    /// Microsoft documents no way to clear a message. Some applications send a null content, or a
    /// placeholder that expires soon; the empty text needs no clock, and all SDKs write it alike.
    ///
    /// ```
    /// # use msgraph_presence_models as msgraph_presence;
    /// use msgraph_presence::StatusMessage;
    ///
    /// assert_eq!(StatusMessage::clear(), StatusMessage::text(""));
    /// ```
    pub fn clear() -> Self {
        Self::text(SetStatusMessageRequest::CLEAR_STATUS_MESSAGE)
    }

    /// Lets the message expire after this duration, counted from this call.
    ///
    /// Accepts everything that converts to [`IsoDuration`]: a [`Duration`](std::time::Duration), a
    /// text in ISO 8601, and with the feature `jiff` its `SignedDuration` and `Span`. Zero and
    /// negative durations are refused, and those that end after the year 9999.
    ///
    /// ```
    /// # use msgraph_presence_models as msgraph_presence;
    /// use msgraph_presence::{PresenceStatusMessage, StatusMessage};
    /// use std::time::Duration;
    ///
    /// let message = StatusMessage::text("Back at three").expires_in("PT25M");
    /// assert!(PresenceStatusMessage::try_from(message).is_ok());
    ///
    /// let message = StatusMessage::text("Back at three").expires_in(Duration::ZERO);
    /// let error = PresenceStatusMessage::try_from(message).unwrap_err();
    /// assert_eq!(error.rule(), "must be longer than zero");
    /// ```
    #[must_use]
    pub fn expires_in<D>(self, duration: D) -> Self
    where
        D: TryInto<IsoDuration, Error: Into<InvalidValue>>,
    {
        self.with_expiry(after(SystemTime::now(), duration))
    }

    /// Lets the message expire at an instant, which is written in UTC.
    ///
    /// Accepts a [`SystemTime`], and the instants of time libraries that convert to one:
    /// `Timestamp` and `Zoned` of jiff, `DateTime` of chrono, `OffsetDateTime` of time. Instants
    /// outside the years 1 to 9999 are refused; an instant in the past is accepted. Precision is
    /// truncated to 100 ns.
    ///
    /// ```
    /// # use msgraph_presence_models as msgraph_presence;
    /// use msgraph_presence::{PresenceStatusMessage, StatusMessage};
    /// use std::time::{Duration, UNIX_EPOCH};
    ///
    /// let end = UNIX_EPOCH + Duration::from_secs(253_402_300_800);
    /// let message = StatusMessage::text("Focus").expires_at(end);
    /// let error = PresenceStatusMessage::try_from(message).unwrap_err();
    /// assert_eq!(error.rule(), "not within the years 1 to 9999");
    /// ```
    #[must_use]
    pub fn expires_at(self, time: impl Into<SystemTime>) -> Self {
        self.with_expiry(in_utc(time.into()))
    }

    /// Lets the message expire when the clocks of a time zone show a date and time.
    ///
    /// The date and time is written like `2026-11-21T17:30:00`, with at most seven fractional
    /// digits; an offset or a `Z` is refused. With the feature `jiff`, its `civil::DateTime` is
    /// accepted as well.
    ///
    /// The zone is `UTC`, a Windows name such as `Pacific Standard Time`, or an IANA name such as
    /// `Europe/Berlin`. The name is sent unchanged: the service decides whether it is valid.
    ///
    /// ```
    /// # use msgraph_presence_models as msgraph_presence;
    /// use msgraph_presence::{PresenceStatusMessage, StatusMessage};
    ///
    /// let message = StatusMessage::text("In Rome")
    ///     .expires_at_local("2026-11-21T17:30:00", "Europe/Rome");
    /// let sent = PresenceStatusMessage::try_from(message)?;
    /// let expiry = sent.expiry_date_time.unwrap_or_default();
    /// assert_eq!(expiry.date_time.as_deref(), Some("2026-11-21T17:30:00"));
    /// assert_eq!(expiry.time_zone.as_deref(), Some("Europe/Rome"));
    ///
    /// let message = StatusMessage::text("In Rome")
    ///     .expires_at_local("2026-11-21T17:30:00+01:00", "Europe/Rome");
    /// let error = PresenceStatusMessage::try_from(message).unwrap_err();
    /// assert_eq!(error.rule(), "has an offset, which is not allowed");
    /// # Ok::<(), msgraph_presence::InvalidValue>(())
    /// ```
    #[must_use]
    pub fn expires_at_local<T>(self, date_time: T, time_zone: &str) -> Self
    where
        T: TryInto<CivilDateTime, Error: Into<InvalidValue>>,
    {
        self.with_expiry(local(date_time, time_zone))
    }

    fn with_expiry(self, expiry: Result<DateTimeTimeZone, InvalidValue>) -> Self {
        Self {
            expiry: expiry.map(Some),
            ..self
        }
    }
}

fn after<D>(now: SystemTime, duration: D) -> Result<DateTimeTimeZone, InvalidValue>
where
    D: TryInto<IsoDuration, Error: Into<InvalidValue>>,
{
    let duration = duration.try_into().map_err(Into::into)?.to_duration()?;
    in_utc(now.checked_add(duration).ok_or_else(too_late)?)
}

fn in_utc(time: SystemTime) -> Result<DateTimeTimeZone, InvalidValue> {
    let date_time = CivilDateTime::utc(time).map_err(|_| too_late())?;
    Ok(date_time_time_zone(date_time, "UTC"))
}

fn too_late() -> InvalidValue {
    InvalidValue::new(
        "expiry of the status message",
        "not within the years 1 to 9999",
        "leave it out for a message that never expires",
    )
}

fn local<T>(date_time: T, time_zone: &str) -> Result<DateTimeTimeZone, InvalidValue>
where
    T: TryInto<CivilDateTime, Error: Into<InvalidValue>>,
{
    if time_zone.trim().is_empty() {
        let help = "name a zone: UTC, Pacific Standard Time, Europe/Berlin";
        return Err(InvalidValue::new("time zone", "the name is empty", help));
    }
    Ok(date_time_time_zone(
        date_time.try_into().map_err(Into::into)?,
        time_zone,
    ))
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
    /// When the expiry is invalid.
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

/// Converts a message that was read, to set it again.
///
/// `publishedDateTime`, which the service sets, and unknown properties are dropped. An expiry with
/// an offset or a `Z` is set again without it: in its zone if the feature `jiff` is on and both
/// agree, otherwise in UTC.
///
/// ```
/// # use msgraph_presence_models as msgraph_presence;
/// use msgraph_presence::{PresenceStatusMessage, StatusMessage};
///
/// let read: PresenceStatusMessage = serde_json::from_str(
///     r#"{"message":{"content":"In Rome"},"publishedDateTime":"2026-11-21T17:30:00Z"}"#,
/// )?;
/// assert_eq!(StatusMessage::try_from(read)?, StatusMessage::text("In Rome"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl TryFrom<PresenceStatusMessage> for StatusMessage {
    type Error = InvalidValue;

    /// # Errors
    /// When the message is not plain text, the expiry lacks its date and time or its zone, or its
    /// offset differs from that of its zone at this time.
    fn try_from(read: PresenceStatusMessage) -> Result<Self, InvalidValue> {
        let body = read.message.unwrap_or_default();
        if !matches!(body.content_type, None | Some(BodyType::Text)) {
            return Err(InvalidValue::new(
                "status message",
                "its content type is not `text`, the only one that the service accepts",
                "convert its content to plain text and pass that to `StatusMessage::text`",
            ));
        }
        let message = Self::text(body.content.unwrap_or_default());
        let Some(expiry) = read.expiry_date_time else {
            return Ok(message);
        };
        let (date_time, time_zone) = expiry.without_offset()?;
        Ok(message.with_expiry(Ok(local(date_time.as_str(), &time_zone)?)))
    }
}

impl PresenceStatusMessage {
    /// The text; `None` if it is missing or empty, as after clearing.
    ///
    /// The text may be HTML; see `message.content_type`. It may differ from the text that was set,
    /// because the service may sanitize it.
    ///
    /// ```
    /// # use msgraph_presence_models as msgraph_presence;
    /// use msgraph_presence::Presence;
    ///
    /// let presence: Presence = serde_json::from_str(
    ///     r#"{"id":"…","statusMessage":{"message":{"content":"In Rome","contentType":"text"}}}"#,
    /// )?;
    /// let message = presence.status_message.unwrap_or_default();
    /// assert_eq!(message.text(), Some("In Rome"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn text(&self) -> Option<&str> {
        let content = self.message.as_ref()?.content.as_deref();
        content.filter(|text| !text.is_empty())
    }
}

impl fmt::Debug for StatusMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("StatusMessage");
        debug.field("expiry", &self.expiry);
        debug.finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    //! An expiry after a duration, without a clock.

    use super::{after, too_late};
    use std::time::{Duration, UNIX_EPOCH};

    #[test]
    fn the_duration_is_added_to_now() {
        let now = UNIX_EPOCH + Duration::new(1_795_282_200, 999_999_999);
        let cases = [
            (Duration::from_secs(1_500), "2026-11-21T17:55:00.9999999"),
            (Duration::from_nanos(1), "2026-11-21T17:30:01"),
            (
                Duration::from_secs(86_400 * 100),
                "2027-03-01T17:30:00.9999999",
            ),
        ];
        for (duration, expected) in cases {
            let expiry = after(now, duration).unwrap();
            assert_eq!(expiry.date_time.as_deref(), Some(expected));
            assert_eq!(expiry.time_zone.as_deref(), Some("UTC"));
        }
        let beyond = after(now, Duration::from_secs(8_000 * 366 * 86_400));
        assert_eq!(beyond, Err(too_late()));
    }
}
