//! Lints of our own description: every item has a description, in short lines.

use super::extensions::{Combinations, MsEnumValue};
use super::reader::{Reader, Text};
use crate::diagnostics::{Code, Span, Spanned};
use std::collections::HashSet;

/// The longest line of a description.
const MAX_LINE: usize = 81;

/// Reports a missing or empty description, and a long line.
pub fn described(reader: &Reader<'_, '_>, text: Option<Text<'_>>, span: Span, what: &str) {
    if reader.is_strict() && text.is_none_or(|text| text.value.trim().is_empty()) {
        let message = format!("{what} has no description");
        let help = "add `description: …`; it becomes the documentation of the Rust code";
        reader.error(Code::Undescribed, span, message, help);
    }
    short_lines(reader, text);
}

fn short_lines(reader: &Reader<'_, '_>, description: Option<Text<'_>>) {
    let Some(text) = description.filter(|_| reader.is_strict()) else {
        return;
    };
    let mut counts = text.value.lines().map(|line| line.chars().count());
    if let Some(count) = counts.find(|count| *count > MAX_LINE) {
        let message = format!("a line of this description has {count} characters");
        let help = format!("write `|-` and lines of at most {MAX_LINE} characters");
        reader.error(Code::LongLine, text.span, message, help);
    }
}

/// Reports values of an enumeration without a description, and long lines of descriptions.
pub fn values(reader: &Reader<'_, '_>, values: &[Text<'_>], described: &[MsEnumValue<'_>]) {
    if !reader.is_strict() {
        return;
    }
    for value in described {
        short_lines(reader, value.description);
    }
    let described = described.iter().filter(|one| one.description.is_some());
    let described: HashSet<_> = described.map(|one| one.value.value).collect();
    let is_missing = |value: &&Text<'_>| !described.contains(value.value);
    for Spanned { value, span } in values.iter().filter(is_missing) {
        let message = format!("the value `{value}` is not described");
        let entry = format!("- {{value: {value}, description: …}}");
        let help = format!("add `{entry}` to the `values` of `x-ms-enum`");
        reader.error(Code::Undescribed, *span, message, help);
    }
}

/// Reports combinations without a description.
pub fn combinations(reader: &Reader<'_, '_>, all: &Combinations<'_>) {
    described(reader, all.description, all.span, "these combinations");
    for one in &all.values {
        described(reader, one.description, one.name.span, "this combination");
    }
}
