//! Path templates: their segments, and the arguments that their parameters become.

use super::super::names::{self, Case, camel, rust_name};
use super::super::types::Site;
use super::super::{Lower, docs, resolve};
use super::Known;
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{Argument, Type};
use crate::spec::document::{OrRef, Parameter, ParameterLocation, PathItem};
use crate::spec::fields::{At, Text};
use crate::spec::node::Span;
use std::collections::HashMap;

/// A part of a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Segment<'n> {
    /// As it stands.
    Fixed(&'n str),
    /// The name of a parameter.
    Parameter(&'n str),
}

/// The parts of a path template.
pub fn segments<'n>(
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
        if let Some(problem) = problem(segment, segments.last()) {
            let message = format!("the path `{}` has {problem}", path.value);
            let help =
                "write fixed segments, and `{name}` as a whole segment behind one";
            lower
                .reader
                .error(Code::Unsupported, path.span, message, help);
            return None;
        }
        segments.push(segment);
    }
    Some(segments)
}

/// What is wrong with a segment, given the one before it.
fn problem(segment: Segment<'_>, before: Option<&Segment<'_>>) -> Option<&'static str> {
    match segment {
        Segment::Fixed("" | "." | "..") => Some("an empty segment, `.` or `..`"),
        Segment::Fixed(part) if camel(part).is_empty() => {
            Some("a segment without a letter")
        }
        Segment::Fixed(part) if part.contains(['{', '}']) => {
            Some("a parameter that is only a part of a segment")
        }
        Segment::Fixed(part) | Segment::Parameter(part)
            if !part.bytes().all(|b| b.is_ascii_graphic()) =>
        {
            Some("a character that belongs in no path")
        }
        Segment::Fixed(part) if part.contains(['?', '#', '%', '"', '<', '>', '\\']) => {
            Some("a character that belongs in no path")
        }
        Segment::Parameter(_) if !matches!(before, Some(Segment::Fixed(_))) => {
            Some("a parameter that no fixed segment precedes")
        }
        _ => None,
    }
}

/// The first `count` segments of a path.
pub fn prefix(path: &str, count: usize) -> &str {
    let end = path
        .match_indices('/')
        .nth(count)
        .map_or(path.len(), |(at, _)| at);
    &path[..end]
}

/// The arguments for the parameters of a path. Reports those that are missing or too many.
pub fn path_parameters<'d, 'n>(
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
    undeclared(lower, item, segments);
    arguments
}

/// Reports the parameters in a path that nothing declares.
fn undeclared<'n>(
    lower: &mut Lower<'_, 'n, '_>,
    item: &PathItem<'n>,
    segments: &[Segment<'n>],
) {
    for segment in segments {
        if let Segment::Parameter(name) = segment
            && !declares(lower, item, name)
        {
            let message = format!("the path parameter `{name}` is not declared");
            let help = format!(
                "add `- {{name: {name}, in: path, required: true, schema: {{type: string}}}}` to \
                 the path's `parameters`"
            );
            lower
                .reader
                .error(Code::PathParameter, item.path.span, message, help);
        }
    }
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
    let site = Site::new("PathParameter", parameter.name);
    let ty = lower.type_of(schema, site)?;
    if !matches!(ty, Type::String | Type::Id(_) | Type::I32 | Type::I64) {
        let message = format!(
            "the path parameter `{}` is neither text nor number",
            text.value
        );
        let help = "give it a schema with `type: string` or `type: integer`";
        lower
            .reader
            .error(Code::PathParameter, schema.span, message, help);
        return None;
    }
    let docs = docs::lines(lower.reader.level, parameter.description, "");
    Some(Argument {
        name: names::argument(&name),
        docs,
        ty,
        rust_type: None,
    })
}

/// Reports a parameter that is not the same as in another path with the same beginning.
pub fn same_parameter(
    lower: &mut Lower<'_, '_, '_>,
    known: &Known,
    argument: &Option<Argument>,
    span: Span,
) {
    if let (Some(before), Some(argument)) = (&known.argument, argument)
        && (before.name != argument.name || before.ty != argument.ty)
    {
        let message = format!(
            "the parameter is `{}` here and `{}` in another path, or of another type",
            argument.name, before.name
        );
        let problem = Diagnostic::new(Code::PathParameter, span, message)
            .context(known.span, "the other path")
            .help("name and type it alike; the paths share one method");
        lower.reader.report(problem);
    }
}
