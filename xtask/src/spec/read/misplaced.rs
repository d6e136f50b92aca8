//! Keys that a schema may have and that mean nothing where they stand.

use super::super::fields::{Fields, Level, Reader};
use super::super::schema::{Primitive, Schema};
use crate::diagnostics::Code;

/// Reports keys of a schema that do not fit the others.
pub fn check(
    reader: &mut Reader,
    fields: &Fields<'_, '_>,
    schema: &Schema<'_>,
    property: bool,
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
    let is_id =
        is(Primitive::String) && schema.format.is_some_and(|f| f.value == "uuid");
    let is_text = is(Primitive::String) || (is_enum && primitive.is_none());
    let own = reader.level == Level::Own;
    let rules = [
        ("items", is(Primitive::Array), "a list", "add `type: array`"),
        ("properties", is_object, "an object", "write `type: object`"),
        ("required", is_object, "an object", "write `type: object`"),
        (
            "discriminator",
            is_object,
            "an object",
            "write `type: object`",
        ),
        (
            "x-rust-combinations",
            is_object,
            "an object",
            "write `type: object`",
        ),
        ("enum", is_text, "a string", "write `type: string`"),
        ("x-ms-enum", is_enum, "an enumeration", "add `enum: […]`"),
        (
            "x-rust-cure",
            is_id,
            "an id",
            "write `type: string` and `format: uuid`",
        ),
        (
            "x-rust-private",
            property,
            "a property",
            "write it at a property",
        ),
        (
            "x-rust-type",
            property,
            "a property",
            "write it at a property of a request",
        ),
        (
            "default",
            is_enum || !own,
            "an enumeration",
            "say it in the description",
        ),
        ("format", !is_object || !own, "a string or a number", ""),
    ];
    for (key, fits, belongs, help) in rules {
        if let Some((_, span)) = fields.get(key)
            && !fits
        {
            let message = format!("`{key}` belongs to {belongs}, and this is none");

            let or = if help.is_empty() { "" } else { ", or " };
            reader.error(
                Code::Extension,
                span,
                message,
                format!("{help}{or}remove `{key}`"),
            );
        }
    }
}
