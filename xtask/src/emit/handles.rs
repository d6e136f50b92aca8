//! Handles: the parts of the paths, with a method for each step and each operation.

use super::given::Given;
use super::types::{ident, tokens};
use super::{Context, File, Piece, Uses, arguments, docs, operations, requests};
use crate::ir::{Answer, Family, Handle, Operation, Parameter, Step};
use proc_macro2::TokenStream;
use quote::quote;

/// A file with everything behind one first segment: handles, requests, operations.
pub fn file(context: Context<'_>, family: &Family) -> File {
    let mut uses = Uses::of_client(context.layout);
    let mut own = TokenStream::new();
    let handles = || family.handles.iter().map(|at| &context.api.handles[*at]);
    for handle in handles() {
        own.extend(self::handle(context, handle, &mut uses));
    }
    let mut items = vec![Piece::Tokens(own)];
    for operation in handles().flat_map(|handle| context.api.operations_of(handle)) {
        items.extend(requests::piece(context, operation, &mut uses));
        items.push(operations::piece(context, operation, &mut uses));
    }
    for handle in handles() {
        uses.forget("super::handles", &handle.name);
    }
    let path = format!("{}/{}.rs", context.layout.client, family.name);
    let docs = format!(
        "Everything under `/{}`: handles, requests and operations.",
        family.segment
    );
    File {
        path,
        emitter: "handles.rs",
        docs,
        uses,
        items,
        ..File::default()
    }
}

fn handle(context: Context<'_>, handle: &Handle, uses: &mut Uses) -> TokenStream {
    uses.add("msgraph_runtime", "Resource");
    let (name, about) = (ident(&handle.name), docs(&[format!("`{}`", handle.path)]));
    let steps = steps(context, handle, uses);
    let methods = methods(context, handle, uses);
    quote! {
        #about
        #[derive(Clone, Debug)]
        pub struct #name<'a>(pub(super) Resource<'a>);
        impl<'a> #name<'a> {
            #(#steps)*
            #methods
        }
    }
}

/// The methods that lead further.
pub fn steps(
    context: Context<'_>,
    handle: &Handle,
    uses: &mut Uses,
) -> Vec<TokenStream> {
    let is_root = handle.path.is_empty();
    let (from, lifetime) = match is_root {
        true => (quote!(self.resource()), quote!('_)),
        false => (quote!(self.0), quote!('a)),
    };
    let step = |step: &Step| {
        let target = &context.api.handles[step.target];
        uses.add("super::handles", &target.name);
        let (name, target_name) = (ident(&step.name), ident(&target.name));
        let segment = &step.segment;
        let about = docs(&step.docs);
        let Some(parameter) = &step.parameter else {
            return quote! {
                #about
                pub fn #name(&self) -> #target_name<#lifetime> {
                    #target_name(#from.fixed(#segment))
                }
            };
        };
        let given = Given::in_path(&parameter.ty);
        let (argument, ty) = (ident(&parameter.name), tokens(&given.signature(uses)));
        let value = match given {
            Given::Text => quote!(#argument.as_ref()),
            _ => quote!(#argument),
        };
        quote! {
            #about
            pub fn #name(&self, #argument: #ty) -> #target_name<#lifetime> {
                let resource = #from.fixed(#segment);
                #target_name(resource.parameter(#value))
            }
        }
    };
    handle.steps.iter().map(step).collect()
}

/// The methods that make requests.
pub fn methods(context: Context<'_>, handle: &Handle, uses: &mut Uses) -> TokenStream {
    context
        .api
        .operations_of(handle)
        .map(|operation| method(handle, operation, uses))
        .collect()
}

fn method(handle: &Handle, operation: &Operation, uses: &mut Uses) -> TokenStream {
    let root = handle.path.is_empty();
    let lifetime = if root { "'_" } else { "'a" };
    let (name, about) = (ident(&operation.name), docs(&operation.docs));
    let example = operation.example.as_ref();
    let example = example.map(|file| quote!(#[doc = include_str!(#file)]));
    let deprecated = operation.deprecated.then(|| quote!(#[deprecated]));
    let taken = arguments::arguments(operation, uses);
    let taken = taken.iter().map(|argument| tokens(argument));
    let constant = ident(&operation.constant);
    let has_options = requests::has_options(operation);
    let result = match has_options {
        true => format!("{}<{lifetime}>", operation.type_name),
        false => requests::request_type(operation, lifetime, uses),
    };
    let result = tokens(&result);
    let (resource, on) = match root {
        true => (quote!(let root = self.resource();), quote!(root)),
        false => (TokenStream::new(), quote!(self.0)),
    };
    uses.add("msgraph_runtime", "decode");
    let decode = decode(&operation.answer);
    // Each statement stays short enough that rustfmt and prettyplease break it alike.
    let (body, request) = match arguments::body(operation, uses) {
        Some((statements, body)) => {
            (statements, quote!(#on.write(operation, #body, #decode)))
        }
        None => (TokenStream::new(), quote!(#on.request(operation, #decode))),
    };
    let request = finished(request, &operation.required, has_options);
    quote! {
        #about
        #example
        #deprecated
        pub fn #name(&self, #(#taken),*) -> #result {
            let operation = &#constant;
            #resource
            #body
            #request
        }
    }
}

/// The request with the parameters that must be given, as the type that the method returns.
fn finished(
    request: TokenStream,
    parameters: &[Parameter],
    has_options: bool,
) -> TokenStream {
    let mut calls: Vec<_> = parameters.iter().map(required).collect();
    if has_options {
        calls.push(quote!(.into()));
    }
    match (&calls[..], parameters) {
        ([], _) => request,
        ([into], []) => quote!(#request #into),
        ([calls @ .., last], _) => quote! {
            let request = #request;
            #(let request = request #calls;)*
            request #last
        },
    }
}

/// The call that adds a parameter that must be given.
fn required(parameter: &Parameter) -> TokenStream {
    let (name, wire) = (ident(&parameter.name), &parameter.wire);
    match Given::of_parameter(parameter) {
        _ if parameter.header => quote!(.header(#wire, #name.as_ref())),
        Given::Text => quote!(.query(#wire, [#name])),
        Given::Texts => quote!(.query(#wire, #name)),
        _ => quote!(.query(#wire, [#name.to_string()])),
    }
}

fn decode(answer: &Answer) -> TokenStream {
    match answer {
        Answer::Nothing => quote!(decode::nothing),
        Answer::Object(_) => quote!(decode::object),
        Answer::Enveloped(_) => quote!(decode::enveloped),
        Answer::Count => quote!(decode::number),
    }
}
