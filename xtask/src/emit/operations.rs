//! Operations as data: a constant each, what they share, and the emulator's list of them.

use super::types::ident;
use super::{Context, File, Imports, docs, file_docs, rust};
use crate::ir::{Api, Hint, Operation};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// The constant of an operation.
pub fn constant(api: &Api, operation: &Operation, imports: &mut Imports) -> TokenStream {
    imports.add("msgraph_runtime", "Method");
    imports.add("msgraph_runtime", "Operation");
    imports.add("super::shared", "SERVERS");
    let method = operation.method.as_str();
    let about = docs(&[format!("`{method} {}`", operation.path)]);
    let (name, method) = (ident(&operation.constant), ident(method));
    let Operation {
        id,
        path,
        repeatable,
        delegated,
        application,
        ..
    } = operation;
    let documentation = optional(operation.docs_url.as_ref().map(|url| quote!(#url)));
    let rate_limit = operation.rate_limit.map(|(requests, seconds)| {
        imports.add("msgraph_runtime", "RateLimit");
        let (requests, seconds) = (number(requests), number(seconds));
        quote!(RateLimit { requests: #requests, seconds: #seconds, ..RateLimit::EMPTY })
    });
    let rate_limit = optional(rate_limit);
    let hints = operation.hints.iter().map(|at| {
        let name = &api.hints[*at].name;
        imports.add("super::shared", name);
        ident(name)
    });
    quote! {
        #about
        pub static #name: Operation = Operation {
            id: #id,
            method: Method::#method,
            path: #path,
            repeatable: #repeatable,
            delegated: &[#(#delegated),*],
            application: &[#(#application),*],
            servers: SERVERS,
            rate_limit: #rate_limit,
            documentation: #documentation,
            hints: &[#(#hints),*],
            ..Operation::EMPTY
        };
    }
}

/// `shared.rs`: what operations have in common.
pub fn shared(context: Context<'_>) -> File {
    let mut imports = Imports::default();
    let servers = context.api.servers.iter().map(|(url, _)| url);
    let operations = &context.api.operations;
    let is_used = |at: usize| {
        operations
            .iter()
            .any(|operation| operation.hints.contains(&at))
    };
    let hints = context
        .api
        .hints
        .iter()
        .enumerate()
        .filter(|(at, _)| is_used(*at));
    let hints = hints
        .map(|(_, hint)| self::hint(hint, &mut imports))
        .collect();
    let servers = quote! {
        /// The base addresses of the clouds.
        pub(super) const SERVERS: &[&str] = &[#(#servers),*];
    };
    let path = format!("{}/shared.rs", context.layout.client);
    let about = "What the operations share: the clouds, and hints for when they fail.";
    rust(
        path,
        "emit/operations.rs",
        [file_docs(about), imports.uses(), servers, hints],
    )
}

fn hint(hint: &Hint, imports: &mut Imports) -> TokenStream {
    imports.add("msgraph_runtime", "Hint");
    let name = ident(&hint.name);
    let status = hint.status.iter().copied().map(number);
    let code = optional(hint.code.as_ref().map(|code| quote!(#code)));
    let caller = optional(hint.delegated.map(|is_delegated| {
        imports.add("msgraph_runtime", "Caller");
        match is_delegated {
            true => quote!(Caller::Delegated),
            false => quote!(Caller::Application),
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

/// `mod.rs` of the emulator.
pub fn routes_module(folder: &str) -> File {
    let about =
        file_docs("What the emulator knows of the API without being told by hand.");
    let path = format!("{folder}/mod.rs");
    rust(
        path,
        "emit/operations.rs",
        [
            about,
            quote!(
                pub mod routes;
            ),
        ],
    )
}

/// `routes.rs`: the operations for the emulator.
pub fn routes(api: &Api, folder: &str) -> File {
    let operations = &api.operations;
    let names: Vec<_> = operations.iter().map(|o| ident(&o.type_name)).collect();
    let abouts = operations.iter().map(|operation| {
        docs(&[format!(
            "`{} {}`",
            operation.method.as_str(),
            operation.path
        )])
    });
    let texts = |text: fn(&Operation) -> &str| operations.iter().map(text);
    let (ids, paths) = (texts(|o| &o.id), texts(|o| &o.path));
    let methods = texts(|o| o.method.as_str());
    let lists = |list: fn(&Operation) -> &[String]| {
        operations.iter().map(move |operation| {
            let list = list(operation);
            quote!(&[#(#list),*])
        })
    };
    let (delegated, application) = (lists(|o| &o.delegated), lists(|o| &o.application));
    let items = quote! {
        /// An operation of the API.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Route {
            #(#abouts #names,)*
        }

        impl Route {
            /// Every operation, in the order of the description.
            pub const ALL: &'static [Self] = &[#(Self::#names),*];

            /// The operation's id in the description.
            pub fn operation_id(self) -> &'static str {
                match self {
                    #(Self::#names => #ids,)*
                }
            }

            /// The HTTP method.
            pub fn method(self) -> &'static str {
                match self {
                    #(Self::#names => #methods,)*
                }
            }

            /// The path below the root, with each parameter in braces.
            pub fn path(self) -> &'static str {
                match self {
                    #(Self::#names => #paths,)*
                }
            }

            /// Delegated permissions of which one is enough, least privileged first.
            pub fn delegated(self) -> &'static [&'static str] {
                match self {
                    #(Self::#names => #delegated,)*
                }
            }

            /// Application permissions of which one is enough, least privileged first.
            pub fn application(self) -> &'static [&'static str] {
                match self {
                    #(Self::#names => #application,)*
                }
            }
        }
    };
    let about =
        file_docs("The operations of the API: method, path template and permissions.");
    rust(
        format!("{folder}/routes.rs"),
        "emit/operations.rs",
        [about, items],
    )
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
