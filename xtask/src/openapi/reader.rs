//! Reads the keys of a YAML mapping, and reports every key that was never asked for.

use super::files::{Files, RefOr};
use crate::diagnostics::{Code, Problems, Span, Spanned, listed};
use crate::yaml::{Kind, Node};
use indexmap::IndexSet;
use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt::Display;

/// The help for a key of OpenAPI that is not supported in an object.
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

/// Declares a struct and its `read` function: each field has the expression that reads its key.
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

pub type Text<'n> = Spanned<&'n str>;

/// The checks beyond OpenAPI.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strictness {
    /// Our own description: it is linted, and unknown extensions are errors.
    #[default]
    Strict,
    /// Any other description: extensions other than `x-rust-…` are ignored.
    Lenient,
}

/// The state of the reader. Texts live longer than the trees that they come from.
#[derive(Debug)]
pub struct Reader<'n, 'r> {
    pub strictness: Strictness,
    pub problems: &'r Problems,
    pub files: Files<'n, 'r>,
    /// The pointers of all references, and the names of all used hints.
    pub used: RefCell<IndexSet<&'n str>>,
    /// The sections and names of the components that were read.
    pub components: RefCell<Vec<(&'n str, Text<'n>)>>,
    /// True when only the components that references reach are read.
    pub selects: bool,
}

/// A node that is the value of a key or an item of a list.
#[derive(Clone, Copy, Debug)]
pub struct Value<'n, 'r> {
    pub reader: &'r Reader<'n, 'r>,
    pub node: &'r Node<'n>,
    /// The span of the key, or of the item.
    pub span: Span,
}

/// The keys of a mapping. At the end, those that were never asked for are reported.
#[derive(Debug)]
pub struct Keys<'n, 'r> {
    pub value: Value<'n, 'r>,
    kind: Cow<'static, str>,
    known: Vec<&'static str>,
    /// False when a text is missing that the object needs.
    pub is_whole: bool,
}

impl<'n, 'r> Reader<'n, 'r> {
    pub fn new(strictness: Strictness, problems: &'r Problems, files: Files<'n, 'r>) -> Self {
        Self {
            strictness,
            problems,
            files,
            used: RefCell::default(),
            components: RefCell::default(),
            selects: false,
        }
    }

    /// True for our own description.
    pub fn is_strict(&self) -> bool {
        self.strictness == Strictness::Strict
    }

    /// A node as a value, with the span of its key.
    pub fn value(&'r self, node: &'r Node<'n>, span: Span) -> Value<'n, 'r> {
        Value {
            reader: self,
            node,
            span,
        }
    }

    pub fn error(&self, code: Code, span: Span, text: impl Into<String>, help: impl Into<String>) {
        self.problems.error(code, span, text, help);
    }

    /// Records references, to find unused components or those that a selection reaches.
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
    /// Reads a mapping. Returns `None` when a needed text is missing.
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
            // `Schema` declares about forty keys.
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

    /// Reads the entries of a mapping with any keys.
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

    /// The pointer of `$ref`. OpenAPI 3.0 ignores keys beside `$ref`, so they are reported.
    pub fn reference(self) -> Option<Text<'n>> {
        let node = self.node.get("$ref")?;
        let reference = self.reader.value(node, node.span).text("`$ref`")?;
        let others = self.node.entries().iter().map(|(key, _)| key);
        for key in others.filter(|key| key.value != "$ref") {
            let message = format!("`{}` beside `$ref` has no effect", key.value);
            let help = "write `allOf: [{$ref: …}]` and leave the others beside it, or remove it";
            let spans = [(key.span, ""), (reference.span, "the reference")];
            let problems = self.reader.problems;
            problems.clash(Code::Unsupported, spans, message, help);
        }
        let pointer = self.reader.files.target(reference, self.reader.problems);
        self.reader.uses([pointer]);
        Some(pointer)
    }

    /// Reads a value or a `$ref`. An invalid value becomes an empty reference.
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
    pub fn error(&self, code: Code, span: Span, text: impl Into<String>, help: impl Into<String>) {
        self.value.reader.error(code, span, text, help);
    }

    /// The span of a key, without declaring the key.
    pub fn span_of(&self, key: &str) -> Option<Span> {
        self.value.node.entry(key).map(|(key, _)| key.span)
    }

    /// Declares a key, and returns its value.
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

    pub fn required(&mut self, key: &'static str) -> Option<Value<'n, 'r>> {
        self.require(key);
        self.get(key)
    }

    /// Declares keys that have no effect.
    pub fn ignore(&mut self, keys: &[&'static str]) -> &mut Self {
        self.known.extend(keys);
        self
    }

    /// True when the mapping has a key of OpenAPI that is not supported.
    pub fn has_unsupported(&self) -> bool {
        let mut keys = self.value.node.entries().iter();
        keys.any(|(key, _)| unsupported(&self.kind, key.value).is_some())
    }

    pub fn text(&mut self, key: &'static str) -> Option<Text<'n>> {
        self.get(key)?.text(format_args!("`{key}`"))
    }

    pub fn required_text(&mut self, key: &'static str) -> Option<Text<'n>> {
        self.require(key);
        self.text(key)
    }

    /// Reads a text without which the object is not read.
    pub fn needed_text(&mut self, key: &'static str) -> Text<'n> {
        let text = self.required_text(key);
        self.is_whole &= text.is_some();
        text.unwrap_or(Spanned::new("", self.value.span))
    }

    /// Reads a boolean; false when the key is missing.
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

    /// Reads a list; empty when the key is missing.
    pub fn items<T: IntoIterator>(
        &mut self,
        key: &'static str,
        read: impl FnMut(Value<'n, 'r>) -> T,
    ) -> Vec<T::Item> {
        let items = |value: Value<'n, 'r>| value.items(format_args!("`{key}`"), read);
        self.get(key).map_or_else(Vec::new, items)
    }

    pub fn texts(&mut self, key: &'static str) -> Vec<Text<'n>> {
        self.items(key, |item| item.text(format_args!("an item of `{key}`")))
    }

    /// Reads a mapping with any keys; empty when the key is missing.
    pub fn entries<T: IntoIterator>(
        &mut self,
        key: &'static str,
        read: impl FnMut(Text<'n>, Value<'n, 'r>) -> T,
    ) -> Vec<T::Item> {
        let entries = |value: Value<'n, 'r>| value.entries(format_args!("`{key}`"), read);
        self.get(key).map_or_else(Vec::new, entries)
    }

    /// Reads a mapping of text to text.
    pub fn pairs(&mut self, key: &'static str) -> Vec<(Text<'n>, Text<'n>)> {
        self.entries(key, |name, value| Some((name, value.text("the value")?)))
    }

    pub fn object<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Keys<'n, 'r>) -> T,
    ) -> Option<T> {
        self.get(key)?.object(format!("`{key}`"), read)
    }
}
