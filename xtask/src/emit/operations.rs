//! Operations as data: their constants, the values that these share, and the routes of the
//! emulator.

use super::types::ident;
use super::{Context, File, Imports, docs, file_docs, rust};
use crate::ir::{Api, Hint, Operation};
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use std::collections::BTreeSet;

const EMITTER: &str = "emit/operations.rs";
pub fn constant(api: &Api, operation: &Operation, imports: &mut Imports) -> TokenStream {
    imports.add("msgraph_runtime", "Method");
    imports.add("msgraph_runtime", "Operation");
    let servers = match &operation.servers[..] {
        [] => imports.import("super::shared", "SERVERS"),
        own => quote!(&[#(#own),*]),
    };
    let about = docs(&[call(operation)]);
    let name = ident(&operation.constant);
    let (id, method) = (&operation.id, ident(operation.method.as_str()));
    let (path, repeatable) = (&operation.path, operation.repeatable);
    let media = |key: &str, text: &Option<String>| {
        let (key, text) = (ident(key), text.as_ref()?);
        Some(quote!(#key: Some(#text),))
    };
    let accept = media("accept", &operation.accept);
    let content_type = media("content_type", &operation.content_type);
    let (delegated, application) = (&operation.delegated, &operation.application);
    let documentation = optional(operation.docs_url.as_ref().map(|url| quote!(#url)));
    let rate_limit = operation.rate_limit.map(|(requests, seconds)| {
        imports.add("msgraph_runtime", "RateLimit");
        let (requests, seconds) = (number(requests), number(seconds));
        quote!(RateLimit { requests: #requests, seconds: #seconds, ..RateLimit::EMPTY })
    });
    let rate_limit = optional(rate_limit);
    let hints = operation.hints.iter();
    let hints = hints.map(|at| imports.import("super::shared", &api.hints[*at].name));
    quote! {
        #about
        pub static #name: Operation = Operation {
            id: #id,
            method: Method::#method,
            path: #path,
            #accept
            #content_type
            repeatable: #repeatable,
            delegated: &[#(#delegated),*],
            application: &[#(#application),*],
            servers: #servers,
            rate_limit: #rate_limit,
            documentation: #documentation,
            hints: &[#(#hints),*],
            ..Operation::EMPTY
        };
    }
}

/// `shared.rs`: the servers and the hints.
pub fn shared(context: Context<'_>) -> File {
    let mut imports = Imports::default();
    let api = context.api;
    let servers = api.servers.iter().map(|(url, _)| url);
    let servers = quote! {
        /// The base addresses of the clouds.
        pub(super) const SERVERS: &[&str] = &[#(#servers),*];
    };
    let used: BTreeSet<_> = api.operations.iter().flat_map(|o| &o.hints).collect();
    let mut hints = TokenStream::new();
    for at in used {
        hints.extend(hint(&api.hints[*at], &mut imports));
    }
    let path = format!("{}/shared.rs", context.layout.client);
    let about = file_docs("The clouds and the error hints that operations share.");
    rust(path, EMITTER, [about, imports.uses(), servers, hints])
}

fn hint(hint: &Hint, imports: &mut Imports) -> TokenStream {
    imports.add("msgraph_runtime", "Hint");
    let name = ident(&hint.name);
    let status = hint.status.iter().copied().map(number);
    let code = optional(hint.code.as_ref().map(|code| quote!(#code)));
    let caller = optional(hint.delegated.map(|is_delegated| {
        imports.add("msgraph_runtime", "Caller");
        if is_delegated {
            quote!(Caller::Delegated)
        } else {
            quote!(Caller::Application)
        }
    }));
    let (text, source) = (&hint.text, &hint.source);
    quote! {
        pub(super) const #name: Hint = Hint {
            status: &[#(#status),*],
            code: #code,
            caller: #caller,
            text: #text,
            source: #source,
            ..Hint::EMPTY
        };
    }
}

/// `mod.rs` and `routes.rs` of the emulator: its route table.
pub fn routes(api: &Api, folder: &str) -> [File; 2] {
    let operations = &api.operations;
    let names: Vec<_> = operations.iter().map(|o| ident(&o.type_name)).collect();
    let abouts = operations.iter().map(|o| docs(&[call(o)]));
    let ids = operations.iter().map(|o| &o.id);
    let methods = operations.iter().map(|o| o.method.as_str());
    let paths = operations.iter().map(|o| &o.path);
    let list = |names: &[String]| quote!(&[#(#names),*]);
    let delegated = operations.iter().map(|o| list(&o.delegated));
    let application = operations.iter().map(|o| list(&o.application));
    let items = quote! {
        /// An operation of the API.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Route {
            #(#abouts #names,)*
        }

        impl Route {
            /// Every operation, in the order of the spec.
            pub const ALL: &'static [Self] = &[#(Self::#names),*];

            /// The `operationId`.
            pub fn operation_id(self) -> &'static str {
                match self { #(Self::#names => #ids,)* }
            }

            /// The HTTP method.
            pub fn method(self) -> &'static str {
                match self { #(Self::#names => #methods,)* }
            }

            /// The path below the root, with each parameter in braces.
            pub fn path(self) -> &'static str {
                match self { #(Self::#names => #paths,)* }
            }

            /// Delegated permissions, any one of which is enough, least privileged first.
            pub fn delegated(self) -> &'static [&'static str] {
                match self { #(Self::#names => #delegated,)* }
            }

            /// Application permissions, any one of which is enough, least privileged first.
            pub fn application(self) -> &'static [&'static str] {
                match self { #(Self::#names => #application,)* }
            }
        }
    };
    let about = file_docs("The operations of the API: method, path template and permissions.");
    let about_module = file_docs("The generated route table.");
    let module = quote! { pub mod routes; };
    [
        rust(format!("{folder}/mod.rs"), EMITTER, [about_module, module]),
        rust(format!("{folder}/routes.rs"), EMITTER, [about, items]),
    ]
}

/// The method and the path for documentation.
fn call(operation: &Operation) -> String {
    format!("`{} {}`", operation.method.as_str(), operation.path)
}

fn optional(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote!(Some(#value)),
        None => quote!(None),
    }
}

fn number(number: u32) -> Literal {
    Literal::u32_unsuffixed(number)
}
