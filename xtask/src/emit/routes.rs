//! The emulator's list of operations.

use proc_macro2::TokenStream;
use quote::quote;

use super::structs::ident;
use super::{Context, File, Uses, docs};
use crate::ir::Operation;

/// `routes.rs`
pub fn file(context: Context<'_>) -> File {
    let operations = &context.api.operations;
    let names: Vec<_> = operations
        .iter()
        .map(|operation| ident(&operation.type_name))
        .collect();
    let calls = operations.iter().map(|operation| {
        docs(&vec![format!(
            "`{} {}`",
            operation.method.as_str(),
            operation.path
        )])
    });
    let calls: Vec<_> = calls.collect();
    let arms = |what: &dyn Fn(&Operation) -> TokenStream| {
        let values = operations.iter().map(what);
        quote!(match self { #(Self::#names => #values,)* })
    };
    let ids = arms(&|operation| text(&operation.id));
    let methods = arms(&|operation| text(operation.method.as_str()));
    let paths = arms(&|operation| text(&operation.path));
    let delegated = arms(&|operation| list(&operation.delegated));
    let application = arms(&|operation| list(&operation.application));
    let about = |line: &str| docs(&vec![line.to_owned()]);
    let (route, all) = (
        about("An operation of the API."),
        about("Every operation, in the order of the description."),
    );
    let (id, method, path) = (
        about("The operation's id in the description."),
        about("The HTTP method."),
        about("The path below the root, with each parameter in braces."),
    );
    let (user, app) = (
        about("Delegated permissions of which one is enough, least privileged first."),
        about("Application permissions of which one is enough, least privileged first."),
    );
    let items = quote! {
        #route
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Route {
            #(#calls #names,)*
        }
        impl Route {
            #all
            pub const ALL: &'static [Self] = &[#(Self::#names),*];
            #id
            pub fn operation_id(self) -> &'static str {
                #ids
            }
            #method
            pub fn method(self) -> &'static str {
                #methods
            }
            #path
            pub fn path(self) -> &'static str {
                #paths
            }
            #user
            pub fn delegated(self) -> &'static [&'static str] {
                #delegated
            }
            #app
            pub fn application(self) -> &'static [&'static str] {
                #application
            }
        }
    };
    File {
        path: format!("{}/routes.rs", folder(context)),
        emitter: "routes.rs",
        docs: "The operations of the API: method, path template and permissions."
            .to_owned(),
        uses: Uses::default(),
        exports: Uses::default(),
        items,
    }
}

/// `mod.rs` of the emulator.
pub fn modules(context: Context<'_>) -> File {
    File {
        path: format!("{}/mod.rs", folder(context)),
        emitter: "routes.rs",
        docs: "What the emulator knows of the API without being told by hand."
            .to_owned(),
        uses: Uses::default(),
        exports: Uses::default(),
        items: quote!(
            pub mod routes;
        ),
    }
}

fn folder(context: Context<'_>) -> &str {
    context.layout.emulator.as_deref().unwrap_or_default()
}

fn text(text: &str) -> TokenStream {
    quote!(#text)
}

fn list(texts: &[String]) -> TokenStream {
    quote!(&[#(#texts),*])
}
