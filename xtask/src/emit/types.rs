//! The Rust types of the IR, and its names, as text or as tokens.

use super::Uses;
use crate::ir::Type;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// The Rust type as text.
pub fn type_text(ty: &Type, uses: &mut Uses) -> String {
    let plain = match ty {
        Type::String => "String",
        Type::Bool => "bool",
        Type::I32 => "i32",
        Type::I64 => "i64",
        Type::F64 => "f64",
        Type::Duration => uses.add_wire("IsoDuration"),
        Type::DateTime => uses.add_wire("DateTimeOffset"),
        Type::Object(name)
        | Type::Enum(name)
        | Type::Id(name)
        | Type::Combination(name) => uses.add_model(name),
        Type::Boxed(name) => return format!("Box<{}>", uses.add_model(name)),
        Type::List(item) => return format!("Vec<{}>", type_text(item, uses)),
    };
    plain.to_owned()
}

/// The Rust type as tokens.
pub fn rust_type(ty: &Type, uses: &mut Uses) -> TokenStream {
    tokens(&type_text(ty, uses))
}

/// Text that is Rust, because the names in it are the IR's. Of any other become tokens that the
/// printer refuses: nothing is left out in silence.
pub fn tokens(text: &str) -> TokenStream {
    text.parse().unwrap_or_else(|_| quote!(? no Rust))
}

/// A name of the IR.
pub fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}
