//! The list of the models' files.

use super::types::ident;
use super::{Context, File, Piece, Uses};
use quote::quote;

/// `mod.rs` of the models.
pub fn file(context: Context<'_>) -> File {
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
