//! Names, types and imports, and the types of arguments.

use super::docs;
use crate::ir::{Api, Field, Id, Location, Type, grouped};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use std::collections::{BTreeMap, BTreeSet};

/// A name of the IR. One that is not an identifier becomes an error of the printer.
pub fn ident(name: &str) -> TokenStream {
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    if name.bytes().all(is_word) && name.starts_with(|c: char| !c.is_ascii_digit()) {
        return Ident::new(name, Span::call_site()).into_token_stream();
    }
    let reason = format!("`{name}` is not a Rust name");
    quote!(compile_error!(#reason))
}

pub fn rust_type(ty: &Type, imports: &mut Imports) -> TokenStream {
    match ty {
        Type::String => quote!(String),
        Type::Nothing => quote!(()),
        Type::Bytes => quote!(Vec<u8>),
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

/// A `Duration` of whole seconds.
pub fn duration(seconds: u64, imports: &mut Imports) -> TokenStream {
    imports.add("std::time", "Duration");
    let seconds = number(seconds);
    quote!(Duration::from_secs(#seconds))
}

/// A number with its digits in groups of three.
pub fn number(number: u64) -> Option<TokenStream> {
    grouped(number, '_').parse().ok()
}

/// The kind of an argument, by which its Rust type is chosen.
#[derive(Clone, Copy)]
pub enum Input<'a> {
    /// A text that is borrowed.
    Text,
    /// A list of borrowed texts.
    Texts,
    /// A text that is stored.
    OwnedText,
    /// A list of stored texts.
    OwnedTexts,
    /// A value that converts to the type.
    Convertible(&'a Type),
    /// A list of values of the type.
    Several(&'a Type),
    /// A value of the type.
    Exact(&'a Type),
    /// The bytes of a body.
    Bytes,
}

impl<'a> Input<'a> {
    /// The kind of the argument or option for a field. A header is passed as text.
    pub fn of(field: &'a Field) -> Self {
        match (field.location, &field.ty) {
            (Location::Bytes, _) => Self::Bytes,
            (Location::Header, _) | (Location::Path | Location::Query { .. }, Type::String) => {
                Self::Text
            }
            (Location::Query { .. }, Type::List(_)) => Self::Texts,
            (Location::Property, Type::String) => Self::OwnedText,
            (Location::Property, Type::Duration | Type::DateTime | Type::Decimal | Type::Json) => {
                Self::Convertible(&field.ty)
            }
            (Location::Property, Type::List(item)) if **item == Type::String => Self::OwnedTexts,
            (Location::Property, Type::List(item)) => Self::Several(item),
            (_, ty) => Self::Exact(ty),
        }
    }

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

/// The names that a file imports, by path.
#[derive(Debug, Default)]
pub struct Imports<'a> {
    paths: BTreeMap<String, BTreeSet<String>>,
    /// The names that the file defines.
    own: Vec<String>,
    /// The path of the generated types.
    models: String,
    /// The types in the module `bodies`.
    bodies: Option<&'a BTreeSet<String>>,
    /// The path of the types of the wire crate.
    wire: String,
}

impl<'a> Imports<'a> {
    /// The imports of a file. `own` are the names that it defines; `models` and `wire` are the
    /// paths of the generated types and of the wire crate.
    pub fn new(api: &'a Api, own: Vec<String>, models: &str, wire: &str) -> Self {
        Self {
            own,
            models: models.to_owned(),
            bodies: Some(&api.bodies),
            wire: wire.to_owned(),
            ..Self::default()
        }
    }

    /// Imports a generated type, and returns its name.
    pub fn model(&mut self, name: &str) -> TokenStream {
        let is_body = self.bodies.is_some_and(|bodies| bodies.contains(name));
        let path = self.models.clone() + if is_body { "::bodies" } else { "" };
        self.import(&path, name)
    }

    /// Imports a name of the wire crate, and returns it.
    pub fn wire(&mut self, name: &str) -> TokenStream {
        self.import(&self.wire.clone(), name)
    }

    /// Imports `path::name`, and returns the name.
    pub fn import(&mut self, path: &str, name: &str) -> TokenStream {
        self.add(path, name);
        ident(name)
    }

    /// Imports `path::name`, unless the file itself defines a `name`.
    pub fn add(&mut self, path: &str, name: &str) {
        if !self.own.iter().any(|own| own == name) {
            match self.paths.get_mut(path) {
                Some(names) if names.contains(name) => {}
                Some(names) => _ = names.insert(name.to_owned()),
                None => _ = self.paths.insert(path.to_owned(), [name.to_owned()].into()),
            }
        }
    }

    pub fn uses(&self) -> TokenStream {
        self.items(|item| quote!(use #item;))
    }

    pub fn exports(&self) -> TokenStream {
        self.items(|item| quote!(pub use #item;))
    }

    fn items(&self, item: impl Fn(TokenStream) -> TokenStream) -> TokenStream {
        // Paths of neighbouring modules come first.
        let paths = self.paths.iter();
        let (near, far): (Vec<_>, _) = paths.partition(|(path, _)| path.starts_with("super"));
        let all = near.into_iter().chain(far);
        let all = all.map(|(path, names)| {
            let path: Vec<_> = path.split("::").map(ident).collect();
            let mut names = names.iter().map(|name| ident(name));
            match (names.next(), names.len()) {
                (Some(name), 0) => item(quote!(#(#path::)*#name)),
                (first, _) => item(quote!(#(#path::)*{#first #(, #names)*})),
            }
        });
        all.collect()
    }
}

/// An identifier: a newtype of a GUID.
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
