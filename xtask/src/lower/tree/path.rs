//! Path templates: their segments, and the arguments that their parameters become.

use super::super::names::{self, Case, camel, rust_name};
use super::super::parameters::{one_value, twice};
use super::super::{Lower, docs, resolve};
use super::methods::word;
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

impl<'n> Segment<'n> {
    /// The name of the parameter that it is.
    fn parameter(&self) -> Option<&'n str> {
        match self {
            Self::Fixed(_) => None,
            Self::Parameter(name) => Some(name),
        }
    }
}

/// The parts of a path template.
pub fn segments<'n>(
    lower: &mut Lower<'_, 'n, '_>,
    path: Text<'n>,
) -> Option<Vec<Segment<'n>>> {
    let mut segments = Vec::new();
    let rest = path.value.strip_prefix('/').unwrap_or(path.value);
    for part in rest.split('/') {
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
        Segment::Fixed(part) if camel(word(part)).is_empty() => {
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
        Segment::Fixed(part)
            if part.contains(['?', '#', '%', '"', '<', '>', '\\', '|', '`']) =>
        {
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
    let mut declared =
        |list| self::declared(lower, item.path, segments, list, &mut arguments);
    let shared = declared(&item.parameters);
    let own: Vec<_> = item
        .operations
        .iter()
        .map(|o| declared(&o.parameters))
        .collect();
    for name in segments.iter().filter_map(Segment::parameter) {
        let by_all = !own.is_empty() && own.iter().all(|own| own.contains_key(name));
        if !by_all && !shared.contains_key(name) {
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
    let arguments = arguments.into_iter();
    arguments
        .map(|(name, (argument, _))| (name, argument))
        .collect()
}

/// The names of the path parameters in a list and where they stand; what they become is added to
/// the arguments.
fn declared<'d, 'n>(
    lower: &mut Lower<'d, 'n, '_>,
    path: Text<'n>,
    segments: &[Segment<'n>],
    list: &'d [OrRef<'n, Parameter<'n>>],
    arguments: &mut HashMap<&'n str, (Argument, Span)>,
) -> HashMap<&'n str, Option<Span>> {
    let mut names = HashMap::new();
    for written in list {
        let named = &lower.document.components.parameters;
        let found = resolve::or_ref(lower.reader, named, "parameters", written);
        let Some(At {
            value: parameter,
            span,
        }) = found
        else {
            // It could have been any of them, and is reported already.
            let any = segments.iter().filter_map(Segment::parameter);
            names.extend(any.map(|name| (name, None)));
            continue;
        };
        if parameter.location.value != ParameterLocation::Path {
            continue;
        }
        let name = parameter.name.value;
        let place = written.span();
        if let Some(Some(first)) = names.insert(name, Some(place)) {
            twice(lower.reader, name, place, first);
        }
        if !segments.contains(&Segment::Parameter(name)) {
            let message = format!("`{name}` is no parameter of `{}`", path.value);
            let help =
                format!("write `{{{name}}}` in the path, or remove the parameter");
            let problem = Diagnostic::new(Code::PathParameter, *span, message)
                .context(path.span, "the path")
                .help(help);
            lower.reader.report(problem);
        } else if let Some(argument) = argument(lower, parameter) {
            // Operations of a path share the method that takes it.
            let (before, first) = arguments
                .entry(name)
                .or_insert_with(|| (argument.clone(), place));
            same_parameter(lower, (before, *first), &argument, place);
        }
    }
    names
}

fn argument<'d, 'n>(
    lower: &mut Lower<'d, 'n, '_>,
    parameter: &'d Parameter<'n>,
) -> Option<Argument> {
    let text = parameter.rust_name.unwrap_or(parameter.name);
    let name = rust_name(lower.reader, text, Case::Snake, "x-rust-name: NAME");
    let schema = parameter.schema.as_ref()?;
    let ty = one_value(lower.nameless_type(schema, parameter.name)?);
    let Some(ty) = ty.filter(|ty| *ty != Type::Bool) else {
        let message = format!(
            "the path parameter `{}` is neither text nor number",
            text.value
        );
        let help = "give it a schema of text, a number or an enumeration";
        lower
            .reader
            .error(Code::PathParameter, schema.span, message, help);
        return None;
    };
    let docs = docs::lines(lower.reader.level, parameter.description, "");
    Some(Argument {
        name: names::argument(&name),
        docs,
        deprecated: parameter.deprecated,
        ty,
        rust_type: None,
    })
}

/// Reports a parameter that is not the same as where the same segment stood before.
pub fn same_parameter(
    lower: &mut Lower<'_, '_, '_>,
    (before, first): (&Argument, Span),
    argument: &Argument,
    span: Span,
) {
    if before.name != argument.name || before.ty != argument.ty {
        let message = format!(
            "the parameter is `{}` here and `{}` elsewhere, or of another type",
            argument.name, before.name
        );
        let problem = Diagnostic::new(Code::PathParameter, span, message)
            .context(first, "the first")
            .help("name and type it alike; both lead to one method");
        lower.reader.report(problem);
    }
}
