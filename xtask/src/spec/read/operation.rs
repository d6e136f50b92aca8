//! Reads paths, operations and their parameters.

use super::super::document::{
    Method, Operation, OrRef, Parameter, ParameterLocation, PathItem, Requirement,
};
use super::super::fields::{At, Fields, Reader, Text};
use super::super::node::{Node, Span};
use super::content::{request_body, responses_of};
use super::external_docs;
use super::schema::{reference, schema};
use crate::diagnostics::Code;

pub fn path_item<'n>(
    reader: &mut Reader,
    path: Text<'n>,
    node: &'n Node<'_>,
) -> Option<PathItem<'n>> {
    const KNOWN: &[&str] = &[
        "summary",
        "description",
        "parameters",
        "get",
        "put",
        "post",
        "patch",
        "delete",
    ];
    let fields = reader.fields(node, path.span, "a path", KNOWN)?;
    if !path.value.starts_with('/') {
        let message = format!("the path `{}` does not begin with a slash", path.value);
        let help = format!("write `/{}`", path.value);
        reader.error(Code::BadValue, path.span, message, help);
    }
    let parameters = parameters(reader, &fields);
    let mut operations = Vec::new();
    for (key, node) in fields.entries() {
        if let Some((_, method)) =
            Method::ALL.into_iter().find(|(name, _)| *name == key.text)
        {
            operations.extend(operation(
                reader,
                At {
                    value: method,
                    span: key.span,
                },
                node,
            ));
        }
    }
    Some(PathItem {
        path,
        parameters,
        operations,
    })
}

fn operation<'n>(
    reader: &mut Reader,
    method: At<Method>,
    node: &'n Node<'_>,
) -> Option<Operation<'n>> {
    const KNOWN: &[&str] = &[
        "operationId",
        "summary",
        "description",
        "externalDocs",
        "tags",
        "parameters",
        "requestBody",
        "responses",
        "security",
        "deprecated",
        "x-rust-repeatable",
        "x-rust-rate-limit",
        "x-rust-hints",
        "x-rust-example",
    ];
    let fields = reader.fields(node, method.span, "an operation", KNOWN)?;
    let responses = fields.required(reader, "responses");
    Some(Operation {
        method,
        id: fields.required_text(reader, "operationId"),
        summary: fields.text(reader, "summary"),
        description: fields.text(reader, "description"),
        docs_url: external_docs(reader, &fields),
        parameters: parameters(reader, &fields),
        request_body: fields
            .get("requestBody")
            .and_then(|(node, span)| or_ref(reader, node, span, request_body)),
        responses: responses
            .map_or_else(Vec::new, |(node, span)| responses_of(reader, node, span)),
        security: security(reader, &fields),
        deprecated: fields.flag(reader, "deprecated"),
        repeatable: repeatable(reader, &fields, method.value),
        rate_limit: rate_limit(reader, &fields),
        hints: fields.texts(reader, "x-rust-hints"),
        example: fields.text(reader, "x-rust-example"),
    })
}

fn repeatable(reader: &mut Reader, fields: &Fields<'_, '_>, method: Method) -> bool {
    if let Some((_, span)) = fields.get("x-rust-repeatable")
        && !matches!(method, Method::Post | Method::Patch)
    {
        let message = format!("{} is repeatable by definition", method.as_str());
        let help = "remove `x-rust-repeatable`; it belongs to POST and PATCH";
        reader.error(Code::Extension, span, message, help);
    }
    fields.flag(reader, "x-rust-repeatable")
}

fn rate_limit(reader: &mut Reader, fields: &Fields<'_, '_>) -> Option<(u32, u32)> {
    let (node, span) = fields.get("x-rust-rate-limit")?;
    let limit =
        reader.fields(node, span, "`x-rust-rate-limit`", &["requests", "seconds"])?;
    let mut number = |key: &'static str| {
        let (node, span) = limit.required(reader, key)?;
        let number = reader.number(node, span, key)?;
        if number == 0 {
            let message = format!("a limit without {key}");
            let help = "write a number above zero, or remove `x-rust-rate-limit`";
            reader.error(Code::BadValue, node.span, message, help);
        }
        Some(number)
    };
    let (requests, seconds) = (number("requests"), number("seconds"));
    Some((requests?, seconds?))
}

/// `security`: one requirement an alternative, one scheme a requirement.
pub fn security<'n>(
    reader: &mut Reader,
    fields: &Fields<'n, '_>,
) -> Option<Vec<Requirement<'n>>> {
    let (node, span) = fields.get("security")?;
    let mut requirements = Vec::new();
    for item in reader.list(node, span, "`security`") {
        let Some(alternative) =
            reader.mapping(item, item.span, "a security requirement")
        else {
            continue;
        };
        if alternative.entries().len() > 1 {
            let place = alternative.entries()[1].0.span;
            let message = "a security requirement with two schemes is not supported";
            let help = "write one `- scheme: [scope]` for each alternative";
            reader.error(Code::Unsupported, place, message, help);
        }
        for (key, node) in alternative.entries() {
            let scopes = reader.list(node, key.span, "the scopes").iter();
            let scopes =
                scopes.filter_map(|item| reader.text(item, key.span, "a scope"));
            let scopes = scopes.collect();
            let scheme = Text::from(key);
            requirements.push(Requirement { scheme, scopes });
        }
    }
    Some(requirements)
}

fn parameters<'n>(
    reader: &mut Reader,
    fields: &Fields<'n, '_>,
) -> Vec<OrRef<'n, Parameter<'n>>> {
    let Some((node, span)) = fields.get("parameters") else {
        return Vec::new();
    };
    let items = reader.list(node, span, "`parameters`").iter();
    items
        .filter_map(|item| or_ref(reader, item, item.span, parameter))
        .collect()
}

/// The thing itself, or `$ref` to one.
pub fn or_ref<'n, 's, T>(
    reader: &mut Reader,
    node: &'n Node<'s>,
    span: Span,
    read: impl Fn(&mut Reader, &'n Node<'s>, Span) -> Option<T>,
) -> Option<OrRef<'n, T>> {
    match reference(reader, node) {
        Some(reference) => Some(OrRef::Ref(reference)),
        None => read(reader, node, span).map(|value| OrRef::Here(At { value, span })),
    }
}

pub fn parameter<'n>(
    reader: &mut Reader,
    node: &'n Node<'_>,
    span: Span,
) -> Option<Parameter<'n>> {
    const KNOWN: &[&str] = &[
        "name",
        "in",
        "required",
        "description",
        "schema",
        "style",
        "explode",
        "example",
        "examples",
        "deprecated",
        "x-rust-name",
    ];
    let fields = reader.fields(node, span, "a parameter", KNOWN)?;
    let required = fields.flag(reader, "required");
    let name = fields.required_text(reader, "name");
    let location = location(reader, &fields)?;
    let description = fields.text(reader, "description");
    let schema = fields
        .required(reader, "schema")
        .map(|(node, span)| schema(reader, node, span));
    if location.value == ParameterLocation::Path && !required {
        let message = "a path parameter is always required";
        let help = "add `required: true`";
        reader.error(Code::PathParameter, span, message, help);
    }
    style(reader, &fields);
    let exploded = At {
        value: !fields.has("explode") || fields.flag(reader, "explode"),
        span: fields.get("explode").map_or(span, |(_, span)| span),
    };
    let rust_name = fields.text(reader, "x-rust-name");
    let deprecated = fields.flag(reader, "deprecated");
    Some(Parameter {
        name: name?,
        location,
        required,
        exploded,
        description,
        schema,
        rust_name,
        deprecated,
    })
}

fn style(reader: &mut Reader, fields: &Fields<'_, '_>) {
    let style = fields.text(reader, "style");
    if let Some(style) = style.filter(|style| !matches!(style.value, "form" | "simple"))
    {
        let message = format!("the style `{}` is not supported", style.value);
        let help =
            "write `style: form` for a query, `style: simple` for a path or a header";
        reader.error(Code::Unsupported, style.span, message, help);
    }
}

fn location(
    reader: &mut Reader,
    fields: &Fields<'_, '_>,
) -> Option<At<ParameterLocation>> {
    let text = fields.required_text(reader, "in")?;
    let value = match text.value {
        "path" => ParameterLocation::Path,
        "query" => ParameterLocation::Query,
        "header" => ParameterLocation::Header,
        other => {
            let message = format!("a parameter in `{other}` is not supported");
            let help = "write `in: path`, `in: query` or `in: header`";
            reader.error(Code::BadValue, text.span, message, help);
            return None;
        }
    };
    Some(At {
        value,
        span: text.span,
    })
}
