//! Reads the keys of a YAML mapping, and reports every key that was not asked for.

use crate::diagnostics::{Code, Diagnostic, Problems, Span, listed};
use crate::yaml::node::{Key, Kind, Node};
use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt::Display;

/// OpenAPI keys that are not supported, by the object they appear in. Those of a schema are in
/// `schema`, each with what to write instead.
const UNSUPPORTED: [(&str, &[&str]); 7] = [
    ("`components`", &["headers", "links", "callbacks"]),
    ("a server", &["variables"]),
    ("a path", &["$ref", "servers", "head", "options", "trace"]),
    ("an operation", &["servers", "callbacks"]),
    (
        "a parameter",
        &["content", "allowReserved", "allowEmptyValue"],
    ),
    ("a response", &["headers", "links"]),
    ("a media type", &["encoding"]),
];

/// How strictly a description is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strictness {
    /// Our own description: it is also linted, and unknown extensions are errors.
    #[default]
    Strict,
    /// Somebody else's description: extensions other than `x-rust-…` are ignored.
    Lenient,
}

/// A value and its span.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// The span.
    pub span: Span,
}

/// A value, or a reference to one of the components.
#[derive(Clone, Debug)]
pub enum RefOr<'n, T> {
    /// The value itself, and its span.
    Value(Spanned<T>),
    /// The target of `$ref`.
    Reference(Spanned<&'n str>),
}

/// The state of reading a document.
#[derive(Debug)]
pub struct Reader<'n> {
    /// How strictly to read.
    pub strictness: Strictness,
    /// Collects the problems.
    pub problems: &'n Problems,
    /// The targets of all references, and the names of all hints.
    pub used: RefCell<HashSet<&'n str>>,
}

/// The keys of one mapping. Those that were never asked for are reported in the end.
#[derive(Debug)]
pub struct Keys<'n, 'r> {
    /// The reader.
    pub reader: &'r Reader<'n>,
    /// The span of the key that the mapping belongs to.
    pub span: Span,
    entries: &'n [(Key<'n>, Node<'n>)],
    kind: &'static str,
    known: Vec<&'static str>,
    refused: Vec<&'static str>,
}

impl<T> Spanned<T> {
    /// A value at a span.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

impl<'n> From<&'n Key<'n>> for Spanned<&'n str> {
    fn from(key: &'n Key<'n>) -> Self {
        Self::new(&key.text, key.span)
    }
}

impl<T> RefOr<'_, T> {
    /// The span of the value or of the reference.
    pub fn span(&self) -> Span {
        match self {
            Self::Value(value) => value.span,
            Self::Reference(reference) => reference.span,
        }
    }

    /// The value, unless this is a reference.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(&value.value),
            Self::Reference(_) => None,
        }
    }
}

impl<'n> Reader<'n> {
    /// A new reader.
    pub fn new(strictness: Strictness, problems: &'n Problems) -> Self {
        let used = RefCell::default();
        Self {
            strictness,
            problems,
            used,
        }
    }

    /// True for our own description.
    pub fn is_strict(&self) -> bool {
        self.strictness == Strictness::Strict
    }

    /// Reports a problem of one place, and how to write it instead.
    pub fn error(
        &self,
        code: Code,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.problems.error(code, span, message, help);
    }

    /// Reads a mapping. Reports a node that is not a mapping, and keys that `read` does not ask
    /// for.
    pub fn object<T>(
        &self,
        node: &'n Node<'n>,
        span: Span,
        kind: &'static str,
        read: impl FnOnce(&mut Keys<'n, '_>) -> T,
    ) -> Option<T> {
        let mut keys = Keys {
            reader: self,
            span,
            entries: self.mapping(node, span, kind)?,
            kind,
            known: Vec::with_capacity(16),
            refused: Vec::new(),
        };
        let value = read(&mut keys);
        for (key, _) in keys.entries {
            let text = key.text.as_ref();
            if !keys.known.contains(&text) && !keys.refused.contains(&text) {
                self.unknown_key(key, kind, &keys.known);
            }
        }
        Some(value)
    }

    /// The entries of a mapping whose keys are free.
    pub fn mapping(
        &self,
        node: &'n Node<'n>,
        span: Span,
        kind: &str,
    ) -> Option<&'n [(Key<'n>, Node<'n>)]> {
        if let Kind::Mapping(entries) = &node.kind {
            return Some(entries);
        }
        wrong_kind(self.problems, node, span, kind, "a mapping, `key: value`");
        None
    }

    /// The items of a list.
    pub fn list(
        &self,
        node: &'n Node<'n>,
        span: Span,
        kind: impl Display,
    ) -> &'n [Node<'n>] {
        if let Kind::Sequence(items) = &node.kind {
            return items;
        }
        wrong_kind(
            self.problems,
            node,
            span,
            kind,
            "a list, `- item` or `[item]`",
        );
        &[]
    }

    /// A node that must be text.
    pub fn text(
        &self,
        node: &'n Node<'_>,
        span: Span,
        kind: impl Display,
    ) -> Option<Spanned<&'n str>> {
        text(self.problems, node, span, kind)
    }

    /// A node that must be a number that fits into 32 bits.
    pub fn number(
        &self,
        node: &Node<'_>,
        span: Span,
        kind: impl Display,
    ) -> Option<u32> {
        if let Kind::Number(text) = node.kind
            && let Ok(number) = text.parse()
        {
            return Some(number);
        }
        wrong_kind(
            self.problems,
            node,
            span,
            kind,
            "a whole number, not negative",
        );
        None
    }

    /// The target of `$ref`. OpenAPI 3.0 ignores the keys beside it: they are errors here.
    pub fn reference(&self, node: &'n Node<'n>) -> Option<Spanned<&'n str>> {
        let target = node.get("$ref")?;
        let reference = self.text(target, target.span, "`$ref`")?;
        for (key, _) in node.entries().iter().filter(|(key, _)| key.text != "$ref") {
            let message = format!("`{}` beside `$ref` has no effect", key.text);
            let help = "write `allOf: [{$ref: …}]` and leave the others beside it, or remove it";
            let problem =
                Diagnostic::new(Code::Unsupported, key.span, message).help(help);
            self.problems
                .report(problem.context(reference.span, "the reference"));
        }
        self.uses([reference]);
        Some(reference)
    }

    /// A value, or the `$ref` to one.
    pub fn ref_or<T>(
        &self,
        node: &'n Node<'n>,
        span: Span,
        read: impl Fn(&Self, &'n Node<'n>, Span) -> Option<T>,
    ) -> Option<RefOr<'n, T>> {
        match self.reference(node) {
            Some(reference) => Some(RefOr::Reference(reference)),
            None => read(self, node, span)
                .map(|value| RefOr::Value(Spanned::new(value, span))),
        }
    }

    /// Remembers references, for the lint of unused components.
    pub fn uses(&self, references: impl IntoIterator<Item = Spanned<&'n str>>) {
        if self.is_strict() {
            let targets = references.into_iter().map(|reference| reference.value);
            self.used.borrow_mut().extend(targets);
        }
    }

    fn unknown_key(&self, key: &Key<'_>, kind: &str, known: &[&str]) {
        let text = key.text.as_ref();
        let is_extension = text.starts_with("x-") && !text.starts_with("x-rust-");
        if is_extension && !self.is_strict() {
            return;
        }
        if UNSUPPORTED
            .iter()
            .any(|(object, keys)| *object == kind && keys.contains(&text))
        {
            let message = format!("`{text}` of {kind} is not supported");
            let help =
                "remove it; where the description is somebody else's, by an overlay";
            self.error(Code::Unsupported, key.span, message, help);
            return;
        }
        let otherwise = if is_extension {
            "remove it; our own description keeps no extension that nothing reads"
                .to_owned()
        } else {
            format!("possible here: {}", listed(known))
        };
        let help = self
            .problems
            .suggest(text, known.iter().copied(), otherwise);
        let message = format!("{kind} has no key `{text}`");
        self.error(Code::UnknownKey, key.span, message, help);
    }
}

/// A node that must be text.
pub fn text<'n>(
    problems: &Problems,
    node: &'n Node<'_>,
    span: Span,
    kind: impl Display,
) -> Option<Spanned<&'n str>> {
    let unquoted = |text: &str| {
        let message = format!("{kind} is text, and this is {}", node.kind_name());
        let help = format!("put it in quotes: '{text}'");
        problems.error(Code::WrongKind, node.span, message, help);
    };
    match &node.kind {
        Kind::String(text) => return Some(Spanned::new(text.as_ref(), node.span)),
        Kind::Number(text) => unquoted(text),
        Kind::Bool(value) => unquoted(&value.to_string()),
        _ => wrong_kind(problems, node, span, kind, "text"),
    }
    None
}

fn wrong_kind(
    problems: &Problems,
    node: &Node<'_>,
    span: Span,
    kind: impl Display,
    expected: &str,
) {
    let message = format!("{kind} is {}", node.kind_name());
    let help = format!("write {expected}");
    problems.error(Code::WrongKind, node.place(span), message, help);
}

impl<'n> Keys<'n, '_> {
    /// All entries, in the order of the file.
    pub fn entries(&self) -> &'n [(Key<'n>, Node<'n>)] {
        self.entries
    }

    /// The span of a key that is there, whether or not it is known.
    pub fn span_of(&self, key: &str) -> Option<Span> {
        let (key, _) = self.entries.iter().find(|(k, _)| k.text == key)?;
        Some(key.span)
    }

    /// The value of a key and the span of the key.
    pub fn get(&mut self, key: &'static str) -> Option<(&'n Node<'n>, Span)> {
        self.known.push(key);
        let (key, value) = self.entries.iter().find(|(k, _)| k.text == key)?;
        Some((value, key.span))
    }

    /// Declares keys that are known and change nothing.
    pub fn ignore(&mut self, keys: &[&'static str]) {
        self.known.extend(keys);
    }

    /// Reports a key that is not supported, with what to write instead. True when it is there.
    pub fn refuse(&mut self, key: &'static str, instead: &str) -> bool {
        let Some(span) = self.span_of(key) else {
            return false;
        };
        self.refused.push(key);
        let message = format!("`{key}` is not supported");
        self.reader.error(Code::Unsupported, span, message, instead);
        true
    }

    /// A value; reports when the key is missing.
    pub fn required(&mut self, key: &'static str) -> Option<(&'n Node<'n>, Span)> {
        let found = self.get(key);
        if found.is_none() {
            let message = format!("{} lacks the key `{key}`", self.kind);
            let help = format!("add `{key}: …`");
            self.reader
                .error(Code::MissingKey, self.span, message, help);
        }
        found
    }

    /// Text, when the key is there.
    pub fn text(&mut self, key: &'static str) -> Option<Spanned<&'n str>> {
        let (node, span) = self.get(key)?;
        self.reader.text(node, span, format_args!("`{key}`"))
    }

    /// Text; reports when the key is missing.
    pub fn required_text(&mut self, key: &'static str) -> Option<Spanned<&'n str>> {
        let (node, span) = self.required(key)?;
        self.reader.text(node, span, format_args!("`{key}`"))
    }

    /// `true` or `false`; false when the key is missing.
    pub fn flag(&mut self, key: &'static str) -> bool {
        let Some((node, span)) = self.get(key) else {
            return false;
        };
        if let Kind::Bool(value) = node.kind {
            return value;
        }
        wrong_kind(
            self.reader.problems,
            node,
            span,
            format_args!("`{key}`"),
            "`true` or `false`",
        );
        false
    }

    /// The items of a list; empty when the key is missing.
    pub fn list(&mut self, key: &'static str) -> &'n [Node<'n>] {
        let Some((node, span)) = self.get(key) else {
            return &[];
        };
        self.reader.list(node, span, format_args!("`{key}`"))
    }

    /// A list of texts; empty when the key is missing.
    pub fn texts(&mut self, key: &'static str) -> Vec<Spanned<&'n str>> {
        let Some((node, span)) = self.get(key) else {
            return Vec::new();
        };
        let items = self.reader.list(node, span, format_args!("`{key}`")).iter();
        let text = |item| {
            self.reader
                .text(item, span, format_args!("an item of `{key}`"))
        };
        items.filter_map(text).collect()
    }

    /// The entries of a mapping of text to text; empty when the key is missing.
    pub fn pairs(
        &mut self,
        key: &'static str,
    ) -> Vec<(Spanned<&'n str>, Spanned<&'n str>)> {
        let Some((node, span)) = self.get(key) else {
            return Vec::new();
        };
        let entries = self.reader.mapping(node, span, key).unwrap_or_default();
        let pair = |(key, node): &'n (Key<'n>, Node<'n>)| {
            let value = self.reader.text(node, key.span, "the value")?;
            Some((Spanned::from(key), value))
        };
        entries.iter().filter_map(pair).collect()
    }

    /// A mapping of its own; reports keys that `read` does not ask for.
    pub fn object<T>(
        &mut self,
        key: &'static str,
        kind: &'static str,
        read: impl FnOnce(&mut Keys<'n, '_>) -> T,
    ) -> Option<T> {
        let (node, span) = self.get(key)?;
        self.reader.object(node, span, kind, read)
    }

    /// The `url` of `externalDocs`.
    pub fn external_docs(&mut self) -> Option<Spanned<&'n str>> {
        let url = self.object("externalDocs", "`externalDocs`", |keys| {
            let url = keys.required_text("url");
            keys.ignore(&["description"]);
            url
        });
        let url = url.flatten()?;
        let is_plain = !url
            .value
            .contains(|c: char| c.is_whitespace() || "<>`\\".contains(c));
        let is_web =
            url.value.starts_with("https://") || url.value.starts_with("http://");
        if is_plain && is_web {
            return Some(url);
        }
        let help = "write `https://…`, without blanks";
        self.reader
            .error(Code::BadValue, url.span, "this is no web address", help);
        None
    }
}
