//! What the service says about a failure, in whichever form it says it.

use super::redact::Redactor;
use http::{HeaderMap, header};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The best that an answer without success holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ServiceError {
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) inner_codes: Vec<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) client_request_id: Option<String>,
    pub(crate) date: Option<String>,
    /// The code and the message as they may be shown.
    pub(crate) shown_code: Option<String>,
    pub(crate) shown_message: Option<String>,
}

/// How many errors within errors are looked at.
const DEPTH: usize = 16;

impl ServiceError {
    /// Reads what it can, and never fails: documented JSON, the shape of OAuth, the older
    /// ones of OData, a page of a gateway, or nothing at all.
    pub(crate) fn read(headers: &HeaderMap, body: &[u8]) -> Self {
        let mut error = Self::default();
        match serde_json::from_slice::<Value>(without_mark(body)) {
            Ok(json) => error.read_json(&json),
            Err(_) => error.message = text_of(headers, body),
        }
        error
    }

    fn read_json(&mut self, json: &Value) {
        match json {
            Value::Object(members) => {
                let error = member(members, &["error", "odata.error"]);
                match error {
                    Some(Value::Object(error)) => self.read_error(error),
                    Some(Value::Array(errors)) => self.read_first(errors),
                    // OAuth's shape: the error is a code, the text stands beside it.
                    Some(Value::String(code)) => {
                        self.read_error(members);
                        self.code = self.code.take().or_else(|| filled(code));
                        let text = member(members, &["error_description"]);
                        let text = text.and_then(text_in);
                        self.message = self.message.take().or(text);
                    }
                    _ => self.read_error(members),
                }
            }
            Value::Array(errors) => self.read_first(errors),
            Value::String(text) => self.message = filled(text),
            _ => {}
        }
    }

    fn read_first(&mut self, errors: &[Value]) {
        let first = errors.iter().find_map(Value::as_object);
        match first {
            Some(error) => match member(error, &["error"]) {
                Some(Value::Object(error)) => self.read_error(error),
                _ => self.read_error(error),
            },
            None => self.message = errors.iter().find_map(text_in),
        }
    }

    /// Reads an error and those within it.
    fn read_error(&mut self, error: &Map<String, Value>) {
        let text = |names: &[&str]| member(error, names).and_then(text_in);
        self.code = text(&["code"]);
        self.message = text(&["message"]);
        let mut current = Some(error);
        for depth in 0..DEPTH {
            let Some(error) = current else { break };
            self.read_ids(error);
            if depth > 0 {
                self.inner_codes
                    .extend(member(error, &["code"]).and_then(text_in));
            }
            let inner = member(error, &["innerError", "inner_error"]);
            current = inner.and_then(Value::as_object);
        }
    }

    /// Takes the ids that are not known yet.
    fn read_ids(&mut self, error: &Map<String, Value>) {
        let text = |names: &[&str]| member(error, names).and_then(text_in);
        let keep = |known: &mut Option<String>, names: &[&str]| {
            if known.is_none() {
                *known = text(names);
            }
        };
        keep(&mut self.request_id, &["request-id", "requestId"]);
        keep(
            &mut self.client_request_id,
            &["client-request-id", "clientRequestId"],
        );
        keep(&mut self.date, &["date"]);
    }

    /// Makes what may be shown, and removes tokens from everything else.
    pub(crate) fn redact(&mut self, redactor: &Redactor) {
        let code = self.code.as_deref().map(|code| redactor.code(code));
        self.shown_code = code.filter(|code| !code.is_empty());
        self.shown_message = self.message.as_deref().map(|text| redactor.message(text));
        let texts = [
            &mut self.code,
            &mut self.message,
            &mut self.request_id,
            &mut self.client_request_id,
            &mut self.date,
        ];
        for text in texts.into_iter().flatten().chain(&mut self.inner_codes) {
            if let Cow::Owned(without_token) = redactor.without_token(text) {
                *text = without_token;
            }
        }
    }
}

/// The first of these members that is there, by name without letter case.
fn member<'j>(members: &'j Map<String, Value>, names: &[&str]) -> Option<&'j Value> {
    let named = |name: &&str| {
        let mut members = members.iter();
        let found = members.find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value)
    };
    names
        .iter()
        .find_map(named)
        .filter(|value| !value.is_null())
}

/// A text, a number, or the text in OData's `{"lang":…,"value":…}`.
fn text_in(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => filled(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(members) => match members.get("value") {
            Some(Value::String(text)) => filled(text),
            _ => None,
        },
        _ => None,
    }
}

fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The title of a page, or the first line of a text.
fn text_of(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim();
    if is_html(headers, body) {
        return title_of(text);
    }
    // What was meant to be JSON and is not says nothing to a reader.
    let is_json = text.starts_with(['{', '[', '"']);
    let first = text.lines().next().filter(|_| !is_json)?;
    let is_text = first.chars().all(|c| c != '\u{fffd}' && !c.is_control());
    is_text.then(|| filled(first))?
}

fn title_of(page: &str) -> Option<String> {
    let lower = page.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower[start..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    filled(&page[start..end])
}

/// Whether a body is an error, and not a value that has a member of that name.
pub(crate) fn has_error(body: &[u8]) -> bool {
    let Ok(Value::Object(members)) = serde_json::from_slice(without_mark(body)) else {
        return false;
    };
    let error = member(&members, &["error", "odata.error"]);
    let error = error.and_then(Value::as_object);
    error.is_some_and(|error| member(error, &["code", "message"]).is_some())
}

/// Whether a body is in an encoding, of which none is asked for.
pub(crate) fn is_compressed(headers: &HeaderMap) -> bool {
    let is_plain =
        |coding: &[u8]| coding.is_empty() || coding.eq_ignore_ascii_case(b"identity");
    let codings = headers.get_all(header::CONTENT_ENCODING).iter();
    codings
        .map(|coding| coding.as_bytes().trim_ascii())
        .any(|coding| !is_plain(coding))
}

/// A body without the byte order mark that some gateways put before it.
fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// Whether an answer is a page for people: a gateway's, a proxy's or a captive portal's.
pub(crate) fn is_html(headers: &HeaderMap, body: &[u8]) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .map(|kind| kind.as_bytes());
    let is = |kind: &[u8], wanted: &[u8]| {
        let start = kind.get(..wanted.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(wanted))
    };
    let is_page = kind
        .is_some_and(|kind| is(kind, b"text/html") || is(kind, b"application/xhtml"));
    is_page || without_mark(body).trim_ascii_start().first() == Some(&b'<')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> ServiceError {
        ServiceError::read(&HeaderMap::new(), body.as_bytes())
    }

    /// A body, and what is found in it; an empty text stands for nothing.
    #[track_caller]
    fn check(body: &str, code: &str, message: &str, request_id: &str, date: &str) {
        let error = read(body);
        let found = [error.code, error.message, error.request_id, error.date];
        let expected = [code, message, request_id, date]
            .map(|text| (!text.is_empty()).then(|| text.to_owned()));
        assert_eq!(found, expected, "{body}");
    }

    #[test]
    fn the_documented_form() {
        let body = r#"{"error":{"code":"Forbidden","message":"No.","innerError":{
            "date":"2020-08-18T12:51:51","request-id":"r","client-request-id":"c"}}}"#;
        check(body, "Forbidden", "No.", "r", "2020-08-18T12:51:51");
        let body =
            r#"{"error":{"code":"a","message":"b","innererror":{"request-id":"r"}}}"#;
        check(body, "a", "b", "r", "");
        let body = r#"{"error":{"code":"a","innerError":{"code":"x","innererror":{
            "requestId":"r","Date":"d"}}}}"#;
        check(body, "a", "", "r", "d");
        let body = r#"{"error":{"code":null,"message":null,"innerError":null}}"#;
        check(body, "", "", "", "");
    }

    #[test]
    fn every_other_form_gives_the_best_that_is_there() {
        let odata =
            r#"{"odata.error":{"code":"a","message":{"lang":"en","value":"b"}}}"#;
        let oauth = r#"{"error":"invalid_grant","error_description":"expired"}"#;
        let page = "<html><head><TITLE lang=x>502 Bad Gateway</TITLE></head></html>";
        let cases = [
            (r#"{"Error":{"Code":"a","Message":"b"}}"#, "a", "b"),
            (r#"{"error":{"code":"a","message":""}}"#, "a", ""),
            (r#"{"error":{"code":429,"message":"b"}}"#, "429", "b"),
            (oauth, "invalid_grant", "expired"),
            (r#"{"error":"Something failed"}"#, "Something failed", ""),
            (r#"{"error":[{"code":"a","message":"b"}]}"#, "a", "b"),
            (r#"[{"error":{"code":"a","message":"b"}}]"#, "a", "b"),
            (r#"["oops"]"#, "", "oops"),
            (r#"{"code":"a","message":"b"}"#, "a", "b"),
            (r#"{"Message":"b"}"#, "", "b"),
            (odata, "a", "b"),
            (r#""oops""#, "", "oops"),
            ("null", "", ""),
            ("{}", "", ""),
            ("", "", ""),
            ("{\"error\":{\"code\":\"a", "", ""),
            ("upstream connect error", "", "upstream connect error"),
            (page, "", "502 Bad Gateway"),
            ("<!doctype html><p>Sign in", "", ""),
            ("\u{0}\u{1}binary", "", ""),
        ];
        for (body, code, message) in cases {
            check(body, code, message, "", "");
        }
    }

    #[test]
    fn inner_codes_come_from_the_outermost_to_the_most_particular() {
        let body = r#"{"error":{"code":"a","innerError":{"code":"b","innererror":{"code":"c"}}}}"#;
        assert_eq!(read(body).inner_codes, ["b", "c"]);
    }

    #[test]
    fn errors_within_errors_end_somewhere() {
        let deep = format!("{}1{}", r#"{"innerError":"#.repeat(100), "}".repeat(100));
        assert_eq!(read(&deep), ServiceError::default());
        let deeper = "[".repeat(100_000);
        assert_eq!(read(&deeper), ServiceError::default());
    }
}
