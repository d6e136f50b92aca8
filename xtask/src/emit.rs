//! The third stage: from the [`ir`](crate::ir) to the items of files, one emitter a kind of item.
//!
//! An item is tokens, or text where all items of a kind have one shape. An emitter makes no names
//! and decides no order; how lines are broken is the printer's.

mod arguments;
mod client;
mod combinations;
mod enums;
mod given;
mod handles;
mod ids;
mod modules;
mod operations;
mod requests;
mod routes;
mod shell;
pub mod signatures;
mod structs;
pub mod table;
mod types;
mod uses;
pub mod workspace;

use crate::ir::{Api, Item, Module};
use crate::layout::Layout;
use crate::print::DOC_BREAK;
use proc_macro2::TokenStream;
use quote::quote;
pub use uses::Uses;

/// A file before it is text.
#[derive(Debug, Default)]
pub struct File {
    /// Where it belongs, with slashes, from the root of the output.
    pub path: String,
    /// The name of the emitter's source file.
    pub emitter: &'static str,
    /// What the file is about.
    pub docs: String,
    /// What it imports.
    pub uses: Uses,
    /// What it hands on, below its items.
    pub exports: Uses,
    /// What stands in it.
    pub items: Vec<Piece>,
}

/// A part of a file.
#[derive(Debug)]
pub enum Piece {
    /// Still to be printed.
    Tokens(TokenStream),
    /// Printed, but for documentation, blank lines and long lines.
    Text(String),
}

/// What a file depends on besides its part of the IR.
#[derive(Clone, Copy)]
struct Context<'a> {
    api: &'a Api,
    layout: &'a Layout,
}

/// Calls `done` with every file, one after the other, so that their tokens are not all held.
pub fn files(
    api: &Api,
    layout: &Layout,
    mut done: impl FnMut(File) -> Result<(), String>,
) -> Result<(), String> {
    let context = Context { api, layout };
    let shells = Shells {
        structs: structs::Shells::new()?,
        enumeration: enums::shell()?,
    };
    for module in &api.modules {
        done(model(context, module, &shells))?;
    }
    done(modules::models(context))?;
    done(client::file(context))?;
    done(modules::client(context))?;
    for family in &api.families {
        done(handles::file(context, family))?;
    }
    if !api.operations.is_empty() {
        done(operations::shared(context))?;
    }
    for list in modules::lists(context) {
        done(list)?;
    }
    if layout.emulator.is_some() {
        done(routes::modules(context))?;
        done(routes::file(context)?)?;
    }
    Ok(())
}

/// What many files have in common.
struct Shells {
    structs: structs::Shells,
    enumeration: shell::Shell,
}

fn model(context: Context<'_>, module: &Module, shells: &Shells) -> File {
    let mut uses = Uses::of_models();
    let mut items = Vec::with_capacity(module.items.len());
    let mut emitter = "";
    for item in &module.items {
        let file = match item {
            Item::Struct(object) => {
                items.extend(shells.structs.pieces(object, &mut uses));
                "structs.rs"
            }
            Item::Enum(enumeration) => {
                items.push(enums::piece(&shells.enumeration, enumeration, &mut uses));
                "enums.rs"
            }
            Item::Id(id) => {
                items.push(Piece::Tokens(ids::tokens(id, &mut uses)));
                "ids.rs"
            }
            Item::Combinations(item) => {
                items.push(Piece::Tokens(combinations::enumeration(item, &mut uses)));
                "combinations.rs"
            }
        };
        if emitter.is_empty() {
            emitter = file;
        }
    }
    let own = module.items.iter().map(Item::name);
    own.for_each(|name| uses.forget("super", name));
    let path = format!("{}/{}.rs", context.layout.models, module.name);
    File {
        path,
        emitter,
        uses,
        items,
        ..File::default()
    }
}

/// A text as a literal of Rust.
fn literal(text: &str) -> String {
    proc_macro2::Literal::string(text).to_string()
}

/// Texts as a literal of Rust.
fn literals(texts: &[String]) -> String {
    let texts: Vec<_> = texts.iter().map(|text| literal(text)).collect();
    format!("&[{}]", texts.join(", "))
}

/// Documentation as one attribute, whose lines the printer takes apart. One attribute costs the
/// parser and the printer a fraction of one for each line.
fn docs(lines: &[impl AsRef<str>]) -> TokenStream {
    if lines.is_empty() {
        return TokenStream::new();
    }
    let text = joined(lines);
    quote!(#[doc = #text])
}

/// Documentation as a line of a table.
fn doc_text(lines: &[impl AsRef<str>]) -> Option<String> {
    (!lines.is_empty()).then(|| format!("///{}", joined(lines)))
}

fn joined(lines: &[impl AsRef<str>]) -> String {
    let lines = lines.iter().map(AsRef::as_ref);
    let length = lines.clone().map(|line| line.len() + 2).sum();
    let mut text = String::with_capacity(length);
    for (at, line) in lines.enumerate() {
        if at > 0 {
            text.push(DOC_BREAK);
        }
        if !line.is_empty() {
            text.push(' ');
            text.push_str(line);
        }
    }
    text
}
