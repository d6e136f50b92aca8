//! Open enumerations, and combinations of properties.

use super::types::{duration, ident, rust_type};
use super::{Imports, docs};
use crate::ir::{Combinations, Enum, Field, Type, Value};
use proc_macro2::TokenStream;
use quote::quote;
pub fn open(item: &Enum, imports: &mut Imports) -> TokenStream {
    imports.add("msgraph_wire", "OpenEnum");
    imports.add("msgraph_wire", "open_enum");
    let mut about = item.docs.clone();
    about.extend([
        String::new(),
        "The list is open: a value that this version does not know is kept as".to_owned(),
        "[`UnknownValue`](Self::UnknownValue).".to_owned(),
    ]);
    let (name, about) = (ident(&item.name), docs(&about));
    let names = item.variants.iter().map(|variant| ident(&variant.name));
    let names: Vec<_> = names.collect();
    let texts: Vec<_> = item.variants.iter().map(|variant| &variant.wire).collect();
    let default = item.default.map(|_| quote!(Default,));
    let variants = item.variants.iter().enumerate().map(|(at, variant)| {
        let (about, name) = (docs(&variant.docs), &names[at]);
        let default = (item.default == Some(at)).then(|| quote!(#[default]));
        quote!(#about #default #name)
    });
    quote! {
        #about
        #[derive(Clone, Debug, #default PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants,)*
            /// A value that this version does not know.
            UnknownValue(String),
        }

        impl #name {
            /// The value as it is written on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#names => #texts,)*
                    Self::UnknownValue(text) => text,
                }
            }
        }

        impl OpenEnum for #name {
            fn find(text: &str, same: impl Fn(&str, &str) -> bool) -> Option<Self> {
                match text {
                    #(text if same(text, #texts) => Some(Self::#names),)*
                    _ => None,
                }
            }

            fn unknown(text: String) -> Self {
                Self::UnknownValue(text)
            }
        }

        open_enum!(#name);
    }
}

/// The allowed combinations of some properties.
pub fn combinations(item: &Combinations, imports: &mut Imports) -> TokenStream {
    let (name, about) = (ident(&item.name), docs(&item.docs));
    let names = item.variants.iter().map(|variant| ident(&variant.name));
    let names: Vec<_> = names.collect();
    let abouts = item.variants.iter().map(|variant| docs(&variant.docs));
    let mut methods = TokenStream::new();
    for (at, property) in item.properties.iter().enumerate() {
        let values = item.variants.iter().map(|variant| &variant.values[at]);
        methods.extend(method(property, &names, values, imports));
    }
    quote! {
        #about
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#abouts #names,)*
        }

        impl #name {
            /// All of them.
            pub const ALL: &'static [Self] = &[#(Self::#names),*];

            #methods
        }
    }
}

/// A method that returns the value of a property.
fn method<'a>(
    property: &Field,
    variants: &[TokenStream],
    values: impl Iterator<Item = &'a Value>,
    imports: &mut Imports,
) -> TokenStream {
    let (name, about) = (ident(&property.name), docs(&property.docs));
    let ty = match &property.ty {
        Type::String => quote!(&'static str),
        Type::Duration => quote!(Duration),
        ty => rust_type(ty, imports),
    };
    let values = values.map(|value| match value {
        Value::Variant(name) => {
            let name = ident(name);
            quote!(#ty::#name)
        }
        Value::Text(text) => quote!(#text),
        Value::Seconds(seconds) => duration(*seconds, imports),
    });
    quote! {
        #about
        pub const fn #name(self) -> #ty {
            match self {
                #(Self::#variants => #values,)*
            }
        }
    }
}
