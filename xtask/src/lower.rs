//! The third stage: from the OpenAPI document to the [`ir`](crate::ir), where references are
//! resolved and all names and orders are final.
//!
//! `schemas` and `bases` resolve the components, `types` gives each a Rust type, `objects` and
//! `enums` lower the models, `tree` the handles of the client, `operations` the operations;
//! `finish` has the steps that need all of them. Each is a function over an immutable [`Context`]
//! that returns items of the IR.

mod bases;
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
use objects::Models;
use operations::operation;
use schemas::{Schemas, find};
use std::collections::{BTreeSet, HashMap, HashSet};
use tree::{Tree, client_modules};

/// The immutable input of all steps.
pub struct Context<'d> {
    pub document: &'d Document<'d>,
    pub strictness: Strictness,
    pub problems: &'d Problems,
    pub schemas: Schemas<'d>,
    /// The Rust type of each component; `None` after a report.
    pub types: HashMap<&'d str, Option<Type>>,
}

impl<'d> Context<'d> {
    /// True for our own description.
    pub fn is_strict(&self) -> bool {
        self.strictness == Strictness::Strict
    }

    pub fn error(&self, code: Code, span: Span, text: impl Into<String>, help: impl Into<String>) {
        self.problems.error(code, span, text, help);
    }

    /// Reports an unknown word, with the known word that is probably meant.
    pub fn unknown<'k>(
        &self,
        code: Code,
        word: Spanned<&str>,
        text: String,
        known: impl IntoIterator<Item = &'k str>,
        otherwise: &str,
    ) {
        let help = self.problems.suggest(word.value, known, otherwise);
        self.error(code, word.span, text, help);
    }

    /// The value, or the component that a reference names.
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

/// Lowers a document. The result is not usable when there are problems.
pub fn lower(document: &Document<'_>, strictness: Strictness, problems: &Problems) -> Api {
    let mut schemas = Schemas::new(document, problems);
    schemas.find_properties();
    let mut cx = Context {
        document,
        strictness,
        problems,
        schemas,
        types: HashMap::new(),
    };
    let mut models = Models::default();
    let inline = types::name_components(&mut cx, &mut models.names);
    let hints = hints(document, &mut models.names);
    // Models take their names first, so that a new path never renames a model.
    models.components(&cx, inline);
    let Tree { handles, calls, .. } = Tree::new(&cx, &mut models.names);
    let written: Vec<_> = calls.iter().map(|(_, operation, _)| *operation).collect();
    let operations = calls
        .into_iter()
        .map(|call| operation(&cx, call, &mut models));
    let mut operations: Vec<_> = operations.collect();
    let (names, mut modules) = (models.names, models.modules);
    modules.sort_by(|a, b| a.name.cmp(&b.name));
    let files = modules.iter_mut();
    let files = files.map(|Module { name, items }| (name, items.first().map_or("", Item::name)));
    file_names(&cx, &names, files);
    let mut client_modules = client_modules(&handles);
    let files = client_modules.iter_mut().map(|module| {
        let first = module.handles.first().map(|at| &*handles[*at].name);
        (&mut module.name, first.unwrap_or_default())
    });
    file_names(&cx, &names, files);
    finish::box_cycles(&mut modules);
    finish::free_read_only(&mut modules, &operations);
    finish::find_pages(&modules, &written, &mut operations);
    let servers = document.servers.iter().map(|server| {
        let name = server.description.map_or("", |text| text.value);
        (base_url(server).to_owned(), docs::plain_line(name))
    });
    let title = docs::plain_line(document.title.map_or("", |title| title.value));
    let mut api = Api {
        title: if title.is_empty() {
            "an API".to_owned()
        } else {
            title
        },
        servers: servers.collect(),
        modules,
        handles,
        client_modules,
        operations,
        hints,
        bodies: BTreeSet::new(),
    };
    api.bodies = finish::bodies(&cx, &api);
    api
}

/// The base URL of a server, without a slash at the end.
fn base_url<'d>(server: &Server<'d>) -> &'d str {
    server.url.value.trim_end_matches('/')
}

fn hints(document: &Document<'_>, names: &mut Scope) -> Vec<Hint> {
    let hints = document.components.hints.iter().map(|(key, hint)| {
        // The key may begin with a digit.
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

/// The longest name of a file: file systems allow 255 characters, of which the temporary file needs
/// a few.
const LONGEST_FILE_NAME: usize = 240;

/// Makes the names of files unique and valid on every system; each comes with the type that it is
/// named after.
fn file_names<'a>(
    cx: &Context<'_>,
    names: &Scope,
    files: impl Iterator<Item = (&'a mut String, &'a str)>,
) {
    // The module `bodies` is in the same folder.
    let mut taken = HashSet::from(["bodies".to_owned()]);
    for (name, of) in files {
        while is_device(name) || !taken.insert(name.clone()) {
            name.push('_');
        }
        if name.len() > LONGEST_FILE_NAME {
            let count = name.len();
            let message = format!("the generated file name has {count} characters");
            let help = format!(
                "shorten the name to at most {LONGEST_FILE_NAME}: give the schema or the property, \
                 or the one that contains it, `x-rust-name: …`"
            );
            let span = names.span(of).unwrap_or_default();
            cx.error(Code::BadName, span, message, help);
        }
    }
}
