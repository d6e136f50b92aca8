//! The paths as a tree: which handles a client has, and where each operation belongs.
//!
//! A fixed segment is a step, `segment/{x}` a step with an argument. An action belongs to the
//! handle before its last segment; so does whatever is asked of a collection itself.

use std::collections::{HashMap, HashSet};

use super::names::{Case, Scope, camel, client_type, rust_name, singular, snake};
use super::types::Context;
use super::{Lower, resolve};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{Argument, Handle, Method, Operation, Step, Type};
use crate::spec::document;
use crate::spec::document::{OrRef, Parameter, ParameterLocation, PathItem};
use crate::spec::fields::{At, Text};
use crate::spec::node::Span;
use crate::spec::schema::Schema;

/// Methods of the client itself; a segment of that name gets an underscore, as keywords do.
const CLIENT: &[&str] = &["as_ref", "builder", "clone", "new"];

/// Handles and the place of every operation.
pub struct Tree<'d, 'n> {
    /// The handles; the first is the client itself.
    pub handles: Vec<Handle>,
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
    /// The fixed segments between the handle and the operation.
    pub segments: Vec<String>,
}

/// A part of a path.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Segment<'n> {
    Fixed(&'n str),
    Parameter(&'n str),
}

struct Builder<'d, 'n> {
    handles: Vec<Handle>,
    /// Which handle a step leads to: from, segment, with a parameter.
    steps: HashMap<(usize, &'n str, bool), (usize, Option<Argument>, Span)>,
    methods: Vec<Scope>,
    handle_types: Scope,
    /// Paths that a parameter follows somewhere: collections.
    collections: HashSet<&'n str>,
    ids: HashMap<&'n str, Span>,
    places: Vec<Place<'d, 'n>>,
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
            methods: vec![Scope::default()],
            handle_types: Scope::default(),
            collections: HashSet::new(),
            ids: HashMap::new(),
            places: Vec::new(),
        };
        for item in &document.paths {
            if let Some(at) = item.path.value.rfind("/{") {
                builder.collections.insert(&item.path.value[..at]);
            }
            let has = |method| item.operations.iter().any(|o| o.method.value == method);
            if (has(Method::Get) && has(Method::Post)) || lists(lower, item) {
                builder.collections.insert(item.path.value);
            }
        }
        for item in &document.paths {
            builder.path(lower, item);
        }
        Self {
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

/// Whether what GET answers is a list under `value`.
fn lists<'d, 'n>(lower: &mut Lower<'d, 'n, '_>, item: &'d PathItem<'n>) -> bool {
    let document = lower.document;
    let get = item
        .operations
        .iter()
        .find(|o| o.method.value == Method::Get);
    let success =
        get.and_then(|get| get.responses.iter().find(|(s, _)| s.value.starts_with('2')));
    let Some((_, response)) = success else {
        return false;
    };
    let responses = &document.components.responses;
    let response = resolve::or_ref(lower.reader, responses, "responses", response);
    let content = response.and_then(|response| response.value.content.as_ref());
    let schema = content.and_then(|content| content.schema.as_ref());
    schema.is_some_and(|schema| has_value_list(lower, schema, 0))
}

fn has_value_list<'d, 'n>(
    lower: &mut Lower<'d, 'n, '_>,
    schema: &'d Schema<'n>,
    depth: usize,
) -> bool {
    let Some((_, schema)) = resolve::schema(lower.reader, lower.document, schema) else {
        return false;
    };
    let is_list = |p: &crate::spec::schema::Property<'_>| {
        p.name.value == "value" && p.schema.items.is_some()
    };
    schema.properties.iter().any(is_list)
        || (depth < 3
            && schema
                .all_of
                .iter()
                .any(|base| has_value_list(lower, base, depth + 1)))
}

impl<'d, 'n> Builder<'d, 'n> {
    fn path(&mut self, lower: &mut Lower<'d, 'n, '_>, item: &'d PathItem<'n>) {
        let Some(segments) = segments(lower, item.path) else {
            return;
        };
        let parameters = path_parameters(lower, item, &segments);
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
        let whole = segments.len();
        let collection_of = |count: usize| {
            let prefix = prefix(path.value, count);
            self.collections.contains(prefix)
        };
        let method = operation.method.value;
        // How many segments lead to the handle, and what the method is called.
        let (steps, name) = match segments {
            [.., Segment::Fixed(collection)] if collection_of(whole) => {
                let one = singular(collection);
                let name = match method {
                    Method::Get => format!("list_{}", snake(collection)),
                    Method::Post => format!("create_{}", snake(&one)),
                    other => format!("{}_{}", verb(other), snake(collection)),
                };
                (whole - 1, name)
            }
            [.., Segment::Fixed(collection), Segment::Fixed(last)]
                if collection_of(whole - 1) =>
            {
                let collection = snake(collection);
                let name = match last.strip_prefix('$') {
                    Some(function) => format!("{}_{collection}", snake(function)),
                    None => format!("{collection}_{}", snake(last)),
                };
                (whole - 2, name)
            }
            [.., Segment::Fixed(action)] if method == Method::Post => {
                (whole - 1, snake(action))
            }
            _ => (whole, verb(method).to_owned()),
        };
        let handle = self.handle(lower, path, &segments[..steps], parameters);
        let name = method_name(&name);
        let described = format!("{} {}", method.as_str(), path.value);
        let described = Text {
            value: &described,
            span: operation.method.span,
        };
        let is_new =
            self.methods[handle].claim(lower.reader, &name, described, "the operation");
        let prefix = match handle {
            0 => "",
            handle => &self.handles[handle].name,
        };
        let type_name = client_type(format!("{prefix}{}", camel(&name)), "Call");
        if is_new {
            self.handle_types.claim(
                lower.reader,
                &type_name,
                described,
                "the operation",
            );
        }
        self.handles[handle].operations.push(self.places.len());
        let between = segments[steps..]
            .iter()
            .filter_map(|segment| match segment {
                Segment::Fixed(text) => Some((*text).to_owned()),
                Segment::Parameter(_) => None,
            });
        let segments = between.collect();
        self.places.push(Place {
            path: item,
            operation,
            handle,
            name,
            type_name,
            segments,
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
            let argument = match segments.get(taken + 1) {
                Some(Segment::Parameter(name)) => parameters.get(name).cloned(),
                _ => None,
            };
            taken += 1 + usize::from(matches!(
                segments.get(taken + 1),
                Some(Segment::Parameter(_))
            ));
            let key = (at, *segment, argument.is_some());
            at = match self.steps.get(&key) {
                Some((target, before, first)) => {
                    same_parameter(lower, before, &argument, path.span, *first);
                    *target
                }
                None => {
                    let template = prefix(path.value, taken);
                    let known = argument.clone();
                    let target =
                        self.step(lower, at, segment, argument, template, path.span);
                    self.steps.insert(key, (target, known, path.span));
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
        let mut name = method_name(segment);
        if from == 0 && CLIENT.contains(&&*name) {
            name.push('_');
        }
        let described = Text {
            value: template,
            span,
        };
        let is_new =
            self.methods[from].claim(lower.reader, &name, described, "the path");
        let prefix = if from == 0 {
            ""
        } else {
            &self.handles[from].name
        };
        let type_name = client_type(format!("{prefix}{}", camel(segment)), "Handle");
        if is_new {
            self.handle_types
                .claim(lower.reader, &type_name, described, "the path");
        }
        self.handles[from].steps.push(Step {
            name,
            segment: segment.to_owned(),
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
        target
    }
}

/// The name of a method: a keyword gets an underscore, a digit a letter before it.
fn method_name(text: &str) -> String {
    let name = snake(text);
    match name.starts_with(|c: char| c.is_ascii_digit()) {
        true => format!("n{name}"),
        false => name,
    }
}

/// Reports a parameter that is not the same as in another path with the same beginning.
fn same_parameter(
    lower: &mut Lower<'_, '_, '_>,
    before: &Option<Argument>,
    argument: &Option<Argument>,
    span: Span,
    first: Span,
) {
    if let (Some(before), Some(argument)) = (before, argument)
        && (before.name != argument.name || before.ty != argument.ty)
    {
        let message = format!(
            "the parameter is `{}` here and `{}` in another path, or of another type",
            argument.name, before.name
        );
        let problem = Diagnostic::new(Code::PathParameter, span, message)
            .context(first, "the other path")
            .help("name and type it alike; the paths share one method");
        lower.reader.report(problem);
    }
}

fn verb(method: Method) -> &'static str {
    match method {
        Method::Get => "get",
        Method::Put => "replace",
        Method::Post => "post",
        Method::Patch => "update",
        Method::Delete => "delete",
    }
}

/// The first `count` segments of a path.
fn prefix(path: &str, count: usize) -> &str {
    let end = path
        .match_indices('/')
        .nth(count)
        .map_or(path.len(), |(at, _)| at);
    &path[..end]
}

/// The parts of a path template.
fn segments<'n>(
    lower: &mut Lower<'_, 'n, '_>,
    path: Text<'n>,
) -> Option<Vec<Segment<'n>>> {
    let mut segments = Vec::new();
    for part in path.value.trim_start_matches('/').split('/') {
        let inner = part
            .strip_prefix('{')
            .and_then(|part| part.strip_suffix('}'));
        let segment = match inner {
            Some(name) if !name.is_empty() && !name.contains(['{', '}']) => {
                Segment::Parameter(name)
            }
            _ => Segment::Fixed(part),
        };
        let problem = match segment {
            Segment::Fixed("" | "." | "..") => Some("an empty segment, `.` or `..`"),
            Segment::Fixed(part) if camel(part).is_empty() => {
                Some("a segment without a letter")
            }
            Segment::Fixed(part) if part.contains(['{', '}']) => {
                Some("a parameter that is only a part of a segment")
            }
            Segment::Fixed(part) if !part.bytes().all(|b| b.is_ascii_graphic()) => {
                Some("a character that belongs in no path")
            }
            Segment::Fixed(part)
                if part.contains(['?', '#', '%', '"', '<', '>', '\\']) =>
            {
                Some("a character that belongs in no path")
            }
            Segment::Parameter(_)
                if !matches!(segments.last(), Some(Segment::Fixed(_))) =>
            {
                Some("a parameter that no fixed segment precedes")
            }
            _ => None,
        };
        if let Some(problem) = problem {
            let message = format!("the path `{}` has {problem}", path.value);
            let help =
                "write fixed segments, and `{name}` as a whole segment behind one";
            let diagnostic = Diagnostic::new(Code::Unsupported, path.span, message);
            lower.reader.report(diagnostic.help(help));
            return None;
        }
        segments.push(segment);
    }
    Some(segments)
}

/// The arguments for the parameters of a path. Reports those that are missing or too many.
fn path_parameters<'d, 'n>(
    lower: &mut Lower<'d, 'n, '_>,
    item: &'d PathItem<'n>,
    segments: &[Segment<'n>],
) -> HashMap<&'n str, Argument> {
    let mut arguments = HashMap::new();
    let own = item
        .operations
        .iter()
        .flat_map(|operation| &operation.parameters);
    for parameter in item.parameters.iter().chain(own) {
        let named = &lower.document.components.parameters;
        let found = resolve::or_ref(lower.reader, named, "parameters", parameter);
        let Some(At {
            value: parameter,
            span,
        }) = found
        else {
            continue;
        };
        if parameter.location.value != ParameterLocation::Path {
            continue;
        }
        let name = parameter.name;
        if !segments.contains(&Segment::Parameter(name.value)) {
            let message =
                format!("`{}` is no parameter of `{}`", name.value, item.path.value);
            let help = format!(
                "write `{{{}}}` in the path, or remove the parameter",
                name.value
            );
            let problem = Diagnostic::new(Code::PathParameter, *span, message)
                .context(item.path.span, "the path")
                .help(help);
            lower.reader.report(problem);
        } else if !arguments.contains_key(name.value)
            && let Some(argument) = argument(lower, parameter)
        {
            arguments.insert(name.value, argument);
        }
    }
    for segment in segments {
        if let Segment::Parameter(name) = segment
            && !declares(lower, item, name)
        {
            let message = format!("the path parameter `{name}` is not declared");
            let help = format!(
                "add `- {{name: {name}, in: path, required: true, schema: {{type: string}}}}` to \
                 the path's `parameters`"
            );
            let problem = Diagnostic::new(Code::PathParameter, item.path.span, message);
            lower.reader.report(problem.help(help));
        }
    }
    arguments
}

/// Whether every operation of a path knows the parameter.
fn declares<'n>(lower: &Lower<'_, 'n, '_>, item: &PathItem<'n>, name: &str) -> bool {
    let named = &lower.document.components.parameters;
    let is_it = |parameter: &OrRef<'n, Parameter<'n>>| match parameter {
        OrRef::Here(parameter) => parameter.value.name.value == name,
        OrRef::Ref(reference) => {
            let key = reference.value.rsplit('/').next().unwrap_or_default();
            named
                .get(key)
                .is_none_or(|parameter| parameter.value.name.value == name)
        }
    };
    item.parameters.iter().any(is_it)
        || (!item.operations.is_empty()
            && item
                .operations
                .iter()
                .all(|operation| operation.parameters.iter().any(is_it)))
}

fn argument<'d, 'n>(
    lower: &mut Lower<'d, 'n, '_>,
    parameter: &'d Parameter<'n>,
) -> Option<Argument> {
    let text = parameter.rust_name.unwrap_or(parameter.name);
    let name = rust_name(lower.reader, text, Case::Snake, "x-rust-name: NAME");
    let schema = parameter.schema.as_ref()?;
    let context = Context {
        name: "PathParameter",
        text: parameter.name,
    };
    let ty = lower.type_of(schema, context)?;
    if !matches!(ty, Type::String | Type::Id(_) | Type::I32 | Type::I64) {
        let message = format!(
            "the path parameter `{}` is neither text nor number",
            text.value
        );
        let help = "give it a schema with `type: string` or `type: integer`";
        let problem = Diagnostic::new(Code::PathParameter, schema.span, message);
        lower.reader.report(problem.help(help));
        return None;
    }
    let docs = super::docs::lines(lower.reader.level, parameter.description, "");
    Some(Argument {
        name,
        docs,
        ty,
        rust_type: None,
    })
}
