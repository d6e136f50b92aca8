//! The third stage: from the OpenAPI document to the [`ir`](crate::ir), where every reference is
//! resolved, every name is a Rust name and every order is final.
//!
//! `schemas` resolves the components, with the properties of their `bases`, `types` gives each its
//! Rust type, `objects`, `enums` and `combinations` make the models, `tree` makes the handles of
//! the client and `operations` what is called at them; `finish` does what needs all of them. Each
//! is a function over an immutable [`Context`] that returns items of the IR.

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

use crate::diagnostics::{Code, Diagnostic, Problems, Span, Spanned};
use crate::ir::layout::is_device;
use crate::ir::{Api, Hint, Item, Module, Type};
use crate::openapi::{Document, RefOr, Section, Server, Strictness};
use names::Scope;
use objects::Models;
use operations::operation;
use schemas::{Schemas, find};
use std::collections::{BTreeSet, HashMap, HashSet};
use tree::{Tree, client_modules};

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

    /// Reports a problem that another place, with the text beside it, has a part in.
    pub fn conflict(
        &self,
        code: Code,
        span: Span,
        text: impl Into<String>,
        help: impl Into<String>,
        (other, label): (Span, &str),
    ) {
        let problem = Diagnostic::new(code, span, text).context(other, label);
        self.problems.report(problem.help(help));
    }

    /// Reports a word that is not one of the known ones.
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

    /// The Rust type of the schema that a reference names.
    pub fn component_type(&self, reference: Spanned<&'d str>) -> Option<Type> {
        let component = self.schemas.find(reference)?;
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
    // Models first: a new path must not rename any of them.
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
    let mut api = Api {
        title: docs::plain_line(document.title.map_or("", |title| title.value)),
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

/// The base URL of a server.
fn base_url<'d>(server: &Server<'d>) -> &'d str {
    server.url.value.trim_end_matches('/')
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
