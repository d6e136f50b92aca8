//! The paths as a tree: the handles of the client, and the handle of each operation.
//!
//! A fixed segment is a step; `segment/{x}` is a step with an argument. An action, a function and
//! an operation of a collection belong to the handle before the last segment.

use super::Context;
use super::docs;
use super::names::{Case, Scope, camel, constant, rust_name};
use super::parameters::{path_parameters, same_parameter};
use super::paths::{Paths, is_parameter, parameters, prefix, segments};
use crate::diagnostics::{Code, Span, Spanned};
use crate::ir::{self, ClientModule, Handle, Segment, Step};
use crate::openapi::{Operation, PathItem};
use std::collections::HashMap;

/// The methods of the client itself, whose names no step can have.
const CLIENT: &[&str] = &["as_ref", "builder", "clone", "new", "resource"];

/// The files of the client that are not named after a segment.
const FILES: &[&str] = &["client", "handles", "operations", "requests", "shared"];

/// The handles and the operations of the client.
pub struct Tree<'c, 'd> {
    cx: &'c Context<'d>,
    paths: Paths<'d>,
    /// The names of all types and constants.
    names: &'c mut Scope,
    /// The handles; the first is the client itself.
    pub handles: Vec<Handle>,
    /// For each handle, the names of its methods, and the prefix of the names of all types below
    /// it.
    methods: Vec<(Scope, String)>,
    /// The steps of each handle, by segments without parameter names: the position of the step, and
    /// the span of its first path.
    steps: HashMap<(usize, String), (usize, Span)>,
    /// The operations in the order of the document.
    pub calls: Vec<Call<'d>>,
}

/// A path, an operation, and its IR, which has only names and segments yet.
pub type Call<'d> = (&'d PathItem<'d>, &'d Operation<'d>, Box<ir::Operation>);

impl<'c, 'd> Tree<'c, 'd> {
    pub fn new(cx: &'c Context<'d>, names: &'c mut Scope) -> Self {
        let root = Handle {
            name: "Client".to_owned(),
            ..Handle::default()
        };
        let mut tree = Self {
            cx,
            paths: Paths::new(cx),
            names,
            handles: vec![root],
            methods: vec![Default::default()],
            steps: HashMap::new(),
            calls: Vec::new(),
        };
        let (mut ids, mut paths) = (HashMap::new(), HashMap::new());
        for item in &cx.document.paths {
            let Some(texts) = segments(cx, item.path) else {
                continue;
            };
            let fields = path_parameters(cx, item, &texts);
            let field = |name| Some(fields.get(name)?.value.clone());
            let segments = texts.into_iter().map(|text| Segment {
                template: text.to_owned(),
                parameters: parameters(text).filter_map(field).collect(),
                is_parameter: is_parameter(text),
            });
            let segments: Vec<_> = segments.collect();
            if let Some(first) = paths.insert(without_names(item.path.value), item.path) {
                let message = format!("`{}` differs only in parameter names", first.value);
                let help = "move the operations of both under one path";
                let spans = [(item.path.span, ""), (first.span, "the other path")];
                cx.problems.clash(Code::NameClash, spans, message, help);
            }
            for operation in &item.operations {
                if let Some(Spanned { value: id, span }) = operation.id
                    && let Some(first) = ids.insert(id, span)
                {
                    let message = format!("the operationId `{id}` appears twice");
                    let help = "an operationId names one operation; make it unique";
                    let spans = [(span, "used again here"), (first, "first used here")];
                    let problems = cx.problems;
                    problems.clash(Code::DuplicateOperation, spans, message, help);
                }
                tree.call(item, operation, &segments);
            }
        }
        tree
    }
}

impl<'d> Tree<'_, 'd> {
    fn call(&mut self, path: &'d PathItem<'d>, operation: &'d Operation<'d>, segments: &[Segment]) {
        let method = operation.method.value;
        let (count, mut name) = self.paths.method(path, segments, method);
        if let Some(text) = operation.rust_name {
            name = rust_name(self.cx, text, Case::Snake, "x-rust-name: NAME");
        }
        let handle = self.handle(path.path, &segments[..count]);
        let described = format!("{} {}", method.as_str(), path.path.value);
        let described = Spanned::new(described.as_str(), operation.method.span);
        let given = operation.rust_name.is_some();
        let (name, stem) = self.claim(handle, name, described, "operation", given);
        let type_name = self.names.generated(stem, "Call", described);
        let constant = constant(&type_name);
        let constant = self.names.generated(constant, "_CALL", described);
        self.handles[handle].operations.push(self.calls.len());
        let mut segments = segments[count..].to_vec();
        if segments.iter().all(|segment| segment.parameters.is_empty()) {
            segments.clear();
        }
        let lowered = Box::new(ir::Operation {
            constant,
            type_name,
            name,
            handle,
            segments,
            ..ir::Operation::default()
        });
        self.calls.push((path, operation, lowered));
    }

    /// The handle of some segments, which is added when it is new.
    fn handle(&mut self, path: Spanned<&'d str>, segments: &[Segment]) -> usize {
        let (mut at, mut taken) = (0, 0);
        while taken < segments.len() {
            let (end, name) = self.paths.step(path.value, segments, taken);
            let step = &segments[taken..end];
            let texts = step.iter().map(|one| without_names(&one.template) + "/");
            let key = (at, texts.collect());
            taken = end;
            if let Some((known, first)) = self.steps.get(&key) {
                let known = &self.handles[at].steps[*known];
                let parameters = Segment::all_parameters(&known.segments);
                for (known, argument) in parameters.zip(Segment::all_parameters(step)) {
                    same_parameter(self.cx, (known, *first), (argument, path.span));
                }
                at = known.target;
                continue;
            }
            let template = Spanned::new(prefix(path.value, end), path.span);
            let known = (self.handles[at].steps.len(), path.span);
            at = self.step(at, name, step, template);
            self.steps.insert(key, known);
        }
        at
    }

    /// Adds a handle and the step to it. Returns the position of the handle.
    fn step(
        &mut self,
        from: usize,
        name: String,
        segments: &[Segment],
        template: Spanned<&'d str>,
    ) -> usize {
        let target = self.handles.len();
        let (name, stem) = self.claim(from, name, template, "path", false);
        let type_name = self.names.generated(stem.clone(), "Handle", template);
        let mut docs = vec![format!("`{}`", template.value)];
        docs::arguments(&mut docs, Segment::all_parameters(segments));
        self.handles[from].steps.push(Step {
            name,
            segments: segments.to_vec(),
            docs,
            target,
        });
        self.handles.push(Handle {
            name: type_name,
            path: template.value.to_owned(),
            ..Handle::default()
        });
        self.methods.push((Scope::default(), stem));
        target
    }

    /// Takes the name of a method. Returns it, and the prefix of type names below it.
    fn claim(
        &mut self,
        handle: usize,
        mut method: String,
        described: Spanned<&str>,
        noun: &str,
        given: bool,
    ) -> (String, String) {
        if handle == 0 && CLIENT.contains(&&*method) {
            method.push('_');
        }
        let (methods, stem) = &mut self.methods[handle];
        let method = methods.take(self.cx, method, described, noun, given);
        let stem = format!("{stem}{}", camel(&method));
        (method, stem)
    }
}

/// A path template without the names of parameters.
fn without_names(path: &str) -> String {
    let mut parts = path.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push('{');
        text += part.split_once('}').map_or(part, |(_, after)| after);
    }
    text
}

/// The files of the client, one for each first segment.
pub fn client_modules(handles: &[Handle]) -> Vec<ClientModule> {
    let module = |first: &Step| {
        let mut behind = vec![first.target];
        let mut at = 0;
        while let Some(handle) = behind.get(at) {
            behind.extend(handles[*handle].steps.iter().map(|step| step.target));
            at += 1;
        }
        let mut name = first.name.clone();
        if FILES.contains(&&*name) {
            name.push('_');
        }
        let segment = first.segments.first();
        ClientModule {
            name,
            segment: segment.map_or_else(String::new, |segment| segment.template.clone()),
            handles: behind,
        }
    };
    let client = handles.first().map_or(&[][..], |client| &client.steps);
    let mut modules: Vec<_> = client.iter().map(module).collect();
    modules.sort_by(|a, b| a.name.cmp(&b.name));
    modules
}
