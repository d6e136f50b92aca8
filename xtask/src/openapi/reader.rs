//! Reads the keys of a YAML mapping, and reports every key that was not asked for.

use super::files::Files;
use crate::diagnostics::{Code, Diagnostic, Problems, Span, Spanned, listed};
use crate::yaml::{Kind, Node};
use indexmap::IndexSet;
use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt::Display;

/// The help for an OpenAPI key that is not supported, by the object it appears in.
fn unsupported(kind: &str, key: &str) -> Option<&'static str> {
    Some(match (kind, key) {
        ("a schema", "not") => "describe the allowed values instead",
        ("a schema", "xml") => "remove it; Microsoft Graph speaks JSON",
        ("a schema", "multipleOf" | "exclusiveMinimum" | "exclusiveMaximum")
        | ("a schema", "minProperties" | "maxProperties") => "say it in the description",
        ("`components`", "headers" | "links" | "callbacks")
        | ("a server", "variables")
        | ("a path", "$ref" | "servers" | "head" | "options" | "trace")
        | ("an operation", "callbacks")
        | ("a parameter", "allowReserved" | "allowEmptyValue")
        | ("a response", "headers" | "links")
        | ("a media type", "encoding") => {
            "remove it; use an overlay if the document is not yours to change"
        }
        _ => return None,
    })
}

/// A struct and the function that reads it: each field has the expression that reads its key.
macro_rules! object {
    (|$keys:ident $(, $given:ident: $given_type:ty)*|
    $(#[$attribute:meta])*
    pub struct $name:ident<'n> {
        $($(#[doc = $docs:literal])* $field:ident: $type:ty = $value:expr,)*
    }) => {
        $(#[$attribute])*
        pub struct $name<'n> {
            $($(#[doc = $docs])* pub $field: $type,)*
        }

        impl<'n> $name<'n> {
            pub fn read($keys: &mut Keys<'n, '_> $(, $given: $given_type)*) -> Self {
                $(let $field = $value;)*
                Self { $($field,)* }
            }
        }
    };
}
pub(super) use object;

/// A text of the document.
pub type Text<'n> = Spanned<&'n str>;

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
    Reference(Text<'n>),
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
    kind: Cow<'static, str>,
    known: Vec<&'static str>,
    /// False when a text is missing that the object cannot do without.
    pub is_whole: bool,
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
    pub fn uses(&self, references: impl IntoIterator<Item = Text<'n>>) {
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
        if let Some(help) = unsupported(kind, text) {
            let message = format!("`{text}` of {kind} is not supported");
            return self.error(Code::Unsupported, key.span, message, help);
        }
        let known: IndexSet<_> = known.iter().copied().collect();
        let otherwise = if is_extension {
            "remove it; the generator does not read this extension".to_owned()
        } else {
            format!("possible here: {}", listed(&known))
        };
        let help = self.problems.suggest(text, known, otherwise);
        let message = format!("{kind} has no key `{text}`");
        self.error(Code::UnknownKey, key.span, message, help);
    }
}

impl<'n, 'r> Value<'n, 'r> {
    /// Reads a mapping; none without a needed text. Reports keys that `read` does not ask for.
    pub fn object<T>(
        self,
        kind: impl Into<Cow<'static, str>>,
        read: impl FnOnce(&mut Keys<'n, 'r>) -> T,
    ) -> Option<T> {
        let kind = kind.into();
        if !self.is_mapping(&kind) {
            return None;
        }
        let mut keys = Keys {
            value: self,
            kind,
            // A schema asks for some forty keys.
            known: Vec::with_capacity(40),
            is_whole: true,
        };
        let value = read(&mut keys);
        for (key, _) in self.node.entries() {
            if !keys.known.contains(&key.value) {
                self.reader.unknown_key(*key, &keys.kind, &keys.known);
            }
        }
        keys.is_whole.then_some(value)
    }

    fn is_mapping(self, kind: impl Display) -> bool {
        let is_mapping = matches!(self.node.kind, Kind::Mapping(_));
        if !is_mapping {
            self.wrong_kind(kind, "a mapping", "write `key: value`");
        }
        is_mapping
    }

    /// Reads the entries of a mapping whose keys are free.
    pub fn entries<T: IntoIterator>(
        self,
        kind: impl Display,
        mut read: impl FnMut(Text<'n>, Self) -> T,
    ) -> Vec<T::Item> {
        self.is_mapping(kind);
        let mut all = Vec::with_capacity(self.node.entries().len());
        for (key, node) in self.node.entries() {
            all.extend(read(*key, self.reader.value(node, key.span)));
        }
        all
    }

    /// Reads the items of a list.
    pub fn items<T: IntoIterator>(
        self,
        kind: impl Display,
        mut read: impl FnMut(Self) -> T,
    ) -> Vec<T::Item> {
        let Kind::Sequence(items) = &self.node.kind else {
            self.wrong_kind(kind, "a list", "write `- item` or `[item]`");
            return Vec::new();
        };
        let mut all = Vec::with_capacity(items.len());
        for node in items {
            all.extend(read(self.reader.value(node, node.span)));
        }
        all
    }

    /// A text.
    pub fn text(self, kind: impl Display) -> Option<Text<'n>> {
        let help = match &self.node.kind {
            Kind::String(text) => return Some(Spanned::new(text, self.node.span)),
            Kind::Number(text) => format!("put it in quotes: '{text}'"),
            Kind::Bool(value) => format!("put it in quotes: '{value}'"),
            _ => "write text".to_owned(),
        };
        self.wrong_kind(kind, "text", &help);
        None
    }

    /// A number that fits into 32 bits.
    pub fn number(self, kind: impl Display) -> Option<u32> {
        if let Kind::Number(text) = self.node.kind
            && let Ok(number) = text.parse()
        {
            return Some(number);
        }
        self.wrong_kind(kind, "a non-negative whole number", "write a whole number");
        None
    }

    fn wrong_kind(self, kind: impl Display, expected: &str, help: &str) {
        let found = self.node.kind_name();
        let message = format!("{kind} must be {expected}, but is {found}");
        let span = self.node.place(self.span);
        self.reader.error(Code::WrongKind, span, message, help);
    }

    /// The pointer of `$ref`. OpenAPI 3.0 ignores the keys beside it: they are errors here.
    pub fn reference(self) -> Option<Text<'n>> {
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
        let pointer = self.reader.files.target(reference, self.reader.problems);
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

    /// The span of a key that is there. The key does not become known.
    pub fn span_of(&self, key: &str) -> Option<Span> {
        self.value.node.entry(key).map(|(key, _)| key.span)
    }

    /// The value of a key.
    pub fn get(&mut self, key: &'static str) -> Option<Value<'n, 'r>> {
        self.known.push(key);
        let (key, node) = self.value.node.entry(key)?;
        Some(self.value.reader.value(node, key.span))
    }

    /// Reports a missing key.
    pub fn require(&self, key: &str) {
        if self.value.node.entry(key).is_none() {
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
    pub fn ignore(&mut self, keys: &[&'static str]) -> &mut Self {
        self.known.extend(keys);
        self
    }

    /// True when there is a key that is not supported.
    pub fn has_unsupported(&self) -> bool {
        let mut keys = self.value.node.entries().iter();
        keys.any(|(key, _)| unsupported(&self.kind, key.value).is_some())
    }

    /// Text, when the key is there.
    pub fn text(&mut self, key: &'static str) -> Option<Text<'n>> {
        self.get(key)?.text(format_args!("`{key}`"))
    }

    /// Text; reports when the key is missing.
    pub fn required_text(&mut self, key: &'static str) -> Option<Text<'n>> {
        self.require(key);
        self.text(key)
    }

    /// Text that the object cannot do without: an object that lacks it is not read.
    pub fn needed_text(&mut self, key: &'static str) -> Text<'n> {
        let text = self.required_text(key);
        self.is_whole &= text.is_some();
        text.unwrap_or(Spanned::new("", self.value.span))
    }

    /// `true` or `false`; false when the key is missing.
    pub fn flag(&mut self, key: &'static str) -> bool {
        let value = self.get(key);
        value.is_some_and(|value| {
            let Kind::Bool(flag) = value.node.kind else {
                let help = "write `true` or `false`";
                value.wrong_kind(format_args!("`{key}`"), "true or false", help);
                return false;
            };
            flag
        })
    }

    /// Reads the items of a list; none when the key is missing.
    pub fn items<T: IntoIterator>(
        &mut self,
        key: &'static str,
        read: impl FnMut(Value<'n, 'r>) -> T,
    ) -> Vec<T::Item> {
        let items = |value: Value<'n, 'r>| value.items(format_args!("`{key}`"), read);
        self.get(key).map_or_else(Vec::new, items)
    }

    /// A list of texts; empty when the key is missing.
    pub fn texts(&mut self, key: &'static str) -> Vec<Text<'n>> {
        self.items(key, |item| item.text(format_args!("an item of `{key}`")))
    }

    /// Reads the entries of a mapping whose keys are free; none when the key is missing.
    pub fn entries<T: IntoIterator>(
        &mut self,
        key: &'static str,
        read: impl FnMut(Text<'n>, Value<'n, 'r>) -> T,
    ) -> Vec<T::Item> {
        let entries = |value: Value<'n, 'r>| value.entries(format_args!("`{key}`"), read);
        self.get(key).map_or_else(Vec::new, entries)
    }

    /// The entries of a mapping of text to text; empty when the key is missing.
    pub fn pairs(&mut self, key: &'static str) -> Vec<(Text<'n>, Text<'n>)> {
        self.entries(key, |name, value| Some((name, value.text("the value")?)))
    }

    /// Reads a mapping; reports keys that `read` does not ask for.
    pub fn object<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Keys<'n, 'r>) -> T,
    ) -> Option<T> {
        self.get(key)?.object(format!("`{key}`"), read)
    }
}
