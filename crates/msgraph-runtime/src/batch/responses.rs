//! The responses in the body of a batch response, found in one pass.

use super::envelope::is_json;
use super::scan::{Scan, Stop};
use crate::driver::REFUSAL;
use crate::error::{has_error, is_html, without_mark};
use crate::exchange::{RawResponse, Truncation};
use crate::headers::{CLIENT_REQUEST_ID, Received};
use crate::transport::{NoResponse, TransportError};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, Value};
use std::sync::Arc;

/// The result of the attempt of one request.
pub(super) type Reply = Result<RawResponse, TransportError>;

/// The responses to the requests of a batch, in the order of the requests.
pub(super) fn replies(
    result: Result<RawResponse, TransportError>,
    sent: &Bytes,
    count: usize,
    limit: usize,
) -> Vec<Reply> {
    let response = match result {
        Ok(response) => response,
        Err(error) => return error.shared(count).map(Err).collect(),
    };
    if !response.status.is_success() {
        return whole(&response, sent, count, limit);
    }
    let body = without_mark(&response.body);
    let mut responses = Responses {
        body: &response.body,
        found: (0..count).map(|_| None).collect(),
        of_batch: &response.headers,
        limit,
        headers: None,
    };
    // Bytes that are not UTF-8 end the readable part.
    let text = std::str::from_utf8(body)
        .unwrap_or_else(|_| body.utf8_chunks().next().map_or("", |chunk| chunk.valid()));
    let read = responses.read(Scan::new(text));
    let found = responses.found;
    if found.iter().all(Option::is_none) && (is_html(&response.headers, body) || has_error(body)) {
        return whole(&response, sent, count, limit);
    }
    let missing = || Err(missing(response.truncation.as_ref(), &read));
    let replies = found.into_iter();
    replies
        .map(|response| response.map_or_else(missing, Ok))
        .collect()
}

/// The error of a request without a response in the batch response.
fn missing(truncation: Option<&Truncation>, read: &Result<(), Stop>) -> TransportError {
    let (reason, is_timeout) = match (truncation, read) {
        (Some(Truncation::Broken(error)), _) => (ENDS_EARLY, error.is_timeout),
        (Some(Truncation::TooLong(_)), _) => ("the response is longer than the limit", false),
        (None, Err(Stop::End)) => (ENDS_EARLY, false),
        (None, Err(Stop::Unexpected)) => ("the response is not what is documented", false),
        (None, Ok(())) => (
            "the batch response has no entry with the id of the request",
            false,
        ),
    };
    TransportError {
        is_timeout,
        // The connection works: an immediate retry would not help.
        is_first_use: true,
        ..TransportError::interrupted(NoResponse(reason))
    }
}

const ENDS_EARLY: &str = "the response ends too early";

/// The response to the batch, as the response to each of its requests.
fn whole(response: &RawResponse, sent: &Bytes, count: usize, limit: usize) -> Vec<Reply> {
    let mut headers = HeaderMap::clone(&response.headers);
    // The id is that of the batch, not of a request.
    headers.remove(CLIENT_REQUEST_ID);
    let headers = Arc::new(headers);
    let reply = || {
        let (headers, body) = (Arc::clone(&headers), response.body.clone());
        let mut response = limited(response.status, headers, body, limit);
        response.batch = Some(sent.clone());
        Ok(response)
    };
    (0..count).map(|_| reply()).collect()
}

/// A response with as much of its body as a single call would read.
fn limited(
    status: StatusCode,
    headers: Arc<HeaderMap>,
    mut body: Bytes,
    limit: usize,
) -> RawResponse {
    let length = if status.is_success() {
        limit
    } else {
        limit.max(REFUSAL)
    };
    let truncation = (body.len() > length).then_some(Truncation::TooLong(length));
    body.truncate(length);
    RawResponse {
        status,
        headers: Received::Shared(headers),
        body,
        truncation,
        batch: None,
    }
}

/// The responses in a batch response, as far as it can be read.
struct Responses<'b> {
    body: &'b Bytes,
    found: Vec<Option<RawResponse>>,
    of_batch: &'b HeaderMap,
    /// The longest body of a response, in bytes.
    limit: usize,
    /// The text and the headers of the previous response, which most others have as well.
    headers: Option<(&'b str, Arc<HeaderMap>)>,
}

/// The JSON texts of one response.
#[derive(Default)]
struct Part<'b> {
    id: &'b str,
    status: &'b str,
    headers: &'b str,
    body: &'b str,
}

impl<'b> Responses<'b> {
    fn read(&mut self, mut json: Scan<'b>) -> Result<(), Stop> {
        json.object(|json, name| match name {
            "responses" => json.array(|json| self.part(json)),
            _ => json.value().map(drop),
        })
    }

    fn part(&mut self, json: &mut Scan<'b>) -> Result<(), Stop> {
        if json.peek()? == b'n' {
            let is_null = json.value()? == "null";
            return is_null.then_some(()).ok_or(Stop::Unexpected);
        }
        let mut part = Part::default();
        json.object(|json, name| {
            match name {
                "id" => part.id = json.value()?,
                "status" => part.status = json.value()?,
                "headers" => part.headers = self.headers_text(json)?,
                "body" => part.body = json.value()?,
                _ => drop(json.value()?),
            }
            Ok(())
        })?;
        // If an id comes twice, the first response counts.
        if let Some((index, response)) = self.response(&part)
            && let Some(found) = self.found.get_mut(index)
        {
            found.get_or_insert(response);
        }
        Ok(())
    }

    /// The text of the headers, which is not scanned if it equals that of the previous response.
    fn headers_text(&self, json: &mut Scan<'b>) -> Result<&'b str, Stop> {
        match self.headers {
            Some((known, _)) if json.same(known)? => Ok(known),
            _ => json.value(),
        }
    }

    /// The response, and the index of its request.
    fn response(&mut self, part: &Part<'b>) -> Option<(usize, RawResponse)> {
        let index = usize::from(number(part.id)?).checked_sub(1)?;
        let status = StatusCode::from_u16(number(part.status)?).ok()?;
        let headers = match &self.headers {
            Some((known, headers)) if *known == part.headers => Arc::clone(headers),
            _ => {
                let headers = Arc::new(headers(part.headers, self.of_batch));
                self.headers = Some((part.headers, Arc::clone(&headers)));
                headers
            }
        };
        let body = content(part.body, &headers, self.body);
        Some((index, limited(status, headers, body, self.limit)))
    }
}

/// Parses a number, which may be a string.
fn number(json: &str) -> Option<u16> {
    let quoted = json
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    quoted.unwrap_or(json).parse().ok()
}

/// The headers that a response inherits from the batch response.
const INHERITED: [&str; 3] = ["request-id", "date", "x-ms-ags-diagnostic"];

/// The headers of a response, including the inherited ones.
fn headers(json: &str, of_batch: &HeaderMap) -> HeaderMap {
    let properties: Map<String, Value> = serde_json::from_str(json).unwrap_or_default();
    let mut headers = HeaderMap::with_capacity(8);
    for (name, value) in properties {
        let text = match value {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            _ => continue,
        };
        let name = HeaderName::try_from(name);
        if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(text)) {
            headers.append(name, value);
        }
    }
    // The id in the batch identifies the request; this header may be that of the batch.
    headers.remove(CLIENT_REQUEST_ID);
    for name in INHERITED {
        if let (false, Some(value)) = (headers.contains_key(name), of_batch.get(name)) {
            headers.insert(name, value.clone());
        }
    }
    headers
}

/// The body of a response: JSON unchanged, anything else decoded from base64.
fn content(json: &str, headers: &HeaderMap, body: &Bytes) -> Bytes {
    if matches!(json, "" | "null") {
        return Bytes::new();
    }
    if !json.starts_with('"') || is_json(headers.get(CONTENT_TYPE)) {
        return body.slice_ref(json.as_bytes());
    }
    let text: String = serde_json::from_str(json).unwrap_or_default();
    let decoded = STANDARD.decode(&text).or_else(|_| {
        let digits = text.trim_end_matches('=');
        URL_SAFE_NO_PAD.decode(digits)
    });
    decoded.unwrap_or_else(|_| text.into_bytes()).into()
}
