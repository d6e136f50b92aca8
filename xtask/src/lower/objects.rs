//! Objects: structs with their fields, and request bodies.

use super::Context;
use super::docs;
use super::enums::{combinations, enumeration};
use super::names::{self, Case, Scope, camel, constant, rust_name, snake};
use super::schemas::{Properties, Shape, shape};
use super::types::{Inline, InlineTypes, agree, check_references, type_of};
use crate::diagnostics::{Code, Span, Spanned};
use crate::ir::{Clear, Combinations, Field, Id, Item, Limits, Module, Struct, Type};
use crate::openapi::{Property, Schema};
use std::collections::{HashMap, HashSet};
use std::iter;

/// The models so far.
#[derive(Default)]
pub struct Models {
    /// The names of all types and constants, also of the client.
    pub names: Scope,
    /// A file for each type, except for those of inline schemas.
    pub modules: Vec<Module>,
    /// The types of inline schemas that belong to the next file.
    inline: Vec<Item>,
    /// The inline objects that are being lowered, from the outermost to the innermost.
    open: Vec<*const Schema<'static>>,
    /// The bodies whose properties are arguments and options, by the name of the struct.
    pub bodies: HashMap<String, Body>,
}

/// A request body as a method takes it.
#[derive(Clone, Default)]
pub struct Body {
    /// The type of a JSON body.
    pub ty: Option<Type>,
    pub arguments: Vec<Field>,
    pub options: Vec<Field>,
    /// True when properties have limits.
    pub limited: bool,
}

impl Models {
    /// Lowers all components. `inline` has the inline types of aliases.
    pub fn components<'d>(&mut self, cx: &Context<'d>, mut inline: InlineTypes<'d>) {
        for component in cx.schemas.components.values() {
            let schema = component.schema;
            let ty = cx.types.get(component.name).and_then(Option::as_ref);
            let name = ty.and_then(Type::name).unwrap_or_default();
            let item = match component.shape {
                Shape::Object => {
                    let (properties, request) = (&component.properties, component.request);
                    let object = object(cx, self, schema, properties, name, request);
                    if request {
                        self.bodies.insert(name.to_owned(), spread(&object));
                    }
                    Item::Struct(object)
                }
                Shape::Enum => Item::Enum(enumeration(cx, schema, name)),
                Shape::Id => Item::Id(id(cx, schema, name)),
                _ => {
                    self.inline_file(cx, inline.remove(component.name));
                    continue;
                }
            };
            self.file(item);
        }
    }

    /// Adds a file with its main type, followed by the pending types of inline schemas.
    pub fn file(&mut self, item: Item) {
        self.modules.push(Module {
            name: snake(item.name()),
            items: iter::once(item).chain(self.inline.drain(..)).collect(),
        });
    }

    /// Adds a file for the type of an inline schema.
    pub fn inline_file<'d>(&mut self, cx: &Context<'d>, inline: Option<Inline<'d>>) {
        self.inline_item(cx, inline);
        if let Some(main) = self.inline.pop() {
            self.file(main);
        }
    }

    /// Adds the type of an inline schema to the pending ones, after those that it contains.
    fn inline_item<'d>(&mut self, cx: &Context<'d>, inline: Option<Inline<'d>>) {
        let Some(Inline { name, schema }) = inline else {
            return;
        };
        let item = if let Shape::Enum = shape(schema) {
            if self.names.is_unused {
                return;
            }
            Item::Enum(enumeration(cx, schema, &name))
        } else {
            let this = std::ptr::from_ref(schema).cast();
            if self.open.contains(&this) {
                let message = "this inline object inherits the object that contains it";
                let help = "move it to `components`, and refer to it with `$ref`";
                return cx.error(Code::Cycle, schema.span, message, help);
            }
            self.open.push(this);
            let properties = cx.schemas.properties(schema);
            let object = object(cx, self, schema, &properties, &name, false);
            self.open.pop();
            Item::Struct(object)
        };
        self.inline.push(item);
    }
}

/// Checks a schema for which no Rust type is generated: a parameter (callers pass text) or an error
/// body. Returns the type that it would have.
pub fn checked_type<'d>(
    cx: &Context<'d>,
    schema: &'d Schema<'d>,
    source: Spanned<&str>,
) -> Option<Type> {
    let mut models = Models::default();
    models.names.is_unused = true;
    let (ty, inline) = type_of(cx, &mut models.names, schema, "", source)?;
    models.inline_item(cx, inline);
    Some(ty)
}

fn id(cx: &Context<'_>, schema: &Schema<'_>, name: &str) -> Id {
    let help = schema.rare().help.map_or("write a GUID", |help| help.value);
    Id {
        name: name.to_owned(),
        docs: docs::lines(cx.strictness, schema.description, "An identifier, a GUID."),
        help: docs::one_line(help),
        what: snake(name).replace('_', " "),
    }
}

/// Lowers an object schema.
pub fn object<'d>(
    cx: &Context<'d>,
    models: &mut Models,
    schema: &'d Schema<'d>,
    properties: &Properties<'d>,
    name: &str,
    request: bool,
) -> Struct {
    for subtype in &schema.rare().subtypes {
        // A subtype is read as its base, but its reference must be valid.
        cx.schemas.find(*subtype);
    }
    if let Some(values) = &schema.additional {
        // Such values are kept like unknown properties.
        check_references(cx, values);
    }
    if let Some(combinations) = &schema.rare().combinations {
        only_in_requests(cx, "x-rust-combinations", combinations.span, request);
    }
    let mut fields = fields(cx, models, properties, name, request);
    let written = schema.rare().combinations.as_ref();
    let names = &mut models.names;
    let combined = written.map(|written| combinations(cx, names, written, properties, &mut fields));
    let mut arguments = Vec::new();
    if request {
        // Read-only properties and nulls in lists are never sent.
        fields.retain(|field| !field.read_only);
        for field in &mut fields {
            field.ty = field.ty.clone().without_null();
        }
        arguments = self::arguments(&fields, combined.as_ref());
    }
    models.modules.extend(combined.map(|combined| Module {
        name: snake(&combined.name),
        items: vec![Item::Combinations(combined)],
    }));
    Struct {
        name: name.to_owned(),
        docs: docs::of_type(cx.strictness, schema, &format!("The object {name}.")),
        fields,
        arguments,
    }
}

fn fields<'d>(
    cx: &Context<'d>,
    models: &mut Models,
    properties: &Properties<'d>,
    owner: &str,
    request: bool,
) -> Vec<Field> {
    let mut fields = Vec::with_capacity(properties.list.len());
    let mut scope = Scope::default();
    for property in &properties.list {
        let (schema, rare) = (&property.schema, property.schema.rare());
        hand_written(cx, schema, request);
        if let Some(clear) = rare.clear {
            only_in_requests(cx, "x-rust-clear", clear.span, request && !schema.read_only);
        }
        let case = if request { Case::Option } else { Case::Field };
        let text = rare.rust_name.unwrap_or(property.name);
        let name = rust_name(cx, text, case, "x-rust-name: NAME");
        let name = scope.take(cx, name, text, "property", rare.rust_name.is_some());
        let type_name = format!("{owner}{}", camel(&name));
        let found = type_of(cx, &mut models.names, schema, &type_name, property.name);
        if let Some((ty, inline)) = found {
            models.inline_item(cx, inline);
            let limits = limits(cx, schema, &ty, request);
            let mut field = field(cx, property, name, ty);
            field.required &= properties.required.contains_key(property.name.value);
            fields.push(Field { limits, ..field });
        }
    }
    for (first, second) in &properties.again {
        if !agree(cx, &first.schema, &second.schema) {
            let name = second.name.value;
            let message = format!("`{name}` has a different type in a base schema");
            let help = "give both the same type, or remove one of the two";
            let spans = [(second.name.span, ""), (first.name.span, "the other")];
            cx.problems.clash(Code::Unsupported, spans, message, help);
        }
    }
    if !properties.required.is_empty() {
        known_requirements(cx, properties);
    }
    fields
}

/// Reports names in `required` that are not properties.
fn known_requirements(cx: &Context<'_>, properties: &Properties<'_>) {
    let names: HashSet<_> = properties.names().collect();
    let required = properties.required.iter();
    for (name, span) in required.filter(|(name, _)| !names.contains(*name)) {
        let message = format!("`{name}` in `required` is not a property");
        let otherwise = "describe it under `properties`, or remove it from `required`";
        let (name, known) = (Spanned::new(*name, *span), properties.names());
        cx.unknown(Code::RequiredProperty, name, message, known, otherwise);
    }
}

/// The field of a property, required unless it may be null or is an annotation of OData.
fn field<'d>(cx: &Context<'d>, property: &'d Property<'d>, name: String, ty: Type) -> Field {
    let (schema, rare) = (&property.schema, property.schema.rare());
    let wire = property.name.value.to_owned();
    // Responses may lack annotations that are required.
    let annotation = wire.starts_with("@odata.");
    let otherwise = format!("The property `{}`.", wire.replace('`', "'"));
    let described = schema.description;
    let description = described.or_else(|| target_description(cx, schema));
    Field {
        docs: docs::lines(cx.strictness, description, &otherwise),
        required: !annotation && !cx.schemas.is_nullable(schema),
        read_only: schema.read_only,
        private: rare.private,
        deprecated: schema.deprecated,
        rust_type: rare.rust_type.map(|text| text.value.to_owned()),
        clear: rare.clear.map(|text| Clear {
            constant: constant(&format!("clear_{name}")),
            text: text.value.to_owned(),
        }),
        name,
        wire,
        ty,
        ..Field::default()
    }
}

/// The limits of a property of a request: its own, or those of the schema that it refers to.
fn limits<'d>(cx: &Context<'d>, schema: &'d Schema<'d>, ty: &Type, sent: bool) -> Option<Limits> {
    let has_size = matches!(ty, Type::List(_) | Type::String | Type::Duration);
    let target = cx.schemas.resolve(schema).map_or(schema, |found| found.0);
    let sizes = [0, 1].map(|at| schema.rare().limits[at].or(target.rare().limits[at]));
    let is_limited = sent && has_size && sizes != [None, None];
    if let Some(help) = schema.rare().help.filter(|_| !is_limited) {
        let message =
            "`x-rust-help` is allowed only for an id or a property of a request with limits";
        cx.error(Code::Extension, help.span, message, "remove `x-rust-help`");
    }
    let help = schema.rare().help.map_or("", |help| help.value);
    is_limited.then(|| Limits {
        sizes,
        help: docs::one_line(help),
    })
}

/// The description of the type of a property, in lenient mode.
fn target_description<'d>(cx: &Context<'d>, schema: &Schema<'d>) -> Option<Spanned<&'d str>> {
    let reference = schema.reference.filter(|_| !cx.is_strict())?;
    let component = cx.schemas.find(reference)?;
    let described = component.schema.description;
    described.or(component.target?.0.description)
}

/// Checks `x-rust-type`, which is allowed in request bodies of our own description: other crates
/// have no hand-written types, and a response has the described type.
fn hand_written(cx: &Context<'_>, schema: &Schema<'_>, request: bool) {
    let Some(ty) = schema.rare().rust_type else {
        return;
    };
    let remove = "remove `x-rust-type`";
    if !cx.is_strict() {
        let message = "a hand-written type is not supported in a generated workspace";
        cx.error(Code::Extension, ty.span, message, remove);
    } else if !request {
        let message = "a hand-written type is allowed only in a schema that only requests use";
        cx.error(Code::Extension, ty.span, message, remove);
    } else if !names::can_be_type(ty.value) {
        let message = format!("`{}` cannot be the name of a type", ty.value);
        let help = "write only the name of a type that the models crate exports, as in \
            `x-rust-type: StatusMessage`";
        cx.error(Code::BadName, ty.span, message, help);
    }
}

/// Reports a key that has no meaning outside of a request.
fn only_in_requests(cx: &Context<'_>, key: &str, span: Span, sent: bool) {
    if !sent {
        let message = format!("`{key}` is allowed only in a schema that only requests use");
        cx.error(Code::Extension, span, message, format!("remove `{key}`"));
    }
}

/// The arguments of `new`: the combination and the required properties, or the only property.
fn arguments(fields: &[Field], combined: Option<&Combinations>) -> Vec<Field> {
    let combined = combined.map(|combined| Field {
        name: snake(&combined.name),
        ty: Type::Combination(combined.name.clone()),
        ..Field::default()
    });
    let sent: Vec<_> = fields.iter().filter(is_sent).collect();
    let only = combined.is_none() && sent.len() == 1;
    let required = sent.into_iter().filter(|field| field.required || only);
    combined.into_iter().chain(required.cloned()).collect()
}

/// True for a field that callers set: not for `@odata.type`, which the type implies.
fn is_sent(field: &&Field) -> bool {
    field.wire != "@odata.type" && !field.combined
}

/// The body of a request: required properties are arguments, the others are options.
pub fn spread(object: &Struct) -> Body {
    let mut arguments = object.arguments.clone();
    let is_argument = |field: &&Field| arguments.iter().any(|taken| taken.name == field.name);
    let sent = object.fields.iter().filter(is_sent);
    let options = sent.filter(|field| !is_argument(field));
    let options = options.cloned().collect();
    for taken in &mut arguments {
        taken.name = names::argument(std::mem::take(&mut taken.name));
    }
    Body {
        ty: Some(Type::Object(object.name.clone())),
        arguments,
        options,
        limited: object.fields.iter().any(|field| field.limits.is_some()),
    }
}
