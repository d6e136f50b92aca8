//! Rust types of schemas: one that exists already, or a generated one with its name.

use super::Context;
use super::names::{Case, Named, Scope, camel, rust_name};
use super::schemas::{Component, Shape, alternatives, decisive, shape};
use crate::diagnostics::{Code, Span, Spanned};
use crate::ir::Type;
use crate::openapi::{Primitive, Schema};
use std::collections::HashMap;

/// The longest chain of components that refer to the next one.
const MAX_CHAIN: usize = 48;

/// An inline schema for which a type is generated. Its items are lowered by the caller.
pub struct Inline<'d> {
    pub name: String,
    /// The schema: an object or an enumeration.
    pub schema: &'d Schema<'d>,
}

/// The inline types of components that only refer to another type, by component.
pub type InlineTypes<'d> = HashMap<&'d str, Inline<'d>>;

/// Names all components and finds the type of each.
pub fn name_components<'d>(cx: &mut Context<'d>, names: &mut Scope) -> InlineTypes<'d> {
    let mut generated: Vec<_> = cx.schemas.components.values().collect();
    generated.sort_by_key(|component| component.name.matches('.').count());
    let mut types = HashMap::new();
    for component in generated {
        let ty = match component.shape {
            Shape::Object => Type::Object,
            Shape::Enum => Type::Enum,
            Shape::Id => Type::Id,
            _ => continue,
        };
        let ty = ty(component_name(cx, names, component));
        types.insert(component.name, Some(ty));
    }
    cx.types = types;
    let mut inline = HashMap::new();
    for at in 0..cx.schemas.components.len() {
        name_alias(cx, names, (at, None), &mut Vec::new(), &mut inline);
    }
    inline
}

/// The Rust name of a component with a type of its own.
///
/// `microsoft.graph.presence` is `Presence`. If two end alike, the one with fewer parts has the
/// short name, and the other takes a part more.
fn component_name(cx: &Context<'_>, names: &mut Scope, component: &Component<'_>) -> String {
    let source = Spanned::new(component.name, component.span);
    let mut parts = 1;
    let name = loop {
        let value = last_parts(component.name, parts);
        let given = component.schema.rare().rust_name;
        let text = given.unwrap_or(Spanned::new(value, component.span));
        let name = rust_name(cx, text, Case::Type, "x-rust-name: NAME");
        if value.len() == component.name.len() || given.is_some() || !names.has(&name) {
            break name;
        }
        parts += 1;
    };
    let given = component.schema.rare().rust_name.is_some();
    names.take(cx, name, source, Named::SCHEMA, given)
}

/// Finds the type of a component that only refers to another, after the type of the other. `chain`
/// has the components that wait for it. A problem leaves all of them without a type.
fn name_alias<'d>(
    cx: &mut Context<'d>,
    names: &mut Scope,
    (at, place): (usize, Option<Span>),
    chain: &mut Vec<usize>,
    inline: &mut InlineTypes<'d>,
) {
    let component = &cx.schemas.components[at];
    let (name, span, schema) = (component.name, component.span, component.schema);
    if cx.types.contains_key(name) {
        return;
    } else if chain.contains(&at) {
        let message = format!("`{name}` has no type: its references form a cycle");
        let help = "give it a `type`; only a property may refer back to it";
        let here = (span, "defined here");
        return cx.conflict(Code::Cycle, place.unwrap_or(span), message, help, here);
    } else if chain.len() == MAX_CHAIN {
        let message = "this chain of `$ref` is too long";
        let help = format!("shorten the chain to at most {MAX_CHAIN} references");
        return cx.error(Code::Limit, span, message, help);
    }
    chain.push(at);
    if let Some(reference) = depends_on(schema)
        && let Some(next) = cx.schemas.position(reference)
    {
        name_alias(cx, names, (next, Some(reference.span)), chain, inline);
    }
    if let Some(text) = schema.rare().rust_name {
        let message = format!("`{name}` is an alias: no Rust type is generated for it");
        cx.error(Code::Extension, text.span, message, "remove `x-rust-name`");
    }
    let type_name = camel(last_parts(name, 1));
    let source = Spanned::new(name, span);
    let found = type_of(cx, names, schema, &type_name, source);
    let (ty, generated) = found.unzip();
    inline.extend(generated.flatten().map(|generated| (name, generated)));
    cx.types.insert(name, ty);
}

/// The reference that decides the type of a schema that has no type of its own.
fn depends_on<'d>(mut schema: &'d Schema<'d>) -> Option<Spanned<&'d str>> {
    loop {
        schema = match shape(decisive(schema)) {
            Shape::Reference(reference) => return Some(reference),
            Shape::List(Some(inner)) | Shape::Map(inner) => inner,
            _ => return None,
        };
    }
}

/// The last parts of a dotted name.
fn last_parts(name: &str, count: usize) -> &str {
    let dot = name.rmatch_indices('.').nth(count - 1);
    &name[dot.map_or(0, |(at, _)| at + 1)..]
}

/// The type of a schema, and the inline schema for which it is generated. That has the name of the
/// type that holds it and of the property; `source` is the name in the description.
pub fn type_of<'d>(
    cx: &Context<'d>,
    names: &mut Scope,
    schema: &'d Schema<'d>,
    name: &str,
    source: Spanned<&str>,
) -> Option<(Type, Option<Inline<'d>>)> {
    let schema = decisive(schema);
    let ty = match shape(schema) {
        Shape::Reference(reference) => cx.component_type(reference),
        Shape::Same(_) => None,
        Shape::AnyOf(any_of) => several_types(cx, any_of),
        Shape::Id => Some(Type::String),
        Shape::Value(primitive) => value_type(cx, schema, primitive),
        Shape::Untyped => (!schema.broken).then_some(Type::Json),
        shape @ (Shape::Object | Shape::Enum) => {
            let name = names.generated(name.to_owned(), "Type", source);
            let inline = Some(Inline {
                name: name.clone(),
                schema,
            });
            return Some(match shape {
                Shape::Enum => (Type::Enum(name), inline),
                _ => (Type::Object(name), inline),
            });
        }
        Shape::List(Some(items)) => {
            let (item, inline) = inner_type(cx, names, items, &format!("{name}Item"), source)?;
            return Some((Type::List(item), inline));
        }
        Shape::Map(values) => {
            let (value, inline) = inner_type(cx, names, values, &format!("{name}Value"), source)?;
            return Some((Type::Map(value), inline));
        }
        Shape::List(None) => {
            let message = "`type: array` without `items`";
            let help = "add `items: {…}`, the schema of one item";
            cx.error(Code::MissingKey, schema.span, message, help);
            None
        }
    };
    Some((ty?, None))
}

/// The type of the items of a list, or of the values of a map.
fn inner_type<'d>(
    cx: &Context<'d>,
    names: &mut Scope,
    schema: &'d Schema<'d>,
    name: &str,
    source: Spanned<&str>,
) -> Option<(Box<Type>, Option<Inline<'d>>)> {
    let (mut ty, inline) = type_of(cx, names, schema, name, source)?;
    if cx.schemas.is_nullable(schema) {
        ty = ty.or_null();
    }
    Some((Box::new(ty), inline))
}

/// The type of a value that has one of several types: a number that Graph may also write as `INF`,
/// `-INF` or `NaN`, a text, or any JSON value.
fn several_types<'d>(cx: &Context<'d>, any_of: &'d Spanned<Vec<Schema<'d>>>) -> Option<Type> {
    if cx.is_strict() {
        let message = "a choice between several types is not supported";
        let help = "write `anyOf: [{$ref: …}, {type: object, nullable: true}]` for an optional \
            object, or describe one object with all properties as optional ones";
        cx.error(Code::Unsupported, any_of.span, message, help);
        return None;
    }
    let (mut numbers, mut others, mut texts, mut infinities) = (Vec::new(), 0, 0, 0);
    for schema in alternatives(&any_of.value) {
        check_references(cx, schema);
        let (schema, _) = cx.schemas.resolve(schema)?;
        match (shape(schema), &schema.values) {
            (Shape::Enum, Some(values)) => {
                let mut values = values.value.iter();
                let infinite = values.all(|value| ["INF", "-INF", "NaN"].contains(&value.value));
                if infinite {
                    infinities += 1
                } else {
                    texts += 1
                }
            }
            (Shape::Value(Primitive::String) | Shape::Id, _) => texts += 1,
            (Shape::Value(Primitive::Number), _) => {
                numbers.push(value_type(cx, schema, Primitive::Number)?);
            }
            _ => others += 1,
        }
    }
    Some(match (&numbers[..], others, infinities) {
        ([Type::F64], 0, 1..) => Type::F64,
        ([Type::Decimal], 0, 0) => Type::Decimal,
        ([], 0, _) if texts > 0 => Type::String,
        _ => Type::Json,
    })
}

/// True when two schemas become the same type. One that has none was reported.
pub fn agree<'d>(cx: &Context<'d>, first: &'d Schema<'d>, second: &'d Schema<'d>) -> bool {
    let source = Spanned::new("", Span::default());
    let found = [first, second].map(|it| type_of(cx, &mut Scope::default(), it, "", source));
    let [Some((first, inline)), Some((second, other))] = found else {
        return true;
    };
    let both = match (inline, other) {
        _ if first != second => return false,
        (Some(inline), Some(other)) => [inline.schema, other.schema],
        (inline, other) => return inline.is_none() && other.is_none(),
    };
    let [values, other_values] = both.map(|it| {
        let values = it.values.iter().flat_map(|values| &values.value);
        values.map(|value| value.value)
    });
    let [all, others] = both.map(|it| cx.schemas.properties(it));
    let mut pairs = all.list.iter().zip(&others.list);
    values.eq(other_values)
        && all.names().eq(others.names())
        && pairs.all(|(one, other)| agree(cx, &one.schema, &other.schema))
}

/// Reports references to nothing in a schema that becomes no type.
pub fn check_references<'d>(cx: &Context<'d>, schema: &Schema<'d>) {
    schema.each_reference(&mut |reference| {
        cx.schemas.find(reference);
    });
}

/// The type of a value that is neither an object nor a list. In a document of somebody else an
/// unknown format is a hint that changes nothing, unless it names numbers beyond the type.
fn value_type(cx: &Context<'_>, schema: &Schema<'_>, primitive: Primitive) -> Option<Type> {
    let format = schema.format.map_or("", |format| format.value);
    let is_wide = ["big", "decimal"].iter().any(|name| format.contains(name))
        || format.contains(|c: char| c.is_ascii_digit());
    let is_number = matches!(primitive, Primitive::Integer | Primitive::Number);
    let ty = formatted(primitive, format);
    if ty.is_some() || !(cx.is_strict() || (is_number && is_wide)) {
        return ty.or_else(|| formatted(primitive, ""));
    }
    let span = schema.format.map_or(schema.span, |format| format.span);
    let message = format!("the format `{format}` is not supported here");
    let help = "possible: `duration`, `date-time`, `uuid`, `date`, `time`, `byte`, `base64url`, \
        `uri` of a string; `int32`, `int64`, `uint64` of an integer; `float`, `double`, `decimal` \
        of a number; a boolean has no format";
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
        (Integer, "" | "int64" | "uint32") | (Number, "int64" | "uint32") => Type::I64,
        (Integer | Number, "int8" | "uint8" | "int16" | "uint16" | "int32") => Type::I32,
        (Integer | Number, "uint64") => Type::U64,
        (Number, "" | "float" | "double" | "float32" | "float64") => Type::F64,
        (Integer | Number, "decimal") => Type::Decimal,
        (Object | Array | Boolean | String | Integer | Number, _) => return None,
    })
}
