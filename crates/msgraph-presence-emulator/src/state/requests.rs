//! What is checked about a request before it touches anybody's presence.

use super::error::GraphError;
use super::expiry::{self, BadExpiry};
use super::presence_body::MEMBERS;
use super::routing::percent_decoded;
use crate::content_type::is_json;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use jiff::SignedDuration;
use msgraph_presence_models::{
    BodyType, PreferredPresence, SetStatusMessageRequest, SetUserPreferredPresenceRequest, UserId,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The object id in a path: 32 hexadecimal digits with their hyphens, and nothing else.
pub(super) fn user_id(segment: &str) -> Result<UserId, GraphError> {
    let text = percent_decoded(segment);
    let hyphenated = text.len() == 36 && text.starts_with(|c: char| c.is_ascii_hexdigit());
    let id = hyphenated.then(|| text.parse().ok()).flatten();
    id.ok_or_else(|| GraphError::bad_request("Invalid object identifier: presence takes a GUID."))
}

/// The members that a query asks for, or `None` for all of them.
pub(super) fn select(query: &str) -> Result<Option<Vec<String>>, GraphError> {
    let mut select = None;
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let name = percent_decoded(name);
        match &*name {
            "$select" if select.is_some() => {
                let message = "Query option '$select' was specified more than once, but it \
                    must be specified at most once.";
                return Err(GraphError::bad_request(message));
            }
            "$select" => select = Some(selected(value)?),
            _ if name.starts_with('$') => {
                let message = format!("The query option '{name}' is not allowed here.");
                return Err(GraphError::bad_request(message));
            }
            _ => {}
        }
    }
    Ok(select)
}

fn selected(list: &str) -> Result<Vec<String>, GraphError> {
    let list = percent_decoded(list);
    let names = list.split(',').map(str::trim);
    let names: Vec<String> = names.map(str::to_owned).collect();
    match names.iter().find(|name| !MEMBERS.contains(&name.as_str())) {
        None => Ok(names),
        Some(name) => Err(GraphError::bad_request(format!(
            "Parsing OData Select and Expand failed: Could not find a property named \
             '{name}' on type 'microsoft.graph.presence'."
        ))),
    }
}

/// What a body asks for, and what there is to remark on it.
pub(super) struct Remarked<T> {
    pub(super) value: T,
    pub(super) remark: Option<String>,
}

/// Reads a body with these members.
fn read<T: DeserializeOwned>(
    headers: &HeaderMap,
    body: &[u8],
    members: &[&str],
) -> Result<Remarked<T>, GraphError> {
    let body = json(headers, body)?;
    let remark = unknown(&body, members);
    let value = serde_json::from_value(body).map_err(|_| unreadable())?;
    Ok(Remarked { value, remark })
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
    pub(super) expiry: Option<super::account::Expiry>,
}

/// Reads the body of setStatusMessage.
pub(super) fn status_message(
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Remarked<NewStatus>, GraphError> {
    let body = read::<SetStatusMessageRequest>(headers, body, &["statusMessage"])?;
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
            let at = expiry::instant(&sent).map_err(bad_expiry)?;
            Some(super::account::Expiry { at, sent })
        }
        None => None,
    };
    let read_only = status.published_date_time.is_some();
    let read_only = read_only.then(|| "publishedDateTime is read-only".to_owned());
    let content = message.content.unwrap_or_default();
    Ok(Remarked {
        value: NewStatus { content, expiry },
        remark: body.remark.or(read_only),
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
) -> Result<Remarked<NewPreference>, GraphError> {
    let members = ["availability", "activity", "expirationDuration"];
    let body = read::<SetUserPreferredPresenceRequest>(headers, body, &members)?;
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
    Ok(Remarked {
        value: NewPreference { preferred, lasts },
        remark: body.remark,
    })
}

/// A remark on members that the operation does not know.
///
/// The documentation does not say what becomes of them; a client that misspelled a member has
/// reported no error, so the emulator passes over them and says so in the record.
fn unknown(body: &Value, known: &[&str]) -> Option<String> {
    let members = body.as_object()?.keys();
    let unknown = members.filter(|name| !known.contains(&name.as_str()));
    let unknown = unknown.filter(|name| !name.starts_with('@'));
    // What a caller writes must not break the line that reports it.
    let shown =
        |name: &String| -> String { name.chars().take(60).flat_map(char::escape_debug).collect() };
    let names: Vec<String> = unknown.map(shown).collect();
    (!names.is_empty()).then(|| format!("unknown members: {}", names.join(", ")))
}
