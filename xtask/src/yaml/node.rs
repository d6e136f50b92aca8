//! The tree of a YAML document: every value and every key with its span in the text.

use crate::diagnostics::Span;
use std::borrow::Cow;

/// A value and its span.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node<'s> {
    pub kind: Kind<'s>,
    /// The span; of a mapping or a sequence only its first byte.
    pub span: Span,
}

/// A YAML value.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Kind<'s> {
    /// `null`, `~` or nothing at all.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it is written.
    Number(&'s str),
    /// Text.
    String(Cow<'s, str>),
    /// `- a` or `[a]`.
    Sequence(Vec<Node<'s>>),
    /// `a: b` or `{a: b}`, in the order of the file.
    Mapping(Vec<(Key<'s>, Node<'s>)>),
}

/// A key of a mapping and its span.
#[derive(Clone, Debug, PartialEq)]
pub struct Key<'s> {
    /// The key; a number as it is written.
    pub text: Cow<'s, str>,
    pub span: Span,
}

impl<'s> Node<'s> {
    /// The kind, for a message: `a mapping`.
    pub fn kind_name(&self) -> &'static str {
        match self.kind {
            Kind::Null => "nothing",
            Kind::Bool(_) => "true or false",
            Kind::Number(_) => "a number",
            Kind::String(_) => "text",
            Kind::Sequence(_) => "a list",
            Kind::Mapping(_) => "a mapping",
        }
    }

    /// The span to show: its own, or that of its key when the value is empty.
    pub fn place(&self, key: Span) -> Span {
        if self.span.start == self.span.end {
            key
        } else {
            self.span
        }
    }

    /// The value of a key, when this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node<'s>> {
        let mut entries = self.entries().iter();
        entries.find(|(k, _)| k.text == key).map(|(_, value)| value)
    }

    /// The span of a key, when this is a mapping that has it.
    pub fn key(&self, key: &str) -> Option<Span> {
        let mut entries = self.entries().iter();
        entries
            .find(|(k, _)| k.text == key)
            .map(|(key, _)| key.span)
    }

    /// The entries of a mapping; empty for any other value.
    pub fn entries(&self) -> &[(Key<'s>, Node<'s>)] {
        match &self.kind {
            Kind::Mapping(entries) => entries,
            _ => &[],
        }
    }
}
