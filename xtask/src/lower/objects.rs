//! Objects: structs with their fields, and the form of those that are only sent.

use super::Context;
use super::bases::Properties;
use super::combinations::combinations;
use super::docs;
use super::enums::enumeration;
use super::names::{self, Case, Named, Scope, camel, constant, rust_name, snake};
use super::schemas::{Shape, shape};
use super::types::{Inline, agree, check_references, type_of};
use crate::diagnostics::{Code, Diagnostic, Span, Spanned};
use crate::ir::{Clear, Combinations, Field, Id, Item, Limits, Module, Struct, Type};
use crate::openapi::{Property, Schema};
use std::collections::{HashMap, HashSet};
use std::iter;

/// A lowered object.
pub struct Object {
    pub object: Struct,
    pub inline: Vec<Item>,
    pub combinations: Option<Combinations>,
}

/// The lowered components.
#[derive(Default)]
pub struct Models {
    /// A file for each component with a type of its own.
    pub modules: Vec<Module>,
    /// The bodies that callers write property by property, by the name of their struct.
    pub bodies: HashMap<String, Body>,
}

/// A request body, as its call takes it.
#[derive(Clone, Default)]
pub struct Body {
    /// The type of a JSON body.
    pub ty: Option<Type>,
    pub arguments: Vec<Field>,
    pub options: Vec<Field>,
    /// True when some of its properties have limits.
    pub limited: bool,
    /// True when it is sent only where it is given.
    pub is_optional: bool,
    /// Its media type, if that is not JSON.
    pub content_type: Option<String>,
}

/// Lowers all components. `inline` has the inline types of those that only refer to another.
pub fn models<'d>(
    cx: &Context<'d>,
    names: &mut Scope,
    mut inline: HashMap<&'d str, Inline<'d>>,
) -> Models {
    let mut models = Models::default();
    for component in cx.schemas.components.values() {
        let schema = component.schema;
        let ty = cx.types.get(component.name).and_then(Option::as_ref);
        let name = ty.and_then(Type::name).unwrap_or_default();
        let item = match component.shape {
            Shape::Object => {
                let (properties, request) = (&component.properties, component.request);
                let lowered = object(cx, names, schema, properties, name, request);
                if request {
                    let body = spread(&lowered.object);
                    models.bodies.insert(name.to_owned(), body);
                }
                models.modules.extend(lowered.modules());
                continue;
            }
            Shape::Enum => Item::Enum(enumeration(cx, schema, name)),
            Shape::Id => Item::Id(id(cx, schema, name)),
            _ => {
                let inline = inline.remove(component.name);
                models.modules.extend(inline_module(cx, names, inline));
                continue;
            }
        };
        models.modules.push(module(item, Vec::new()));
    }
    models
}

impl Object {
    /// The file of its combinations and its own.
    pub fn modules(self) -> impl Iterator<Item = Module> {
        let combinations = self.combinations.map(Item::Combinations);
        let combinations = combinations.map(|item| module(item, Vec::new()));
        let own = module(Item::Struct(self.object), self.inline);
        combinations.into_iter().chain([own])
    }
}

/// A file: its main type, then the types of inline schemas.
fn module(item: Item, inline: Vec<Item>) -> Module {
    Module {
        name: snake(item.name()),
        items: iter::once(item).chain(inline).collect(),
    }
}

/// A file for the type of an inline schema.
pub fn inline_module(
    cx: &Context<'_>,
    names: &mut Scope,
    inline: Option<Inline<'_>>,
) -> Option<Module> {
    let mut items = Vec::new();
    inline_items(cx, names, inline, &mut items);
    let main = items.pop()?;
    Some(module(main, items))
}

/// Lowers an inline schema. The last item is its type, those before it are what it contains.
fn inline_items<'d>(
    cx: &Context<'d>,
    names: &mut Scope,
    inline: Option<Inline<'d>>,
    items: &mut Vec<Item>,
) {
    let Some(Inline { name, schema }) = inline else {
        return;
    };
    if let Shape::Enum = shape(schema) {
        if names.is_unused {
            return;
        }
        items.push(Item::Enum(enumeration(cx, schema, &name)));
    } else {
        let properties = cx.schemas.properties(cx.problems, schema);
        let lowered = object(cx, names, schema, &properties, &name, false);
        items.extend(lowered.inline);
        items.push(Item::Struct(lowered.object));
    }
}

/// Checks a schema for which no Rust type is generated: a parameter (callers pass text) or an error
/// body. Returns the type that it would have.
pub fn checked_type<'d>(
    cx: &Context<'d>,
    schema: &'d Schema<'d>,
    source: Spanned<&str>,
) -> Option<Type> {
    let mut names = Scope::unused();
    let (ty, inline) = type_of(cx, &mut names, schema, "", source)?;
    inline_items(cx, &mut names, inline, &mut Vec::new());
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

/// The struct of an object schema.
pub fn object<'d>(
    cx: &Context<'d>,
    names: &mut Scope,
    schema: &'d Schema<'d>,
    properties: &Properties<'d>,
    name: &str,
    request: bool,
) -> Object {
    for subtype in &schema.rare().subtypes {
        // A subtype is read as its base; the reference must lead to a component all the same.
        cx.schemas.find(cx.problems, *subtype);
    }
    if let Some(values) = &schema.additional {
        // They are kept as they come, with the properties that are not described.
        check_references(cx, values);
    }
    if let Some(combinations) = &schema.rare().combinations {
        only_in_requests(cx, "x-rust-combinations", combinations.span, request);
    }
    let mut inline = Vec::new();
    let mut fields = fields(cx, names, properties, (name, request), &mut inline);
    let written = schema.rare().combinations.as_ref();
    let combined = written.map(|written| combinations(cx, names, written, properties, &fields));
    let (combinations, generated) = combined.unzip();
    if request {
        // Read-only properties are never sent, nor is a null in a list.
        fields.retain(|field| !field.read_only);
        for field in &mut fields {
            field.ty = field.ty.clone().without_null();
        }
    }
    let otherwise = format!("The object {name}.");
    let mut object = Struct {
        name: name.to_owned(),
        docs: docs::of_type(cx.strictness, schema, &otherwise),
        fields,
        arguments: Vec::new(),
        combinations,
    };
    if request {
        object.arguments = arguments(&object);
    }
    Object {
        object,
        inline,
        combinations: generated,
    }
}

fn fields<'d>(
    cx: &Context<'d>,
    names: &mut Scope,
    properties: &Properties<'d>,
    (owner, request): (&str, bool),
    inline: &mut Vec<Item>,
) -> Vec<Field> {
    let mut fields = Vec::with_capacity(properties.list.len());
    let mut scope = Scope::default();
    for property in &properties.list {
        let required = properties.required.contains_key(property.name.value);
        hand_written(cx, &property.schema, request);
        if let Some(clear) = property.schema.rare().clear {
            let sent = request && !property.schema.read_only;
            only_in_requests(cx, "x-rust-clear", clear.span, sent);
        }
        let case = if request { Case::Option } else { Case::Field };
        let text = property.schema.rare().rust_name.unwrap_or(property.name);
        let name = rust_name(cx, text, case, "x-rust-name: NAME");
        let given = property.schema.rare().rust_name.is_some();
        let name = scope.take(cx, name, text, Named::PROPERTY, given);
        let type_name = format!("{}{}", owner, camel(&name));
        let found = type_of(cx, names, &property.schema, &type_name, property.name);
        if let Some((ty, generated)) = found {
            inline_items(cx, names, generated, inline);
            let limits = limits(cx, &property.schema, &ty, request);
            let field = field(cx, property, name, ty, required);
            fields.push(Field { limits, ..field });
        }
    }
    for (first, second) in &properties.again {
        if !agree(cx, &first.schema, &second.schema) {
            let name = second.name.value;
            let message = format!("`{name}` has a different type in a base schema");
            let problem = Diagnostic::new(Code::Unsupported, second.name.span, message)
                .context(first.name.span, "the other")
                .help("give both the same type, or remove one of the two");
            cx.problems.report(problem);
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
    for (name, span) in &properties.required {
        if names.contains(name) {
            continue;
        }
        let otherwise = "describe it under `properties`, or remove it from `required`";
        let help = cx.problems.suggest(name, properties.names(), otherwise);
        let message = format!("`{name}` in `required` is not a property");
        cx.error(Code::RequiredProperty, *span, message, help);
    }
}

fn field<'d>(
    cx: &Context<'d>,
    property: &'d Property<'d>,
    name: String,
    ty: Type,
    required: bool,
) -> Field {
    let schema = &property.schema;
    let wire = property.name.value.to_owned();
    // OData annotations may be missing on the wire even where they are required.
    let annotation = wire.starts_with("@odata.");
    let otherwise = format!("The property `{}`.", wire.replace('`', "'"));
    let described = schema.description;
    let description = described.or_else(|| target_description(cx, schema));
    Field {
        docs: docs::lines(cx.strictness, description, &otherwise),
        required: required && !annotation && !cx.schemas.is_nullable(schema),
        read_only: schema.read_only,
        private: schema.rare().private,
        deprecated: schema.deprecated,
        rust_type: schema.rare().rust_type.map(|text| text.value.to_owned()),
        clear: schema.rare().clear.map(|text| Clear {
            constant: constant(&format!("clear_{name}")),
            text: text.value.to_owned(),
        }),
        name,
        wire,
        ty,
        ..Field::default()
    }
}

/// The limits of a property of a request, its own or the limits of the schema that it refers to.
fn limits<'d>(cx: &Context<'d>, schema: &'d Schema<'d>, ty: &Type, sent: bool) -> Option<Limits> {
    let has_size = matches!(ty, Type::List(_) | Type::String | Type::Duration);
    let target = cx.schemas.resolve(schema).map_or(schema, |found| found.0);
    let sizes = [0, 1].map(|at| schema.rare().limits[at].or(target.rare().limits[at]));
    let is_limited = sent && has_size && sizes != [None, None];
    if let Some(help) = schema.rare().help.filter(|_| !is_limited) {
        let message = "`x-rust-help` belongs to an id, or to a property of a request with limits";
        cx.error(Code::Extension, help.span, message, "remove `x-rust-help`");
    }
    let help = schema.rare().help.map_or("", |help| help.value);
    is_limited.then(|| Limits {
        sizes,
        help: docs::one_line(help),
    })
}

/// In a document of somebody else, a property without a description has the description of its
/// type.
fn target_description<'d>(cx: &Context<'d>, schema: &Schema<'d>) -> Option<Spanned<&'d str>> {
    let reference = schema.reference.filter(|_| !cx.is_strict())?;
    let component = cx.schemas.find(cx.problems, reference)?;
    component
        .schema
        .description
        .or(component.target?.0.description)
}

/// Checks `x-rust-type`: it belongs to a request of our own crates. Other crates have no
/// hand-written code, and what is read has the type that is described.
fn hand_written(cx: &Context<'_>, schema: &Schema<'_>, request: bool) {
    let Some(ty) = schema.rare().rust_type else {
        return;
    };
    let (code, message, help) = if !cx.is_strict() {
        let message = "a hand-written type is not supported in a generated workspace".to_owned();
        (Code::Extension, message, "remove `x-rust-type`")
    } else if !request {
        let message = "a hand-written type belongs to a body that is only sent".to_owned();
        (Code::Extension, message, "remove `x-rust-type`")
    } else if !names::can_be_type(ty.value) {
        let help = "write only the name of a type that the models crate exports, as in \
            `x-rust-type: StatusMessage`";
        let message = format!("`{}` cannot be the name of a type", ty.value);
        (Code::BadName, message, help)
    } else {
        return;
    };
    cx.error(code, ty.span, message, help);
}

/// Reports a key that means something only in a request.
fn only_in_requests(cx: &Context<'_>, key: &str, span: Span, sent: bool) {
    if !sent {
        let message = format!("`{key}` belongs to a body that is only sent");
        cx.error(Code::Extension, span, message, format!("remove `{key}`"));
    }
}

/// The arguments of `new` of a request: its combination and its required properties, or its only
/// property.
fn arguments(object: &Struct) -> Vec<Field> {
    let combined = object.combinations.as_ref().map(|combined| Field {
        name: combined.argument.clone(),
        ty: Type::Combination(combined.name.clone()),
        ..Field::default()
    });
    let sent: Vec<_> = sent(object).collect();
    let only = combined.is_none() && sent.len() == 1;
    let required = sent.into_iter().filter(|field| field.required || only);
    combined.into_iter().chain(required.cloned()).collect()
}

/// The fields that callers write one by one: all but `@odata.type`, which the type implies.
fn sent(object: &Struct) -> impl Iterator<Item = &Field> {
    let combined = object.combinations.as_ref();
    object.fields.iter().filter(move |field| {
        field.wire != "@odata.type"
            && !combined.is_some_and(|combined| combined.fields.contains(&field.name))
    })
}

/// The body of a request object: the arguments of its `new` are in the signature, the other
/// properties are chained.
pub fn spread(object: &Struct) -> Body {
    let mut arguments = object.arguments.clone();
    let is_argument = |field: &&Field| arguments.iter().any(|taken| taken.name == field.name);
    let options = sent(object).filter(|field| !is_argument(field));
    let options = options.cloned().collect();
    for taken in &mut arguments {
        taken.name = names::argument(&taken.name);
    }
    Body {
        ty: Some(Type::Object(object.name.clone())),
        arguments,
        options,
        limited: object.fields.iter().any(|field| field.limits.is_some()),
        ..Body::default()
    }
}
