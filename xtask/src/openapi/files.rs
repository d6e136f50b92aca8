//! Descriptions in several files: the references between them, and one document from all.

use super::reader::{Reader, Value};
use super::{Document, Parameter, PathItem, RefOr, Section, Server};
use crate::diagnostics::{Code, Diagnostic, Source, Span, Spanned, listed};
use crate::yaml::{Entry, Kind, Node};
use indexmap::IndexMap;
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

/// The files of a description.
#[derive(Debug, Default)]
pub struct Files<'n, 'r> {
    names: Vec<&'r str>,
    roots: &'r [Node<'n>],
    /// The components by file, section and name.
    components: HashMap<(usize, &'n str, &'n str), &'r Entry<'n>>,
}

impl<'n, 'r> Files<'n, 'r> {
    /// The files with these names and trees.
    pub fn new(sources: &[Source<'r>], roots: &'r [Node<'n>]) -> Self {
        let mut files = Self {
            names: sources.iter().map(|source| source.name).collect(),
            roots,
            components: HashMap::new(),
        };
        for file in 0..roots.len() {
            for (section, node) in files.sections(file) {
                let entries = node.entries().iter();
                let entries = entries.map(|entry| ((file, section.value, entry.0.value), entry));
                files.components.extend(entries);
            }
        }
        files
    }

    /// The sections of the components of a file.
    fn sections(&self, file: usize) -> &'r [Entry<'n>] {
        let components = self.roots.get(file).and_then(|root| root.get("components"));
        components.map_or(&[], Node::entries)
    }

    /// The file of a span. An overlay belongs to the first.
    fn file(&self, span: Span) -> usize {
        let file = span.source as usize;
        if file < self.names.len() { file } else { 0 }
    }

    /// The component at a pointer, `#/components/SECTION/NAME`.
    fn at(&self, file: usize, pointer: &str) -> Option<&'r Entry<'n>> {
        let (section, name) = parts(pointer)?;
        self.components.get(&(file, section, name)).copied()
    }

    /// The section of a pointer, and the components there in all files.
    pub fn all(&self, pointer: &'n str) -> Option<(&'n str, Vec<&'r Entry<'n>>)> {
        let files = 0..self.names.len();
        let found = files.filter_map(|file| self.at(file, pointer)).collect();
        Some((parts(pointer)?.0, found))
    }
}

/// A message, and how to write it instead.
pub type Words = (String, String);

/// The section and the name of `#/components/SECTION/NAME`.
fn parts(pointer: &str) -> Option<(&str, &str)> {
    pointer.strip_prefix("#/components/")?.split_once('/')
}

/// The name of a file without its folder.
fn last_part(path: &str) -> Option<&str> {
    Path::new(path).file_name()?.to_str()
}

/// A path without `.`.
fn plain(path: &Path) -> PathBuf {
    let parts = path.components();
    parts.filter(|part| *part != Component::CurDir).collect()
}

impl<'n> Reader<'n, '_> {
    /// The pointer of a reference: the components of all files become one set of components. Empty
    /// for a reference to what is not there, which is reported.
    pub fn target(&self, reference: Spanned<&'n str>) -> Spanned<&'n str> {
        let Some((file, _)) = reference.value.split_once('#') else {
            return reference;
        };
        let (pointer, span) = (&reference.value[file.len()..], reference.span);
        let found = self.file_of(file, span);
        let found = found.and_then(|other| self.has(file, other, pointer, span));
        let pointer = found.map(|()| pointer).unwrap_or_else(|(message, help)| {
            self.error(Code::DanglingReference, span, message, help);
            ""
        });
        Spanned::new(pointer, span)
    }

    /// The file that a reference names, or the error and how to write it instead.
    fn file_of(&self, file: &str, span: Span) -> Result<usize, Words> {
        let files = &self.files;
        let from = files.file(span);
        if file.is_empty() {
            return Ok(from);
        }
        let climbs = file.split('/').any(|part| part == "..");
        if climbs || file.starts_with('/') || file.contains([':', '\\']) {
            let message = format!("`{file}` is not a file beside this one");
            let help = "write the name of a file in this folder or below it, such as \
                `presence.yaml#/components/schemas/presence`; nothing is read from the network";
            return Err((message, help.to_owned()));
        }
        let path = Path::new(files.names.get(from).copied().unwrap_or_default());
        let path = plain(&path.with_file_name(file));
        let is_it = |known: &&str| plain(Path::new(known)) == path;
        if let Some(at) = files.names.iter().position(is_it) {
            return Ok(at);
        }
        let otherwise = format!("add the file with `--spec {}`", path.display());
        let known = files.names.iter().filter_map(|name| last_part(name));
        let help = self.problems.suggest(file, known, otherwise);
        Err((format!("the file `{file}` is not part of this spec"), help))
    }

    /// The error of a pointer to a component that is missing. The section is checked later.
    fn has(&self, file: &str, other: usize, pointer: &str, span: Span) -> Result<(), Words> {
        let files = &self.files;
        let Some((section, key)) = parts(pointer) else {
            return Ok(());
        };
        let has = |file: &usize| files.at(*file, pointer).is_some();
        let elsewhere = (0..files.names.len()).find(has);
        // An overlay may name a component of any file.
        let is_overlay = span.source as usize >= files.names.len();
        if has(&other) || (is_overlay && elsewhere.is_some()) {
            return Ok(());
        }
        if let Some(name) = elsewhere.and_then(|file| last_part(files.names[file])) {
            let message = format!("this file has no `{pointer}`");
            return Err((message, format!("write `{name}{pointer}`")));
        }
        let mut sections = files.sections(other).iter();
        let known = sections.clone().filter(|(known, _)| known.value == section);
        let known = known.flat_map(|(_, node)| node.entries());
        let known = known.map(|(name, _)| name.value);
        let near = self.problems.nearest(key, known);
        let has_key = |section: &str| files.components.contains_key(&(other, section, key));
        let help = match (near, sections.find(|(section, _)| has_key(section.value))) {
            (Some(near), _) => format!("write `{file}#/components/{section}/{near}`"),
            (_, Some((known, _))) => format!("write `{file}#/components/{}/{key}`", known.value),
            _ => format!("add `{key}` to `components.{section}`, or refer to another"),
        };
        let mut message = format!("there is no `{key}` among `components.{section}`");
        if !file.is_empty() {
            message += &format!(" of `{file}`");
        }
        Err((message, help))
    }

    /// True for a component that only refers to the one of the same name in another file.
    pub fn is_elsewhere(&self, section: &str, name: &str, node: &Node<'n>) -> bool {
        let Some(Kind::String(text)) = node.get("$ref").map(|node| &node.kind) else {
            return false;
        };
        let target = text.split_once("#/components/");
        target.is_some_and(|(file, rest)| {
            !file.is_empty() && rest.split_once('/') == Some((section, name))
        })
    }
}

/// Adds the servers of a file. Reports those that differ from the servers of the first.
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
            let problem = Diagnostic::new(Code::Files, second.url.span, message);
            let problem = problem.context(first.url.span, "the first").help(help);
            reader.problems.report(problem);
        }
        _ => {}
    }
}

/// Gives the parameters of paths to their operations, and joins the paths that several files have.
pub fn join_paths<'n>(reader: &Reader<'n, '_>, all: &mut Document<'n>) {
    let mut paths = IndexMap::<_, PathItem<'n>>::with_capacity(all.paths.len());
    for mut item in std::mem::take(&mut all.paths) {
        hand_down(&mut item, &all.components.parameters);
        match paths.get_mut(item.path.value) {
            // A path that is twice in one file was reported.
            Some(first) if first.path.span.source == item.path.span.source => {}
            Some(first) => same_path(reader, first, item),
            None => paths.extend([(item.path.value, item)]),
        }
    }
    all.paths = paths.into_values().collect();
}

/// Reads a component into its section. One that several files have must be written alike.
pub fn insert<'n, 'r, T>(
    all: &mut Section<'n, T>,
    (section, name): (&str, Spanned<&'n str>),
    value: Value<'n, 'r>,
    read: impl FnOnce(Value<'n, 'r>) -> Option<T>,
) {
    let reader = value.reader;
    if reader.is_elsewhere(section, name.value, value.node) {
        value.reference();
        return;
    }
    let component = read(value).map(|component| Spanned::new(component, name.span));
    let Some(first) = all.get(name.value) else {
        all.extend(component.map(|component| (name.value, component)));
        return;
    };
    let key = (reader.files.file(first.span), section, name.value);
    let node = reader.files.components.get(&key);
    if !node.is_some_and(|(_, node)| same(node, value.node)) {
        let message = format!("`{}` of `{section}` is described in two files", name.value);
        let help = "rename one of the two, or describe it in one file and refer to it: \
            `FILE#/components/…`";
        let problem = Diagnostic::new(Code::Files, name.span, message).label("again here");
        let problem = problem.context(first.span, "first here").help(help);
        reader.problems.report(problem);
    }
}

/// True when two values are written alike. References to the same name are.
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

/// Adds the operations of a path that an earlier file has as well.
fn same_path<'n>(reader: &Reader<'n, '_>, item: &mut PathItem<'n>, more: PathItem<'n>) {
    for operation in more.operations {
        let method = operation.method.value;
        let mut known = item.operations.iter();
        if let Some(first) = known.find(|known| known.method.value == method) {
            let (method, path) = (method.as_str(), item.path.value);
            let message = format!("{method} {path} is described in two files");
            let problem = Diagnostic::new(Code::Files, operation.method.span, message);
            let problem = problem.label("again here").help("remove one of the two");
            let problem = problem.context(first.method.span, "first here");
            reader.problems.report(problem);
        } else {
            item.operations.push(operation);
        }
    }
}

/// Gives the parameters of a path to its operations.
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
