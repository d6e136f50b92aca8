//! Open enumerations, and combinations, which replace several properties of a request by one
//! enumeration.

use super::Context;
use super::docs;
use super::names::{Case, Scope, rust_name};
use super::schemas::Properties;
use crate::diagnostics::{Code, Span, Spanned};
use crate::ir::{CombinationVariant, Combinations, Enum, Field, Type};
use crate::ir::{Value, Variant};
use crate::openapi::{self, MsEnumValue, Schema};
use crate::values::seconds;
use std::collections::{HashMap, HashSet};

/// Lowers a schema with `enum`.
pub fn enumeration(cx: &Context<'_>, schema: &Schema<'_>, name: &str) -> Enum {
    let (values, span) = match &schema.values {
        Some(values) => (&values.value[..], values.span),
        None => (&[][..], schema.span),
    };
    if values.is_empty() {
        let message = "the enumeration has no values";
        let help = "list the known values; new values of the service are kept";
        cx.error(Code::Enumeration, span, message, help);
    }
    let otherwise = format!("The values of {name}.");
    Enum {
        name: name.to_owned(),
        docs: docs::of_type(cx.strictness, schema, &otherwise),
        variants: variants(cx, schema),
        default: default_value(cx, schema, values, span),
    }
}

/// The variants; a repeated value is reported.
fn variants(cx: &Context<'_>, schema: &Schema<'_>) -> Vec<Variant> {
    let Some(values) = schema.values.as_ref().map(|values| &values.value) else {
        return Vec::new();
    };
    let described = described(cx, schema, values);
    let mut names = Scope::default();
    let mut first: HashMap<&str, Span> = HashMap::new();
    let mut variants = Vec::with_capacity(values.len());
    for value in values {
        if let Some(before) = first.insert(value.value, value.span) {
            let message = format!("the value `{}` appears twice", value.value);
            let spans = [(value.span, ""), (before, "compare here")];
            let help = "remove one of the two";
            cx.problems.clash(Code::Enumeration, spans, message, help);
            continue;
        }
        let more = described.get(value.value);
        let text = more.and_then(|more| more.name).unwrap_or(*value);
        let instead = format!("- {{value: {}, name: NAME}}", value.value);
        let name = rust_name(cx, text, Case::Variant, &instead);
        let name = names.take(cx, name, *value, "value", false);
        let description = more.and_then(|more| more.description);
        let otherwise = docs::one_line(&format!("`{}`", value.value.replace('`', "'")));
        variants.push(Variant {
            name,
            wire: value.value.to_owned(),
            docs: docs::lines(cx.strictness, description, &otherwise),
        });
    }
    variants
}

/// The entries of `x-ms-enum` by value. Each must belong to a value of `enum`.
fn described<'s, 'd>(
    cx: &Context<'_>,
    schema: &'s Schema<'d>,
    values: &[Spanned<&'d str>],
) -> HashMap<&'d str, &'s MsEnumValue<'d>> {
    if schema.rare().ms_enum.is_empty() {
        return HashMap::new();
    }
    let known: HashSet<&str> = values.iter().map(|value| value.value).collect();
    let mut described = HashMap::new();
    for more in &schema.rare().ms_enum {
        let value = more.value;
        if !known.contains(value.value) {
            let message = format!("`{}` is not one of the values of `enum`", value.value);
            let help = value_help(cx, value.value, values);
            cx.error(Code::Enumeration, value.span, message, help);
        } else if let Some(before) = described.insert(value.value, more) {
            let message = format!("the value `{}` is described twice", value.value);
            let spans = [(value.span, ""), (before.value.span, "compare here")];
            let help = "remove one of the two";
            cx.problems.clash(Code::Enumeration, spans, message, help);
        }
    }
    described
}

/// The position of `default` among the values.
fn default_value(
    cx: &Context<'_>,
    schema: &Schema<'_>,
    values: &[Spanned<&str>],
    place: Span,
) -> Option<usize> {
    let default = schema.rare().default?;
    let found = values.iter().position(|value| value.value == default.value);
    if found.is_none() {
        let message = format!("the default `{}` is not one of the values", default.value);
        let help = value_help(cx, default.value, values);
        let spans = [(default.span, ""), (place, "compare here")];
        cx.problems.clash(Code::Enumeration, spans, message, help);
    }
    found
}

/// The help for an unknown value.
fn value_help(cx: &Context<'_>, value: &str, values: &[Spanned<&str>]) -> String {
    let known = values.iter().map(|value| value.value);
    let otherwise = "write one of the values, or add this one to `enum`";
    cx.problems.suggest(value, known, otherwise)
}

/// A property of combinations.
struct Part<'d> {
    /// The key of the property in each combination: `set` or `default`.
    key: &'static str,
    method: Field,
    schema: &'d Schema<'d>,
    /// The variants of the property, if it is an enumeration.
    variants: Vec<Variant>,
}

/// Lowers `x-rust-combinations`, and marks the fields that combinations replace.
pub fn combinations<'d>(
    cx: &Context<'d>,
    names: &mut Scope,
    written: &openapi::Combinations<'d>,
    properties: &Properties<'d>,
    fields: &mut [Field],
) -> Combinations {
    let name = rust_name(cx, written.name, Case::Type, "name: NAME");
    names.claim(cx.problems, &name, written.name, "type");
    let (replaced, all) = (&written.properties, &written.values);
    for (key, is_empty) in [
        ("properties", replaced.is_empty()),
        ("values", all.is_empty()),
    ] {
        if is_empty {
            let message = format!("`x-rust-combinations` has no `{key}`");
            let help = format!("write `{key}: [...]`");
            cx.error(Code::Combination, written.span, message, help);
        }
    }
    let defaults = all.first().into_iter().flat_map(|first| &first.default);
    let defaults = defaults.map(|(name, _)| ("default", *name));
    let parts = replaced.iter().map(|name| ("set", *name)).chain(defaults);
    let parts = parts.filter_map(|(key, name)| part(cx, key, name, properties, fields));
    let parts: Vec<_> = parts.collect();
    for field in fields {
        field.combined = replaced.iter().any(|name| name.value == field.wire);
    }
    let mut taken = Scope::default();
    let variants = all.iter().map(|one| {
        let name = rust_name(cx, one.name, Case::Variant, "name: NAME");
        taken.claim(cx.problems, &name, one.name, "combination");
        let mut docs = docs::lines(cx.strictness, one.description, &format!("`{name}`"));
        docs::paragraph(&mut docs, docs::wrapped(&sends(one)));
        let values = values(cx, &parts, one);
        CombinationVariant { name, docs, values }
    });
    let otherwise = "The allowed combinations.";
    Combinations {
        name,
        docs: docs::lines(cx.strictness, written.description, otherwise),
        variants: variants.collect(),
        properties: parts.into_iter().map(|part| part.method).collect(),
    }
}

/// A property of combinations, by its name.
fn part<'d>(
    cx: &Context<'d>,
    key: &'static str,
    name: Spanned<&'d str>,
    properties: &Properties<'d>,
    fields: &[Field],
) -> Option<Part<'d>> {
    let mut list = properties.list.iter();
    let Some(property) = list.find(|property| property.name.value == name.value) else {
        let message = format!("there is no property `{}`", name.value);
        let (known, otherwise) = (properties.names(), "name a property of this schema");
        cx.unknown(Code::Combination, name, message, known, otherwise);
        return None;
    };
    // A property without a field was reported.
    let mut method = fields
        .iter()
        .find(|field| field.wire == name.value)?
        .clone();
    let is_default = key == "default";
    let fits = match method.ty {
        Type::Enum(_) | Type::String => true,
        Type::Duration => is_default,
        _ => false,
    };
    if !fits || method.read_only {
        let message = format!("`{}` cannot be part of an allowed combination", name.value);
        let help = "name properties that are sent and are enumerations or texts; a duration \
            only under `default`";
        cx.error(Code::Combination, name.span, message, help);
        return None;
    }
    method.docs = vec![if is_default {
        method.name.insert_str(0, "default_");
        format!("The `{}` when none is sent.", name.value)
    } else {
        format!("The `{}` that it sends.", name.value)
    }];
    let (schema, _) = cx.schemas.resolve(&property.schema)?;
    let variants = variants(cx, schema);
    Some(Part {
        key,
        method,
        schema,
        variants,
    })
}

/// The values of one combination, in the order of the properties.
fn values(cx: &Context<'_>, parts: &[Part<'_>], one: &openapi::Combination<'_>) -> Vec<Value> {
    let mut values = Vec::with_capacity(parts.len());
    for (key, pairs) in [("set", &one.set), ("default", &one.default)] {
        let parts = || parts.iter().filter(|part| part.key == key);
        let known = || parts().map(|part| &*part.method.wire);
        for (name, _) in pairs {
            if !known().any(|known| known == name.value) {
                let message = format!("`{}` is not one of the properties here", name.value);
                let otherwise = "set the same properties in every combination";
                cx.unknown(Code::Combination, *name, message, known(), otherwise);
            }
        }
        for part in parts() {
            let wire = &part.method.wire;
            if let Some((_, text)) = pairs.iter().find(|(name, _)| name.value == wire) {
                values.extend(value(cx, part, *text));
            } else {
                let message = format!("this combination has no `{wire}`");
                let help = format!("add `{wire}: …` to `{key}`");
                cx.error(Code::Combination, one.name.span, message, help);
            }
        }
    }
    values
}

fn value(cx: &Context<'_>, part: &Part<'_>, text: Spanned<&str>) -> Option<Value> {
    match &part.method.ty {
        Type::Enum(_) => {
            let variant = part.variants.iter().find(|one| one.wire == text.value);
            if variant.is_none() {
                let values = part.schema.values.as_ref()?;
                let message = format!("`{}` is not one of the values of `enum`", text.value);
                let help = value_help(cx, text.value, &values.value);
                let spans = [(text.span, ""), (values.span, "these are")];
                cx.problems.clash(Code::Combination, spans, message, help);
            }
            variant.map(|variant| Value::Variant(variant.name.clone()))
        }
        Type::Duration => {
            let seconds = seconds(text.value);
            if seconds.is_none() {
                let message = format!("`{}` is not a duration", text.value);
                let help = "write days, hours, minutes and seconds: `P7D`, `PT8H30M`";
                cx.error(Code::Combination, text.span, message, help);
            }
            seconds.map(Value::Seconds)
        }
        _ => Some(Value::Text(text.value.to_owned())),
    }
}

/// The documentation of the values that a combination sends and of its defaults.
fn sends(value: &openapi::Combination<'_>) -> String {
    let sent = value.set.iter();
    let sent = sent.map(|(_, text)| format!("`{}`", text.value));
    let sent: Vec<_> = sent.collect();
    let mut line = format!("Sends {}", sent.join(" and "));
    for (name, text) in &value.default {
        let (name, text) = (name.value, text.value);
        line.push_str(&format!("; `{name}` is `{text}` by default"));
    }
    line + "."
}
