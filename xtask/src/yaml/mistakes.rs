//! Explains syntax errors of YAML in plain words, at the place of the mistake.

use super::characters::{Character, Found};
use super::{problem, span};
use crate::diagnostics::Diagnostic;
use serde_saphyr::granit_parser::{
    ErrorKind, ScalarStyle, ScanError, Scanner, StrInput, TokenType,
};

/// The beginnings of the lines that Git writes around a conflict.
const MARKERS: [&str; 3] = ["<<<<<<< ", "||||||| ", ">>>>>>> "];

// Each constant has the message in its first line and the help in its second.
const TAB: &str = "a tab is used for indentation\nindent with spaces";
const CONFLICT: &str = "a merge conflict is not resolved: git wrote this line\n\
    keep one of the two versions, and remove the lines `<<<<<<<`, `=======`, `>>>>>>>`";
const AFTER_QUOTE: &str = "text follows the closing quote\n\
    write `''` for a quote in single quotes, `\\\"` for one in double quotes";
const BACKSLASH: &str = "this backslash does not begin a known escape sequence\n\
    write `\\\\` for a backslash, or put the text into single quotes";
const CONTROL: &str = "a control character is not allowed here\nremove it";
const RESERVED: &str = "text cannot begin with this character\nput the text into quotes";
const CLOSING: &str = "this closing bracket has no opening bracket\n\
    remove it, or add the opening bracket";
const COMMA: &str = "a comma is missing before this text, or the text before it needs quotes\n\
    separate entries with commas, and quote a text that contains `: `, as in `{a: b, c: 'd: e'}`";
const COLONS: &str = "this line has a second `: `\nput a text that contains `: ` into quotes";
const DEEPER: &str = "this line is indented more than the key above it, which has a value\n\
    indent it as much as that key";
const SPACE: &str = "a space is missing after the colon\nwrite `key: value`";
const NO_COLON: &str = "this line has no colon\n\
    write `key: value`; indent the next lines of a text by more than its key";
const NO_ITEM: &str = "this line is not an item of the list around it\n\
    begin the line with `- `, or indent it less";
const HEADER: &str = "text follows the `|` or `>` that begins a block\n\
    begin the text on the next line, or put it into quotes";
const UNKNOWN: &str = "correct the YAML here; the rest of the file was not read";

fn found(at: usize, words: &str) -> Found {
    let (message, help) = words.split_once('\n').unwrap_or((words, UNKNOWN));
    (at..at, message.to_owned(), help.to_owned())
}

/// Finds the first conflict marker.
pub fn conflict(text: &str) -> Option<Found> {
    marker(text, |line| {
        MARKERS.iter().any(|marker| line.starts_with(marker))
    })
}

fn marker(text: &str, is_marker: impl Fn(&str) -> bool) -> Option<Found> {
    let mut lines = text.split_inclusive('\n').scan(0, |end, line| {
        *end += line.len();
        Some((*end - line.len(), line))
    });
    let (start, _) = lines.find(|(_, line)| is_marker(line))?;
    Some(found(start, CONFLICT))
}

/// Explains an error of the library.
pub fn syntax(text: &str, source: u32, error: &ScanError) -> Diagnostic {
    let at = error.marker().byte_offset().unwrap_or(text.len());
    let mistake = Mistake::new(text, at.min(text.len()));
    let is_marker = |line: &str| line.starts_with("=======") || conflict(line.trim()).is_some();
    let found = marker(text, is_marker).or_else(|| mistake.in_characters(error.kind()));
    let found = found.or_else(|| mistake.of_kind(error.kind()));
    let other = || self::found(mistake.at, &error.info());
    problem(source, found.unwrap_or_else(other))
}

/// The unreadable part of a text.
struct Mistake<'s> {
    text: &'s str,
    /// The position that the library reports.
    at: usize,
    /// The first byte of the unreadable token.
    from: usize,
    /// The positions of the brackets that are open there.
    open: Vec<usize>,
}

impl<'s> Mistake<'s> {
    /// Scans the tokens again, up to a position.
    fn new(text: &'s str, at: usize) -> Self {
        let (mut from, mut open) = (0, Vec::new());
        let tokens = Scanner::new(StrInput::new(text)).map_while(Result::ok);
        for (place, token) in tokens.map(|token| token.into_parts()) {
            let place = span(0, &place);
            let (start, end) = (place.start as usize, place.end as usize);
            if start >= at {
                break;
            }
            from = end;
            match token {
                TokenType::FlowSequenceStart | TokenType::FlowMappingStart if start < end => {
                    open.push(start);
                }
                TokenType::FlowSequenceEnd | TokenType::FlowMappingEnd if start < end => {
                    open.pop();
                }
                TokenType::Scalar(ScalarStyle::Plain, _) if end >= at => from = start,
                _ => {}
            }
        }
        // The scanner may have stopped before the last tokens: they are skipped by their
        // characters.
        let mut rest = &text[from..];
        loop {
            rest = rest.trim_start();
            rest = match rest.as_bytes() {
                [b'#', ..] => &rest[rest.find('\n').unwrap_or(rest.len())..],
                [b':' | b',', ..] | [b'-' | b'?', b' ' | b'\t' | b'\n', ..] => &rest[1..],
                _ => break,
            };
        }
        from = (text.len() - rest.len()).min(at);
        Self {
            text,
            at,
            from,
            open,
        }
    }

    /// The first byte of the line that contains a position.
    fn line(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |at| at + 1)
    }

    fn indent(&self, line: usize) -> usize {
        let rest = &self.text[line..];
        rest.len() - rest.trim_start_matches(' ').len()
    }

    /// Finds a tab or a look-alike of a YAML character, from the line of the unreadable token to
    /// the line after the reported position.
    fn in_characters(&self, kind: &ErrorKind) -> Option<Found> {
        // Between brackets a tab is allowed in most places.
        let opens = self.text[self.at..].starts_with(['[', '{', '"', '\'']);
        // The library has five kinds of errors about tabs.
        let is_tab = format!("{kind:?}").starts_with("Tab");
        let tabs = is_tab || self.open.is_empty() && !opens;
        let mut start = self.line(self.from);
        let count = if is_tab { usize::MAX } else { 2 };
        let behind = self.text[self.at..].split_inclusive('\n').take(count);
        let end = self.at + behind.map(str::len).sum::<usize>();
        for line in self.text[start..end].split_inclusive('\n') {
            let content = line.trim_start_matches([' ', '\t']);
            let indent = line.len() - content.len() + 2 * usize::from(content.starts_with("-\t"));
            let tab = line[..indent].find('\t');
            if let Some(tab) = tab.filter(|_| tabs && !content.trim().is_empty()) {
                return Some(found(start + tab, TAB));
            }
            if let Some(character) = Character::structural(line) {
                return Some(character.found(start));
            }
            start += line.len();
        }
        None
    }

    /// Explains an error by its kind.
    fn of_kind(&self, kind: &ErrorKind) -> Option<Found> {
        let words = match kind {
            ErrorKind::UnclosedQuotedScalar
            | ErrorKind::DocumentIndicatorInQuotedScalar
            | ErrorKind::MismatchedFlowCollectionEnd { .. }
            | ErrorKind::UnclosedFlowCollection { .. } => return Some(self.unclosed(self.at)),
            ErrorKind::InvalidQuotedScalarIndent => return Some(self.unclosed(self.quote())),
            ErrorKind::InvalidTrailingSingleQuotedScalar
            | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
                let before = &self.text[self.line(self.at)..self.at];
                let quote = before.trim_end().chars().next_back();
                // An odd number of quotes: this one closes a text that began on a line above.
                if before.matches(|c| Some(c) == quote).count() % 2 == 1 {
                    return Some(self.unclosed(self.quote()));
                }
                AFTER_QUOTE
            }
            ErrorKind::UnknownQuotedScalarEscape => BACKSLASH,
            ErrorKind::InvalidBlockScalarHeader => HEADER,
            ErrorKind::UnexpectedCharacter { character } if character.is_control() => CONTROL,
            ErrorKind::UnexpectedCharacter { .. } => RESERVED,
            ErrorKind::MisplacedFlowCollectionEnd => CLOSING,
            _ => match self.open.last() {
                Some(open) => return Some(self.in_brackets(*open)),
                None => return self.in_lines(kind),
            },
        };
        Some(found(self.at, words))
    }

    /// The position of the opening quote of the unreadable text.
    fn quote(&self) -> usize {
        let opens = |at: &usize| !self.text[..*at].ends_with(char::is_alphanumeric);
        let quotes = self.text[self.from..self.at].match_indices(['"', '\'']);
        let mut quotes = quotes.map(|(at, _)| self.from + at);
        quotes.find(opens).unwrap_or(self.at)
    }

    /// The mistake of a quote or bracket that is never closed.
    fn unclosed(&self, open: usize) -> Found {
        let (noun, close) = match self.text.as_bytes().get(open) {
            Some(b'[') => ("the bracket `[`", ']'),
            Some(b'{') => ("the bracket `{`", '}'),
            Some(b'"') => ("the quote `\"`", '"'),
            _ => ("the quote `'`", '\''),
        };
        let help = format!("write `{close}` where it ends");
        (open..open + 1, format!("{noun} is not closed"), help)
    }

    /// The mistake of unexpected text between brackets.
    fn in_brackets(&self, open: usize) -> Found {
        let depth = |depth: &mut i32, c: char| {
            *depth += i32::from("[{".contains(c)) - i32::from("]}".contains(c));
            Some(*depth)
        };
        let mut depths = self.text[self.at..].chars().scan(1, depth);
        if depths.any(|depth| depth == 0) {
            return found(self.at, COMMA);
        }
        self.unclosed(open)
    }

    /// The mistake of a line that does not fit the lines above it.
    fn in_lines(&self, kind: &ErrorKind) -> Option<Found> {
        let (start, line) = (self.line(self.from), self.line(self.at));
        let content = line + self.indent(line);
        let begins = self.text[start..self.from].trim().is_empty();
        let first = self.text[self.from..].lines().next().unwrap_or_default();
        Some(match kind {
            ErrorKind::MappingValueNotAllowed if !begins && start == line => found(self.at, COLONS),
            // This line continues a text that began on a line above.
            ErrorKind::MappingValueNotAllowed if !begins => {
                let odd = self.odd_above(line);
                odd.unwrap_or_else(|| found(content, DEEPER))
            }
            ErrorKind::MappingValueNotAllowed | ErrorKind::SimpleKeyExpected => {
                let Some((key, value)) = first.split_once(':') else {
                    return Some(found(self.from, NO_COLON));
                };
                let is_missing = !value.is_empty() && !value.starts_with(' ');
                return is_missing.then(|| found(self.from + key.len() + 1, SPACE));
            }
            _ if self.at != content => return None,
            kind => {
                let is_entry = *kind == ErrorKind::ExpectedBlockSequenceEntry;
                let odd = self.odd_above(line).or_else(|| self.outdented(line));
                return odd.or_else(|| is_entry.then(|| found(content, NO_ITEM)));
            }
        })
    }

    /// The line above, when its indentation differs from the other lines of its mapping.
    fn odd_above(&self, line: usize) -> Option<Found> {
        let mut indents = self.text.lines().filter_map(content);
        let depth = indents.find(|indent| *indent > 0)?;
        let above = self.text[..line].trim_end();
        let at = self.line(above.len());
        let mut above = above.lines().rev().filter_map(content);
        let (first, before, this) = (above.next()?, above.next()?, self.indent(line));
        let is_odd = before + depth == this && before < first && first != this;
        let message = format!("this line is indented by {first}, and the next one by {this}");
        let found = found(at + first, &(message + "\nindent them alike"));
        (is_odd && self.indent(at) == first).then_some(found)
    }

    /// A line with an indentation that no line above it has.
    fn outdented(&self, line: usize) -> Option<Found> {
        let indent = self.indent(line);
        let mut above: Vec<usize> = Vec::new();
        for line in self.text[..line].lines().rev() {
            let dashes = line.len() - line.trim_start().len();
            let indents = content(line).map(|content| [content, dashes]);
            for indent in indents.into_iter().flatten() {
                if above.last().is_none_or(|last| indent < *last) {
                    above.push(indent);
                }
            }
        }
        let fits: Vec<_> = above.iter().rev().map(ToString::to_string).collect();
        let message = format!("no line above this one has the same indentation ({indent})");
        let help = format!("indent it by {}, like a line above it", fits.join(" or "));
        let found = found(line + indent, &format!("{message}\n{help}"));
        (!above.contains(&indent)).then_some(found)
    }
}

/// The column of the first character after blanks and dashes.
fn content(line: &str) -> Option<usize> {
    let content = line.trim_start_matches([' ', '-']);
    let is_content = !content.trim_end().is_empty() && !content.starts_with('#');
    is_content.then_some(line.len() - content.len())
}
