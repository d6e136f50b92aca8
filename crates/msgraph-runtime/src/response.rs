//! A successful response.

use crate::headers::Received;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use std::fmt;
use std::ops::Deref;

/// A successful response: its value, status, headers, body and ids.
///
/// A response dereferences to its value.
#[derive(Clone)]
pub struct Response<T> {
    pub(crate) value: T,
    pub(crate) parts: Parts,
}

/// The parts of a response other than its value.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) status: StatusCode,
    pub(crate) headers: Received,
    pub(crate) body: Bytes,
    pub(crate) client_request_id: http::HeaderValue,
    pub(crate) attempts: u32,
}

impl<T> Response<T> {
    /// The value of the response.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// Takes the value, without the rest.
    pub fn into_value(self) -> T {
        self.value
    }

    /// The status: 200, 204 or another success.
    pub fn status(&self) -> StatusCode {
        self.parts.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// The unchanged body, at most as long as the client's limit.
    pub fn body(&self) -> &Bytes {
        &self.parts.body
    }

    /// The id that the service gave the request. Microsoft's support asks for it.
    pub fn request_id(&self) -> Option<&str> {
        self.header("request-id")
    }

    /// The id that this client gave the call, the same for all its attempts.
    pub fn client_request_id(&self) -> Option<&str> {
        self.parts.client_request_id.to_str().ok()
    }

    /// The header `Date`: the time of the response, as an HTTP date.
    pub fn date(&self) -> Option<&str> {
        self.header("date")
    }

    /// The header `x-ms-ags-diagnostic`, JSON that names the servers of Microsoft that answered.
    pub fn diagnostics(&self) -> Option<&str> {
        self.header("x-ms-ags-diagnostic")
    }

    /// The number of requests that were sent for this call.
    pub fn attempts(&self) -> u32 {
        self.parts.attempts
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.parts.headers.get(name)?.to_str().ok()
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.parts.status)
            .field("attempts", &self.parts.attempts)
            .finish_non_exhaustive()
    }
}
