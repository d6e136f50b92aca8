//! The content of operations: request bodies and responses.

use super::context::Context;
use super::names::{Scope, argument, snake};
use super::objects::{checked_type, inline_module, object, spread};
use super::schemas::{Shape, shape};
use super::types::{Naming, type_of};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{Body, Field, Module, ResponseBody, Type};
use crate::openapi::{Operation, Response, Schema, Spanned};
use std::collections::HashMap;

/// The name of an operation's types, and the collector of those that it needs.
pub struct Site<'a> {
    /// The name of its request type: `UsersPresenceGet`.
    pub type_name: &'a str,
    /// All names of types and constants.
    pub names: &'a mut Scope,
    /// The files of its inline schemas.
    pub modules: &'a mut Vec<Module>,
}

/// The content of the success response. Reports success responses that differ.
pub fn response_body<'d>(
    cx: &Context<'d>,
    operation: &'d Operation<'d>,
    site: &mut Site<'_>,
) -> ResponseBody {
    let shared = &cx.document.components.responses;
    let mut response_body: Option<Spanned<ResponseBody>> = None;
    let mut succeeds = false;
    for (status, response) in &operation.responses {
        succeeds |= status.value.starts_with('2');
        let Some(response) = cx.value(shared, "responses", response) else {
            continue;
        };
        if !status.value.starts_with('2') {
            error_response(cx, &response.value, *status);
            continue;
        }
        let Some(found) = success(cx, &response.value, *status, site) else {
            continue;
        };
        let first = response_body.get_or_insert_with(|| Spanned::new(found.clone(), status.span));
        if first.value != found {
            let message = "two success responses with different content";
            let help = if [&first.value, &found].contains(&&ResponseBody::Empty) {
                "keep the one that the service gives"
            } else {
                "describe one object with the properties of both as optional ones"
            };
            let problem = Diagnostic::new(Code::Unsupported, status.span, message).help(help);
            cx.problems.report(problem.context(first.span, "the first"));
        }
    }
    if !succeeds && !operation.responses.is_empty() {
        let message = "this operation has no success response";
        let help = "add a success response, such as `'204': {description: Done.}`";
        cx.error(Code::MissingKey, operation.method.span, message, help);
    }
    response_body.map_or(ResponseBody::Empty, |response_body| response_body.value)
}

/// Checks the response of an error, whose body the runtime reads by itself.
fn error_response<'d>(cx: &Context<'d>, response: &'d Response<'d>, status: Spanned<&'d str>) {
    if let Some(envelope) = response.envelope {
        let message = "an envelope around an error response";
        let help = "remove `x-rust-envelope`; it belongs to a success response";
        cx.error(Code::Extension, envelope.span, message, help);
    }
    if let Some(schema) = response.schema() {
        checked_type(cx, schema, status);
    }
}

/// The content of a success response; none when that is not supported, which is reported.
fn success<'d>(
    cx: &Context<'d>,
    response: &'d Response<'d>,
    status: Spanned<&'d str>,
    site: &mut Site<'_>,
) -> Option<ResponseBody> {
    let Some(content) = &response.content else {
        if let Some(envelope) = response.envelope {
            let message = "an envelope without content";
            let help = "remove `x-rust-envelope`, or describe the content";
            cx.error(Code::Extension, envelope.span, message, help);
        }
        return Some(ResponseBody::Empty);
    };
    let schema = content.schema.as_ref()?;
    let name = format!("{}Response", site.type_name);
    let ty = generated_type(cx, schema, Naming::new(&name, status), site)?;
    match (ty, response.envelope) {
        (Type::I32 | Type::I64 | Type::F64, None) if content.media_type.value == "text/plain" => {
            Some(ResponseBody::Count)
        }
        (ty @ Type::Object(_), None) => Some(ResponseBody::Object(ty)),
        (ty @ Type::Object(_), Some(property)) if property.value == "value" => {
            Some(ResponseBody::Enveloped(ty))
        }
        (Type::Object(_), Some(property)) => {
            let message = format!("the envelope `{}` is not supported", property.value);
            let help = "write `x-rust-envelope: value`, or describe the object around it";
            cx.error(Code::Extension, property.span, message, help);
            None
        }
        _ => {
            let message = "a response that is not an object is not supported";
            let help = "describe an object, or a number under `text/plain`";
            cx.error(Code::Unsupported, schema.span, message, help);
            None
        }
    }
}

/// The type of a schema; that of an inline schema gets a file of its own.
fn generated_type<'d>(
    cx: &Context<'d>,
    schema: &'d Schema<'d>,
    naming: Naming<'_>,
    site: &mut Site<'_>,
) -> Option<Type> {
    let (ty, inline) = type_of(cx, Some(site.names), schema, naming)?;
    site.modules.extend(inline_module(cx, site.names, inline));
    Some(ty)
}

/// The request body of an operation. `shared` has the bodies of components that are only sent.
pub fn body<'d>(
    cx: &Context<'d>,
    operation: &'d Operation<'d>,
    shared: &HashMap<String, Body>,
    site: &mut Site<'_>,
) -> Option<Body> {
    let bodies = &cx.document.components.request_bodies;
    let body = cx.value(bodies, "requestBodies", operation.request_body.as_ref()?)?;
    if !body.value.required && cx.is_strict() {
        let message = "an optional request body is not supported";
        let help = "add `required: true`, or remove the body";
        cx.error(Code::Unsupported, body.span, message, help);
    }
    let content = body.value.content.as_ref()?;
    let schema = content.schema.as_ref()?;
    let name = format!("{}Request", site.type_name);
    if let Shape::Object = shape(schema) {
        let name = site.names.generated(name, "Body", content.media_type);
        let properties = cx.schemas.properties(cx.problems, schema);
        let lowered = object(cx, Some(site.names), schema, &properties, &name, true);
        let body = spread(&lowered.object);
        site.modules.extend(lowered.modules());
        return Some(body);
    }
    let naming = Naming::new(&name, content.media_type);
    let ty = generated_type(cx, schema, naming, site)?;
    if let Some(body) = ty.name().and_then(|name| shared.get(name)) {
        return Some(body.clone());
    }
    let Type::Object(name) = &ty else {
        let message = "a request body that is not an object is not supported";
        let help = "let the body be an object with properties";
        cx.error(Code::Unsupported, schema.span, message, help);
        return None;
    };
    Some(Body::Whole(Field {
        name: argument(&snake(name)),
        ty,
        ..Field::default()
    }))
}
