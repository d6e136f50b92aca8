//! The record of the requests that were received.

mod secrets;

use bytes::Bytes;
use http::{HeaderMap, Request};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::VecDeque;
use std::fmt;

/// The number of stored requests; older ones are forgotten.
const MAX_REQUESTS: usize = 1000;

/// The bytes of stored bodies.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// The callback for each request.
pub(crate) type OnRequest = Box<dyn Fn(&ReceivedRequest) + Send + Sync>;

/// The callback for connections and requests that are not recorded.
pub(crate) type OnProblem = Box<dyn Fn(&str) + Send + Sync>;

/// The callbacks of the program and of tests.
#[derive(Default)]
pub(crate) struct Callbacks {
    pub(crate) on_request: Option<OnRequest>,
    pub(crate) on_problem: Option<OnProblem>,
}

/// A request that the emulator has received under the paths of Graph or of the identity platform,
/// and the status of its response.
///
/// Secrets are left out: it has no token, code, password, secret, assertion or cookie, by
/// the name of its header, its parameter in the query or in a form, or its property of JSON, within
/// a batch, too. A body that names one, and is neither JSON nor a form, is empty.
#[derive(Clone)]
#[non_exhaustive]
pub struct ReceivedRequest {
    /// Counts the requests from 1, since the emulator was started or reset. A part of a batch has
    /// the number of its batch, before which it is recorded.
    pub number: u64,

    /// The id of a part of a batch; `None` for a request outside of a batch.
    pub part: Option<String>,

    /// The time at which it was received, on the emulator's clock.
    pub at: Timestamp,

    /// The HTTP method, in capitals.
    pub method: String,

    /// The path with its version, as it was sent and still percent-encoded.
    pub path: String,

    /// The query without its question mark, as it was sent; empty without one. At the identity
    /// platform only parameters that tell nothing of a person are kept, here and in the body.
    pub query: String,

    /// The headers, except `Authorization`, `Cookie`, `Proxy-Authorization`, `X-Api-Key` and
    /// `access_token`.
    pub headers: HeaderMap,

    /// The body, decoded, of up to 1 MiB; empty without one, and when it cannot be decoded.
    pub body: Bytes,

    /// The caller: a user's name, `application`, or `None` when it is unknown.
    pub caller: Option<String>,

    /// The id of the operation in the OpenAPI document, when the path and method have one; at the
    /// identity platform the last word of the path, such as `token`.
    pub operation: Option<&'static str>,

    /// The status of the response.
    pub status: u16,

    /// The code of the error that the operation was answered with, such as `Forbidden`; `None` when
    /// it succeeded, and when a fault replaced it.
    pub code: Option<String>,

    /// The reason for the error, such as `The token has Presence.Read; …`: the message of the error, or
    /// more than that where the service's own message does not say it.
    pub reason: Option<String>,

    /// The fault that applied, such as `status 503, Retry-After: 2`.
    pub fault: Option<String>,

    /// The parts of the request that are not in the documentation, and that the service ignores
    /// silently, such as `unknown properties: expirationDutaion`. Several are separated by `; `.
    pub warning: Option<String>,
}

impl ReceivedRequest {
    /// A request without its token, without a response yet.
    pub(crate) fn new(request: Request<Bytes>, at: Timestamp) -> Self {
        let (mut parts, body) = request.into_parts();
        secrets::drop_headers(&mut parts.headers);
        Self {
            number: 0,
            part: None,
            at,
            method: parts.method.as_str().to_owned(),
            path: parts.uri.path().to_owned(),
            query: secrets::without_secrets(parts.uri.query().unwrap_or_default()),
            headers: parts.headers,
            body: secrets::kept_body(body),
            caller: None,
            operation: None,
            status: 0,
            code: None,
            reason: None,
            fault: None,
            warning: None,
        }
    }

    /// A header's text by its name in any letter case, or `None` when it is missing or not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON, or `None` when it is not JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// Shows no id, no query and no body.
impl fmt::Debug for ReceivedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivedRequest")
            .field("number", &self.number)
            .field("method", &self.method)
            .field("operation", &self.operation)
            .field("status", &self.status)
            .field("code", &self.code)
            .field("fault", &self.fault)
            .finish_non_exhaustive()
    }
}

/// The requests, the oldest first, within bounds.
#[derive(Debug, Default)]
pub(crate) struct Record {
    requests: VecDeque<ReceivedRequest>,
    received: u64,
    bytes: usize,
}

impl Record {
    /// Stores a request, and numbers it.
    pub(crate) fn add(&mut self, mut request: ReceivedRequest) {
        request.number = self.received + 1;
        if request.part.is_none() {
            self.received = request.number;
        }
        self.bytes += request.body.len();
        self.requests.push_back(request);
        while self.requests.len() > MAX_REQUESTS || self.bytes > MAX_BYTES {
            let Some(oldest) = self.requests.pop_front() else {
                break;
            };
            self.bytes -= oldest.body.len();
        }
    }

    pub(crate) fn clear(&mut self) {
        self.requests.clear();
        self.bytes = 0;
    }

    /// The number of requests received since the start, including forgotten ones; a batch is one.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    pub(crate) fn requests(&self) -> impl DoubleEndedIterator<Item = &ReceivedRequest> {
        self.requests.iter()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn request(method: &str, path: &str, body: &str) -> ReceivedRequest {
        let body = Bytes::copy_from_slice(body.as_bytes());
        let request = Request::builder().method(method).uri(path).body(body);
        let mut request = ReceivedRequest::new(request.unwrap(), Timestamp::UNIX_EPOCH);
        request.status = 200;
        request
    }

    #[test]
    fn the_record_is_bounded() {
        let mut record = Record::default();
        for _ in 0..MAX_REQUESTS + 5 {
            record.add(request("GET", "/", ""));
        }
        assert_eq!(record.requests().count(), MAX_REQUESTS);
        assert_eq!(record.requests().next().map(|r| r.number), Some(6));
        let large = "x".repeat(MAX_BYTES / 2);
        for _ in 0..3 {
            record.add(request("POST", "/", &large));
        }
        assert_eq!(record.requests().count(), 2);
        assert_eq!(record.received(), MAX_REQUESTS as u64 + 8);
    }
}
