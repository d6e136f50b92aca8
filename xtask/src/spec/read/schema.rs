//! Reads schemas and references.

use super::super::fields::{At, Fields, Reader, Text, listed};
use super::super::node::{Kind, Node, Span};
use super::super::schema::{Primitive, Property, Schema};
use super::misplaced::Place;
use super::{extensions, external_docs, misplaced};
use crate::diagnostics::{Code, Diagnostic};

/// The keys of a schema.
const KNOWN: &[&str] = &[
    // What makes the Rust type.
    "$ref",
    "type",
    "format",
    "description",
    "externalDocs",
    "properties",
    "required",
    "items",
    "allOf",
    "anyOf",
    "enum",
    "default",
    "nullable",
    "readOnly",
    "deprecated",
    "discriminator",
    "additionalProperties",
    "x-ms-enum",
    "x-rust-name",
    "x-rust-private",
    "x-rust-type",
    "x-rust-clear",
    "x-rust-cure",
    "x-rust-combinations",
    // For people, and for the service to check: they change no Rust type.
    "title",
    "example",
    "pattern",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "writeOnly",
];

/// What OpenAPI has and the dialect has not, with what to write instead.
const UNSUPPORTED: &[(&str, &str)] = &[
    (
        "oneOf",
        "describe one object with all members as optional ones",
    ),
    ("not", "describe what the value is, not what it is not"),
    ("xml", "remove it; Microsoft Graph speaks JSON"),
    ("multipleOf", "say it in the description"),
    ("exclusiveMinimum", "say it in the description"),
    ("exclusiveMaximum", "say it in the description"),
    ("minProperties", "say it in the description"),
    ("maxProperties", "say it in the description"),
];

/// A schema or a reference to one. What cannot be read is reported and comes back empty.
pub fn schema<'n>(reader: &mut Reader, node: &'n Node<'_>, span: Span) -> Schema<'n> {
    schema_in(Place::Inner, reader, node, span)
}

/// A schema in a certain place.
pub fn schema_in<'n>(
    place: Place,
    reader: &mut Reader,
    node: &'n Node<'_>,
    span: Span,
) -> Schema<'n> {
    if let Some(reference) = reference(reader, node) {
        return Schema {
            span,
            reference: Some(reference),
            ..Schema::default()
        };
    }
    let Some(fields) = reader.mapping(node, span, "a schema") else {
        return Schema {
            span,
            broken: true,
            ..Schema::default()
        };
    };
    let supported = keys(reader, &fields);
    let primitive = primitive(reader, &fields);
    let schema = Schema {
        span,
        broken: !supported || (primitive.is_none() && fields.has("type")),
        reference: None,
        primitive,
        format: fields.text(reader, "format"),
        description: fields.text(reader, "description"),
        docs_url: external_docs(reader, &fields),
        properties: properties(reader, &fields),
        required: fields.texts(reader, "required"),
        items: fields
            .get("items")
            .map(|(node, span)| Box::new(schema(reader, node, span))),
        all_of: schemas(reader, &fields, "allOf")
            .map_or_else(Vec::new, |list| list.value),
        any_of: schemas(reader, &fields, "anyOf"),
        values: values(reader, &fields),
        default: fields.get("default").map(|(node, span)| At {
            value: node,
            span: node.place(span),
        }),
        nullable: fields.flag(reader, "nullable"),
        read_only: fields.flag(reader, "readOnly"),
        deprecated: fields.flag(reader, "deprecated"),
        mapping: discriminator(reader, &fields),
        ms_enum: extensions::ms_enum(reader, &fields).unwrap_or_default(),
        private: fields.flag(reader, "x-rust-private"),
        rust_name: fields.text(reader, "x-rust-name"),
        rust_type: fields.text(reader, "x-rust-type"),
        clear: fields.text(reader, "x-rust-clear"),
        cure: fields.text(reader, "x-rust-cure"),
        combinations: extensions::combinations(reader, &fields).map(Box::new),
    };
    misplaced::check(reader, &fields, &schema, place);
    schema
}

/// The target of `$ref`. In OpenAPI 3.0 whatever stands beside it is ignored: an error here.
pub fn reference<'n>(reader: &mut Reader, node: &'n Node<'_>) -> Option<Text<'n>> {
    let target = node.get("$ref")?;
    let text = reader.text(target, target.span, "`$ref`")?;
    for (key, _) in node.entries().iter().filter(|(key, _)| key.text != "$ref") {
        let message = format!("`{}` beside `$ref` has no effect", key.text);
        let help =
            "write `allOf: [{$ref: …}]` and leave the others beside it, or remove it";
        let problem = Diagnostic::new(Code::Unsupported, key.span, message).help(help);
        reader.report(problem.context(text.span, "the reference"));
    }
    Some(text)
}

/// Reports keys that are not known, and those that are not supported; whether there are none of
/// the latter.
fn keys(reader: &mut Reader, fields: &Fields<'_, '_>) -> bool {
    let mut supported = true;
    for (key, node) in fields.entries() {
        let text = key.text.as_ref();
        if let Some((_, instead)) = UNSUPPORTED.iter().find(|(name, _)| *name == text) {
            let message = format!("`{text}` is not supported");
            reader.error(Code::Unsupported, key.span, message, *instead);
            supported = false;
        } else if text == "additionalProperties" && node.kind != Kind::Bool(true) {
            let message =
                "`additionalProperties` with a schema or `false` is not supported";
            let help = "remove it; every object keeps members that are not described";
            reader.error(Code::Unsupported, key.span, message, help);
        } else if !KNOWN.contains(&text) {
            reader.unknown_key(key, "a schema", KNOWN);
        }
    }
    supported
}

fn primitive(reader: &mut Reader, fields: &Fields<'_, '_>) -> Option<At<Primitive>> {
    const NAMES: [(&str, Primitive); 6] = [
        ("object", Primitive::Object),
        ("array", Primitive::Array),
        ("string", Primitive::String),
        ("boolean", Primitive::Boolean),
        ("integer", Primitive::Integer),
        ("number", Primitive::Number),
    ];
    let text = fields.text(reader, "type")?;
    if let Some((_, value)) = NAMES.into_iter().find(|(name, _)| *name == text.value) {
        return Some(At {
            value,
            span: text.span,
        });
    }
    let names = NAMES.map(|(name, _)| name);
    let help = reader.suggest(text.value, names, format!("possible: {}", listed(names)));
    let message = format!("there is no type `{}`", text.value);
    reader.error(Code::BadValue, text.span, message, help);
    None
}

fn properties<'n>(reader: &mut Reader, fields: &Fields<'n, '_>) -> Vec<Property<'n>> {
    let Some((node, span)) = fields.get("properties") else {
        return Vec::new();
    };
    let Some(entries) = reader.mapping(node, span, "`properties`") else {
        return Vec::new();
    };
    let mut properties = Vec::with_capacity(entries.entries().len());
    for (key, node) in entries.entries() {
        let name = Text::from(key);
        properties.push(Property {
            name,
            schema: schema_in(Place::Property, reader, node, key.span),
        });
    }
    properties
}

fn schemas<'n>(
    reader: &mut Reader,
    fields: &Fields<'n, '_>,
    key: &'static str,
) -> Option<At<Vec<Schema<'n>>>> {
    let (node, span) = fields.get(key)?;
    let items = reader.list(node, span, key).iter();
    let value = items.map(|item| schema(reader, item, item.span)).collect();
    Some(At { value, span })
}

/// `enum`; a null among the values only repeats `nullable`.
fn values<'n>(
    reader: &mut Reader,
    fields: &Fields<'n, '_>,
) -> Option<At<Vec<Text<'n>>>> {
    let (node, span) = fields.get("enum")?;
    let items = reader.list(node, span, "`enum`").iter();
    let items = items.filter(|item| item.kind != Kind::Null);
    let value = items
        .filter_map(|item| reader.text(item, span, "a value"))
        .collect();
    Some(At { value, span })
}

fn discriminator<'n>(
    reader: &mut Reader,
    fields: &Fields<'n, '_>,
) -> Vec<(Text<'n>, Text<'n>)> {
    let Some((node, span)) = fields.get("discriminator") else {
        return Vec::new();
    };
    let known = &["propertyName", "mapping"];
    let Some(fields) = reader.fields(node, span, "`discriminator`", known) else {
        return Vec::new();
    };
    fields.required_text(reader, "propertyName");
    pairs(reader, &fields, "mapping")
}

/// A mapping of text to text.
pub fn pairs<'n>(
    reader: &mut Reader,
    fields: &Fields<'n, '_>,
    key: &'static str,
) -> Vec<(Text<'n>, Text<'n>)> {
    let Some((node, span)) = fields.get(key) else {
        return Vec::new();
    };
    let Some(entries) = reader.mapping(node, span, key) else {
        return Vec::new();
    };
    let mut pairs = Vec::new();
    for (key, node) in entries.entries() {
        let name = Text::from(key);
        let value = reader.text(node, key.span, "the value");
        pairs.extend(value.map(|value| (name, value)));
    }
    pairs
}
