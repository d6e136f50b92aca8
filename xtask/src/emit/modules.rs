//! The list of the models' files.

use quote::quote;

use super::structs::ident;
use super::{Context, File, Uses};
use crate::ir::Item;

/// `mod.rs` of the models.
pub fn file(context: Context<'_>) -> File {
    let names: Vec<_> = context.api.modules.iter().map(|module| ident(&module.name)).collect();
    let uses = context.api.modules.iter().map(|module| {
        let file = ident(&module.name);
        let mut types: Vec<_> = module.items.iter().map(Item::name).collect();
        types.sort_unstable();
        match &types[..] {
            [only] => {
                let name = ident(only);
                quote!(pub use #file::#name;)
            }
            _ => quote!(pub use #file::*;),
        }
    });
    File {
        path: format!("{}/mod.rs", context.layout.models),
        emitter: "modules.rs",
        docs: "The types of the API, a file each.",
        uses: Uses::default(),
        items: quote! {
            #(mod #names;)*
            #(#uses)*
        },
    }
}
