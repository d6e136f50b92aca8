//! Requests: a newtype for each operation that has options of its own.

use super::structs::expect_deprecated;
use super::types::{Input, ident, rust_type};
use super::{Imports, docs};
use crate::ir::{Body, Docs, Field, Handle, Operation, Parameter, ResponseBody};
use proc_macro2::TokenStream;
use quote::quote;

/// The widest line of documentation, behind its slashes.
const DOC_WIDTH: usize = 80;

/// Whether an operation has options of its own; others return the plain request.
pub fn has_options(operation: &Operation) -> bool {
    let chained = operation.body.iter().flat_map(Body::options).count();
    chained + operation.optional.len() > 0
}

/// The request type of an operation with options; nothing for others.
pub fn request(
    handle: &Handle,
    operation: &Operation,
    imports: &mut Imports,
) -> Option<TokenStream> {
    if !has_options(operation) {
        return None;
    }
    imports.add("msgraph_runtime", "request");
    let (name, about) = (
        ident(&operation.type_name),
        docs(&see(operation, &handle.name)),
    );
    let types = types(operation, imports);
    let mut options = TokenStream::new();
    for parameter in &operation.optional {
        options.extend(parameter_option(parameter, imports));
    }
    for field in operation.body.iter().flat_map(Body::options) {
        options.extend(body_option(field, imports));
    }
    Some(quote! {
        request! {
            #about
            pub struct #name(Request<#types>);

            #options
        }
    })
}

/// Which method makes the request.
fn see(operation: &Operation, handle: &str) -> Docs {
    let call = format!("`{} {}`: see", operation.method.as_str(), operation.path);
    let method = format!("[`{handle}::{}`].", operation.name);
    if call.len() + 1 + method.len() <= DOC_WIDTH {
        vec![format!("{call} {method}")]
    } else {
        vec![call, method]
    }
}

/// An option that is a parameter.
fn parameter_option(parameter: &Parameter, imports: &mut Imports) -> TokenStream {
    let (name, about) = (ident(&parameter.name), docs(&parameter.docs));
    let ty = Input::of_parameter(parameter).argument_type(imports);
    let deprecated = parameter.deprecated.then(|| quote!(#[deprecated]));
    let call = self::parameter(parameter, &quote!(value));
    quote! {
        #about
        #deprecated
        pub fn #name(self, value: #ty) -> Self {
            Self(self.0 #call)
        }
    }
}

/// The call that gives a parameter its value, with the dot before it.
pub fn parameter(parameter: &Parameter, value: &TokenStream) -> TokenStream {
    let wire = &parameter.wire;
    match Input::of_parameter(parameter) {
        _ if parameter.header => quote!(.header(#wire, #value.as_ref())),
        Input::Text => quote!(.query(#wire, [#value])),
        Input::Texts => quote!(.query(#wire, #value)),
        _ => quote!(.query(#wire, [#value.to_string()])),
    }
}

/// An option that is a property of the body.
fn body_option(field: &Field, imports: &mut Imports) -> TokenStream {
    let (name, about, input) = (ident(&field.name), docs(&field.docs), Input::chained(field));
    let ty = input.argument_type(imports);
    let deprecated = field.deprecated.then(|| quote!(#[deprecated]));
    let expect = expect_deprecated([field]);
    let collected = match input {
        Input::OwnedTexts => Some(quote! {
            let value: Vec<String> = value.into_iter().map(Into::into).collect();
        }),
        Input::Several(item) => {
            let item = rust_type(item, imports);
            Some(quote!(let value: Vec<#item> = value.into_iter().collect();))
        }
        _ => None,
    };
    quote! {
        #about
        #deprecated
        #expect
        pub fn #name(self, value: #ty) -> Self {
            #collected
            Self(self.0.argument(value, |body| &mut body.#name))
        }
    }
}

/// `Request<Response, Body>`
pub fn plain_type(operation: &Operation, imports: &mut Imports) -> TokenStream {
    imports.add("msgraph_runtime", "Request");
    let types = types(operation, imports);
    quote!(Request<#types>)
}

/// The types of the response and of the request body.
fn types(operation: &Operation, imports: &mut Imports) -> TokenStream {
    let response = response_type(operation, imports);
    let body = operation.body.as_ref().map(|body| match body {
        Body::Whole(argument) => rust_type(&argument.ty, imports),
        Body::Spread { name, .. } => imports.model(name),
    });
    let body = body.into_iter();
    quote!(#response #(, #body)*)
}

/// The type of the response.
fn response_type(operation: &Operation, imports: &mut Imports) -> TokenStream {
    match &operation.response {
        ResponseBody::Empty => quote!(()),
        ResponseBody::Object(ty) | ResponseBody::Enveloped(ty) => rust_type(ty, imports),
        ResponseBody::Count => quote!(i64),
    }
}
