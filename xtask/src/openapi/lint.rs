//! Lints of descriptions: in our own document everything is described, in short lines.

use super::reader::{Reader, Spanned};
use crate::diagnostics::{Code, Span};

/// The longest line of a description: indented by four and behind `/// ` it fits 89 columns.
const MAX_LINE: usize = 81;

/// Reports a missing, empty or wide description.
pub fn described(reader: &Reader<'_>, description: Option<Spanned<&str>>, span: Span, what: &str) {
    if reader.is_strict() && description.is_none_or(|text| text.value.trim().is_empty()) {
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
        let message = "this operation has no summary";
        reader.error(Code::Undescribed, span, message, help);
    }
    if description.is_some() {
        described(reader, description, span, "this operation");
    }
}

/// Reports a wide line.
pub fn short_lines(reader: &Reader<'_>, description: Option<Spanned<&str>>) {
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
