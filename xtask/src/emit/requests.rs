//! Requests: a newtype for each operation that has options of its own.

use super::structs::expect_deprecated;
use super::types::{Input, ident, rust_type};
use super::{Imports, docs};
use crate::ir::{Body, Docs, Field, Handle, Operation, Pages, Parameter, ResponseBody, Type};
use proc_macro2::TokenStream;
use quote::quote;

/// The widest line of documentation, behind its slashes.
const DOC_WIDTH: usize = 80;

/// Whether an operation has options of its own; others return the plain request.
pub fn has_options(operation: &Operation) -> bool {
    let chained = operation.body.iter().flat_map(Body::options).count();
    let is_chained =
        operation.pages.is_some() || operation.body.is_some() && operation.optional_body;
    is_chained || chained + operation.optional.len() > 0
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
    let body = operation.body.as_ref().filter(|_| operation.optional_body);
    options.extend(body.and_then(|body| whole_option(body, imports)));
    options.extend(operation.pages.as_ref().map(|pages| stream(pages, imports)));
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
        Input::Texts if parameter.exploded => quote!(.query_each(#wire, #value)),
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

/// The type of a body that is one argument.
pub fn whole(body: &Body, imports: &mut Imports) -> TokenStream {
    if let Body::Whole(argument) = body {
        return rust_type(&argument.ty, imports);
    }
    imports.add("msgraph_runtime", "Bytes");
    quote!(impl Into<Bytes>)
}

/// The option that is the whole body.
fn whole_option(body: &Body, imports: &mut Imports) -> Option<TokenStream> {
    let (argument, call) = match body {
        Body::Whole(argument) => (argument, quote!(.body(Ok(value)))),
        Body::Bytes(argument) => (argument, quote!(.bytes(value))),
        Body::Spread { .. } => return None,
    };
    let (name, ty) = (ident(&argument.name), whole(body, imports));
    Some(quote! {
        /// The body; without it none is sent.
        pub fn #name(self, value: #ty) -> Self {
            Self(self.0 #call)
        }
    })
}

/// The method that gives the items of all pages.
fn stream(pages: &Pages, imports: &mut Imports) -> TokenStream {
    imports.add("msgraph_runtime", "Items");
    let item = match &pages.items.ty {
        Type::List(item) => rust_type(item, imports),
        ty => rust_type(ty, imports),
    };
    let (items, link) = (ident(&pages.items.name), ident(&pages.link.name));
    let items = match pages.items.is_bare() {
        true => quote!(page.#items),
        false => quote!(page.#items.unwrap_or_default()),
    };
    let link = match pages.link.is_bare() {
        true => quote!(Some(page.#link)),
        false => quote!(page.#link),
    };
    quote! {
        /// The items of this page and of all that follow, each page when it is needed.
        pub fn stream(self) -> Items<#item> {
            self.0.pages(|page| (#items, #link))
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
    let body = operation.body.as_ref().and_then(|body| match body {
        Body::Whole(argument) => Some(rust_type(&argument.ty, imports)),
        Body::Bytes(_) => None,
        Body::Spread { name, .. } => Some(imports.model(name)),
    });
    let body = body.into_iter();
    quote!(#response #(, #body)*)
}

/// The type of the response.
fn response_type(operation: &Operation, imports: &mut Imports) -> TokenStream {
    match &operation.response {
        ResponseBody::Empty => quote!(()),
        ResponseBody::Object(ty) | ResponseBody::Enveloped(ty) | ResponseBody::Value(ty) => {
            rust_type(ty, imports)
        }
        ResponseBody::Optional(ty) => {
            let ty = rust_type(ty, imports);
            quote!(Option<#ty>)
        }
        ResponseBody::Plain => quote!(String),
        ResponseBody::Bytes => quote!(Vec<u8>),
        ResponseBody::Count => quote!(i64),
    }
}
