//! The arguments of calls, and the bodies that they become.

use super::Uses;
use super::given::Given;
use super::types::ident;
use crate::ir::{Argument, Body, Operation};
use proc_macro2::TokenStream;
use quote::quote;

/// The arguments in the signature: what the body needs, then required parameters.
pub fn arguments(operation: &Operation, uses: &mut Uses) -> Vec<String> {
    let mut all = Vec::new();
    for argument in operation.body.iter().flat_map(Body::arguments) {
        let ty = match &argument.rust_type {
            Some(name) => uses.add_model(name).to_owned(),
            None => Given::in_body(&argument.ty).signature(uses),
        };
        all.push(format!("{}: {ty}", argument.name));
    }
    for parameter in &operation.required {
        let ty = Given::of_parameter(parameter).signature(uses);
        all.push(format!("{}: {ty}", parameter.name));
    }
    all
}

/// The statements that make the body, and the expression for it.
pub fn body(
    operation: &Operation,
    uses: &mut Uses,
) -> Option<(TokenStream, TokenStream)> {
    let (name, arguments) = match operation.body.as_ref()? {
        Body::Whole(argument) => {
            let argument = ident(&argument.name);
            return Some((quote!(let body = Ok(#argument);), quote!(body)));
        }
        Body::Spread {
            name, arguments, ..
        } => (name, arguments),
    };
    let name = ident(uses.add_model(name));
    let values = arguments.iter().map(value);
    let new = quote!(#name::new(#(#values),*));
    if arguments.is_empty() {
        return Some((quote!(let body = #name::default();), quote!(Ok(body))));
    }
    let fallible: Vec<_> = arguments.iter().filter(|a| is_fallible(a)).collect();
    let statements = match (&arguments[..], &fallible[..]) {
        (_, []) => return Some((quote!(let body = #new;), quote!(Ok(body)))),
        ([only], [_]) => {
            let (conversion, only) = (conversion(only), ident(&only.name));
            quote!(#conversion let body = #only.map(#name::new);)
        }
        (_, fallible) => chained(&new, fallible),
    };
    Some((statements, quote!(body)))
}

/// The statement that converts what callers give.
fn conversion(argument: &Argument) -> TokenStream {
    let name = ident(&argument.name);
    // A hand-written type refuses with `InvalidValue`, all else with what may become it.
    let error = argument.rust_type.is_none();
    let error = error.then(|| quote!(.map_err(Into::into)));
    quote!(let #name = #name.try_into()#error;)
}

/// The statements for several arguments of which some may be refused: the first refusal counts.
fn chained(new: &TokenStream, fallible: &[&Argument]) -> TokenStream {
    let conversions = fallible.iter().map(|argument| conversion(argument));
    let names: Vec<_> = fallible.iter().map(|a| ident(&a.name)).collect();
    let mut made = quote!(make(#(#names),*));
    for (at, name) in names.iter().enumerate().rev() {
        let then = ident(if at + 1 == names.len() {
            "map"
        } else {
            "and_then"
        });
        made = quote!(#name.#then(|#name| #made));
    }
    quote! {
        let make = |#(#names),*| #new;
        #(#conversions)*
        let body = #made;
    }
}

/// Whether the value that callers give may be refused.
fn is_fallible(argument: &Argument) -> bool {
    argument.rust_type.is_some()
        || matches!(Given::in_body(&argument.ty), Given::Convertible(_))
}

/// The value of an argument for the `new` of the body.
fn value(argument: &Argument) -> TokenStream {
    let name = ident(&argument.name);
    match Given::in_body(&argument.ty) {
        Given::OwnedText => quote!(#name.into()),
        Given::OwnedTexts => quote!(#name.into_iter().map(Into::into).collect()),
        Given::Several(_) => quote!(#name.into_iter().collect()),
        _ => quote!(#name),
    }
}
