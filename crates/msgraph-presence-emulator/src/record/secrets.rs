//! The names of secrets, and their removal from recorded headers, queries and bodies.

use crate::encoding::{base64_decoded, kept_parameters};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE, HeaderName, PROXY_AUTHORIZATION};
use serde_json::Value;

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

/// Drops headers.
pub(super) fn drop_headers(headers: &mut HeaderMap) {
    // Most requests have one of them, and looking up each takes longer than looking at all.
    let found = headers.keys().filter(|name| HEADERS.contains(name));
    for name in found.cloned().collect::<Vec<_>>() {
        headers.remove(name);
    }
}

/// A query, or a body as a form sends it, without what signs a caller in.
pub(super) fn without_secrets(parameters: &str) -> String {
    kept_parameters(parameters, |name| !is_secret(name))
}

/// A body without what signs a caller in: JSON without these properties, at any depth and within
/// the parts of a batch; parameters without these. Any other body that names one is empty.
pub(super) fn kept_body(body: Bytes) -> Bytes {
    match cleaned(&body, drop_from_parts) {
        Some(cleaned) => cleaned.into(),
        None => body,
    }
}

/// A body that has changed, or `None` when it stays as it is.
fn cleaned(body: &[u8], drop_within: fn(&str, &mut String) -> bool) -> Option<Vec<u8>> {
    if body.is_empty() {
        return None;
    }
    let text = String::from_utf8_lossy(body);
    if let Ok(mut json) = serde_json::from_str::<Value>(&text) {
        let dropped = drop_properties(&mut json, drop_within);
        // The value has only the second of two properties with the same name.
        return (dropped || names_a_secret(&text)).then(|| json.to_string().into());
    }
    if is_form(&text) {
        let kept = without_secrets(&text);
        return (kept.len() < text.len()).then(|| kept.into());
    }
    names_a_secret(&text).then(Vec::new)
}

/// Returns whether a text can be what a form sends: it is one line, and no JSON, XML or quotation.
fn is_form(text: &str) -> bool {
    !text.contains(|c: char| c.is_control() || "\"<{\u{feff}".contains(c))
}

/// Drops properties at any depth. `true` when something was dropped.
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

/// The text of the body of a part, as it is or in base64.
fn cleaned_part(text: &str) -> Option<String> {
    // A part is no batch: it has no parts of its own.
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

/// Returns whether a text has a name in it anywhere; `code` is a part of other words.
fn names_a_secret(text: &str) -> bool {
    let letters = text.chars().filter(char::is_ascii_alphanumeric);
    let letters: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    let names = NAMES.iter().filter(|name| **name != "code");
    names.into_iter().any(|name| letters.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(body: &str) -> String {
        String::from_utf8(kept_body(Bytes::copy_from_slice(body.as_bytes())).to_vec()).unwrap()
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
        assert_eq!(kept_body(binary.clone()), binary);
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
