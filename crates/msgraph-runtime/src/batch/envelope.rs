//! The body that a batch sends.

use crate::transport::Attempt;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, Method};

/// The body of a batch. The id of each request is its number, from one.
#[derive(Default)]
pub(super) struct Envelope {
    json: Vec<u8>,
    count: usize,
}

/// Room for a request without its body, in bytes.
const ROOM: usize = 256;

impl Envelope {
    /// Adds a request, with its URL below the base URL.
    pub(super) fn add(&mut self, attempt: &Attempt, url: &str) {
        let json = &mut self.json;
        json.reserve(attempt.body.len() + ROOM);
        json.extend_from_slice(match self.count {
            0 => br#"{"requests":[{"id":""#,
            _ => br#",{"id":""#,
        });
        self.count += 1;
        json.extend_from_slice(self.count.to_string().as_bytes());
        json.extend_from_slice(br#"","method":""#);
        json.extend_from_slice(attempt.method.as_str().as_bytes());
        json.extend_from_slice(br#"","url":"#);
        write_text(json, url.as_bytes());
        let media_type = media_type(attempt);
        write_headers(json, attempt, media_type.as_ref());
        if let Some(media_type) = &media_type {
            write_body(json, &attempt.body, media_type);
        }
        json.push(b'}');
    }

    /// The body with all requests that were added, of which there is one at least.
    pub(super) fn finish(mut self) -> Bytes {
        self.json.extend_from_slice(b"]}");
        self.json.into()
    }
}

fn write_headers(json: &mut Vec<u8>, attempt: &Attempt, media_type: Option<&HeaderValue>) {
    json.extend_from_slice(br#","headers":{"#);
    let start = json.len();
    for (name, value) in &attempt.headers {
        let is_of_batch = [AUTHORIZATION, ACCEPT_ENCODING, USER_AGENT].contains(name);
        let is_default = name == ACCEPT && value == "application/json";
        if !is_of_batch && !is_default && name != CONTENT_TYPE {
            write_header(json, start, name.as_str(), value);
        }
    }
    if let Some(media_type) = media_type {
        write_header(json, start, "Content-Type", media_type);
    }
    json.push(b'}');
}

fn write_header(json: &mut Vec<u8>, start: usize, name: &str, value: &HeaderValue) {
    if json.len() > start {
        json.push(b',');
    }
    // No name has a character that JSON would escape.
    json.push(b'"');
    json.extend_from_slice(name.as_bytes());
    json.extend_from_slice(b"\":");
    write_text(json, value.as_bytes());
}

/// JSON as it is, other bytes in base64; for a write without a body, which makes the service
/// refuse the whole batch, an empty object.
fn write_body(json: &mut Vec<u8>, body: &Bytes, media_type: &HeaderValue) {
    json.extend_from_slice(br#","body":"#);
    match body {
        body if body.is_empty() => json.extend_from_slice(b"{}"),
        body if is_json(Some(media_type)) => json.extend_from_slice(body),
        body => write_text(json, STANDARD.encode(body).as_bytes()),
    }
}

/// The media type of the body; nothing where there is no body and none is needed.
fn media_type(attempt: &Attempt) -> Option<HeaderValue> {
    let is_write = [Method::POST, Method::PUT, Method::PATCH].contains(&attempt.method);
    let media_type = match attempt.body.is_empty() {
        true => None,
        false => attempt.headers.get(CONTENT_TYPE).cloned(),
    };
    let or_json = || is_write.then_some(HeaderValue::from_static("application/json"));
    media_type.or_else(or_json)
}

/// Whether a body is JSON, which it is without a media type.
pub(super) fn is_json(media_type: Option<&HeaderValue>) -> bool {
    media_type.is_none_or(|media_type| {
        let mut places = media_type.as_bytes().windows(4);
        places.any(|four| four.eq_ignore_ascii_case(b"json"))
    })
}

/// Writes a text. Most have no character that JSON would escape.
fn write_text(json: &mut Vec<u8>, text: &[u8]) {
    let is_itself = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
    // Without an early end this is a few instructions for sixteen bytes.
    if text.iter().fold(true, |all, byte| all & is_itself(byte)) {
        json.push(b'"');
        json.extend_from_slice(text);
        return json.push(b'"');
    }
    // A text can always be written into memory.
    let _ = serde_json::to_writer(json, &String::from_utf8_lossy(text));
}
