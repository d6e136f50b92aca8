//! The second stage: from a typed document to the [`ir`](crate::ir), where every reference is
//! resolved, every name is a Rust name and every order is final.
//!
//! `names` makes Rust names, `scope` keeps them apart, `resolve` follows references, `types`,
//! `nullable` and `models` make the types, `tree` and `operations` the client; `lint` looks at what
//! only our own description must have.

mod answers;
mod bodies;
mod combinations;
mod cycles;
mod docs;
mod enums;
mod facts;
mod lint;
mod models;
mod names;
mod nullable;
mod operations;
mod parameters;
mod references;
mod resolve;
mod scope;
mod tree;
mod types;

use crate::ir::{Api, Hint, Item, Module, Type};
use crate::spec::document::{self, Document};
use crate::spec::fields::{At, Level, Reader, Text};
use names::{Case, rust_name};
use scope::{Scope, Thing};
use std::collections::{HashMap, HashSet};

/// Lowers a document. What is wrong goes to the reader; then the result is of no use.
pub fn lower(document: &Document<'_>, reader: &mut Reader) -> Api {
    if reader.level == Level::Own {
        lint::lint(document, reader);
    }
    let mut lower = Lower::new(document, reader);
    lower.name_components();
    let hints = &document.components.hints;
    let hints = hints.iter().map(|(name, hint)| lower.hint(name, hint));
    let hints = hints.collect();
    // Models first: what a path is called must change none of them.
    lower.components();
    let tree = tree::Tree::new(&mut lower);
    let operations = tree.operations(&mut lower);
    let mut modules = lower.modules;
    modules.sort_by(|a, b| a.name.cmp(&b.name));
    unique(modules.iter_mut().map(|module| &mut module.name));
    cycles::box_circles(&mut modules);
    Api {
        title: document
            .title
            .map_or_else(String::new, |title| docs::plain_line(title.value)),
        servers: document
            .servers
            .iter()
            .map(|server| {
                let url = server.url.value.trim_end_matches('/').to_owned();
                let name = server.description.map_or("", |text| text.value);
                (url, docs::plain_line(name))
            })
            .collect(),
        modules,
        handles: tree.handles,
        families: tree.families,
        operations,
        hints,
    }
}

/// What lowering needs at hand.
struct Lower<'d, 'n, 'r> {
    document: &'d Document<'n>,
    reader: &'r mut Reader,
    /// The Rust type of each component that is a type of its own.
    components: HashMap<&'n str, Type>,
    /// What is known of each component that only stands for another.
    aliases: HashMap<&'n str, types::Alias>,
    /// Components that are only ever sent as a whole body.
    requests: HashSet<&'n str>,
    /// All names of types and constants, those of the client as well.
    types: Scope,
    /// The files so far.
    modules: Vec<Module>,
    /// The position of the file of each request.
    request_structs: HashMap<String, usize>,
    /// Types of inline schemas that belong to the file being made.
    inline: Vec<Item>,
    /// Whether inline schemas are only looked at, because no generated code names their types.
    nameless: bool,
    /// How many members may still be inherited.
    inherited: usize,
    /// How deep in schemas we are.
    depth: usize,
}

impl<'d, 'n, 'r> Lower<'d, 'n, 'r> {
    fn new(document: &'d Document<'n>, reader: &'r mut Reader) -> Self {
        Self {
            requests: references::request_only(document),
            document,
            reader,
            components: HashMap::new(),
            aliases: HashMap::new(),
            types: Scope::default(),
            modules: Vec::new(),
            request_structs: HashMap::new(),
            inline: Vec::new(),
            nameless: false,
            inherited: models::MAX_INHERITED,
            depth: 0,
        }
    }

    /// Gives every component that is a type of its own its name, before any is looked into.
    ///
    /// `microsoft.graph.presence` is `Presence`. Where two end alike, the one with fewer parts has
    /// the short name, and the other takes a part more.
    fn name_components(&mut self) {
        let mut named: Vec<_> = self.document.components.schemas.iter().collect();
        named.sort_by_key(|(key, _)| key.matches('.').count());
        for (key, schema) in named {
            let Some(kind) = types::kind(&schema.value) else {
                continue;
            };
            let whole = Text {
                value: *key,
                span: schema.span,
            };
            let mut parts = 1;
            let name = loop {
                let value = last_parts(key, parts);
                let text = schema.value.rust_name.unwrap_or(Text { value, ..whole });
                let name = rust_name(self.reader, text, Case::Type, "x-rust-name: NAME");
                let last = value.len() == key.len() || schema.value.rust_name.is_some();
                if last || !self.types.has(&name) {
                    break name;
                }
                parts += 1;
            };
            self.types.claim(self.reader, &name, whole, Thing::Schema);
            self.components.insert(key, kind.of(name));
        }
    }

    /// Lowers all components, each to a file of its own.
    fn components(&mut self) {
        let document = self.document;
        for (key, schema) in &document.components.schemas {
            match self.components.get(key).cloned() {
                Some(ty) => self.component(key, &schema.value, &ty),
                // Looked at also where nothing refers to it, so that its mistakes are found.
                None => drop(self.alias(key, &schema.value)),
            }
        }
    }

    fn hint(&mut self, key: &str, hint: &At<document::Hint<'n>>) -> Hint {
        let text = Text {
            value: key,
            span: hint.span,
        };
        let hint = &hint.value;
        // Alone the name could begin with a digit.
        let name = format!("HINT_{}", names::constant(key));
        Hint {
            name: self.types.made(name, "_", text),
            status: hint.status.clone(),
            code: hint.code.map(|code| code.value.to_owned()),
            delegated: hint.caller.map(|caller| caller.value == "delegated"),
            text: docs::one_line(hint.text.value),
            source: hint.source.value.to_owned(),
        }
    }

    /// Closes a file: its main types first, then those of inline schemas.
    fn module(&mut self, name: &str, mut items: Vec<Item>) {
        items.append(&mut self.inline);
        if let Some(Item::Struct(object)) = items.first()
            && object.request
        {
            self.request_structs
                .insert(object.name.clone(), self.modules.len());
        }
        self.modules.push(Module {
            name: names::snake(name),
            items,
        });
    }

    /// Closes a file of nothing but types of inline schemas, where there are any. The last is the
    /// one that holds the others.
    fn inline_module(&mut self) {
        if let Some(item) = self.inline.pop() {
            let name = item.name().to_owned();
            self.module(&name, vec![item]);
        }
    }
}

/// The last parts of a dotted name.
fn last_parts(name: &str, count: usize) -> &str {
    let start = name
        .rmatch_indices('.')
        .nth(count - 1)
        .map_or(0, |(at, _)| at + 1);
    &name[start..]
}

/// Lets names that became the same differ.
fn unique<'a>(names: impl Iterator<Item = &'a mut String>) {
    let mut taken = HashSet::new();
    for name in names {
        while !taken.insert(name.clone()) {
            name.push('_');
        }
    }
}
