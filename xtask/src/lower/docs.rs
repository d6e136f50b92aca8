//! Documentation: from the descriptions to lines of rustdoc.

use crate::diagnostics::Spanned;
use crate::ir::{Docs, Field};
use crate::openapi::{Schema, Strictness};

/// The width of a line.
const WIDTH: usize = 80;

/// The lines of a description, or of `otherwise` when it is missing. In strict mode the lines stay
/// as they are; in lenient mode they are escaped for rustdoc and wrapped.
pub fn lines(strictness: Strictness, text: Option<Spanned<&str>>, otherwise: &str) -> Docs {
    let text = text.map_or("", |text| text.value).trim();
    if text.is_empty() {
        return otherwise.lines().map(clean).collect();
    }
    match strictness {
        Strictness::Strict => text.lines().map(|line| clean(line.trim_end())).collect(),
        Strictness::Lenient => escaped(text),
    }
}

/// The documentation of a type, with a link to its page.
pub fn of_type(strictness: Strictness, schema: &Schema<'_>, otherwise: &str) -> Docs {
    let mut docs = lines(strictness, schema.description, otherwise);
    paragraph(&mut docs, schema.rare().docs_url.map(|url| link(url.value)));
    docs
}

/// Adds the documentation of the arguments of a method.
pub fn arguments<'a>(docs: &mut Docs, arguments: impl IntoIterator<Item = &'a Field>) {
    for argument in arguments {
        let mut lines = argument.docs.clone();
        if let Some(first) = lines.first_mut() {
            let deprecated = ["", " (deprecated)"][usize::from(argument.deprecated)];
            let name = format!("`{}`{deprecated}:", argument.name);
            if name.chars().count() + 1 + first.chars().count() <= WIDTH {
                *first = format!("{name} {first}");
            } else {
                lines.insert(0, name);
            }
        }
        paragraph(docs, lines);
    }
}

/// A text without line breaks.
pub fn one_line(text: &str) -> String {
    clean(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A text without line breaks, with Markdown escaped.
pub fn plain_line(text: &str) -> String {
    let words = text.split_whitespace().map(|word| plain(&clean(word)));
    words.collect::<Vec<_>>().join(" ")
}

/// A URL escaped for a link in a Markdown table.
pub fn address(url: &str) -> String {
    url.replace('(', "%28")
        .replace(')', "%29")
        .replace('|', "%7C")
}

pub fn paragraph(docs: &mut Docs, lines: impl IntoIterator<Item = String>) {
    let mut lines = lines.into_iter().peekable();
    if lines.peek().is_some() {
        if !docs.is_empty() {
            docs.push(String::new());
        }
        docs.extend(lines);
    }
}

/// A text of the generator as wrapped lines.
pub fn wrapped(text: &str) -> Docs {
    filled(text.split_whitespace().map(str::to_owned))
}

pub fn link(url: &str) -> String {
    format!("[Graph documentation]({})", address(url))
}

/// Removes control characters and invisible characters.
fn clean(text: &str) -> String {
    if text.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
        return text.to_owned();
    }
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().filter(|c| !hidden(*c)).collect()
}

/// Escapes Markdown and wraps each paragraph.
fn escaped(text: &str) -> Docs {
    let mut docs = Docs::new();
    for part in text.split("\n\n") {
        let words = part.split_whitespace().map(|word| plain(&clean(word)));
        paragraph(&mut docs, filled(words.filter(|word| !word.is_empty())));
    }
    docs
}

/// Joins words into lines.
fn filled(words: impl Iterator<Item = String>) -> Docs {
    let mut lines = Docs::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(first_word(word)),
        }
    }
    lines
}

/// Escapes Markdown in a word; a URL becomes a link.
fn plain(word: &str) -> String {
    let end = word.trim_end_matches(['.', ',', ';', ')']);
    let address = end
        .strip_prefix("https://")
        .or_else(|| end.strip_prefix("http://"));
    if address.is_some_and(|rest| !rest.contains(['<', '>', '`', '(', '['])) {
        return format!("<{end}>{}", &word[end.len()..]);
    }
    let mut plain = String::with_capacity(word.len());
    for c in word.chars() {
        if matches!(c, '<' | '>' | '[' | ']' | '*' | '_' | '`' | '|' | '\\') {
            plain.push('\\');
        }
        plain.push(c);
    }
    plain
        .replace("http://", "http:\\//")
        .replace("https://", "https:\\//")
}

/// Escapes the first word of a line when it looks like a heading, a list or a rule.
fn first_word(word: String) -> String {
    if word.starts_with(['#', '-', '+', '=', '~']) {
        return format!("\\{word}");
    }
    let digits = word.trim_start_matches(|c: char| c.is_ascii_digit());
    if digits.len() < word.len() && digits.starts_with(['.', ')']) {
        let at = word.len() - digits.len();
        return format!("{}\\{}", &word[..at], digits);
    }
    word
}
