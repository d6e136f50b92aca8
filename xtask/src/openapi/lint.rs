//! Lints for our own description: everything is described in short lines, and every component is
//! used.

use super::document::{Components, Section};
use super::reader::{Reader, Spanned};
use super::schema::Schema;
use crate::diagnostics::{Code, Span};
use std::collections::HashSet;

/// The longest line of a description: indented by four and behind `/// ` it fits 89 columns.
const MAX_LINE: usize = 81;

/// Reports a missing, empty or wide description.
pub fn described(
    reader: &Reader<'_>,
    description: Option<Spanned<&str>>,
    span: Span,
    what: &str,
) {
    if reader.is_strict() && description.is_none_or(|text| text.value.trim().is_empty())
    {
        let message = format!("{what} has no description");
        let help = "add `description: …`; it becomes the documentation of the Rust code";
        reader.error(Code::Undescribed, span, message, help);
    }
    short_lines(reader, description);
}

/// Reports an operation without a summary, and wide lines of its texts.
pub fn operation(
    reader: &Reader<'_>,
    summary: Option<Spanned<&str>>,
    description: Option<Spanned<&str>>,
    span: Span,
) {
    if summary.is_some() {
        described(reader, summary, span, "this operation");
    } else if reader.is_strict() {
        let help = "add `summary: …`, one sentence that says what it does";
        reader.error(
            Code::Undescribed,
            span,
            "this operation has no summary",
            help,
        );
    }
    if description.is_some() {
        described(reader, description, span, "this operation");
    }
}

/// Reports values of an enumeration, and combinations, that are not described.
pub fn values(reader: &Reader<'_>, schema: &Schema<'_>) {
    if !reader.is_strict() {
        return;
    }
    let described_values = schema
        .ms_enum
        .iter()
        .filter(|value| value.description.is_some());
    let described_values: HashSet<_> =
        described_values.map(|value| value.value.value).collect();
    for value in schema.values.iter().flat_map(|values| &values.value) {
        if !described_values.contains(value.value) {
            let message = format!("the value `{}` is not described", value.value);
            let help = format!(
                "add `- {{value: {}, description: …}}` to the `values` of `x-ms-enum`",
                value.value
            );
            reader.error(Code::Undescribed, value.span, message, help);
        }
    }
    for value in &schema.ms_enum {
        short_lines(reader, value.description);
    }
    if let Some(combinations) = &schema.combinations {
        let (description, span) = (combinations.description, combinations.span);
        described(reader, description, span, "these combinations");
        for value in &combinations.values {
            described(
                reader,
                value.description,
                value.name.span,
                "this combination",
            );
        }
    }
}

fn short_lines(reader: &Reader<'_>, description: Option<Spanned<&str>>) {
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

/// Reports components that nothing refers to.
pub fn unused(reader: &Reader<'_>, components: &Components<'_>) {
    if reader.is_strict() {
        unused_in(reader, "#/components/schemas/", &components.schemas);
        unused_in(reader, "#/components/parameters/", &components.parameters);
        unused_in(reader, "#/components/responses/", &components.responses);
        unused_in(
            reader,
            "#/components/requestBodies/",
            &components.request_bodies,
        );
        // Operations name a hint without a path to it.
        unused_in(reader, "", &components.hints);
    }
}

fn unused_in<T>(reader: &Reader<'_>, prefix: &str, named: &Section<'_, T>) {
    let used = reader.used.borrow();
    for (name, component) in named {
        if !used.contains(format!("{prefix}{name}").as_str()) {
            let message = format!("nothing uses `{name}`");
            reader.error(
                Code::Unused,
                component.span,
                message,
                "refer to it, or remove it",
            );
        }
    }
}
