//! Requests: a newtype for each operation that has options of its own.

use super::structs::expect_deprecated;
use super::types::{Input, ident, rust_type};
use super::{Imports, docs};
use crate::ir::{Docs, Field, Location, Operation, Pages, ResponseBody, Type};
use proc_macro2::TokenStream;
use quote::quote;

/// The widest line of documentation, behind its slashes.
const DOC_WIDTH: usize = 80;

/// The request type of an operation with options; nothing for others.
pub fn request(handle: &str, operation: &Operation, imports: &mut Imports) -> Option<TokenStream> {
    if !operation.has_options() {
        return None;
    }
    imports.add("msgraph_runtime", "request");
    let (name, about) = (ident(&operation.type_name), docs(&see(operation, handle)));
    let types = types(operation, imports);
    let mut options = TokenStream::new();
    for field in &operation.options {
        options.extend(option(field, imports));
    }
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

/// A chained option.
fn option(field: &Field, imports: &mut Imports) -> TokenStream {
    let (name, mut about) = (ident(&field.name), docs(&field.docs));
    // A hand-written type is one of those that may become the described one.
    let input = match field.rust_type {
        Some(_) => Input::Convertible(&field.ty),
        None => Input::of(field),
    };
    let ty = input.argument_type(imports);
    let deprecated = field.deprecated.then(|| quote!(#[deprecated]));
    let is_property = field.location == Location::Property;
    let expect = is_property.then(|| expect_deprecated([field])).flatten();
    let mut collected = None;
    let call = match field.location {
        Location::Body => quote!(.body(Ok(value))),
        Location::Bytes => quote!(.bytes(value)),
        Location::Property => {
            collected = match input {
                Input::OwnedTexts => Some(quote! {
                    let value: Vec<String> = value.into_iter().map(Into::into).collect();
                }),
                Input::Several(item) => {
                    let item = rust_type(item, imports);
                    Some(quote!(let value: Vec<#item> = value.into_iter().collect();))
                }
                _ => None,
            };
            quote!(.argument(value, |body| &mut body.#name))
        }
        _ => parameter(field, &quote!(value)),
    };
    if matches!(field.location, Location::Body | Location::Bytes) {
        about = docs(&["The body; without it none is sent."]);
    }
    quote! {
        #about
        #deprecated
        #expect
        pub fn #name(self, value: #ty) -> Self {
            #collected
            Self(self.0 #call)
        }
    }
}

/// The call that gives a parameter its value, with the dot before it.
pub fn parameter(parameter: &Field, value: &TokenStream) -> TokenStream {
    let wire = &parameter.wire;
    match (parameter.location, Input::of(parameter)) {
        (Location::Header, _) => quote!(.header(#wire, #value.as_ref())),
        (_, Input::Text) => quote!(.query(#wire, [#value])),
        (Location::Query { exploded: true }, Input::Texts) => quote!(.query_each(#wire, #value)),
        (_, Input::Texts) => quote!(.query(#wire, #value)),
        _ => quote!(.query(#wire, [#value.to_string()])),
    }
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
    let body = operation.body.iter().map(|body| rust_type(body, imports));
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
