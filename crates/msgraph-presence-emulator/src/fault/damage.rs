//! What a fault makes of an answer.

use super::Fault;
use super::kind::FaultKind;
use crate::content_type::JSON;
use crate::reply::{Reply, Stamp, insert};
use crate::server::WireFault;
use crate::state::GraphError;
use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, HeaderValue, LOCATION, RETRY_AFTER};
use http::{Response, StatusCode};
use serde_json::{Value, json};

const HTML: HeaderValue = HeaderValue::from_static("text/html");

const HTML_PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Sign in to the network</title></head>\
    <body><h1>Sign in to the network</h1></body></html>\n";

const GARBAGE: &str = "{\"id\": \"fa8bf3dc-eca7-46b7-bad1-db199b62afc3\", \u{0}\u{1}]]>";

impl Fault {
    /// What the fault makes of an answer.
    pub(crate) fn strike(&self, response: Response<Bytes>, stamp: &Stamp) -> Reply {
        let mut reply = Reply::of(response);
        match &self.kind {
            FaultKind::Status {
                status,
                code,
                message,
            } => {
                let mut error = GraphError::of_status(status_of(*status));
                if let Some(code) = code {
                    error.code = code.clone().into();
                }
                if let Some(message) = message {
                    error.message = message.clone().into();
                }
                reply.response = stamp.error(&error);
            }
            FaultKind::Empty { status } => reply.replace(*status, None, Bytes::new()),
            FaultKind::Html { status } => {
                reply.replace(*status, Some(HTML), HTML_PAGE.into());
            }
            FaultKind::Garbage => reply.replace(200, Some(JSON), GARBAGE.into()),
            FaultKind::Redirect { status, location } => {
                reply.replace(*status, None, Bytes::new());
                insert(reply.response.headers_mut(), LOCATION, location);
            }
            FaultKind::Wire(fault) => reply.send_with(*fault),
            FaultKind::Truncate => reply.truncate(),
            FaultKind::Delay(delay) => reply.delay = Some(*delay),
            FaultKind::UnknownValue => reply.edit(|presence| {
                presence["availability"] = "Levitating".into();
                presence["activity"] = "OnTheMoon".into();
            }),
            FaultKind::UnknownMember => reply.edit(|presence| {
                presence["mood"] = json!({ "weather": ["sunny", null, 7] });
            }),
            FaultKind::HugeBody { bytes } => reply.edit(|presence| {
                presence["padding"] = "x".repeat(*bytes).into();
            }),
        }
        if let Some(text) = &self.retry_after {
            insert(reply.response.headers_mut(), RETRY_AFTER, text);
        }
        reply
    }
}

impl Reply {
    /// Another status and body; the service's headers stay.
    fn replace(&mut self, status: u16, kind: Option<HeaderValue>, body: Bytes) {
        *self.response.status_mut() = status_of(status);
        *self.response.body_mut() = body;
        let headers = self.response.headers_mut();
        match kind {
            Some(kind) => headers.insert(CONTENT_TYPE, kind),
            None => headers.remove(CONTENT_TYPE),
        };
    }

    /// Cuts the connection when the head and half of the body are out.
    ///
    /// The head is not written yet; the estimate only has to leave the cut within the answer.
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

    /// Sends the answer as the last one of its connection.
    fn send_with(&mut self, fault: WireFault) {
        // A reset and a close end it anyway; drops would else go on with the next answer.
        if matches!(fault, WireFault::Drip { .. }) {
            let close = HeaderValue::from_static("close");
            self.response.headers_mut().insert(CONNECTION, close);
        }
        self.wire = Some(fault);
    }

    /// Changes the presence in the answer, if there is one.
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
