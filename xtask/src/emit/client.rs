//! The files of the client: the client itself, a file for each first segment, and the lists of
//! handles, requests and operations.

use super::types::ident;
use super::{Context, File, Imports, docs, file_docs, methods, operations, rust};
use crate::ir::{ClientModule, Handle};
use proc_macro2::TokenStream;
use quote::quote;

const EMITTER: &str = "emit/client.rs";

/// `client.rs`.
pub fn root(context: Context<'_>) -> File {
    let mut imports = context.imports(Vec::new());
    let root = &context.api.handles[0];
    let about = docs(&[
        &*format!("A client of {}.", context.api.title),
        "",
        "Clones share everything: connections, tokens, limits.",
    ]);
    let methods = (!root.steps.is_empty() || !root.operations.is_empty()).then(|| {
        imports.add("msgraph_runtime", "Resource");
        let methods = methods::of(context, root, &mut imports);
        quote! {
            impl Client {
                #methods

                fn resource(&self) -> Resource {
                    Resource::root(&self.0)
                }
            }
        }
    });
    let items = quote! {
        #about
        #[derive(Clone, Debug)]
        pub struct Client(msgraph_runtime::Client);

        #methods

        impl From<msgraph_runtime::Client> for Client {
            fn from(client: msgraph_runtime::Client) -> Self {
                Self(client)
            }
        }

        /// The runtime's client, for operations that this crate does not have.
        impl AsRef<msgraph_runtime::Client> for Client {
            fn as_ref(&self) -> &msgraph_runtime::Client {
                &self.0
            }
        }
    };
    let operations = operations(context, root, &mut imports);
    let path = format!("{}/client.rs", context.layout.client);
    let about = file_docs("The client, with the first segments of all paths.");
    rust(path, EMITTER, [about, imports.uses(), items, operations])
}

/// The file of a first segment: handles, requests and operations.
pub fn segment(context: Context<'_>, module: &ClientModule) -> File {
    let handles = module.handles.iter().map(|at| &context.api.handles[*at]);
    let handles: Vec<_> = handles.collect();
    let own = handles.iter().map(|handle| handle.name.clone()).collect();
    let mut imports = context.imports(own);
    let mut items = TokenStream::new();
    for handle in &handles {
        items.extend(self::handle(context, handle, &mut imports));
    }
    for handle in &handles {
        items.extend(operations(context, handle, &mut imports));
    }
    let path = format!("{}/{}.rs", context.layout.client, module.name);
    let segment = &module.segment;
    let about = format!("Everything under `/{segment}`: handles, requests and operations.");
    rust(path, EMITTER, [file_docs(&about), imports.uses(), items])
}

fn handle(context: Context<'_>, handle: &Handle, imports: &mut Imports) -> TokenStream {
    imports.add("msgraph_runtime", "Resource");
    let (name, about) = (ident(&handle.name), docs(&[format!("`{}`", handle.path)]));
    let methods = methods::of(context, handle, imports);
    quote! {
        #about
        #[derive(Clone, Debug)]
        pub struct #name(pub(super) Resource);

        impl #name {
            #methods
        }
    }
}

/// The request types and the constants of the operations of a handle.
fn operations(context: Context<'_>, handle: &Handle, imports: &mut Imports) -> TokenStream {
    let mut items = TokenStream::new();
    for operation in context.api.operations_of(handle) {
        items.extend(methods::request(&handle.name, operation, imports));
        items.extend(operations::constant(context.api, operation, imports));
    }
    items
}

/// `mod.rs`, `handles.rs`, `requests.rs` and `operations.rs`.
pub fn lists(context: Context<'_>) -> [File; 4] {
    let mut lists = [(); 3].map(|()| Imports::default());
    let [handles, requests, operations] = &mut lists;
    let files = context.api.client_modules.iter();
    let files = files.map(|module| (&*module.name, &module.handles[..]));
    for (file, positions) in files.chain([("client", &[0][..])]) {
        let file = format!("super::{file}");
        for at in positions {
            let handle = &context.api.handles[*at];
            if *at > 0 {
                handles.add(&file, &handle.name);
            }
            for operation in context.api.operations_of(handle) {
                operations.add(&file, &operation.constant);
                if operation.has_options() {
                    requests.add(&file, &operation.type_name);
                }
            }
        }
    }
    let list = |name: &str, docs: &str, items: TokenStream| {
        let path = format!("{}/{name}.rs", context.layout.client);
        rust(path, EMITTER, [file_docs(docs), items])
    };
    let [handles, requests, operations] = lists.map(|list| list.exports());
    let about = "The client of the API: a file for each first segment of its paths.";
    let about_handles = "The resources of the API, as their URLs name them.";
    let about_requests = "The requests that have options of their own.";
    let about_operations = "The operations of the API, as data.";
    [
        list("mod", about, modules(context)),
        list("handles", about_handles, handles),
        list("requests", about_requests, requests),
        list("operations", about_operations, operations),
    ]
}

fn modules(context: Context<'_>) -> TokenStream {
    let modules = context.api.client_modules.iter();
    let mut files: Vec<_> = modules.map(|module| module.name.as_str()).collect();
    files.push("client");
    if !context.api.operations.is_empty() {
        files.push("shared");
    }
    files.sort_unstable();
    let files = files.into_iter().map(ident);
    // `..EMPTY` is needed once the runtime adds fields.
    quote! {
        #![allow(clippy::needless_update, reason = "fields may be added")]

        #(mod #files;)*
        pub mod handles;
        pub mod operations;
        pub mod requests;
        pub use client::Client;
    }
}
