//! The path of a request: segments that are encoded one by one.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::IgnoredAny;
use std::fmt::{self, Write};
use std::iter;

/// All characters except the unreserved ones of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// All characters that must be encoded in a segment.
const FIXED: &AsciiSet = &RESERVED
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// A path below the base URL, built segment by segment.
pub(crate) struct Path {
    text: String,
    segments: usize,
    parameters: usize,
    refused: Option<Refused>,
}

/// The capacity for the URL of a user's presence, so that the string never has to grow.
const ROOM: usize = 160;

impl Clone for Path {
    fn clone(&self) -> Self {
        let mut text = String::with_capacity(self.text.len().max(ROOM));
        text.push_str(&self.text);
        Self { text, ..*self }
    }
}

/// A parameter that cannot be a segment of a path.
#[derive(Clone, Copy)]
pub(crate) struct Refused {
    /// The number of the parameter in the path, from zero.
    pub(crate) parameter: usize,
    /// The kind of value.
    pub(crate) what: &'static str,
}

impl Path {
    /// The path of the base URL, without further segments.
    pub(crate) fn new(base: &str) -> Self {
        let mut text = String::with_capacity(ROOM);
        text.push_str(base.trim_end_matches('/'));
        Self {
            text,
            segments: 0,
            parameters: 0,
            refused: None,
        }
    }

    /// The base URL and the path, percent-encoded.
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// The first parameter that cannot be a segment.
    pub(crate) fn refused(&self) -> Option<Refused> {
        self.refused
    }

    /// Adds a fixed segment of an operation's path.
    pub(crate) fn push_fixed(&mut self, segment: &'static str) {
        self.text.push('/');
        self.push_literal(segment);
        self.segments += 1;
    }

    fn push_literal(&mut self, text: &'static str) {
        push_literal(&mut self.text, text);
    }

    /// Adds the segments of a template after those that the path already has.
    pub(crate) fn push_rest(&mut self, template: &'static str) {
        for segment in template.split('/').skip(1 + self.segments) {
            if segment.contains('{') {
                self.push_filled(segment, &[]);
            } else {
                self.push_fixed(segment);
            }
        }
    }

    /// Adds a segment with parameters within it, such as `f(name='{name}',top={top})`.
    pub(crate) fn push_filled(&mut self, template: &'static str, values: &[&dyn fmt::Display]) {
        let start = self.text.len() + 1;
        self.text.push('/');
        let mut parts = template.split('{');
        let mut before = parts.next().unwrap_or_default();
        self.push_literal(before);
        let values = values.iter().copied().chain(iter::repeat(&"" as _));
        for (part, value) in parts.zip(values) {
            let (_, after) = part.split_once('}').unwrap_or((part, ""));
            if let Err(what) = self.push_value(value, before) {
                self.refuse(what);
            }
            self.push_literal(after);
            self.parameters += 1;
            before = after;
        }
        if matches!(&self.text[start..], "" | "." | "..") {
            self.refuse("empty, a dot or two dots");
        }
        self.segments += 1;
    }

    /// Adds the value of a parameter within a segment. Between quotes it is an OData string, in
    /// which quotes are doubled; elsewhere it must not contain delimiters.
    fn push_value(&mut self, value: &dyn fmt::Display, before: &str) -> Result<(), &'static str> {
        let mut text = String::new();
        write!(text, "{value}").map_err(|_| NO_TEXT)?;
        if before.ends_with('\'') {
            text = text.replace('\'', "''");
        } else if text.is_empty() {
            return Err("empty");
        } else if text.contains(['\'', '"', '(', ')', ',', '=']) && !is_json(&text) {
            return Err("a text with a quote, a comma, an equals sign or a parenthesis");
        }
        Encoder(&mut self.text)
            .write_str(&text)
            .map_err(|_| NO_TEXT)
    }

    /// Adds a parameter as one segment, or notes that it cannot be one.
    pub(crate) fn push_parameter(&mut self, value: &dyn fmt::Display) {
        let start = self.text.len() + 1;
        self.text.push('/');
        // Fails only if the `Display` implementation fails.
        let displayed = write!(Encoder(&mut self.text), "{value}");
        // An empty segment shifts the path, and URL parsers remove `.` and `..` in any spelling.
        // A value of `%2e` is encoded as `%252e`, which they keep.
        let what = match &self.text[start..] {
            "" => Some("empty"),
            "." => Some("a single dot"),
            ".." => Some("two dots"),
            _ if displayed.is_err() => Some(NO_TEXT),
            _ => None,
        };
        if let Some(what) = what {
            self.refuse(what);
        }
        self.segments += 1;
        self.parameters += 1;
    }

    /// Records that the current parameter is not allowed, unless an earlier one already is not.
    fn refuse(&mut self, what: &'static str) {
        let parameter = self.parameters;
        self.refused.get_or_insert(Refused { parameter, what });
    }
}

const NO_TEXT: &str = "a value that cannot be displayed";

/// Returns `true` if a text is one JSON value, as lists and objects are in OData.
fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// Appends a fixed text of an operation, percent-encoded.
pub(crate) fn push_literal(to: &mut String, text: &'static str) {
    push_encoded(to, text, FIXED);
}

fn push_encoded(to: &mut String, text: &str, reserved: &'static AsciiSet) {
    // Most texts are names and ids; without an early end the compiler vectorizes the loop.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() | (byte == b'-');
    if text.bytes().fold(true, |all, byte| all & is_plain(byte)) {
        to.push_str(text)
    } else {
        to.extend(utf8_percent_encode(text, reserved))
    }
}

/// Appends texts to a string, percent-encoded.
pub(crate) struct Encoder<'a>(pub(crate) &'a mut String);

impl Write for Encoder<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        push_encoded(self.0, text, RESERVED);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_an_operation_is_added() {
        let cases = [
            ("/users/{id}/presence", "/users/42/presence", None),
            ("/users/{id}/presence/set", "/users/42/presence/set", None),
            ("/users/{id}/presence/a/$b", "/users/42/presence/a/$b", None),
            ("/users/{id}", "/users/42/presence", None),
            ("/users/{id}/presence/{day}", "/users/42/presence/", Some(1)),
        ];
        for (template, expected, refused) in cases {
            let mut path = Path::new("");
            path.push_fixed("users");
            path.push_parameter(&"42");
            path.push_fixed("presence");
            path.push_rest(template);
            let number = path.refused().map(|refused| refused.parameter);
            assert_eq!(number, refused, "{template}");
            assert_eq!(path.into_text(), expected);
        }
    }
}
