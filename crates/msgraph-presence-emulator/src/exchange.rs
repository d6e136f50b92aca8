//! From a request to what goes over the wire: the service's answer, its headers, the fault that strikes.

use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, LOCATION, RETRY_AFTER};
use http::header::{CONNECTION, CONTENT_TYPE, DATE, HeaderName, HeaderValue};
use http::{HeaderMap, Request, Response, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::clock::Clock;
use crate::doubt::Doubt;
use crate::fault::{Fault, FaultKind, FaultPlan, SplitMix};
use crate::generated::routes::Route;
use crate::http::WireFault;
use crate::json;
use crate::record::{ReceivedRequest, Record};
use crate::state::{Answer, GraphError, Outcome, Service};
use crate::token::{Cloud, DEFAULT_TENANT, Token};
use crate::user::guid;

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");
const DIAGNOSTIC: HeaderName = HeaderName::from_static("x-ms-ags-diagnostic");

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const HTML: HeaderValue = HeaderValue::from_static("text/html");

/// What an emulator consists of, but for its socket.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) clock: Clock,
    pub(crate) service: Service,
    pub(crate) faults: FaultPlan,
    pub(crate) record: Record,
    request_ids: SplitMix,
    date: (i64, HeaderValue),
}

/// An answer and how it is to be sent.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) response: Response<Bytes>,
    pub(crate) wire: Option<WireFault>,
    pub(crate) delay: Option<Duration>,
}

/// The ids of a request: the service's own, and the caller's if it gave one.
struct Ids {
    request: String,
    client: Option<HeaderValue>,
}

impl Core {
    pub(crate) fn new(cloud: Cloud, clock: Clock) -> Self {
        Self {
            clock,
            service: Service::new(cloud),
            faults: FaultPlan::default(),
            record: Record::default(),
            request_ids: SplitMix(0),
            date: (i64::MIN, HeaderValue::from_static("")),
        }
    }

    /// The text of a token, with its user's tenant unless it has one of its own.
    pub(crate) fn write_token(&self, token: &Token) -> String {
        let user = token.user.and_then(|id| self.service.account(id));
        let home = user.map_or(DEFAULT_TENANT, |user| &user.tenant);
        token.write(home, self.clock.now())
    }

    /// Forgets everything that has happened; the users, the clock and the doubts stay.
    pub(crate) fn reset(&mut self) {
        self.service.reset();
        self.faults.clear();
        self.record.clear();
    }

    /// Answers a request under Graph's paths, and records it.
    pub(crate) fn exchange(&mut self, request: Request<Bytes>) -> Exchange {
        let now = self.clock.now();
        let route = Service::operation(request.method().as_str(), request.uri().path());
        let fault = self.faults.draw(route.map(Route::operation_id));
        let ids = self.ids(request.headers());
        let instead = fault.as_ref().is_some_and(Fault::replaces);
        let outcome = match instead {
            true => {
                Outcome::nothing(self.service.name_of_caller(request.headers(), now))
            }
            false => self.service.answer(&request, now),
        };
        let response = match &outcome.result {
            Ok(answer) => self.response(answer, &ids, now),
            Err(error) => self.error_response(error, &ids, now),
        };
        let exchange = match &fault {
            Some(fault) => self.strike(fault, response, &ids, now),
            None => Exchange::of(response),
        };
        self.write_down(request, route, &exchange, outcome, fault, now);
        exchange
    }

    fn ids(&mut self, headers: &HeaderMap) -> Ids {
        Ids {
            request: guid(&mut self.request_ids).to_string(),
            client: headers.get(CLIENT_REQUEST_ID).cloned(),
        }
    }

    fn response(
        &mut self,
        answer: &Answer,
        ids: &Ids,
        now: Timestamp,
    ) -> Response<Bytes> {
        let body = answer.body.clone();
        let json = body.is_some();
        let mut response = Response::new(body.map(Bytes::from).unwrap_or_default());
        *response.status_mut() = answer.status;
        if json {
            response.headers_mut().insert(CONTENT_TYPE, JSON);
        }
        self.add_headers(response.headers_mut(), ids, now);
        response
    }

    fn error_response(
        &mut self,
        error: &GraphError,
        ids: &Ids,
        now: Timestamp,
    ) -> Response<Bytes> {
        let body = error_body(error, ids, now, self.inner_error());
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = error.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, JSON);
        if let Some((name, value)) = &error.header {
            insert(headers, name.clone(), value);
        }
        self.add_headers(headers, ids, now);
        response
    }

    fn inner_error(&self) -> &'static str {
        match self.service.doubts().has(Doubt::LowerCaseInnerError) {
            true => "innererror",
            false => "innerError",
        }
    }

    /// The headers that every answer has.
    fn add_headers(&mut self, headers: &mut HeaderMap, ids: &Ids, now: Timestamp) {
        insert(headers, REQUEST_ID, &ids.request);
        if let Some(id) = &ids.client {
            headers.insert(CLIENT_REQUEST_ID, id.clone());
        }
        headers.insert(DIAGNOSTIC, HeaderValue::from_static(r#"{"ServerInfo":{"DataCenter":"Emulator","Slice":"E","Ring":"0","ScaleUnit":"000","RoleInstance":"EMULATOR"}}"#));
        headers.insert(DATE, self.date(now));
    }

    /// The emulator's time, as HTTP writes it; written once a second.
    fn date(&mut self, now: Timestamp) -> HeaderValue {
        if self.date.0 != now.as_second() {
            let text = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            let empty = HeaderValue::from_static("");
            self.date = (
                now.as_second(),
                HeaderValue::try_from(text).unwrap_or(empty),
            );
        }
        self.date.1.clone()
    }

    /// What a fault makes of an answer.
    fn strike(
        &mut self,
        fault: &Fault,
        response: Response<Bytes>,
        ids: &Ids,
        now: Timestamp,
    ) -> Exchange {
        let mut exchange = Exchange::of(response);
        match &fault.kind {
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
                exchange.response = self.error_response(&error, ids, now);
            }
            FaultKind::Empty { status } => {
                exchange.replace(*status, None, Bytes::new());
            }
            FaultKind::Html { status } => {
                exchange.replace(*status, Some(HTML), HTML_PAGE.into());
            }
            FaultKind::Garbage => exchange.replace(200, Some(JSON), GARBAGE.into()),
            FaultKind::Redirect { status, location } => {
                exchange.replace(*status, None, Bytes::new());
                insert(exchange.response.headers_mut(), LOCATION, location);
            }
            FaultKind::Reset { after } => {
                exchange.wire = Some(WireFault::Reset { after: *after });
            }
            FaultKind::Close { after } => {
                exchange.wire = Some(WireFault::Close { after: *after });
            }
            FaultKind::Truncate => exchange.truncate(),
            FaultKind::Drip { bytes, every } => exchange.drip(*bytes, *every),
            FaultKind::Delay(delay) => exchange.delay = Some(*delay),
            FaultKind::UnknownValue => exchange.edit(|presence| {
                presence["availability"] = "Levitating".into();
                presence["activity"] = "OnTheMoon".into();
            }),
            FaultKind::UnknownMember => exchange.edit(|presence| {
                presence["mood"] = json!({ "weather": ["sunny", null, 7] });
            }),
            FaultKind::HugeBody { bytes } => exchange.edit(|presence| {
                presence["padding"] = "x".repeat(*bytes).into();
            }),
        }
        if let Some(text) = &fault.retry_after {
            insert(exchange.response.headers_mut(), RETRY_AFTER, text);
        }
        exchange
    }

    fn write_down(
        &mut self,
        request: Request<Bytes>,
        route: Option<Route>,
        exchange: &Exchange,
        outcome: Outcome,
        fault: Option<Fault>,
        now: Timestamp,
    ) {
        let (mut parts, body) = request.into_parts();
        parts.headers.remove(AUTHORIZATION);
        self.record.add(ReceivedRequest {
            number: 0,
            at: now,
            method: parts.method.as_str().to_owned(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers,
            body,
            caller: outcome.caller,
            operation: route.map(Route::operation_id),
            status: exchange.response.status().as_u16(),
            fault: fault.map(|fault| fault.to_string()),
            remark: outcome.remark,
        });
    }
}

impl Outcome {
    /// Nothing was done, since a fault came instead.
    fn nothing(caller: Option<String>) -> Self {
        Self {
            result: Ok(Answer {
                status: StatusCode::OK,
                body: None,
            }),
            caller,
            remark: None,
        }
    }
}

impl Exchange {
    /// An answer that is sent as it is.
    pub(crate) fn of(response: Response<Bytes>) -> Self {
        Self {
            response,
            wire: None,
            delay: None,
        }
    }

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

    /// Sends the answer in drops, as the last one of its connection.
    fn drip(&mut self, bytes: usize, every: Duration) {
        let close = HeaderValue::from_static("close");
        self.response.headers_mut().insert(CONNECTION, close);
        self.wire = Some(WireFault::Drip { bytes, every });
    }

    /// Changes the presence in the answer, if there is one.
    fn edit(&mut self, change: impl FnOnce(&mut Value)) {
        let Ok(mut body) = serde_json::from_slice::<Value>(self.response.body()) else {
            return;
        };
        let enveloped = body.get("value").is_some_and(Value::is_array);
        let presence = match enveloped {
            true => body.pointer_mut("/value/0"),
            false => Some(&mut body),
        };
        if let Some(presence) = presence.filter(|presence| presence.is_object()) {
            change(presence);
            *self.response.body_mut() = body.to_string().into();
        }
    }
}

const HTML_PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Sign in to the network</title></head>\
    <body><h1>Sign in to the network</h1></body></html>\n";

const GARBAGE: &str = "{\"id\": \"fa8bf3dc-eca7-46b7-bad1-db199b62afc3\", \u{0}\u{1}]]>";

fn error_body(error: &GraphError, ids: &Ids, now: Timestamp, inner: &str) -> Vec<u8> {
    let client = ids.client.as_ref().and_then(|id| id.to_str().ok());
    json::object(|o| {
        o.object("error", |o| {
            o.member("code", &*error.code);
            o.member("message", &*error.message);
            o.object(inner, |o| {
                // Without a zone, as on the wire.
                let date = now.strftime("%Y-%m-%dT%H:%M:%S").to_string();
                o.member("date", &date);
                o.member("request-id", &ids.request);
                o.member("client-request-id", client.unwrap_or(&ids.request));
            });
        });
    })
}

fn status_of(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Inserts a header, unless its text cannot be one.
fn insert(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}
