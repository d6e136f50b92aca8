//! The record of the requests that were received, without their secrets.

use crate::encoding::{base64_decoded, kept_parameters};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, COOKIE, HeaderName, PROXY_AUTHORIZATION};
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
/// Secrets are left out: tokens, codes, passwords, secrets, assertions and cookies, by the name of
/// a header, of a parameter in the query or a form, or of a JSON property, also in the parts of a
/// batch. A body that contains such a name, and is neither JSON nor a form, is empty.
#[derive(Clone)]
#[non_exhaustive]
pub struct ReceivedRequest {
    /// The number of the request, counted from 1 since the start or the last reset. A part of a
    /// batch has the number of its batch, and is recorded before it.
    pub number: u64,

    /// The id of a part of a batch; `None` for a request outside of a batch.
    pub part: Option<String>,

    /// The time at which the request was received, on the emulator's clock.
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

    /// The code of the operation's error, such as `Forbidden`; `None` when the operation succeeded,
    /// and when a fault replaced it.
    pub code: Option<String>,

    /// The reason for the error, such as `The token has Presence.Read; …`: the message of the
    /// error, or more where the service's message is not specific.
    pub reason: Option<String>,

    /// The fault that applied, such as `status 503, Retry-After: 2`.
    pub fault: Option<String>,

    /// The parts of the request that are not in the documentation, and that the service ignores
    /// silently, such as `unknown properties: expirationDutaion`. Several are separated by `; `.
    pub warning: Option<String>,
}

impl ReceivedRequest {
    /// The request without its secrets, before it has a response.
    pub(crate) fn new(request: Request<Bytes>, at: Timestamp) -> Self {
        let (mut parts, body) = request.into_parts();
        drop_headers(&mut parts.headers);
        Self {
            number: 0,
            part: None,
            at,
            method: parts.method.as_str().to_owned(),
            path: parts.uri.path().to_owned(),
            query: without_secrets(parts.uri.query().unwrap_or_default()),
            headers: parts.headers,
            body: body_without_secrets(body),
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

/// The headers that are dropped.
const HEADERS: [HeaderName; 5] = [
    AUTHORIZATION,
    COOKIE,
    PROXY_AUTHORIZATION,
    HeaderName::from_static("x-api-key"),
    HeaderName::from_static("access_token"),
];

/// The parameters and the properties of JSON that are dropped: only their letters, in lower case.
const NAMES: [&str; 15] = [
    "accesstoken",
    "apikey",
    "assertion",
    "authorization",
    "clientassertion",
    "clientsecret",
    "code",
    "codeverifier",
    "cookie",
    "devicecode",
    "idtoken",
    "password",
    "proxyauthorization",
    "refreshtoken",
    "xapikey",
];

/// Drops the headers with secrets.
fn drop_headers(headers: &mut HeaderMap) {
    // Most requests have one of them, and looking up each takes longer than looking at all.
    let found = headers.keys().filter(|name| HEADERS.contains(name));
    for name in found.cloned().collect::<Vec<_>>() {
        headers.remove(name);
    }
}

/// A query or a form without secrets.
fn without_secrets(parameters: &str) -> String {
    kept_parameters(parameters, |name| !is_secret(name))
}

/// A body without secrets: JSON loses the properties, at any depth and within the parts of a batch,
/// a form the parameters. Any other body that contains the name of a secret becomes empty.
fn body_without_secrets(body: Bytes) -> Bytes {
    match cleaned(&body, drop_from_parts) {
        Some(cleaned) => cleaned.into(),
        None => body,
    }
}

/// The body without secrets, or `None` when it does not change.
fn cleaned(body: &[u8], drop_within: fn(&str, &mut String) -> bool) -> Option<Vec<u8>> {
    if body.is_empty() {
        return None;
    }
    let text = String::from_utf8_lossy(body);
    if let Ok(mut json) = serde_json::from_str::<Value>(&text) {
        let dropped = drop_properties(&mut json, drop_within);
        // Of two properties with the same name the value has only the second.
        return (dropped || names_a_secret(&text)).then(|| json.to_string().into());
    }
    if is_form(&text) {
        let kept = without_secrets(&text);
        return (kept.len() < text.len()).then(|| kept.into());
    }
    names_a_secret(&text).then(Vec::new)
}

/// Returns whether a text can be a form: one line, without the characters of JSON, XML and quotes.
fn is_form(text: &str) -> bool {
    !text.contains(|c: char| c.is_control() || "\"<{\u{feff}".contains(c))
}

/// Drops properties at any depth. Returns whether something was dropped.
fn drop_properties(json: &mut Value, drop_within: fn(&str, &mut String) -> bool) -> bool {
    match json {
        Value::Array(elements) => elements.iter_mut().fold(false, |dropped, element| {
            drop_properties(element, drop_within) | dropped
        }),
        Value::Object(properties) => {
            let count = properties.len();
            properties.retain(|name, _| !is_secret(name));
            let dropped = properties.len() < count;
            properties
                .iter_mut()
                .fold(dropped, |dropped, (name, value)| {
                    let within = match value {
                        Value::String(text) => drop_within(name, text),
                        value => drop_properties(value, drop_within),
                    };
                    within | dropped
                })
        }
        _ => false,
    }
}

/// Drops secrets within the strings of a part of a batch: its url, and a body that is not JSON.
fn drop_from_parts(name: &str, text: &mut String) -> bool {
    let cleaned = match name {
        "url" => text.split_once('?').and_then(|(path, query)| {
            let kept = without_secrets(query);
            (kept.len() < query.len()).then(|| format!("{path}?{kept}"))
        }),
        "body" => cleaned_part(text),
        _ => None,
    };
    cleaned.map(|cleaned| *text = cleaned).is_some()
}

/// The body of a part without secrets, which is text or base64; `None` when it does not change.
fn cleaned_part(text: &str) -> Option<String> {
    // A part has no parts of its own.
    let clean = |body: &[u8]| cleaned(body, |_, _| false);
    if let Some(cleaned) = clean(text.as_bytes()) {
        return Some(String::from_utf8_lossy(&cleaned).into_owned());
    }
    Some(STANDARD.encode(clean(&base64_decoded(text)?)?))
}

fn is_secret(name: &str) -> bool {
    let letters = name.bytes().filter(u8::is_ascii_alphanumeric);
    let letters = letters.map(|letter| letter.to_ascii_lowercase());
    NAMES.iter().any(|name| letters.clone().eq(name.bytes()))
}

/// Returns whether a text contains the name of a secret, or an escape, which may hide one.
fn names_a_secret(text: &str) -> bool {
    let letters = text.chars().filter(char::is_ascii_alphanumeric);
    let letters: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
    text.contains("\\u")
        || NAMES.iter().any(|name| match *name {
            // A part of other words.
            "code" => words.any(|word| word.eq_ignore_ascii_case("code")),
            name => letters.contains(name),
        })
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

    fn kept(body: &str) -> String {
        String::from_utf8(body_without_secrets(Bytes::copy_from_slice(body.as_bytes())).to_vec())
            .unwrap()
    }

    #[test]
    fn a_form_keeps_everything_else() {
        let cases = [
            ("a=1&access_token=x&b=2", "a=1&b=2"),
            (
                "refresh_token=x&grant_type=refresh_token",
                "grant_type=refresh_token",
            ),
            ("client_secret=x&client_id=y", "client_id=y"),
            (
                "grant_type=authorization_code&code=x",
                "grant_type=authorization_code",
            ),
            ("code=x&state=y", "state=y"),
            ("c%6Fde=x&+code+=y&CODE=z&encoded=1", "encoded=1"),
            ("client_assertion=x&scope=y&code_verifier=z", "scope=y"),
            ("username=x&password=y", "username=x"),
            ("code", ""),
            ("a=1&&b", "a=1&&b"),
            ("", ""),
        ];
        for (body, expected) in cases {
            assert_eq!(kept(body), expected, "{body}");
        }
    }

    #[test]
    fn json_loses_properties_at_any_depth_and_is_otherwise_as_it_was_sent() {
        let cases = [
            (
                r#"{ "b": 1.50, "a": "encode" }"#,
                r#"{ "b": 1.50, "a": "encode" }"#,
            ),
            (
                r#"{"refresh_token":"x","accessToken":"y","b":[{"Code":1},2]}"#,
                r#"{"b":[{},2]}"#,
            ),
            (r#"{"\u0061uthorization":"x"}"#, "{}"),
            (
                r#"{"a":{"Cookie":"x"},"a":{"Proxy-Authorization":"y"}}"#,
                r#"{"a":{}}"#,
            ),
            (r#"{"a":{"Cookie":"x"},"a":1}"#, r#"{"a":1}"#),
            (r#"{"a":{"code":"x"},"a":1}"#, r#"{"a":1}"#),
            (r#"{"a":{"\u0061ssertion":"x"},"a":1}"#, r#"{"a":1}"#),
            (r#"{"code":"x""#, ""),
            (r#"{"\u0063ode":"x""#, ""),
            (r#"{"authorization":"x""#, ""),
            (r#"{"a":1e400,"access_token":"x"}"#, ""),
            ("\u{feff}{\"access_token\":\"x\"}", ""),
            (r#"{"a":1e400}"#, r#"{"a":1e400}"#),
            ("<password>x</password>", ""),
            ("a=1&password=\"x\"", ""),
            ("--b\r\nname=\"access_token\"\r\n\r\nx\r\n--b--", ""),
        ];
        for (body, expected) in cases {
            assert_eq!(kept(body), expected, "{body}");
        }
        let binary = Bytes::from_static(b"\xff\x00&a");
        assert_eq!(body_without_secrets(binary.clone()), binary);
    }

    #[test]
    fn a_batch_loses_what_is_in_its_parts() {
        let part = |url: &str, body: &str| {
            format!(r#"{{"requests":[{{"body":"{body}","headers":{{}},"url":"{url}"}}]}}"#)
        };
        let form = STANDARD.encode("client_secret=x&a=1");
        let deep = STANDARD.encode(r#"{"a":[{"id_token":"x"}]}"#);
        let cases = [
            ("/me?access_token=x&$select=id", "", "/me?$select=id", ""),
            ("/me?code=x", "code=x&a=1", "/me?", "a=1"),
            ("/me", &*form, "/me", &*STANDARD.encode("a=1")),
            ("/me", &*deep, "/me", &*STANDARD.encode(r#"{"a":[{}]}"#)),
            ("/me?$select=id", "aGVsbG8=", "/me?$select=id", "aGVsbG8="),
        ];
        for (url, body, kept_url, kept_body) in cases {
            assert_eq!(kept(&part(url, body)), part(kept_url, kept_body));
        }
    }
}
