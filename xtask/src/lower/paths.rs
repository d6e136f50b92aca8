//! Path templates: their segments, and the names of the methods that belong to them.

use super::context::Context;
use super::names::{camel, singular, snake};
use crate::diagnostics::Code;
use crate::http::Method;
use crate::openapi::{PathItem, Property, Spanned};
use std::collections::HashSet;

/// A segment of a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Segment<'d> {
    /// A fixed text.
    Fixed(&'d str),
    /// The name of a parameter.
    Parameter(&'d str),
}

/// The segments of a path template. Reports a path that has none.
pub fn segments<'d>(cx: &Context<'d>, path: Spanned<&'d str>) -> Option<Vec<Segment<'d>>> {
    let mut segments = Vec::new();
    let rest = path.value.strip_prefix('/').unwrap_or(path.value);
    for part in rest.split('/') {
        let inner = part.strip_prefix('{');
        let inner = inner.and_then(|part| part.strip_suffix('}'));
        let segment = match inner {
            Some(name) if !name.is_empty() && !name.contains(['{', '}']) => {
                Segment::Parameter(name)
            }
            _ => Segment::Fixed(part),
        };
        if let Some(problem) = problem(segment, segments.last()) {
            let message = format!("the path `{}` has {problem}", path.value);
            let help = "write fixed segments, and `{name}` as a whole segment behind one";
            cx.error(Code::Unsupported, path.span, message, help);
            return None;
        }
        segments.push(segment);
    }
    Some(segments)
}

/// The problem of a segment, given the one before it.
fn problem(segment: Segment<'_>, before: Option<&Segment<'_>>) -> Option<&'static str> {
    let has = |part: &str, characters: &[char]| part.contains(characters);
    let is_plain = |part: &str| part.bytes().all(|b| b.is_ascii_graphic());
    const FOREIGN: &[char] = &['?', '#', '%', '"', '<', '>', '\\', '|', '`'];
    match segment {
        Segment::Fixed("" | "." | "..") => Some("an empty segment, `.` or `..`"),
        Segment::Fixed(part) if camel(word(part)).is_empty() => Some("a segment without a letter"),
        Segment::Fixed(part) if has(part, &['{', '}']) => {
            Some("a parameter that is only a part of a segment")
        }
        Segment::Fixed(part) if !is_plain(part) || has(part, FOREIGN) => {
            Some("a character that a path cannot have")
        }
        Segment::Parameter(part) if !is_plain(part) => Some("a character that a path cannot have"),
        Segment::Parameter(_) if !matches!(before, Some(Segment::Fixed(_))) => {
            Some("a parameter that no fixed segment precedes")
        }
        _ => None,
    }
}

/// The first `count` segments of a path.
pub fn prefix(path: &str, count: usize) -> &str {
    let end = path.match_indices('/').nth(count);
    &path[..end.map_or(path.len(), |(at, _)| at)]
}

/// What the paths of a document say about each other.
#[derive(Default)]
pub struct Paths<'d> {
    /// Paths of a collection: a parameter follows, they have GET and POST, or GET returns a list.
    collections: HashSet<&'d str>,
    /// Paths of a handle: others go on behind them, or they have several methods.
    handles: HashSet<&'d str>,
}

impl<'d> Paths<'d> {
    /// Compares all paths.
    pub fn new(cx: &Context<'d>) -> Self {
        let mut paths = Self::default();
        for item in &cx.document.paths {
            let path = item.path.value;
            let slashes = path.match_indices('/').skip(1);
            paths.handles.extend(slashes.map(|(at, _)| &path[..at]));
            if item.operations.len() > 1 {
                paths.handles.insert(path);
            }
            if let Some(at) = path.rfind("/{") {
                paths.collections.insert(&path[..at]);
            }
            let has = |method| item.operations.iter().any(|o| o.method.value == method);
            if (has(Method::Get) && has(Method::Post)) || returns_list(cx, item) {
                paths.collections.insert(path);
            }
        }
        paths
    }

    /// How many segments of a path lead to the handle, and the name of the method there.
    pub fn method(&self, path: &str, segments: &[Segment<'d>], method: Method) -> (usize, String) {
        let whole = segments.len();
        let is_collection = |count| self.collections.contains(prefix(path, count));
        let is_action = method == Method::Post && !self.handles.contains(path);
        let (steps, name) = match segments {
            [.., Segment::Fixed(collection)] if is_collection(whole) => {
                (whole - 1, of_collection(collection, method))
            }
            [.., Segment::Fixed(collection), Segment::Fixed(last)] if is_collection(whole - 1) => {
                let collection = snake(collection);
                let name = match last.strip_prefix('$') {
                    Some(function) => format!("{}_{collection}", snake(function)),
                    None => format!("{collection}_{}", snake(word(last))),
                };
                (whole - 2, name)
            }
            [.., Segment::Fixed(action)] if is_action => (whole - 1, snake(word(action))),
            _ => (whole, verb(method).to_owned()),
        };
        (steps, method_name(&name))
    }
}

/// `list_presences`, `create_presence`
fn of_collection(collection: &str, method: Method) -> String {
    match method {
        Method::Get => format!("list_{}", snake(collection)),
        Method::Post => format!("create_{}", snake(&singular(collection))),
        other => format!("{}_{}", verb(other), snake(collection)),
    }
}

/// The last word of a segment: `setPresence` for `microsoft.graph.setPresence()`.
fn word(segment: &str) -> &str {
    let segment = segment.trim_end_matches("()");
    let last = segment.rsplit('.').find(|part| !part.is_empty());
    last.unwrap_or(segment)
}

/// The name of a method: a keyword gets an underscore, a digit a letter before it.
pub fn method_name(text: &str) -> String {
    let name = snake(word(text));
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        format!("n{name}")
    } else {
        name
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

/// True when GET of a path returns a list under `value`.
fn returns_list(cx: &Context<'_>, item: &PathItem<'_>) -> bool {
    let mut operations = item.operations.iter();
    let get = operations.find(|operation| operation.method.value == Method::Get);
    let mut responses = get.into_iter().flat_map(|get| &get.responses);
    let Some((_, response)) = responses.find(|(status, _)| status.value.starts_with('2')) else {
        return false;
    };
    let response = cx.value(&cx.document.components.responses, "responses", response);
    let schema = response.and_then(|response| response.value.schema());
    let is_list =
        |property: &Property<'_>| property.name.value == "value" && property.schema.items.is_some();
    let target = schema.and_then(|schema| cx.schemas.target(cx.problems, schema));
    target.is_some_and(|schema| cx.schemas.has_property(schema, is_list))
}
