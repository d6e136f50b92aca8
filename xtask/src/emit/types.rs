//! Names, types, and the arguments by which callers give values.

use super::{Imports, docs};
use crate::ir::{Field, Id, Place, Type};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};

/// A name of the IR. The lowering makes only identifiers; anything else is reported by the printer.
pub fn ident(name: &str) -> TokenStream {
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    if name.bytes().all(is_word) && name.starts_with(|c: char| !c.is_ascii_digit()) {
        return Ident::new(name, Span::call_site()).into_token_stream();
    }
    let reason = format!("`{name}` is not a Rust name");
    quote!(compile_error!(#reason))
}

/// The path of a module.
pub fn path(path: &str) -> TokenStream {
    let segments = path.split("::").map(ident);
    quote!(#(#segments)::*)
}

/// The Rust type.
pub fn rust_type(ty: &Type, imports: &mut Imports) -> TokenStream {
    match ty {
        Type::String => quote!(String),
        Type::Bool => quote!(bool),
        Type::I32 => quote!(i32),
        Type::I64 => quote!(i64),
        Type::U64 => quote!(u64),
        Type::F64 => quote!(f64),
        Type::Decimal => imports.wire("Decimal"),
        Type::Json => imports.wire("Json"),
        Type::Duration => imports.wire("IsoDuration"),
        Type::DateTime => imports.wire("DateTimeOffset"),
        Type::Object(name) | Type::Enum(name) | Type::Id(name) | Type::Combination(name) => {
            imports.model(name)
        }
        Type::Boxed(name) => {
            let name = imports.model(name);
            quote!(Box<#name>)
        }
        Type::List(item) => {
            let item = rust_type(item, imports);
            quote!(Vec<#item>)
        }
        Type::Map(value) => {
            imports.add("std::collections", "BTreeMap");
            let value = rust_type(value, imports);
            quote!(BTreeMap<String, #value>)
        }
        Type::Option(item) => {
            let item = rust_type(item, imports);
            quote!(Option<#item>)
        }
    }
}

/// What callers may give for a value.
#[derive(Clone, Copy)]
pub enum Input<'a> {
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
    Exact(&'a Type),
    /// The bytes of a body.
    Bytes,
}

impl<'a> Input<'a> {
    /// For an argument or an option. A header is given as its text.
    pub fn of(field: &'a Field) -> Self {
        match (field.place, &field.ty) {
            (Place::Bytes, _) => Self::Bytes,
            (Place::Header, _) | (Place::Path | Place::Query { .. }, Type::String) => Self::Text,
            (Place::Query { .. }, Type::List(_)) => Self::Texts,
            (Place::Property, Type::String) => Self::OwnedText,
            (Place::Property, Type::Duration | Type::DateTime | Type::Decimal | Type::Json) => {
                Self::Convertible(&field.ty)
            }
            (Place::Property, Type::List(item)) if **item == Type::String => Self::OwnedTexts,
            (Place::Property, Type::List(item)) => Self::Several(item),
            (_, ty) => Self::Exact(ty),
        }
    }

    /// The type of the argument.
    pub fn argument_type(self, imports: &mut Imports) -> TokenStream {
        match self {
            Self::Text => quote!(impl AsRef<str>),
            Self::Texts => quote!(impl IntoIterator<Item = impl AsRef<str>>),
            Self::OwnedText => quote!(impl Into<String>),
            Self::OwnedTexts => quote!(impl IntoIterator<Item = impl Into<String>>),
            Self::Convertible(ty) => {
                let (ty, error) = (rust_type(ty, imports), imports.wire("InvalidValue"));
                quote!(impl TryInto<#ty, Error: Into<#error>>)
            }
            Self::Several(ty) => {
                let ty = rust_type(ty, imports);
                quote!(impl IntoIterator<Item = #ty>)
            }
            Self::Exact(ty) => rust_type(ty, imports),
            Self::Bytes => {
                imports.add("msgraph_runtime", "Bytes");
                quote!(impl Into<Bytes>)
            }
        }
    }
}

/// An identifier: a newtype around a GUID, with the help for a text that is not one.
pub fn id(id: &Id, imports: &mut Imports) -> TokenStream {
    for name in ["Guid", "GuidId", "guid_id"] {
        imports.add("msgraph_wire", name);
    }
    let (name, text, about) = (ident(&id.name), &id.name, docs(&id.docs));
    let (what, help) = (&id.what, &id.help);
    quote! {
        #about
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct #name(Guid);

        impl GuidId for #name {
            const NAME: &'static str = #text;
            const WHAT: &'static str = #what;
            const HELP: &'static str = #help;
        }

        guid_id!(#name);
    }
}
