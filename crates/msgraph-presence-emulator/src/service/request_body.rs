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
    Activity, AdditionalData, Availability, BodyType, DateTimeTimeZone, IsoDuration,
    PreferredPresence, SessionPresence, UserId, WorkLocationType,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;

/// The shortest session of an application.
const SHORTEST_SESSION: Duration = Duration::from_secs(5 * 60);

/// The longest session of an application.
const LONGEST_SESSION: Duration = Duration::from_secs(4 * 3600);

/// Remarks on what a request does that the documentation does not say, and the service ignores.
pub(super) type Remarks = Vec<String>;

/// Reads a body. Unknown properties, which the type keeps in its additional data, are a remark.
fn read<T: DeserializeOwned>(
    headers: &HeaderMap,
    body: &[u8],
    remarks: &mut Remarks,
    unknown: fn(&T) -> &AdditionalData,
) -> Result<T, GraphError> {
    typed(json(headers, body)?, remarks, unknown)
}

/// Reads a value as the type of a body.
fn typed<T: DeserializeOwned>(
    json: Value,
    remarks: &mut Remarks,
    unknown: fn(&T) -> &AdditionalData,
) -> Result<T, GraphError> {
    let value = serde_json::from_value(json).map_err(unreadable)?;
    remarks.extend(unknown_properties(names(unknown(&value), "")));
    Ok(value)
}

/// The names of unknown properties, after that of the object in which they are.
fn names<'a>(unknown: &'a AdditionalData, within: &str) -> impl Iterator<Item = String> + 'a {
    let within = within.to_owned();
    let names = unknown.iter().filter(|(name, _)| !name.starts_with('@'));
    names.map(move |(name, _)| format!("{within}{name}"))
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
        let error = GraphError::new(status, "UnsupportedMediaType", message);
        let sent = headers
            .get(CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok());
        return Err(error.because(format!("{message} It is {}.", sent.unwrap_or("no text"))));
    }
    if body.is_empty() {
        return Err(GraphError::bad_request(
            "Empty Payload. JSON content expected.",
        ));
    }
    serde_json::from_slice(body).map_err(unreadable)
}

fn unreadable(error: serde_json::Error) -> GraphError {
    GraphError::bad_request(
        "Unable to read JSON request payload. Please ensure Content-Type header is set \
         and payload is of valid JSON format.",
    )
    .because(format!("Unable to read JSON request payload: {error}"))
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
    remarks: &mut Remarks,
) -> Result<NewStatus, GraphError> {
    let body = read(headers, body, remarks, |b: &SetStatusMessageRequest| {
        &b.additional_data
    })?;
    let Some(status) = body.status_message else {
        return Err(GraphError::invalid_argument(
            "The parameter [statusMessage] is missing.",
        ));
    };
    let message = status.message.unwrap_or_default();
    let mut unknown: Vec<_> = names(&status.additional_data, "statusMessage.").collect();
    unknown.extend(names(&message.additional_data, "statusMessage.message."));
    if let Some(expiry) = &status.expiry_date_time {
        let within = "statusMessage.expiryDateTime.";
        unknown.extend(names(&expiry.additional_data, within));
        if expiry.time_zone.is_none() {
            remarks.push("expiryDateTime has no timeZone, and is read in UTC".to_owned());
        }
    }
    remarks.extend(unknown_properties(unknown.into_iter()));
    if status.published_date_time.is_some() {
        remarks.push("publishedDateTime is read-only".to_owned());
    }
    if !matches!(message.content_type, None | Some(BodyType::Text)) {
        return Err(GraphError::invalid_argument(
            "The provided [contentType] is not supported: only text is.",
        ));
    }
    let expiry = match status.expiry_date_time {
        Some(sent) => {
            let at = instant(&sent).map_err(|bad| bad_expiry(bad, &sent))?;
            Some(Expiry { at, sent })
        }
        None => None,
    };
    let content = message.content.unwrap_or_default();
    Ok(NewStatus { content, expiry })
}

fn bad_expiry(bad: BadExpiry, sent: &DateTimeTimeZone) -> GraphError {
    let (message, sent, help) = match bad {
        BadExpiry::DateTime => (
            "The provided [expiryDateTime.dateTime] is not valid.",
            &sent.date_time,
            "it takes a local time such as 2026-11-28T17:00:00",
        ),
        BadExpiry::Offset => (
            "The provided [expiryDateTime.dateTime] must not include a time zone.",
            &sent.date_time,
            "the zone belongs in timeZone",
        ),
        BadExpiry::TimeZone => (
            "The provided [expiryDateTime.timeZone] is not a known time zone.",
            &sent.time_zone,
            "it takes a name of Windows or IANA, such as UTC",
        ),
    };
    let sent = sent.as_deref().unwrap_or("missing");
    GraphError::invalid_argument(message).because(format!("{message} It is '{sent}'; {help}."))
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
    remarks: &mut Remarks,
) -> Result<NewPreference, GraphError> {
    let json = json(headers, body)?;
    letter_case(&json, remarks);
    let request = typed(json, remarks, |b: &SetUserPreferredPresenceRequest| {
        &b.additional_data
    })?;
    let (Some(availability), Some(activity)) = (request.availability, request.activity) else {
        return Err(pair_missing());
    };
    let pair = |preferred: &&PreferredPresence| {
        preferred.availability() == availability && preferred.activity() == activity
    };
    let Some(&preferred) = PreferredPresence::ALL.iter().find(pair) else {
        let all = PreferredPresence::ALL.iter();
        let all = all.map(|pair| pair_text(&pair.availability(), &pair.activity()));
        return Err(bad_pair(&pair_text(&availability, &activity), all));
    };
    let lasts = match request.expiration_duration {
        Some(sent) => sent
            .to_duration()
            .map_err(|_| bad_duration(&sent, "PT8H"))?,
        None => preferred.default_expiration_duration(),
    };
    let lasts = SignedDuration::try_from(lasts).unwrap_or(SignedDuration::MAX);
    Ok(NewPreference { preferred, lasts })
}

/// The session of an application that may be set.
pub(super) struct NewSession {
    pub(super) id: String,
    pub(super) session: Session,
}

/// Reads the body of setPresence.
pub(super) fn session(
    headers: &HeaderMap,
    body: &[u8],
    remarks: &mut Remarks,
) -> Result<NewSession, GraphError> {
    let json = with_session_id(headers, body)?;
    letter_case(&json, remarks);
    let request = typed(json, remarks, |b: &SetPresenceRequest| &b.additional_data)?;
    let (Some(availability), Some(activity)) = (request.availability, request.activity) else {
        return Err(pair_missing());
    };
    let pair = |session: &&SessionPresence| {
        session.availability() == availability && session.activity() == activity
    };
    let Some(session) = SessionPresence::ALL.iter().find(pair) else {
        let all = SessionPresence::ALL.iter();
        let all = all.map(|pair| pair_text(&pair.availability(), &pair.activity()));
        return Err(bad_pair(&pair_text(&availability, &activity), all));
    };
    let range = SHORTEST_SESSION..=LONGEST_SESSION;
    let lasts = match &request.expiration_duration {
        Some(sent) => {
            let lasts = sent.to_duration().ok();
            let lasts = lasts.filter(|lasts| range.contains(lasts));
            lasts.ok_or_else(|| bad_duration(sent, "PT1H, from PT5M to PT4H"))?
        }
        None => session.default_expiration_duration(),
    };
    Ok(NewSession {
        id: request.session_id,
        session: Session::new(availability, activity).expires_in(lasts),
    })
}

/// Reads the body of clearPresence: the id of the session.
pub(super) fn session_to_clear(
    headers: &HeaderMap,
    body: &[u8],
    remarks: &mut Remarks,
) -> Result<String, GraphError> {
    let json = with_session_id(headers, body)?;
    let body = typed(json, remarks, |b: &ClearPresenceRequest| &b.additional_data)?;
    Ok(body.session_id)
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
    remarks: &mut Remarks,
) -> Result<NewLocation, GraphError> {
    location(headers, body, Layer::Manual, remarks)
}

/// Reads the body of setAutomaticLocation.
pub(super) fn automatic_location(
    headers: &HeaderMap,
    body: &[u8],
    remarks: &mut Remarks,
) -> Result<NewLocation, GraphError> {
    location(headers, body, Layer::Automatic, remarks)
}

fn location(
    headers: &HeaderMap,
    body: &[u8],
    layer: Layer,
    remarks: &mut Remarks,
) -> Result<NewLocation, GraphError> {
    let body = read(headers, body, remarks, |b: &SetWorkLocationRequest| {
        &b.additional_data
    })?;
    let kind = body.work_location_type.ok_or_else(|| {
        GraphError::invalid_argument("The parameter [workLocationType] is missing.")
    })?;
    if matches!(
        kind,
        WorkLocationType::UnknownFutureValue | WorkLocationType::UnknownValue(_)
    ) {
        let message = "The provided [workLocationType] is not valid.";
        let why = format!("{message} It is '{kind}'; it takes office, remote or timeOff.");
        return Err(GraphError::invalid_argument(message).because(why));
    }
    let place = body.place_id;
    Ok(NewLocation { layer, kind, place })
}

/// Reads the body of getPresencesByUserId.
pub(super) fn ids(
    headers: &HeaderMap,
    body: &[u8],
    remarks: &mut Remarks,
) -> Result<Vec<UserId>, GraphError> {
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
    let body = typed(json, remarks, |b: &GetPresencesByUserIdRequest| {
        &b.additional_data
    })?;
    Ok(body.ids)
}

/// Reads the body of an action without parameters: `{}`, or none at all, as its pages show both.
pub(super) fn nothing(
    headers: &HeaderMap,
    body: &[u8],
    remarks: &mut Remarks,
) -> Result<(), GraphError> {
    if !body.is_empty() {
        read(
            headers,
            body,
            remarks,
            |b: &ClearUserPreferredPresenceRequest| &b.additional_data,
        )?;
    }
    Ok(())
}

fn pair_missing() -> GraphError {
    GraphError::invalid_argument("The parameters [availability] and [activity] are both required.")
}

/// An availability and an activity as one word.
fn pair_text(availability: &Availability, activity: &Activity) -> String {
    format!("{availability}/{activity}")
}

fn bad_pair(sent: &str, all: impl Iterator<Item = String>) -> GraphError {
    let message = "The provided [availability] and [activity] are not a valid combination.";
    let all = all.collect::<Vec<_>>().join(", ");
    let why = format!("{message} They are {sent}; the operation takes {all}.");
    GraphError::invalid_argument(message).because(why)
}

fn bad_duration(sent: &IsoDuration, such_as: &str) -> GraphError {
    let message = "The provided [ExpirationDuration] is out of range.";
    let why = format!("{message} It is '{sent}'; the operation takes one such as {such_as}.");
    GraphError::invalid_argument(message).because(why)
}

/// Remarks on an availability and an activity in another letter case than the documentation's.
fn letter_case(json: &Value, remarks: &mut Remarks) {
    let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
    let (availability, activity) = (text("availability"), text("activity"));
    let known = [
        (Availability::from(&*availability).to_string(), availability),
        (Activity::from(&*activity).to_string(), activity),
    ];
    for (documented, sent) in known
        .into_iter()
        .filter(|(documented, sent)| documented != sent)
    {
        remarks.push(format!("{sent} is {documented} in the documentation"));
    }
}

/// A remark on properties that the operation does not know.
///
/// The documentation does not say how the service treats them; a client that misspelled a property
/// has reported no error, so the emulator ignores them and says so in the record.
pub(super) fn unknown_properties(names: impl Iterator<Item = String>) -> Option<String> {
    // A name must not break the line that reports it.
    let shown = |name: String| {
        let letters = name.chars().take(60).flat_map(char::escape_debug);
        letters.collect::<String>()
    };
    let names: Vec<String> = names.map(shown).collect();
    (!names.is_empty()).then(|| format!("unknown properties: {}", names.join(", ")))
}
