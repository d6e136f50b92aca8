//! The client itself: the first segments of all paths, and the list of the client's files.

use quote::quote;

use super::handles::{self, families};
use super::structs::ident;
use super::{Context, File, Uses, docs};

/// `client.rs`
pub fn file(context: Context<'_>) -> File {
    let mut uses = Uses::default();
    uses.add("msgraph_runtime", "Resource");
    let root = &context.api.handles[0];
    let about = docs(&vec![
        format!("A client of {}.", context.api.title),
        String::new(),
        "Clones share everything: connections, tokens, limits.".to_owned(),
    ]);
    let methods = handles::methods(context, root, &mut uses);
    let steps = handles::steps(context, root, &mut uses);
    let items = quote! {
        #about
        #[derive(Clone, Debug)]
        pub struct Client(msgraph_runtime::Client);
        impl Client {
            #(#steps)*
            #methods
            fn resource(&self) -> Resource<'_> {
                Resource::root(&self.0)
            }
        }
        impl From<msgraph_runtime::Client> for Client {
            fn from(client: msgraph_runtime::Client) -> Self {
                Self(client)
            }
        }
    };
    File {
        path: format!("{}/client.rs", context.layout.client),
        emitter: "client.rs",
        docs: "The client, with the first segments of all paths.",
        uses,
        items,
    }
}

/// `mod.rs` of the client.
pub fn modules(context: Context<'_>) -> File {
    let families = families(context.api);
    let mut names: Vec<_> = families.iter().map(|family| family.name.as_str()).collect();
    let files: Vec<_> = {
        let mut all = names.clone();
        all.extend(["client", "shared"]);
        all.sort_unstable();
        all.into_iter().map(ident).collect()
    };
    names.sort_unstable();
    let names = names.into_iter().map(ident);
    File {
        path: format!("{}/mod.rs", context.layout.client),
        emitter: "client.rs",
        docs: "The client of the API: a file for each first segment of its paths.",
        uses: Uses::default(),
        items: quote! {
            #(mod #files;)*
            pub use client::Client;
            #(pub use #names::*;)*
        },
    }
}
