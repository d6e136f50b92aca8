//! The lists of files, and of what stands in them.

use super::types::ident;
use super::{Context, File, Piece, Uses, requests};
use quote::quote;

/// `mod.rs` of the models.
pub fn models(context: Context<'_>) -> File {
    let names: Vec<_> = context
        .api
        .modules
        .iter()
        .map(|module| ident(&module.name))
        .collect();
    let mut exports = Uses::default();
    for module in &context.api.modules {
        for item in &module.items {
            exports.add(&module.name, item.name());
        }
    }
    File {
        path: format!("{}/mod.rs", context.layout.models),
        emitter: "modules.rs",
        docs: "The types of the API, a file each.".to_owned(),
        exports,
        items: vec![Piece::Tokens(quote!(#(mod #names;)*))],
        ..File::default()
    }
}

/// `mod.rs` of the client.
pub fn client(context: Context<'_>) -> File {
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
    // A constant that names all fields of today ends in `..EMPTY` nevertheless.
    let lints = "#![allow(clippy::needless_update, reason = \"fields may be added\")]\n";
    let lists = Piece::Tokens(quote! {
        #(mod #files;)*
        pub mod handles;
        pub mod operations;
        pub mod requests;
    });
    File {
        path: format!("{}/mod.rs", context.layout.client),
        emitter: "modules.rs",
        docs: "The client of the API: a file for each first segment of its paths."
            .to_owned(),
        exports,
        items: vec![Piece::Text(lints.to_owned()), lists],
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
        emitter: "modules.rs",
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
