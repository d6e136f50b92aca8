//! The first stage: from YAML text to a tree of [`Node`]s, in which every key and value has its
//! span. Only this module uses the YAML library.

mod characters;
mod mistakes;

use crate::diagnostics::{Code, Diagnostic, Problems, Span, Spanned};
use characters::{Character, Found};
use serde_saphyr::granit_parser::{
    self as granit, ErrorKind, Event, Parser, ScalarStyle, StrInput,
};
use std::borrow::Cow;
use std::ops::Range;

/// The deepest nesting that is read. OpenAPI documents need about twenty levels.
const MAX_DEPTH: usize = 40;

/// The scalars that differ from their source text: escaped, folded or of several lines.
pub type Unescaped = typed_arena::Arena<String>;

/// A value with its span.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node<'s> {
    pub kind: Kind<'s>,
    /// The source of the value; of a mapping or a sequence only the first byte.
    pub span: Span,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Kind<'s> {
    /// `null`, `~` or an empty value.
    #[default]
    Null,
    Bool(bool),
    /// A number as it is written.
    Number(&'s str),
    String(&'s str),
    Sequence(Vec<Node<'s>>),
    /// The entries in the order of the file.
    Mapping(Vec<Entry<'s>>),
}

/// A key and its value. A key that is a number is kept as it is written.
pub type Entry<'s> = (Spanned<&'s str>, Node<'s>);

impl<'s> Node<'s> {
    /// The kind for a message, such as `a mapping`.
    pub fn kind_name(&self) -> &'static str {
        match self.kind {
            Kind::Null => "empty",
            Kind::Bool(_) => "true or false",
            Kind::Number(_) => "a number",
            Kind::String(_) => "text",
            Kind::Sequence(_) => "a list",
            Kind::Mapping(_) => "a mapping",
        }
    }

    /// The span to mark in a message: the span of the key when the value is empty.
    pub fn place(&self, key: Span) -> Span {
        if self.span.start == self.span.end {
            key
        } else {
            self.span
        }
    }

    /// The entry of a key in a mapping.
    pub fn entry(&self, key: &str) -> Option<&Entry<'s>> {
        self.entries().iter().find(|(known, _)| known.value == key)
    }

    /// The value of a key in a mapping.
    pub fn get(&self, key: &str) -> Option<&Node<'s>> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The entries of a mapping; empty for any other kind.
    pub fn entries(&self) -> &[Entry<'s>] {
        match &self.kind {
            Kind::Mapping(entries) => entries,
            _ => &[],
        }
    }
}

/// Parses one text. Returns `None` after a problem.
pub fn parse<'s>(
    text: &'s str,
    source: u32,
    unescaped: &'s Unescaped,
    problems: &Problems,
) -> Option<Node<'s>> {
    if u32::try_from(text.len()).is_err() {
        let help = "split it; a document may have up to 4 GiB";
        let whole = bytes(source, 0..0);
        problems.error(Code::Limit, whole, "the file is too large", help);
        return None;
    }
    let options = granit::options! {
        emit_comments: false,
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut tree = Tree {
        text,
        source,
        unescaped,
        problems,
        parser: Parser::new_from_str_with_options(text, options),
        depth: 0,
        is_whole: true,
        nodes: Vec::new(),
        entries: Vec::new(),
    };
    if let Some(found) = mistakes::conflict(text) {
        problems.report(problem(source, found));
        return None;
    }
    tree.document().filter(|_| tree.is_whole)
}

fn span(source: u32, place: &granit::Span) -> Span {
    bytes(source, place.byte_range().unwrap_or_default())
}

/// The span of a byte range in a text of at most 4 GiB.
fn bytes(source: u32, range: Range<usize>) -> Span {
    let [start, end] = [range.start, range.end].map(|at| u32::try_from(at).unwrap_or(u32::MAX));
    Span { source, start, end }
}

fn problem(source: u32, (place, message, help): Found) -> Diagnostic {
    Diagnostic::new(Code::Syntax, bytes(source, place), message, help)
}

/// Builds the tree from the parser's events. Aliases are not expanded, so the tree is never larger
/// than its text.
struct Tree<'s, 'p> {
    text: &'s str,
    source: u32,
    unescaped: &'s Unescaped,
    problems: &'p Problems,
    parser: Parser<'s, StrInput<'s>>,
    depth: usize,
    /// False after a problem that leaves something out of the tree.
    is_whole: bool,
    /// The items of all open sequences.
    nodes: Vec<Node<'s>>,
    /// The entries of all open mappings.
    entries: Vec<Entry<'s>>,
}

impl<'s> Tree<'s, '_> {
    /// The root. Here and in the methods below, `None` means a problem that stops the parser.
    fn document(&mut self) -> Option<Node<'s>> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart(..) if root.is_some() => {
                    let help = "keep one document in a file";
                    return self.limit(span, "a second document begins here", help);
                }
                Event::DocumentStart(..) => {
                    let (event, span) = self.next()?;
                    root = Some(self.node(event, span)?);
                }
                _ => {}
            }
        }
        let root = root.filter(|root| root.kind != Kind::Null);
        if root.is_none() {
            let (start, help) = (bytes(self.source, 0..0), "write a mapping, `key: value`");
            let message = "the file is empty, or has only comments";
            self.problems.error(Code::WrongKind, start, message, help);
        }
        root
    }

    fn next(&mut self) -> Option<(Event<'s>, Span)> {
        match self.parser.next() {
            Some(Ok((event, place))) => {
                if place.tag_start.is_some() {
                    self.tag(&event, &place);
                }
                Some((event, span(self.source, &place)))
            }
            Some(Err(error)) if *error.kind() == ErrorKind::RecursionLimitExceeded => {
                let at = error.marker().byte_offset().unwrap_or_default();
                let character = self.text.get(at..).and_then(|rest| rest.chars().next());
                let character = character.map_or(0, char::len_utf8);
                self.too_deep(bytes(self.source, at..at + character))
            }
            Some(Err(error)) => {
                let problem = mistakes::syntax(self.text, self.source, &error);
                self.problems.report(problem);
                None
            }
            None => Some((Event::StreamEnd, Span::default())),
        }
    }

    fn limit<T>(&self, span: Span, message: &str, help: &str) -> Option<T> {
        self.problems.error(Code::Limit, span, message, help);
        None
    }

    fn too_deep<T>(&self, span: Span) -> Option<T> {
        let help = "at most 40 levels are read; move inner schemas to `components` and refer to them \
            with `$ref`";
        self.limit(span, "the YAML nests too deeply", help)
    }

    /// Reports a tag that changes the type of a value.
    fn tag(&mut self, event: &Event<'_>, place: &granit::Span) {
        if let Some(tag) = event.tag()
            && !(event.scalar().is_some() && tag.is_yaml_core_schema_tag("str"))
        {
            let message = format!("the tag `{}` is not supported", tag.original());
            let help = "remove the tag; put a text that could be read as another type into quotes";
            let span = span(self.source, &place.tag_span().unwrap_or(*place));
            self.problems.error(Code::Syntax, span, message, help);
            self.is_whole = false;
        }
    }

    /// Reads the value that begins with an event.
    fn node(&mut self, event: Event<'s>, span: Span) -> Option<Node<'s>> {
        let kind = match event {
            Event::Scalar(text, style, _, tag) => {
                self.word(false, span);
                if style == ScalarStyle::Plain && tag.is_none() {
                    plain(self.kept(text))
                } else {
                    Kind::String(self.kept(text))
                }
            }
            Event::SequenceStart(..) => self.nested(span, Self::sequence)?,
            Event::MappingStart(..) => self.nested(span, Self::mapping)?,
            _ => {
                let message = "anchors and aliases are not supported";
                let help = "write it out, or refer to one of the `components` with `$ref`; put text \
                    that begins with `&` or `*` into quotes";
                return self.limit(span, message, help);
            }
        };
        Some(Node { kind, span })
    }

    /// Stores the text of a scalar in the arena when it differs from the source text.
    fn kept(&self, text: Cow<'s, str>) -> &'s str {
        match text {
            Cow::Borrowed(text) => text,
            Cow::Owned(text) => self.unescaped.alloc(text),
        }
    }

    /// Reports a word with a character that only looks like ASCII.
    fn word(&mut self, is_key: bool, span: Span) {
        let written = &self.text[span.start as usize..span.end as usize];
        if let Some(character) = Character::in_word(written, is_key) {
            let found = character.found(span.start as usize);
            self.problems.report(problem(self.source, found));
            self.is_whole = false;
        }
    }

    fn nested(&mut self, span: Span, read: fn(&mut Self) -> Option<Kind<'s>>) -> Option<Kind<'s>> {
        if self.depth == MAX_DEPTH {
            return self.too_deep(span);
        }
        self.depth += 1;
        let kind = read(self)?;
        self.depth -= 1;
        Some(kind)
    }

    fn sequence(&mut self) -> Option<Kind<'s>> {
        let first = self.nodes.len();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                return Some(Kind::Sequence(self.nodes.split_off(first)));
            }
            let node = self.node(event, span)?;
            self.nodes.push(node);
        }
    }

    fn mapping(&mut self) -> Option<Kind<'s>> {
        let first = self.entries.len();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                self.duplicates(first);
                return Some(Kind::Mapping(self.entries.split_off(first)));
            }
            let text = self.key(event, span)?;
            let (event, place) = self.next()?;
            let node = self.node(event, place)?;
            self.entries
                .extend(text.map(|text| (Spanned::new(text, span), node)));
        }
    }

    /// The text of a key; `Some(None)` after the report of a key that is not text.
    fn key(&mut self, event: Event<'s>, span: Span) -> Option<Option<&'s str>> {
        match event {
            Event::Scalar(text, ScalarStyle::Plain, ..) if text == "<<" => {
                let help = "write the keys out, or use `allOf`";
                return self.limit(span, "merge keys are not supported", help);
            }
            // A missing key has an empty span.
            Event::Scalar(text, ..) if !text.is_empty() && span.start < span.end => {
                self.word(true, span);
                return Some(Some(self.kept(text)));
            }
            event => self.node(event, span)?,
        };
        let help = "write text as the key";
        self.problems
            .error(Code::WrongKind, span, "this key is not text", help);
        Some(None)
    }

    /// Reports repeated keys among the entries from `first` on.
    fn duplicates(&self, first: usize) {
        let mut keys: Vec<_> = self.entries[first..].iter().map(|(key, _)| key).collect();
        keys.sort_by_key(|key| key.value);
        for pair in keys.windows(2) {
            if let [before, again] = pair
                && before.value == again.value
            {
                let message = format!("the key `{}` appears twice", again.value);
                let spans = [
                    (again.span, "again here"),
                    (before.span, "used here before"),
                ];
                let (code, help) = (Code::DuplicateKey, "remove one of the two, or rename it");
                self.problems.clash(code, spans, message, help);
            }
        }
    }
}

/// An unquoted scalar, by the core schema of YAML 1.2. A number with a leading zero is a string.
fn plain(text: &str) -> Kind<'_> {
    match text {
        "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" => Kind::Bool(true),
        "false" | "False" | "FALSE" => Kind::Bool(false),
        number if is_number(number) => Kind::Number(number),
        text => Kind::String(text),
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return false;
    }
    let all =
        |digits: &str, is: fn(&u8) -> bool| !digits.is_empty() && digits.bytes().all(|b| is(&b));
    match digits.as_bytes() {
        b".inf" | b".Inf" | b".INF" | b".nan" | b".NaN" | b".NAN" => true,
        [b'0', b'x', ..] => all(&digits[2..], u8::is_ascii_hexdigit),
        [b'0', b'o', ..] => all(&digits[2..], |b| (b'0'..=b'7').contains(b)),
        [b'0', b'0'..=b'9', ..] => false,
        _ => digits.parse::<f64>().is_ok_and(f64::is_finite),
    }
}
