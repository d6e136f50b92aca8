//! Parameters: in the path, the query and headers.

use super::Context;
use super::docs;
use super::names::{Case, Named, Scope, argument, rust_name};
use super::objects::checked_type;
use super::paths::Segment;
use crate::diagnostics::{Code, Diagnostic, Problems, Span, Spanned};
use crate::ir::{Field, Location, Type};
use crate::openapi::{self, Operation, ParameterLocation, PathItem};
use std::collections::{HashMap, HashSet};

/// The headers that OpenAPI describes elsewhere: as parameters they are ignored.
const IGNORED: &str = "accept authorization content-type";

/// The headers that the client sets itself.
const OWN: &str = "accept-encoding connection content-encoding content-length expect host \
    http2-settings keep-alive proxy-authorization proxy-connection te trailer transfer-encoding";

/// True for one of some headers.
fn is_one_of(headers: &str, name: &str) -> bool {
    headers
        .split(' ')
        .any(|header| header.eq_ignore_ascii_case(name))
}

/// Lowers the parameters of query and headers: first the required, then the optional ones.
pub fn parameters<'d>(
    cx: &Context<'d>,
    operation: &'d Operation<'d>,
    names: &mut Scope,
) -> (Vec<Field>, Vec<Field>) {
    let shared = &cx.document.components.parameters;
    let (mut required, mut optional) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    for written in &operation.parameters {
        let Some(found) = cx.value(shared, "parameters", written) else {
            continue;
        };
        let parameter = &found.value;
        let (name, location) = (parameter.name.value, parameter.location);
        let is_sent = location != ParameterLocation::Path && is_sent(cx, parameter);
        // One that is declared twice was reported.
        if !is_sent || !seen.insert((name, location)) {
            continue;
        }
        let list = if parameter.required {
            &mut required
        } else {
            &mut optional
        };
        list.extend(self::parameter(cx, parameter, names));
    }
    (required, optional)
}

fn parameter<'d>(
    cx: &Context<'d>,
    parameter: &'d openapi::Parameter<'d>,
    names: &mut Scope,
) -> Option<Field> {
    let text = parameter.rust_name.unwrap_or(parameter.name);
    let name = rust_name(cx, text, Case::Option, "x-rust-name: NAME");
    let name = if parameter.required {
        argument(&name)
    } else {
        name
    };
    let given = parameter.rust_name.is_some();
    let name = names.take(cx, name, text, Named::PARAMETER, given);
    let schema = parameter.schema.as_ref()?;
    let ty = checked_type(cx, schema, parameter.name)?;
    let exploded = matches!(ty, Type::List(_)) && parameter.exploded;
    let ty = match parameter.is_json {
        true => Some(Type::String),
        false => option_type(ty.without_null()),
    };
    if ty.is_none() {
        let message = format!("the parameter `{}` cannot be written as text", text.value);
        let help = "give it a schema of text, a number, a boolean, an enumeration, or a list of \
            one of these";
        cx.error(Code::Unsupported, schema.span, message, help);
    }
    let otherwise = format!("The parameter `{}`.", parameter.name.value);
    Some(Field {
        name,
        wire: parameter.name.value.to_owned(),
        location: match parameter.location {
            ParameterLocation::Header => Location::Header,
            _ => Location::Query { exploded },
        },
        docs: docs::lines(cx.strictness, parameter.description, &otherwise),
        ty: ty?,
        deprecated: parameter.deprecated,
        ..Field::default()
    })
}

/// False for a header that callers do not set: OpenAPI ignores it, the client sets it itself, or no
/// request can have it. Reports the last two in our own description, and one that is required.
fn is_sent(cx: &Context<'_>, parameter: &openapi::Parameter<'_>) -> bool {
    let Spanned { value: name, span } = parameter.name;
    let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    let is_header = parameter.location == ParameterLocation::Header;
    let (problem, is_wrong) = if !is_header || is_one_of(IGNORED, name) {
        return !is_header;
    } else if is_one_of(OWN, name) {
        ("is a header that the client sets by itself", cx.is_strict())
    } else if name.is_empty() || !name.bytes().all(is_token) {
        (
            "is not the name of a header",
            cx.is_strict() || parameter.required,
        )
    } else {
        return true;
    };
    if is_wrong {
        let message = format!("`{name}` {problem}");
        cx.error(Code::BadValue, span, message, "remove this parameter");
    }
    false
}

/// Reports a parameter that is in a list twice.
fn twice(problems: &Problems, name: &str, span: Span, first: Span) {
    let message = format!("the parameter `{name}` is declared twice");
    let problem = Diagnostic::new(Code::NameClash, span, message)
        .label("the second")
        .context(first, "the first")
        .help("remove one of the two");
    problems.report(problem);
}

/// The type that callers pass for a parameter; none for a type that has no text form. The values
/// of an enumeration are passed as text, so that values of tomorrow can be asked for.
fn option_type(ty: Type) -> Option<Type> {
    match ty {
        Type::List(item) => one_value(*item).map(|_| Type::List(Box::new(Type::String))),
        ty => one_value(ty),
    }
}

/// The same for a single value: its own type where that has only one text form.
fn one_value(ty: Type) -> Option<Type> {
    match ty {
        Type::String | Type::Bool | Type::I32 | Type::I64 | Type::U64 | Type::Id(_) => Some(ty),
        Type::Enum(_) | Type::Json | Type::DateTime | Type::Duration => Some(Type::String),
        Type::F64 | Type::Decimal => Some(Type::String),
        _ => None,
    }
}

/// The arguments for the parameters of a path. Reports those that are missing or too many, and any
/// parameter that an operation declares twice.
pub fn path_parameters<'d>(
    cx: &Context<'d>,
    item: &'d PathItem<'d>,
    segments: &[Segment<'d>],
) -> HashMap<&'d str, Spanned<Field>> {
    let shared = &cx.document.components.parameters;
    let names: Vec<_> = segments.iter().flat_map(|one| one.parameters()).collect();
    let mut arguments: HashMap<_, Spanned<Field>> = HashMap::new();
    for operation in &item.operations {
        let (mut seen, mut missing) = (HashMap::new(), names.clone());
        for written in &operation.parameters {
            let span = written.span();
            let Some(found) = cx.value(shared, "parameters", written) else {
                // This could have been any of them, and is reported already.
                missing.clear();
                continue;
            };
            let name = found.value.name.value;
            if let Some(first) = seen.insert((name, found.value.location), span) {
                twice(cx.problems, name, span, first);
            }
            if found.value.location != ParameterLocation::Path {
                continue;
            }
            missing.retain(|missing| *missing != name);
            if !names.contains(&name) {
                let message = format!("`{name}` is not a parameter of `{}`", item.path.value);
                let help = format!("write `{{{name}}}` in the path, or remove the parameter");
                let problem = Diagnostic::new(Code::PathParameter, found.span, message).help(help);
                let path = item.path.span;
                cx.problems.report(problem.context(path, "the path"));
            } else if let Some(argument) = path_argument(cx, &found.value) {
                // The operations of a path share the method that takes the argument.
                let first = || Spanned::new(argument.clone(), span);
                let first = arguments.entry(name).or_insert_with(first);
                same_parameter(cx, &first.value, first.span, &argument, span);
            }
        }
        for name in missing {
            let message = format!("the path parameter `{name}` is not declared");
            let help = format!(
                "add `- {{name: {name}, in: path, required: true, schema: {{type: string}}}}` to \
                 the path's `parameters`"
            );
            cx.error(Code::PathParameter, item.path.span, message, help);
        }
    }
    arguments
}

fn path_argument<'d>(cx: &Context<'d>, parameter: &'d openapi::Parameter<'d>) -> Option<Field> {
    let text = parameter.rust_name.unwrap_or(parameter.name);
    let name = rust_name(cx, text, Case::Snake, "x-rust-name: NAME");
    let schema = parameter.schema.as_ref()?;
    let ty = checked_type(cx, schema, parameter.name)?;
    let ty = match parameter.is_json {
        true => Some(Type::String),
        false => one_value(ty),
    };
    let Some(ty) = ty else {
        let message = format!(
            "the path parameter `{}` cannot be written as text",
            text.value
        );
        let help = "give it a schema of text, a number, a boolean or an enumeration";
        cx.error(Code::PathParameter, schema.span, message, help);
        return None;
    };
    Some(Field {
        name: argument(&name),
        wire: parameter.name.value.to_owned(),
        location: Location::Path,
        docs: docs::lines(cx.strictness, parameter.description, ""),
        deprecated: parameter.deprecated,
        ty,
        ..Field::default()
    })
}

/// Reports a parameter that differs from an earlier one of the same segment. In a document of
/// somebody else the names may differ: the first name counts.
pub fn same_parameter(
    cx: &Context<'_>,
    first: &Field,
    first_span: Span,
    argument: &Field,
    span: Span,
) {
    let (here, there) = (&argument.wire, &first.wire);
    let message = if first.ty != argument.ty {
        Some(format!("`{here}` has a different type in another path"))
    } else if cx.is_strict() && first.name != argument.name {
        Some(format!("`{here}` is called `{there}` in another path"))
    } else {
        None
    };
    if let Some(message) = message {
        let problem = Diagnostic::new(Code::PathParameter, span, message)
            .context(first_span, "the first")
            .help("use the same name and type in both paths; they share one Rust method");
        cx.problems.report(problem);
    }
}
