//! Request bodies and responses.

use super::Context;
use super::names::{argument, snake};
use super::objects::{Body, Models, checked_type, object, spread};
use super::schemas::{Shape, shape};
use super::types::type_of;
use crate::diagnostics::{Code, Spanned};
use crate::ir::{self, Field, Item, Location, ResponseBody, Type};
use crate::openapi::{Content, Operation, Response, Schema};

/// Lowers the content of the success responses, which must agree.
pub fn response_body<'d>(
    cx: &Context<'d>,
    written: &'d Operation<'d>,
    operation: &mut ir::Operation,
    models: &mut Models,
) {
    let shared = &cx.document.components.responses;
    let mut response_body: Option<Spanned<ResponseBody>> = None;
    let mut succeeds = false;
    for (status, response) in &written.responses {
        succeeds |= status.value.starts_with('2');
        let Some(response) = cx.value(shared, "responses", response) else {
            continue;
        };
        if !status.value.starts_with('2') {
            error_response(cx, &response.value, *status);
            continue;
        }
        let name = format!("{}Response", operation.type_name);
        let Some(found) = success(cx, &response.value, *status, &name, models) else {
            continue;
        };
        if let (None, Some(content)) = (&operation.accept, &response.value.content) {
            operation.accept = content.header("*/*");
        }
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
                let spans = [(status.span, ""), (first.span, "the first")];
                cx.problems.clash(Code::Unsupported, spans, message, help);
            }
        }
    }
    if !succeeds && !written.responses.is_empty() {
        let message = "this operation has no success response";
        let help = "add a success response, such as `'204': {description: Done.}`";
        cx.error(Code::MissingKey, written.method.span, message, help);
    }
    operation.response = response_body.map_or_else(nothing, |body| body.value);
}

fn nothing() -> ResponseBody {
    let (decoder, ty) = ("nothing", Type::Nothing);
    ResponseBody { decoder, ty }
}

/// The content of an operation with two success responses, one of which may be empty.
fn either(first: &ResponseBody, second: &ResponseBody) -> Option<ResponseBody> {
    let ResponseBody { decoder, ty } = match (first.decoder, second.decoder) {
        _ if first == second => return Some(first.clone()),
        ("nothing", _) => second.clone(),
        (_, "nothing") => first.clone(),
        _ => return None,
    };
    let (decoder, ty) = match decoder {
        "object" => ("optional", ty.or_null()),
        "json" => ("json", ty.or_null()),
        "optional" | "plain" | "bytes" => (decoder, ty),
        _ => return None,
    };
    Some(ResponseBody { decoder, ty })
}

/// Checks an error response. The runtime reads all error bodies by itself.
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

/// The content of a success response; `None` after a report.
fn success<'d>(
    cx: &Context<'d>,
    response: &'d Response<'d>,
    status: Spanned<&'d str>,
    name: &str,
    models: &mut Models,
) -> Option<ResponseBody> {
    let Some(content) = &response.content else {
        if let Some(envelope) = response.envelope {
            let message = "`x-rust-envelope` needs a response with content";
            let help = "remove `x-rust-envelope`, or describe the content";
            cx.error(Code::Extension, envelope.span, message, help);
        }
        return Some(nothing());
    };
    let schema = content.schema.as_ref();
    let (decoder, ty) = if content.is_json() {
        let schema = schema?;
        let ty = generated_type(cx, schema, name, status, models)?;
        let is_object = matches!(ty, Type::Object(_));
        match (response.envelope, cx.schemas.is_nullable(schema)) {
            (Some(Spanned { value: "value", .. }), _) if is_object => ("enveloped", ty),
            (Some(Spanned { value, span }), _) => {
                let message = format!("the envelope `{value}` is not supported");
                let help = "write `x-rust-envelope: value`, or describe the object around it";
                cx.error(Code::Extension, span, message, help);
                return None;
            }
            (None, true) if is_object => ("optional", ty.or_null()),
            (None, false) if is_object => ("object", ty),
            (None, true) => ("json", ty.or_null()),
            (None, false) => ("json", ty),
        }
    } else {
        let ty = schema.and_then(|schema| checked_type(cx, schema, status));
        match (content.is_plain(), ty) {
            (true, Some(Type::I32 | Type::I64 | Type::F64)) => ("number", Type::I64),
            (true, _) => ("plain", Type::String),
            (false, _) => ("bytes", Type::Bytes),
        }
    };
    Some(ResponseBody { decoder, ty })
}

/// The type of a schema, with a file of its own for an inline schema.
fn generated_type<'d>(
    cx: &Context<'d>,
    schema: &'d Schema<'d>,
    name: &str,
    source: Spanned<&str>,
    models: &mut Models,
) -> Option<Type> {
    let (ty, inline) = type_of(cx, &mut models.names, schema, name, source)?;
    models.inline_file(cx, inline);
    Some(ty)
}

/// Lowers the request body of an operation.
pub fn body<'d>(
    cx: &Context<'d>,
    written: &'d Operation<'d>,
    operation: &mut ir::Operation,
    models: &mut Models,
) {
    let bodies = &cx.document.components.request_bodies;
    let body = written.request_body.as_ref();
    let request = body.and_then(|body| cx.value(bodies, "requestBodies", body));
    let content = request.and_then(|request| request.value.content.as_ref());
    let (Some(request), Some(content)) = (request, content) else {
        return;
    };
    let mut body = if content.is_json() {
        let name = format!("{}Request", operation.type_name);
        json_body(cx, content, name, models).unwrap_or_default()
    } else {
        if let Some(schema) = &content.schema {
            checked_type(cx, schema, content.media_type);
        }
        whole("content", Location::Bytes, Type::default())
    };
    operation.content_type = content.header("application/octet-stream");
    operation.optional_body = !request.value.required;
    if operation.optional_body {
        // The properties of an optional body are options; with required properties, the body is one
        // option.
        if let (Some(Type::Object(name)), [_, ..]) = (&body.ty, &body.arguments[..]) {
            body = whole(&snake(name), Location::Body, Type::Object(name.clone()));
        }
        body.options.append(&mut body.arguments);
    }
    operation.body = body.ty;
    operation.limited = body.limited;
    operation.arguments = body.arguments;
    operation.options = body.options;
}

fn json_body<'d>(
    cx: &Context<'d>,
    content: &'d Content<'d>,
    name: String,
    models: &mut Models,
) -> Option<Body> {
    let schema = content.schema.as_ref()?;
    if let Shape::Object = shape(schema) {
        let name = models.names.generated(name, "Body", content.media_type);
        let properties = cx.schemas.properties(schema);
        let object = object(cx, models, schema, &properties, &name, true);
        let body = spread(&object);
        models.file(Item::Struct(object));
        return Some(body);
    }
    let ty = generated_type(cx, schema, &name, content.media_type, models)?;
    let name = match &ty {
        Type::Object(name) => match models.bodies.get(name) {
            Some(body) => return Some(body.clone()),
            None => snake(name),
        },
        _ => "value".to_owned(),
    };
    Some(whole(&name, Location::Body, ty))
}

/// A body that callers pass as one argument.
fn whole(name: &str, location: Location, ty: Type) -> Body {
    let field = Field {
        name: argument(name.to_owned()),
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
