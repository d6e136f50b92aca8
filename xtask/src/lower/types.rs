//! What a schema is in Rust: a type of its own, or one that exists already.

use super::names::camel;
use super::nullable::{is_null, may_be_null};
use super::{Lower, last_parts, resolve};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{Item, Type};
use crate::spec::fields::{At, Level, Text};
use crate::spec::schema::{Primitive, Schema};
use std::mem;

/// How many schemas may stand in or behind each other.
const MAX_DEPTH: usize = 48;

/// What type of its own a schema is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A struct.
    Object,
    /// An open enumeration.
    Enum,
    /// A newtype around a GUID.
    Id,
}

impl Kind {
    /// The type of that name.
    pub fn of(self, name: String) -> Type {
        match self {
            Self::Object => Type::Object(name),
            Self::Enum => Type::Enum(name),
            Self::Id => Type::Id(name),
        }
    }
}

/// What type of its own a schema is; `None` when it only stands for another.
pub fn kind(schema: &Schema<'_>) -> Option<Kind> {
    let primitive = schema.primitive.map(|primitive| primitive.value);
    if schema.values.is_some() {
        Some(Kind::Enum)
    } else if schema.reference.is_some()
        || schema.any_of.is_some()
        || wrapped(schema).is_some()
    {
        None
    } else if !schema.all_of.is_empty()
        || !schema.properties.is_empty()
        || primitive == Some(Primitive::Object)
    {
        Some(Kind::Object)
    } else if primitive == Some(Primitive::String) && is_format(schema, "uuid") {
        Some(Kind::Id)
    } else {
        None
    }
}

/// The one base of a schema that adds nothing to it.
pub fn wrapped<'d, 'n>(schema: &'d Schema<'n>) -> Option<&'d Schema<'n>> {
    let [only] = &schema.all_of[..] else {
        return None;
    };
    let adds_nothing = schema.properties.is_empty()
        && schema.required.is_empty()
        && schema.mapping.is_empty()
        && schema.combinations.is_none();
    adds_nothing.then_some(only)
}

fn is_format(schema: &Schema<'_>, format: &str) -> bool {
    schema.format.is_some_and(|text| text.value == format)
}

/// What is known of a component that only stands for another.
#[derive(Clone, Debug)]
pub enum Alias {
    /// It is being looked at: to meet it again is a circle.
    Open,
    /// Its type; none when it has no type, which was reported.
    Done(Option<Type>),
}

/// Where an inline schema stands, for the name of its type.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// The Rust name of the type that holds it, and of the member.
    pub name: &'a str,
    /// Where that is.
    pub text: Text<'a>,
}

impl<'a> Site<'a> {
    /// The place of an inline schema.
    pub fn new(name: &'a str, text: Text<'a>) -> Self {
        Self { name, text }
    }
}

impl<'d, 'n> Lower<'d, 'n, '_> {
    /// The type of a schema, wherever it stands.
    pub fn type_of(&mut self, schema: &'d Schema<'n>, site: Site<'_>) -> Option<Type> {
        if self.depth >= MAX_DEPTH {
            let message = "this schema leads through too many others";
            let help =
                format!("let at most {MAX_DEPTH} schemas stand in or behind each other");
            self.reader.error(Code::Limit, schema.span, message, help);
            return None;
        }
        self.depth += 1;
        let ty = self.any_type(schema, site);
        self.depth -= 1;
        ty
    }

    /// The type of a schema whose types nobody names: that of a parameter, for which callers give
    /// text, or of a failure. What stands in it must make sense, and becomes nothing.
    pub fn nameless_type(
        &mut self,
        schema: &'d Schema<'n>,
        text: Text<'_>,
    ) -> Option<Type> {
        self.nameless = true;
        let ty = self.type_of(schema, Site::new("", text));
        self.nameless = false;
        ty
    }

    fn any_type(&mut self, schema: &'d Schema<'n>, site: Site<'_>) -> Option<Type> {
        if let Some(reference) = schema.reference {
            return self.referenced(reference);
        }
        if let Some(any_of) = &schema.any_of {
            return self.one_or_null(any_of, site);
        }
        if let Some(kind) = kind(schema) {
            return match kind {
                Kind::Id => Some(Type::String),
                Kind::Enum | Kind::Object => self.inline_type(schema, kind, site),
            };
        }
        if let Some(only) = wrapped(schema) {
            return self.type_of(only, site);
        }
        self.primitive(schema, site)
    }

    /// The type of a component.
    pub fn referenced(&mut self, reference: Text<'n>) -> Option<Type> {
        let document = self.document;
        let schemas = &document.components.schemas;
        let (name, target) =
            resolve::component(self.reader, schemas, "schemas", reference)?;
        if let Some(ty) = self.components.get(name) {
            return Some(ty.clone());
        }
        match self.aliases.get(name) {
            Some(Alias::Done(ty)) => ty.clone(),
            Some(Alias::Open) => {
                let message =
                    format!("`{name}` leads back to itself and to nothing else");
                let problem = Diagnostic::new(Code::Circle, reference.span, message)
                    .context(target.span, "it is defined here")
                    .help(
                        "give it a `type`, and refer to itself from a property at most",
                    );
                self.reader.report(problem);
                None
            }
            None => self.alias(name, &target.value),
        }
    }

    /// The type of a component that only stands for another.
    pub fn alias(&mut self, name: &'n str, schema: &'d Schema<'n>) -> Option<Type> {
        if let Some(Alias::Done(ty)) = self.aliases.get(name) {
            return ty.clone();
        }
        self.aliases.insert(name, Alias::Open);
        if let Some(text) = schema.rust_name {
            let message = format!("`{name}` only stands for another and needs no name");
            let help = "remove `x-rust-name`";
            self.reader.error(Code::Extension, text.span, message, help);
        }
        let text = Text {
            value: name,
            span: schema.span,
        };
        let name_of_type = camel(last_parts(name, 1));
        // What it needs is its own, whoever asked for it first.
        let inline = mem::take(&mut self.inline);
        let nameless = mem::take(&mut self.nameless);
        let ty = self.type_of(schema, Site::new(&name_of_type, text));
        self.inline_module();
        self.inline = inline;
        self.nameless = nameless;
        self.aliases.insert(name, Alias::Done(ty.clone()));
        ty
    }

    /// `anyOf` with one schema and an object that may be null: an optional one.
    fn one_or_null(
        &mut self,
        any_of: &'d At<Vec<Schema<'n>>>,
        site: Site<'_>,
    ) -> Option<Type> {
        let real: Vec<_> = any_of
            .value
            .iter()
            .filter(|schema| !is_null(schema))
            .collect();
        if let [only] = real[..] {
            return self.type_of(only, site);
        }
        // Graph's way to write a number that may also be `NaN` or `INF`.
        let is = |schema: &Schema<'_>, wanted| {
            schema
                .primitive
                .is_some_and(|primitive| primitive.value == wanted)
        };
        let number = real.iter().find(|schema| is(schema, Primitive::Number));
        let mut fits = |schema: &'d Schema<'n>| {
            let found = resolve::schema(self.reader, self.document, schema);
            found.is_none_or(|(_, schema)| {
                is(schema, Primitive::Number) || is(schema, Primitive::String)
            })
        };
        if let Some(number) = number
            && real.iter().all(|schema| fits(schema))
        {
            return self.primitive(number, site);
        }
        let message = "`anyOf` with several possibilities is not supported";
        let help = "write `anyOf: [{$ref: …}, {type: object, nullable: true}]` for an optional \
            object, or describe one object with all members as optional ones";
        self.reader
            .error(Code::Unsupported, any_of.span, message, help);
        None
    }

    /// A type of its own for a schema without a name.
    fn inline_type(
        &mut self,
        schema: &'d Schema<'n>,
        kind: Kind,
        site: Site<'_>,
    ) -> Option<Type> {
        if self.nameless {
            // Where nobody names the values, they need no names.
            if kind != Kind::Enum {
                self.object(schema, site.name, false);
            }
            return Some(kind.of(site.name.to_owned()));
        }
        let name = self.types.made(site.name.to_owned(), "Type", site.text);
        let item = match kind {
            Kind::Enum => Item::Enum(self.enumeration(schema, &name)),
            Kind::Object | Kind::Id => Item::Struct(self.object(schema, &name, false)),
        };
        self.inline.push(item);
        Some(kind.of(name))
    }

    fn primitive(&mut self, schema: &'d Schema<'n>, site: Site<'_>) -> Option<Type> {
        let Some(primitive) = schema.primitive else {
            if schema.broken {
                return None;
            }
            let message = "this schema says nothing about its type";
            let help = "add `type: …`, or refer to another with `$ref`";
            self.reader
                .error(Code::MissingKey, schema.span, message, help);
            return None;
        };
        let format = schema.format.map_or("", |format| format.value);
        match primitive.value {
            Primitive::Array => self.list(schema, site),
            Primitive::Object => self.inline_type(schema, Kind::Object, site),
            value => of_format(value, format)
                .or_else(|| self.unknown_format(value, format, schema)),
        }
    }

    /// In our own description a mistake. Otherwise a format is a hint: one that is unknown changes
    /// nothing.
    fn unknown_format(
        &mut self,
        primitive: Primitive,
        format: &str,
        schema: &Schema<'n>,
    ) -> Option<Type> {
        if self.reader.level == Level::Foreign {
            return of_format(primitive, "");
        }
        let span = schema.format.map_or(schema.span, |format| format.span);
        let message = format!("the format `{format}` is not supported here");
        let help = "possible: `duration`, `date-time`, `uuid`, `date`, `time`, `byte`, \
            `base64url`, `uri` of a string; `int32`, `int64` of an integer; `double` of a \
            number; none of a boolean";
        self.reader.error(Code::Unsupported, span, message, help);
        None
    }

    fn list(&mut self, schema: &'d Schema<'n>, site: Site<'_>) -> Option<Type> {
        let Some(items) = &schema.items else {
            self.reader.error(
                Code::MissingKey,
                schema.span,
                "a list of what?",
                "add `items: {…}`, the schema of one item",
            );
            return None;
        };
        let name = format!("{}Item", site.name);
        let item = self.type_of(
            items,
            Site {
                name: &name,
                ..site
            },
        )?;
        let item = match may_be_null(self.document, items) {
            true => Type::Option(Box::new(item)),
            false => item,
        };
        Some(Type::List(Box::new(item)))
    }
}

/// The type of a value that is neither object nor list; `None` of a format that is unknown.
fn of_format(primitive: Primitive, format: &str) -> Option<Type> {
    use Primitive::{Array, Boolean, Integer, Number, Object, String};
    Some(match (primitive, format) {
        (Boolean, "") => Type::Bool,
        (String, "duration") => Type::Duration,
        (String, "date-time") => Type::DateTime,
        (String, "" | "uuid" | "date" | "time" | "byte" | "base64url" | "uri") => {
            Type::String
        }
        (Integer, "" | "int64") | (Number, "int64") => Type::I64,
        (Integer | Number, "int8" | "uint8" | "int16" | "int32") => Type::I32,
        (Number, "" | "float" | "double" | "decimal") => Type::F64,
        (Object | Array | Boolean | String | Integer | Number, _) => return None,
    })
}
