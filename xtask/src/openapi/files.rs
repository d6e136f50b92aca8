//! The files of a description, and the references between them.

use crate::diagnostics::{Code, Problems, Source, Span, Spanned};
use crate::yaml::{Entry, Node};
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

#[derive(Debug, Default)]
pub struct Files<'n, 'r> {
    names: Vec<&'r str>,
    roots: &'r [Node<'n>],
    /// The components by file, section and name.
    pub components: HashMap<(usize, &'n str, &'n str), &'r Entry<'n>>,
}

impl<'n, 'r> Files<'n, 'r> {
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

    /// The sections of `components` in a file.
    fn sections(&self, file: usize) -> &'r [Entry<'n>] {
        let components = self.roots.get(file).and_then(|root| root.get("components"));
        components.map_or(&[], Node::entries)
    }

    /// The file of a span. Spans of an overlay count as the first file.
    pub fn file(&self, span: Span) -> usize {
        let file = span.source as usize;
        if file < self.names.len() { file } else { 0 }
    }

    /// The component of a pointer.
    fn at(&self, file: usize, pointer: &str) -> Option<&'r Entry<'n>> {
        let (section, name) = parts(pointer)?;
        self.components.get(&(file, section, name)).copied()
    }

    /// The section of a pointer, and the components of that name in all files.
    pub fn all(&self, pointer: &'n str) -> Option<(&'n str, Vec<&'r Entry<'n>>)> {
        let files = 0..self.names.len();
        let found = files.filter_map(|file| self.at(file, pointer)).collect();
        Some((parts(pointer)?.0, found))
    }

    /// The pointer of a reference: the components of all files share one namespace. Empty after the
    /// report of a reference that leads nowhere.
    pub fn target(&self, reference: Spanned<&'n str>, problems: &Problems) -> Spanned<&'n str> {
        let Some((file, _)) = reference.value.split_once('#') else {
            return reference;
        };
        let (pointer, span) = (&reference.value[file.len()..], reference.span);
        let found = self.file_of(file, span, problems);
        let found = found.and_then(|other| self.has(reference, other, problems));
        let pointer = found.map(|()| pointer).unwrap_or_else(|(message, help)| {
            problems.error(Code::DanglingReference, span, message, help);
            ""
        });
        Spanned::new(pointer, span)
    }

    /// The file that a reference names, or the error.
    fn file_of(&self, file: &str, span: Span, problems: &Problems) -> Result<usize, Words> {
        let from = self.file(span);
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
        let path = Path::new(self.names.get(from).copied().unwrap_or_default());
        let path = plain(&path.with_file_name(file));
        let is_it = |known: &&str| plain(Path::new(known)) == path;
        if let Some(at) = self.names.iter().position(is_it) {
            return Ok(at);
        }
        let otherwise = format!("add the file with `--spec {}`", path.display());
        let known = self.names.iter().filter_map(|name| last_part(name));
        let help = problems.suggest(file, known, otherwise);
        Err((format!("the file `{file}` is not part of this spec"), help))
    }

    /// Checks that a file has the component of a reference. Unknown sections are reported later.
    fn has(&self, to: Spanned<&str>, other: usize, problems: &Problems) -> Result<(), Words> {
        let (file, pointer) = to.value.split_at(to.value.find('#').unwrap_or(0));
        let Some((section, key)) = parts(pointer) else {
            return Ok(());
        };
        let has = |file: &usize| self.at(*file, pointer).is_some();
        let elsewhere = (0..self.names.len()).find(has);
        // An overlay may refer to a component of any file.
        let is_overlay = to.span.source as usize >= self.names.len();
        if has(&other) || (is_overlay && elsewhere.is_some()) {
            return Ok(());
        }
        if let Some(name) = elsewhere.and_then(|file| last_part(self.names[file])) {
            let message = format!("this file has no `{pointer}`");
            return Err((message, format!("write `{name}{pointer}`")));
        }
        let mut sections = self.sections(other).iter();
        let known = sections.clone().filter(|(known, _)| known.value == section);
        let known = known.flat_map(|(_, node)| node.entries());
        let known = known.map(|(name, _)| name.value);
        let near = problems.nearest(key, known);
        let has_key = |section: &str| self.components.contains_key(&(other, section, key));
        let help = match (near, sections.find(|(section, _)| has_key(section.value))) {
            (Some(near), _) => format!("write `{file}#/components/{section}/{near}`"),
            (_, Some((known, _))) => format!("write `{file}#/components/{}/{key}`", known.value),
            _ => format!("add `{key}` to `components.{section}`, or refer to another"),
        };
        let of = if file.is_empty() {
            String::new()
        } else {
            format!(" of `{file}`")
        };
        Err((format!("`components.{section}`{of} has no `{key}`"), help))
    }
}

/// A value, or a reference to a component.
#[derive(Clone, Debug)]
pub enum RefOr<'n, T> {
    /// The value, in a box because references are far more frequent and much smaller.
    Value(Box<Spanned<T>>),
    /// The pointer of `$ref`: `#/components/SECTION/NAME`.
    Reference(Spanned<&'n str>),
}

impl<T> RefOr<'_, T> {
    pub fn span(&self) -> Span {
        match self {
            Self::Value(value) => value.span,
            Self::Reference(reference) => reference.span,
        }
    }

    /// The value, unless this is a reference.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(&value.value),
            Self::Reference(_) => None,
        }
    }
}

/// A message and its help.
pub type Words = (String, String);

/// The section and the name in `#/components/SECTION/NAME`.
pub fn parts(pointer: &str) -> Option<(&str, &str)> {
    pointer.strip_prefix("#/components/")?.split_once('/')
}

fn last_part(path: &str) -> Option<&str> {
    Path::new(path).file_name()?.to_str()
}

/// A path without `.` segments.
fn plain(path: &Path) -> PathBuf {
    let parts = path.components();
    parts.filter(|part| *part != Component::CurDir).collect()
}
