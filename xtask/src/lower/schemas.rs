//! The resolved schemas: kind, target and properties of each component, computed once before
//! anything is lowered.

use crate::diagnostics::{Code, Problems, Span, Spanned};
use crate::openapi::{Document, Primitive, Property, Schema};
use indexmap::IndexMap;
use std::cell::Cell;
use std::collections::{HashMap, HashSet};

/// The kind of a schema, by its keys.
#[derive(Clone, Copy)]
pub enum Shape<'d> {
    /// `$ref` to a component.
    Reference(Spanned<&'d str>),
    /// An object, which becomes a struct.
    Object,
    /// Text with known values, which becomes an open enumeration.
    Enum,
    /// Text of the form of a GUID, which becomes a newtype where it is a component.
    Id,
    /// `anyOf`
    AnyOf(&'d Spanned<Vec<Schema<'d>>>),
    /// Another schema, to which a lone `allOf` adds nothing.
    Same(&'d Schema<'d>),
    /// `type: array` and its items.
    List(Option<&'d Schema<'d>>),
    /// An object that has only `additionalProperties`, and their schema.
    Map(&'d Schema<'d>),
    /// Any other `type`.
    Value(Primitive),
    /// A schema without a `type`: any value.
    Untyped,
}

/// A component schema.
pub struct Component<'d> {
    pub name: &'d str,
    /// The span of the name.
    pub span: Span,
    pub schema: &'d Schema<'d>,
    pub shape: Shape<'d>,
    /// The schema that decides its type, and the position of the component that it is, if any;
    /// none where references lead nowhere.
    pub target: Option<(&'d Schema<'d>, Option<usize>)>,
    /// True when null is among its values.
    pub nullable: bool,
    /// True when only request bodies refer to it.
    pub request: bool,
    /// The properties of an object.
    pub properties: Properties<'d>,
}

/// The properties of an object, inherited ones first.
#[derive(Default)]
pub struct Properties<'d> {
    /// The properties, each name once: of several, one that may be null.
    pub list: Vec<&'d Property<'d>>,
    /// Those that a base has as well.
    pub again: Vec<(&'d Property<'d>, &'d Property<'d>)>,
    /// The names in `required`, and where they are.
    pub required: HashMap<&'d str, Span>,
}

impl<'d> Properties<'d> {
    /// The names of the properties.
    pub fn names(&self) -> impl Iterator<Item = &'d str> {
        self.list.iter().map(|property| property.name.value)
    }
}

/// The schema that decides a type, and the component that it is, if any.
type Resolved<'c, 'd> = (&'d Schema<'d>, Option<&'c Component<'d>>);

/// All component schemas.
pub struct Schemas<'d> {
    pub(super) problems: &'d Problems,
    /// By name, in the order of the document.
    pub components: IndexMap<&'d str, Component<'d>>,
    /// The number of inherited properties so far.
    pub(super) inherited: Cell<usize>,
}

/// The kind of a schema.
pub fn shape<'d>(schema: &'d Schema<'d>) -> Shape<'d> {
    if let Some(reference) = schema.reference {
        Shape::Reference(reference)
    } else if let Some(any_of) = &schema.any_of {
        Shape::AnyOf(any_of)
    } else if schema.values.is_some() {
        Shape::Enum
    } else if let Some(same) = same(schema) {
        Shape::Same(same)
    } else if !schema.all_of.is_empty() || !schema.properties.is_empty() {
        Shape::Object
    } else {
        let is_empty = schema.required.is_empty() && schema.rare().subtypes.is_empty();
        match schema.primitive {
            None if !is_empty => Shape::Object,
            None | Some(Primitive::Object) if is_empty && schema.additional.is_some() => schema
                .additional
                .as_deref()
                .map_or(Shape::Untyped, Shape::Map),
            Some(Primitive::Object) => Shape::Object,
            Some(Primitive::Array) => Shape::List(schema.items.as_deref()),
            Some(Primitive::String) if schema.format.is_some_and(|f| f.value == "uuid") => {
                Shape::Id
            }
            Some(primitive) => Shape::Value(primitive),
            None => Shape::Untyped,
        }
    }
}

/// The one base of a schema that adds nothing to it.
fn same<'d>(schema: &'d Schema<'d>) -> Option<&'d Schema<'d>> {
    let [only] = &schema.all_of[..] else {
        return None;
    };
    let adds_nothing = schema.properties.is_empty()
        && schema.required.is_empty()
        && schema.rare().subtypes.is_empty()
        && schema.rare().combinations.is_none();
    adds_nothing.then_some(only)
}

/// The schemas of `anyOf` or `oneOf` except null: `{type: object, nullable: true}` without
/// properties, in the language of OpenAPI 3.0.
pub fn alternatives<'d>(any_of: &'d [Schema<'d>]) -> Vec<&'d Schema<'d>> {
    let is_null = |schema: &&Schema<'_>| {
        schema.nullable
            && schema.reference.is_none()
            && schema.properties.is_empty()
            && schema.all_of.is_empty()
            && schema.values.is_none()
            && schema.additional.is_none()
            && is_untyped_or_object(schema)
    };
    any_of.iter().filter(|schema| !is_null(schema)).collect()
}

/// The part of a schema that decides its type, behind lone bases and lone alternatives: often the
/// schema itself, or a reference.
pub fn decisive<'d>(mut schema: &'d Schema<'d>) -> &'d Schema<'d> {
    loop {
        schema = match shape(schema) {
            Shape::Same(only) => only,
            Shape::AnyOf(any_of) => match alternatives(&any_of.value)[..] {
                [only] => only,
                _ => return schema,
            },
            _ => return schema,
        };
    }
}

/// The schemas that decide if a schema may be null, itself excluded.
fn meanings<'d>(schema: &'d Schema<'d>) -> impl Iterator<Item = &'d Schema<'d>> {
    let any_of = schema.any_of.iter().flat_map(|any_of| &any_of.value);
    same(schema).into_iter().chain(any_of)
}

impl<'d> Schemas<'d> {
    /// Resolves the components of a document, except their properties.
    pub fn new(document: &'d Document<'d>, problems: &'d Problems) -> Self {
        let request = request_only(document);
        let component = |(name, schema): (&&'d str, &'d Spanned<Schema<'d>>)| {
            let component = Component {
                name,
                span: schema.span,
                schema: &schema.value,
                shape: shape(&schema.value),
                target: None,
                nullable: false,
                request: request.contains(name),
                properties: Properties::default(),
            };
            (*name, component)
        };
        let components = document.components.schemas.iter().map(component).collect();
        let mut schemas = Self {
            problems,
            components,
            inherited: Cell::new(0),
        };
        schemas.follow_references();
        schemas.find_nullable();
        schemas
    }

    /// The component that a reference names. Reports a reference to nothing.
    pub fn find(&self, reference: Spanned<&str>) -> Option<&Component<'d>> {
        find(self.problems, &self.components, "schemas", reference)
    }

    /// The position of the component that a reference names, if any.
    pub fn position(&self, reference: Spanned<&str>) -> Option<usize> {
        let name = reference.value.strip_prefix("#/components/schemas/")?;
        self.components.get_index_of(name)
    }

    /// The schema that decides the type. Reports a first reference to nothing.
    pub fn target(&self, schema: &'d Schema<'d>) -> Option<&'d Schema<'d>> {
        let schema = decisive(schema);
        match schema.reference {
            Some(reference) => Some(self.find(reference)?.target?.0),
            None => Some(schema),
        }
    }

    /// The schema that decides the type, and the component that it is, if any.
    pub fn resolve(&self, schema: &'d Schema<'d>) -> Option<Resolved<'_, 'd>> {
        let schema = decisive(schema);
        let Some(reference) = schema.reference else {
            return Some((schema, None));
        };
        let (schema, at) = self.components[self.position(reference)?].target?;
        Some((schema, at.map(|at| &self.components[at])))
    }

    /// True when null is among the values of a schema, or of one that it refers to.
    pub fn is_nullable(&self, schema: &Schema<'d>) -> bool {
        let target = schema.reference.and_then(|target| self.position(target));
        schema.nullable
            || target.is_some_and(|at| self.components[at].nullable)
            || meanings(schema).any(|meaning| self.is_nullable(meaning))
    }

    /// Sets the target of each component.
    fn follow_references(&mut self) {
        let mut done = vec![false; self.components.len()];
        for start in 0..done.len() {
            let (mut chain, mut next) = (Vec::new(), Some(start));
            // A component of the chain that is met again has no target yet: a cycle has none.
            let target = loop {
                let Some(at) = next else { break None };
                if done[at] {
                    break self.components[at].target;
                }
                done[at] = true;
                chain.push(at);
                let schema = self.components[at].schema;
                let end = decisive(schema);
                let Some(reference) = end.reference else {
                    break Some((end, std::ptr::eq(end, schema).then_some(at)));
                };
                next = self.position(reference);
            };
            for at in chain {
                self.components[at].target = target;
            }
        }
    }

    /// Marks the components that may be null, from the nullable ones to those that mean them.
    fn find_nullable(&mut self) {
        let mut users = vec![Vec::new(); self.components.len()];
        let (mut found, mut open) = (Vec::new(), Vec::new());
        for (user, component) in self.components.values().enumerate() {
            open.push(component.schema);
            while let Some(schema) = open.pop() {
                if schema.nullable {
                    found.push(user);
                }
                let target = schema.reference.and_then(|target| self.position(target));
                if let Some(at) = target {
                    users[at].push(user);
                }
                open.extend(meanings(schema));
            }
        }
        while let Some(at) = found.pop() {
            if !self.components[at].nullable {
                self.components[at].nullable = true;
                found.append(&mut users[at]);
            }
        }
    }
}

/// True for a schema that may be an object.
pub(super) fn is_untyped_or_object(schema: &Schema<'_>) -> bool {
    matches!(schema.primitive, None | Some(Primitive::Object))
}

/// The component schemas that only request bodies refer to.
fn request_only<'d>(document: &Document<'d>) -> HashSet<&'d str> {
    let components = &document.components;
    let name = |reference: Spanned<&'d str>| reference.value.strip_prefix("#/components/schemas/");
    let operations = || document.paths.iter().flat_map(|item| &item.operations);
    let bodies = operations().filter_map(|operation| operation.request_body.as_ref()?.value());
    let shared = components.request_bodies.values().map(|body| &body.value);
    let sent = bodies.chain(shared);
    let sent = sent.filter_map(|body| name(body.schema()?.reference?));
    let mut sent: HashSet<_> = sent.collect();
    let responses = operations().flat_map(|operation| &operation.responses);
    let responses = responses.filter_map(|(_, response)| response.value());
    let responses = responses.chain(components.responses.values().map(|shared| &shared.value));
    let received = responses.filter_map(|response| response.schema());
    let schemas = components.schemas.values().map(|schema| &schema.value);
    for schema in received.chain(schemas) {
        schema.each_reference(&mut |reference| {
            if let Some(name) = name(reference) {
                sent.remove(name);
            }
        });
    }
    sent
}

/// The component of a section that a reference names. Reports a reference to another section.
pub fn find<'a, T>(
    problems: &Problems,
    named: &'a IndexMap<&str, T>,
    section: &str,
    reference: Spanned<&str>,
) -> Option<&'a T> {
    if reference.value.is_empty() {
        // A reference to another file that leads nowhere was reported.
        return None;
    }
    let rest = reference.value.strip_prefix("#/components/");
    let name = rest.and_then(|rest| rest.strip_prefix(section)?.strip_prefix('/'));
    let Some(name) = name else {
        let text = reference.value;
        let message = format!("`{text}` does not refer to an entry of `components.{section}`");
        let form = format!("#/components/{section}/NAME");
        let help = format!("write `{form}`, or `FILE{form}` for another file of the description");
        problems.error(Code::DanglingReference, reference.span, message, help);
        return None;
    };
    // A component that is missing, or cannot be read, was reported.
    named.get(name)
}
