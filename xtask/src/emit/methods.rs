//! The methods of a handle, steps and operations, and the types of requests with options.

use super::structs::expect_deprecated;
use super::types::{Input, ident, rust_type};
use super::{Context, Imports, docs};
use crate::ir::{Docs, Field, Handle, Location, Operation, Pages, Segment, Type};
use proc_macro2::TokenStream;
use quote::quote;

/// The widest line of documentation, without its slashes.
const DOC_WIDTH: usize = 80;

/// All methods of a handle. The first handle is the client itself.
pub fn of(context: Context<'_>, handle: &Handle, imports: &mut Imports) -> TokenStream {
    // A step consumes a handle, but not the client.
    let is_client = handle.path.is_empty();
    let (receiver, from) = if is_client {
        (quote!(&self), quote!(self.resource()))
    } else {
        (quote!(self), quote!(self.0))
    };
    let mut methods = TokenStream::new();
    for step in &handle.steps {
        let target = imports.import("super::handles", &context.api.handles[step.target].name);
        let (name, about) = (ident(&step.name), docs(&step.docs));
        let (parameters, path) = segments(&step.segments, imports);
        methods.extend(quote! {
            #about
            pub fn #name(#receiver #(, #parameters)*) -> #target {
                #target(#from #path)
            }
        });
    }
    for operation in context.api.operations_of(handle) {
        methods.extend(self::operation(operation, &from, !is_client, imports));
    }
    methods
}

/// The arguments for the parameters of some segments, and the calls that add the segments.
fn segments(segments: &[Segment], imports: &mut Imports) -> (Vec<TokenStream>, TokenStream) {
    let (mut parameters, mut calls) = (Vec::new(), TokenStream::new());
    for segment in segments {
        let values = segment.parameters.iter().map(|parameter| {
            parameters.push(argument(parameter, imports));
            let name = ident(&parameter.name);
            match Input::of(parameter) {
                Input::Text => quote!(#name.as_ref()),
                _ => name,
            }
        });
        let (values, template): (Vec<_>, _) = (values.collect(), &segment.template);
        calls.extend(match &values[..] {
            [value] if segment.is_parameter => quote!(.parameter(#value)),
            [] => quote!(.fixed(#template)),
            _ => quote!(.filled(#template, &[#(&#values),*])),
        });
    }
    (parameters, calls)
}

fn argument(field: &Field, imports: &mut Imports) -> TokenStream {
    let ty = match &field.rust_type {
        Some(name) => imports.model(name),
        None => Input::of(field).argument_type(imports),
    };
    let name = ident(&field.name);
    quote!(#name: #ty)
}

/// The method that returns the request of an operation.
fn operation(
    operation: &Operation,
    from: &TokenStream,
    is_copied: bool,
    imports: &mut Imports,
) -> TokenStream {
    imports.add("msgraph_runtime", "decode");
    let (name, about) = (ident(&operation.name), docs(&operation.docs));
    let example = operation.example.as_ref();
    let example = example.map(|file| quote!(#[doc = include_str!(#file)]));
    let deprecated = operation.deprecated.then(|| quote!(#[deprecated]));
    let (mut arguments, path) = segments(&operation.segments, imports);
    let own = operation.arguments.iter();
    arguments.extend(own.map(|field| argument(field, imports)));
    // A handle can make many requests; the client makes a new resource for each.
    let copied = (is_copied && !path.is_empty()).then(|| quote!(.clone()));
    let has_options = operation.has_options();
    let result = if has_options {
        ident(&operation.type_name)
    } else {
        plain_type(operation, imports)
    };
    let constant = ident(&operation.constant);
    let decoder = ident(operation.response.decoder);
    let decode = quote!(decode::#decoder);
    let plain = quote!(request(&#constant, #decode));
    let mut all = operation.arguments.iter();
    let bytes = all.find(|argument| argument.location == Location::Bytes);
    let (statement, request) = match (&operation.body, bytes) {
        (None, None) => (None, plain),
        (None, Some(content)) => {
            let content = ident(&content.name);
            (None, quote!(#plain.bytes(#content)))
        }
        (Some(_), _) if operation.optional_body => (None, quote!(#plain.optional_body())),
        (Some(body), _) => {
            let (statement, value) = self::body(body, &operation.arguments, imports);
            (statement, quote!(write(&#constant, #value, #decode)))
        }
    };
    let is_parameter =
        |one: &&Field| matches!(one.location, Location::Query { .. } | Location::Header);
    let parameters = operation.arguments.iter().filter(is_parameter);
    let parameters = parameters.map(|one| parameter(one, &ident(&one.name)));
    let limited = operation.body.as_ref().filter(|_| operation.limited);
    let check = limited.map(|body| {
        let name = rust_type(body, imports);
        quote!(.check(#name::check))
    });
    let into = has_options.then(|| quote!(.into()));
    quote! {
        #about
        #example
        #deprecated
        pub fn #name(&self, #(#arguments),*) -> #result {
            #statement
            #from #copied #path.#request #check #(#parameters)* #into
        }
    }
}

/// The statement that builds the body, and the expression of the body or of its error.
fn body(
    body: &Type,
    arguments: &[Field],
    imports: &mut Imports,
) -> (Option<TokenStream>, TokenStream) {
    let is_of_body = |one: &&Field| matches!(one.location, Location::Body | Location::Property);
    let arguments: Vec<_> = arguments.iter().filter(is_of_body).collect();
    let name = rust_type(body, imports);
    let (statement, body) = match arguments[..] {
        [] => return (None, quote!(Ok(#name::default()))),
        [only] if only.location == Location::Body => {
            let argument = ident(&only.name);
            return (None, quote!(Ok(#argument)));
        }
        [only] if is_fallible(only) => {
            let argument = ident(&only.name);
            let is_described = only.rust_type.is_none();
            let error = is_described.then(|| quote!(.map_err(Into::into)));
            let body = quote!(#argument.try_into().map(#name::new)#error);
            (body, quote!(body))
        }
        _ => {
            let values = arguments.iter().map(|argument| value(argument, imports));
            let body = quote!(#name::new(#(#values),*));
            if arguments.iter().copied().any(is_fallible) {
                (quote!(|| Ok(#body)), quote!(body()))
            } else {
                (body, quote!(Ok(body)))
            }
        }
    };
    (Some(quote!(let body = #statement;)), body)
}

/// True when the conversion of the argument can fail.
fn is_fallible(argument: &Field) -> bool {
    argument.rust_type.is_some() || matches!(Input::of(argument), Input::Convertible(_))
}

/// The value of an argument in the call of `new` of the body.
fn value(argument: &Field, imports: &mut Imports) -> TokenStream {
    let name = ident(&argument.name);
    match Input::of(argument) {
        // The error of a hand-written type needs no conversion.
        _ if argument.rust_type.is_some() => quote!(#name.try_into()?),
        Input::Convertible(_) => {
            let error = imports.wire("InvalidValue");
            quote!(#name.try_into().map_err(Into::<#error>::into)?)
        }
        Input::OwnedText => quote!(#name.into()),
        Input::OwnedTexts => quote!(#name.into_iter().map(Into::into).collect()),
        Input::Several(_) => quote!(#name.into_iter().collect()),
        _ => name,
    }
}

/// The type of a request with options.
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

/// The documentation of a request type: the method that returns it.
fn see(operation: &Operation, handle: &str) -> Docs {
    let call = format!("`{} {}`: see", operation.method.as_str(), operation.path);
    let method = format!("[`{handle}::{}`].", operation.name);
    if call.len() + 1 + method.len() <= DOC_WIDTH {
        vec![format!("{call} {method}")]
    } else {
        vec![call, method]
    }
}

fn option(field: &Field, imports: &mut Imports) -> TokenStream {
    let (name, mut about) = (ident(&field.name), docs(&field.docs));
    // Values of the hand-written type convert to the described type.
    let input = match field.rust_type {
        Some(_) => Input::Convertible(&field.ty),
        None => Input::of(field),
    };
    let ty = input.argument_type(imports);
    let deprecated = field.deprecated.then(|| quote!(#[deprecated]));
    let is_property = field.location == Location::Property;
    let expect = is_property.then(|| expect_deprecated([field])).flatten();
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
    let call = match field.location {
        Location::Body => quote!(.body(Ok(value))),
        Location::Bytes => quote!(.bytes(value)),
        Location::Property => quote!(.argument(value, |body| &mut body.#name)),
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

fn parameter(parameter: &Field, value: &TokenStream) -> TokenStream {
    let wire = &parameter.wire;
    match (parameter.location, Input::of(parameter)) {
        (Location::Header, _) => quote!(.header(#wire, #value.as_ref())),
        (_, Input::Text) => quote!(.query(#wire, [#value])),
        (Location::Query { exploded: true }, Input::Texts) => quote!(.query_each(#wire, #value)),
        (_, Input::Texts) => quote!(.query(#wire, #value)),
        _ => quote!(.query(#wire, [#value.to_string()])),
    }
}

/// The method that returns the items of all pages.
fn stream(pages: &Pages, imports: &mut Imports) -> TokenStream {
    imports.add("msgraph_runtime", "Items");
    let item = match &pages.items.ty {
        Type::List(item) => rust_type(item, imports),
        ty => rust_type(ty, imports),
    };
    let (items, link) = (ident(&pages.items.name), ident(&pages.link.name));
    let items = if pages.items.is_bare() {
        quote!(page.#items)
    } else {
        quote!(page.#items.unwrap_or_default())
    };
    let link = if pages.link.is_bare() {
        quote!(Some(page.#link))
    } else {
        quote!(page.#link)
    };
    quote! {
        /// The items of this page and of all that follow, each page when it is needed.
        pub fn stream(self) -> Items<#item> {
            self.0.pages(|page| (#items, #link))
        }
    }
}

/// `Request<Response, Body>`.
pub fn plain_type(operation: &Operation, imports: &mut Imports) -> TokenStream {
    imports.add("msgraph_runtime", "Request");
    let types = types(operation, imports);
    quote!(Request<#types>)
}

/// The types of the response and of the body.
fn types(operation: &Operation, imports: &mut Imports) -> TokenStream {
    let response = rust_type(&operation.response.ty, imports);
    let body = operation.body.iter().map(|body| rust_type(body, imports));
    quote!(#response #(, #body)*)
}
