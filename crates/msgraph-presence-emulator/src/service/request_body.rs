//! The bodies of the POST operations: reading and checks.

use super::account::Expiry;
use super::expiry::{BadExpiry, instant};
use super::location::Layer;
use super::routing::user_id;
use super::session::Session;
use crate::json::is_json;
use crate::response::GraphError;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use jiff::SignedDuration;
use msgraph_presence_models::bodies::{
    ClearPresenceRequest, ClearUserPreferredPresenceRequest, GetPresencesByUserIdRequest,
    SetPresenceRequest, SetStatusMessageRequest, SetUserPreferredPresenceRequest,
    SetWorkLocationRequest,
};
use msgraph_presence_models::{
    AdditionalData, BodyType, PreferredPresence, SessionPresence, UserId, WorkLocationType,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::borrow::Cow;
use std::time::Duration;

/// The shortest session of an application.
const SHORTEST_SESSION: Duration = Duration::from_secs(5 * 60);

/// The longest session of an application.
const LONGEST_SESSION: Duration = Duration::from_secs(4 * 3600);

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
    typed(json(headers, body)?, unknown)
}

/// Reads a value as the type of a body.
fn typed<T: DeserializeOwned>(
    json: Value,
    unknown: fn(&T) -> &AdditionalData,
) -> Result<Parsed<T>, GraphError> {
    let value = serde_json::from_value(json).map_err(|_| unreadable())?;
    let names = unknown(&value).iter().map(|(name, _)| name);
    let warning = unknown_properties(names);
    Ok(Parsed { value, warning })
}

/// A body that claims to be JSON and is.
pub(super) fn json(headers: &HeaderMap, body: &[u8]) -> Result<Value, GraphError> {
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
        return Err(pair_missing());
    };
    let pair = |preferred: &&PreferredPresence| {
        preferred.availability() == availability && preferred.activity() == activity
    };
    let Some(&preferred) = PreferredPresence::ALL.iter().find(pair) else {
        return Err(bad_pair());
    };
    let lasts = match request.expiration_duration {
        Some(duration) => duration.to_duration().map_err(|_| bad_duration())?,
        None => preferred.default_expiration_duration(),
    };
    let lasts = SignedDuration::try_from(lasts).unwrap_or(SignedDuration::MAX);
    Ok(Parsed {
        value: NewPreference { preferred, lasts },
        warning: body.warning,
    })
}

/// The session of an application that may be set.
pub(super) struct NewSession {
    pub(super) id: String,
    pub(super) session: Session,
}

/// Reads the body of setPresence.
pub(super) fn session(headers: &HeaderMap, body: &[u8]) -> Result<Parsed<NewSession>, GraphError> {
    let json = with_session_id(headers, body)?;
    let body = typed(json, |b: &SetPresenceRequest| &b.additional_data)?;
    let request = body.value;
    let (Some(availability), Some(activity)) = (request.availability, request.activity) else {
        return Err(pair_missing());
    };
    let pair = |session: &&SessionPresence| {
        session.availability() == availability && session.activity() == activity
    };
    let Some(session) = SessionPresence::ALL.iter().find(pair) else {
        return Err(bad_pair());
    };
    let lasts = match request.expiration_duration {
        Some(duration) => duration.to_duration().map_err(|_| bad_duration())?,
        None => session.default_expiration_duration(),
    };
    if !(SHORTEST_SESSION..=LONGEST_SESSION).contains(&lasts) {
        return Err(bad_duration());
    }
    Ok(Parsed {
        value: NewSession {
            id: request.session_id,
            session: Session::new(availability, activity).expires_in(lasts),
        },
        warning: body.warning,
    })
}

/// Reads the body of clearPresence: the id of the session.
pub(super) fn session_to_clear(
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Parsed<String>, GraphError> {
    let json = with_session_id(headers, body)?;
    let body = typed(json, |b: &ClearPresenceRequest| &b.additional_data)?;
    Ok(Parsed {
        value: body.value.session_id,
        warning: body.warning,
    })
}

/// A body with a `sessionId`; the message as it was observed without one, an empty one too.
fn with_session_id(headers: &HeaderMap, body: &[u8]) -> Result<Value, GraphError> {
    let json = json(headers, body)?;
    if json.is_object() && matches!(json["sessionId"].as_str(), None | Some("")) {
        let message = "[SessionId]: The SessionId field is required.";
        return Err(GraphError::invalid_argument(message));
    }
    Ok(json)
}

/// A work location that may be set.
pub(super) struct NewLocation {
    pub(super) layer: Layer,
    pub(super) kind: WorkLocationType,
    pub(super) place: Option<String>,
}

/// Reads the body of setManualLocation.
pub(super) fn manual_location(
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Parsed<NewLocation>, GraphError> {
    location(headers, body, Layer::Manual)
}

/// Reads the body of setAutomaticLocation.
pub(super) fn automatic_location(
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Parsed<NewLocation>, GraphError> {
    location(headers, body, Layer::Automatic)
}

fn location(
    headers: &HeaderMap,
    body: &[u8],
    layer: Layer,
) -> Result<Parsed<NewLocation>, GraphError> {
    let body = read(headers, body, |b: &SetWorkLocationRequest| {
        &b.additional_data
    })?;
    let kind = body.value.work_location_type.ok_or_else(|| {
        GraphError::invalid_argument("The parameter [workLocationType] is missing.")
    })?;
    if matches!(
        kind,
        WorkLocationType::UnknownFutureValue | WorkLocationType::UnknownValue(_)
    ) {
        return Err(GraphError::invalid_argument(
            "The provided [workLocationType] is not valid.",
        ));
    }
    let place = body.value.place_id;
    Ok(Parsed {
        value: NewLocation { layer, kind, place },
        warning: body.warning,
    })
}

/// Reads the body of getPresencesByUserId.
pub(super) fn ids(headers: &HeaderMap, body: &[u8]) -> Result<Parsed<Vec<UserId>>, GraphError> {
    let json = json(headers, body)?;
    if json.is_object() && json["ids"].is_null() {
        return Err(GraphError::invalid_argument(
            "The parameter [ids] is missing.",
        ));
    }
    // The type of the ids refuses others, and does not say which one.
    let ids = json["ids"].as_array().into_iter().flatten();
    for id in ids.filter_map(Value::as_str) {
        user_id(id)?;
    }
    let body = typed(json, |b: &GetPresencesByUserIdRequest| &b.additional_data)?;
    Ok(Parsed {
        value: body.value.ids,
        warning: body.warning,
    })
}

/// Reads the body of an action without parameters: `{}`, or none at all, as its pages show both.
pub(super) fn nothing(headers: &HeaderMap, body: &[u8]) -> Result<Parsed<()>, GraphError> {
    let warning = if body.is_empty() {
        None
    } else {
        read(headers, body, |b: &ClearUserPreferredPresenceRequest| {
            &b.additional_data
        })?
        .warning
    };
    Ok(Parsed { value: (), warning })
}

fn pair_missing() -> GraphError {
    GraphError::invalid_argument("The parameters [availability] and [activity] are both required.")
}

fn bad_pair() -> GraphError {
    let message = "The provided [availability] and [activity] are not a valid combination.";
    GraphError::invalid_argument(message)
}

fn bad_duration() -> GraphError {
    GraphError::invalid_argument("The provided [ExpirationDuration] is out of range.")
}

/// A warning about properties that the operation does not know.
///
/// The documentation does not say how the service treats them; a client that misspelled a property
/// has reported no error, so the emulator ignores them and says so in the record.
pub(super) fn unknown_properties<'a>(names: impl Iterator<Item = Cow<'a, str>>) -> Option<String> {
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
