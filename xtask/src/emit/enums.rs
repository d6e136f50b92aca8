//! Open enumerations: the variants, the text of each, and one for values that are not known.

use proc_macro2::TokenStream;
use quote::quote;

use super::structs::ident;
use super::{Uses, docs};
use crate::ir::{Docs, Enum};

/// An enumeration and what belongs to it.
pub fn tokens(enumeration: &Enum, uses: &mut Uses) -> TokenStream {
    uses.add("msgraph_wire", "OpenEnum");
    uses.add("msgraph_wire", "open_enum");
    let name = ident(&enumeration.name);
    let about = docs(&open(&enumeration.docs));
    let derives = match enumeration.default {
        Some(_) => quote!(Clone, Debug, Default, PartialEq, Eq, Hash),
        None => quote!(Clone, Debug, PartialEq, Eq, Hash),
    };
    let variants = enumeration
        .variants
        .iter()
        .enumerate()
        .map(|(at, variant)| {
            let (name, about) = (ident(&variant.name), docs(&variant.docs));
            let default = (enumeration.default == Some(at)).then(|| quote!(#[default]));
            quote!(#about #default #name,)
        });
    let unknown = "A value that this version does not know, as it came.";
    let unknown = docs(&vec![unknown.to_owned()]);
    let names: Vec<_> = enumeration
        .variants
        .iter()
        .map(|v| ident(&v.name))
        .collect();
    let wires: Vec<_> = enumeration.variants.iter().map(|v| &v.wire).collect();
    let as_str = docs(&vec!["The value as it is written on the wire.".to_owned()]);
    quote! {
        #about
        #[derive(#derives)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants)*
            #unknown
            UnknownValue(String),
        }
        impl #name {
            #as_str
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#names => #wires,)*
                    Self::UnknownValue(text) => text,
                }
            }
        }
        impl OpenEnum for #name {
            fn find(text: &str, same: impl Fn(&str, &str) -> bool) -> Option<Self> {
                match text {
                    #(text if same(text, #wires) => Some(Self::#names),)*
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

fn open(lines: &Docs) -> Docs {
    let mut lines = lines.clone();
    lines.extend([
        String::new(),
        "The list is open: a value that this version does not know is kept as"
            .to_owned(),
        "[`UnknownValue`](Self::UnknownValue).".to_owned(),
    ]);
    lines
}
