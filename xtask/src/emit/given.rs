//! What callers give for a value: how a signature says it, and how the runtime's `request!` does.

use super::Uses;
use super::types::type_text;
use crate::ir::{Field, Parameter, Type};

/// What callers give.
#[derive(Clone, Copy)]
pub enum Given<'a> {
    /// A text that is only read.
    Text,
    /// Several of them.
    Texts,
    /// A text that is kept.
    OwnedText,
    /// Several of them.
    OwnedTexts,
    /// Anything that may become this.
    Convertible(&'a Type),
    /// Several of these.
    Several(&'a Type),
    /// This itself.
    Itself(&'a Type),
}

impl<'a> Given<'a> {
    /// What is given for a parameter of the path.
    pub fn in_path(ty: &'a Type) -> Self {
        match ty {
            Type::String => Self::Text,
            ty => Self::Itself(ty),
        }
    }

    /// What is given for a parameter of the query or a header; a header is always given as its
    /// text.
    pub fn of_parameter(parameter: &'a Parameter) -> Self {
        match &parameter.ty {
            _ if parameter.header => Self::Text,
            Type::String => Self::Text,
            Type::List(_) => Self::Texts,
            ty => Self::Itself(ty),
        }
    }

    /// What is given for a member of a body in the signature.
    pub fn in_body(ty: &'a Type) -> Self {
        match ty {
            Type::String => Self::OwnedText,
            Type::Duration | Type::DateTime => Self::Convertible(ty),
            Type::List(item) if **item == Type::String => Self::OwnedTexts,
            Type::List(item) => Self::Several(item),
            ty => Self::Itself(ty),
        }
    }

    /// What is given for a member of a body that is chained: for one with a hand-written type
    /// anything that may become the described one, as the hand-written one does.
    pub fn chained(field: &'a Field) -> Self {
        match field.rust_type {
            Some(_) => Self::Convertible(&field.ty),
            None => Self::in_body(&field.ty),
        }
    }

    /// The type in a signature.
    pub fn signature(self, uses: &mut Uses) -> String {
        match self {
            Self::Text => "impl AsRef<str>".to_owned(),
            Self::Texts => "impl IntoIterator<Item = impl AsRef<str>>".to_owned(),
            Self::OwnedText => "impl Into<String>".to_owned(),
            Self::OwnedTexts => "impl IntoIterator<Item = impl Into<String>>".to_owned(),
            Self::Convertible(ty) => {
                let refused = uses.add_wire("InvalidValue");
                let ty = type_text(ty, uses);
                format!("impl TryInto<{ty}, Error: Into<{refused}>>")
            }
            Self::Several(ty) => {
                format!("impl IntoIterator<Item = {}>", type_text(ty, uses))
            }
            Self::Itself(ty) => type_text(ty, uses),
        }
    }

    /// The same in the language of `request!`.
    pub fn in_request(self, uses: &mut Uses) -> String {
        match self {
            Self::Text => "str".to_owned(),
            Self::Texts => "[str]".to_owned(),
            Self::OwnedText => "into String".to_owned(),
            Self::OwnedTexts => "[into String]".to_owned(),
            Self::Convertible(ty) => format!("try {}", type_text(ty, uses)),
            Self::Several(ty) => format!("[{}]", type_text(ty, uses)),
            Self::Itself(ty) => type_text(ty, uses),
        }
    }
}
