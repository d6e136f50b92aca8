//! Parameters of paths, queries and headers.

use super::Context;
use super::docs;
use super::names::{Case, Scope, argument, rust_name};
use super::objects::checked_type;
use super::paths;
use crate::diagnostics::{Code, Span, Spanned};
use crate::ir::{Field, Location, Type};
use crate::openapi::{self, Operation, ParameterLocation, PathItem};
use std::collections::{HashMap, HashSet};

/// The headers that OpenAPI ignores as parameters.
const IGNORED: &str = "accept authorization content-type";

/// The headers that the client sets by itself.
const OWN: &str = "accept-encoding connection content-encoding content-length expect host \
    http2-settings keep-alive proxy-authorization proxy-connection te trailer transfer-encoding";

fn is_one_of(headers: &str, name: &str) -> bool {
    headers
        .split(' ')
        .any(|header| header.eq_ignore_ascii_case(name))
}

/// Lowers the parameters of the query and of headers: the required ones, and the optional ones.
pub fn parameters<'d>(
    cx: &Context<'d>,
    operation: &'d Operation<'d>,
    names: &mut Scope,
) -> (Vec<Field>, Vec<Field>) {
    let shared = &cx.document.components.parameters;
    let (mut fields, mut seen) = (Vec::new(), HashSet::new());
    for written in &operation.parameters {
        let Some(Spanned { value, .. }) = cx.value(shared, "parameters", written) else {
            continue;
        };
        let is_sent = value.location != ParameterLocation::Path && is_sent(cx, value);
        // A repeated parameter was reported.
        if is_sent && seen.insert((value.name.value, value.location)) {
            let text = value.rust_name.unwrap_or(value.name);
            let given = value.rust_name.is_some();
            let name = names.take(cx, name(cx, value), text, "parameter", given);
            fields.extend(field(cx, value, name));
        }
    }
    fields.into_iter().partition(|field| field.required)
}

/// The Rust name of a parameter.
fn name(cx: &Context<'_>, parameter: &openapi::Parameter<'_>) -> String {
    let text = parameter.rust_name.unwrap_or(parameter.name);
    let case = match parameter.location {
        ParameterLocation::Path => Case::Snake,
        _ => Case::Option,
    };
    let name = rust_name(cx, text, case, "x-rust-name: NAME");
    let is_argument = parameter.required || case == Case::Snake;
    if is_argument { argument(name) } else { name }
}

/// The argument or option of a parameter. Reports a type that has no text form.
fn field<'d>(
    cx: &Context<'d>,
    parameter: &'d openapi::Parameter<'d>,
    name: String,
) -> Option<Field> {
    let schema = parameter.schema.as_ref()?;
    let ty = checked_type(cx, schema, parameter.name)?;
    let exploded = matches!(ty, Type::List(_)) && parameter.exploded;
    let wire = parameter.name.value;
    let otherwise = format!("The parameter `{wire}`.");
    let location = match parameter.location {
        ParameterLocation::Path => Location::Path,
        ParameterLocation::Query => Location::Query { exploded },
        ParameterLocation::Header => Location::Header,
    };
    let is_path = location == Location::Path;
    let otherwise = if is_path { "" } else { &otherwise };
    let ty = match ty.without_null() {
        _ if parameter.is_json => Some(Type::String),
        Type::List(item) if !is_path => one_value(*item).map(|_| Type::List(Box::default())),
        ty => one_value(ty),
    };
    if ty.is_none() {
        let list = ", an enumeration, or a list of one of these";
        let (code, path, last) = match location {
            Location::Path => (Code::PathParameter, "path ", " or an enumeration"),
            _ => (Code::Unsupported, "", list),
        };
        let text = parameter.rust_name.unwrap_or(parameter.name).value;
        let message = format!("the {path}parameter `{text}` cannot be written as text");
        let help = format!("give it a schema of text, a number, a boolean{last}");
        cx.error(code, schema.span, message, help);
    }
    Some(Field {
        name,
        wire: wire.to_owned(),
        location,
        docs: docs::lines(cx.strictness, parameter.description, otherwise),
        ty: ty?,
        required: parameter.required,
        deprecated: parameter.deprecated,
        ..Field::default()
    })
}

/// True unless the parameter is a header that callers cannot set: OpenAPI ignores it, the client
/// sets it, or its name is invalid. The last two are reported in strict mode, and when it is
/// required.
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

/// The type that callers pass for one value; `None` when the type has no text form. Values of an
/// enumeration are passed as text, so that unknown values are possible.
fn one_value(ty: Type) -> Option<Type> {
    match ty {
        Type::String | Type::Bool | Type::I32 | Type::I64 | Type::U64 | Type::Id(_) => Some(ty),
        Type::Enum(_) | Type::Json | Type::DateTime | Type::Duration => Some(Type::String),
        Type::F64 | Type::Decimal => Some(Type::String),
        _ => None,
    }
}

/// The arguments for the parameters of a path. Reports missing, unknown and repeated parameters.
pub fn path_parameters<'d>(
    cx: &Context<'d>,
    item: &'d PathItem<'d>,
    segments: &[&'d str],
) -> HashMap<&'d str, Spanned<Field>> {
    let shared = &cx.document.components.parameters;
    let names: Vec<_> = segments
        .iter()
        .flat_map(|one| paths::parameters(one))
        .collect();
    let mut arguments: HashMap<_, Spanned<Field>> = HashMap::new();
    for operation in &item.operations {
        let (mut seen, mut missing) = (HashMap::new(), names.clone());
        for written in &operation.parameters {
            let span = written.span();
            let Some(found) = cx.value(shared, "parameters", written) else {
                // The unresolved reference, which was reported, may be any of them.
                missing.clear();
                continue;
            };
            let name = found.value.name.value;
            if let Some(first) = seen.insert((name, found.value.location), span) {
                let message = format!("the parameter `{name}` is declared twice");
                let spans = [(span, "the second"), (first, "the first")];
                let problems = cx.problems;
                problems.clash(Code::NameClash, spans, message, "remove one of the two");
            }
            if found.value.location != ParameterLocation::Path {
                continue;
            }
            missing.retain(|missing| *missing != name);
            if !names.contains(&name) {
                let message = format!("`{name}` is not a parameter of `{}`", item.path.value);
                let help = format!("write `{{{name}}}` in the path, or remove the parameter");
                let spans = [(found.span, ""), (item.path.span, "the path")];
                cx.problems.clash(Code::PathParameter, spans, message, help);
            } else if let Some(argument) = field(cx, &found.value, self::name(cx, &found.value)) {
                // All operations of a path share one method with the argument.
                let first = || Spanned::new(argument.clone(), span);
                let first = arguments.entry(name).or_insert_with(first);
                same_parameter(cx, (&first.value, first.span), (&argument, span));
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

/// Reports a parameter that differs from the one of the same segment in another path. In lenient
/// mode the first name is used.
pub fn same_parameter(cx: &Context<'_>, first: (&Field, Span), other: (&Field, Span)) {
    let ((first, first_span), (other, span)) = (first, other);
    let (here, there) = (&other.wire, &first.wire);
    let message = if first.ty != other.ty {
        Some(format!("`{here}` has a different type in another path"))
    } else if cx.is_strict() && first.name != other.name {
        Some(format!("`{here}` is called `{there}` in another path"))
    } else {
        None
    };
    if let Some(message) = message {
        let help = "use the same name and type in both paths; they share one Rust method";
        let spans = [(span, ""), (first_span, "the first")];
        cx.problems.clash(Code::PathParameter, spans, message, help);
    }
}
