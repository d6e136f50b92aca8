//! The properties of objects, with those of their bases.

use super::schemas::{Properties, Schemas, Shape, is_untyped_or_object};
use crate::diagnostics::Code;
use crate::ir::grouped;
use crate::openapi::Schema;
use indexmap::IndexMap;
use std::collections::HashSet;

/// The longest chain of bases.
const MAX_BASES: usize = 32;

/// The most inherited properties of a document, to limit the size of the output.
const MAX_INHERITED: usize = 250_000;

impl<'d> Schemas<'d> {
    /// Sets the properties of all component objects.
    pub fn find_properties(&mut self) {
        for at in 0..self.components.len() {
            if let Shape::Object = self.components[at].shape {
                self.components[at].properties = self.properties(self.components[at].schema);
            }
        }
    }

    /// The properties of an object, after those of its bases.
    pub fn properties(&self, schema: &'d Schema<'d>) -> Properties<'d> {
        let mut gathering = Gathering::default();
        self.gather(schema, &mut gathering);
        let mut properties = gathering.properties;
        let mut kept = IndexMap::with_capacity(properties.list.len());
        for property in properties.list {
            let first = *kept.entry(property.name.value).or_insert(property);
            if std::ptr::eq(first, property) {
                continue;
            }
            properties.again.push((first, property));
            if self.is_nullable(&property.schema) {
                kept.insert(property.name.value, property);
            }
        }
        properties.list = kept.into_values().collect();
        properties
    }

    fn gather(&self, schema: &'d Schema<'d>, gathering: &mut Gathering<'d>) {
        let reference = schema.reference;
        let span = reference.map_or(schema.span, |reference| reference.span);
        if gathering.path.len() > MAX_BASES {
            let message = "this chain of `allOf` has too many bases";
            let help = format!("shorten the chain to at most {MAX_BASES} bases");
            return self.problems.error(Code::Limit, span, message, help);
        }
        let Some(schema) = self.target(schema) else {
            return;
        };
        let mut path = gathering.path.iter();
        if path.any(|open| std::ptr::eq(*open, schema)) {
            let message = "this object inherits from itself";
            let help = "take the reference out of `allOf`; refer to it from a property instead";
            let spans = [(span, ""), (schema.span, "the object")];
            return self.problems.clash(Code::Cycle, spans, message, help);
        }
        if !gathering.seen.insert(schema) {
            return;
        }
        let is_base = !gathering.path.is_empty();
        if is_base && !can_be_base(schema) {
            let message = "a base that is not an object is not supported";
            let help = "let the bases be objects, or refer only to this schema";
            self.problems.error(Code::Unsupported, span, message, help);
        }
        gathering.path.push(schema);
        for base in &schema.all_of {
            self.gather(base, gathering);
        }
        gathering.path.pop();
        if is_base && !self.may_inherit(schema) {
            return;
        }
        let properties = &mut gathering.properties;
        properties.list.extend(&schema.properties);
        let required = schema.required.iter().map(|text| (text.value, text.span));
        properties.required.extend(required);
    }

    /// Counts inherited properties. Returns false when there are too many.
    fn may_inherit(&self, schema: &Schema<'d>) -> bool {
        let inherited = self.inherited.get() + schema.properties.len();
        if inherited <= MAX_INHERITED {
            self.inherited.set(inherited);
            return true;
        }
        let message = "the objects of this document inherit too many properties";
        let most = grouped(MAX_INHERITED, ',');
        let help = format!("write fewer bases; a document may inherit {most} properties in all");
        self.problems.error(Code::Limit, schema.span, message, help);
        false
    }
}

/// The state while the properties of an object are collected.
#[derive(Default)]
struct Gathering<'d> {
    properties: Properties<'d>,
    /// The bases that were visited; each counts once.
    seen: HashSet<*const Schema<'d>>,
    /// The chain of bases to the current one.
    path: Vec<&'d Schema<'d>>,
}

/// True for a schema that an object can inherit from. Without a type it adds no properties.
fn can_be_base(schema: &Schema<'_>) -> bool {
    schema.values.is_none()
        && schema.any_of.is_none()
        && schema.items.is_none()
        && (schema.broken || is_untyped_or_object(schema))
}
