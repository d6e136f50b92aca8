//! Mistakes in YAML, in plain words and at their own place.

use super::characters::Character;
use super::{problem, span};
use crate::diagnostics::Diagnostic;
use serde_saphyr::granit_parser::{
    ErrorKind, ScalarStyle, ScanError, Scanner, StrInput, TokenType,
};
use std::ops::Range;

/// The lines that git writes around what it cannot merge.
const MARKERS: [&str; 4] = ["<<<<<<< ", "||||||| ", "=======", ">>>>>>> "];

/// A mistake: its bytes, the message, and how to write it instead.
pub type Found = (Range<usize>, String, String);

fn found(at: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Found {
    (at, message.into(), help.into())
}

/// The first conflict marker. No YAML has one at the beginning of a line.
pub fn conflict(text: &str) -> Option<Found> {
    let start = match text.starts_with(MARKERS[0]) {
        true => 0,
        false => text.find("\n<<<<<<< ")? + 1,
    };
    Some(marker(start))
}

fn marker(start: usize) -> Found {
    let help = "keep one of the two versions, and remove the lines `<<<<<<<`, `=======`, `>>>>>>>`";
    found(
        start..start + 7,
        "a merge conflict is not resolved: git wrote this line",
        help,
    )
}

/// The error of the library, in words of the person who wrote the file.
pub fn syntax(text: &str, source: u32, error: &ScanError) -> Diagnostic {
    let at = error
        .marker()
        .byte_offset()
        .unwrap_or(text.len())
        .min(text.len());
    let mistake = Mistake::new(text, at);
    let mut found = mistake.in_characters();
    if found.is_none() {
        found = mistake.of_kind(error.kind());
    }
    problem(
        source,
        found.unwrap_or_else(|| {
            let help = "correct the YAML here; nothing behind this place was read";
            self::found(at..at, error.info(), help)
        }),
    )
}

/// What could not be read.
struct Mistake<'s> {
    text: &'s str,
    /// The place that the library names.
    at: usize,
    /// Where the text begins that could not be read.
    from: usize,
    /// The brackets that are open there.
    open: Vec<usize>,
}

impl<'s> Mistake<'s> {
    /// Reads the tokens again, up to a place.
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
        // The last tokens may be missing.
        let mut rest = &text[from..];
        loop {
            rest = rest.trim_start();
            rest = match rest.as_bytes() {
                [b'#', ..] => &rest[rest.find('\n').unwrap_or(rest.len())..],
                [b':' | b',', ..] | [b'-' | b'?', b' ' | b'\t' | b'\n', ..] => &rest[1..],
                _ => break,
            };
        }
        let from = (text.len() - rest.len()).min(at);
        Self {
            text,
            at,
            from,
            open,
        }
    }

    /// The first byte of the line of a place.
    fn line(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |at| at + 1)
    }

    /// How many bytes a line is indented by.
    fn indent(&self, line: usize) -> usize {
        self.text[line..]
            .bytes()
            .take_while(|byte| *byte == b' ')
            .count()
    }

    /// A conflict marker, a tab, or a character that looks like one of YAML, in the lines from
    /// what could not be read to the one behind the place.
    fn in_characters(&self) -> Option<Found> {
        let mut start = self.line(self.from);
        let behind = self.text[self.at..].split_inclusive('\n').take(2);
        let end = self.at + behind.map(str::len).sum::<usize>();
        for line in self.text[start..end].split_inclusive('\n') {
            let content = line.trim_start_matches([' ', '\t']);
            let indent = line.len() - content.len() + 2 * usize::from(content.starts_with("-\t"));
            if MARKERS.iter().any(|marker| line.starts_with(marker)) {
                return Some(marker(start));
            }
            if let Some(tab) = line[..indent]
                .find('\t')
                .filter(|_| !content.trim().is_empty())
            {
                let at = start + tab;
                return Some(found(
                    at..at + 1,
                    "a tab is used for indentation",
                    "indent with spaces",
                ));
            }
            if let Some(character) = Character::structural(line) {
                return Some(character.found(start));
            }
            start += line.len();
        }
        None
    }

    /// What the library says, in other words.
    fn of_kind(&self, kind: &ErrorKind) -> Option<Found> {
        let next = self.text[self.at..].chars().next();
        let here = self.at..self.at + next.map_or(0, char::len_utf8);
        let (message, help) = match kind {
            ErrorKind::UnclosedQuotedScalar
            | ErrorKind::DocumentIndicatorInQuotedScalar
            | ErrorKind::MismatchedFlowCollectionEnd { .. }
            | ErrorKind::UnclosedFlowCollection { .. } => return Some(self.unclosed(self.at)),
            ErrorKind::InvalidQuotedScalarIndent => return Some(self.unclosed(self.quote())),
            ErrorKind::InvalidTrailingSingleQuotedScalar
            | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
                let quote = self.quote();
                if self.line(quote) < self.line(self.at) {
                    return Some(self.unclosed(quote));
                }
                let help = "write `''` for a single quote in single quotes, `\\\"` for a double \
                    quote in double quotes";
                ("text stands after the closing quote", help)
            }
            ErrorKind::UnknownQuotedScalarEscape => {
                let help = "write `\\\\` for a backslash, or put the text into single quotes";
                ("a backslash in this text begins no known escape", help)
            }
            ErrorKind::UnexpectedCharacter { character } if character.is_control() => (
                "a control character stands here",
                "remove it, and save the file as UTF-8",
            ),
            ErrorKind::UnexpectedCharacter { .. } => (
                "text cannot begin with this character",
                "put the text into quotes",
            ),
            ErrorKind::MisplacedFlowCollectionEnd => (
                "this bracket closes nothing",
                "remove it, or open it before",
            ),
            _ => {
                let open = self.open.last();
                return open
                    .map_or_else(|| self.in_lines(kind), |open| Some(self.in_brackets(*open)));
            }
        };
        Some(found(here, message, help))
    }

    /// The quote that opens the text that could not be read.
    fn quote(&self) -> usize {
        let opens = |at: &usize| !self.text[..*at].ends_with(char::is_alphanumeric);
        let quotes = self.text[self.from..self.at].match_indices(['"', '\'']);
        let mut quotes = quotes.map(|(at, _)| self.from + at);
        quotes.find(opens).unwrap_or(self.at)
    }

    /// A quote or a bracket that is open at the end.
    fn unclosed(&self, open: usize) -> Found {
        let (noun, close) = match self.text.as_bytes().get(open) {
            Some(b'[') => ("the bracket `[`", ']'),
            Some(b'{') => ("the bracket `{`", '}'),
            Some(b'"') => ("the quote `\"`", '"'),
            _ => ("the quote `'`", '\''),
        };
        let message = format!("{noun} is not closed");
        found(
            open..open + 1,
            message,
            format!("write `{close}` where it ends"),
        )
    }

    /// Something between brackets that does not belong there.
    fn in_brackets(&self, open: usize) -> Found {
        let depth = |depth: &mut i32, c: char| {
            *depth += i32::from("[{".contains(c)) - i32::from("]}".contains(c));
            Some(*depth)
        };
        let mut depths = self.text[self.at..].chars().scan(1, depth);
        if depths.any(|depth| depth == 0) {
            let message = "a comma is missing before this, or quotes about a text";
            return found(self.at..self.at, message, "write `a: b, c: 'd: e'`");
        }
        self.unclosed(open)
    }

    /// A line that does not fit those above it.
    fn in_lines(&self, kind: &ErrorKind) -> Option<Found> {
        let (start, line) = (self.line(self.from), self.line(self.at));
        let content = line + self.indent(line);
        let begins = self.text[start..self.from].trim().is_empty();
        let colon = self.text[self.from..]
            .lines()
            .next()
            .and_then(|first| first.find(':'));
        let (at, message, help) = match (kind, colon) {
            (ErrorKind::MappingValueNotAllowed, _) if !begins && start == line => (
                self.at,
                "a second `: ` in one line",
                "put text with `: ` into quotes",
            ),
            // A text that begins on a line above takes this line as its second.
            (ErrorKind::MappingValueNotAllowed, _) if !begins => {
                let message = "this line is indented more than the key above it, which has a value";
                (content, message, "indent it like that key")
            }
            (ErrorKind::MappingValueNotAllowed | ErrorKind::SimpleKeyExpected, Some(colon)) => {
                let after = self.from + colon + 1;
                let message = "a space is missing after the colon";
                let is_missing = !self.text[after..].starts_with(char::is_whitespace);
                return is_missing.then(|| found(after..after, message, "write `key: value`"));
            }
            (ErrorKind::MappingValueNotAllowed | ErrorKind::SimpleKeyExpected, None) => {
                let help =
                    "write `key: value`; indent the next lines of a text by more than its key";
                (self.from, "this line has no colon", help)
            }
            _ if self.at == content => return self.outdented(line),
            _ => return None,
        };
        Some(found(at..at, message, help))
    }

    /// A line whose indentation is that of no line above it.
    fn outdented(&self, line: usize) -> Option<Found> {
        let indent = self.indent(line);
        let mut above: Vec<usize> = Vec::new();
        for line in self.text[..line].lines().rev() {
            let content = line.trim_start_matches([' ', '-']);
            for rest in [content, line.trim_start()] {
                let indent = line.len() - rest.len();
                let is_less = above.last().is_none_or(|last| indent < *last);
                if is_less && !content.is_empty() && !content.starts_with('#') {
                    above.push(indent);
                }
            }
        }
        let fits: Vec<_> = above.iter().rev().map(ToString::to_string).collect();
        let message = format!("no line above this one is indented by {indent} as it is");
        let help = format!("indent it by {}, as the lines above", fits.join(" or "));
        let at = line + indent;
        (!above.contains(&indent)).then(|| found(at..at, message, help))
    }
}
