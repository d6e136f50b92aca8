//! Path templates: their segments, and the names of the methods for them.

use super::Context;
use super::names::{Case, camel, rust_name, singular, snake};
use crate::diagnostics::{Code, Spanned};
use crate::ir::Segment;
use crate::openapi::PathItem;
use crate::values::Method;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// The names of the parameters in a segment, such as `messages`, `{id}` or `search(q='{q}')`.
pub fn parameters(segment: &str) -> impl Iterator<Item = &str> {
    let rest = segment.split('{').skip(1);
    rest.filter_map(|rest| Some(rest.split_once('}')?.0))
}

/// True for a segment that is one parameter.
pub fn is_parameter(segment: &str) -> bool {
    segment.starts_with('{') && segment.find('}') == Some(segment.len() - 1)
}

/// The segments of a path; `None` after a report.
pub fn segments<'d>(cx: &Context<'d>, path: Spanned<&'d str>) -> Option<Vec<&'d str>> {
    let rest = path.value.strip_prefix('/').unwrap_or(path.value);
    let segments: Vec<_> = rest.split('/').collect();
    let Some(problem) = segments.iter().find_map(|segment| problem(segment)) else {
        return Some(segments);
    };
    let message = format!("the path `{}` has {problem}", path.value);
    let help = "write each segment as fixed text, and a parameter as `{name}`";
    cx.error(Code::Unsupported, path.span, message, help);
    None
}

/// The problem of a segment, if it has one.
fn problem(text: &str) -> Option<&'static str> {
    const FOREIGN: &[char] = &['?', '#', '%', '"', '<', '>', '\\', '|', '`'];
    let is_plain = text.bytes().all(|b| b.is_ascii_graphic()) && !text.contains(FOREIGN);
    let mut parts = text.split('{');
    let begins = parts.next().is_some_and(|part| !part.contains('}'));
    let is_name = |part: &str| {
        part.find('}')
            .is_some_and(|at| at > 0 && part.rfind('}') == Some(at))
    };
    match text {
        "" | "." | ".." => Some("an empty segment, `.` or `..`"),
        _ if !begins || !parts.all(is_name) => {
            Some("an unmatched brace or an empty parameter name")
        }
        _ if !is_plain => Some("a character that a path cannot have"),
        _ if camel(word(text)).is_empty() => Some("a segment without a letter"),
        _ => None,
    }
}

/// The first `count` segments of a path.
pub fn prefix(path: &str, count: usize) -> &str {
    let end = path.match_indices('/').nth(count);
    &path[..end.map_or(path.len(), |(at, _)| at)]
}

/// The relations between the paths of a document.
#[derive(Default)]
pub struct Paths<'d> {
    /// The paths followed by a parameter: each handle is an item.
    parents: HashSet<&'d str>,
    /// The paths of collections: followed by a parameter, with GET and POST, or with GET of a list.
    collections: HashSet<&'d str>,
    /// The paths with a handle: other paths begin with them, or they have several methods.
    handles: HashSet<&'d str>,
    /// The first path with each beginning, which ends before the parameters of its last segment.
    beginnings: HashMap<&'d str, &'d str>,
    /// The beginnings that several paths have.
    overloads: HashSet<&'d str>,
    /// The names given by `x-rust-name`.
    given: HashMap<&'d str, String>,
}

impl<'d> Paths<'d> {
    pub fn new(cx: &Context<'d>) -> Self {
        let mut paths = Self::default();
        for item in &cx.document.paths {
            let path = item.path.value;
            let slashes = path.match_indices('/').skip(1).map(|(at, _)| &path[..at]);
            for prefix in slashes.clone().chain([path]) {
                let (parent, last) = prefix.rsplit_once('/').unwrap_or(("", prefix));
                let end = prefix.len() - last.len() + last.find('(').unwrap_or(last.len());
                let first = *paths.beginnings.entry(&prefix[..end]).or_insert(prefix);
                if first != prefix {
                    paths.overloads.insert(&prefix[..end]);
                }
                if is_parameter(last) {
                    paths.parents.insert(parent);
                }
            }
            paths.handles.extend(slashes);
            if item.operations.len() > 1 {
                paths.handles.insert(path);
            }
            let has = |method| item.operations.iter().any(|o| o.method.value == method);
            let is_list = !path.ends_with(')') && returns_list(cx, item) == Some(true);
            if (has(Method::Get) && has(Method::Post)) || is_list {
                paths.collections.insert(path);
            }
            if let Some(text) = item.rust_name {
                let name = rust_name(cx, text, Case::Snake, "x-rust-name: NAME");
                paths.given.insert(path, name);
            }
        }
        paths.collections.extend(&paths.parents);
        paths
    }

    /// The number of segments of the handle, and the name of the method.
    pub fn method(
        &self,
        item: &PathItem<'d>,
        segments: &[Segment],
        method: Method,
    ) -> (usize, String) {
        let (path, whole) = (item.path.value, segments.len());
        let last = &*segments[whole - 1].template;
        let fixed = segments.iter().rposition(|segment| segment.is_parameter);
        let fixed = fixed.map_or(0, |at| at + 1)..whole;
        let is_in = |paths: &HashSet<&str>, at: usize| paths.contains(prefix(path, at + 1));
        let parent = fixed.clone().find(|at| is_in(&self.parents, *at));
        let near = || fixed.clone().rev().take(2);
        let collection = parent.or_else(|| near().find(|at| is_in(&self.collections, *at)));
        let is_action = method == Method::Post || method == Method::Get && last.ends_with(')');
        let (steps, name) = match collection {
            Some(at) if last == "$count" => {
                (at, format!("count_{}", self.words(path, at..whole - 1)))
            }
            Some(at) => {
                let words = self.words(path, at..whole);
                let is_list = self.collections.contains(path) || last.starts_with('$');
                let name = match item.operations.len() {
                    // The collection itself, its `$ref` or a cast.
                    _ if is_list => of_collection(&words, method),
                    0 | 1 => words,
                    _ => format!("{}_{words}", verb(method)),
                };
                (at, name)
            }
            None if is_action && !self.handles.contains(path) && !is_parameter(last) => {
                (whole - 1, self.words(path, whole - 1..whole))
            }
            None => (whole, verb(method).to_owned()),
        };
        (steps, method_name(&name))
    }

    /// The end and the name of the step that begins at a segment. The step of a collection includes
    /// the segment after it.
    pub fn step(&self, path: &str, segments: &[Segment], from: usize) -> (usize, String) {
        let mut end = from + 1;
        let mut words = from..end;
        while let Some(next) = segments.get(end)
            && !segments[from].is_parameter
            && self.parents.contains(prefix(path, end))
        {
            end += 1;
            if next.is_parameter {
                break;
            }
            words.end = end;
        }
        let given = self.given.get(prefix(path, end));
        let name = given.map_or_else(|| method_name(&self.words(path, words)), String::clone);
        (end, name)
    }

    /// The names of some segments, joined.
    fn words(&self, path: &str, segments: Range<usize>) -> String {
        let words: Vec<_> = segments.map(|at| self.word(prefix(path, at + 1))).collect();
        words.join("_")
    }

    /// The name of the last segment of a path. The namespace or the parameters are added when
    /// another segment has the same name.
    fn word(&self, path: &str) -> String {
        if let Some(name) = self.given.get(path) {
            return name.clone();
        }
        let (before, segment) = path.split_at(path.rfind('/').map_or(0, |at| at + 1));
        let text = segment.split('(').next().unwrap_or_default();
        let mut name = word(segment);
        if self.beginnings.contains_key(&*format!("{before}{name}")) {
            name = text;
        }
        let mut name = snake(name);
        if self.overloads.contains(&path[..before.len() + text.len()]) {
            for (at, parameter) in parameters(segment).enumerate() {
                name += if at == 0 { "_with_" } else { "_and_" };
                name += &snake(parameter);
            }
        }
        name
    }
}

/// The method of a collection: `list_presences`, `create_presence`.
fn of_collection(collection: &str, method: Method) -> String {
    match method {
        Method::Get => format!("list_{collection}"),
        Method::Post => format!("create_{}", singular(collection)),
        other => format!("{}_{collection}", verb(other)),
    }
}

/// The last word of a segment: `setPresence` for `microsoft.graph.setPresence(x={x})`.
fn word(segment: &str) -> &str {
    let segment = match segment.find('(') {
        Some(at) if at > 0 => &segment[..at],
        _ if segment.contains('{') => return segment,
        _ => segment,
    };
    let last = segment.rsplit('.').find(|part| !part.is_empty());
    last.unwrap_or(segment)
}

/// The name of a method; it cannot be a keyword or begin with a digit.
fn method_name(text: &str) -> String {
    let name = snake(text);
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

/// True when GET of a path returns a list in the property `value`.
fn returns_list(cx: &Context<'_>, item: &PathItem<'_>) -> Option<bool> {
    let mut operations = item.operations.iter();
    let get = operations.find(|operation| operation.method.value == Method::Get)?;
    let mut responses = get.responses.iter();
    let (_, response) = responses.find(|(status, _)| status.value.starts_with('2'))?;
    let response = cx.value(&cx.document.components.responses, "responses", response)?;
    let (schema, component) = cx.schemas.resolve(response.value.schema()?)?;
    let own = component.is_none();
    let own = own.then(|| cx.schemas.properties(schema));
    let properties = component.map(|component| &component.properties);
    let mut properties = properties.or(own.as_ref())?.list.iter();
    Some(properties.any(|one| one.name.value == "value" && one.schema.items.is_some()))
}
