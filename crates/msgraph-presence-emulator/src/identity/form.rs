//! Forms and queries: names and values, percent-encoded, and what the record keeps of them.

use super::error::missing;
use crate::response::GraphError;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Everything but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The parameters that are recorded: the others are secrets, name a user, or are unknown.
const KEPT: [&str; 13] = [
    "claims",
    "client_id",
    "client_info",
    "code_challenge_method",
    "domain_hint",
    "grant_type",
    "mkt",
    "prompt",
    "redirect_uri",
    "response_mode",
    "response_type",
    "scope",
    "tenant",
];

/// The parameters of a request.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    pub(super) fn read(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        });
        Self(pairs.collect())
    }

    /// The first value of that name; an empty one is missing.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(found, _)| found == name);
        let value = found.map(|(_, value)| &**value);
        value.filter(|value| !value.is_empty())
    }

    pub(super) fn required(&self, name: &'static str) -> Result<&str, GraphError> {
        self.get(name).ok_or_else(|| missing(name))
    }

    pub(super) fn is(&self, name: &str, value: &str) -> bool {
        self.get(name) == Some(value)
    }
}

fn decoded(text: &str) -> String {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

/// The parameters as a query or a form.
pub(super) fn encoded(parameters: &[(&str, &str)]) -> String {
    let pairs = parameters
        .iter()
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, RESERVED)));
    pairs.collect::<Vec<_>>().join("&")
}

/// The parameters of a form that the record keeps.
pub(super) fn kept(form: &str) -> String {
    let kept = form.split('&').filter(|pair| {
        let name = decoded(pair.split('=').next().unwrap_or_default());
        KEPT.contains(&&*name)
    });
    kept.collect::<Vec<_>>().join("&")
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

    #[test]
    fn the_record_keeps_what_is_known_to_be_harmless() {
        let form = "grant_type=refresh_token&refresh%5Ftoken=s3cret&s3cret&x=s3cret&scope=a+b";
        assert_eq!(kept(form), "grant_type=refresh_token&scope=a+b");
    }
}
