//! The methods of a handle: the steps to further handles, and the operations.

use super::types::{Input, ident};
use super::{Context, Imports, docs, requests};
use crate::ir::{Body, Field, Handle, Operation, ResponseBody, Segment, Step};
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
            let (input, name) = (Input::in_path(&parameter.ty), ident(&parameter.name));
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
    // The handle makes any number of requests; that of the client is made for each.
    let copied = (is_copied && !path.is_empty()).then(|| quote!(.clone()));
    let has_options = requests::has_options(operation);
    let result = if has_options {
        ident(&operation.type_name)
    } else {
        requests::plain_type(operation, imports)
    };
    let constant = ident(&operation.constant);
    let decode = match &operation.response {
        ResponseBody::Empty => quote!(decode::nothing),
        ResponseBody::Object(_) => quote!(decode::object),
        ResponseBody::Optional(_) => quote!(decode::optional),
        ResponseBody::Value(_) => quote!(decode::json),
        ResponseBody::Plain => quote!(decode::plain),
        ResponseBody::Bytes => quote!(decode::bytes),
        ResponseBody::Enveloped(_) => quote!(decode::enveloped),
        ResponseBody::Count => quote!(decode::number),
    };
    let plain = quote!(request(&#constant, #decode));
    let (statement, request) = match &operation.body {
        None => (None, plain),
        Some(Body::Bytes(_)) if operation.optional_body => (None, plain),
        Some(Body::Bytes(content)) => {
            let content = ident(&content.name);
            (None, quote!(#plain.bytes(#content)))
        }
        Some(_) if operation.optional_body => (None, quote!(#plain.optional_body())),
        Some(body) => {
            let (statement, value) = self::body(body, imports);
            (statement, quote!(write(&#constant, #value, #decode)))
        }
    };
    let parameters = operation
        .required
        .iter()
        .map(|parameter| requests::parameter(parameter, &ident(&parameter.name)));
    let check = match &operation.body {
        Some(Body::Spread {
            name,
            limited: true,
            ..
        }) => {
            let name = ident(name);
            Some(quote!(.check(#name::check)))
        }
        _ => None,
    };
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

/// The arguments with their types: those of the body, then required parameters.
fn arguments(operation: &Operation, imports: &mut Imports) -> Vec<TokenStream> {
    let mut all = Vec::new();
    let body = operation.body.iter().filter(|_| !operation.optional_body);
    for argument in body.flat_map(Body::arguments) {
        let ty = match (&argument.rust_type, &operation.body) {
            (_, Some(body @ (Body::Whole(_) | Body::Bytes(_)))) => requests::whole(body, imports),
            (Some(name), _) => imports.model(name),
            (None, _) => Input::in_body(&argument.ty).argument_type(imports),
        };
        let name = ident(&argument.name);
        all.push(quote!(#name: #ty));
    }
    for parameter in &operation.required {
        let ty = Input::of_parameter(parameter).argument_type(imports);
        let name = ident(&parameter.name);
        all.push(quote!(#name: #ty));
    }
    all
}

/// The statement that makes the body, and the expression for the body or for the reason why there
/// is none.
fn body(body: &Body, imports: &mut Imports) -> (Option<TokenStream>, TokenStream) {
    let (name, arguments) = match body {
        Body::Whole(argument) | Body::Bytes(argument) => {
            let argument = ident(&argument.name);
            return (None, quote!(Ok(#argument)));
        }
        Body::Spread {
            name, arguments, ..
        } => (imports.model(name), arguments),
    };
    match &arguments[..] {
        [] => return (None, quote!(Ok(#name::default()))),
        [only] if is_fallible(only) => {
            let argument = ident(&only.name);
            let is_described = only.rust_type.is_none();
            let error = is_described.then(|| quote!(.map_err(Into::into)));
            let body = quote!(let body = #argument.try_into().map(#name::new)#error;);
            return (Some(body), quote!(body));
        }
        _ => {}
    }
    let values = arguments.iter().map(|argument| value(argument, imports));
    let values: Vec<_> = values.collect();
    if arguments.iter().any(is_fallible) {
        let body = quote!(let body = || Ok(#name::new(#(#values),*)););
        return (Some(body), quote!(body()));
    }
    (
        Some(quote!(let body = #name::new(#(#values),*);)),
        quote!(Ok(body)),
    )
}

/// Whether the value that callers give may be refused.
fn is_fallible(argument: &Field) -> bool {
    argument.rust_type.is_some() || matches!(Input::in_body(&argument.ty), Input::Convertible(_))
}

/// The value of an argument for the `new` of the body.
fn value(argument: &Field, imports: &mut Imports) -> TokenStream {
    let name = ident(&argument.name);
    match Input::in_body(&argument.ty) {
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
