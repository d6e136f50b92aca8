//! Combinations: an enumeration of the values that some properties may have together.

use super::types::{ident, tokens, type_text};
use super::{Uses, docs};
use crate::grouped::grouped;
use crate::ir::{CombinationMember, Combinations, Type, Value};
use proc_macro2::TokenStream;
use quote::quote;

/// The enumeration and what belongs to it.
pub fn enumeration(item: &Combinations, uses: &mut Uses) -> TokenStream {
    let (name, about) = (ident(&item.name), docs(&item.docs));
    let names: Vec<_> = item
        .variants
        .iter()
        .map(|variant| ident(&variant.name))
        .collect();
    let abouts = item.variants.iter().map(|variant| docs(&variant.docs));
    let all = docs(&["All of them."]);
    let members = item.members.iter().enumerate().map(|(at, member)| {
        let about = docs(&[format!("The `{}` that it sends.", member.wire)]);
        let values = item.variants.iter().map(|variant| &variant.values[at]);
        method(member, &about, &names, values, uses)
    });
    let members: Vec<_> = members.collect();
    let defaults = item.defaults.iter().enumerate().map(|(at, member)| {
        let about = docs(&[format!("The `{}` when none is sent.", member.wire)]);
        let values = item.variants.iter().map(|variant| &variant.defaults[at]);
        method(member, &about, &names, values, uses)
    });
    let defaults: Vec<_> = defaults.collect();
    quote! {
        #about
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#abouts #names,)*
        }
        impl #name {
            #all
            pub const ALL: &'static [Self] = &[#(Self::#names),*];
            #(#members)*
            #(#defaults)*
        }
    }
}

/// The type of what a combination gives for a property.
pub fn member_type(member: &CombinationMember, uses: &mut Uses) -> String {
    match &member.ty {
        Type::String => "&'static str".to_owned(),
        Type::Duration => "Duration".to_owned(),
        ty => type_text(ty, uses),
    }
}

fn method<'a>(
    member: &CombinationMember,
    about: &TokenStream,
    variants: &[TokenStream],
    values: impl Iterator<Item = &'a Value>,
    uses: &mut Uses,
) -> TokenStream {
    let name = ident(&member.name);
    if member.ty == Type::Duration {
        uses.add("std::time", "Duration");
    }
    let ty = tokens(&member_type(member, uses));
    let values = values.map(|value| match value {
        Value::Variant(name) => {
            let name = ident(name);
            quote!(#ty::#name)
        }
        Value::Text(text) => quote!(#text),
        Value::Seconds(seconds) => {
            let seconds = tokens(&grouped(seconds, '_'));
            quote!(Duration::from_secs(#seconds))
        }
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
