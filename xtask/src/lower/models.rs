//! Objects: their members, with those that they inherit.

use super::names::{self, Case, camel, constant, rust_name, snake};
use super::nullable::may_be_null;
use super::scope::{Scope, Thing};
use super::types::Site;
use super::{Lower, bodies, docs, resolve};
use crate::diagnostics::{Code, Diagnostic};
use crate::grouped::grouped;
use crate::ir::{Clear, Field, Id, Item, Struct, Type};
use crate::spec::fields::{At, Level, Text};
use crate::spec::node::Span;
use crate::spec::schema::{Primitive, Property, Schema};
use std::collections::{HashMap, HashSet};

/// How deep objects may inherit.
const MAX_BASES: usize = 32;

/// How many members all objects together may inherit.
pub const MAX_INHERITED: usize = 250_000;

/// The members of an object and what it requires, its bases included.
#[derive(Default)]
struct Members<'d, 'n> {
    properties: Vec<&'d Property<'n>>,
    required: HashMap<&'n str, Span>,
    /// Bases that were looked at, by address: each counts once.
    seen: HashSet<*const Schema<'n>>,
    /// The bases on the way to the one that is looked at.
    path: Vec<&'d Schema<'n>>,
}

impl<'d, 'n> Lower<'d, 'n, '_> {
    /// Lowers a component to a file.
    pub fn component(&mut self, key: &'n str, schema: &'d Schema<'n>, ty: &Type) {
        let Some(name) = ty.name() else { return };
        let item = match ty {
            Type::Enum(_) => Item::Enum(self.enumeration(schema, name)),
            Type::Id(_) => Item::Id(self.id(schema, name)),
            _ => Item::Struct(self.object(schema, name, self.requests.contains(key))),
        };
        self.module(name, vec![item]);
    }

    fn id(&mut self, schema: &Schema<'n>, name: &str) -> Id {
        let level = self.reader.level;
        let cure = schema.cure.map_or("write a GUID", |cure| cure.value);
        Id {
            name: name.to_owned(),
            docs: docs::lines(level, schema.description, "An identifier, a GUID."),
            cure: docs::one_line(cure),
            what: snake(name).replace('_', " "),
        }
    }

    /// The struct that a schema is.
    pub fn object(
        &mut self,
        schema: &'d Schema<'n>,
        name: &str,
        request: bool,
    ) -> Struct {
        let mut members = Members::default();
        self.members(schema, &mut members, 0);
        self.known_targets(schema);
        let otherwise = format!("The object {name}.");
        let docs = docs::of_type(self.reader.level, schema, &otherwise);
        if let Some(combinations) = &schema.combinations {
            self.of_requests("x-rust-combinations", combinations.span, request);
        }
        let mut fields = self.fields(&members, name, request);
        let combinations = schema
            .combinations
            .as_ref()
            .map(|written| self.combinations(written, &members.properties, &fields));
        if request {
            // What only the service sets is never sent, nor is a null in a list.
            fields.retain(|field| !field.read_only);
            for field in &mut fields {
                field.ty = field.ty.clone().without_null();
            }
        }
        let mut object = Struct {
            name: name.to_owned(),
            docs,
            fields,
            request,
            arguments: Vec::new(),
            combinations,
        };
        if request {
            object.arguments = bodies::arguments(&object);
        }
        object
    }

    fn fields(
        &mut self,
        members: &Members<'d, 'n>,
        owner: &str,
        request: bool,
    ) -> Vec<Field> {
        let mut fields = Vec::with_capacity(members.properties.len());
        let mut names = Scope::default();
        let mut seen: HashSet<&str> = HashSet::new();
        for property in &members.properties {
            // A member that a base has as well is the same member.
            if seen.insert(property.name.value) {
                let required = members.required.contains_key(property.name.value);
                self.hand_written(&property.schema, request);
                if let Some(clear) = property.schema.clear {
                    let sent = request && !property.schema.read_only;
                    self.of_requests("x-rust-clear", clear.span, sent);
                }
                let case = if request { Case::Option } else { Case::Member };
                fields.extend(self.field(property, owner, case, required, &mut names));
            }
        }
        for (wire, span) in &members.required {
            if !seen.contains(wire) {
                let names = members.properties.iter().map(|p| p.name.value);
                let otherwise =
                    "describe it under `properties`, or remove it from `required`";
                let help = self.reader.suggest(wire, names, otherwise);
                let message = format!("`{wire}` is required, and no property");
                self.reader
                    .error(Code::RequiredProperty, *span, message, help);
            }
        }
        fields
    }

    /// Gathers the members, those of the bases first.
    fn members(
        &mut self,
        schema: &'d Schema<'n>,
        members: &mut Members<'d, 'n>,
        depth: usize,
    ) {
        let span = schema
            .reference
            .map_or(schema.span, |reference| reference.span);
        if depth > MAX_BASES {
            let message = "this object inherits through too many others";
            let help = format!("let `allOf` lead through at most {MAX_BASES} bases");
            self.reader.error(Code::Limit, span, message, help);
            return;
        }
        let document = self.document;
        let Some((_, schema)) = resolve::schema(self.reader, document, schema) else {
            return;
        };
        if members.path.iter().any(|open| std::ptr::eq(*open, schema)) {
            let message = "this object inherits from itself";
            let problem = Diagnostic::new(Code::Circle, span, message)
                .context(schema.span, "which is this one")
                .help("take the reference out of `allOf`; refer to it from a property instead");
            self.reader.report(problem);
            return;
        }
        if !members.seen.insert(schema) {
            return;
        }
        if depth > 0 && !is_object(schema) {
            let message = "a base that is no object is not supported";
            let help = "let the bases be objects, or refer to this schema alone";
            self.reader.error(Code::Unsupported, span, message, help);
        }
        members.path.push(schema);
        for base in &schema.all_of {
            self.members(base, members, depth + 1);
        }
        members.path.pop();
        if depth > 0 && !self.may_inherit(schema) {
            return;
        }
        members.properties.extend(&schema.properties);
        members
            .required
            .extend(schema.required.iter().map(|text| (text.value, text.span)));
    }

    /// Counts inherited members, so that a small text makes no huge output; false when there are
    /// too many.
    fn may_inherit(&mut self, schema: &Schema<'n>) -> bool {
        let left = self.inherited.checked_sub(schema.properties.len());
        if left.is_none() {
            let message = "the objects of this description inherit too many members";
            let help = format!(
                "write fewer bases; a description may inherit {} members in all",
                grouped(MAX_INHERITED, ',')
            );
            self.reader.error(Code::Limit, schema.span, message, help);
        }
        self.inherited = left.unwrap_or(self.inherited);
        left.is_some()
    }

    fn field(
        &mut self,
        property: &'d Property<'n>,
        owner: &str,
        case: Case,
        required: bool,
        names: &mut Scope,
    ) -> Option<Field> {
        let schema = &property.schema;
        let text = schema.rust_name.unwrap_or(property.name);
        let name = rust_name(self.reader, text, case, "x-rust-name: NAME");
        names.claim(self.reader, &name, text, Thing::Member);
        let inline = format!("{owner}{}", camel(&name));
        let site = Site::new(&inline, property.name);
        let ty = self.type_of(schema, site)?;
        let nullable = may_be_null(self.document, schema);
        // Whatever the description says, OData's own members may be left out on the wire.
        let annotation = property.name.value.starts_with("@odata.");
        let wire = property.name.value.to_owned();
        let otherwise = format!("The member `{}`.", wire.replace('`', "'"));
        let description = schema
            .description
            .or_else(|| self.inherited_description(schema));
        Some(Field {
            docs: docs::lines(self.reader.level, description, &otherwise),
            required: required && !annotation && !nullable,
            read_only: schema.read_only,
            private: schema.private,
            deprecated: schema.deprecated,
            rust_type: schema.rust_type.map(|text| text.value.to_owned()),
            clear: schema.clear.map(|text| Clear {
                constant: constant(&format!("clear_{name}")),
                text: text.value.to_owned(),
            }),
            name,
            wire,
            ty,
        })
    }

    /// A hand-written type belongs to a request of our own crates: others are generated as a
    /// whole, and what is read is what is described.
    fn hand_written(&mut self, schema: &Schema<'n>, request: bool) {
        let Some(ty) = schema.rust_type else { return };
        let misplaced = match self.reader.level {
            Level::Foreign => {
                Some("a hand-written type has no place in a generated workspace")
            }
            Level::Own if !request => {
                Some("a hand-written type belongs to a body that is only sent")
            }
            Level::Own => None,
        };
        if let Some(message) = misplaced {
            self.reader
                .error(Code::Extension, ty.span, message, "remove `x-rust-type`");
        } else if !names::can_be_type(ty.value) {
            let message = format!("`{}` cannot be the name of a type", ty.value);
            let help = "write the name alone of a type that the models crate exports, as \
                in `x-rust-type: StatusMessage`";
            self.reader.error(Code::BadName, ty.span, message, help);
        }
    }

    /// Reports a key that means something only in what callers write.
    fn of_requests(&mut self, key: &str, span: Span, sent: bool) {
        if !sent {
            let message = format!("`{key}` belongs to a body that is only sent");
            let help = format!("remove `{key}`");
            self.reader.error(Code::Extension, span, message, help);
        }
    }

    /// Where somebody else's property has no description, its schema's may do.
    fn inherited_description(&mut self, schema: &'d Schema<'n>) -> Option<Text<'n>> {
        if self.reader.level == Level::Own || schema.reference.is_none() {
            return None;
        }
        let (_, schema) = resolve::schema(self.reader, self.document, schema)?;
        schema.description
    }

    /// What a base may turn out to be is read as the base; the references must lead somewhere.
    fn known_targets(&mut self, schema: &'d Schema<'n>) {
        for (_, target) in &schema.mapping {
            let schemas = &self.document.components.schemas;
            resolve::component(self.reader, schemas, "schemas", *target);
        }
    }
}

/// Whether an object can have this base. One that says nothing of its type adds nothing.
fn is_object(schema: &Schema<'_>) -> bool {
    let object = |primitive: At<Primitive>| primitive.value == Primitive::Object;
    schema.values.is_none()
        && schema.any_of.is_none()
        && schema.items.is_none()
        && (schema.broken || schema.primitive.is_none_or(object))
}
