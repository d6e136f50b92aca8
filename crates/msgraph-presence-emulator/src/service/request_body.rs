//! The bodies of the two POST operations: reading, checks, and the moment of an expiry.

use super::account::Expiry;
use crate::json::is_json;
use crate::response::GraphError;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use jiff::{SignedDuration, Timestamp};
use msgraph_presence_models::{
    AdditionalData, BodyType, CivilDateTime, DateTimeTimeZone, PreferredPresence,
    SetStatusMessageRequest, SetUserPreferredPresenceRequest,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::borrow::Cow;

/// A body that was read, and a warning about a part of it that is ignored.
pub(super) struct Parsed<T> {
    pub(super) value: T,
    pub(super) warning: Option<String>,
}

/// Reads a body. Unknown properties, which the type keeps in its additional data, are a warning.
fn read<T: DeserializeOwned>(
    headers: &HeaderMap,
    body: &[u8],
    unknown: fn(&T) -> &AdditionalData,
) -> Result<Parsed<T>, GraphError> {
    let value = serde_json::from_value(json(headers, body)?).map_err(|_| unreadable())?;
    let warning = unknown_properties(unknown(&value));
    Ok(Parsed { value, warning })
}

/// A body that claims to be JSON and is.
fn json(headers: &HeaderMap, body: &[u8]) -> Result<Value, GraphError> {
    if !headers.contains_key(CONTENT_TYPE) {
        return Err(GraphError::bad_request(
            "Write requests (excluding DELETE) must contain the Content-Type header \
             declaration.",
        ));
    }
    if !is_json(headers) {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        let message = "The Content-Type must be application/json.";
        return Err(GraphError::new(status, "UnsupportedMediaType", message));
    }
    if body.is_empty() {
        return Err(GraphError::bad_request(
            "Empty Payload. JSON content expected.",
        ));
    }
    serde_json::from_slice(body).map_err(|_| unreadable())
}

fn unreadable() -> GraphError {
    GraphError::bad_request(
        "Unable to read JSON request payload. Please ensure Content-Type header is set \
         and payload is of valid JSON format.",
    )
}

/// A status message that may be set.
pub(super) struct NewStatus {
    pub(super) content: String,
    pub(super) expiry: Option<Expiry>,
}

/// Reads the body of setStatusMessage.
pub(super) fn status_message(
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Parsed<NewStatus>, GraphError> {
    let body = read(headers, body, |b: &SetStatusMessageRequest| {
        &b.additional_data
    })?;
    let Some(status) = body.value.status_message else {
        return Err(GraphError::invalid_argument(
            "The parameter [statusMessage] is missing.",
        ));
    };
    let message = status.message.unwrap_or_default();
    if !matches!(message.content_type, None | Some(BodyType::Text)) {
        return Err(GraphError::invalid_argument(
            "The provided [contentType] is not supported: only text is.",
        ));
    }
    let expiry = match status.expiry_date_time {
        Some(sent) => {
            let at = instant(&sent).map_err(bad_expiry)?;
            Some(Expiry { at, sent })
        }
        None => None,
    };
    let read_only = status.published_date_time.is_some();
    let read_only = read_only.then(|| "publishedDateTime is read-only".to_owned());
    let content = message.content.unwrap_or_default();
    Ok(Parsed {
        value: NewStatus { content, expiry },
        warning: body.warning.or(read_only),
    })
}

fn bad_expiry(bad: BadExpiry) -> GraphError {
    GraphError::invalid_argument(match bad {
        BadExpiry::DateTime => "The provided [expiryDateTime.dateTime] is not valid.",
        BadExpiry::Offset => "The provided [expiryDateTime.dateTime] must not include a time zone.",
        BadExpiry::TimeZone => "The provided [expiryDateTime.timeZone] is not a known time zone.",
    })
}

/// A preferred presence that may be set.
pub(super) struct NewPreference {
    pub(super) preferred: PreferredPresence,
    pub(super) lasts: SignedDuration,
}

/// Reads the body of setUserPreferredPresence.
pub(super) fn preferred_presence(
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Parsed<NewPreference>, GraphError> {
    let body = read(headers, body, |b: &SetUserPreferredPresenceRequest| {
        &b.additional_data
    })?;
    let request = body.value;
    let (Some(availability), Some(activity)) = (request.availability, request.activity) else {
        return Err(GraphError::invalid_argument(
            "The parameters [availability] and [activity] are both required.",
        ));
    };
    let pair = |preferred: &&PreferredPresence| {
        preferred.availability() == availability && preferred.activity() == activity
    };
    let Some(&preferred) = PreferredPresence::ALL.iter().find(pair) else {
        return Err(GraphError::invalid_argument(
            "The provided [availability] and [activity] are not a valid combination.",
        ));
    };
    let lasts = match request.expiration_duration {
        Some(duration) => duration.to_duration().map_err(|_| {
            let message = "The provided [ExpirationDuration] is out of range.";
            GraphError::invalid_argument(message)
        })?,
        None => preferred.default_expiration_duration(),
    };
    let lasts = SignedDuration::try_from(lasts).unwrap_or(SignedDuration::MAX);
    Ok(Parsed {
        value: NewPreference { preferred, lasts },
        warning: body.warning,
    })
}

/// A warning about properties that the operation does not know.
///
/// The documentation does not say how the service treats them; a client that misspelled a property
/// has reported no error, so the emulator ignores them and says so in the record.
fn unknown_properties(unknown: &AdditionalData) -> Option<String> {
    let names = unknown.iter().map(|(name, _)| name);
    let names = names.filter(|name| !name.starts_with('@'));
    // A name must not break the line that reports it.
    let shown = |name: Cow<'_, str>| {
        name.chars()
            .take(60)
            .flat_map(char::escape_debug)
            .collect::<String>()
    };
    let names: Vec<String> = names.map(shown).collect();
    (!names.is_empty()).then(|| format!("unknown properties: {}", names.join(", ")))
}

/// A problem of an expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadExpiry {
    /// No date and time, or not in the documented form.
    DateTime,

    /// The date and time carries an offset or a `Z`.
    Offset,

    /// No zone of that name is known.
    TimeZone,
}

/// The moment of a local time in a zone.
///
/// Not documented, and chosen here: no zone is UTC; a time that a clock change skips or repeats
/// is taken as calendars do, the former later, the latter at its first time. The year 9999 is
/// "never".
pub(crate) fn instant(sent: &DateTimeTimeZone) -> Result<Timestamp, BadExpiry> {
    let text = sent.date_time.as_deref().ok_or(BadExpiry::DateTime)?;
    if text.parse::<CivilDateTime>().is_err() {
        let time = text.split_once('T').map_or("", |(_, time)| time);
        let offset = time.ends_with(['Z', 'z']) || time.contains(['+', '-']);
        return Err(if offset {
            BadExpiry::Offset
        } else {
            BadExpiry::DateTime
        });
    }
    let never = text.starts_with("9999-");
    let mut expiry = sent.clone();
    expiry.time_zone.get_or_insert_with(|| "UTC".to_owned());
    if never {
        // The zone has to exist all the same.
        expiry.date_time = Some("2000-01-01T00:00:00".to_owned());
    }
    let moment = expiry.to_timestamp().map_err(|_| BadExpiry::TimeZone)?;
    Ok(if never { Timestamp::MAX } else { moment })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expiry(date_time: Option<&str>, zone: Option<&str>) -> Result<String, BadExpiry> {
        let mut expiry = DateTimeTimeZone::default();
        expiry.date_time = date_time.map(str::to_owned);
        expiry.time_zone = zone.map(str::to_owned);
        instant(&expiry).map(|moment| moment.to_string())
    }

    #[test]
    fn windows_and_iana_names_lead_to_the_same_moment() {
        let local = "2026-07-01T09:00:00";
        let cases = [
            (None, "2026-07-01T09:00:00Z"),
            (Some("UTC"), "2026-07-01T09:00:00Z"),
            (Some("Etc/GMT+12"), "2026-07-01T21:00:00Z"),
            (Some("Pacific Standard Time"), "2026-07-01T16:00:00Z"),
            (Some("America/Los_Angeles"), "2026-07-01T16:00:00Z"),
            (Some("W. Europe Standard Time"), "2026-07-01T07:00:00Z"),
            (Some("Europe/Berlin"), "2026-07-01T07:00:00Z"),
            (Some("India Standard Time"), "2026-07-01T03:30:00Z"),
            (Some("Tokyo Standard Time"), "2026-07-01T00:00:00Z"),
            (Some("Pacific/Kiritimati"), "2026-06-30T19:00:00Z"),
        ];
        for (zone, moment) in cases {
            assert_eq!(expiry(Some(local), zone).as_deref(), Ok(moment), "{zone:?}");
        }
    }

    #[test]
    fn a_clock_change_is_taken_as_calendars_take_it() {
        let berlin = Some("Europe/Berlin");
        let cases = [
            ("2026-03-29T02:30:00", "2026-03-29T01:30:00Z"),
            ("2026-10-25T02:30:00", "2026-10-25T00:30:00Z"),
        ];
        for (local, moment) in cases {
            assert_eq!(
                expiry(Some(local), berlin).as_deref(),
                Ok(moment),
                "{local}"
            );
        }
    }

    #[test]
    fn digits_of_a_second_count_and_never_is_never() {
        let cases = [
            (
                "2022-10-18T17:05:33.2079781",
                "2022-10-18T17:05:33.2079781Z",
            ),
            ("2022-10-18T17:05:33", "2022-10-18T17:05:33Z"),
            ("2022-10-18T17:05", "2022-10-18T17:05:00Z"),
            (
                "9999-12-31T23:59:59.9999999",
                "9999-12-30T22:00:00.999999999Z",
            ),
        ];
        for (local, moment) in cases {
            assert_eq!(expiry(Some(local), None).as_deref(), Ok(moment), "{local}");
        }
    }

    #[test]
    fn anything_else_is_refused_for_its_reason() {
        let cases = [
            (None, None, BadExpiry::DateTime),
            (Some(""), None, BadExpiry::DateTime),
            (Some("2022-10-18"), None, BadExpiry::DateTime),
            (Some("2022-10-18 17:05:33"), None, BadExpiry::DateTime),
            (Some("2022-13-18T17:05:33"), None, BadExpiry::DateTime),
            (
                Some("2022-10-18T17:05:33.12345678"),
                None,
                BadExpiry::DateTime,
            ),
            (Some("2022-10-18Tnoon"), None, BadExpiry::DateTime),
            (Some("2022-10-18T17:05:33Z"), None, BadExpiry::Offset),
            (Some("2022-10-18T17:05:33+02:00"), None, BadExpiry::Offset),
            (Some("2022-10-18T17:05:33"), Some(""), BadExpiry::TimeZone),
            (
                Some("2022-10-18T17:05:33"),
                Some("Moon/Base"),
                BadExpiry::TimeZone,
            ),
            (
                Some("2022-10-18T17:05:33"),
                Some("+02:00"),
                BadExpiry::TimeZone,
            ),
        ];
        for (date_time, zone, bad) in cases {
            assert_eq!(expiry(date_time, zone), Err(bad), "{date_time:?} {zone:?}");
        }
    }
}
