//! The client itself: the first segments of all paths, and the list of the client's files.

use super::types::ident;
use super::{Context, File, Piece, Uses, docs, handles, operations, requests};
use crate::ir::Handle;
use proc_macro2::TokenStream;
use quote::quote;

/// `client.rs`
pub fn file(context: Context<'_>) -> File {
    let mut uses = Uses::of_client(context.layout);
    let root = &context.api.handles[0];
    let title = format!("A client of {}.", context.api.title);
    let shared = "Clones share everything: connections, tokens, limits.";
    let about = docs(&[title.as_str(), "", shared]);
    let methods = methods(context, root, &mut uses);
    let runtime =
        docs(&["The runtime's client, for operations that this crate does not have."]);
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
        #runtime
        impl AsRef<msgraph_runtime::Client> for Client {
            fn as_ref(&self) -> &msgraph_runtime::Client {
                &self.0
            }
        }
    };
    let mut pieces = vec![Piece::Tokens(items)];
    for operation in context.api.operations_of(root) {
        pieces.extend(requests::piece(context, operation, &mut uses));
        pieces.push(operations::piece(context, operation, &mut uses));
    }
    File {
        path: format!("{}/client.rs", context.layout.client),
        emitter: "client.rs",
        docs: "The client, with the first segments of all paths.".to_owned(),
        uses,
        items: pieces,
        ..File::default()
    }
}

/// What the client can do, where it can do anything.
fn methods(context: Context<'_>, root: &Handle, uses: &mut Uses) -> Option<TokenStream> {
    if root.steps.is_empty() && root.operations.is_empty() {
        return None;
    }
    uses.add("msgraph_runtime", "Resource");
    let methods = handles::methods(context, root, uses);
    let steps = handles::steps(context, root, uses);
    Some(quote! {
        impl Client {
            #(#steps)*
            #methods
            fn resource(&self) -> Resource<'_> {
                Resource::root(&self.0)
            }
        }
    })
}

/// `mod.rs` of the client.
pub fn modules(context: Context<'_>) -> File {
    let families = context.api.families.iter();
    let mut files: Vec<_> = families.map(|family| family.name.as_str()).collect();
    files.push("client");
    if !context.api.operations.is_empty() {
        files.push("shared");
    }
    files.sort_unstable();
    let files = files.into_iter().map(ident);
    let mut exports = Uses::default();
    exports.add("client", "Client");
    File {
        path: format!("{}/mod.rs", context.layout.client),
        emitter: "client.rs",
        docs: "The client of the API: a file for each first segment of its paths."
            .to_owned(),
        exports,
        items: vec![Piece::Tokens(quote! {
            #(mod #files;)*
            pub mod handles;
            pub mod operations;
            pub mod requests;
        })],
        ..File::default()
    }
}

/// `handles.rs`, `requests.rs` and `operations.rs`: what the files hold, by kind.
pub fn lists(context: Context<'_>) -> [File; 3] {
    let mut lists = [(); 3].map(|()| Uses::default());
    let [handles, requests, operations] = &mut lists;
    let mut files = vec!["super::client".to_owned(); context.api.handles.len()];
    for family in &context.api.families {
        for at in &family.handles {
            files[*at] = format!("super::{}", family.name);
        }
    }
    for (at, (handle, file)) in context.api.handles.iter().zip(&files).enumerate() {
        if at > 0 {
            handles.add(file, &handle.name);
        }
        for operation in context.api.operations_of(handle) {
            operations.add(file, &operation.constant);
            if requests::has_options(operation) {
                requests.add(file, &operation.type_name);
            }
        }
    }
    let [handles, requests, operations] = lists;
    let list = |name: &str, docs: &str, exports| File {
        path: format!("{}/{name}.rs", context.layout.client),
        emitter: "client.rs",
        docs: docs.to_owned(),
        exports,
        ..File::default()
    };
    [
        list(
            "handles",
            "The resources of the API, as their URLs name them.",
            handles,
        ),
        list(
            "requests",
            "The requests that have options of their own.",
            requests,
        ),
        list(
            "operations",
            "The operations of the API, as data.",
            operations,
        ),
    ]
}
