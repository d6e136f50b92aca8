//! Bodies of requests that are compressed: gzip is read, within the limit on bodies.

use crate::response::GraphError;
use crate::server::BODY_LIMIT;
use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
use http::{HeaderMap, Request, StatusCode};
use std::io::Read;

/// Decodes the body of a request. One that cannot be decoded is empty, beside the error: the record
/// cannot tell whether there is a token in it.
pub(super) fn decoded(request: Request<Bytes>) -> (Request<Bytes>, Result<(), GraphError>) {
    if !request.headers().contains_key(CONTENT_ENCODING) || request.body().is_empty() {
        return (request, Ok(()));
    }
    let (parts, body) = request.into_parts();
    let (body, result) = match decode(&parts.headers, &body) {
        Ok(Some(plain)) => (plain.into(), Ok(())),
        Ok(None) => (body, Ok(())),
        Err(error) => (Bytes::new(), Err(error)),
    };
    (Request::from_parts(parts, body), result)
}

/// The decoded body, or `None` when it is not encoded.
fn decode(headers: &HeaderMap, body: &[u8]) -> Result<Option<Vec<u8>>, GraphError> {
    let encodings = headers.get_all(CONTENT_ENCODING).iter();
    let encodings = encodings.flat_map(|line| line.as_bytes().split(|&byte| byte == b','));
    let encodings: Vec<&[u8]> = encodings.map(<[u8]>::trim_ascii).collect();
    let is = |name: &str| matches!(&*encodings, [one] if one.eq_ignore_ascii_case(name.as_bytes()));
    if is("identity") {
        return Ok(None);
    }
    if !is("gzip") && !is("x-gzip") {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        let message = "The emulator reads no other Content-Encoding than gzip, once.";
        let error = GraphError::new(status, "UnsupportedMediaType", message);
        return Err(error.with(ACCEPT_ENCODING, "gzip".to_owned()));
    }
    let mut plain = Vec::new();
    let limit = BODY_LIMIT as u64 + 1;
    let read = MultiGzDecoder::new(body)
        .take(limit)
        .read_to_end(&mut plain);
    if plain.len() > BODY_LIMIT {
        let message = "The emulator reads bodies of up to 1 MiB, after decoding, too.";
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        return Err(GraphError::new(status, "RequestEntityTooLarge", message));
    }
    match read {
        Ok(_) => Ok(Some(plain)),
        Err(_) => Err(GraphError::bad_request(
            "The body is not the gzip that its Content-Encoding names.",
        )),
    }
}
