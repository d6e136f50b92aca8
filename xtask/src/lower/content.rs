//! The content of operations: request bodies and responses.

use super::Context;
use super::names::{Scope, argument, snake};
use super::objects::{Body, checked_type, inline_module, object, spread};
use super::schemas::{Shape, shape};
use super::types::type_of;
use crate::diagnostics::{Code, Diagnostic, Spanned};
use crate::ir::{Field, Location, Module, ResponseBody, Type};
use crate::openapi::{Content, Operation, Response, Schema};
use std::collections::HashMap;

/// The name of an operation's types, and the collector of those that it needs.
pub struct OperationTypes<'a> {
    /// The name of its request type: `UsersPresenceGet`.
    pub type_name: String,
    /// All names of types and constants.
    pub names: &'a mut Scope,
    /// The files of its inline schemas.
    pub modules: &'a mut Vec<Module>,
}

/// The content of the success response, and its media type if that is not JSON. Reports success
/// responses that differ.
pub fn response_body<'d>(
    cx: &Context<'d>,
    operation: &'d Operation<'d>,
    types: &mut OperationTypes<'_>,
) -> (ResponseBody, Option<String>) {
    let shared = &cx.document.components.responses;
    let mut response_body: Option<Spanned<ResponseBody>> = None;
    let mut accept = None;
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
        let Some(found) = success(cx, &response.value, *status, types) else {
            continue;
        };
        let content = response.value.content.as_ref();
        accept = accept.or_else(|| content.and_then(|content| content.header("*/*")));
        let Some(first) = &mut response_body else {
            response_body = Some(Spanned::new(found, status.span));
            continue;
        };
        match either(&first.value, &found) {
            Some(both) => first.value = both,
            None => {
                let message = "the success responses have different content";
                let help = "keep one of them, or describe one object with all \
                    properties of both as optional";
                let problem = Diagnostic::new(Code::Unsupported, status.span, message).help(help);
                cx.problems.report(problem.context(first.span, "the first"));
            }
        }
    }
    if !succeeds && !operation.responses.is_empty() {
        let message = "this operation has no success response";
        let help = "add a success response, such as `'204': {description: Done.}`";
        cx.error(Code::MissingKey, operation.method.span, message, help);
    }
    let response_body = response_body.map_or(ResponseBody::Empty, |body| body.value);
    (response_body, accept)
}

/// The content that is read where the response has either of two: one of them may be empty.
fn either(first: &ResponseBody, second: &ResponseBody) -> Option<ResponseBody> {
    use ResponseBody::{Bytes, Empty, Object, Optional, Plain, Value};
    match (first, second) {
        (first, second) if first == second => Some(first.clone()),
        (Empty, content) | (content, Empty) => match content {
            Object(ty) => Some(Optional(ty.clone())),
            Value(ty) => Some(Value(ty.clone().or_null())),
            Optional(_) | Plain | Bytes => Some(content.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// Checks the response of an error, whose body the runtime reads by itself.
fn error_response<'d>(cx: &Context<'d>, response: &'d Response<'d>, status: Spanned<&'d str>) {
    if let Some(envelope) = response.envelope {
        let message = "`x-rust-envelope` is not supported in an error response";
        let help = "remove `x-rust-envelope`; it is only for success responses";
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
    types: &mut OperationTypes<'_>,
) -> Option<ResponseBody> {
    let Some(content) = &response.content else {
        if let Some(envelope) = response.envelope {
            let message = "`x-rust-envelope` needs a response with content";
            let help = "remove `x-rust-envelope`, or describe the content";
            cx.error(Code::Extension, envelope.span, message, help);
        }
        return Some(ResponseBody::Empty);
    };
    if !content.is_json() {
        let schema = content.schema.as_ref();
        let ty = schema.map(|schema| checked_type(cx, schema, status));
        return Some(match (content.is_plain(), ty.flatten()) {
            (true, Some(Type::I32 | Type::I64 | Type::F64)) => ResponseBody::Count,
            (true, _) => ResponseBody::Plain,
            _ => ResponseBody::Bytes,
        });
    }
    let schema = content.schema.as_ref()?;
    let name = format!("{}Response", types.type_name);
    let ty = generated_type(cx, schema, &name, status, types)?;
    let nullable = cx.schemas.is_nullable(schema);
    match (ty, response.envelope) {
        (ty @ Type::Object(_), None) if nullable => Some(ResponseBody::Optional(ty)),
        (ty @ Type::Object(_), None) => Some(ResponseBody::Object(ty)),
        (ty @ Type::Object(_), Some(property)) if property.value == "value" => {
            Some(ResponseBody::Enveloped(ty))
        }
        (_, Some(property)) => {
            let message = format!("the envelope `{}` is not supported", property.value);
            let help = "write `x-rust-envelope: value`, or describe the object around it";
            cx.error(Code::Extension, property.span, message, help);
            None
        }
        (ty, None) if nullable => Some(ResponseBody::Value(ty.or_null())),
        (ty, None) => Some(ResponseBody::Value(ty)),
    }
}

/// The type of a schema; the type of an inline schema gets a file of its own.
fn generated_type<'d>(
    cx: &Context<'d>,
    schema: &'d Schema<'d>,
    name: &str,
    source: Spanned<&str>,
    types: &mut OperationTypes<'_>,
) -> Option<Type> {
    let (ty, inline) = type_of(cx, types.names, schema, name, source)?;
    types.modules.extend(inline_module(cx, types.names, inline));
    Some(ty)
}

/// The request body of an operation. `shared` has the bodies of components that are only sent.
pub fn body<'d>(
    cx: &Context<'d>,
    operation: &'d Operation<'d>,
    shared: &HashMap<String, Body>,
    types: &mut OperationTypes<'_>,
) -> Body {
    let bodies = &cx.document.components.request_bodies;
    let written = operation.request_body.as_ref();
    let request = written.and_then(|body| cx.value(bodies, "requestBodies", body));
    let content = request.and_then(|request| request.value.content.as_ref());
    let (Some(request), Some(content)) = (request, content) else {
        return Body::default();
    };
    let mut body = if content.is_json() {
        json_body(cx, content, shared, types).unwrap_or_default()
    } else {
        if let Some(schema) = &content.schema {
            checked_type(cx, schema, content.media_type);
        }
        whole("content", Location::Bytes, Type::default())
    };
    body.content_type = content.header("application/octet-stream");
    if request.value.required {
        return body;
    }
    // In an optional body properties are options; a body with required ones is one option.
    if let (Some(Type::Object(name)), [_, ..]) = (&body.ty, &body.arguments[..]) {
        let content_type = body.content_type;
        body = Body {
            content_type,
            ..whole(&snake(name), Location::Body, Type::Object(name.clone()))
        };
    }
    body.options.append(&mut body.arguments);
    body.is_optional = true;
    body
}

fn json_body<'d>(
    cx: &Context<'d>,
    content: &'d Content<'d>,
    shared: &HashMap<String, Body>,
    types: &mut OperationTypes<'_>,
) -> Option<Body> {
    let schema = content.schema.as_ref()?;
    let name = format!("{}Request", types.type_name);
    if let Shape::Object = shape(schema) {
        let name = types.names.generated(name, "Body", content.media_type);
        let properties = cx.schemas.properties(cx.problems, schema);
        let lowered = object(cx, types.names, schema, &properties, &name, true);
        let body = spread(&lowered.object);
        types.modules.extend(lowered.modules());
        return Some(body);
    }
    let ty = generated_type(cx, schema, &name, content.media_type, types)?;
    let name = match &ty {
        Type::Object(name) if shared.contains_key(name) => return shared.get(name).cloned(),
        Type::Object(name) => snake(name),
        _ => "value".to_owned(),
    };
    Some(whole(&name, Location::Body, ty))
}

/// A body that is one argument.
fn whole(name: &str, location: Location, ty: Type) -> Body {
    let field = Field {
        name: argument(name),
        location,
        ty: ty.clone(),
        ..Field::default()
    };
    Body {
        ty: (location == Location::Body).then_some(ty),
        arguments: vec![field],
        ..Body::default()
    }
}
