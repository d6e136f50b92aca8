//! Which schemas the parts of a description refer to.

use crate::spec::document::{Document, OrRef};
use crate::spec::schema::Schema;
use std::collections::HashSet;

/// The components that nothing but a request body refers to.
pub fn request_only<'n>(document: &Document<'n>) -> HashSet<&'n str> {
    let components = &document.components;
    let name = |reference: &'n str| reference.strip_prefix("#/components/schemas/");
    let operations = || document.paths.iter().flat_map(|item| &item.operations);
    let bodies = operations().filter_map(|operation| operation.request_body.as_ref());
    let bodies = bodies.filter_map(OrRef::here);
    let mut sent = HashSet::new();
    for body in bodies.chain(components.request_bodies.values()) {
        let reference = body.value.schema().and_then(|schema| schema.reference);
        sent.extend(reference.and_then(|reference| name(reference.value)));
    }
    let responses = operations().flat_map(|operation| &operation.responses);
    let responses = responses.filter_map(|(_, response)| response.here());
    let responses = responses.chain(components.responses.values());
    let read = responses.filter_map(|response| response.value.schema());
    let schemas = components.schemas.values().map(|schema| &schema.value);
    for schema in read.chain(schemas) {
        each_reference(schema, &mut |reference| {
            if let Some(name) = name(reference) {
                sent.remove(name);
            }
        });
    }
    sent
}

/// Calls `found` with every reference in a schema.
pub fn each_reference<'n>(schema: &Schema<'n>, found: &mut impl FnMut(&'n str)) {
    if let Some(reference) = schema.reference {
        found(reference.value);
    }
    let any_of = schema.any_of.iter().flat_map(|any_of| &any_of.value);
    let parts = schema
        .all_of
        .iter()
        .chain(any_of)
        .chain(schema.items.as_deref());
    let properties = schema.properties.iter().map(|property| &property.schema);
    for part in parts.chain(properties) {
        each_reference(part, found);
    }
}
