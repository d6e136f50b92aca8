//! Responses: the headers that each one carries, errors in Graph's shape, and how they are sent.

use crate::identity;
use crate::json::{self, JSON};
use crate::token::GRAPH;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, DATE, HeaderName, HeaderValue};
use http::{HeaderMap, Response, StatusCode};
use jiff::Timestamp;
use std::borrow::Cow;
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

/// The ids, the date and the spelling that every response to one request carries.
pub(crate) struct ResponseContext {
    pub(crate) request_id: String,
    /// The caller's own id, if it sent one.
    pub(crate) client_request_id: Option<HeaderValue>,
    /// True when the caller asked for a body without OData annotations.
    pub(crate) no_metadata: bool,
    /// True for the identity platform, whose errors have another shape.
    pub(crate) identity: bool,
    pub(crate) now: Timestamp,
    /// The same time as a `Date` header.
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
            identity::error::of_status(status)
        } else {
            GraphError::of_status(status)
        }
    }

    fn error_body(&self, error: &GraphError) -> Vec<u8> {
        if self.identity {
            return identity::error::body(error, self);
        }
        let client = self.client_request_id.as_ref();
        let client = client.and_then(|id| id.to_str().ok());
        json::object(|o| {
            o.object("error", |o| {
                o.property("code", &*error.code);
                o.property("message", &*error.message);
                o.object(self.inner_error, |o| {
                    if error.status == StatusCode::TOO_MANY_REQUESTS {
                        // As in the documentation's sample, which no other status has.
                        o.property("code", "429");
                        o.property("message", "Please retry after");
                        o.property("status", "429");
                    }
                    // Without a zone, as on the wire.
                    let date = self.now.strftime("%Y-%m-%dT%H:%M:%S").to_string();
                    o.property("date", &date);
                    o.property("request-id", &self.request_id);
                    o.property("client-request-id", client.unwrap_or(&self.request_id));
                });
            });
        })
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

/// Inserts a header, unless its text cannot be one.
pub(crate) fn insert(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}

/// An error response of the service.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GraphError {
    pub(crate) status: StatusCode,
    pub(crate) code: Cow<'static, str>,
    pub(crate) message: Cow<'static, str>,
    /// A further header.
    pub(crate) header: Option<Box<(http::HeaderName, String)>>,
    /// The reason for the record, where the service's message does not say it.
    pub(crate) why: Option<String>,
}

impl GraphError {
    pub(crate) fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
            header: None,
            why: None,
        }
    }

    /// 400: the request is malformed.
    pub(crate) fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// 400: the path is unknown.
    pub(crate) fn unknown_segment(segment: &str) -> Self {
        let message = format!("Resource not found for the segment '{segment}'.");
        Self::bad_request(message)
    }

    /// 404: the user or the session is not there.
    pub(crate) fn not_found(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound", message)
    }

    /// 501: the service can do this, the emulator cannot.
    pub(crate) fn not_implemented(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message)
    }

    /// 400: the operation does not accept a value.
    pub(crate) fn invalid_argument(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidArgument", message)
    }

    /// 401: the token is missing or not valid.
    pub(crate) fn invalid_token(message: &'static str) -> Self {
        let status = StatusCode::UNAUTHORIZED;
        let challenge = "Bearer realm=\"\", \
            authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\"";
        Self::new(status, "InvalidAuthenticationToken", message)
            .with(http::header::WWW_AUTHENTICATE, challenge.to_owned())
    }

    /// 401: the token was revoked, and a new one has to be asked for with these claims.
    pub(crate) fn claims_challenge(now: Timestamp) -> Self {
        let message = "Continuous access evaluation resulted in challenge with result: \
            InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp.";
        let not_before = now.as_second();
        let claims =
            format!(r#"{{"access_token":{{"nbf":{{"essential":true,"value":"{not_before}"}}}}}}"#);
        let claims = STANDARD.encode(claims);
        let challenge = format!(
            "Bearer realm=\"\", \
             authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", \
             client_id=\"{GRAPH}\", error=\"insufficient_claims\", claims=\"{claims}\""
        );
        let code = "InvalidAuthenticationToken";
        Self::new(StatusCode::UNAUTHORIZED, code, message)
            .with(http::header::WWW_AUTHENTICATE, challenge)
    }

    /// With a further header.
    pub(crate) fn with(mut self, name: http::HeaderName, value: String) -> Self {
        self.header = Some(Box::new((name, value)));
        self
    }

    /// With a reason for the record, which the service would not say.
    pub(crate) fn because(mut self, why: String) -> Self {
        self.why = Some(why);
        self
    }

    /// The reason as the record shows it.
    pub(crate) fn reason(&self) -> Option<String> {
        let message = (!self.message.is_empty()).then(|| self.message.clone().into_owned());
        self.why.clone().or(message)
    }

    /// The error that usually goes with a status.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let (code, message) = match status.as_u16() {
            400 => ("BadRequest", "Bad request."),
            401 => ("Unauthorized", "Unauthorized"),
            403 => ("Forbidden", ""),
            404 => ("NotFound", "Resource not found."),
            409 => ("Conflict", "The request conflicts with the current state."),
            424 => (
                "FailedDependency",
                "A request that this one depends on has failed.",
            ),
            429 => ("TooManyRequests", "Please retry again later."),
            500 => ("InternalServerError", "An error has occurred."),
            502 => ("BadGateway", "Bad gateway."),
            503 => ("ServiceUnavailable", "The service is unavailable."),
            504 => ("GatewayTimeout", "The request timed out."),
            _ => ("UnknownError", ""),
        };
        Self::new(status, code, message)
    }
}
