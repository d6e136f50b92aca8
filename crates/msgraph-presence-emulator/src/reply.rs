//! What goes over the wire: an answer as HTTP, with what stands on every answer.

use crate::content_type::JSON;
use crate::json;
use crate::server::WireFault;
use crate::state::{Answer, GraphError};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, DATE, HeaderName, HeaderValue};
use http::{HeaderMap, Response, StatusCode};
use jiff::Timestamp;
use std::time::Duration;

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
pub(crate) const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");
const DIAGNOSTIC: HeaderName = HeaderName::from_static("x-ms-ags-diagnostic");

/// An answer, and how it is to be sent.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) response: Response<Bytes>,
    pub(crate) wire: Option<WireFault>,
    pub(crate) delay: Option<Duration>,
}

impl Reply {
    /// An answer that is sent at once and as it is.
    pub(crate) fn of(response: Response<Bytes>) -> Self {
        Self {
            response,
            wire: None,
            delay: None,
        }
    }
}

/// What stands on every answer to a request, errors too.
pub(crate) struct Stamp {
    pub(crate) request_id: String,
    /// The caller's own id, if it gave one.
    pub(crate) client_request_id: Option<HeaderValue>,
    pub(crate) now: Timestamp,
    /// The same time as HTTP writes it.
    pub(crate) date: HeaderValue,
    /// How an error's inner part is spelled.
    pub(crate) inner_error: &'static str,
}

impl Stamp {
    /// What the service answers, as HTTP.
    pub(crate) fn response(&self, result: Result<Answer, GraphError>) -> Response<Bytes> {
        match result {
            Ok(Answer { status, body, .. }) => self.whole(status, body),
            Err(error) => self.error(&error),
        }
    }

    /// An error in Graph's shape.
    pub(crate) fn error(&self, error: &GraphError) -> Response<Bytes> {
        let mut response = self.whole(error.status, Some(self.error_body(error)));
        if let Some((name, value)) = &error.header {
            insert(response.headers_mut(), name.clone(), value);
        }
        response
    }

    fn whole(&self, status: StatusCode, json: Option<Vec<u8>>) -> Response<Bytes> {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = status;
        let headers = response.headers_mut();
        if json.is_some() {
            headers.insert(CONTENT_TYPE, JSON);
        }
        insert(headers, REQUEST_ID, &self.request_id);
        if let Some(id) = &self.client_request_id {
            headers.insert(CLIENT_REQUEST_ID, id.clone());
        }
        headers.insert(DIAGNOSTIC, HeaderValue::from_static(r#"{"ServerInfo":{"DataCenter":"Emulator","Slice":"E","Ring":"0","ScaleUnit":"000","RoleInstance":"EMULATOR"}}"#));
        headers.insert(DATE, self.date.clone());
        response.map(|_| json.map(Bytes::from).unwrap_or_default())
    }

    fn error_body(&self, error: &GraphError) -> Vec<u8> {
        let client = self.client_request_id.as_ref();
        let client = client.and_then(|id| id.to_str().ok());
        json::object(|o| {
            o.object("error", |o| {
                o.member("code", &*error.code);
                o.member("message", &*error.message);
                o.object(self.inner_error, |o| {
                    if error.status == StatusCode::TOO_MANY_REQUESTS {
                        // As in the documentation's sample, which no other status has.
                        o.member("code", "429");
                        o.member("message", "Please retry after");
                        o.member("status", "429");
                    }
                    // Without a zone, as on the wire.
                    let date = self.now.strftime("%Y-%m-%dT%H:%M:%S").to_string();
                    o.member("date", &date);
                    o.member("request-id", &self.request_id);
                    o.member("client-request-id", client.unwrap_or(&self.request_id));
                });
            });
        })
    }
}

/// Inserts a header, unless its text cannot be one.
pub(crate) fn insert(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}
