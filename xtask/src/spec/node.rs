//! The tree of a YAML document: every value and every key with its place in the text.

use std::borrow::Cow;

/// A place in one of the texts that make up a description.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Which text: 0 is the description, 1 the overlay.
    pub source: u32,
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

/// A value and where it stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node<'s> {
    /// What it is.
    pub kind: Kind<'s>,
    /// Where it stands. Of a mapping or a sequence, where it begins.
    pub span: Span,
}

/// What a value is.
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

/// A key of a mapping and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Key<'s> {
    /// The key; a number as it is written.
    pub text: Cow<'s, str>,
    /// Where it stands.
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

    /// The place to show: its own, or that of its key where nothing is written.
    pub fn place(&self, key: Span) -> Span {
        match self.span.start == self.span.end {
            true => key,
            false => self.span,
        }
    }

    /// The value of a key, when this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node<'s>> {
        self.entries()
            .iter()
            .find(|(k, _)| k.text == key)
            .map(|(_, value)| value)
    }

    /// The entries of a mapping; none of anything else.
    pub fn entries(&self) -> &[(Key<'s>, Node<'s>)] {
        match &self.kind {
            Kind::Mapping(entries) => entries,
            _ => &[],
        }
    }
}
