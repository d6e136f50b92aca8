//! The bodies of a batch: what is sent, and what comes back.

use super::queue::Reply;
use crate::error::{has_error, is_html, without_mark};
use crate::exchange::{Answer, Cut};
use crate::headers::CLIENT_REQUEST_ID;
use crate::transport::{Attempt, Body, TransportError};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use reqwest::Url;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;
use serde_json::value::RawValue;
use std::fmt;

/// Writes the body of a batch. The id of each request is its number, from one.
pub(super) fn written(base: &Url, attempts: &[Attempt]) -> Bytes {
    let room = attempts.iter().map(|attempt| attempt.body.len() + ROOM);
    let mut json = Vec::with_capacity(room.sum());
    json.extend_from_slice(br#"{"requests":["#);
    for (index, attempt) in attempts.iter().enumerate() {
        if index > 0 {
            json.push(b',');
        }
        let id = index + 1;
        let start = format!(r#"{{"id":"{id}","method":"{}","url":"#, attempt.method);
        json.extend_from_slice(start.as_bytes());
        write_text(&mut json, path_below(base, attempt).unwrap_or_default());
        write_headers(&mut json, attempt);
        write_body(&mut json, attempt);
        json.push(b'}');
    }
    json.extend_from_slice(b"]}");
    json.into()
}

/// Room for a request without its body, in bytes.
const ROOM: usize = 256;

/// The URL of an attempt without the base URL; nothing where a redirect has led elsewhere.
pub(super) fn path_below<'a>(base: &Url, attempt: &'a Attempt) -> Option<&'a str> {
    let path = attempt.target.path_and_query();
    let below = path.strip_prefix(base.path().trim_end_matches('/'))?;
    below.starts_with('/').then_some(below)
}

fn write_headers(json: &mut Vec<u8>, attempt: &Attempt) {
    json.extend_from_slice(br#","headers":{"#);
    let start = json.len();
    for (name, value) in &attempt.headers {
        let is_of_batch = [AUTHORIZATION, ACCEPT_ENCODING, USER_AGENT].contains(name);
        let is_default = name == ACCEPT && value == "application/json";
        if !is_of_batch && !is_default && name != CONTENT_TYPE {
            write_header(json, start, name.as_str(), value);
        }
    }
    if let Some(media_type) = media_type(attempt) {
        write_header(json, start, "Content-Type", &media_type);
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
    write_text(json, &String::from_utf8_lossy(value.as_bytes()));
}

/// JSON as it is, other bytes in base64; for a write without a body, which makes the service
/// refuse the whole batch, an empty object.
fn write_body(json: &mut Vec<u8>, attempt: &Attempt) {
    let Some(media_type) = media_type(attempt) else {
        return;
    };
    json.extend_from_slice(br#","body":"#);
    match &attempt.body {
        body if body.is_empty() => json.extend_from_slice(b"{}"),
        body if is_json(Some(&media_type)) => json.extend_from_slice(body),
        body => write_text(json, &STANDARD.encode(body)),
    }
}

/// The media type of the body; nothing where there is no body and none is needed.
fn media_type(attempt: &Attempt) -> Option<HeaderValue> {
    let is_write = [Method::POST, Method::PUT, Method::PATCH].contains(&attempt.method);
    let media_type = attempt
        .headers
        .get(CONTENT_TYPE)
        .filter(|_| !attempt.body.is_empty());
    let or_json = || is_write.then_some(HeaderValue::from_static("application/json"));
    media_type.cloned().or_else(or_json)
}

fn is_json(media_type: Option<&HeaderValue>) -> bool {
    media_type.is_none_or(|media_type| {
        let mut places = media_type.as_bytes().windows(4);
        places.any(|four| four.eq_ignore_ascii_case(b"json"))
    })
}

fn write_text(json: &mut Vec<u8>, text: &str) {
    // A text can always be written into memory.
    let _ = serde_json::to_writer(json, text);
}

/// Marks a response to a batch that is not one to a request in it, with the body that was sent.
#[derive(Clone)]
pub(crate) struct Whole(pub(crate) Bytes);

/// Why a request of a batch has no response.
#[derive(Debug)]
pub(crate) struct NoResponse(&'static str);

impl fmt::Display for NoResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for NoResponse {}

/// The responses to the requests of a batch, in their order.
pub(super) fn replies(
    result: Result<Answer, TransportError>,
    sent: &Bytes,
    count: usize,
) -> Vec<Reply> {
    let answer = match result {
        Ok(answer) => answer,
        Err(error) => return error.shared(count).map(Err).collect(),
    };
    if !answer.status.is_success() {
        return whole(&answer, sent, count);
    }
    let body = without_mark(&answer.body);
    let mut responses = Responses {
        body: &answer.body,
        found: (0..count).map(|_| None).collect(),
        of_batch: &answer.headers,
        headers: None,
    };
    // Bytes that are not UTF-8 end the readable part.
    let text = std::str::from_utf8(body)
        .unwrap_or_else(|_| body.utf8_chunks().next().map_or("", |chunk| chunk.valid()));
    let read = responses.deserialize(&mut serde_json::Deserializer::from_str(text));
    let found = responses.found;
    if found.iter().all(Option::is_none) && (is_html(&answer.headers, body) || has_error(body)) {
        return whole(&answer, sent, count);
    }
    let (reason, is_timeout) = match (&answer.cut, read) {
        (Some(Cut::Broken(error)), _) => (ENDS_EARLY, error.is_timeout),
        (Some(Cut::TooLong(_)), _) => ("the response is longer than the limit", false),
        (None, Err(error)) if error.is_eof() => (ENDS_EARLY, false),
        (None, Err(_)) => ("the response is not what is documented", false),
        (None, Ok(())) => ("the response has none with the id of the request", false),
    };
    let missing = || {
        let error = TransportError::interrupted(NoResponse(reason));
        Err(TransportError {
            is_timeout,
            // The connection works: sending again at once would help nobody.
            is_first_use: true,
            ..error
        })
    };
    let replies = found.into_iter();
    replies
        .map(|response| response.map_or_else(missing, Ok))
        .collect()
}

const ENDS_EARLY: &str = "the response ends too early";

/// The response to the batch, for each request of it.
fn whole(answer: &Answer, sent: &Bytes, count: usize) -> Vec<Reply> {
    let response = || {
        let mut response = Response::new(Body::from(answer.body.clone()));
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers.clone();
        // That of the batch.
        response.headers_mut().remove(CLIENT_REQUEST_ID);
        response.extensions_mut().insert(Whole(sent.clone()));
        Ok(response)
    };
    (0..count).map(|_| response()).collect()
}

/// The responses in the response to a batch, as far as it can be read.
struct Responses<'b> {
    body: &'b Bytes,
    found: Vec<Option<Response<Body>>>,
    of_batch: &'b HeaderMap,
    /// The headers of the response before, which are those of most others, and their text.
    headers: Option<(&'b str, HeaderMap)>,
}

impl<'b> Responses<'b> {
    /// The response, and the number of its request from zero.
    fn response(&mut self, part: &Part<'b>) -> Option<(usize, Response<Body>)> {
        let index = usize::from(number(part.id)?).checked_sub(1)?;
        let status = StatusCode::from_u16(number(part.status)?).ok()?;
        let text = part.headers.map_or("", RawValue::get);
        let headers = match &self.headers {
            Some((known, headers)) if *known == text => headers.clone(),
            _ => {
                let headers = headers(text, self.of_batch);
                self.headers.insert((text, headers)).1.clone()
            }
        };
        let content = part.body.map(|raw| content(raw, &headers, self.body));
        let mut response = Response::new(Body::from(content.unwrap_or_default()));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Some((index, response))
    }
}

/// Headers of the batch's response that stand in for those missing from a response in it.
const INHERITED: [&str; 3] = ["request-id", "date", "x-ms-ags-diagnostic"];

/// The headers of a response, and those that it has of the batch.
fn headers(json: &str, of_batch: &HeaderMap) -> HeaderMap {
    let Headers(mut headers) = serde_json::from_str(json).unwrap_or_default();
    // The request is known by its id in the batch, and this may be the batch's.
    headers.remove(CLIENT_REQUEST_ID);
    for name in INHERITED {
        if let (false, Some(value)) = (headers.contains_key(name), of_batch.get(name)) {
            headers.insert(name, value.clone());
        }
    }
    headers
}

impl<'b> DeserializeSeed<'b> for &mut Responses<'b> {
    type Value = ();

    fn deserialize<D: Deserializer<'b>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'b> Visitor<'b> for &mut Responses<'b> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the response to a batch")
    }

    fn visit_map<A: MapAccess<'b>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = members.next_key()? {
            match name {
                Some("responses") => members.next_value_seed(&mut *self)?,
                _ => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'b>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(part) = list.next_element::<Option<Part<'b>>>()? {
            // Of two with one id the first counts.
            if let Some((index, response)) = part.and_then(|part| self.response(&part))
                && let Some(found) = self.found.get_mut(index)
            {
                found.get_or_insert(response);
            }
        }
        Ok(())
    }
}

/// The name of a member; nothing for one with escapes, which no known name has.
struct Name<'b>(Option<&'b str>);

impl<'b> Deserialize<'b> for Name<'b> {
    fn deserialize<D: Deserializer<'b>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

struct NameVisitor;

impl<'b> Visitor<'b> for NameVisitor {
    type Value = Name<'b>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'b str) -> Result<Name<'b>, E> {
        Ok(Name(Some(name)))
    }

    fn visit_str<E>(self, _: &str) -> Result<Name<'b>, E> {
        Ok(Name(None))
    }
}

/// One response as it was written.
#[derive(Default)]
struct Part<'b> {
    id: Option<&'b RawValue>,
    status: Option<&'b RawValue>,
    headers: Option<&'b RawValue>,
    body: Option<&'b RawValue>,
}

/// A number, which may be written as a text.
fn number(raw: Option<&RawValue>) -> Option<u16> {
    let text = raw?.get();
    let quoted = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    quoted.unwrap_or(text).parse().ok()
}

impl<'b> Deserialize<'b> for Part<'b> {
    fn deserialize<D: Deserializer<'b>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PartVisitor)
    }
}

struct PartVisitor;

impl<'b> Visitor<'b> for PartVisitor {
    type Value = Part<'b>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a response")
    }

    fn visit_map<A: MapAccess<'b>>(self, mut members: A) -> Result<Part<'b>, A::Error> {
        let mut part = Part::default();
        while let Some(Name(name)) = members.next_key()? {
            match name {
                Some("id") => part.id = members.next_value()?,
                Some("status") => part.status = members.next_value()?,
                Some("headers") => part.headers = members.next_value()?,
                Some("body") => part.body = members.next_value()?,
                _ => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        Ok(part)
    }
}

#[derive(Default)]
struct Headers(HeaderMap);

impl<'b> Deserialize<'b> for Headers {
    fn deserialize<D: Deserializer<'b>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(HeadersVisitor)
    }
}

struct HeadersVisitor;

impl<'b> Visitor<'b> for HeadersVisitor {
    type Value = Headers;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("headers")
    }

    fn visit_map<A: MapAccess<'b>>(self, mut members: A) -> Result<Headers, A::Error> {
        let mut headers = HeaderMap::with_capacity(8);
        while let Some((Name(name), value)) = members.next_entry()? {
            let text = match value {
                Value::String(text) => text,
                Value::Number(number) => number.to_string(),
                _ => continue,
            };
            let name = HeaderName::from_bytes(name.unwrap_or_default().as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(text)) {
                headers.append(name, value);
            }
        }
        Ok(Headers(headers))
    }
}

/// The body of a response: JSON as it is, anything else from base64.
fn content(raw: &RawValue, headers: &HeaderMap, body: &Bytes) -> Bytes {
    let json = raw.get();
    if json == "null" {
        return Bytes::new();
    }
    if is_json(headers.get(CONTENT_TYPE)) || !json.starts_with('"') {
        return body.slice_ref(json.as_bytes());
    }
    let text: String = serde_json::from_str(json).unwrap_or_default();
    let decoded = STANDARD.decode(&text).or_else(|_| {
        let digits = text.trim_end_matches('=');
        URL_SAFE_NO_PAD.decode(digits)
    });
    decoded.unwrap_or_else(|_| text.into_bytes()).into()
}
