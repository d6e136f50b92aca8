//! Schemas.

use super::extensions::{Combinations, MsEnumValue, ms_enum};
use super::lint;
use super::reader::{Keys, Reader, Spanned};
use crate::diagnostics::{Code, Diagnostic, Span, listed};
use crate::yaml::node::{Kind, Node};

/// A value of `type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Primitive {
    /// `object`
    Object,
    /// `array`
    Array,
    /// `string`
    String,
    /// `boolean`
    Boolean,
    /// `integer`
    Integer,
    /// `number`
    Number,
}

/// One schema.
#[derive(Clone, Debug, Default)]
pub struct Schema<'n> {
    /// The span of its key; in a list, where it begins.
    pub span: Span,
    /// True when a problem of its type was reported already.
    pub broken: bool,
    /// `$ref`: everything else is empty then.
    pub reference: Option<Spanned<&'n str>>,
    /// `type`
    pub primitive: Option<Primitive>,
    /// `format`
    pub format: Option<Spanned<&'n str>>,
    /// `description`
    pub description: Option<Spanned<&'n str>>,
    /// `externalDocs.url`
    pub docs_url: Option<Spanned<&'n str>>,
    /// `properties`, in the order of the file.
    pub properties: Vec<Property<'n>>,
    /// `required`
    pub required: Vec<Spanned<&'n str>>,
    /// `items`
    pub items: Option<Box<Schema<'n>>>,
    /// `allOf`
    pub all_of: Vec<Schema<'n>>,
    /// `anyOf`
    pub any_of: Option<Spanned<Vec<Schema<'n>>>>,
    /// `enum`
    pub values: Option<Spanned<Vec<Spanned<&'n str>>>>,
    /// `default`
    pub default: Option<Spanned<&'n Node<'n>>>,
    /// `nullable`
    pub nullable: bool,
    /// `readOnly`
    pub read_only: bool,
    /// `deprecated`
    pub deprecated: bool,
    /// The targets of `discriminator.mapping`.
    pub subtypes: Vec<Spanned<&'n str>>,
    /// `x-ms-enum.values`
    pub ms_enum: Vec<MsEnumValue<'n>>,
    /// `x-rust-private`
    pub private: bool,
    /// `x-rust-name`
    pub rust_name: Option<Spanned<&'n str>>,
    /// `x-rust-type`
    pub rust_type: Option<Spanned<&'n str>>,
    /// `x-rust-clear`
    pub clear: Option<Spanned<&'n str>>,
    /// `x-rust-cure`
    pub help: Option<Spanned<&'n str>>,
    /// `x-rust-combinations`
    pub combinations: Option<Box<Combinations<'n>>>,
}

/// One property.
#[derive(Clone, Debug)]
pub struct Property<'n> {
    /// The name on the wire.
    pub name: Spanned<&'n str>,
    /// The schema of its value.
    pub schema: Schema<'n>,
}

/// The position of a schema in the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// It is one of the components.
    Component,
    /// It is the schema of a property.
    Property,
    /// It is anywhere else, such as in `items`.
    Inner,
}

/// OpenAPI keys of a schema that are not supported, with what to write instead.
const UNSUPPORTED: [(&str, &str); 8] = [
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

/// Keys that are for people or for the service to check: they change no Rust type.
const IGNORED: [&str; 11] = [
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

impl<'n> Schema<'n> {
    /// The schemas in this one: bases, alternatives, items, properties.
    pub fn parts(&self) -> impl Iterator<Item = &Schema<'n>> {
        let any_of = self.any_of.iter().flat_map(|any_of| &any_of.value);
        let properties = self.properties.iter().map(|property| &property.schema);
        self.all_of
            .iter()
            .chain(any_of)
            .chain(self.items.as_deref())
            .chain(properties)
    }

    /// Calls `found` with every reference in this schema.
    pub fn each_reference(&self, found: &mut impl FnMut(Spanned<&'n str>)) {
        self.reference.into_iter().for_each(&mut *found);
        self.parts().for_each(|part| part.each_reference(found));
    }
}

/// Reads a schema. One that cannot be read is reported, and empty.
pub fn schema<'n>(
    reader: &Reader<'n>,
    node: &'n Node<'n>,
    span: Span,
    position: Position,
) -> Schema<'n> {
    let reference = reader.reference(node);
    if reference.is_some() {
        return Schema {
            span,
            reference,
            ..Schema::default()
        };
    }
    let read = |keys: &mut Keys<'n, '_>| {
        let schema = known_keys(keys, span);
        keys.ignore(&IGNORED);
        misplaced(keys, &schema, position);
        schema
    };
    let broken = || Schema {
        span,
        broken: true,
        ..Schema::default()
    };
    let schema = reader
        .object(node, span, "a schema", read)
        .unwrap_or_else(broken);
    lint::values(reader, &schema);
    schema
}

fn known_keys<'n>(keys: &mut Keys<'n, '_>, span: Span) -> Schema<'n> {
    let mut broken = false;
    for (key, instead) in UNSUPPORTED {
        broken |= keys.refuse(key, instead);
    }
    keys.ignore(&["$ref"]);
    let primitive = primitive(keys);
    Schema {
        span,
        broken: broken || (primitive.is_none() && keys.span_of("type").is_some()),
        reference: None,
        primitive,
        format: keys.text("format"),
        description: keys.text("description"),
        docs_url: keys.external_docs(),
        properties: properties(keys),
        required: keys.texts("required"),
        items: keys.get("items").map(|(node, span)| {
            Box::new(schema(keys.reader, node, span, Position::Inner))
        }),
        all_of: schemas(keys, "allOf").map_or_else(Vec::new, |list| list.value),
        any_of: schemas(keys, "anyOf"),
        values: values(keys),
        default: keys
            .get("default")
            .map(|(node, span)| Spanned::new(node, node.place(span))),
        nullable: keys.flag("nullable"),
        read_only: keys.flag("readOnly"),
        deprecated: keys.flag("deprecated"),
        subtypes: subtypes(keys),
        ms_enum: {
            additional_properties(keys);
            ms_enum(keys)
        },
        rust_name: keys.text("x-rust-name"),
        private: keys.flag("x-rust-private"),
        rust_type: keys.text("x-rust-type"),
        clear: keys.text("x-rust-clear"),
        help: keys.text("x-rust-cure"),
        combinations: Combinations::read(keys).map(Box::new),
    }
}

fn additional_properties(keys: &mut Keys<'_, '_>) {
    if let Some((node, span)) = keys.get("additionalProperties")
        && node.kind != Kind::Bool(true)
    {
        let message = "`additionalProperties` with a schema or `false` is not supported";
        let help = "remove it; every object keeps members that are not described";
        keys.reader.error(Code::Unsupported, span, message, help);
    }
}

fn primitive(keys: &mut Keys<'_, '_>) -> Option<Primitive> {
    const NAMES: [(&str, Primitive); 6] = [
        ("object", Primitive::Object),
        ("array", Primitive::Array),
        ("string", Primitive::String),
        ("boolean", Primitive::Boolean),
        ("integer", Primitive::Integer),
        ("number", Primitive::Number),
    ];
    let text = keys.text("type")?;
    if let Some((_, value)) = NAMES.into_iter().find(|(name, _)| *name == text.value) {
        return Some(value);
    }
    let names = NAMES.map(|(name, _)| name);
    let otherwise = format!("possible: {}", listed(names));
    let help = keys.reader.problems.suggest(text.value, names, otherwise);
    let message = format!("there is no type `{}`", text.value);
    keys.reader.error(Code::BadValue, text.span, message, help);
    None
}

fn properties<'n>(keys: &mut Keys<'n, '_>) -> Vec<Property<'n>> {
    let Some((node, span)) = keys.get("properties") else {
        return Vec::new();
    };
    let reader = keys.reader;
    let entries = reader
        .mapping(node, span, "`properties`")
        .unwrap_or_default();
    let mut properties = Vec::with_capacity(entries.len());
    for (key, node) in entries {
        let schema = schema(reader, node, key.span, Position::Property);
        lint::described(reader, schema.description, key.span, "this property");
        properties.push(Property {
            name: Spanned::from(key),
            schema,
        });
    }
    properties
}

fn schemas<'n>(
    keys: &mut Keys<'n, '_>,
    key: &'static str,
) -> Option<Spanned<Vec<Schema<'n>>>> {
    let (node, span) = keys.get(key)?;
    let reader = keys.reader;
    let items = reader.list(node, span, key).iter();
    let schemas = items.map(|item| schema(reader, item, item.span, Position::Inner));
    Some(Spanned::new(schemas.collect(), span))
}

/// `enum`; a null among the values only repeats `nullable`.
fn values<'n>(keys: &mut Keys<'n, '_>) -> Option<Spanned<Vec<Spanned<&'n str>>>> {
    let (node, span) = keys.get("enum")?;
    let items = keys.reader.list(node, span, "`enum`").iter();
    let items = items.filter(|item| item.kind != Kind::Null);
    let values = items.filter_map(|item| keys.reader.text(item, span, "a value"));
    Some(Spanned::new(values.collect(), span))
}

/// The targets of `discriminator`: an object uses its subtypes.
fn subtypes<'n>(keys: &mut Keys<'n, '_>) -> Vec<Spanned<&'n str>> {
    let targets = keys.object("discriminator", "`discriminator`", |keys| {
        keys.required_text("propertyName");
        let targets = keys.pairs("mapping").into_iter().map(|(_, target)| target);
        targets.collect::<Vec<_>>()
    });
    let targets = targets.unwrap_or_default();
    keys.reader.uses(targets.iter().copied());
    targets
}

/// Reports keys that do not fit the type of the schema or its position.
fn misplaced(keys: &Keys<'_, '_>, schema: &Schema<'_>, position: Position) {
    if schema.broken {
        return;
    }
    let primitive = schema.primitive;
    let is = |expected: Primitive| primitive == Some(expected);
    let is_enum = schema.values.is_some();
    let is_object = is(Primitive::Object)
        || (primitive.is_none()
            && !(is_enum || schema.any_of.is_some() || schema.items.is_some()));
    let is_id = position == Position::Component
        && is(Primitive::String)
        && schema.format.is_some_and(|f| f.value == "uuid");
    let is_property = position == Position::Property;
    let is_named = position != Position::Inner;
    let is_text = is(Primitive::String) || (is_enum && primitive.is_none());
    let lenient = !keys.reader.is_strict();
    let objects: &[&str] = &[
        "properties",
        "required",
        "discriminator",
        "x-rust-combinations",
    ];
    let id = "write it at a component with `type: string` and `format: uuid`";
    let property = "write it at a property";
    let request = "write it at a property of a request";
    let described = "say it in the description";
    let of_requests = &["x-rust-type", "x-rust-clear"];
    let of_properties = &["deprecated", "readOnly"];
    let rules = [
        (objects, is_object, "an object", "write `type: object`"),
        (
            &["items"],
            is(Primitive::Array),
            "a list",
            "add `type: array`",
        ),
        (&["enum"], is_text, "a string", "write `type: string`"),
        (&["x-ms-enum"], is_enum, "an enumeration", "add `enum: […]`"),
        (&["x-rust-cure"], is_id, "an id", id),
        (&["x-rust-private"], is_property, "a property", property),
        (of_requests, is_property, "a property", request),
        (
            &["x-rust-name"],
            is_named,
            "a component or a property",
            property,
        ),
        (
            of_properties,
            is_property || lenient,
            "a property",
            property,
        ),
        (
            &["default"],
            is_enum || lenient,
            "an enumeration",
            described,
        ),
        (
            &["format"],
            !is_object || lenient,
            "a string or a number",
            "",
        ),
    ];
    for (names, fits, belongs, help) in rules {
        for key in names.iter().filter(|_| !fits) {
            if let Some(span) = keys.span_of(key) {
                let message = format!("`{key}` belongs to {belongs}, and this is none");
                let or = if help.is_empty() { "" } else { ", or " };
                let help = format!("{help}{or}remove `{key}`");
                keys.reader.error(Code::Extension, span, message, help);
            }
        }
    }
    two_types(keys);
}

/// Reports keys that each decide the type of a schema: only one of them would count. Those that
/// are not listed contradict `type`, and `misplaced` reports them.
fn two_types(keys: &Keys<'_, '_>) {
    let rules: [(_, &[_]); 2] = [
        ("anyOf", &["allOf", "enum", "items", "properties"]),
        ("allOf", &["enum", "items"]),
    ];
    for (first, others) in rules {
        let Some(span) = keys.span_of(first) else {
            continue;
        };
        for second in others {
            if let Some(place) = keys.span_of(second) {
                let message = format!("`{second}` beside `{first}` is not supported");
                let problem = Diagnostic::new(Code::Unsupported, place, message)
                    .context(span, "this says already what the schema is");
                keys.reader
                    .problems
                    .report(problem.help("keep one of the two"));
            }
        }
    }
}
