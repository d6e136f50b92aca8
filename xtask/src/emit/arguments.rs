//! The arguments of calls, and the bodies that they become.

use super::Uses;
use super::structs::{ident, rust_type};
use crate::ir::{Argument, Body, Operation, Type};
use proc_macro2::TokenStream;
use quote::quote;

/// The arguments in the signature: what the body needs, then required parameters.
pub fn arguments(
    operation: &Operation,
    uses: &mut Uses,
    models: &str,
) -> Vec<TokenStream> {
    let mut all = Vec::new();
    let body = match &operation.body {
        Some(Body::Whole(argument)) => std::slice::from_ref(argument),
        Some(Body::Spread { arguments, .. }) => arguments,
        None => &[],
    };
    for argument in body {
        let (name, ty) = (ident(&argument.name), argument_type(argument, uses, models));
        all.push(quote!(#name: #ty));
    }
    for parameter in &operation.required {
        let name = ident(&parameter.name);
        let ty = match &parameter.ty {
            // A header is given as its text, whatever its type.
            _ if parameter.header => quote!(impl AsRef<str>),
            Type::String => quote!(impl AsRef<str>),
            Type::List(_) => quote!(impl IntoIterator<Item = impl AsRef<str>>),
            ty => rust_type(ty, uses, models),
        };
        all.push(quote!(#name: #ty));
    }
    all
}

/// What callers may give for a member of a body.
pub fn argument_type(argument: &Argument, uses: &mut Uses, models: &str) -> TokenStream {
    if let Some(name) = &argument.rust_type {
        uses.add(models, name);
        let name = ident(name);
        return quote!(#name);
    }
    value_type(&argument.ty, uses, models)
}

/// What callers may give for a value of a type.
pub fn value_type(ty: &Type, uses: &mut Uses, models: &str) -> TokenStream {
    match ty {
        Type::String => quote!(impl Into<String>),
        Type::Duration | Type::DateTime => {
            uses.add(models, "InvalidValue");
            let ty = rust_type(ty, uses, models);
            quote!(impl TryInto<#ty, Error: Into<InvalidValue>>)
        }
        Type::List(item) => {
            let item = match &**item {
                Type::String => quote!(impl Into<String>),
                item => rust_type(item, uses, models),
            };
            quote!(impl IntoIterator<Item = #item>)
        }
        Type::Boxed(name) => rust_type(&Type::Object(name.clone()), uses, models),
        ty => rust_type(ty, uses, models),
    }
}

/// The statements that make the body, and the expression for it.
pub fn body(
    operation: &Operation,
    uses: &mut Uses,
    models: &str,
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
    uses.add(models, name);
    let name = ident(name);
    let values = arguments.iter().map(value);
    let new = quote!(#name::new(#(#values),*));
    let fallible: Vec<_> = arguments
        .iter()
        .filter(|argument| is_fallible(argument))
        .collect();
    if arguments.is_empty() {
        return Some((quote!(let body = #name::default();), quote!(Ok(body))));
    }
    if fallible.is_empty() {
        return Some((quote!(let body = #new;), quote!(Ok(body))));
    }
    let names: Vec<_> = fallible
        .iter()
        .map(|argument| ident(&argument.name))
        .collect();
    let conversions = fallible.iter().map(|argument| {
        let name = ident(&argument.name);
        let refused = argument
            .rust_type
            .is_none()
            .then(|| quote!(.map_err(Into::into)));
        quote!(let #name = #name.try_into()#refused;)
    });
    let conversions: Vec<_> = conversions.collect();
    let statements = match (&arguments[..], &names[..]) {
        ([_], [only]) => quote!(#(#conversions)* let body = #only.map(#name::new);),
        (_, names) => {
            let mut made = quote!(make(#(#names),*));
            for (at, name) in names.iter().enumerate().rev() {
                let then = if at + 1 == names.len() {
                    quote!(map)
                } else {
                    quote!(and_then)
                };
                made = quote!(#name.#then(|#name| #made));
            }
            quote! {
                let make = |#(#names),*| #new;
                #(#conversions)*
                let body = #made;
            }
        }
    };
    Some((statements, quote!(body)))
}

/// Whether the value that callers give may be refused.
fn is_fallible(argument: &Argument) -> bool {
    argument.rust_type.is_some()
        || matches!(argument.ty, Type::Duration | Type::DateTime)
}

/// The value of an argument for the `new` of the body.
fn value(argument: &Argument) -> TokenStream {
    let name = ident(&argument.name);
    match &argument.ty {
        Type::String => quote!(#name.into()),
        Type::List(item) if **item == Type::String => {
            quote!(#name.into_iter().map(Into::into).collect())
        }
        Type::List(_) => quote!(#name.into_iter().collect()),
        _ => quote!(#name),
    }
}
