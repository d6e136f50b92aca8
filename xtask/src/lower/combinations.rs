//! Combinations: one enumeration in place of several properties of a request.

use super::Context;
use super::bases::Properties;
use super::docs;
use super::enums;
use super::names::{Case, Named, Scope, rust_name, snake};
use crate::diagnostics::{Code, Span, Spanned};
use crate::ir::{CombinationVariant, Combinations, CombinationsUse, Field, Type, Value, Variant};
use crate::openapi::{self, Schema};
use crate::values::seconds;

/// A property of the combinations, as its method, the schema of its values, and their variants.
type Property<'d> = (Field, &'d Schema<'d>, Vec<Variant>);

/// Lowers `x-rust-combinations`: how the request uses the type, and the type.
pub fn combinations<'d>(
    cx: &Context<'d>,
    names: &mut Scope,
    written: &openapi::Combinations<'d>,
    properties: &Properties<'d>,
    fields: &[Field],
) -> (CombinationsUse, Combinations) {
    let name = rust_name(cx, written.name, Case::Type, "name: NAME");
    names.claim(cx.problems, &name, written.name, Named::TYPE);
    for (key, is_empty) in [
        ("properties", written.properties.is_empty()),
        ("values", written.values.is_empty()),
    ] {
        if is_empty {
            let message = format!("`x-rust-combinations` has no `{key}`");
            let help = format!("write `{key}: [...]`");
            cx.error(Code::Combination, written.span, message, help);
        }
    }
    let replaced = written.properties.iter();
    let replaced = replaced.filter_map(|name| property(cx, *name, properties, fields, false));
    let replaced: Vec<_> = replaced.collect();
    let first = written.values.first().into_iter();
    let defaults = first.flat_map(|first| &first.default);
    let defaults = defaults.filter_map(|(name, _)| property(cx, *name, properties, fields, true));
    let defaults: Vec<_> = defaults.collect();
    let variants = variants(cx, written, &replaced, &defaults);
    let names = replaced.iter().map(|(field, ..)| field.name.clone());
    let used = CombinationsUse {
        argument: snake(&name),
        name: name.clone(),
        fields: names.collect(),
    };
    let otherwise = "The allowed combinations.";
    let docs = docs::lines(cx.strictness, written.description, otherwise);
    let (replaced, defaults) = (replaced.into_iter(), defaults.into_iter());
    let combinations = Combinations {
        name,
        docs,
        properties: replaced.chain(defaults).map(|(field, ..)| field).collect(),
        variants,
    };
    (used, combinations)
}

fn variants(
    cx: &Context<'_>,
    written: &openapi::Combinations<'_>,
    replaced: &[Property<'_>],
    defaults: &[Property<'_>],
) -> Vec<CombinationVariant> {
    let mut names = Scope::default();
    let variant = |value: &openapi::Combination<'_>| {
        let name = rust_name(cx, value.name, Case::Variant, "name: NAME");
        names.claim(cx.problems, &name, value.name, Named::COMBINATION);
        let mut docs = docs::lines(cx.strictness, value.description, &format!("`{name}`"));
        docs::paragraph(&mut docs, docs::wrapped(&sends(value)));
        let span = value.name.span;
        let mut all = values(cx, replaced, &value.set, span, "set");
        all.extend(values(cx, defaults, &value.default, span, "default"));
        CombinationVariant {
            docs,
            name,
            values: all,
        }
    };
    written.values.iter().map(variant).collect()
}

/// A property that is named, with its type and the schema of its values.
fn property<'d>(
    cx: &Context<'d>,
    name: Spanned<&'d str>,
    properties: &Properties<'d>,
    fields: &[Field],
    is_default: bool,
) -> Option<Property<'d>> {
    let is_named = |property: &&&openapi::Property<'d>| property.name.value == name.value;
    let Some(property) = properties.list.iter().find(is_named) else {
        let otherwise = "name a property of this schema";
        let help = cx
            .problems
            .suggest(name.value, properties.names(), otherwise);
        let message = format!("there is no property `{}`", name.value);
        cx.error(Code::Combination, name.span, message, help);
        return None;
    };
    // A property without a field was reported.
    let field = fields.iter().find(|field| field.wire == name.value)?;
    let fits = matches!(field.ty, Type::Enum(_) | Type::String)
        || (is_default && field.ty == Type::Duration);
    if !fits || field.read_only {
        let message = format!("`{}` cannot be part of an allowed combination", name.value);
        let help = "name properties that are sent and are enumerations or texts; a duration \
            only under `default`";
        cx.error(Code::Combination, name.span, message, help);
        return None;
    }
    let mut method = field.clone();
    method.docs = vec![if is_default {
        method.name.insert_str(0, "default_");
        format!("The `{}` when none is sent.", field.wire)
    } else {
        format!("The `{}` that it sends.", field.wire)
    }];
    let (schema, _) = cx.schemas.resolve(&property.schema)?;
    Some((method, schema, enums::variants(cx, schema)))
}

/// The value of each property, in the order of the properties.
fn values(
    cx: &Context<'_>,
    properties: &[Property<'_>],
    pairs: &[(Spanned<&str>, Spanned<&str>)],
    span: Span,
    key: &str,
) -> Vec<Value> {
    for (name, _) in pairs {
        if !properties
            .iter()
            .any(|(field, ..)| field.wire == name.value)
        {
            let names = properties.iter().map(|(field, ..)| field.wire.as_str());
            let otherwise = "set the same properties in every combination";
            let help = cx.problems.suggest(name.value, names, otherwise);
            let message = format!("`{}` is not one of the properties here", name.value);
            cx.error(Code::Combination, name.span, message, help);
        }
    }
    let mut values = Vec::with_capacity(properties.len());
    for property @ (field, ..) in properties {
        if let Some((_, text)) = pairs.iter().find(|(name, _)| name.value == field.wire) {
            values.extend(value(cx, property, *text));
        } else {
            let message = format!("this combination has no `{}`", field.wire);
            let help = format!("add `{}: …` to `{key}`", field.wire);
            cx.error(Code::Combination, span, message, help);
        }
    }
    values
}

fn value(cx: &Context<'_>, property: &Property<'_>, text: Spanned<&str>) -> Option<Value> {
    let (field, schema, variants) = property;
    match &field.ty {
        Type::Enum(_) => enums::variant_of(cx, schema, variants, text).map(Value::Variant),
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

/// The sentence that lists the values that a combination sends, and the defaults that it leaves.
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
