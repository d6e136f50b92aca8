//! The paths as a tree: which handles a client has, and where each operation belongs.
//!
//! A fixed segment is a step, `segment/{x}` a step with an argument. An action belongs to the
//! handle before its last segment; so does whatever is asked of a collection itself.

mod path;

use super::names::{Scope, camel, client_type, singular, snake};
use super::{Lower, resolve};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{Argument, Handle, Method, Operation, Step};
use crate::spec::document;
use crate::spec::document::PathItem;
use crate::spec::fields::Text;
use crate::spec::node::Span;
use crate::spec::schema::Schema;
use path::Segment;
use std::collections::{HashMap, HashSet};

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
}

struct Builder<'d, 'n> {
    handles: Vec<Handle>,
    /// Which handle a step leads to: from, segment, with a parameter.
    steps: HashMap<(usize, &'n str, bool), Known>,
    methods: Vec<Scope>,
    handle_types: Scope,
    /// Paths that a parameter follows somewhere: collections.
    collections: HashSet<&'n str>,
    /// Paths behind which others go on.
    inner: HashSet<&'n str>,
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
            methods: vec![Scope::default()],
            handle_types: Scope::default(),
            collections: HashSet::new(),
            inner: HashSet::new(),
            ids: HashMap::new(),
            places: Vec::new(),
        };
        for item in &document.paths {
            let slashes = item.path.value.match_indices('/').skip(1);
            let before = slashes.map(|(at, _)| &item.path.value[..at]);
            builder.inner.extend(before);
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
    let schema = response.and_then(|response| response.value.schema());
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
        let whole = segments.len();
        let collection_of = |count: usize| {
            let prefix = prefix(path.value, count);
            self.collections.contains(prefix)
        };
        let method = operation.method.value;
        let is_action = method == Method::Post && !self.inner.contains(path.value);
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
                    None => format!("{collection}_{}", snake(word(last))),
                };
                (whole - 2, name)
            }
            [.., Segment::Fixed(action)] if is_action => {
                (whole - 1, snake(word(action)))
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
        self.places.push(Place {
            path: item,
            operation,
            handle,
            name,
            type_name,
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
                    path::same_parameter(lower, known, &argument, path.span);
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
        let type_name =
            client_type(format!("{prefix}{}", camel(word(segment))), "Handle");
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

/// `microsoft.graph.setPresence()` is `setPresence`.
fn word(segment: &str) -> &str {
    let segment = segment.trim_end_matches("()");
    segment
        .rsplit('.')
        .find(|part| !part.is_empty())
        .unwrap_or(segment)
}

/// The name of a method: a keyword gets an underscore, a digit a letter before it.
fn method_name(text: &str) -> String {
    let name = snake(word(text));
    match name.starts_with(|c: char| c.is_ascii_digit()) {
        true => format!("n{name}"),
        false => name,
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
