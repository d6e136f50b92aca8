//! The Rust types of the IR, and its names, as text or as tokens.

use super::Uses;
use crate::ir::Type;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

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
        Type::Option(item) => return format!("Option<{}>", type_text(item, uses)),
    };
    plain.to_owned()
}

/// The Rust type as tokens.
pub fn rust_type(ty: &Type, uses: &mut Uses) -> TokenStream {
    tokens(&type_text(ty, uses))
}

/// Text that is Rust, because the names in it are the IR's.
pub fn tokens(text: &str) -> TokenStream {
    text.parse().unwrap_or_else(|_| refused())
}

/// A name of the IR.
pub fn ident(name: &str) -> TokenStream {
    let ident = syn::parse_str::<syn::Ident>(name);
    ident.map_or_else(|_| refused(), |ident| ident.into_token_stream())
}

/// What the printer refuses: what is no Rust is reported, not left out in silence.
fn refused() -> TokenStream {
    quote!(? no Rust)
}

#[cfg(test)]
mod tests {
    use super::ident;
    use crate::print;
    use quote::quote;

    #[test]
    fn a_name_that_rust_cannot_have_is_reported() {
        for name in ["2fa", "", "a b", "fn", "HINT_A²"] {
            let name = ident(name);
            assert!(print::pretty(quote!(pub struct #name(u8);)).is_err());
        }
    }
}
