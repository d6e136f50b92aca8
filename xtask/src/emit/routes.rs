//! The emulator's list of operations.

use super::shell::Shell;
use super::{Context, File, Piece, doc_text, docs, literal, literals};
use crate::ir::Operation;
use quote::quote;

/// `routes.rs`
pub fn file(context: Context<'_>) -> Result<File, String> {
    let operations = &context.api.operations;
    let variants = operations.iter().flat_map(|operation| {
        let call = format!("`{} {}`", operation.method.as_str(), operation.path);
        let name = format!("{},", operation.type_name);
        doc_text(&[call]).into_iter().chain([name])
    });
    let names: Vec<_> = operations
        .iter()
        .map(|o| format!("Self::{}", o.type_name))
        .collect();
    let all = format!("pub const ALL: &'static [Self] = &[{}];", names.join(", "));
    let arms = |what: &dyn Fn(&Operation) -> String| {
        let arm = |o: &Operation| format!("Self::{} => {},", o.type_name, what(o));
        operations.iter().map(arm).collect::<Vec<_>>()
    };
    let mut holes = [
        ("__variants", variants.collect()),
        ("const __all", vec![all]),
        ("__ids", arms(&|operation| literal(&operation.id))),
        (
            "__methods",
            arms(&|operation| literal(operation.method.as_str())),
        ),
        ("__paths", arms(&|operation| literal(&operation.path))),
        (
            "__delegated",
            arms(&|operation| literals(&operation.delegated)),
        ),
        (
            "__application",
            arms(&|operation| literals(&operation.application)),
        ),
    ];
    Ok(File {
        path: format!("{}/routes.rs", folder(context)),
        emitter: "routes.rs",
        docs: "The operations of the API: method, path template and permissions."
            .to_owned(),
        items: vec![Piece::Text(shell()?.fill("Route", &mut holes))],
        ..File::default()
    })
}

/// What does not depend on the operations.
fn shell() -> Result<Shell, String> {
    let about = |line: &str| docs(&[line]);
    let route = about("An operation of the API.");
    let all = about("Every operation, in the order of the description.");
    let (id, method, path) = (
        about("The operation's id in the description."),
        about("The HTTP method."),
        about("The path below the root, with each parameter in braces."),
    );
    let (user, app) = (
        about("Delegated permissions of which one is enough, least privileged first."),
        about("Application permissions of which one is enough, least privileged first."),
    );
    Shell::new(quote! {
        #route
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum __Name {
            __variants,
        }
        impl __Name {
            #all
            const __all: () = ();
            #id
            pub fn operation_id(self) -> &'static str {
                match self {
                    __ids => {}
                }
            }
            #method
            pub fn method(self) -> &'static str {
                match self {
                    __methods => {}
                }
            }
            #path
            pub fn path(self) -> &'static str {
                match self {
                    __paths => {}
                }
            }
            #user
            pub fn delegated(self) -> &'static [&'static str] {
                match self {
                    __delegated => {}
                }
            }
            #app
            pub fn application(self) -> &'static [&'static str] {
                match self {
                    __application => {}
                }
            }
        }
    })
}

/// `mod.rs` of the emulator.
pub fn modules(context: Context<'_>) -> File {
    File {
        path: format!("{}/mod.rs", folder(context)),
        emitter: "routes.rs",
        docs: "What the emulator knows of the API without being told by hand."
            .to_owned(),
        items: vec![Piece::Tokens(quote!(
            pub mod routes;
        ))],
        ..File::default()
    }
}

fn folder(context: Context<'_>) -> &str {
    context.layout.emulator.as_deref().unwrap_or_default()
}
