//! The responses of a service as a fuzzer writes them, and the transport that gives them.
//!
//! A response is a status, lines of headers, an empty line and a body; the byte 0xff, which UTF-8 never
//! has, is between two of them. After the last one every response is a verdict, which ends all waits.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use msgraph_runtime::{Attempt, Body, BoxFuture, Transport, TransportError};
use std::collections::VecDeque;
use std::sync::Mutex;

/// The responses that are left, for requests to one origin.
pub struct Script {
    origin: &'static str,
    responses: Mutex<VecDeque<Response<Bytes>>>,
}

impl Script {
    pub fn new(origin: &'static str, text: &[u8]) -> Self {
        let responses = text.split(|byte| *byte == 0xff).map(response_of);
        let responses = Mutex::new(responses.collect());
        Self { origin, responses }
    }
}

impl Transport for Script {
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        assert!(
            attempt.url().starts_with(self.origin),
            "a secret would leave for {}",
            attempt.url()
        );
        let response = self.responses.lock().unwrap().pop_front();
        let response = response.unwrap_or_else(|| response_of(END));
        Box::pin(async { Ok(response.map(Body::from)) })
    }
}

const END: &[u8] = b"400\n\n{\"error\":\"expired_token\"}";

fn response_of(text: &[u8]) -> Response<Bytes> {
    let end = text.windows(2).position(|two| two == b"\n\n");
    let (head, body) = end.map_or((text, &[][..]), |end| (&text[..end], &text[end + 2..]));
    let mut response = Response::new(Bytes::copy_from_slice(body));
    let mut lines = head.split(|byte| *byte == b'\n');
    let status = lines.next().map(StatusCode::from_bytes);
    *response.status_mut() = status.and_then(Result::ok).unwrap_or_default();
    for line in lines {
        let colon = line
            .iter()
            .position(|byte| *byte == b':')
            .unwrap_or(line.len());
        let (name, value) = line.split_at(colon);
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name), HeaderValue::from_bytes(value))
        {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// Runs on a clock that does not wait.
pub fn run(future: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.unwrap().block_on(future);
}

/// An error is one line without secrets.
pub fn check(error: &impl std::error::Error, secret: &str) {
    let line = error.to_string();
    assert!(!line.chars().any(char::is_control), "{line:?}");
    for text in [line, format!("{error:?}")] {
        assert!(!text.contains(secret), "{text}");
    }
}
