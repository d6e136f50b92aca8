//! Identifiers: newtypes around a GUID, each with the cure for a text that is none.

use super::types::ident;
use super::{Uses, docs};
use crate::ir::Id;
use proc_macro2::TokenStream;
use quote::quote;

/// An identifier and what belongs to it.
pub fn tokens(id: &Id, uses: &mut Uses) -> TokenStream {
    for name in ["Guid", "GuidId", "guid_id"] {
        uses.add("msgraph_wire", name);
    }
    let (name, text, about) = (ident(&id.name), &id.name, docs(&id.docs));
    let (what, cure) = (&id.what, &id.cure);
    quote! {
        #about
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct #name(Guid);
        impl GuidId for #name {
            const NAME: &'static str = #text;
            const WHAT: &'static str = #what;
            const CURE: &'static str = #cure;
        }
        guid_id!(#name);
    }
}
