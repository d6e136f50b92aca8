//! Whether a schema may be null.

use super::types::wrapped;
use crate::spec::document::Document;
use crate::spec::schema::{Primitive, Schema};

/// How many schemas are asked at most: references may lead in a circle.
const MAX_ASKED: usize = 64;

/// Whether null is among the values of a schema, or of what it stands for.
pub fn may_be_null(document: &Document<'_>, schema: &Schema<'_>) -> bool {
    let mut left = MAX_ASKED;
    ask(document, schema, &mut left)
}

fn ask(document: &Document<'_>, schema: &Schema<'_>, left: &mut usize) -> bool {
    if schema.nullable || *left == 0 {
        return schema.nullable;
    }
    *left -= 1;
    let name = schema
        .reference
        .and_then(|reference| reference.value.strip_prefix("#/components/schemas/"));
    let target = name.and_then(|name| document.components.schemas.get(name));
    let target = target.map(|target| &target.value);
    let any_of = schema.any_of.iter().flat_map(|any_of| &any_of.value);
    let mut meant = target.into_iter().chain(wrapped(schema)).chain(any_of);
    meant.any(|one| ask(document, one, left))
}

/// `{type: object, nullable: true}` without members: null, in the language of OpenAPI 3.0.
pub fn is_null(schema: &Schema<'_>) -> bool {
    schema.nullable
        && schema.reference.is_none()
        && schema.properties.is_empty()
        && schema.all_of.is_empty()
        && schema.values.is_none()
        && schema
            .primitive
            .is_none_or(|primitive| primitive.value == Primitive::Object)
}
