//! Descriptions as lines of rustdoc.

use crate::DOC_WIDTH;
use crate::ir::Docs;
use crate::spec::fields::{Level, Text};
use crate::spec::schema::Schema;

/// The lines of a description. Ours are written as they are; those of others are made safe for
/// rustdoc and broken into lines.
/// `otherwise` is a text of ours for what has none.
pub fn lines(level: Level, text: Option<Text<'_>>, otherwise: &str) -> Docs {
    let text = text.map_or("", |text| text.value).trim();
    if text.is_empty() {
        return otherwise.lines().map(clean).collect();
    }
    match level {
        Level::Own => text.lines().map(|line| clean(line.trim_end())).collect(),
        Level::Foreign => foreign(text),
    }
}

/// The lines for a type, with a link to its page.
pub fn of_type(level: Level, schema: &Schema<'_>, otherwise: &str) -> Docs {
    let mut docs = lines(level, schema.description, otherwise);
    paragraph(&mut docs, schema.docs_url.map(|url| link(url.value)));
    docs
}

/// What an argument is, for the documentation of its method: nothing where nothing is said.
pub fn of_argument(name: &str, docs: &[String], deprecated: bool) -> Docs {
    let mut docs = docs.to_vec();
    let Some(first) = docs.first_mut() else {
        return docs;
    };
    let name = match deprecated {
        true => format!("`{name}` (deprecated):"),
        false => format!("`{name}`:"),
    };
    if name.chars().count() + 1 + first.chars().count() <= DOC_WIDTH {
        *first = format!("{name} {first}");
    } else {
        docs.insert(0, name);
    }
    docs
}

/// A text without line breaks.
pub fn one_line(text: &str) -> String {
    clean(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A text that means nothing to Markdown, without line breaks: a name, for rustdoc.
pub fn plain_line(text: &str) -> String {
    let words = text.split_whitespace().map(|word| plain(&clean(word)));
    words.collect::<Vec<_>>().join(" ")
}

/// An address that Markdown takes as one, also in a table.
pub fn address(url: &str) -> String {
    url.replace('(', "%28")
        .replace(')', "%29")
        .replace('|', "%7C")
}

/// Adds a paragraph.
pub fn paragraph(docs: &mut Docs, lines: impl IntoIterator<Item = String>) {
    let mut lines = lines.into_iter().peekable();
    if lines.peek().is_some() {
        if !docs.is_empty() {
            docs.push(String::new());
        }
        docs.extend(lines);
    }
}

/// A text of ours, broken into lines.
pub fn wrapped(text: &str) -> Docs {
    filled(text.split_whitespace().map(str::to_owned))
}

/// The sentence with a link to the documentation.
pub fn link(url: &str) -> String {
    format!("[Graph documentation]({})", address(url))
}

/// Without characters that no source file should hold.
fn clean(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().filter(|c| !hidden(*c)).collect()
}

fn foreign(text: &str) -> Docs {
    let mut docs = Docs::new();
    for part in text.split("\n\n") {
        paragraph(&mut docs, wrap(part));
    }
    docs
}

/// Breaks a paragraph at blanks and takes from its words what Markdown would make of them.
fn wrap(text: &str) -> Docs {
    let words = text.split_whitespace().map(|word| plain(&clean(word)));
    filled(words.filter(|word| !word.is_empty()))
}

/// Words as lines.
fn filled(words: impl Iterator<Item = String>) -> Docs {
    let mut lines = Docs::new();
    for word in words {
        match lines.last_mut() {
            Some(line)
                if line.chars().count() + 1 + word.chars().count() <= DOC_WIDTH =>
            {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(first_word(word)),
        }
    }
    lines
}

/// A word that means nothing to Markdown; an address becomes a link.
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

/// The first word of a line must not look like a heading, a list or a rule.
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
