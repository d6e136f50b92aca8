//! Rust types of schemas: one that exists already, or a generated one with its name.

use super::context::Context;
use super::names::{Case, Named, Scope, camel, rust_name};
use super::schemas::{Component, Shape, alternatives, shape};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::Type;
use crate::openapi::{Primitive, Schema, Spanned};
use std::collections::HashMap;

/// How many components may refer from one to the next.
const MAX_CHAIN: usize = 48;

/// An inline schema for which a type is generated. Its items are lowered by the caller.
pub struct Inline<'d> {
    pub name: String,
    /// The schema: an object or an enumeration.
    pub schema: &'d Schema<'d>,
}

/// The name for the type of an inline schema.
#[derive(Clone, Copy, Debug)]
pub struct Naming<'a> {
    /// The Rust name of the type that holds it, and of the property.
    pub name: &'a str,
    /// The name in the description.
    pub source: Spanned<&'a str>,
}

impl<'a> Naming<'a> {
    pub fn new(name: &'a str, source: Spanned<&'a str>) -> Self {
        Self { name, source }
    }
}

/// Names all components and finds the type of each. Returns the inline types of those that only
/// refer to another type, by component.
pub fn name_components<'d>(
    cx: &mut Context<'d>,
    names: &mut Scope,
) -> HashMap<&'d str, Inline<'d>> {
    let mut generated: Vec<_> = cx.schemas.iter().collect();
    generated.sort_by_key(|component| component.name.matches('.').count());
    let mut types = HashMap::new();
    for component in generated {
        let ty = match component.shape {
            Shape::Object => Type::Object,
            Shape::Enum => Type::Enum,
            Shape::Id => Type::Id,
            _ => continue,
        };
        let name = component_name(cx, names, component);
        types.insert(component.name, Some(ty(name)));
    }
    cx.types = types;
    let mut inline = HashMap::new();
    for at in 0..cx.schemas.len() {
        name_alias(cx, names, at, &mut inline);
    }
    inline
}

/// The Rust name of a component with a type of its own.
///
/// `microsoft.graph.presence` is `Presence`. Where two end alike, the one with fewer parts has the
/// short name, and the other takes a part more.
fn component_name(cx: &Context<'_>, names: &mut Scope, component: &Component<'_>) -> String {
    let source = Spanned::new(component.name, component.span);
    let mut parts = 1;
    let name = loop {
        let value = last_parts(component.name, parts);
        let given = component.schema.rust_name;
        let text = given.unwrap_or(Spanned::new(value, component.span));
        let name = rust_name(cx, text, Case::Type, "x-rust-name: NAME");
        if value.len() == component.name.len() || given.is_some() || !names.has(&name) {
            break name;
        }
        parts += 1;
    };
    names.claim(cx.problems, &name, source, Named::Schema);
    name
}

/// Finds the type of a component that only refers to another, after those that it refers to.
fn name_alias<'d>(
    cx: &mut Context<'d>,
    names: &mut Scope,
    start: usize,
    inline: &mut HashMap<&'d str, Inline<'d>>,
) {
    let (chain, problem) = alias_chain(cx, start);
    let is_broken = problem.is_some();
    if let Some(problem) = problem {
        cx.problems.report(problem);
    }
    for component in chain.iter().rev().filter_map(|at| cx.schemas.at(*at)) {
        let name = component.name;
        if let Some(text) = component.schema.rust_name {
            let message = format!("`{name}` only refers to another schema and needs no name");
            cx.error(Code::Extension, text.span, message, "remove `x-rust-name`");
        }
        let type_name = camel(last_parts(name, 1));
        let naming = Naming::new(&type_name, Spanned::new(name, component.span));
        let found = if is_broken {
            None
        } else {
            type_of(cx, Some(names), component.schema, naming)
        };
        let (ty, generated) = found.map_or((None, None), |(ty, inline)| (Some(ty), inline));
        inline.extend(generated.map(|generated| (name, generated)));
        cx.types.insert(name, ty);
    }
}

/// The positions of the components without a type yet, from one to those that it refers to, and
/// the problem that leaves all of them without a type.
fn alias_chain(cx: &Context<'_>, start: usize) -> (Vec<usize>, Option<Diagnostic>) {
    let mut chain = Vec::new();
    let mut next = Some((start, None));
    while let Some((at, reference)) = next.take() {
        let Some(component) = cx.schemas.at(at) else {
            break;
        };
        let (name, span) = (component.name, component.span);
        if cx.types.contains_key(name) {
            break;
        } else if chain.contains(&at) {
            let message = format!("`{name}` refers only to itself, in a cycle");
            let help = "give it a `type`, and refer to itself from a property at most";
            let problem = Diagnostic::new(Code::Cycle, reference.unwrap_or(span), message);
            let problem = problem.context(span, "it is defined here");
            return (chain, Some(problem.help(help)));
        } else if chain.len() == MAX_CHAIN {
            let message = "this schema refers through too many others";
            let help = format!("let at most {MAX_CHAIN} schemas refer to one another in a chain");
            let problem = Diagnostic::new(Code::Limit, span, message).help(help);
            return (chain, Some(problem));
        }
        chain.push(at);
        if let Some(reference) = depends_on(component.schema) {
            let target = cx.schemas.position(reference);
            next = target.map(|at| (at, Some(reference.span)));
        }
    }
    (chain, None)
}

/// The reference that decides the type of a schema that has no type of its own.
fn depends_on<'d>(mut schema: &'d Schema<'d>) -> Option<Spanned<&'d str>> {
    loop {
        schema = match shape(schema) {
            Shape::Reference(reference) => return Some(reference),
            Shape::Same(only) | Shape::List(Some(only)) => only,
            Shape::AnyOf(any_of) => match alternatives(&any_of.value)[..] {
                [only] => only,
                _ => return None,
            },
            _ => return None,
        };
    }
}

/// The last parts of a dotted name.
fn last_parts(name: &str, count: usize) -> &str {
    let dot = name.rmatch_indices('.').nth(count - 1);
    &name[dot.map_or(0, |(at, _)| at + 1)..]
}

/// The type of a schema, and the inline schema for which it is generated. Without `names` no type
/// is generated: the schema is only checked.
pub fn type_of<'d>(
    cx: &Context<'d>,
    names: Option<&mut Scope>,
    schema: &'d Schema<'d>,
    naming: Naming<'_>,
) -> Option<(Type, Option<Inline<'d>>)> {
    match shape(schema) {
        Shape::Reference(reference) => Some((cx.component_type(reference)?, None)),
        Shape::Same(only) => type_of(cx, names, only, naming),
        Shape::AnyOf(any_of) => type_of(cx, names, alternative(cx, any_of)?, naming),
        Shape::Id => Some((Type::String, None)),
        Shape::Object => {
            let inline = inline(names, schema, naming);
            Some((Type::Object(inline.name.clone()), Some(inline)))
        }
        Shape::Enum => {
            let is_generated = names.is_some();
            let inline = inline(names, schema, naming);
            let ty = Type::Enum(inline.name.clone());
            Some((ty, is_generated.then_some(inline)))
        }
        Shape::List(Some(items)) => {
            let name = format!("{}Item", naming.name);
            let naming = Naming::new(&name, naming.source);
            let (item, inline) = type_of(cx, names, items, naming)?;
            let nullable = cx.schemas.is_nullable(items);
            let item = if nullable {
                Type::Option(Box::new(item))
            } else {
                item
            };
            Some((Type::List(Box::new(item)), inline))
        }
        Shape::List(None) => {
            let help = "add `items: {…}`, the schema of one item";
            cx.error(
                Code::MissingKey,
                schema.span,
                "`type: array` without `items`",
                help,
            );
            None
        }
        Shape::Value(primitive) => Some((value_type(cx, schema, primitive)?, None)),
        Shape::Untyped => {
            if !schema.broken {
                let message = "this schema has no `type`";
                let help = "add `type: …`, or refer to another with `$ref`";
                cx.error(Code::MissingKey, schema.span, message, help);
            }
            None
        }
    }
}

fn inline<'d>(names: Option<&mut Scope>, schema: &'d Schema<'d>, naming: Naming<'_>) -> Inline<'d> {
    let name = naming.name.to_owned();
    let name = match names {
        Some(names) => names.generated(name, "Type", naming.source),
        None => name,
    };
    Inline { name, schema }
}

/// The one schema that decides the type of `anyOf`.
fn alternative<'d>(
    cx: &Context<'d>,
    any_of: &'d Spanned<Vec<Schema<'d>>>,
) -> Option<&'d Schema<'d>> {
    let real = alternatives(&any_of.value);
    if let [only] = real[..] {
        return Some(only);
    }
    // Graph's way to write a number that may also be `NaN` or `INF`.
    let is_number = |schema: &&&Schema<'_>| schema.primitive == Some(Primitive::Number);
    let number = real.iter().find(is_number);
    let fits = |schema: &&'d Schema<'d>| {
        let target = cx.schemas.target(cx.problems, schema);
        let primitive = target.map(|target| target.primitive);
        primitive.is_none_or(|p| matches!(p, Some(Primitive::Number | Primitive::String)))
    };
    if number.is_some() && real.iter().all(fits) {
        return number.copied();
    }
    let message = "`anyOf` with several possibilities is not supported";
    let help = "write `anyOf: [{$ref: …}, {type: object, nullable: true}]` for an optional \
        object, or describe one object with all properties as optional ones";
    cx.error(Code::Unsupported, any_of.span, message, help);
    None
}

/// The type of a value that is neither an object nor a list. In a document of somebody else an
/// unknown format is a hint that changes nothing.
fn value_type(cx: &Context<'_>, schema: &Schema<'_>, primitive: Primitive) -> Option<Type> {
    let format = schema.format.map_or("", |format| format.value);
    let ty = formatted(primitive, format);
    if ty.is_some() || !cx.is_strict() {
        return ty.or_else(|| formatted(primitive, ""));
    }
    let span = schema.format.map_or(schema.span, |format| format.span);
    let message = format!("the format `{format}` is not supported here");
    let help = "possible: `duration`, `date-time`, `uuid`, `date`, `time`, `byte`, \
        `base64url`, `uri` of a string; `int32`, `int64` of an integer; `double` of a \
        number; a boolean has no format";
    cx.error(Code::Unsupported, span, message, help);
    None
}

/// The type of a value with a format; none for an unknown format.
fn formatted(primitive: Primitive, format: &str) -> Option<Type> {
    use Primitive::{Array, Boolean, Integer, Number, Object, String};
    Some(match (primitive, format) {
        (Boolean, "") => Type::Bool,
        (String, "duration") => Type::Duration,
        (String, "date-time") => Type::DateTime,
        (String, "" | "uuid" | "date" | "time" | "byte" | "base64url" | "uri") => Type::String,
        (Integer, "" | "int64") | (Number, "int64") => Type::I64,
        (Integer | Number, "int8" | "uint8" | "int16" | "int32") => Type::I32,
        (Number, "" | "float" | "double" | "decimal") => Type::F64,
        (Object | Array | Boolean | String | Integer | Number, _) => return None,
    })
}
