//! Responses: the headers of each, the bodies of errors, and how a response is sent.

use crate::encoding::{JSON, json_object};
use crate::error::{self, GraphError};
use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, DATE, HeaderName, HeaderValue,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, Response, StatusCode};
use jiff::Timestamp;
use std::time::Duration;

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
pub(crate) const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");
/// The id of a request in responses of the identity platform.
const MS_REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-request-id");

pub(crate) const DIAGNOSTIC: HeaderName = HeaderName::from_static("x-ms-ags-diagnostic");

/// The content type of a success, as Graph sends it.
const ODATA: HeaderValue = HeaderValue::from_static(
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
);

/// The same without annotations.
const ODATA_NONE: HeaderValue = HeaderValue::from_static(
    "application/json;odata.metadata=none;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
);

/// A response, and how it is sent.
#[derive(Debug)]
pub(crate) struct OutgoingResponse {
    pub(crate) response: Response<Bytes>,
    pub(crate) wire: Option<WireFault>,
    pub(crate) delay: Option<Duration>,
}

/// A fault in the bytes of one response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WireFault {
    /// The connection is reset after so many bytes.
    Reset { after: usize },

    /// The connection is closed after so many bytes.
    Close { after: usize },

    /// At most so many bytes are written at once, with a pause in between.
    Drip { bytes: usize, every: Duration },
}

impl OutgoingResponse {
    /// A response that is sent at once and unchanged.
    pub(crate) fn of(response: Response<Bytes>) -> Self {
        Self {
            response,
            wire: None,
            delay: None,
        }
    }
}

/// The ids, the date and the settings of all responses to one request.
pub(crate) struct ResponseContext {
    pub(crate) request_id: String,
    /// The `client-request-id` of the caller, if there is one.
    pub(crate) client_request_id: Option<HeaderValue>,
    /// True when the caller asked for a body without OData annotations.
    pub(crate) no_metadata: bool,
    /// True for the identity platform, whose errors have another shape.
    pub(crate) identity: bool,
    pub(crate) now: Timestamp,
    /// The `Date` header.
    pub(crate) date: HeaderValue,
    /// The name of the error's inner object.
    pub(crate) inner_error: &'static str,
}

impl ResponseContext {
    /// An error in Graph's shape.
    pub(crate) fn error(&self, error: &GraphError) -> Response<Bytes> {
        let mut response = self.success(error.status, Some(self.error_body(error)));
        response.headers_mut().insert(CONTENT_TYPE, JSON);
        if let Some(header) = &error.header {
            insert(response.headers_mut(), header.0.clone(), &header.1);
        }
        response
    }

    pub(crate) fn success(&self, status: StatusCode, json: Option<Vec<u8>>) -> Response<Bytes> {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = status;
        let headers = response.headers_mut();
        if json.is_some() {
            headers.insert(
                CONTENT_TYPE,
                if self.no_metadata { ODATA_NONE } else { ODATA },
            );
        }
        self.identify(headers);
        let json = json.map(Bytes::from).unwrap_or_default();
        response.map(|_| {
            if self.no_metadata {
                without_context(json)
            } else {
                json
            }
        })
    }

    /// The headers with the ids and the date.
    pub(crate) fn identify(&self, headers: &mut HeaderMap) {
        let id = if self.identity {
            MS_REQUEST_ID
        } else {
            headers.insert(DIAGNOSTIC, HeaderValue::from_static(r#"{"ServerInfo":{"DataCenter":"Emulator","Slice":"E","Ring":"0","ScaleUnit":"000","RoleInstance":"EMULATOR"}}"#));
            REQUEST_ID
        };
        insert(headers, id, &self.request_id);
        if let Some(id) = &self.client_request_id {
            headers.insert(CLIENT_REQUEST_ID, id.clone());
        }
        headers.insert(DATE, self.date.clone());
    }

    /// The error that usually goes with a status.
    pub(crate) fn error_of_status(&self, status: StatusCode) -> GraphError {
        if self.identity {
            error::of_status(status)
        } else {
            GraphError::of_status(status)
        }
    }

    fn error_body(&self, error: &GraphError) -> Vec<u8> {
        if self.identity {
            return self.identity_error_body(error);
        }
        json_object(|o| {
            o.object("error", |o| {
                o.property("code", &*error.code);
                o.property("message", &*error.message);
                o.object(self.inner_error, |o| {
                    if error.status == StatusCode::TOO_MANY_REQUESTS {
                        // As in the documentation's sample; other statuses have none of these.
                        o.property("code", "429");
                        o.property("message", "Please retry after");
                        o.property("status", "429");
                    }
                    // Without a zone, as on the wire.
                    let date = self.now.strftime("%Y-%m-%dT%H:%M:%S").to_string();
                    o.property("date", &date);
                    o.property("request-id", &self.request_id);
                    o.property("client-request-id", self.correlation_id());
                });
            });
        })
    }

    /// The body of an error of the identity platform.
    fn identity_error_body(&self, error: &GraphError) -> Vec<u8> {
        json_object(|o| {
            o.property("error", &*error.code);
            o.property("error_description", &self.error_description(error));
            if let Some(number) = error.aadsts() {
                o.property("error_codes", &[number]);
            }
            o.property("timestamp", &self.timestamp());
            o.property("trace_id", &self.request_id);
            o.property("correlation_id", self.correlation_id());
            if let Some(uri) = error.uri() {
                o.property("error_uri", &uri);
            }
            if let Some(suberror) = error.suberror() {
                o.property("suberror", suberror);
            }
        })
    }

    /// The `error_description`: the message, and below it the ids and the time.
    pub(crate) fn error_description(&self, error: &GraphError) -> String {
        let (message, time) = (&error.message, self.timestamp());
        let (trace, correlation) = (&self.request_id, self.correlation_id());
        format!(
            "{message}\r\nTrace ID: {trace}\r\nCorrelation ID: {correlation}\r\nTimestamp: {time}"
        )
    }

    /// The caller's own request id, or the emulator's when the caller sent none.
    fn correlation_id(&self) -> &str {
        let own = self.client_request_id.as_ref();
        own.and_then(|id| id.to_str().ok())
            .unwrap_or(&self.request_id)
    }

    fn timestamp(&self) -> String {
        self.now.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
    }
}

/// A body without its `@odata.context`, which comes first and has no quotation marks in it.
fn without_context(json: Bytes) -> Bytes {
    let context = json.strip_prefix(br#"{"@odata.context":""#);
    let end = context.and_then(|text| text.iter().position(|&byte| byte == b'"'));
    let Some((context, end)) = context.zip(end) else {
        return json;
    };
    let rest = &context[end + 1..];
    let rest = rest.strip_prefix(b",").unwrap_or(rest);
    [b"{", rest].concat().into()
}

/// The headers of every page and administration response: it is not stored, not shown in a frame,
/// and not part of another page.
const PAGE_HEADERS: [(HeaderName, &str); 6] = [
    (CACHE_CONTROL, "no-store"),
    (CONTENT_SECURITY_POLICY, "frame-ancestors 'none'"),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (REFERRER_POLICY, "no-referrer"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
];

/// A page, or a response of the administration API.
pub(crate) fn page(status: StatusCode, kind: HeaderValue, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, kind);
    for (name, value) in PAGE_HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Inserts a header, unless its text cannot be one.
pub(crate) fn insert(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}
