//! The paths as a tree: which handles a client has, and where each operation belongs.
//!
//! A fixed segment is a step, `segment/{x}` a step with an argument. An action belongs to the
//! handle before its last segment; so does whatever is asked of a collection itself.

use super::context::Context;
use super::docs;
use super::names::{Named, Scope, camel, constant};
use super::parameters::{path_parameters, same_parameter};
use super::paths::{Paths, Segment, method_name, prefix, segments};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::ir::{ClientModule, Field, Handle, Step};
use crate::openapi::{Operation, PathItem, Spanned};
use std::collections::HashMap;

/// Methods of the client itself; another of that name gets an underscore, as keywords do.
const CLIENT: &[&str] = &["as_ref", "builder", "clone", "new", "resource"];

/// Files of the client that are not about one first segment.
const FILES: &[&str] = &["client", "handles", "operations", "requests", "shared"];

/// The handles, and the place of every operation among them.
pub struct Tree<'d> {
    /// The handles; the first is the client itself.
    pub handles: Vec<Handle>,
    /// The files of the handles, by name.
    pub client_modules: Vec<ClientModule>,
    /// The operations, in the order of the document.
    pub calls: Vec<Call<'d>>,
}

/// An operation, with its handle and its names.
pub struct Call<'d> {
    pub path: &'d PathItem<'d>,
    pub operation: &'d Operation<'d>,
    pub handle: usize,
    pub name: String,
    pub type_name: String,
    pub constant: String,
}

struct Builder<'c, 'd> {
    cx: &'c Context<'d>,
    /// All names of types and constants.
    names: &'c mut Scope,
    handles: Vec<Handle>,
    /// For each handle, the names of its methods.
    methods: Vec<Scope>,
    /// For each handle, its path as one word, with which the names of all types behind it begin.
    stems: Vec<String>,
    /// The steps so far: from a handle, by a segment, with or without a parameter.
    steps: HashMap<(usize, &'d str, bool), KnownStep>,
    calls: Vec<Call<'d>>,
}

/// The handle that a step leads to, and the parameter that the first path gave it.
struct KnownStep {
    target: usize,
    argument: Option<Spanned<Field>>,
}

/// Makes the handles and puts every operation in its place.
pub fn tree<'d>(cx: &Context<'d>, names: &mut Scope) -> Tree<'d> {
    let root = Handle {
        name: "Client".to_owned(),
        path: String::new(),
        steps: Vec::new(),
        operations: Vec::new(),
    };
    let mut builder = Builder {
        cx,
        names,
        handles: vec![root],
        methods: vec![Scope::default()],
        stems: vec![String::new()],
        steps: HashMap::new(),
        calls: Vec::new(),
    };
    let paths = Paths::new(cx);
    let mut ids = HashMap::new();
    for item in &cx.document.paths {
        let Some(segments) = segments(cx, item.path) else {
            continue;
        };
        let parameters = path_parameters(cx, item, &segments);
        for operation in &item.operations {
            if let Some(id) = operation.id {
                operation_id(cx, id, &mut ids);
            }
            let method = operation.method.value;
            let (count, name) = paths.method(item.path.value, &segments, method);
            let handle = builder.handle(item.path, &segments[..count], &parameters);
            builder.call(item, operation, handle, name);
        }
    }
    let client_modules = client_modules(&builder.handles);
    Tree {
        client_modules,
        handles: builder.handles,
        calls: builder.calls,
    }
}

/// Reports an operationId that another operation has.
fn operation_id<'d>(cx: &Context<'d>, id: Spanned<&'d str>, ids: &mut HashMap<&'d str, Span>) {
    if let Some(first) = ids.insert(id.value, id.span) {
        let message = format!("the operationId `{}` appears twice", id.value);
        let problem = Diagnostic::new(Code::DuplicateOperation, id.span, message)
            .label("used again here")
            .context(first, "first used here")
            .help("an operationId names one operation; make it unique");
        cx.problems.report(problem);
    }
}

impl<'d> Builder<'_, 'd> {
    fn call(
        &mut self,
        path: &'d PathItem<'d>,
        operation: &'d Operation<'d>,
        handle: usize,
        method_name: String,
    ) {
        let described = format!("{} {}", operation.method.value.as_str(), path.path.value);
        let described = Spanned::new(described.as_str(), operation.method.span);
        let (name, stem) = self.claim(handle, method_name, described, Named::Operation);
        let type_name = self.names.generated(stem, "Call", described);
        let constant = constant(&type_name);
        let constant = self.names.generated(constant, "_CALL", described);
        self.handles[handle].operations.push(self.calls.len());
        self.calls.push(Call {
            path,
            operation,
            handle,
            name,
            type_name,
            constant,
        });
    }

    /// The handle of some segments; made where it is not there yet.
    fn handle(
        &mut self,
        path: Spanned<&'d str>,
        segments: &[Segment<'d>],
        parameters: &HashMap<&'d str, Field>,
    ) -> usize {
        let mut at = 0;
        let mut taken = 0;
        while let Some(Segment::Fixed(segment)) = segments.get(taken) {
            let parameter = match segments.get(taken + 1) {
                Some(Segment::Parameter(name)) => Some(*name),
                _ => None,
            };
            let argument = parameter.and_then(|name| parameters.get(name));
            taken += 1 + usize::from(parameter.is_some());
            let key = (at, *segment, parameter.is_some());
            if let Some(known) = self.steps.get(&key) {
                if let (Some(first), Some(argument)) = (&known.argument, argument) {
                    same_parameter(self.cx.problems, first, argument, path.span);
                }
                at = known.target;
                continue;
            }
            let template = Spanned::new(prefix(path.value, taken), path.span);
            at = self.step(at, segment, argument.cloned(), template);
            let argument = argument.map(|argument| Spanned::new(argument.clone(), path.span));
            let target = at;
            self.steps.insert(key, KnownStep { target, argument });
        }
        at
    }

    /// Adds a handle, and the step that leads to it. Returns its position.
    fn step(
        &mut self,
        from: usize,
        segment: &'d str,
        parameter: Option<Field>,
        template: Spanned<&'d str>,
    ) -> usize {
        let target = self.handles.len();
        let (name, stem) = self.claim(from, method_name(segment), template, Named::Path);
        let type_name = self.names.generated(stem.clone(), "Handle", template);
        let mut docs = vec![format!("`{}`", template.value)];
        if let Some(taken) = &parameter {
            let about = docs::of_argument(&taken.name, &taken.docs, taken.deprecated);
            docs::paragraph(&mut docs, about);
        }
        let segment = segment.to_owned();
        self.handles[from].steps.push(Step {
            name,
            segment,
            docs,
            parameter,
            target,
        });
        self.handles.push(Handle {
            name: type_name,
            path: template.value.to_owned(),
            steps: Vec::new(),
            operations: Vec::new(),
        });
        self.methods.push(Scope::default());
        self.stems.push(stem);
        target
    }

    /// Takes the name of a method of a handle. Returns it, and the way to it as one word.
    fn claim(
        &mut self,
        handle: usize,
        mut method: String,
        described: Spanned<&str>,
        named: Named,
    ) -> (String, String) {
        if handle == 0 && CLIENT.contains(&&*method) {
            method.push('_');
        }
        self.methods[handle].claim(self.cx.problems, &method, described, named);
        let stem = format!("{}{}", self.stems[handle], camel(&method));
        (method, stem)
    }
}

/// The handles behind each first segment.
fn client_modules(handles: &[Handle]) -> Vec<ClientModule> {
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
        ClientModule {
            name,
            segment: first.segment.clone(),
            handles: behind,
        }
    };
    let client = handles.first().map_or(&[][..], |client| &client.steps);
    let mut modules: Vec<_> = client.iter().map(module).collect();
    modules.sort_by(|a, b| a.name.cmp(&b.name));
    modules
}
