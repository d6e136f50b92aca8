//! The methods of a handle: the steps to further handles, and the operations.

use super::types::{Input, ident, rust_type};
use super::{Context, Imports, docs, requests};
use crate::ir::{Field, Handle, Location, Operation, ResponseBody, Segment, Step, Type};
use proc_macro2::TokenStream;
use quote::quote;

/// All methods of a handle. The first handle is the client itself.
pub fn of(context: Context<'_>, handle: &Handle, imports: &mut Imports) -> TokenStream {
    // Handles move on to the next one; the client stays.
    let is_client = handle.path.is_empty();
    let (receiver, from) = if is_client {
        (quote!(&self), quote!(self.resource()))
    } else {
        (quote!(self), quote!(self.0))
    };
    let mut methods = TokenStream::new();
    for step in &handle.steps {
        let target = &context.api.handles[step.target].name;
        imports.add("super::handles", target);
        methods.extend(self::step(step, &ident(target), &receiver, &from, imports));
    }
    for operation in context.api.operations_of(handle) {
        methods.extend(self::operation(operation, &from, !is_client, imports));
    }
    methods
}

/// The method that leads to another handle.
fn step(
    step: &Step,
    target: &TokenStream,
    receiver: &TokenStream,
    from: &TokenStream,
    imports: &mut Imports,
) -> TokenStream {
    let (name, about) = (ident(&step.name), docs(&step.docs));
    let (parameters, path) = segments(&step.segments, imports);
    let parameters = parameters.into_iter();
    quote! {
        #about
        pub fn #name(#receiver #(, #parameters)*) -> #target {
            #target(#from #path)
        }
    }
}

/// The parameters of some segments, and the calls that add the segments to a resource.
fn segments(segments: &[Segment], imports: &mut Imports) -> (Vec<TokenStream>, TokenStream) {
    let (mut parameters, mut calls) = (Vec::new(), TokenStream::new());
    for segment in segments {
        let mut values = Vec::new();
        for parameter in &segment.parameters {
            let (input, name) = (Input::of(parameter), ident(&parameter.name));
            let ty = input.argument_type(imports);
            values.push(match input {
                Input::Text => quote!(#name.as_ref()),
                _ => name.clone(),
            });
            parameters.push(quote!(#name: #ty));
        }
        let template = &segment.template;
        calls.extend(match &values[..] {
            [value] if segment.is_parameter => quote!(.parameter(#value)),
            [] => quote!(.fixed(#template)),
            _ => quote!(.filled(#template, &[#(&#values),*])),
        });
    }
    (parameters, calls)
}

/// The method that makes the request of an operation.
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
    arguments.extend(self::arguments(operation, imports));
    // A handle makes any number of requests; the client makes a resource for each.
    let copied = (is_copied && !path.is_empty()).then(|| quote!(.clone()));
    let has_options = operation.has_options();
    let result = if has_options {
        ident(&operation.type_name)
    } else {
        requests::plain_type(operation, imports)
    };
    let constant = ident(&operation.constant);
    let decode = decode(&operation.response);
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
    let parameters = parameters.map(|one| requests::parameter(one, &ident(&one.name)));
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

/// The runtime's function that decodes a response.
fn decode(response: &ResponseBody) -> TokenStream {
    match response {
        ResponseBody::Empty => quote!(decode::nothing),
        ResponseBody::Object(_) => quote!(decode::object),
        ResponseBody::Optional(_) => quote!(decode::optional),
        ResponseBody::Value(_) => quote!(decode::json),
        ResponseBody::Plain => quote!(decode::plain),
        ResponseBody::Bytes => quote!(decode::bytes),
        ResponseBody::Enveloped(_) => quote!(decode::enveloped),
        ResponseBody::Count => quote!(decode::number),
    }
}

/// The arguments with their types.
fn arguments(operation: &Operation, imports: &mut Imports) -> Vec<TokenStream> {
    let arguments = operation.arguments.iter().map(|argument| {
        let ty = match &argument.rust_type {
            Some(name) => imports.model(name),
            None => Input::of(argument).argument_type(imports),
        };
        let name = ident(&argument.name);
        quote!(#name: #ty)
    });
    arguments.collect()
}

/// The statement that makes the body, and the expression for the body or for its error.
fn body(
    body: &Type,
    arguments: &[Field],
    imports: &mut Imports,
) -> (Option<TokenStream>, TokenStream) {
    let is_of_body = |one: &&Field| matches!(one.location, Location::Body | Location::Property);
    let arguments: Vec<_> = arguments.iter().filter(is_of_body).collect();
    let name = rust_type(body, imports);
    match arguments[..] {
        [] => return (None, quote!(Ok(#name::default()))),
        [only] if only.location == Location::Body => {
            let argument = ident(&only.name);
            return (None, quote!(Ok(#argument)));
        }
        [only] if is_fallible(only) => {
            let argument = ident(&only.name);
            let is_described = only.rust_type.is_none();
            let error = is_described.then(|| quote!(.map_err(Into::into)));
            let body = quote!(let body = #argument.try_into().map(#name::new)#error;);
            return (Some(body), quote!(body));
        }
        _ => {}
    }
    let is_fallible = arguments.iter().copied().any(is_fallible);
    let values = arguments.iter().map(|argument| value(argument, imports));
    if is_fallible {
        let body = quote!(let body = || Ok(#name::new(#(#values),*)););
        return (Some(body), quote!(body()));
    }
    let body = quote!(let body = #name::new(#(#values),*););
    (Some(body), quote!(Ok(body)))
}

/// True when the value that callers give may be refused.
fn is_fallible(argument: &Field) -> bool {
    argument.rust_type.is_some() || matches!(Input::of(argument), Input::Convertible(_))
}

/// The value of an argument for the `new` of the body.
fn value(argument: &Field, imports: &mut Imports) -> TokenStream {
    let name = ident(&argument.name);
    match Input::of(argument) {
        // The conversion of a hand-written type already has this error.
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
