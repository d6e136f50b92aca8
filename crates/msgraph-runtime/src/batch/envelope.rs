//! The body that a batch sends.

use crate::exchange::{Plan, Sending};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, USER_AGENT};
use http::{HeaderValue, Method};

/// The body of a batch. The id of each request is its number, from one.
pub(super) struct Envelope {
    json: Vec<u8>,
    count: usize,
}

/// The space for a request without its body, in bytes.
const ROOM: usize = 256;

impl Envelope {
    /// A body with space for this many requests.
    pub(super) fn with_room_for(requests: usize) -> Self {
        Self {
            json: Vec::with_capacity(requests * ROOM),
            count: 0,
        }
    }

    /// Adds a request, with its URL below the base URL.
    pub(super) fn add(&mut self, sending: &Sending<'_>, url: &str) {
        let Plan {
            operation, body, ..
        } = sending.plan;
        let body = body.as_deref().unwrap_or_default();
        let json = &mut self.json;
        json.reserve(body.len() + ROOM);
        json.extend_from_slice(match self.count {
            0 => br#"{"requests":[{"id":""#,
            _ => br#",{"id":""#,
        });
        self.count += 1;
        json.extend_from_slice(self.count.to_string().as_bytes());
        json.extend_from_slice(br#"","method":""#);
        json.extend_from_slice(operation.method.as_str().as_bytes());
        json.extend_from_slice(br#"","url":"#);
        write_text(json, url.as_bytes());
        let is_write = [Method::POST, Method::PUT, Method::PATCH].contains(&operation.method);
        // A write without a body makes the service refuse the whole batch.
        let or_json = || is_write.then_some(HeaderValue::from_static("application/json"));
        let media_type = sending.media_type().or_else(or_json);
        write_headers(json, sending, media_type.as_ref());
        if let Some(media_type) = &media_type {
            write_body(json, body, media_type);
        }
        json.push(b'}');
    }

    /// The body with all added requests, of which there must be at least one.
    pub(super) fn finish(mut self) -> Bytes {
        self.json.extend_from_slice(b"]}");
        self.json.into()
    }
}

fn write_headers(json: &mut Vec<u8>, sending: &Sending<'_>, media_type: Option<&HeaderValue>) {
    json.extend_from_slice(br#","headers":{"#);
    let start = json.len();
    sending.each_header(|name, value| {
        let is_of_batch = *name == ACCEPT_ENCODING || *name == USER_AGENT;
        let is_default = *name == ACCEPT && value == "application/json";
        if !is_of_batch && !is_default {
            write_header(json, start, name.as_str(), value);
        }
    });
    if let Some(media_type) = media_type {
        write_header(json, start, "Content-Type", media_type);
    }
    json.push(b'}');
}

fn write_header(json: &mut Vec<u8>, start: usize, name: &str, value: &HeaderValue) {
    if json.len() > start {
        json.push(b',');
    }
    // Header names have no character that JSON escapes.
    json.push(b'"');
    json.extend_from_slice(name.as_bytes());
    json.extend_from_slice(b"\":");
    write_text(json, value.as_bytes());
}

/// Writes JSON unchanged, other bytes in base64, and an empty object for a write without a body.
fn write_body(json: &mut Vec<u8>, body: &[u8], media_type: &HeaderValue) {
    json.extend_from_slice(br#","body":"#);
    match body {
        [] => json.extend_from_slice(b"{}"),
        body if is_json(Some(media_type)) => json.extend_from_slice(body),
        body => write_text(json, STANDARD.encode(body).as_bytes()),
    }
}

/// Returns `true` if a media type is JSON, the default.
pub(super) fn is_json(media_type: Option<&HeaderValue>) -> bool {
    media_type.is_none_or(|media_type| {
        let mut places = media_type.as_bytes().windows(4);
        places.any(|four| four.eq_ignore_ascii_case(b"json"))
    })
}

/// Writes a JSON string. Most have no character to escape.
fn write_text(json: &mut Vec<u8>, text: &[u8]) {
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
    // Without an early end the compiler vectorizes the loop.
    if text.iter().fold(true, |all, byte| all & is_plain(byte)) {
        json.push(b'"');
        json.extend_from_slice(text);
        return json.push(b'"');
    }
    // Writing a string into memory cannot fail.
    let _ = serde_json::to_writer(json, &String::from_utf8_lossy(text));
}
