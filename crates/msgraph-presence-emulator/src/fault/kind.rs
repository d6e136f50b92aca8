//! The kinds of faults, and how each of them changes a response.

use crate::encoding::JSON;
use crate::error::GraphError;
use crate::response::{OutgoingResponse, ResponseContext, WireFault, insert};
use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, HeaderValue, LOCATION};
use http::{Response, StatusCode};
use serde_json::{Value, json};
use std::fmt;
use std::time::Duration;

/// The kind of a fault.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum FaultKind {
    /// An error in Graph's shape; without a code or message, the usual ones of the status.
    Status {
        status: u16,
        code: Option<String>,
        message: Option<String>,
    },
    /// 401, with the claims that a new token needs.
    ClaimsChallenge,
    Empty {
        status: u16,
    },
    Html {
        status: u16,
    },
    Garbage,
    Redirect {
        status: u16,
        location: String,
    },
    Wire(WireFault),
    Truncate,
    Delay(Duration),
    UnknownValue,
    UnknownProperty,
    HugeBody {
        bytes: usize,
    },
}

impl FaultKind {
    /// Returns whether the fault hides the whole response of the operation.
    pub(super) fn hides_the_response(&self) -> bool {
        match self {
            Self::Status { .. }
            | Self::ClaimsChallenge
            | Self::Empty { .. }
            | Self::Html { .. }
            | Self::Garbage
            | Self::Redirect { .. }
            | Self::Wire(WireFault::Reset { after: 0 } | WireFault::Close { after: 0 }) => true,
            Self::Wire(_)
            | Self::Truncate
            | Self::Delay(_)
            | Self::UnknownValue
            | Self::UnknownProperty
            | Self::HugeBody { .. } => false,
        }
    }
}

/// A short description, for the record and the program's output.
impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status { status, .. } => write!(f, "status {status}"),
            Self::ClaimsChallenge => f.write_str("claims challenge"),
            Self::Empty { status } => write!(f, "status {status} without a body"),
            Self::Html { status } => write!(f, "status {status} with HTML"),
            Self::Garbage => f.write_str("garbage"),
            Self::Redirect { status, .. } => write!(f, "redirect {status}"),
            Self::Wire(WireFault::Reset { after }) => {
                write!(f, "reset after {after} bytes")
            }
            Self::Wire(WireFault::Close { after }) => {
                write!(f, "close after {after} bytes")
            }
            Self::Wire(WireFault::Drip { bytes, every }) => {
                write!(f, "{bytes} bytes every {every:?}")
            }
            Self::Truncate => f.write_str("truncated"),
            Self::Delay(delay) => write!(f, "delayed by {delay:?}"),
            Self::UnknownValue => f.write_str("unknown value"),
            Self::UnknownProperty => f.write_str("unknown property"),
            Self::HugeBody { bytes } => write!(f, "{bytes} bytes of body"),
        }
    }
}

const HTML: HeaderValue = HeaderValue::from_static("text/html");

const HTML_PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Sign in to the network</title></head>\
    <body><h1>Sign in to the network</h1></body></html>\n";

const GARBAGE: &str = "{\"id\": \"fa8bf3dc-eca7-46b7-bad1-db199b62afc3\", \u{0}\u{1}]]>";

impl FaultKind {
    /// Applies the fault to a response.
    pub(super) fn apply(
        &self,
        response: Response<Bytes>,
        context: &ResponseContext,
    ) -> OutgoingResponse {
        let mut outgoing = OutgoingResponse::of(response);
        match self {
            Self::Status {
                status,
                code,
                message,
            } => {
                let mut error = context.error_of_status(status_of(*status));
                if let Some(code) = code {
                    error.code = code.clone().into();
                }
                if let Some(message) = message {
                    error.message = message.clone().into();
                }
                outgoing.response = context.error(&error);
            }
            Self::ClaimsChallenge => {
                let error = GraphError::claims_challenge(context.now);
                outgoing.response = context.error(&error);
            }
            Self::Empty { status } => outgoing.replace(*status, None, Bytes::new()),
            Self::Html { status } => {
                outgoing.replace(*status, Some(HTML), HTML_PAGE.into());
            }
            Self::Garbage => outgoing.replace(200, Some(JSON), GARBAGE.into()),
            Self::Redirect { status, location } => {
                outgoing.replace(*status, None, Bytes::new());
                insert(outgoing.response.headers_mut(), LOCATION, location);
            }
            Self::Wire(fault) => outgoing.send_with(*fault),
            Self::Truncate => outgoing.truncate(),
            Self::Delay(delay) => outgoing.delay = Some(*delay),
            Self::UnknownValue => outgoing.edit(|presence| {
                presence["availability"] = "Levitating".into();
                presence["activity"] = "OnTheMoon".into();
            }),
            Self::UnknownProperty => outgoing.edit(|presence| {
                presence["mood"] = json!({ "weather": ["sunny", null, 7] });
            }),
            Self::HugeBody { bytes } => outgoing.edit(|presence| {
                presence["padding"] = "x".repeat(*bytes).into();
            }),
        }
        outgoing
    }
}

impl OutgoingResponse {
    /// Replaces the status and the body; the other headers do not change.
    fn replace(&mut self, status: u16, kind: Option<HeaderValue>, body: Bytes) {
        *self.response.status_mut() = status_of(status);
        *self.response.body_mut() = body;
        let headers = self.response.headers_mut();
        match kind {
            Some(kind) => headers.insert(CONTENT_TYPE, kind),
            None => headers.remove(CONTENT_TYPE),
        };
    }

    /// Closes the connection after the head and half of the body.
    ///
    /// The head is not written yet: its length is estimated, so that the response ends within its
    /// body.
    fn truncate(&mut self) {
        let body = self.response.body().len();
        let headers = self.response.headers();
        let lines = headers
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len() + 4);
        let head = lines.sum::<usize>() + "HTTP/1.1 200 OK\r\n\r\n".len();
        let after = match body {
            0 => head / 2,
            _ => head + "content-length: 000\r\n".len() + body / 2,
        };
        self.wire = Some(WireFault::Close { after });
    }

    /// Applies a fault to the bytes of the response.
    fn send_with(&mut self, fault: WireFault) {
        // A slow response is the last of its connection, as it would slow the next one as well.
        if matches!(fault, WireFault::Drip { .. }) {
            let close = HeaderValue::from_static("close");
            self.response.headers_mut().insert(CONNECTION, close);
        }
        self.wire = Some(fault);
    }

    /// Changes the presence in the response, if there is one.
    fn edit(&mut self, change: impl FnOnce(&mut Value)) {
        let Ok(mut body) = serde_json::from_slice::<Value>(self.response.body()) else {
            return;
        };
        let enveloped = body.get("value").is_some_and(Value::is_array);
        let presence = if enveloped {
            body.pointer_mut("/value/0")
        } else {
            Some(&mut body)
        };
        if let Some(presence) = presence.filter(|presence| presence.is_object()) {
            change(presence);
            *self.response.body_mut() = body.to_string().into();
        }
    }
}

fn status_of(status: u16) -> StatusCode {
    let status = StatusCode::from_u16(status).ok();
    status
        .filter(|status| !status.is_informational())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
