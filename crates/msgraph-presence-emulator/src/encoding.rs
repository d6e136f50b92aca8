//! Formats of bodies and queries: JSON objects, written property by property in documented order,
//! percent-encoded queries and forms, base64 and gzip.

use crate::error::{GraphError, missing};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_PAD_INDIFFERENT};
use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, Request, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Serialize;
use std::borrow::Cow;
use std::io::Read;

/// The content type of a JSON response.
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Returns whether a request claims to be JSON, with or without parameters and in any letter case.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    let kind = kind.and_then(|kind| kind.split(|&byte| byte == b';').next());
    kind.is_some_and(|kind| kind.trim_ascii().eq_ignore_ascii_case(JSON.as_bytes()))
}

/// An object that is being written.
pub(crate) struct Object<'a> {
    out: &'a mut Vec<u8>,
    empty: bool,
}

/// Writes one object.
pub(crate) fn json_object(properties: impl FnOnce(&mut Object<'_>)) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    Object::write(&mut out, properties);
    out
}

impl Object<'_> {
    fn write(out: &mut Vec<u8>, properties: impl FnOnce(&mut Object<'_>)) {
        out.push(b'{');
        properties(&mut Object { out, empty: true });
        out.push(b'}');
    }

    /// A property of any kind that serde can write.
    pub(crate) fn property<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        self.name(name);
        self.value(value);
    }

    /// A property whose value is JSON already.
    pub(crate) fn json(&mut self, name: &str, json: &[u8]) {
        self.name(name);
        self.out.extend_from_slice(json);
    }

    /// A property that is an object.
    pub(crate) fn object(&mut self, name: &str, properties: impl FnOnce(&mut Object<'_>)) {
        self.name(name);
        Object::write(self.out, properties);
    }

    /// A property that is an array of objects.
    pub(crate) fn objects<T>(
        &mut self,
        name: &str,
        elements: impl IntoIterator<Item = T>,
        mut properties: impl FnMut(&mut Object<'_>, T),
    ) {
        self.name(name);
        self.out.push(b'[');
        for (n, element) in elements.into_iter().enumerate() {
            if n > 0 {
                self.out.push(b',');
            }
            Object::write(self.out, |object| properties(object, element));
        }
        self.out.push(b']');
    }

    fn name(&mut self, name: &str) {
        if !self.empty {
            self.out.push(b',');
        }
        self.empty = false;
        self.value(name);
        self.out.push(b':');
    }

    /// Writing to a vector does not fail, and neither do the values that are written here.
    fn value<T: Serialize + ?Sized>(&mut self, value: &T) {
        let start = self.out.len();
        if serde_json::to_writer(&mut *self.out, value).is_err() {
            self.out.truncate(start);
            self.out.extend_from_slice(b"null");
        }
    }
}

/// The largest body that is read, in bytes. The largest documented one has a few hundred.
pub(crate) const BODY_LIMIT: usize = 1024 * 1024;

/// All characters except RFC 3986's unreserved ones.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The parameters of a request.
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    pub(crate) fn read(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (form_decoded(name), form_decoded(value))
        });
        Self(pairs.collect())
    }

    /// The first value with this name; an empty one counts as missing.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(found, _)| found == name);
        let value = found.map(|(_, value)| &**value);
        value.filter(|value| !value.is_empty())
    }

    pub(crate) fn required(&self, name: &'static str) -> Result<&str, GraphError> {
        self.get(name).ok_or_else(|| missing(name))
    }

    pub(crate) fn is(&self, name: &str, value: &str) -> bool {
        self.get(name) == Some(value)
    }
}

fn form_decoded(text: &str) -> String {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

/// The parameters as a query or a form.
pub(crate) fn encoded(parameters: &[(&str, &str)]) -> String {
    let pairs = parameters
        .iter()
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, RESERVED)));
    pairs.collect::<Vec<_>>().join("&")
}

/// A query or a form with only the parameters whose decoded name `is_kept`.
pub(crate) fn kept_parameters(parameters: &str, is_kept: impl Fn(&str) -> bool) -> String {
    if parameters.is_empty() {
        return String::new();
    }
    let kept = parameters.split('&').filter(|parameter| {
        let name = parameter.split('=').next().unwrap_or_default();
        is_kept(&percent_decoded(name))
    });
    kept.collect::<Vec<_>>().join("&")
}

/// Decodes `%41` and the like. Bytes that are not UTF-8 become replacement characters.
pub(crate) fn percent_decoded(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

/// Decodes base64 in either alphabet, with or without padding in the one for URLs.
pub(crate) fn base64_decoded(text: &str) -> Option<Vec<u8>> {
    let bytes = STANDARD.decode(text);
    bytes
        .or_else(|_| URL_SAFE_PAD_INDIFFERENT.decode(text))
        .ok()
}

/// Decodes the body of a request. A body that cannot be decoded becomes empty, with an error,
/// because the record could not find a token in it.
pub(crate) fn decompressed(request: Request<Bytes>) -> (Request<Bytes>, Result<(), GraphError>) {
    if !request.headers().contains_key(CONTENT_ENCODING) || request.body().is_empty() {
        return (request, Ok(()));
    }
    let (parts, body) = request.into_parts();
    let (body, result) = match decompress(&parts.headers, &body) {
        Ok(Some(plain)) => (plain.into(), Ok(())),
        Ok(None) => (body, Ok(())),
        Err(error) => (Bytes::new(), Err(error)),
    };
    (Request::from_parts(parts, body), result)
}

/// The decoded body, or `None` when it is not encoded.
fn decompress(headers: &HeaderMap, body: &[u8]) -> Result<Option<Vec<u8>>, GraphError> {
    let encodings = headers.get_all(CONTENT_ENCODING).iter();
    let encodings = encodings.flat_map(|line| line.as_bytes().split(|&byte| byte == b','));
    let encodings: Vec<&[u8]> = encodings.map(<[u8]>::trim_ascii).collect();
    let is = |name: &str| matches!(&*encodings, [one] if one.eq_ignore_ascii_case(name.as_bytes()));
    if is("identity") {
        return Ok(None);
    }
    if !is("gzip") && !is("x-gzip") {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        let message = "The only Content-Encoding that the emulator reads is gzip, applied once.";
        let error = GraphError::new(status, "UnsupportedMediaType", message);
        return Err(error.with(ACCEPT_ENCODING, "gzip".to_owned()));
    }
    let mut plain = Vec::new();
    let limit = BODY_LIMIT as u64 + 1;
    let read = MultiGzDecoder::new(body)
        .take(limit)
        .read_to_end(&mut plain);
    if plain.len() > BODY_LIMIT {
        let message = "The emulator reads bodies of up to 1 MiB, also after decoding.";
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        return Err(GraphError::new(status, "RequestEntityTooLarge", message));
    }
    match read {
        Ok(_) => Ok(Some(plain)),
        Err(_) => Err(GraphError::bad_request(
            "The body is not valid gzip, which its Content-Encoding names.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read_and_written() {
        let form = Form::read("a=1+2&b=%C3%A9%26&c=&&d&a=3");
        assert_eq!(form.get("a"), Some("1 2"));
        assert_eq!(form.get("b"), Some("é&"));
        assert_eq!((form.get("c"), form.get("d")), (None, None));
        let text = encoded(&[("state", "a b&c=d"), ("code", "x-._~")]);
        assert_eq!(text, "state=a%20b%26c%3Dd&code=x-._~");
    }
}
