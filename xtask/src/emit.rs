//! The fourth stage: from the [`ir`](crate::ir) to the contents of files.
//!
//! Rust is written as `quote!` templates. Names and orders are those of the IR; lines and spaces
//! are added by the printer.

mod client;
mod enums;
mod methods;
mod operations;
mod structs;
mod types;
mod workspace;

use crate::ir::layout::Layout;
use crate::ir::{Api, Item, Module};
pub use methods::plain_type;
use proc_macro2::{Literal, TokenStream};
use quote::quote;
pub use types::{Imports, rust_type};
pub use workspace::NO_SERVERS;

/// A file before it is printed.
#[derive(Debug)]
pub struct File {
    /// The path from the root of the output, with slashes.
    pub path: String,
    /// The source file of the emitter, for the header.
    pub emitter: &'static str,
    /// The content below the header.
    pub content: Content,
}

#[derive(Debug)]
pub enum Content {
    /// Rust code.
    Tokens(TokenStream),
    /// Any other text.
    Text(String),
}

/// The input of all emitters.
#[derive(Clone, Copy)]
struct Context<'a> {
    api: &'a Api,
    layout: &'a Layout,
}

impl<'a> Context<'a> {
    /// The imports for a file of the client. The models crate exports the types of the wire crate.
    fn imports(self, own: Vec<String>) -> Imports<'a> {
        let models = &self.layout.models_crate;
        Imports::new(self.api, own, models, models)
    }
}

/// Calls `done` with each file in turn, so that only the tokens of one file are in memory.
pub fn files<E>(
    api: &Api,
    layout: &Layout,
    mut done: impl FnMut(File) -> Result<(), E>,
) -> Result<(), E> {
    let context = Context { api, layout };
    for module in &api.modules {
        done(model(context, module))?;
    }
    done(models(context))?;
    done(client::root(context))?;
    for module in &api.client_modules {
        done(client::segment(context, module))?;
    }
    client::lists(context).into_iter().try_for_each(&mut done)?;
    if !api.operations.is_empty() {
        done(operations::shared(context))?;
    }
    if let Some(folder) = &layout.emulator {
        operations::routes(api, folder)
            .into_iter()
            .try_for_each(&mut done)?;
    }
    done(workspace::table(context))?;
    if let Some((name, runtime)) = &layout.workspace {
        workspace::files(context, name, runtime)
            .into_iter()
            .try_for_each(done)?;
    }
    Ok(())
}

/// A file of the models: a type, and the types of its inline schemas.
fn model(context: Context<'_>, module: &Module) -> File {
    let own = module.items.iter().map(Item::name);
    let own = own.map(str::to_owned).collect();
    // The other types are modules beside the file.
    let mut imports = Imports::new(context.api, own, "super", "msgraph_wire");
    let mut items = TokenStream::new();
    for item in &module.items {
        items.extend(match item {
            Item::Struct(object) => structs::object(object, &mut imports),
            Item::Enum(enumeration) => enums::open(enumeration, &mut imports),
            Item::Id(id) => types::id(id, &mut imports),
            Item::Combinations(item) => enums::combinations(item, &mut imports),
        });
    }
    let emitter = match module.items.first() {
        Some(Item::Struct(_)) => "emit/structs.rs",
        Some(Item::Id(_)) => "emit/types.rs",
        _ => "emit/enums.rs",
    };
    let path = format!("{}/{}.rs", context.layout.models, module.name);
    rust(path, emitter, [imports.uses(), items])
}

/// `mod.rs` of the models.
fn models(context: Context<'_>) -> File {
    let modules = &context.api.modules;
    let names = modules.iter().map(|module| types::ident(&module.name));
    let (mut exports, mut bodies) = (Imports::default(), Imports::default());
    for module in modules {
        for item in &module.items {
            let name = item.name();
            if context.api.bodies.contains(name) {
                bodies.add(&format!("super::{}", module.name), name)
            } else {
                exports.add(&module.name, name)
            }
        }
    }
    let bodies = (!context.api.bodies.is_empty()).then(|| {
        let bodies = bodies.exports();
        quote! {
            /// Bodies of requests and of errors: a program rarely names them.
            ///
            /// Methods take the properties of a request as arguments, and the runtime reads errors.
            pub mod bodies {
                #bodies
            }
        }
    });
    let about = file_docs("The types of the API, a file each.");
    let path = format!("{}/mod.rs", context.layout.models);
    let names = quote!(#(mod #names;)*);
    let bodies = bodies.unwrap_or_default();
    rust(path, "emit.rs", [about, names, exports.exports(), bodies])
}

/// A file of Rust code.
fn rust(path: String, emitter: &'static str, parts: impl IntoIterator<Item = TokenStream>) -> File {
    let content = Content::Tokens(parts.into_iter().collect());
    File {
        path,
        emitter,
        content,
    }
}

fn docs(lines: &[impl AsRef<str>]) -> TokenStream {
    let lines = lines.iter().map(|line| {
        let line = line.as_ref();
        let space = if line.is_empty() { "" } else { " " };
        // A raw string is faster than escapes in every line.
        let raw = format!("r##\"{space}{line}\"##").parse();
        raw.unwrap_or_else(|_| Literal::string(&format!("{space}{line}")))
    });
    quote!(#(#[doc = #lines])*)
}

fn file_docs(line: &str) -> TokenStream {
    let line = format!(" {line}");
    quote!(#![doc = #line])
}
