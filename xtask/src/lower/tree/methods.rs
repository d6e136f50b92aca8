//! Which handle an operation belongs to, and what its method is called there.

use super::super::names::{singular, snake};
use super::super::{Lower, resolve};
use super::path::{Segment, prefix};
use crate::ir::Method;
use crate::spec::document::PathItem;
use crate::spec::schema::{Property, Schema};
use std::collections::HashSet;

/// What the paths of a description say about each other.
#[derive(Default)]
pub struct Paths<'n> {
    /// Paths that are a collection: a parameter follows, they have GET and POST, or GET answers a
    /// list.
    collections: HashSet<&'n str>,
    /// Paths that are a handle: others go on behind them, or they have several methods.
    handles: HashSet<&'n str>,
}

impl<'n> Paths<'n> {
    /// Looks at all paths.
    pub fn new(lower: &mut Lower<'_, 'n, '_>) -> Self {
        let mut paths = Self::default();
        for item in &lower.document.paths {
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
            if (has(Method::Get) && has(Method::Post)) || lists(lower, item) {
                paths.collections.insert(path);
            }
        }
        paths
    }

    /// How many segments of a path lead to the handle, and the name of the method there.
    pub fn method(
        &self,
        path: &str,
        segments: &[Segment<'n>],
        method: Method,
    ) -> (usize, String) {
        let whole = segments.len();
        let is_collection = |count| self.collections.contains(prefix(path, count));
        let is_action = method == Method::Post && !self.handles.contains(path);
        let (steps, name) = match segments {
            [.., Segment::Fixed(collection)] if is_collection(whole) => {
                (whole - 1, of_collection(collection, method))
            }
            [.., Segment::Fixed(collection), Segment::Fixed(last)]
                if is_collection(whole - 1) =>
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

/// `microsoft.graph.setPresence()` is `setPresence`.
pub fn word(segment: &str) -> &str {
    let segment = segment.trim_end_matches("()");
    segment
        .rsplit('.')
        .find(|part| !part.is_empty())
        .unwrap_or(segment)
}

/// The name of a method: a keyword gets an underscore, a digit a letter before it.
pub fn method_name(text: &str) -> String {
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
    let is_list = |p: &Property<'_>| p.name.value == "value" && p.schema.items.is_some();
    schema.properties.iter().any(is_list)
        || (depth < 3
            && schema
                .all_of
                .iter()
                .any(|base| has_value_list(lower, base, depth + 1)))
}
