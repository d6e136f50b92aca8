//! Joins the files of a description into one document.

use super::files::{RefOr, parts};
use super::reader::{Reader, Value};
use super::{Document, Parameter, PathItem, Section, Server};
use crate::diagnostics::{Code, Spanned, listed};
use crate::yaml::{Entry, Kind, Node};
use indexmap::IndexMap;

/// Adds the servers of a file, which must be the same as in the first file.
pub fn servers<'n>(reader: &Reader<'n, '_>, all: &mut Document<'n>, servers: Vec<Server<'n>>) {
    let urls = |servers: &[Server<'n>]| -> Vec<_> {
        servers.iter().map(|server| server.url.value).collect()
    };
    let (known, others) = (urls(&all.servers), urls(&servers));
    match (all.servers.first(), servers.first()) {
        (None, _) => all.servers = servers,
        (Some(first), Some(second)) if known != others => {
            let message = "the `servers` of this file differ from those of the first file";
            let help = format!("write {}, or leave `servers` out here", listed(known));
            let spans = [(second.url.span, ""), (first.url.span, "the first")];
            reader.problems.clash(Code::Files, spans, message, help);
        }
        _ => {}
    }
}

/// Adds the parameters of each path to its operations, and joins paths that several files have.
pub fn join_paths<'n>(reader: &Reader<'n, '_>, all: &mut Document<'n>) {
    let mut paths = IndexMap::<_, PathItem<'n>>::with_capacity(all.paths.len());
    for mut item in std::mem::take(&mut all.paths) {
        hand_down(&mut item, &all.components.parameters);
        match paths.get_mut(item.path.value) {
            // The YAML reader reports a path that is twice in one file.
            Some(first) if first.path.span.source == item.path.span.source => {}
            Some(first) => same_path(reader, first, item),
            None => paths.extend([(item.path.value, item)]),
        }
    }
    all.paths = paths.into_values().collect();
}

/// Reads a component into its section. Several files may have it when they describe it alike.
pub fn insert<'n, 'r, T>(
    all: &mut Section<'n, T>,
    (section, name): (&'n str, Spanned<&'n str>),
    value: Value<'n, 'r>,
    read: impl FnOnce(Value<'n, 'r>) -> Option<T>,
) {
    let reader = value.reader;
    if is_elsewhere(section, name.value, value.node) {
        value.reference();
        return;
    }
    let component = read(value).map(|component| Spanned::new(component, name.span));
    let Some(first) = all.get(name.value) else {
        if let Some(component) = component {
            reader.components.borrow_mut().push((section, name));
            all.insert(name.value, component);
        }
        return;
    };
    let key = (reader.files.file(first.span), section, name.value);
    let node = reader.files.components.get(&key);
    if !node.is_some_and(|(_, node)| same(node, value.node)) {
        let message = format!("`{}` of `{section}` is described in two files", name.value);
        let help = "rename one of the two, or describe it in one file and refer to it: \
            `FILE#/components/…`";
        let spans = [(name.span, "again here"), (first.span, "first here")];
        reader.problems.clash(Code::Files, spans, message, help);
    }
}

/// True for a component that is only a reference to the one of the same name in another file.
fn is_elsewhere(section: &str, name: &str, node: &Node<'_>) -> bool {
    let Some(Kind::String(text)) = node.get("$ref").map(|node| &node.kind) else {
        return false;
    };
    let target = text.split_once("#/components/");
    let is_it = |rest: &str| rest.split_once('/') == Some((section, name));
    target.is_some_and(|(file, rest)| !file.is_empty() && is_it(rest))
}

/// True when two values are written alike, apart from the file names of references.
fn same(a: &Node<'_>, b: &Node<'_>) -> bool {
    match (&a.kind, &b.kind) {
        (Kind::Mapping(a), Kind::Mapping(b)) => {
            type Pair<'a, 'n> = (&'a Entry<'n>, &'a Entry<'n>);
            let is_same = |(a, b): Pair<'_, '_>| a.0.value == b.0.value && same(&a.1, &b.1);
            a.len() == b.len() && a.iter().zip(b).all(is_same)
        }
        (Kind::Sequence(a), Kind::Sequence(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Kind::String(a), Kind::String(b)) => {
            let pointer = |text: &str| text.find("#/components/").unwrap_or(0);
            a[pointer(a)..] == b[pointer(b)..]
        }
        (a, b) => a == b,
    }
}

/// Adds the operations of a path that an earlier file has too.
fn same_path<'n>(reader: &Reader<'n, '_>, item: &mut PathItem<'n>, more: PathItem<'n>) {
    for operation in more.operations {
        let method = operation.method.value;
        let mut known = item.operations.iter();
        if let Some(first) = known.find(|known| known.method.value == method) {
            let (method, path) = (method.as_str(), item.path.value);
            let message = format!("{method} {path} is described in two files");
            let spans = [
                (operation.method.span, "again here"),
                (first.method.span, "first here"),
            ];
            let problems = reader.problems;
            problems.clash(Code::Files, spans, message, "remove one of the two");
        } else {
            item.operations.push(operation);
        }
    }
}

/// Adds the parameters of a path to its operations.
fn hand_down<'n>(item: &mut PathItem<'n>, shared: &Section<'n, Parameter<'n>>) {
    let key = |parameter: &RefOr<'n, Parameter<'n>>| {
        let parameter = match parameter {
            RefOr::Value(value) => Some(value.as_ref()),
            RefOr::Reference(target) => shared.get(parts(target.value)?.1),
        };
        parameter.map(|found| (found.value.name.value, found.value.location))
    };
    let parameters = std::mem::take(&mut item.parameters);
    for operation in &mut item.operations {
        let own: Vec<_> = operation.parameters.iter().map(key).collect();
        let inherited = parameters.iter().filter(|one| !own.contains(&key(one)));
        operation.parameters.extend(inherited.cloned());
    }
}
