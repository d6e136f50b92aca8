//! Open enumerations.

use super::Context;
use super::docs;
use super::names::{Case, Named, Scope, rust_name};
use crate::diagnostics::{Code, Diagnostic, Span, Spanned};
use crate::ir::{Enum, Variant};
use crate::openapi::{MsEnumValue, Schema};
use std::collections::{HashMap, HashSet};

/// The enumeration of a schema with `enum`.
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

/// A variant for each value, each value once.
pub fn variants(cx: &Context<'_>, schema: &Schema<'_>) -> Vec<Variant> {
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
            conflict(cx, value.span, message, "remove one of the two", before);
            continue;
        }
        let more = described.get(value.value);
        let text = more.and_then(|more| more.name).unwrap_or(*value);
        let instead = format!("- {{value: {}, name: NAME}}", value.value);
        let name = rust_name(cx, text, Case::Variant, &instead);
        let name = names.take(cx, name, *value, Named::VALUE, false);
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

/// The variant of one value of an enumeration.
pub fn variant_of(
    cx: &Context<'_>,
    schema: &Schema<'_>,
    variants: &[Variant],
    text: Spanned<&str>,
) -> Option<String> {
    let found = variants.iter().find(|variant| variant.wire == text.value);
    if let Some(variant) = found {
        return Some(variant.name.clone());
    }
    let values = schema.values.as_ref()?;
    let message = format!("`{}` is not one of the values of `enum`", text.value);
    let problem = Diagnostic::new(Code::Combination, text.span, message)
        .context(values.span, "these are")
        .help(value_help(cx, text.value, &values.value));
    cx.problems.report(problem);
    None
}

/// The entries of `x-ms-enum` by value; each value must be in `enum`.
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
            let help = "remove one of the two";
            conflict(cx, value.span, message, help, before.value.span);
        }
    }
    described
}

/// The position of `default`, which must be one of the values.
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
        conflict(cx, default.span, message, help, place);
    }
    found
}

/// The help for a value that is not one of the known ones.
fn value_help(cx: &Context<'_>, value: &str, values: &[Spanned<&str>]) -> String {
    let known = values.iter().map(|value| value.value);
    let otherwise = "write one of the values, or add this one to `enum`";
    cx.problems.suggest(value, known, otherwise)
}

/// Reports a conflict with another place.
fn conflict(cx: &Context<'_>, span: Span, message: String, help: impl Into<String>, other: Span) {
    let problem = Diagnostic::new(Code::Enumeration, span, message).help(help);
    cx.problems.report(problem.context(other, "compare here"));
}
