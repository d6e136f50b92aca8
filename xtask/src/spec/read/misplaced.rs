//! Keys that a schema may have and that mean nothing where they stand.

use super::super::fields::{Fields, Level, Reader};
use super::super::schema::{Primitive, Schema};
use crate::diagnostics::{Code, Diagnostic};

/// Where a schema stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// It is one of the components.
    Component,
    /// It is a property of an object.
    Property,
    /// It stands anywhere else, such as among the items of a list.
    Inner,
}

/// Reports keys of a schema that do not fit the others, or where it stands.
pub fn check(
    reader: &mut Reader,
    fields: &Fields<'_, '_>,
    schema: &Schema<'_>,
    place: Place,
) {
    if schema.broken {
        return;
    }
    let primitive = schema.primitive.map(|primitive| primitive.value);
    let is = |wanted: Primitive| primitive == Some(wanted);
    let is_enum = schema.values.is_some();
    let is_object = is(Primitive::Object)
        || (primitive.is_none()
            && !(is_enum || schema.any_of.is_some() || schema.items.is_some()));
    let is_id = place == Place::Component
        && is(Primitive::String)
        && schema.format.is_some_and(|f| f.value == "uuid");
    let is_property = place == Place::Property;
    let is_named = place != Place::Inner;
    let is_text = is(Primitive::String) || (is_enum && primitive.is_none());
    let own = reader.level == Level::Own;
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
        (
            &["x-rust-type", "x-rust-clear"],
            is_property,
            "a property",
            request,
        ),
        (
            &["x-rust-name"],
            is_named,
            "a component or a property",
            property,
        ),
        (
            &["deprecated", "readOnly"],
            is_property || !own,
            "a property",
            property,
        ),
        (&["default"], is_enum || !own, "an enumeration", described),
        (&["format"], !is_object || !own, "a string or a number", ""),
    ];
    for (keys, fits, belongs, help) in rules {
        for key in keys.iter().filter(|_| !fits) {
            if let Some((_, span)) = fields.get(key) {
                let message = format!("`{key}` belongs to {belongs}, and this is none");
                let or = if help.is_empty() { "" } else { ", or " };
                let help = format!("{help}{or}remove `{key}`");
                reader.error(Code::Extension, span, message, help);
            }
        }
    }
    two_meanings(reader, fields);
}

/// Reports keys that each say what a schema is: only one of them would count. Those that are not
/// here contradict each other's `type`, which is reported as it is.
fn two_meanings(reader: &mut Reader, fields: &Fields<'_, '_>) {
    let rules: [(_, &[_]); 2] = [
        ("anyOf", &["allOf", "enum", "items", "properties"]),
        ("allOf", &["enum", "items"]),
    ];
    for (first, others) in rules {
        let Some((_, span)) = fields.get(first) else {
            continue;
        };
        for second in others {
            if let Some((_, place)) = fields.get(second) {
                let message = format!("`{second}` beside `{first}` is not supported");
                let problem = Diagnostic::new(Code::Unsupported, place, message)
                    .context(span, "this says already what the schema is");
                reader.report(problem.help("keep one of the two"));
            }
        }
    }
}
