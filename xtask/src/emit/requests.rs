//! Requests: a newtype for each operation that has options of its own.

use super::arguments::value_type;
use super::signatures::plain;
use super::structs::{ident, rust_type};
use super::{Context, Uses, docs};
use crate::ir::{Answer, Body, Docs, Field, Operation, Parameter, Type};
use proc_macro2::TokenStream;
use quote::quote;

/// Whether an operation has options of its own; others return the plain request.
pub fn has_options(operation: &Operation) -> bool {
    let chained = match &operation.body {
        Some(Body::Spread { options, .. }) => !options.is_empty(),
        _ => false,
    };
    chained || !operation.optional.is_empty()
}

/// The request type of an operation with options; nothing for others.
pub fn tokens(
    context: Context<'_>,
    operation: &Operation,
    uses: &mut Uses,
) -> TokenStream {
    if !has_options(operation) {
        return TokenStream::new();
    }
    uses.add("msgraph_runtime", "request");
    let models = context.layout.models_crate.as_str();
    let name = ident(&operation.type_name);
    let handle = &context.api.handles[operation.handle].name;
    let about = docs(&see(operation, handle));
    let inner = request_type(operation, &quote!('a), uses, models);
    let (answer, body) = (
        answer_type(operation, uses, models),
        body_type(operation, uses, models),
    );
    let body = body.map(|body| quote!(, #body));
    let parameters = operation
        .optional
        .iter()
        .map(|p| parameter(p, uses, models));
    let parameters: Vec<_> = parameters.collect();
    let options = match &operation.body {
        Some(Body::Spread { options, .. }) => options.as_slice(),
        _ => &[],
    };
    let options = options.iter().map(|field| option(field, uses, models));
    let options: Vec<_> = options.collect();
    quote! {
        #about
        #[must_use = "a request is sent when it is awaited"]
        pub struct #name<'a>(pub(super) #inner);
        request!(#name, #answer #body);
        impl #name<'_> {
            #(#parameters)*
            #(#options)*
        }
    }
}

/// Which method makes the request.
fn see(operation: &Operation, handle: &str) -> Docs {
    let call = format!("`{} {}`: see", operation.method.as_str(), operation.path);
    let method = format!("[`{handle}::{}`].", operation.name);
    match call.len() + method.len() < 84 {
        true => vec![format!("{call} {method}")],
        false => vec![call, method],
    }
}

/// `Request<'a, Answer, Body>`
pub fn request_type(
    operation: &Operation,
    lifetime: &TokenStream,
    uses: &mut Uses,
    models: &str,
) -> TokenStream {
    uses.add("msgraph_runtime", "Request");
    let answer = answer_type(operation, uses, models);
    match body_type(operation, uses, models) {
        Some(body) => quote!(Request<#lifetime, #answer, #body>),
        None => quote!(Request<#lifetime, #answer>),
    }
}

/// What an operation answers.
pub fn answer_type(operation: &Operation, uses: &mut Uses, models: &str) -> TokenStream {
    match &operation.answer {
        Answer::Nothing => quote!(()),
        Answer::Object(ty) | Answer::Enveloped(ty, _) => rust_type(ty, uses, models),
        Answer::Count => quote!(i64),
    }
}

fn body_type(
    operation: &Operation,
    uses: &mut Uses,
    models: &str,
) -> Option<TokenStream> {
    match operation.body.as_ref()? {
        Body::Whole(argument) => Some(rust_type(&argument.ty, uses, models)),
        Body::Spread { name, .. } => {
            Some(rust_type(&Type::Object(name.clone()), uses, models))
        }
    }
}

/// The method for a parameter that can be left out.
fn parameter(parameter: &Parameter, uses: &mut Uses, models: &str) -> TokenStream {
    let (name, about) = (ident(&parameter.name), docs(&parameter.docs));
    let wire = &parameter.wire;
    let deprecated = parameter.deprecated.then(|| quote!(#[deprecated]));
    if parameter.header {
        return quote! {
            #about
            #deprecated
            pub fn #name(self, value: impl AsRef<str>) -> Self {
                Self(self.0.header(#wire, value.as_ref()))
            }
        };
    }
    match &parameter.ty {
        Type::List(_) => quote! {
            #about
            #deprecated
            pub fn #name(self, values: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
                Self(self.0.query(#wire, values))
            }
        },
        Type::String => quote! {
            #about
            #deprecated
            pub fn #name(self, value: impl AsRef<str>) -> Self {
                Self(self.0.query(#wire, [value]))
            }
        },
        ty => {
            let ty = rust_type(ty, uses, models);
            quote! {
                #about
                #deprecated
            #deprecated
                pub fn #name(self, value: #ty) -> Self {
                    Self(self.0.query(#wire, [value.to_string()]))
                }
            }
        }
    }
}

/// The method for a member of the body that can be left out.
fn option(field: &Field, uses: &mut Uses, models: &str) -> TokenStream {
    let (name, about) = (ident(&field.name), docs(&field.docs));
    let ty = value_type(&field.ty, uses, models);
    let deprecated = field.deprecated.then(|| quote!(#[deprecated]));
    let value = match &field.ty {
        Type::List(item) if **item == Type::String => {
            quote!(value.into_iter().map(Into::into).collect::<Vec<_>>())
        }
        Type::List(_) => quote!(value.into_iter().collect::<Vec<_>>()),
        _ => quote!(value),
    };
    let statement = match &field.ty {
        Type::List(_) => quote!(let value = #value;),
        _ => TokenStream::new(),
    };
    quote! {
        #about
        #deprecated
        pub fn #name(self, value: #ty) -> Self {
            #statement
            Self(self.0.argument(value, |body| &mut body.#name))
        }
    }
}

/// The signatures of the options, for the list of all signatures.
pub fn options(
    context: Context<'_>,
    operation: &Operation,
    uses: &mut Uses,
) -> Vec<String> {
    let models = context.layout.models_crate.as_str();
    let parameters = operation.optional.iter().map(|parameter| {
        let ty = match &parameter.ty {
            Type::List(_) => "impl IntoIterator<Item = impl AsRef<str>>".to_owned(),
            _ if parameter.header => "impl AsRef<str>".to_owned(),
            Type::String => "impl AsRef<str>".to_owned(),
            ty => plain(rust_type(ty, uses, models)),
        };
        format!("{}({ty})", parameter.name)
    });
    let mut all: Vec<_> = parameters.collect();
    if let Some(Body::Spread { options, .. }) = &operation.body {
        for field in options {
            all.push(format!(
                "{}({})",
                field.name,
                plain(value_type(&field.ty, uses, models))
            ));
        }
    }
    all
}
