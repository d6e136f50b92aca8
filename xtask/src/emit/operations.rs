//! Operations as data: a constant each, and what they share.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::structs::ident;
use super::{Context, File, Uses, docs};
use crate::ir::{Hint, Operation};

/// The constant of an operation.
pub fn tokens(
    context: Context<'_>,
    operation: &Operation,
    uses: &mut Uses,
) -> TokenStream {
    uses.add("msgraph_runtime", "Method");
    uses.add("msgraph_runtime", "Operation");
    uses.add("super::shared", "SERVERS");
    let name = ident(&operation.constant);
    let call = format!("`{} {}`", operation.method.as_str(), operation.path);
    let about = docs(&vec![call]);
    let (id, path) = (&operation.id, &operation.path);
    let method = ident(operation.method.as_str());
    let (delegated, application) = (&operation.delegated, &operation.application);
    let repeatable = operation.repeatable;
    let rate_limit = match operation.rate_limit {
        Some((requests, seconds)) => {
            uses.add("msgraph_runtime", "RateLimit");
            let requests = Literal::u32_unsuffixed(requests);
            let seconds = Literal::u32_unsuffixed(seconds);
            quote!(Some(RateLimit { requests: #requests, seconds: #seconds }))
        }
        None => quote!(None),
    };
    let documentation = match &operation.docs_url {
        Some(url) => quote!(Some(#url)),
        None => quote!(None),
    };
    let hints = operation.hints.iter().map(|at| {
        let name = &context.api.hints[*at].name;
        uses.add("super::shared", name);
        ident(name)
    });
    let hints: Vec<_> = hints.collect();
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
        };
    }
}

/// `shared.rs`: what operations have in common.
pub fn shared(context: Context<'_>) -> File {
    let mut uses = Uses::default();
    let servers = context.api.servers.iter().map(|(url, _)| url);
    let mut used: Vec<bool> = vec![false; context.api.hints.len()];
    for at in context
        .api
        .operations
        .iter()
        .flat_map(|operation| &operation.hints)
    {
        used[*at] = true;
    }
    let hints = context.api.hints.iter().zip(used).filter(|(_, used)| *used);
    let hints: Vec<_> = hints.map(|(hint, _)| self::hint(hint, &mut uses)).collect();
    let about = docs(&vec!["The base addresses of the clouds.".to_owned()]);
    let items = quote! {
        #about
        pub(super) const SERVERS: &[&str] = &[#(#servers),*];
        #(#hints)*
    };
    File {
        path: format!("{}/shared.rs", context.layout.client),
        emitter: "operations.rs",
        docs: "What the operations share: the clouds, and hints for when they fail."
            .to_owned(),
        uses,
        exports: Uses::default(),
        items,
    }
}

fn hint(hint: &Hint, uses: &mut Uses) -> TokenStream {
    uses.add("msgraph_runtime", "Hint");
    let name = ident(&hint.name);
    let status = hint
        .status
        .iter()
        .map(|status| Literal::u32_unsuffixed(*status));
    let code = match &hint.code {
        Some(code) => quote!(Some(#code)),
        None => quote!(None),
    };
    let caller = match hint.delegated {
        None => quote!(None),
        Some(delegated) => {
            uses.add("msgraph_runtime", "Caller");
            match delegated {
                true => quote!(Some(Caller::Delegated)),
                false => quote!(Some(Caller::Application)),
            }
        }
    };
    let (text, source) = (&hint.text, &hint.source);
    quote! {
        pub(super) const #name: Hint = Hint {
            status: &[#(#status),*],
            code: #code,
            caller: #caller,
            text: #text,
            source: #source,
        };
    }
}
