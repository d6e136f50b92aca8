//! Schemas: the keys that are read, and the checks of keys that contradict each other.

use super::extensions::{Combinations, MsEnumValue, ms_enum};
use super::reader::{Keys, Text, Value, object};
use super::{external_docs, lint};
use crate::diagnostics::{Code, Span, Spanned, listed};
use crate::values::seconds;
use crate::yaml::Kind;
use std::sync::LazyLock;

/// The value of `type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Primitive {
    Object,
    Array,
    String,
    Boolean,
    Integer,
    Number,
}

object! { |keys|
    #[derive(Clone, Debug, Default)]
    pub struct Schema<'n> {
        /// The span of the key, or of the item in a list.
        span: Span = keys.value.span,
        /// When this is set, all other fields are empty.
        reference: Option<Text<'n>> = None,
        primitive: Option<Primitive> = primitive(keys.ignore(&["$ref"])),
        /// True when an unknown type or an unsupported key was reported.
        broken: bool =
            keys.has_unsupported() || primitive.is_none() && keys.span_of("type").is_some(),
        format: Option<Text<'n>> = keys.text("format"),
        description: Option<Text<'n>> = keys.text("description"),
        properties: Vec<Property<'n>> = properties(keys),
        required: Vec<Text<'n>> = keys.texts("required"),
        items: Option<Box<Schema<'n>>> = keys.get("items").map(inner),
        all_of: Vec<Schema<'n>> = schemas(keys, "allOf").map_or_else(Vec::new, |list| list.value),
        any_of: BoxedList<Schema<'n>> = {
            let one_of = schemas(keys, "oneOf");
            schemas(keys, "anyOf").or(one_of)
        },
        /// An empty schema for `additionalProperties: true`, `None` for `false`.
        additional: Option<Box<Schema<'n>>> = additional_properties(keys),
        /// The values of `enum`.
        values: BoxedList<Text<'n>> = values(keys),
        nullable: bool = keys.flag("nullable"),
        read_only: bool = keys.flag("readOnly"),
        deprecated: bool = keys.flag("deprecated"),
        rare: Option<Box<RareKeys<'n>>> = {
            let rare = RareKeys::read(keys, primitive, format);
            (rare != *NO_RARE_KEYS).then(|| Box::new(rare))
        },
    }
}

/// A list with the span of its key, boxed because few schemas have it.
type BoxedList<T> = Option<Box<Spanned<Vec<T>>>>;

object! { |keys, primitive: Option<Primitive>, format: Option<Text<'n>>|
    /// The keys that few schemas have, in a box to keep schemas small.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct RareKeys<'n> {
        docs_url: Option<Text<'n>> = external_docs(keys),
        /// The default of an enumeration; defaults of other types are not used.
        default: Option<Text<'n>> = default_value(keys),
        /// The targets of `discriminator.mapping`.
        subtypes: Vec<Text<'n>> = subtypes(keys),
        ms_enum: Vec<MsEnumValue<'n>> = ms_enum(keys),
        rust_name: Option<Text<'n>> = keys.text("x-rust-name"),
        private: bool = keys.flag("x-rust-private"),
        rust_type: Option<Text<'n>> = keys.text("x-rust-type"),
        clear: Option<Text<'n>> = keys.text("x-rust-clear"),
        help: Option<Text<'n>> = keys.text("x-rust-help"),
        /// The minimum and the maximum: items of a list, characters of a string, seconds of a
        /// duration.
        limits: [Option<u64>; 2] = limits(keys, primitive, format),
        combinations: Option<Combinations<'n>> =
            keys.object("x-rust-combinations", Combinations::read),
    }
}

static NO_RARE_KEYS: LazyLock<RareKeys<'static>> = LazyLock::new(RareKeys::default);

#[derive(Clone, Debug)]
pub struct Property<'n> {
    pub name: Text<'n>,
    pub schema: Schema<'n>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    Component,
    Property,
    /// Any other schema, such as `items`.
    Inner,
}

impl<'n> Schema<'n> {
    pub fn rare(&self) -> &RareKeys<'n> {
        self.rare.as_deref().unwrap_or(&NO_RARE_KEYS)
    }

    /// The schemas that this one contains.
    pub fn parts(&self) -> impl Iterator<Item = &Schema<'n>> {
        let any_of = self.any_of.iter().flat_map(|any_of| &any_of.value);
        let properties = self.properties.iter().map(|property| &property.schema);
        self.all_of
            .iter()
            .chain(any_of)
            .chain(self.items.as_deref())
            .chain(self.additional.as_deref())
            .chain(properties)
    }

    /// Calls `found` with every reference in this schema.
    pub fn each_reference(&self, found: &mut impl FnMut(Text<'n>)) {
        self.reference.into_iter().for_each(&mut *found);
        self.parts().for_each(|part| part.each_reference(found));
    }
}

/// Reads a schema. An invalid one becomes an empty schema.
pub fn schema<'n>(value: Value<'n, '_>, position: Position) -> Schema<'n> {
    let (reference, span) = (value.reference(), value.span);
    if reference.is_some() {
        return Schema {
            span,
            reference,
            ..Schema::default()
        };
    }
    let schema = value.object("a schema", |keys| {
        let schema = Schema::read(keys);
        // These keys inform readers or the service; they change no Rust type.
        keys.ignore(&["title", "example", "pattern", "minimum", "maximum"]);
        keys.ignore(&["uniqueItems", "writeOnly"]);
        misplaced(keys, &schema, position);
        let has_type = schema.broken || schema.primitive.is_some() || schema.values.is_some();
        if keys.value.reader.is_strict() && !has_type && schema.parts().next().is_none() {
            let message = "this schema has no `type`";
            let help = "add `type: …`, or refer to another with `$ref`";
            keys.error(Code::MissingKey, keys.value.span, message, help);
        }
        schema
    });
    let schema = schema.unwrap_or_else(|| Schema {
        span,
        broken: true,
        ..Schema::default()
    });
    let rare = schema.rare();
    let values = schema.values.as_ref();
    let values = values.map_or(&[][..], |values| &values.value);
    lint::values(value.reader, values, &rare.ms_enum);
    let combinations = rare.combinations.iter();
    combinations.for_each(|all| lint::combinations(value.reader, all));
    schema
}

fn inner<'n>(value: Value<'n, '_>) -> Box<Schema<'n>> {
    Box::new(schema(value, Position::Inner))
}

/// Reads the limits that have a meaning for the type.
fn limits(
    keys: &mut Keys<'_, '_>,
    primitive: Option<Primitive>,
    format: Option<Text<'_>>,
) -> [Option<u64>; 2] {
    const SIZES: [[&str; 2]; 3] = [
        ["minItems", "maxItems"],
        ["minLength", "maxLength"],
        ["x-rust-minimum", "x-rust-maximum"],
    ];
    keys.ignore(SIZES.as_flattened());
    let is_duration = format.is_some_and(|format| format.value == "duration");
    let [items, length, duration] = SIZES;
    let names = match primitive {
        Some(Primitive::Array) => items,
        Some(Primitive::String) if is_duration => duration,
        Some(Primitive::String) => length,
        // The type is that of the base.
        None => {
            let written =
                |names: &[&'static str; 2]| names.iter().any(|key| keys.span_of(key).is_some());
            SIZES.into_iter().find(written).unwrap_or(items)
        }
        Some(_) => return [None, None],
    };
    let limits = names.map(|key| {
        let value = keys.get(key)?;
        if names != duration {
            return value.number(format_args!("`{key}`")).map(u64::from);
        }
        let text = value.text(format_args!("`{key}`"))?;
        let seconds = seconds(text.value);
        if seconds.is_none() {
            let message = format!("`{}` is not a duration", text.value);
            let help = "write days, hours, minutes and seconds: `PT5M`, `PT8H30M`";
            keys.error(Code::BadValue, text.span, message, help);
        }
        seconds
    });
    if let [Some(least), Some(most)] = limits
        && least > most
    {
        let span = keys.span_of(names[0]).unwrap_or(keys.value.span);
        let message = format!("`{}` is more than `{}`", names[0], names[1]);
        keys.error(Code::BadValue, span, message, "swap them");
    }
    limits
}

/// `additionalProperties: false` is ignored in lenient mode: all generated objects are open.
fn additional_properties<'n>(keys: &mut Keys<'n, '_>) -> Option<Box<Schema<'n>>> {
    let value = keys.get("additionalProperties")?;
    if value.node.kind == Kind::Bool(false) && keys.value.reader.is_strict() {
        let message = "`additionalProperties: false` has no effect";
        let help = "remove it; every object keeps properties that are not described";
        keys.error(Code::Unsupported, value.span, message, help);
    }
    match value.node.kind {
        Kind::Bool(false) => None,
        Kind::Bool(true) => Some(Box::new(Schema {
            span: value.span,
            ..Schema::default()
        })),
        _ => Some(inner(value)),
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
    let problems = keys.value.reader.problems;
    let help = problems.suggest(text.value, names, otherwise);
    let message = format!("there is no type `{}`", text.value);
    keys.error(Code::BadValue, text.span, message, help);
    None
}

fn properties<'n>(keys: &mut Keys<'n, '_>) -> Vec<Property<'n>> {
    keys.entries("properties", |name, value| {
        let schema = schema(value, Position::Property);
        lint::described(value.reader, schema.description, name.span, "this property");
        Some(Property { name, schema })
    })
}

fn schemas<'n>(keys: &mut Keys<'n, '_>, key: &'static str) -> BoxedList<Schema<'n>> {
    let value = keys.get(key)?;
    let schemas = keys.items(key, |item| Some(schema(item, Position::Inner)));
    Some(Box::new(Spanned::new(schemas, value.span)))
}

/// Reads `enum`. A null among the values has the meaning of `nullable`.
fn values<'n>(keys: &mut Keys<'n, '_>) -> BoxedList<Text<'n>> {
    let value = keys.get("enum")?;
    let values = value.items("`enum`", |item| match item.node.kind {
        Kind::Null => None,
        _ => item.text("a value"),
    });
    Some(Box::new(Spanned::new(values, value.span)))
}

fn default_value<'n>(keys: &mut Keys<'n, '_>) -> Option<Text<'n>> {
    let value = keys.get("default")?;
    keys.span_of("enum")?;
    value.text("`default`")
}

/// Reads the targets of `discriminator`, which count as used.
fn subtypes<'n>(keys: &mut Keys<'n, '_>) -> Vec<Text<'n>> {
    let targets = keys.object("discriminator", |keys| {
        keys.required_text("propertyName");
        keys.pairs("mapping")
    });
    let (reader, targets) = (keys.value.reader, targets.into_iter().flatten());
    let pointer = |(_, target)| reader.files.target(target, reader.problems);
    let targets: Vec<_> = targets.map(pointer).collect();
    // Some bases, such as `entity`, list almost all objects: a selection does not follow these.
    if !reader.selects {
        reader.uses(targets.iter().copied());
    }
    targets
}

/// Reports keys that contradict the type of the schema or its position.
fn misplaced(keys: &Keys<'_, '_>, schema: &Schema<'_>, position: Position) {
    if schema.broken {
        return;
    }
    let primitive = schema.primitive;
    let is = |expected: Primitive| primitive == Some(expected);
    let is_enum = schema.values.is_some();
    let is_object = is(Primitive::Object)
        || (primitive.is_none() && !(is_enum || schema.any_of.is_some() || schema.items.is_some()));
    let has_format = |name| is(Primitive::String) && schema.format.is_some_and(|f| f.value == name);
    let is_id = position == Position::Component && has_format("uuid");
    let is_property = position == Position::Property;
    let is_named = position != Position::Inner;
    let is_text = is(Primitive::String) || (is_enum && primitive.is_none());
    let lenient = !keys.value.reader.is_strict();
    let (any_property, any_enum) = (is_property || lenient, is_enum || lenient);
    let id = "write it at a component with `type: string` and `format: uuid`";
    let property = "write it at a property";
    let request = "write it at a property of a request";
    let durations = &["x-rust-minimum", "x-rust-maximum"];
    let duration = "write `type: string` and `format: duration`";
    let described = "say it in the description";
    let (array, object) = ("add `type: array`", "write `type: object`");
    let (named, formatted) = ("a component or a property", "a string or a number");
    let of_requests = &["x-rust-type", "x-rust-clear"];
    let of_properties = &["deprecated", "readOnly"];
    let of_objects = &["properties", "required", "discriminator"];
    let also_of_objects = &["additionalProperties", "x-rust-combinations"];
    let rules: [(&[_], _, _, _); 13] = [
        (of_objects, is_object, "an object", object),
        (also_of_objects, is_object, "an object", object),
        (&["items"], is(Primitive::Array), "a list", array),
        (&["enum"], is_text, "a string", "write `type: string`"),
        (&["x-ms-enum"], is_enum, "an enumeration", "add `enum: […]`"),
        (&["x-rust-help"], is_id || is_property, "an id", id),
        (durations, has_format("duration"), "a duration", duration),
        (&["x-rust-private"], is_property, "a property", property),
        (of_requests, is_property, "a property", request),
        (&["x-rust-name"], is_named, named, property),
        (of_properties, any_property, "a property", property),
        (&["default"], any_enum, "an enumeration", described),
        (&["format"], !is_object || lenient, formatted, ""),
    ];
    for (names, fits, belongs, help) in rules {
        for key in names.iter().filter(|_| !fits) {
            if let Some(span) = keys.span_of(key) {
                let message = format!("`{key}` is allowed only for {belongs}");
                let or = if help.is_empty() { "" } else { ", or " };
                let help = format!("{help}{or}remove `{key}`");
                keys.error(Code::Extension, span, message, help);
            }
        }
    }
    two_types(keys);
}

/// Reports keys that each decide the type of a schema. `misplaced` reports other keys that
/// contradict `type`.
fn two_types(keys: &Keys<'_, '_>) {
    let rules: [(_, &[_]); 3] = [
        ("anyOf", &["oneOf", "allOf", "enum", "items", "properties"]),
        ("oneOf", &["allOf", "enum", "items", "properties"]),
        ("allOf", &["enum", "items"]),
    ];
    for (first, others) in rules {
        let Some(span) = keys.span_of(first) else {
            continue;
        };
        for second in others {
            if let Some(place) = keys.span_of(second) {
                let message = format!("`{second}` beside `{first}` is not supported");
                let spans = [(place, ""), (span, "this already decides the type")];
                let problems = keys.value.reader.problems;
                problems.clash(Code::Unsupported, spans, message, "keep one of the two");
            }
        }
    }
}
