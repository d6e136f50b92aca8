//! The printer: from the tokens of a file to its final text, which no formatter changes.
//!
//! The printer knows the shapes of code that the generator writes, not all of Rust. Code that fits
//! stays on one line; a longer line is broken after `=` or `=>`, before the calls of a chain, or
//! inside its widest brackets, with one element on each line.

mod tokens;

use proc_macro2::{Delimiter, TokenStream};
use std::ops::Range;
use tokens::{Atom, Block, Kind, Source};

/// The widest line.
const WIDTH: usize = 100;

/// The text of a file. The error is the message of a `compile_error!`, by which an emitter reports
/// a mistake.
pub fn file(items: TokenStream) -> Result<String, String> {
    let source = Source::new(items);
    if let Some(error) = source.error {
        return Err(error);
    }
    let mut printer = Printer {
        text: String::with_capacity(source.text.len() * 2),
        line: 0,
        source: &source,
    };
    printer.elements(0..source.atoms.len(), Block::Items, 0);
    Ok(printer.text)
}

/// The text of some tokens on one line.
pub fn line(tokens: TokenStream) -> String {
    Source::new(tokens).text
}

/// The element before the current one, by which blank lines are decided.
enum Before<'s> {
    Start,
    /// An attribute of the next element.
    Outer,
    /// An inner attribute.
    Inner,
    /// A use item or another item of one line, with its first words.
    Short(&'s str),
    Tall,
}

struct Printer<'s> {
    text: String,
    /// The position of the first byte of the current line.
    line: usize,
    source: &'s Source,
}

impl<'s> Printer<'s> {
    /// Writes the elements of a block, each on its own line or lines.
    fn elements(&mut self, range: Range<usize>, block: Block, indent: usize) {
        let source = self.source;
        let mut before = Before::Start;
        let mut at = range.start;
        while at < range.end {
            if let Kind::Attribute { inner } = source.atoms[at].kind {
                let text = &source.text[source.range(&(at..at + 1))];
                let is_docs = text.starts_with("//!") || text.starts_with("#![doc");
                self.blank_line(match before {
                    Before::Start | Before::Outer => false,
                    Before::Inner => !(inner && is_docs),
                    Before::Short(_) | Before::Tall => {
                        matches!(block, Block::Items | Block::Fields)
                    }
                });
                for line in text.split('\n') {
                    self.indent(indent);
                    self.text.push_str(line);
                    self.newline();
                }
                before = if inner { Before::Inner } else { Before::Outer };
                at += 1;
                continue;
            }
            let end = source.element_end(at..range.end, block);
            let is_pub = source.text[source.range(&(at..at + 1))] == *"pub";
            let words = &source.text[source.range(&(at..at + 1 + usize::from(is_pub)))];
            self.blank_line(match before {
                Before::Start | Before::Outer => false,
                Before::Inner => true,
                Before::Short(others) => block == Block::Items && others != words,
                Before::Tall => block == Block::Items,
            });
            let line = self.line;
            self.indent(indent);
            let with_comma = !matches!(block, Block::Items | Block::Code);
            self.tokens(at..end, indent, usize::from(with_comma));
            let is_short = line == self.line && self.text.ends_with(';');
            before = if is_short || words.ends_with("use") {
                Before::Short(words)
            } else {
                Before::Tall
            };
            let is_base = words.starts_with("..") && end == range.end;
            if with_comma && !is_base {
                self.text.push(',');
            }
            self.newline();
            at = end + usize::from(with_comma);
        }
    }

    fn blank_line(&mut self, is_apart: bool) {
        if is_apart {
            self.newline();
        }
    }

    /// Writes tokens after those of the current line, in several lines when they do not fit; `tail`
    /// columns follow them.
    fn tokens(&mut self, range: Range<usize>, indent: usize, tail: usize) {
        let source = self.source;
        let groups: Vec<_> = source.groups(range.clone()).collect();
        let tall = groups.iter().copied().find(|at| source.atoms[*at].tall);
        if tall.is_none() && self.fits(&range, tail) {
            return self.flat(range);
        }
        if let Some(open) = tall.filter(|open| self.fits(&(range.start..open + 1), 0)) {
            return self.broken(range, open, indent, tail);
        }
        let breaks = match tall {
            Some(_) => Vec::new(),
            None => source.breaks(&range, WIDTH.saturating_sub(indent + 4 + tail)),
        };
        if !breaks.is_empty() {
            let (mut start, mut column) = (range.start, indent);
            for at in breaks {
                let line = self.line;
                self.tokens(start..at, column, 0);
                // After a bracket that closes several lines, a call stays on the line.
                if self.line == line {
                    column = indent + 4;
                    self.newline();
                    self.indent(column);
                }
                start = at;
            }
            return self.tokens(start..range.end, column, tail);
        }
        let others = groups.into_iter().filter(|at| Some(*at) != tall);
        let widest = others.max_by_key(|at| source.range(&(*at..source.atoms[*at].close)).len());
        match widest.or(tall) {
            Some(open) => self.broken(range, open, indent, tail),
            None => self.flat(range),
        }
    }

    /// Writes tokens, with each element of the group at `open` on its own line.
    fn broken(&mut self, range: Range<usize>, open: usize, indent: usize, tail: usize) {
        let end = self.source.atoms[open].close + 1;
        let inner = self.source.innermost(open);
        let fits = self.fits(&(range.start..inner + 1), 0);
        let open = if fits { inner } else { open };
        let Atom { kind, close, .. } = self.source.atoms[open];
        self.flat(range.start..open + 1);
        self.newline();
        match kind {
            Kind::Open(_, Block::Names) => self.names(open + 1..close, indent + 4),
            Kind::Open(_, block) => self.elements(open + 1..close, block, indent + 4),
            _ => {}
        }
        self.indent(indent);
        self.flat(close..end);
        if end < range.end {
            self.tokens(end..range.end, indent, tail);
        }
    }

    /// Writes the names of an import, as many on a line as fit. The roots of crates are not skipped
    /// by rustfmt, so the lines must be the same: rustfmt leaves a column free after the comma.
    fn names(&mut self, range: Range<usize>, indent: usize) {
        let mut at = range.start;
        self.indent(indent);
        while at < range.end {
            let end = self.source.element_end(at..range.end, Block::Names);
            if !self.fits(&(at..end), 2) {
                self.newline();
                self.indent(indent);
            }
            self.flat(at..end);
            self.text.push(',');
            at = end + 1;
        }
        self.newline();
    }

    /// True when tokens and `tail` more columns fit on the line.
    fn fits(&self, range: &Range<usize>, tail: usize) -> bool {
        self.text.len() - self.line + self.flat_text(range).len() + tail <= WIDTH
    }

    fn flat(&mut self, range: Range<usize>) {
        let text = self.flat_text(&range);
        self.text.push_str(text);
    }

    /// The text of tokens, with the space before them unless they begin a line.
    fn flat_text(&self, range: &Range<usize>) -> &'s str {
        let Range { start, end } = self.source.range(range);
        let begins = self.text.ends_with([' ', '\n']) || self.text.is_empty();
        let space = usize::from(!begins && self.source.atoms[range.start].spaced);
        &self.source.text[start - space..end]
    }

    fn indent(&mut self, indent: usize) {
        for _ in 0..indent / 4 {
            self.text.push_str("    ");
        }
    }

    fn newline(&mut self) {
        self.text.push('\n');
        self.line = self.text.len();
    }
}

impl Source {
    /// The end of an element of a block, before its comma.
    fn element_end(&self, range: Range<usize>, block: Block) -> usize {
        let end = self
            .top(range.clone())
            .find_map(|(at, kind)| match (block, kind) {
                (Block::Items | Block::Code, Kind::Semicolon) => Some(at + 1),
                (Block::Items, Kind::Open(Delimiter::Brace, _)) => {
                    let next = self.atoms[at].close + 1;
                    let kind = self.atoms.get(next).map(|atom| atom.kind);
                    (kind != Some(Kind::Semicolon)).then_some(next)
                }
                (Block::Items | Block::Code, _) => None,
                (_, kind) => (kind == Kind::Comma).then_some(at),
            });
        end.unwrap_or(range.end)
    }

    /// The positions to break a line: after `=` or `=>` when the rest fits in `width` columns,
    /// otherwise before the calls of a chain.
    fn breaks(&self, range: &Range<usize>, width: usize) -> Vec<usize> {
        let assign = self
            .top(range.clone())
            .find(|(_, kind)| *kind == Kind::Assign);
        let rest = assign
            .map(|(at, _)| at + 1..range.end)
            .filter(|rest| !rest.is_empty());
        match rest {
            Some(rest) if self.range(&rest).len() <= width => vec![rest.start],
            _ => {
                let is_call = |(at, kind): &(usize, Kind)| {
                    let before = self.atoms[at - 1].kind;
                    *kind == Kind::Dot && matches!(before, Kind::Close | Kind::Question)
                };
                let calls = self.top(range.start + 1..range.end).filter(is_call);
                calls.map(|(at, _)| at).collect()
            }
        }
    }

    /// The last of nested groups with one element each, as in `Some(A { … })`.
    fn innermost(&self, open: usize) -> usize {
        let end = self.atoms[open].close;
        let is_single = self.element_end(open + 1..end, Block::List) == end;
        let last = self
            .groups(open + 1..end)
            .find(|at| self.atoms[*at].close + 1 == end);
        match (self.atoms[open].kind, last.filter(|_| is_single)) {
            (Kind::Open(_, Block::List), Some(inner)) => self.innermost(inner),
            _ => open,
        }
    }

    /// The groups that are not empty, by their opening brackets.
    fn groups(&self, range: Range<usize>) -> impl Iterator<Item = usize> {
        let groups = self.top(range).map(|(at, _)| at);
        groups.filter(|at| self.atoms[*at].close > at + 1)
    }
}
