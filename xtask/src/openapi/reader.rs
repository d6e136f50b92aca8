//! Reads the keys of a YAML mapping, and reports every key that was not asked for.

use super::files::Files;
use crate::diagnostics::{Code, Diagnostic, Problems, Span, Spanned, listed};
use crate::yaml::{Entry, Kind, Node};
use indexmap::IndexSet;
use std::cell::RefCell;
use std::fmt::Display;

/// OpenAPI keys that are not supported, by the object they appear in. The keys of a schema are
/// in `schema`, each with its help.
const UNSUPPORTED: [(&str, &[&str]); 7] = [
    ("`components`", &["headers", "links", "callbacks"]),
    ("a server", &["variables"]),
    ("a path", &["$ref", "servers", "head", "options", "trace"]),
    ("an operation", &["callbacks"]),
    (
        "a parameter",
        &["content", "allowReserved", "allowEmptyValue"],
    ),
    ("a response", &["headers", "links"]),
    ("a media type", &["encoding"]),
];

/// The checks beyond OpenAPI.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strictness {
    /// Our own description: it is also linted, and unknown extensions are errors.
    #[default]
    Strict,
    /// Somebody else's description: extensions other than `x-rust-…` are ignored.
    Lenient,
}

/// A value, or a reference to one of the components.
#[derive(Clone, Debug)]
pub enum RefOr<'n, T> {
    /// The value itself, and its span. Most are references, which are much smaller.
    Value(Box<Spanned<T>>),
    /// The pointer of `$ref`: `#/components/SECTION/NAME`.
    Reference(Spanned<&'n str>),
}

/// The state of reading a document. Its texts outlive the trees that they are read from.
#[derive(Debug)]
pub struct Reader<'n, 'r> {
    pub strictness: Strictness,
    pub problems: &'r Problems,
    pub files: Files<'n, 'r>,
    /// The targets of all references, and the names of all hints.
    pub used: RefCell<IndexSet<&'n str>>,
    /// True when the references decide which components are read.
    pub selects: bool,
}

/// A node of the YAML tree, as the value of a key or as an item of a list.
#[derive(Clone, Copy, Debug)]
pub struct Value<'n, 'r> {
    pub reader: &'r Reader<'n, 'r>,
    pub node: &'r Node<'n>,
    /// The span of its key; of an item of a list, its own.
    pub span: Span,
}

/// The keys of one mapping. Those that were never asked for are reported in the end.
#[derive(Debug)]
pub struct Keys<'n, 'r> {
    /// The mapping.
    pub value: Value<'n, 'r>,
    kind: &'static str,
    known: Vec<&'static str>,
    refused: Vec<&'static str>,
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

impl<'n, 'r> Reader<'n, 'r> {
    /// A new reader of some files.
    pub fn new(strictness: Strictness, problems: &'r Problems, files: Files<'n, 'r>) -> Self {
        Self {
            strictness,
            problems,
            files,
            used: RefCell::default(),
            selects: false,
        }
    }

    /// True for our own description.
    pub fn is_strict(&self) -> bool {
        self.strictness == Strictness::Strict
    }

    /// A node as a value, with the span of its key; of the root of a document, its own.
    pub fn value(&'r self, node: &'r Node<'n>, span: Span) -> Value<'n, 'r> {
        Value {
            reader: self,
            node,
            span,
        }
    }

    /// Reports a problem of one place, and how to write it instead.
    pub fn error(&self, code: Code, span: Span, text: impl Into<String>, help: impl Into<String>) {
        self.problems.error(code, span, text, help);
    }

    /// Remembers references, for the lint of unused components and for a selection of paths.
    pub fn uses(&self, references: impl IntoIterator<Item = Spanned<&'n str>>) {
        if self.is_strict() || self.selects {
            let targets = references.into_iter().map(|reference| reference.value);
            self.used.borrow_mut().extend(targets);
        }
    }

    fn unknown_key(&self, key: Spanned<&str>, kind: &str, known: &[&str]) {
        let text = key.value;
        let is_extension = text.starts_with("x-") && !text.starts_with("x-rust-");
        if is_extension && !self.is_strict() {
            return;
        }
        let is_openapi = |row: &(&str, &[&str])| row.0 == kind && row.1.contains(&text);
        if UNSUPPORTED.iter().any(is_openapi) {
            let message = format!("`{text}` of {kind} is not supported");
            let help = "remove it; use an overlay if the document is not yours to change";
            return self.error(Code::Unsupported, key.span, message, help);
        }
        let otherwise = if is_extension {
            "remove it; the generator does not read this extension".to_owned()
        } else {
            format!("possible here: {}", listed(known))
        };
        let known = known.iter().copied();
        let help = self.problems.suggest(text, known, otherwise);
        let message = format!("{kind} has no key `{text}`");
        self.error(Code::UnknownKey, key.span, message, help);
    }
}

impl<'n, 'r> Value<'n, 'r> {
    /// Reads a mapping. Reports any other value, and keys that `read` does not ask for.
    pub fn object<T>(
        self,
        kind: &'static str,
        read: impl FnOnce(&mut Keys<'n, 'r>) -> Option<T>,
    ) -> Option<T> {
        if !matches!(self.node.kind, Kind::Mapping(_)) {
            self.wrong_kind(kind, "a mapping", "`key: value`");
            return None;
        }
        let mut keys = Keys {
            value: self,
            kind,
            // A schema asks for some forty keys.
            known: Vec::with_capacity(40),
            refused: Vec::new(),
        };
        let value = read(&mut keys);
        for (key, _) in self.node.entries() {
            if !keys.known.contains(&key.value) && !keys.refused.contains(&key.value) {
                self.reader.unknown_key(*key, kind, &keys.known);
            }
        }
        value
    }

    /// The entries of a mapping whose keys are free.
    pub fn entries(
        self,
        kind: &str,
    ) -> impl Iterator<Item = (Spanned<&'n str>, Self)> + Clone + use<'n, 'r> {
        if !matches!(self.node.kind, Kind::Mapping(_)) {
            self.wrong_kind(kind, "a mapping", "`key: value`");
        }
        let entries = self.node.entries().iter();
        entries.map(move |(key, node)| (*key, self.reader.value(node, key.span)))
    }

    /// The items of a list.
    pub fn items(self, kind: &dyn Display) -> impl Iterator<Item = Self> + use<'n, 'r> {
        let items = match &self.node.kind {
            Kind::Sequence(items) => &items[..],
            _ => {
                self.wrong_kind(kind, "a list", "`- item` or `[item]`");
                &[]
            }
        };
        let items = items.iter();
        items.map(move |node| self.reader.value(node, node.span))
    }

    /// The items of a list of plain values. Items of another kind are reported at the list.
    pub fn plain_items(self, kind: &dyn Display) -> impl Iterator<Item = Self> + use<'n, 'r> {
        self.items(kind)
            .map(move |item| self.reader.value(item.node, self.span))
    }

    /// A text.
    pub fn text(self, kind: impl Display) -> Option<Spanned<&'n str>> {
        let unquoted = |text: &str| {
            let message = format!("{kind} must be text, but is {}", self.node.kind_name());
            let help = format!("put it in quotes: '{text}'");
            let span = self.node.span;
            self.reader.error(Code::WrongKind, span, message, help);
        };
        match &self.node.kind {
            Kind::String(text) => return Some(Spanned::new(text, self.node.span)),
            Kind::Number(text) => unquoted(text),
            Kind::Bool(value) => unquoted(&value.to_string()),
            _ => self.wrong_kind(kind, "text", "text"),
        }
        None
    }

    /// A number that fits into 32 bits.
    pub fn number(self, kind: impl Display) -> Option<u32> {
        let number = match self.node.kind {
            Kind::Number(text) => text.parse().ok(),
            _ => None,
        };
        if number.is_none() {
            self.wrong_kind(kind, "a non-negative whole number", "a whole number");
        }
        number
    }

    fn wrong_kind(self, kind: impl Display, expected: &str, form: &str) {
        let found = self.node.kind_name();
        let message = format!("{kind} must be {expected}, but is {found}");
        let (span, help) = (self.node.place(self.span), format!("write {form}"));
        self.reader.error(Code::WrongKind, span, message, help);
    }

    /// The pointer of `$ref`. OpenAPI 3.0 ignores the keys beside it: they are errors here.
    pub fn reference(self) -> Option<Spanned<&'n str>> {
        let node = self.node.get("$ref")?;
        let reference = self.reader.value(node, node.span).text("`$ref`")?;
        let others = self.node.entries().iter().map(|(key, _)| key);
        for key in others.filter(|key| key.value != "$ref") {
            let message = format!("`{}` beside `$ref` has no effect", key.value);
            let help = "write `allOf: [{$ref: …}]` and leave the others beside it, or remove it";
            let problem = Diagnostic::new(Code::Unsupported, key.span, message).help(help);
            let problem = problem.context(reference.span, "the reference");
            self.reader.problems.report(problem);
        }
        let pointer = self.reader.target(reference);
        self.reader.uses([pointer]);
        Some(pointer)
    }

    /// A value, or the `$ref` to one. One that cannot be read is a reference to what was reported.
    pub fn ref_or<T>(self, read: impl Fn(Self) -> Option<T>) -> RefOr<'n, T> {
        if let Some(reference) = self.reference() {
            return RefOr::Reference(reference);
        }
        match read(self) {
            Some(value) => RefOr::Value(Box::new(Spanned::new(value, self.span))),
            None => RefOr::Reference(Spanned::new("", self.span)),
        }
    }
}

impl<'n, 'r> Keys<'n, 'r> {
    /// Reports a problem of one place, and how to write it instead.
    pub fn error(&self, code: Code, span: Span, text: impl Into<String>, help: impl Into<String>) {
        self.value.reader.error(code, span, text, help);
    }

    fn find(&self, key: &str) -> Option<&'r Entry<'n>> {
        self.value.node.entry(key)
    }

    /// The span of a key that is there. The key does not become known.
    pub fn span_of(&self, key: &str) -> Option<Span> {
        self.find(key).map(|(key, _)| key.span)
    }

    /// The value of a key.
    pub fn get(&mut self, key: &'static str) -> Option<Value<'n, 'r>> {
        self.known.push(key);
        let (key, node) = self.find(key)?;
        Some(self.value.reader.value(node, key.span))
    }

    /// Reports a missing key.
    pub fn require(&self, key: &str) {
        if self.find(key).is_none() {
            let message = format!("{} lacks the key `{key}`", self.kind);
            let help = format!("add `{key}: …`");
            self.error(Code::MissingKey, self.value.span, message, help);
        }
    }

    /// The value of a key; reports when it is missing.
    pub fn required(&mut self, key: &'static str) -> Option<Value<'n, 'r>> {
        self.require(key);
        self.get(key)
    }

    /// Declares keys that are known and change nothing.
    pub fn ignore(&mut self, keys: &[&'static str]) {
        self.known.extend(keys);
    }

    /// Reports a key that is not supported, with what to write instead. True when it is there.
    pub fn refuse(&mut self, key: &'static str, instead: &str) -> bool {
        let span = self.span_of(key);
        if let Some(span) = span {
            self.refused.push(key);
            let message = format!("`{key}` is not supported");
            self.error(Code::Unsupported, span, message, instead);
        }
        span.is_some()
    }

    /// Text, when the key is there.
    pub fn text(&mut self, key: &'static str) -> Option<Spanned<&'n str>> {
        self.get(key)?.text(format_args!("`{key}`"))
    }

    /// Text; reports when the key is missing.
    pub fn required_text(&mut self, key: &'static str) -> Option<Spanned<&'n str>> {
        self.require(key);
        self.text(key)
    }

    /// `true` or `false`; false when the key is missing.
    pub fn flag(&mut self, key: &'static str) -> bool {
        let Some(value) = self.get(key) else {
            return false;
        };
        if let Kind::Bool(value) = value.node.kind {
            return value;
        }
        let kind = format!("`{key}`");
        value.wrong_kind(kind, "true or false", "`true` or `false`");
        false
    }

    /// The items of a list; none when the key is missing.
    pub fn items(
        &mut self,
        key: &'static str,
    ) -> impl Iterator<Item = Value<'n, 'r>> + use<'n, 'r> {
        let items = |value: Value<'n, 'r>| value.items(&format_args!("`{key}`"));
        self.get(key).map(items).into_iter().flatten()
    }

    /// A list of texts; empty when the key is missing.
    pub fn texts(&mut self, key: &'static str) -> Vec<Spanned<&'n str>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let items = value.plain_items(&format_args!("`{key}`"));
        let texts = items.filter_map(|item| item.text(format_args!("an item of `{key}`")));
        texts.collect()
    }

    /// The entries of a mapping whose keys are free; none when the key is missing.
    pub fn entries(
        &mut self,
        key: &'static str,
        kind: &str,
    ) -> impl Iterator<Item = (Spanned<&'n str>, Value<'n, 'r>)> + use<'n, 'r> {
        let entries = self.get(key).map(|value| value.entries(kind));
        entries.into_iter().flatten()
    }

    /// The entries of a mapping of text to text; empty when the key is missing.
    pub fn pairs(&mut self, key: &'static str) -> Vec<(Spanned<&'n str>, Spanned<&'n str>)> {
        let pair = |(name, value): (_, Value<'n, 'r>)| Some((name, value.text("the value")?));
        self.entries(key, key).filter_map(pair).collect()
    }

    /// Reads a mapping; reports keys that `read` does not ask for.
    pub fn object<T>(
        &mut self,
        key: &'static str,
        kind: &'static str,
        read: impl FnOnce(&mut Keys<'n, 'r>) -> Option<T>,
    ) -> Option<T> {
        self.get(key)?.object(kind, read)
    }

    /// Reads a list of mappings; empty when the key is missing.
    pub fn objects<T>(
        &mut self,
        key: &'static str,
        kind: &'static str,
        read: impl Fn(&mut Keys<'n, 'r>) -> Option<T>,
    ) -> Vec<T> {
        let objects = self.items(key).filter_map(|item| item.object(kind, &read));
        objects.collect()
    }

    /// The `url` of `externalDocs`.
    pub fn external_docs(&mut self) -> Option<Spanned<&'n str>> {
        let url = self.object("externalDocs", "`externalDocs`", |keys| {
            let url = keys.required_text("url");
            keys.ignore(&["description"]);
            url
        })?;
        let is_bad = |c: char| c.is_whitespace() || "<>`\\".contains(c);
        let is_web = url.value.starts_with("https://") || url.value.starts_with("http://");
        if is_web && !url.value.contains(is_bad) {
            return Some(url);
        }
        let help = "write `https://…`, without blanks";
        self.error(Code::BadValue, url.span, "this is not a web address", help);
        None
    }
}
