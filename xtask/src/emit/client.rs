//! The client itself: the first segments of all paths.

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
