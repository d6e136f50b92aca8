//! Errors of the identity platform: OAuth's `error`, the AADSTS number, the ids to ask support with.

use crate::json;
use crate::response::{GraphError, ResponseContext};
use http::StatusCode;
use std::fmt::Display;

/// The page that explains a number, without the number.
const ERROR_URI: &str = "https://login.microsoftonline.com/error?code=";

/// An error with a number. An `invalid_client` is 401, as OAuth says, everything else 400.
pub(super) fn aadsts(error: &'static str, number: u32, text: impl Display) -> GraphError {
    let status = match error {
        "invalid_client" => StatusCode::UNAUTHORIZED,
        _ => StatusCode::BAD_REQUEST,
    };
    GraphError::new(status, error, format!("AADSTS{number}: {text}"))
}

/// A parameter is not there.
pub(super) fn missing(name: &str) -> GraphError {
    let text = format!("The request body must contain the following parameter: '{name}'.");
    aadsts("invalid_request", 900144, text)
}

/// A request that cannot be read.
pub(super) fn malformed(what: &str) -> GraphError {
    let text = format!("Invalid request. Request is malformed or invalid: {what}.");
    aadsts("invalid_request", 9002313, text)
}

/// The error that goes with the status of a fault.
pub(crate) fn of_status(status: StatusCode) -> GraphError {
    let text = "A transient error has occurred. Please try again.";
    let mut error = match status.as_u16() {
        429 => aadsts("temporarily_unavailable", 90055, "Too many requests."),
        503 => aadsts("temporarily_unavailable", 90033, text),
        500.. => aadsts("server_error", 90033, text),
        _ => malformed("a fault was injected"),
    };
    error.status = status;
    error
}

/// The number that a message begins with.
fn number(message: &str) -> Option<u32> {
    let digits = message.strip_prefix("AADSTS")?.split(':').next()?;
    digits.parse().ok()
}

/// The `suberror` of a number, if one is on record.
fn suberror(number: u32) -> Option<&'static str> {
    Some(match number {
        50072 | 50074 | 50076 | 50078 | 50079 | 50158 => "basic_action",
        65001 => "consent_required",
        50173 | 70000 | 70008 | 700082 => "bad_token",
        _ => return None,
    })
}

/// The message with the ids and the time below it, as `error_description` has it.
pub(super) fn description(error: &GraphError, context: &ResponseContext) -> String {
    let (trace, correlation) = ids(context);
    let (message, time) = (&error.message, timestamp(context));
    format!("{message}\r\nTrace ID: {trace}\r\nCorrelation ID: {correlation}\r\nTimestamp: {time}")
}

/// The address of the explanation.
pub(super) fn uri(error: &GraphError) -> Option<String> {
    number(&error.message).map(|number| format!("{ERROR_URI}{number}"))
}

/// The body of an error.
pub(crate) fn body(error: &GraphError, context: &ResponseContext) -> Vec<u8> {
    let (trace, correlation) = ids(context);
    let number = number(&error.message);
    json::object(|o| {
        o.property("error", &*error.code);
        o.property("error_description", &description(error, context));
        if let Some(number) = number {
            o.property("error_codes", &[number]);
        }
        o.property("timestamp", &timestamp(context));
        o.property("trace_id", trace);
        o.property("correlation_id", correlation);
        if let Some(uri) = uri(error) {
            o.property("error_uri", &uri);
        }
        if let Some(suberror) = number.and_then(suberror) {
            o.property("suberror", suberror);
        }
    })
}

/// The trace id, and the correlation id, which is the caller's if it sent one.
fn ids(context: &ResponseContext) -> (&str, &str) {
    let own = context.client_request_id.as_ref();
    let own = own.and_then(|id| id.to_str().ok());
    let trace = &*context.request_id;
    (trace, own.unwrap_or(trace))
}

fn timestamp(context: &ResponseContext) -> String {
    context.now.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}
