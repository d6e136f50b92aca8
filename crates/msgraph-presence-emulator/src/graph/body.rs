//! The bodies of the POST operations: reading and checks.

use super::call::{Call, unreadable};
use super::routing::user_id;
use crate::clock::span;
use crate::error::GraphError;
use crate::service::account::{Expiry, Status};
use crate::service::session::Session;
use jiff::{SignedDuration, Timestamp};
use msgraph_presence_models::bodies::{
    ClearPresenceRequest, ClearUserPreferredPresenceRequest, GetPresencesByUserIdRequest,
    SetPresenceRequest, SetStatusMessageRequest, SetUserPreferredPresenceRequest,
    SetWorkLocationRequest,
};
use msgraph_presence_models::{
    Activity, AdditionalData, Availability, BodyType, CivilDateTime, DateTimeTimeZone, IsoDuration,
    PreferredPresence, SessionPresence, UserId, WorkLocationType,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt::Display;
use std::time::Duration;

/// The shortest session of an application.
const SHORTEST_SESSION: Duration = Duration::from_secs(5 * 60);

/// The longest session of an application.
const LONGEST_SESSION: Duration = Duration::from_secs(4 * 3600);

/// Reads JSON as the type of a body. Unknown properties, which the type keeps in its additional
/// data, are a remark.
fn read<T: DeserializeOwned>(
    call: &Call<'_>,
    json: Value,
    unknown: fn(&T) -> &AdditionalData,
) -> Result<T, GraphError> {
    let value = serde_json::from_value(json).map_err(unreadable)?;
    remark_unknown(call, names(unknown(&value), ""));
    Ok(value)
}

/// The names of unknown properties, after that of the object in which they are.
fn names<'a>(unknown: &'a AdditionalData, within: &'a str) -> impl Iterator<Item = String> + 'a {
    let names = unknown.iter().filter(|(name, _)| !name.starts_with('@'));
    names.map(move |(name, _)| format!("{within}{name}"))
}

/// Remarks on properties that the operation does not know.
///
/// The documentation does not say how the service treats them; a client that misspelled a property
/// has reported no error, so the emulator ignores them and says so in the record.
pub(super) fn remark_unknown(call: &Call<'_>, names: impl Iterator<Item = String>) {
    // A name must not break the line that reports it.
    let shown = |name: String| {
        let letters = name.chars().take(60).flat_map(char::escape_debug);
        letters.collect::<String>()
    };
    let names: Vec<String> = names.map(shown).collect();
    if !names.is_empty() {
        call.remark(format!("unknown properties: {}", names.join(", ")));
    }
}

/// Reads the body of setStatusMessage.
pub(super) fn status_message(call: &Call<'_>) -> Result<Status, GraphError> {
    let body = read(call, call.json()?, |b: &SetStatusMessageRequest| {
        &b.additional_data
    })?;
    let status = body
        .status_message
        .ok_or_else(|| missing("statusMessage"))?;
    let message = status.message.unwrap_or_default();
    let mut unknown: Vec<_> = names(&status.additional_data, "statusMessage.").collect();
    unknown.extend(names(&message.additional_data, "statusMessage.message."));
    if let Some(expiry) = &status.expiry_date_time {
        let within = "statusMessage.expiryDateTime.";
        unknown.extend(names(&expiry.additional_data, within));
        if expiry.time_zone.is_none() {
            call.remark("expiryDateTime has no timeZone, and is read in UTC".to_owned());
        }
    }
    remark_unknown(call, unknown.into_iter());
    if status.published_date_time.is_some() {
        call.remark("publishedDateTime is read-only".to_owned());
    }
    if !matches!(message.content_type, None | Some(BodyType::Text)) {
        return Err(GraphError::invalid_argument(
            "The provided [contentType] is not supported: only text is.",
        ));
    }
    let expiry = status.expiry_date_time.map(|sent| {
        let at = instant(&sent)?;
        Ok(Expiry { at, sent })
    });
    Ok(Status {
        content: message.content.unwrap_or_default(),
        published: call.now,
        expiry: expiry.transpose()?,
    })
}

/// The moment of an expiry: a local time and a zone, as a client sends them.
///
/// Not documented, and chosen here: no zone is UTC; a time that a clock change skips or repeats
/// is taken as calendars do, the former later, the latter at its first time. The year 9999 is
/// "never".
fn instant(sent: &DateTimeTimeZone) -> Result<Timestamp, GraphError> {
    let text = sent.date_time.as_deref().unwrap_or("missing");
    if text.parse::<CivilDateTime>().is_err() {
        let time = text.split_once('T').map_or("", |(_, time)| time);
        let offset = time.ends_with(['Z', 'z']) || time.contains(['+', '-']);
        let (message, help) = if offset {
            let message = "The provided [expiryDateTime.dateTime] must not include a time zone.";
            (message, "the zone belongs in timeZone")
        } else {
            let message = "The provided [expiryDateTime.dateTime] is not valid.";
            (message, "it takes a local time such as 2026-11-28T17:00:00")
        };
        return Err(refused(message, text, help));
    }
    let never = text.starts_with("9999-");
    let mut expiry = sent.clone();
    let zone = expiry
        .time_zone
        .get_or_insert_with(|| "UTC".to_owned())
        .clone();
    if never {
        // The zone has to exist all the same.
        expiry.date_time = Some("2000-01-01T00:00:00".to_owned());
    }
    let moment = expiry.to_timestamp().map_err(|_| {
        let message = "The provided [expiryDateTime.timeZone] is not a known time zone.";
        refused(
            message,
            &zone,
            "it takes a name of Windows or IANA, such as UTC",
        )
    })?;
    Ok(if never { Timestamp::MAX } else { moment })
}

/// The error for a value, with what was sent and what helps in the record.
fn refused(message: &'static str, sent: impl Display, help: &str) -> GraphError {
    let why = format!("{message} It is '{sent}'; {help}.");
    GraphError::invalid_argument(message).because(why)
}

/// Reads the body of setUserPreferredPresence: the preference, and how long it lasts.
pub(super) fn preferred_presence(
    call: &Call<'_>,
) -> Result<(PreferredPresence, SignedDuration), GraphError> {
    let json = call.json()?;
    remark_letter_case(call, &json);
    let request = read(call, json, |b: &SetUserPreferredPresenceRequest| {
        &b.additional_data
    })?;
    let all = PreferredPresence::ALL.iter();
    let all = all.map(|p| (*p, p.availability(), p.activity()));
    let preferred = combination(all, request.availability, request.activity)?;
    let lasts = match request.expiration_duration {
        Some(sent) => sent
            .to_duration()
            .map_err(|_| bad_duration(&sent, "PT8H"))?,
        None => preferred.default_expiration_duration(),
    };
    Ok((preferred, span(lasts)))
}

/// Reads the body of setPresence: the id of the session, and the session.
pub(super) fn session(call: &Call<'_>) -> Result<(String, Session), GraphError> {
    let json = with_session_id(call)?;
    remark_letter_case(call, &json);
    let request = read(call, json, |b: &SetPresenceRequest| &b.additional_data)?;
    let all = SessionPresence::ALL.iter();
    let all = all.map(|p| (*p, p.availability(), p.activity()));
    let presence = combination(all, request.availability, request.activity)?;
    let range = SHORTEST_SESSION..=LONGEST_SESSION;
    let lasts = match &request.expiration_duration {
        Some(sent) => {
            let lasts = sent.to_duration().ok();
            let lasts = lasts.filter(|lasts| range.contains(lasts));
            lasts.ok_or_else(|| bad_duration(sent, "PT1H, from PT5M to PT4H"))?
        }
        None => presence.default_expiration_duration(),
    };
    let session = Session::new(presence.availability(), presence.activity());
    Ok((request.session_id, session.expires_in(lasts)))
}

/// Reads the body of clearPresence: the id of the session.
pub(super) fn session_to_clear(call: &Call<'_>) -> Result<String, GraphError> {
    let json = with_session_id(call)?;
    let body = read(call, json, |b: &ClearPresenceRequest| &b.additional_data)?;
    Ok(body.session_id)
}

/// A body with a `sessionId`; without one, or with an empty one, the error that was observed.
fn with_session_id(call: &Call<'_>) -> Result<Value, GraphError> {
    let json = call.json()?;
    if json.is_object() && matches!(json["sessionId"].as_str(), None | Some("")) {
        let message = "[SessionId]: The SessionId field is required.";
        return Err(GraphError::invalid_argument(message));
    }
    Ok(json)
}

/// Reads the body of setManualLocation or setAutomaticLocation: the type and the place.
pub(super) fn location(call: &Call<'_>) -> Result<(WorkLocationType, Option<String>), GraphError> {
    let body = read(call, call.json()?, |b: &SetWorkLocationRequest| {
        &b.additional_data
    })?;
    let kind = body.work_location_type;
    let kind = kind.ok_or_else(|| missing("workLocationType"))?;
    if matches!(
        kind,
        WorkLocationType::UnknownFutureValue | WorkLocationType::UnknownValue(_)
    ) {
        let message = "The provided [workLocationType] is not valid.";
        return Err(refused(message, kind, "it takes office, remote or timeOff"));
    }
    Ok((kind, body.place_id))
}

/// Reads the body of getPresencesByUserId.
pub(super) fn ids(call: &Call<'_>) -> Result<Vec<UserId>, GraphError> {
    let json = call.json()?;
    if json.is_object() && json["ids"].is_null() {
        return Err(missing("ids"));
    }
    // The type of the ids refuses others, and does not say which one.
    let ids = json["ids"].as_array().into_iter().flatten();
    for id in ids.filter_map(Value::as_str) {
        user_id(id)?;
    }
    let body = read(call, json, |b: &GetPresencesByUserIdRequest| {
        &b.additional_data
    })?;
    Ok(body.ids)
}

/// Reads the body of an action without parameters: `{}`, or none at all, as its pages show both.
pub(super) fn nothing(call: &Call<'_>) -> Result<(), GraphError> {
    if !call.request.body().is_empty() {
        type Nothing = ClearUserPreferredPresenceRequest;
        read(call, call.json()?, |b: &Nothing| &b.additional_data)?;
    }
    Ok(())
}

fn missing(parameter: &str) -> GraphError {
    GraphError::invalid_argument(format!("The parameter [{parameter}] is missing."))
}

/// The allowed combination with this availability and this activity.
fn combination<T>(
    mut all: impl Iterator<Item = (T, Availability, Activity)> + Clone,
    availability: Option<Availability>,
    activity: Option<Activity>,
) -> Result<T, GraphError> {
    let (Some(availability), Some(activity)) = (availability, activity) else {
        return Err(GraphError::invalid_argument(
            "The parameters [availability] and [activity] are both required.",
        ));
    };
    let allowed = all.clone();
    let found = all.find(|(_, first, second)| *first == availability && *second == activity);
    found.map(|(found, ..)| found).ok_or_else(|| {
        let message = "The provided [availability] and [activity] are not a valid combination.";
        let allowed = allowed.map(|(_, first, second)| format!("{first}/{second}"));
        let allowed = allowed.collect::<Vec<_>>().join(", ");
        GraphError::invalid_argument(message).because(format!(
            "{message} They are {availability}/{activity}; the operation takes {allowed}."
        ))
    })
}

fn bad_duration(sent: &IsoDuration, such_as: &str) -> GraphError {
    let message = "The provided [ExpirationDuration] is out of range.";
    refused(
        message,
        sent,
        &format!("the operation takes one such as {such_as}"),
    )
}

/// Remarks on an availability and an activity in another letter case than the documentation's.
fn remark_letter_case(call: &Call<'_>, json: &Value) {
    let text = |name: &str| json[name].as_str().unwrap_or_default();
    let (availability, activity) = (text("availability"), text("activity"));
    let known = [
        (Availability::from(availability).to_string(), availability),
        (Activity::from(activity).to_string(), activity),
    ];
    for (documented, sent) in known {
        if documented != sent {
            call.remark(format!("{sent} is {documented} in the documentation"));
        }
    }
}
