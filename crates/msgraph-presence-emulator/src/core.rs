//! From a request to what goes over the wire: the service's answer, its headers, the fault that strikes.

use crate::clock::Clock;
use crate::doubt::Doubt;
use crate::fault::{Fault, FaultPlan};
use crate::generated::routes::Route;
use crate::json;
use crate::random::SplitMix;
use crate::record::{ReceivedRequest, Record};
use crate::server::WireFault;
use crate::state::{Answer, GraphError, Outcome, Service};
use crate::token::{Cloud, DEFAULT_TENANT, Token};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, DATE, HeaderName, HeaderValue};
use http::{HeaderMap, Request, Response, StatusCode};
use jiff::Timestamp;
use std::time::Duration;

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");
const DIAGNOSTIC: HeaderName = HeaderName::from_static("x-ms-ags-diagnostic");

pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");

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
pub(crate) struct Ids {
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
        let outcome = if instead {
            Outcome::nothing(self.service.name_of_caller(request.headers(), now))
        } else {
            self.service.answer(&request, now)
        };
        let Outcome {
            result,
            caller,
            remark,
        } = outcome;
        let response = match result {
            Ok(answer) => self.response(answer, &ids, now),
            Err(error) => self.error_response(&error, &ids, now),
        };
        let exchange = match &fault {
            Some(fault) => self.strike(fault, response, &ids, now),
            None => Exchange::of(response),
        };
        self.record.add(ReceivedRequest {
            caller,
            operation: route.map(Route::operation_id),
            status: exchange.response.status().as_u16(),
            fault: fault.map(|fault| fault.to_string()),
            remark,
            ..ReceivedRequest::new(request, now)
        });
        exchange
    }

    fn ids(&mut self, headers: &HeaderMap) -> Ids {
        Ids {
            request: self.request_ids.guid().to_string(),
            client: headers.get(CLIENT_REQUEST_ID).cloned(),
        }
    }

    fn response(
        &mut self,
        answer: Answer,
        ids: &Ids,
        now: Timestamp,
    ) -> Response<Bytes> {
        let json = answer.body.is_some();
        let body = answer.body.map(Bytes::from).unwrap_or_default();
        let mut response = Response::new(body);
        *response.status_mut() = answer.status;
        if json {
            response.headers_mut().insert(CONTENT_TYPE, JSON);
        }
        self.add_headers(response.headers_mut(), ids, now);
        response
    }

    pub(crate) fn error_response(
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
        if self.service.doubts().has(Doubt::LowerCaseInnerError) {
            "innererror"
        } else {
            "innerError"
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
}

fn error_body(error: &GraphError, ids: &Ids, now: Timestamp, inner: &str) -> Vec<u8> {
    let client = ids.client.as_ref().and_then(|id| id.to_str().ok());
    json::object(|o| {
        o.object("error", |o| {
            o.member("code", &*error.code);
            o.member("message", &*error.message);
            o.object(inner, |o| {
                let throttled = error.status == StatusCode::TOO_MANY_REQUESTS;
                if throttled {
                    // As in the documentation's sample, which no other status has.
                    o.member("code", "429");
                    o.member("message", "Please retry after");
                    o.member("status", "429");
                }
                // Without a zone, as on the wire.
                let date = now.strftime("%Y-%m-%dT%H:%M:%S").to_string();
                o.member("date", &date);
                o.member("request-id", &ids.request);
                o.member("client-request-id", client.unwrap_or(&ids.request));
            });
        });
    })
}

/// Inserts a header, unless its text cannot be one.
pub(crate) fn insert(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}
