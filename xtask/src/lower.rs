//! The third stage: from the OpenAPI document to the [`ir`](crate::ir), where every reference is
//! resolved, every name is a Rust name and every order is final.
//!
//! `schemas` resolves the components, with the properties of their `bases`, `types` gives each its
//! Rust type, `objects`, `enums` and `combinations` make the models, `tree` makes the handles of
//! the client and `operations` what is called at them; `finish` does what needs all of them. Each
//! is a function over an immutable [`Context`] that returns items of the IR.

mod bases;
mod combinations;
mod content;
mod docs;
mod enums;
mod finish;
mod names;
mod objects;
mod operations;
mod parameters;
mod paths;
mod schemas;
mod tree;
mod types;

use crate::diagnostics::{Code, Problems, Span, Spanned};
use crate::ir::layout::is_device;
use crate::ir::{Api, Hint, Item, Module, Type};
use crate::openapi::{Document, RefOr, Section, Server, Strictness};
use names::Scope;
use schemas::{Schemas, find};
use std::collections::{BTreeSet, HashMap, HashSet};

/// The context of every stage. Nothing in it changes while modules and operations are lowered.
pub struct Context<'d> {
    pub document: &'d Document<'d>,
    pub strictness: Strictness,
    pub problems: &'d Problems,
    pub schemas: Schemas<'d>,
    /// The Rust type of each component; none where it has none, which was reported.
    pub types: HashMap<&'d str, Option<Type>>,
}

impl<'d> Context<'d> {
    /// True for our own description.
    pub fn is_strict(&self) -> bool {
        self.strictness == Strictness::Strict
    }

    /// Reports a problem of one place, and how to write it instead.
    pub fn error(&self, code: Code, span: Span, text: impl Into<String>, help: impl Into<String>) {
        self.problems.error(code, span, text, help);
    }

    /// The Rust type of the schema that a reference names.
    pub fn component_type(&self, reference: Spanned<&'d str>) -> Option<Type> {
        let component = self.schemas.find(self.problems, reference)?;
        self.types.get(component.name).cloned().flatten()
    }

    /// The value itself, or the component of a section that the reference names.
    pub fn value<T>(
        &self,
        named: &'d Section<'d, T>,
        section: &str,
        written: &'d RefOr<'d, T>,
    ) -> Option<&'d Spanned<T>> {
        match written {
            RefOr::Value(value) => Some(value.as_ref()),
            RefOr::Reference(reference) => find(self.problems, named, section, *reference),
        }
    }
}

/// Lowers a document. When there are problems, the result is of no use.
pub fn lower(document: &Document<'_>, strictness: Strictness, problems: &Problems) -> Api {
    let schemas = Schemas::new(document, problems);
    let mut cx = Context {
        document,
        strictness,
        problems,
        schemas,
        types: HashMap::new(),
    };
    let mut names = Scope::default();
    let inline = types::name_components(&mut cx, &mut names);
    let hints = hints(document, &mut names);
    // Models first: a new path must not rename any of them.
    let models = objects::models(&cx, &mut names, inline);
    let mut tree = tree::tree(&cx, &mut names);
    let written: Vec<_> = tree.calls.iter().map(|call| call.operation).collect();
    let (mut operations, inline) =
        operations::operations(&cx, &mut names, tree.calls, &models.bodies);
    let mut modules = models.modules;
    modules.extend(inline);
    modules.sort_by(|a, b| a.name.cmp(&b.name));
    let files = modules.iter_mut();
    let files = files.map(|Module { name, items }| (name, items.first().map_or("", Item::name)));
    file_names(&cx, &names, files);
    let (handles, files) = (&tree.handles, tree.client_modules.iter_mut());
    let files = files.map(|module| {
        let first = module.handles.first().map(|at| &*handles[*at].name);
        (&mut module.name, first.unwrap_or_default())
    });
    file_names(&cx, &names, files);
    finish::box_cycles(&mut modules);
    finish::free_read_only(&mut modules, &operations);
    finish::find_pages(&modules, &written, &mut operations);
    let mut api = Api {
        title: document
            .title
            .map_or_else(String::new, |title| docs::plain_line(title.value)),
        servers: document.servers.iter().map(server).collect(),
        modules,
        handles: tree.handles,
        client_modules: tree.client_modules,
        operations,
        hints,
        bodies: BTreeSet::new(),
    };
    api.bodies = finish::bodies(&cx, &api);
    api
}

/// The base URL of a server, and its name.
fn server(server: &Server<'_>) -> (String, String) {
    let name = server.description.map_or("", |text| text.value);
    let url = server.url.value.trim_end_matches('/');
    (url.to_owned(), docs::plain_line(name))
}

fn hints(document: &Document<'_>, names: &mut Scope) -> Vec<Hint> {
    let hints = document.components.hints.iter().map(|(key, hint)| {
        // Without a prefix the name could begin with a digit.
        let name = format!("HINT_{}", names::constant(key));
        let Spanned { value: hint, span } = hint;
        Hint {
            name: names.generated(name, "_", Spanned::new(*key, *span)),
            status: hint.status.clone(),
            code: hint.code.map(|code| code.value.to_owned()),
            delegated: hint.caller.map(|caller| caller.value == "delegated"),
            text: docs::one_line(hint.text.value),
            source: hint.source.value.to_owned(),
        }
    });
    hints.collect()
}

/// The longest name of a file: the temporary file beside it has a few letters more, and file
/// systems take 255.
const LONGEST_FILE_NAME: usize = 240;

/// Makes names of files, each with the type that names it, unique and possible on every system.
/// Reports those that are too long.
fn file_names<'a>(
    cx: &Context<'_>,
    names: &Scope,
    files: impl Iterator<Item = (&'a mut String, &'a str)>,
) {
    // The module of bodies is beside the modules of the types.
    let mut taken = HashSet::from(["bodies".to_owned()]);
    for (name, of) in files {
        while is_device(name) || !taken.insert(name.clone()) {
            name.push('_');
        }
        if name.len() > LONGEST_FILE_NAME {
            let count = name.len();
            let message = format!("the name of the file for this has {count} characters");
            let help = format!(
                "at most {LONGEST_FILE_NAME} are possible; give it, or what contains it, a shorter \
                 name, a schema or a property with `x-rust-name: …`"
            );
            let span = names.span(of).unwrap_or_default();
            cx.error(Code::BadName, span, message, help);
        }
    }
}
