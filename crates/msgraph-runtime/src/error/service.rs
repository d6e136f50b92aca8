//! The code, message and ids in the body of an error response, in each form that services use.

use super::json::{Json, LOOKED_AT, beginning};
use super::redact::Redactor;
use http::{HeaderMap, header};
use std::borrow::Cow;

/// The code, message and ids that could be read from an error response.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ServiceError {
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) inner_codes: Vec<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) client_request_id: Option<String>,
    pub(crate) date: Option<String>,
    /// The redacted code and message.
    pub(crate) shown_code: Option<String>,
    pub(crate) shown_message: Option<String>,
}

/// The number of nested errors that are read.
const DEPTH: usize = 16;

impl ServiceError {
    /// Reads an error response, and never fails: documented JSON, the forms of OAuth and of older
    /// OData, a page of a gateway, or nothing.
    ///
    /// Only the texts that are found take memory, for any size and form of the body.
    pub(crate) fn read(headers: &HeaderMap, body: &[u8]) -> Self {
        let mut error = Self::default();
        let text = text_of(body);
        match Json::of(&text) {
            Some(json) => error.read_json(json),
            None => error.message = line_of(headers, &text),
        }
        error
    }

    fn read_json(&mut self, json: Json<'_>) {
        let [error, odata_error, description] =
            json.properties(["error", "odata.error", "error_description"]);
        match error.or(odata_error) {
            Some(error) if error.is_object() => self.read_error(error),
            Some(errors) if errors.is_array() => self.read_first(errors),
            // OAuth: `error` is a code, and the message is in `error_description`.
            Some(code) if code.is_string() => {
                self.read_error(json);
                self.code = self.code.take().or_else(|| code.text());
                let text = description.and_then(Json::text);
                self.message = self.message.take().or(text);
            }
            _ if json.is_array() => self.read_first(json),
            _ if json.is_string() => self.message = json.text(),
            _ => self.read_error(json),
        }
    }

    fn read_first(&mut self, errors: Json<'_>) {
        match errors.find(Json::is_object) {
            Some(first) => {
                let [error] = first.properties(["error"]);
                self.read_error(error.filter(|error| error.is_object()).unwrap_or(first));
            }
            None => {
                let first = errors.find(|element| element.text().is_some());
                self.message = first.and_then(Json::text);
            }
        }
    }

    /// Reads an error and those within it.
    fn read_error(&mut self, error: Json<'_>) {
        let mut current = Some(error);
        for depth in 0..DEPTH {
            let Some(error) = current else { break };
            let [code, message, inner, other_inner] =
                error.properties(["code", "message", "innerError", "inner_error"]);
            let code = code.and_then(Json::text);
            match depth {
                0 => (self.code, self.message) = (code, message.and_then(Json::text)),
                _ => self.inner_codes.extend(code),
            }
            self.read_ids(error);
            current = inner.or(other_inner);
        }
    }

    /// Reads the ids that are not known yet.
    fn read_ids(&mut self, error: Json<'_>) {
        let [
            request_id,
            other_request_id,
            client_request_id,
            other_client_request_id,
            date,
        ] = error.properties([
            "request-id",
            "requestId",
            "client-request-id",
            "clientRequestId",
            "date",
        ]);
        let keep = |known: &mut Option<String>, found: Option<Json<'_>>| {
            *known = known.take().or_else(|| found?.text());
        };
        keep(&mut self.request_id, request_id.or(other_request_id));
        let client_request_id = client_request_id.or(other_client_request_id);
        keep(&mut self.client_request_id, client_request_id);
        keep(&mut self.date, date);
    }

    /// Makes the redacted texts, and removes tokens from all others.
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
            text.truncate(beginning(text, KEPT).len());
        }
    }
}

/// The length of a text's beginning that is kept, in bytes: a token that begins in it ends within
/// [`LOOKED_AT`].
const KEPT: usize = LOOKED_AT / 2;

/// The text of a body. Of a body that is not UTF-8 it is the beginning, with U+FFFD for invalid
/// bytes.
fn text_of(body: &[u8]) -> Cow<'_, str> {
    match str::from_utf8(body) {
        Ok(text) => text.into(),
        Err(_) => String::from_utf8_lossy(&body[..body.len().min(LOOKED_AT)]),
    }
}

/// The title of a page, or the first line of a text.
fn line_of(headers: &HeaderMap, text: &str) -> Option<String> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let text = beginning(text, LOOKED_AT);
    if is_html(headers, text.as_bytes()) {
        return title_of(text);
    }
    // Invalid JSON is not a useful message.
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

fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Returns `true` if a body has an `error` object with a code or a message.
pub(crate) fn has_error(body: &[u8]) -> bool {
    let text = text_of(body);
    let Some(json) = Json::of(&text) else {
        return false;
    };
    let [error, odata_error] = json.properties(["error", "odata.error"]);
    let properties = error
        .or(odata_error)
        .map(|error| error.properties(["code", "message"]));
    properties.is_some_and(|properties| properties.iter().any(Option::is_some))
}

/// Returns `true` if a body has a content encoding; the client never asks for one.
pub(crate) fn is_compressed(headers: &HeaderMap) -> bool {
    let is_plain = |coding: &[u8]| coding.is_empty() || coding.eq_ignore_ascii_case(b"identity");
    let codings = headers.get_all(header::CONTENT_ENCODING).iter();
    codings
        .map(|coding| coding.as_bytes().trim_ascii())
        .any(|coding| !is_plain(coding))
}

/// A body without leading byte order marks.
pub(crate) fn without_mark(mut body: &[u8]) -> &[u8] {
    while let Some(rest) = body.strip_prefix(b"\xef\xbb\xbf") {
        body = rest;
    }
    body
}

/// Returns `true` if a response is a web page: of a gateway, a proxy or a captive portal.
pub(crate) fn is_html(headers: &HeaderMap, body: &[u8]) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .map(|kind| kind.as_bytes());
    let is = |kind: &[u8], wanted: &[u8]| {
        let start = kind.get(..wanted.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(wanted))
    };
    let is_page = kind.is_some_and(|kind| is(kind, b"text/html") || is(kind, b"application/xhtml"));
    is_page || without_mark(body).trim_ascii_start().first() == Some(&b'<')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> ServiceError {
        ServiceError::read(&HeaderMap::new(), body.as_bytes())
    }

    /// A body and the texts found in it; an empty text counts as missing.
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
        let body = r#"{"error":{"code":"a","message":"b","innererror":{"request-id":"r"}}}"#;
        check(body, "a", "b", "r", "");
        let body = r#"{"error":{"code":"a","innerError":{"code":"x","innererror":{
            "requestId":"r","Date":"d"}}}}"#;
        check(body, "a", "", "r", "d");
        let body = r#"{"error":{"code":null,"message":null,"innerError":null}}"#;
        check(body, "", "", "", "");
    }

    #[test]
    fn every_other_form_is_read_as_far_as_possible() {
        let odata = r#"{"odata.error":{"code":"a","message":{"lang":"en","value":"b"}}}"#;
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
        let deeper = r#"{"innerError":"#.repeat(200) + "1" + &"}".repeat(200);
        check(
            &format!(r#"{{"error":{{"code":"a","innerError":{deeper}}}}}"#),
            "a",
            "",
            "",
            "",
        );
    }

    /// A token is removed before the text is truncated.
    #[test]
    fn a_truncated_text_has_no_part_of_a_token() {
        let token = "EwBhead.middle".to_owned() + &"x".repeat(4_000);
        let redactor = Redactor::new([token.as_str()], [""; 0]);
        for before in (KEPT - 4_100..KEPT + 100).step_by(100) {
            let message = "é ".repeat(before / 3) + &token + " " + &"é".repeat(1 << 20);
            let mut error = read(&format!(r#"{{"message":"{message}"}}"#));
            error.redact(&redactor);
            let message = error.message.unwrap();
            assert!((KEPT - 4..=KEPT).contains(&message.len()), "{before}");
            assert!(
                !message.contains(['E', 'h', 'm', 'x']),
                "{before}: {message}"
            );
        }
    }

    #[test]
    fn a_byte_order_mark_is_ignored() {
        for mark in ["\u{feff}", "\u{feff}\u{feff}"] {
            let body = r#"{"error":{"code":"Forbidden","innerError":{"request-id":"r"}}}"#;
            check(&format!("{mark}{body}"), "Forbidden", "", "r", "");
            check(
                &format!("{mark}upstream connect error"),
                "",
                "upstream connect error",
                "",
                "",
            );
            check(
                &format!("{mark}<title>Sign in</title>"),
                "",
                "Sign in",
                "",
                "",
            );
            assert!(is_html(&HeaderMap::new(), format!("{mark}<p>").as_bytes()));
        }
    }

    /// An invalid part of an error response does not hide the others.
    #[test]
    fn an_invalid_part_does_not_hide_the_others() {
        let long = "[".repeat(1_000) + &"]".repeat(1_000);
        let odd = [
            "1e400",
            r#""\ud83d""#,
            r#"{"$serde_json::private::Number":"oops"}"#,
            r#"{"\ud83d":{"a":1,"a":2}}"#,
            &long,
        ];
        for odd in odd {
            let body = format!(
                r#"{{"odd":{odd},"error":{{"details":{odd},"code":"a","message":"b",
                "\ud83d":{odd},"innerError":{{"x":{odd},"request-id":"r","date":{odd}}}}}}}"#
            );
            let error = read(&body);
            assert_eq!(error.code.as_deref(), Some("a"), "{odd}");
            assert_eq!(error.message.as_deref(), Some("b"), "{odd}");
            assert_eq!(error.request_id.as_deref(), Some("r"), "{odd}");
        }
        check(
            r#"{"error":{"code":1e400,"message":"b\ud83d"}}"#,
            "1e400",
            "b\u{fffd}",
            "",
            "",
        );
        check(
            r#"{"\u0065rror":{"code":"a","code":null}}"#,
            "a",
            "",
            "",
            "",
        );
        let latin = b"{\"error\":{\"code\":\"a\",\"message\":\"caf\xe9\"}}";
        let error = ServiceError::read(&HeaderMap::new(), latin);
        assert_eq!(error.code.as_deref(), Some("a"));
        assert_eq!(error.message.as_deref(), Some("caf\u{fffd}"));
    }
}
