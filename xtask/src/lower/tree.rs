//! The paths as a tree: which handles a client has, and where each operation belongs.
//!
//! A fixed segment is a step, `segment/{x}` a step with an argument. An action belongs to the
//! handle before its last segment; so does whatever is asked of a collection itself.

mod methods;
mod path;

use super::names::{camel, constant};
use super::scope::{Scope, Thing};
use super::{Lower, docs};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{Argument, Family, Handle, Operation, Step};
use crate::spec::document::{self, PathItem};
use crate::spec::fields::Text;
use crate::spec::node::Span;
use methods::{Paths, method_name};
use path::{Segment, prefix};
use std::collections::HashMap;

/// Methods of the client itself; another of that name gets an underscore, as keywords do.
const CLIENT: &[&str] = &["as_ref", "builder", "clone", "new", "resource"];

/// Files of the client that are not about one first segment.
const FILES: &[&str] = &["client", "handles", "operations", "requests", "shared"];

/// Handles and the place of every operation.
pub struct Tree<'d, 'n> {
    /// The handles; the first is the client itself.
    pub handles: Vec<Handle>,
    /// The files that the handles stand in, by name.
    pub families: Vec<Family>,
    places: Vec<Place<'d, 'n>>,
}

/// An operation and where it belongs.
pub struct Place<'d, 'n> {
    /// Its path.
    pub path: &'d PathItem<'n>,
    /// What the description says about it.
    pub operation: &'d document::Operation<'n>,
    /// The position of its handle.
    pub handle: usize,
    /// The name of its method.
    pub name: String,
    /// The name of its request type.
    pub type_name: String,
    /// The name of its constant.
    pub constant: String,
}

struct Builder<'d, 'n> {
    handles: Vec<Handle>,
    /// Which handle a step leads to: from, segment, with a parameter.
    steps: HashMap<(usize, &'n str, bool), Known>,
    paths: Paths<'n>,
    methods: Vec<Scope>,
    /// The way to each handle as one word, with which the names of all types behind it begin.
    stems: Vec<String>,
    ids: HashMap<&'n str, Span>,
    places: Vec<Place<'d, 'n>>,
}

/// A step that is there already: where it leads, and what the first path called its parameter.
struct Known {
    target: usize,
    argument: Option<Argument>,
    span: Span,
}

impl<'d, 'n> Tree<'d, 'n> {
    /// Puts every operation in its place.
    pub fn new(lower: &mut Lower<'d, 'n, '_>) -> Self {
        let document = lower.document;
        let root = Handle {
            name: "Client".to_owned(),
            path: String::new(),
            steps: Vec::new(),
            operations: Vec::new(),
        };
        let mut builder = Builder {
            handles: vec![root],
            steps: HashMap::new(),
            paths: Paths::new(lower),
            methods: vec![Scope::default()],
            stems: vec![String::new()],
            ids: HashMap::new(),
            places: Vec::new(),
        };
        for item in &document.paths {
            builder.path(lower, item);
        }
        Self {
            families: families(&builder.handles),
            handles: builder.handles,
            places: builder.places,
        }
    }

    /// Lowers the operations, each in its place.
    pub fn operations(&self, lower: &mut Lower<'d, 'n, '_>) -> Vec<Operation> {
        self.places
            .iter()
            .map(|place| lower.operation(place))
            .collect()
    }
}

impl<'d, 'n> Builder<'d, 'n> {
    fn path(&mut self, lower: &mut Lower<'d, 'n, '_>, item: &'d PathItem<'n>) {
        let Some(segments) = path::segments(lower, item.path) else {
            return;
        };
        let parameters = path::path_parameters(lower, item, &segments);
        for operation in &item.operations {
            if let Some(id) = operation.id {
                self.operation_id(lower, id);
            }
            self.operation(lower, item, &segments, &parameters, operation);
        }
    }

    fn operation_id(&mut self, lower: &mut Lower<'d, 'n, '_>, id: Text<'n>) {
        if let Some(first) = self.ids.insert(id.value, id.span) {
            let message = format!("the operationId `{}` stands twice", id.value);
            let problem = Diagnostic::new(Code::DuplicateOperation, id.span, message)
                .label("used again here")
                .context(first, "first used here")
                .help("an operationId names one operation; make it unique");
            lower.reader.report(problem);
        }
    }

    fn operation(
        &mut self,
        lower: &mut Lower<'d, 'n, '_>,
        item: &'d PathItem<'n>,
        segments: &[Segment<'n>],
        parameters: &HashMap<&'n str, Argument>,
        operation: &'d document::Operation<'n>,
    ) {
        let path = item.path;
        let method = operation.method.value;
        let (steps, method_name) = self.paths.method(path.value, segments, method);
        let handle = self.handle(lower, path, &segments[..steps], parameters);
        let described = format!("{} {}", method.as_str(), path.value);
        let described = Text {
            value: &described,
            span: operation.method.span,
        };
        let (name, stem) =
            self.claim(lower, handle, method_name, described, Thing::Operation);
        let type_name = lower.types.made(stem, "Call", described);
        let constant = lower.types.made(constant(&type_name), "_CALL", described);
        self.handles[handle].operations.push(self.places.len());
        self.places.push(Place {
            path: item,
            operation,
            handle,
            name,
            type_name,
            constant,
        });
    }

    /// The handle that some segments lead to; made where it is not there yet.
    fn handle(
        &mut self,
        lower: &mut Lower<'d, 'n, '_>,
        path: Text<'n>,
        segments: &[Segment<'n>],
        parameters: &HashMap<&'n str, Argument>,
    ) -> usize {
        let mut at = 0;
        let mut taken = 0;
        while let Some(Segment::Fixed(segment)) = segments.get(taken) {
            let parameter = match segments.get(taken + 1) {
                Some(Segment::Parameter(name)) => Some(*name),
                _ => None,
            };
            let argument = parameter.and_then(|name| parameters.get(name).cloned());
            taken += 1 + usize::from(parameter.is_some());
            let key = (at, *segment, parameter.is_some());
            at = match self.steps.get(&key) {
                Some(known) => {
                    if let (Some(before), Some(argument)) = (&known.argument, &argument)
                    {
                        let before = (before, known.span);
                        path::same_parameter(lower, before, argument, path.span);
                    }
                    known.target
                }
                None => {
                    let template = prefix(path.value, taken);
                    let known = argument.clone();
                    let target =
                        self.step(lower, at, segment, argument, template, path.span);
                    let known = Known {
                        target,
                        argument: known,
                        span: path.span,
                    };
                    self.steps.insert(key, known);
                    target
                }
            };
        }
        at
    }

    fn step(
        &mut self,
        lower: &mut Lower<'d, 'n, '_>,
        from: usize,
        segment: &'n str,
        parameter: Option<Argument>,
        template: &'n str,
        span: Span,
    ) -> usize {
        let target = self.handles.len();
        let described = Text {
            value: template,
            span,
        };
        let name = method_name(segment);
        let (name, stem) = self.claim(lower, from, name, described, Thing::Path);
        let type_name = lower.types.made(stem.clone(), "Handle", described);
        let mut docs = vec![format!("`{template}`")];
        if let Some(taken) = &parameter {
            let about = docs::of_argument(&taken.name, &taken.docs, taken.deprecated);
            docs::paragraph(&mut docs, about);
        }
        self.handles[from].steps.push(Step {
            name,
            segment: segment.to_owned(),
            docs,
            parameter,
            target,
        });
        self.handles.push(Handle {
            name: type_name,
            path: template.to_owned(),
            steps: Vec::new(),
            operations: Vec::new(),
        });
        self.methods.push(Scope::default());
        self.stems.push(stem);
        target
    }

    /// Takes the name of a method of a handle. Gives it back, and the way to it as one word.
    fn claim(
        &mut self,
        lower: &mut Lower<'d, 'n, '_>,
        handle: usize,
        mut method: String,
        described: Text<'_>,
        what: Thing,
    ) -> (String, String) {
        if handle == 0 && CLIENT.contains(&&*method) {
            method.push('_');
        }
        self.methods[handle].claim(lower.reader, &method, described, what);
        let stem = format!("{}{}", self.stems[handle], camel(&method));
        (method, stem)
    }
}

/// The handles behind each first segment.
fn families(handles: &[Handle]) -> Vec<Family> {
    let family = |first: &Step| {
        let mut family = vec![first.target];
        let mut at = 0;
        while let Some(handle) = family.get(at) {
            family.extend(handles[*handle].steps.iter().map(|step| step.target));
            at += 1;
        }
        let mut name = first.name.clone();
        if FILES.contains(&&*name) {
            name.push('_');
        }
        Family {
            name,
            segment: first.segment.clone(),
            handles: family,
        }
    };
    let client = handles.first().map_or(&[][..], |client| &client.steps);
    let mut families: Vec<_> = client.iter().map(family).collect();
    families.sort_by(|a, b| a.name.cmp(&b.name));
    families
}
