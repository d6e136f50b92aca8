//! Resolved schemas: the kind, the target and the properties of each component, computed before
//! anything is lowered.

use crate::diagnostics::{Code, Problems, Span, Spanned};
use crate::openapi::{Document, Primitive, Property, Schema};
use indexmap::IndexMap;
use std::cell::Cell;
use std::collections::{HashMap, HashSet};

/// The kind of a schema.
#[derive(Clone, Copy)]
pub enum Shape<'d> {
    Reference(Spanned<&'d str>),
    /// An object: a struct.
    Object,
    /// A string with known values: an open enumeration.
    Enum,
    /// A string with the format `uuid`: a newtype if it is a component.
    Id,
    /// `anyOf` or `oneOf`.
    AnyOf(&'d Spanned<Vec<Schema<'d>>>),
    /// `allOf` with only one schema, to which nothing is added.
    Same(&'d Schema<'d>),
    List(Option<&'d Schema<'d>>),
    /// An object with only `additionalProperties`.
    Map(&'d Schema<'d>),
    /// Any other `type`.
    Value(Primitive),
    /// No `type`: any value.
    Untyped,
}

/// A component schema.
pub struct Component<'d> {
    pub name: &'d str,
    pub span: Span,
    pub schema: &'d Schema<'d>,
    pub shape: Shape<'d>,
    /// The schema that decides the type, and the position of its component, if it has one. `None`
    /// when references lead nowhere.
    pub target: Option<(&'d Schema<'d>, Option<usize>)>,
    /// True when the value may be null.
    pub nullable: bool,
    /// True when only request bodies refer to the component.
    pub request: bool,
    /// The properties, if this is an object.
    pub properties: Properties<'d>,
}

/// The properties of an object, after those of its bases.
#[derive(Default)]
pub struct Properties<'d> {
    /// Each property once; of several definitions, one that may be null.
    pub list: Vec<&'d Property<'d>>,
    /// Pairs of definitions of the same property.
    pub again: Vec<(&'d Property<'d>, &'d Property<'d>)>,
    /// The names in `required`.
    pub required: HashMap<&'d str, Span>,
}

impl<'d> Properties<'d> {
    pub fn names(&self) -> impl Iterator<Item = &'d str> {
        self.list.iter().map(|property| property.name.value)
    }
}

/// The schema that decides a type, and its component, if it has one.
type Resolved<'c, 'd> = (&'d Schema<'d>, Option<&'c Component<'d>>);

pub struct Schemas<'d> {
    pub(super) problems: &'d Problems,
    /// The components in the order of the document.
    pub components: IndexMap<&'d str, Component<'d>>,
    /// The number of inherited properties so far.
    pub(super) inherited: Cell<usize>,
}

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

/// The only schema of `allOf`, when nothing is added to it.
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

/// The schemas of `anyOf` or `oneOf` except null, which OpenAPI 3.0 writes as
/// `{type: object, nullable: true}`.
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

/// Follows `allOf` and `anyOf` with only one schema. Returns the schema that decides the type, or a
/// reference.
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

/// The schemas by which another schema may be null.
fn meanings<'d>(schema: &'d Schema<'d>) -> impl Iterator<Item = &'d Schema<'d>> {
    let any_of = schema.any_of.iter().flat_map(|any_of| &any_of.value);
    same(schema).into_iter().chain(any_of)
}

impl<'d> Schemas<'d> {
    /// Resolves the components of a document, except for their properties.
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

    /// The component of a reference. Reports a reference to another section.
    pub fn find(&self, reference: Spanned<&str>) -> Option<&Component<'d>> {
        find(self.problems, &self.components, "schemas", reference)
    }

    /// The position of the component of a reference.
    pub fn position(&self, reference: Spanned<&str>) -> Option<usize> {
        let name = reference.value.strip_prefix("#/components/schemas/")?;
        self.components.get_index_of(name)
    }

    /// The schema that decides the type. Reports a reference to another section.
    pub fn target(&self, schema: &'d Schema<'d>) -> Option<&'d Schema<'d>> {
        if let Some(reference) = decisive(schema).reference {
            self.find(reference)?;
        }
        Some(self.resolve(schema)?.0)
    }

    /// The schema that decides the type, and its component, if it has one.
    pub fn resolve(&self, schema: &'d Schema<'d>) -> Option<Resolved<'_, 'd>> {
        let schema = decisive(schema);
        let Some(reference) = schema.reference else {
            return Some((schema, None));
        };
        let (schema, at) = self.components[self.position(reference)?].target?;
        Some((schema, at.map(|at| &self.components[at])))
    }

    /// True when null is a value of a schema, or of one that it refers to.
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
            // A component that occurs twice in the chain is part of a cycle, and has no target.
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

    /// Marks components that may be null: first the nullable ones, then those that refer to them.
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

pub(super) fn is_untyped_or_object(schema: &Schema<'_>) -> bool {
    matches!(schema.primitive, None | Some(Primitive::Object))
}

/// The components that only request bodies refer to.
fn request_only<'d>(document: &Document<'d>) -> HashSet<&'d str> {
    let components = &document.components;
    let name = |reference: Spanned<&'d str>| reference.value.strip_prefix("#/components/schemas/");
    let operations = || document.paths.iter().flat_map(|item| &item.operations);
    let bodies = operations().filter_map(|operation| operation.request_body.as_ref()?.value());
    let shared = components.request_bodies.values().map(|body| &body.value);
    let sent = bodies.chain(shared);
    let sent = sent.filter_map(|body| body.content.as_ref()?.schema.as_ref()?.reference);
    let sent = sent.filter_map(name);
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
        // An empty reference was reported.
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
    // A missing or unreadable component was reported.
    named.get(name)
}
