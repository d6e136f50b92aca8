//! Lints: keys of a schema that do not fit its type, its position or each other, and in our own
//! document descriptions, which everything has, in short lines.

use super::Operation;
use super::reader::{Keys, Reader};
use super::schema::{Position, Primitive, Schema};
use crate::diagnostics::{Code, Diagnostic, Span, Spanned};

/// The longest line of a description: indented by four and behind `/// ` it fits 89 columns.
const MAX_LINE: usize = 81;

/// Reports a missing, empty or wide description.
pub fn described(reader: &Reader<'_, '_>, text: Option<Spanned<&str>>, span: Span, what: &str) {
    if reader.is_strict() && text.is_none_or(|text| text.value.trim().is_empty()) {
        let message = format!("{what} has no description");
        let help = "add `description: …`; it becomes the documentation of the Rust code";
        reader.error(Code::Undescribed, span, message, help);
    }
    short_lines(reader, text);
}

/// Reports an operation without a summary, and wide lines of its texts.
pub fn operation(reader: &Reader<'_, '_>, operation: &Operation<'_>) {
    let span = operation.id.map_or(operation.method.span, |id| id.span);
    if operation.summary.is_none() && reader.is_strict() {
        let help = "add `summary: …`, one sentence that says what it does";
        let message = "this operation has no summary";
        reader.error(Code::Undescribed, span, message, help);
    }
    for text in operation.summary.into_iter().chain(operation.description) {
        described(reader, Some(text), span, "this operation");
    }
}

/// Reports a wide line.
pub fn short_lines(reader: &Reader<'_, '_>, description: Option<Spanned<&str>>) {
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

/// Reports keys that do not fit the type of the schema or its position.
pub fn misplaced(keys: &Keys<'_, '_>, schema: &Schema<'_>, position: Position) {
    if schema.broken {
        return;
    }
    let primitive = schema.primitive;
    let is = |expected: Primitive| primitive == Some(expected);
    let is_enum = schema.values.is_some();
    let is_object = is(Primitive::Object)
        || (primitive.is_none() && !(is_enum || schema.any_of.is_some() || schema.items.is_some()));
    let has_format = |name| is(Primitive::String) && schema.format.is_some_and(|f| f.value == name);
    let is_id = position == Position::Component && has_format("uuid");
    let is_property = position == Position::Property;
    let is_named = position != Position::Inner;
    let is_text = is(Primitive::String) || (is_enum && primitive.is_none());
    let lenient = !keys.value.reader.is_strict();
    let (any_property, any_enum) = (is_property || lenient, is_enum || lenient);
    let id = "write it at a component with `type: string` and `format: uuid`";
    let property = "write it at a property";
    let request = "write it at a property of a request";
    let durations = &["x-rust-minimum", "x-rust-maximum"];
    let duration = "write `type: string` and `format: duration`";
    let described = "say it in the description";
    let array = "add `type: array`";
    let (named, formatted) = ("a component or a property", "a string or a number");
    let of_requests = &["x-rust-type", "x-rust-clear"];
    let of_properties = &["deprecated", "readOnly"];
    let of_objects = &[
        "discriminator",
        "additionalProperties",
        "x-rust-combinations",
    ];
    let rules: [(&[_], _, _, _); 13] = [
        (of_objects, is_object, "an object", "write `type: object`"),
        (
            &["properties", "required"],
            is_object,
            "an object",
            "write `type: object`",
        ),
        (&["items"], is(Primitive::Array), "a list", array),
        (&["enum"], is_text, "a string", "write `type: string`"),
        (&["x-ms-enum"], is_enum, "an enumeration", "add `enum: […]`"),
        (&["x-rust-help"], is_id || is_property, "an id", id),
        (durations, has_format("duration"), "a duration", duration),
        (&["x-rust-private"], is_property, "a property", property),
        (of_requests, is_property, "a property", request),
        (&["x-rust-name"], is_named, named, property),
        (of_properties, any_property, "a property", property),
        (&["default"], any_enum, "an enumeration", described),
        (&["format"], !is_object || lenient, formatted, ""),
    ];
    for (names, fits, belongs, help) in rules {
        for key in names.iter().filter(|_| !fits) {
            if let Some(span) = keys.span_of(key) {
                let message = format!("`{key}` is only for {belongs}, and this is something else");
                let or = if help.is_empty() { "" } else { ", or " };
                let help = format!("{help}{or}remove `{key}`");
                keys.error(Code::Extension, span, message, help);
            }
        }
    }
    two_types(keys);
}

/// Reports keys that each decide the type of a schema: only one of them would count. Those that
/// are not listed contradict `type`, and `misplaced` reports them.
fn two_types(keys: &Keys<'_, '_>) {
    let rules: [(_, &[_]); 3] = [
        ("anyOf", &["oneOf", "allOf", "enum", "items", "properties"]),
        ("oneOf", &["allOf", "enum", "items", "properties"]),
        ("allOf", &["enum", "items"]),
    ];
    for (first, others) in rules {
        let Some(span) = keys.span_of(first) else {
            continue;
        };
        for second in others {
            if let Some(place) = keys.span_of(second) {
                let message = format!("`{second}` beside `{first}` is not supported");
                let problem = Diagnostic::new(Code::Unsupported, place, message)
                    .context(span, "this already decides the type")
                    .help("keep one of the two");
                keys.value.reader.problems.report(problem);
            }
        }
    }
}
