//! What operations send.

use super::names::{argument, snake};
use super::tree::Place;
use super::types::{Kind, Site, kind};
use super::{Lower, resolve};
use crate::diagnostics::Code;
use crate::ir::{Argument, Body, Field, Item, Struct, Type};
use crate::spec::fields::Level;
use crate::spec::schema::Schema;

impl<'d, 'n> Lower<'d, 'n, '_> {
    /// What an operation sends.
    pub fn body(&mut self, place: &Place<'d, 'n>) -> Option<Body> {
        let body = place.operation.request_body.as_ref()?;
        let bodies = &self.document.components.request_bodies;
        let body = resolve::or_ref(self.reader, bodies, "requestBodies", body)?;
        if !body.value.required && self.reader.level == Level::Own {
            let message = "a request body that may be left out is not supported";
            let help = "add `required: true`, or remove the body";
            self.reader
                .error(Code::Unsupported, body.span, message, help);
        }
        let content = body.value.content.as_ref()?;
        let schema = content.schema.as_ref()?;
        if schema.reference.is_some() {
            return self.referenced_body(schema);
        }
        let name = format!("{}Request", place.type_name);
        let text = content.media_type;
        if kind(schema) == Some(Kind::Object) {
            let name = self.types.made(name, "Body", text);
            let object = self.object(schema, &name, true);
            let body = spread(&object);
            self.module(&name, vec![Item::Struct(object)]);
            return Some(body);
        }
        let ty = self.type_of(schema, Site::new(&name, text))?;
        self.inline_module();
        self.whole_body(ty, schema)
    }

    fn referenced_body(&mut self, schema: &'d Schema<'n>) -> Option<Body> {
        let ty = self.type_of(schema, Site::new("Body", schema.reference?))?;
        let name = ty.name()?;
        if let Some(at) = self.request_structs.get(name) {
            return match self.modules.get(*at)?.items.first() {
                Some(Item::Struct(object)) => Some(spread(object)),
                _ => None,
            };
        }
        self.whole_body(ty, schema)
    }

    fn whole_body(&mut self, ty: Type, schema: &Schema<'n>) -> Option<Body> {
        let Type::Object(name) = &ty else {
            let message = "a request body that is no object is not supported";
            let help = "let the body be an object with properties";
            self.reader
                .error(Code::Unsupported, schema.span, message, help);
            return None;
        };
        Some(Body::Whole(Argument {
            name: argument(&snake(name)),
            docs: Vec::new(),
            deprecated: false,
            ty,
            rust_type: None,
        }))
    }
}

/// What `new` of a request takes: a combination, the required members, or its one member.
pub fn arguments(object: &Struct) -> Vec<Argument> {
    let combined = object.combinations.as_ref().map(|combined| Argument {
        name: combined.argument.clone(),
        docs: Vec::new(),
        deprecated: false,
        ty: Type::Combination(combined.name.clone()),
        rust_type: None,
    });
    let sent: Vec<_> = sent(object).collect();
    let lone = combined.is_none() && sent.len() == 1;
    let required = sent.into_iter().filter(|field| field.required || lone);
    let required = required.map(|field| Argument {
        name: field.name.clone(),
        docs: field.docs.clone(),
        deprecated: field.deprecated,
        ty: field.ty.clone(),
        rust_type: field.rust_type.clone(),
    });
    combined.into_iter().chain(required).collect()
}

/// The members that callers write one by one.
fn sent(object: &Struct) -> impl Iterator<Item = &Field> {
    let combined = object.combinations.as_ref();
    object.fields.iter().filter(move |field| {
        !field.wire.starts_with('@')
            && !combined.is_some_and(|combined| combined.fields.contains(&field.name))
    })
}

/// The members of a request: those of its `new` are arguments, the others are chained.
fn spread(object: &Struct) -> Body {
    let is_argument = |field: &&Field| {
        object
            .arguments
            .iter()
            .any(|argument| argument.name == field.name)
    };
    let mut arguments = object.arguments.clone();
    for taken in &mut arguments {
        taken.name = argument(&taken.name);
    }
    Body::Spread {
        name: object.name.clone(),
        arguments,
        options: sent(object)
            .filter(|field| !is_argument(field))
            .cloned()
            .collect(),
    }
}
