//! Finds what a `$ref` refers to.

use crate::diagnostics::{Code, Diagnostic};
use crate::spec::document::{Document, Named, OrRef};
use crate::spec::fields::{At, Reader, Text};
use crate::spec::schema::Schema;

/// How many references may lead from one to the next before something real comes.
const MAX_CHAIN: usize = 32;

/// What a reference refers to, and its name. Reports a reference to nothing.
pub fn component<'d, 'n, T>(
    reader: &mut Reader,
    named: &'d Named<'n, T>,
    section: &str,
    reference: Text<'n>,
) -> Option<(&'n str, &'d At<T>)> {
    let prefix = format!("#/components/{section}/");
    let Some(name) = reference.value.strip_prefix(&prefix) else {
        let message = format!(
            "`{}` is no reference to one of `{section}`",
            reference.value
        );
        let help =
            format!("write `{prefix}NAME`; other files and other places are not read");
        reader.error(Code::DanglingReference, reference.span, message, help);
        return None;
    };
    if let Some((_, key, value)) = named.get_full(name) {
        return Some((key, value));
    }
    let message = format!("there is no `{name}` among `components.{section}`");
    let help = match reader.nearest(name, named.keys().copied()) {
        Some(near) => format!("write `{prefix}{near}`"),
        None => format!("add `{name}` to `components.{section}`, or refer to another"),
    };
    reader.error(Code::DanglingReference, reference.span, message, help);
    None
}

/// The thing itself, wherever it stands.
pub fn or_ref<'d, 'n, T>(
    reader: &mut Reader,
    named: &'d Named<'n, T>,
    section: &str,
    thing: &'d OrRef<'n, T>,
) -> Option<&'d At<T>> {
    match thing {
        OrRef::Here(value) => Some(value),
        OrRef::Ref(reference) => {
            component(reader, named, section, *reference).map(|(_, value)| value)
        }
    }
}

/// The schema behind references, and the name of the last one. Reports circles.
pub fn schema<'d, 'n>(
    reader: &mut Reader,
    document: &'d Document<'n>,
    schema: &'d Schema<'n>,
) -> Option<(Option<&'n str>, &'d Schema<'n>)> {
    let mut found = schema;
    let mut name = None;
    for _ in 0..MAX_CHAIN {
        let Some(reference) = found.reference else {
            return Some((name, found));
        };
        let (key, target) =
            component(reader, &document.components.schemas, "schemas", reference)?;
        name = Some(key);
        found = &target.value;
    }
    let message = "these references lead in a circle";
    let help = "let the last one be a schema with a `type`";
    let span = found
        .reference
        .map_or(found.span, |reference| reference.span);
    let mut problem = Diagnostic::new(Code::Circle, span, message).help(help);
    if found.span != span {
        problem = problem.context(found.span, "this refers on");
    }
    reader.report(problem);
    None
}
