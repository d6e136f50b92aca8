//! Descriptions in several files: the references between them, and one document from all.

use super::document::{Components, Document, Section};
use super::operation::{Parameter, PathItem};
use super::reader::{Reader, RefOr, Spanned};
use crate::diagnostics::{Code, Diagnostic, Source, Span, listed};
use crate::yaml::node::{Kind, Node};
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

/// The files of a description.
#[derive(Debug, Default)]
pub struct Files<'n> {
    names: Vec<&'n str>,
    /// The components by file, section and name.
    components: HashMap<(usize, &'n str, &'n str), &'n Node<'n>>,
}

impl<'n> Files<'n> {
    /// The files with these names and trees.
    pub fn new(sources: &[Source<'n>], roots: &'n [Node<'n>]) -> Self {
        let mut components = HashMap::new();
        let several = roots.iter().enumerate().filter(|_| roots.len() > 1);
        for (file, root) in several {
            for (section, node) in root.get("components").map_or(&[][..], Node::entries) {
                let entries = node.entries().iter();
                components.extend(entries.map(|(name, node)| {
                    let key: (_, &str, &str) = (file, &section.text, &name.text);
                    (key, node)
                }));
            }
        }
        Self {
            names: sources.iter().map(|source| source.name).collect(),
            components,
        }
    }

    /// The file of a span. An overlay belongs to the first.
    fn file(&self, span: Span) -> usize {
        let file = span.source as usize;
        if file < self.names.len() { file } else { 0 }
    }

    /// The component at a pointer, `#/components/SECTION/NAME`.
    fn at(&self, file: usize, pointer: &str) -> Option<&'n Node<'n>> {
        let (section, name) = pointer.strip_prefix("#/components/")?.split_once('/')?;
        self.components.get(&(file, section, name)).copied()
    }

    /// The file that a reference in another file names.
    fn named(&self, from: usize, name: &str) -> Option<usize> {
        let wanted = self.path(from, name);
        let mut names = self.names.iter();
        names.position(|known| plain(Path::new(known)) == wanted)
    }

    fn path(&self, from: usize, name: &str) -> PathBuf {
        let folder = self
            .names
            .get(from)
            .and_then(|from| Path::new(from).parent());
        plain(&folder.unwrap_or(Path::new("")).join(name))
    }
}

/// A path without `.`.
fn plain(path: &Path) -> PathBuf {
    let parts = path.components();
    parts.filter(|part| *part != Component::CurDir).collect()
}

impl<'n> Reader<'n> {
    /// The pointer of a reference: the components of all files become one set of components. Empty
    /// for a reference to what is not there, which is reported.
    pub fn target(&self, reference: Spanned<&'n str>) -> Spanned<&'n str> {
        let Some((file, _)) = reference.value.split_once('#') else {
            return reference;
        };
        let pointer = Spanned::new(&reference.value[file.len()..], reference.span);
        match self.misses(file, pointer) {
            None => pointer,
            Some((message, help)) => {
                self.error(Code::DanglingReference, reference.span, message, help);
                Spanned::new("", reference.span)
            }
        }
    }

    /// The error of a reference that leads to no file or to a component of another one, and how to
    /// write it instead. A component that no file has is reported where it is used.
    fn misses(&self, file: &str, pointer: Spanned<&str>) -> Option<(String, String)> {
        let (
            files,
            Spanned {
                value: pointer,
                span,
            },
        ) = (&self.files, pointer);
        let from = files.file(span);
        let has = |file: usize| files.at(file, pointer).is_some();
        if file.is_empty() {
            let others = (0..files.names.len()).find(|other| has(*other));
            let other = others.filter(|_| !has(from) && from == span.source as usize)?;
            let name = Path::new(files.names[other]).file_name()?.to_str()?;
            let message = format!("this file has no `{pointer}`");
            return Some((message, format!("write `{name}{pointer}`")));
        }
        if file.contains([':', '\\']) || file.starts_with('/') || file.split('/').any(|p| p == "..")
        {
            let message = format!("`{file}` is not a file beside this one");
            let help = "write the name of a file in this folder or below it, such as \
                `presence.yaml#/components/schemas/presence`; nothing is read from the network";
            return Some((message, help.to_owned()));
        }
        let Some(other) = files.named(from, file) else {
            let known = files
                .names
                .iter()
                .filter_map(|name| Path::new(name).file_name()?.to_str());
            let path = files.path(from, file);
            let otherwise = format!("add the file with `--spec {}`", path.display());
            let help = self.problems.suggest(file, known, otherwise);
            return Some((format!("`{file}` is not one of the files"), help));
        };
        if has(other) || files.names.len() == 1 {
            return None;
        }
        let message = format!("`{file}` has no `{pointer}`");
        let (section, name) = pointer.rsplit_once('/')?;
        let keys = files.components.keys();
        let near = keys.filter(|(file, known, _)| *file == other && section.ends_with(known));
        let near = self.problems.nearest(name, near.map(|(_, _, name)| *name));
        let help = match near {
            Some(near) => format!("write `{file}{section}/{near}`"),
            None => format!("add it to `{file}`, or refer to another: `#/components/schemas/NAME`"),
        };
        Some((message, help))
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

/// Adds the document of a later file. Reports what contradicts the files before it.
pub fn add<'n>(reader: &Reader<'n>, all: &mut Document<'n>, file: Document<'n>) {
    servers(reader, all, &file);
    let (known, more) = (&mut all.components, file.components);
    schemas(reader, known, more);
    let mut at = HashMap::new();
    for (index, item) in all.paths.iter().enumerate() {
        at.entry(item.path.value).or_insert(index);
    }
    for mut item in file.paths {
        for operation in &mut item.operations {
            operation
                .security
                .get_or_insert_with(|| file.security.clone());
        }
        match at.get(item.path.value) {
            Some(index) => same_path(
                reader,
                &mut all.paths[*index],
                item,
                &all.components.parameters,
            ),
            None => all.paths.push(item),
        }
    }
}

fn servers<'n>(reader: &Reader<'n>, all: &mut Document<'n>, file: &Document<'n>) {
    if all.servers.is_empty() {
        all.servers.clone_from(&file.servers);
    }
    let urls = |document: &Document<'n>| -> Vec<_> {
        let servers = document.servers.iter();
        servers.map(|server| server.url.value).collect()
    };
    if let (Some(first), Some(second)) = (all.servers.first(), file.servers.first())
        && urls(all) != urls(file)
    {
        let message = "this file has other `servers` than the first";
        let help = format!("write {}, or leave `servers` out here", listed(urls(all)));
        let problem = Diagnostic::new(Code::Files, second.url.span, message);
        let problem = problem.context(first.url.span, "the first").help(help);
        reader.problems.report(problem);
    }
}

fn schemas<'n>(reader: &Reader<'n>, all: &mut Components<'n>, file: Components<'n>) {
    section(reader, "schemas", &mut all.schemas, file.schemas);
    section(reader, "parameters", &mut all.parameters, file.parameters);
    section(reader, "responses", &mut all.responses, file.responses);
    section(
        reader,
        "requestBodies",
        &mut all.request_bodies,
        file.request_bodies,
    );
    let schemes = &mut all.security_schemes;
    section(reader, "securitySchemes", schemes, file.security_schemes);
    section(reader, "x-rust-hints", &mut all.hints, file.hints);
}

/// Adds the components of a section. Equal ones count once; others of one name are an error.
fn section<'n, T>(
    reader: &Reader<'n>,
    section: &'n str,
    all: &mut Section<'n, T>,
    file: Section<'n, T>,
) {
    for (name, component) in file {
        let Some(first) = all.get(name) else {
            all.insert(name, component);
            continue;
        };
        let (one, other) = (first.span, component.span);
        let node = |span| {
            let file = reader.files.file(span);
            reader.files.components.get(&(file, section, name))
        };
        if !node(one).zip(node(other)).is_some_and(|(a, b)| same(a, b)) {
            let message = format!("`{name}` of `{section}` is described in two files");
            let problem = Diagnostic::new(Code::Files, other, message).label("again here");
            let help = "rename one of the two, or describe it in one file and refer to it: \
                `FILE#/components/…`";
            reader
                .problems
                .report(problem.context(one, "first here").help(help));
        }
    }
}

/// True when two values are written alike. References to the same name are.
fn same(a: &Node<'_>, b: &Node<'_>) -> bool {
    match (&a.kind, &b.kind) {
        (Kind::Mapping(a), Kind::Mapping(b)) => {
            let pairs = a.iter().zip(b);
            let mut pairs =
                pairs.map(|((key, a), (other, b))| key.text == other.text && same(a, b));
            a.len() == b.len() && pairs.all(|same| same)
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
fn same_path<'n>(
    reader: &Reader<'n>,
    item: &mut PathItem<'n>,
    mut more: PathItem<'n>,
    shared: &Section<'n, Parameter<'n>>,
) {
    hand_down(item, shared);
    hand_down(&mut more, shared);
    for operation in more.operations {
        let method = operation.method;
        let first = item
            .operations
            .iter()
            .find(|o| o.method.value == method.value);
        if let Some(first) = first {
            let (method, path) = (method.value.as_str(), item.path.value);
            let message = format!("{method} {path} is described in two files");
            let problem = Diagnostic::new(Code::Files, operation.method.span, message)
                .label("again here")
                .context(first.method.span, "first here")
                .help("remove one of the two");
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
            RefOr::Value(value) => Some(value),
            RefOr::Reference(target) => {
                shared.get(target.value.strip_prefix("#/components/parameters/")?)
            }
        };
        parameter.map(|found| (found.value.name.value, found.value.location))
    };
    let parameters = std::mem::take(&mut item.parameters);
    for operation in &mut item.operations {
        let own: Vec<_> = operation.parameters.iter().map(key).collect();
        let inherited = parameters
            .iter()
            .filter(|inherited| !own.contains(&key(inherited)));
        operation.parameters.extend(inherited.cloned());
    }
}
