//! Reads paths, operations, parameters, bodies and responses.

use super::super::document::{
    Content, Method, Operation, OrRef, Parameter, ParameterLocation, PathItem,
    RequestBody, Requirement, Response,
};
use super::super::fields::{At, Fields, Reader, Text, listed};
use super::super::node::{Node, Span};
use super::external_docs;
use super::schema::{reference, schema};
use crate::diagnostics::{Code, Diagnostic};

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
fn or_ref<'n, 's, T>(
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

pub fn request_body<'n>(
    reader: &mut Reader,
    node: &'n Node<'_>,
    span: Span,
) -> Option<RequestBody<'n>> {
    const KNOWN: &[&str] = &["description", "required", "content"];
    let fields = reader.fields(node, span, "a request body", KNOWN)?;
    let required = fields.flag(reader, "required");
    fields.text(reader, "description");
    let (node, span) = fields.required(reader, "content")?;
    let content = content(reader, node, span, &["application/json"]);
    Some(RequestBody { required, content })
}

fn responses_of<'n>(
    reader: &mut Reader,
    node: &'n Node<'_>,
    span: Span,
) -> Vec<(Text<'n>, OrRef<'n, Response<'n>>)> {
    let Some(fields) = reader.mapping(node, span, "`responses`") else {
        return Vec::new();
    };
    let mut responses = Vec::new();
    for (key, node) in fields.entries() {
        let status = Text::from(key);
        if !is_status(status.value) {
            let message = format!("`{}` is no status", status.value);
            let help = "write a status such as '200', a range such as 2XX, or `default`";
            reader.error(Code::BadValue, status.span, message, help);
        }
        if let Some(value) = or_ref(reader, node, key.span, response) {
            responses.push((status, value));
        }
    }
    if responses.is_empty() {
        let message = "an operation without a response";
        let help = "add the response of success, such as `'204': {description: Done.}`";
        reader.error(Code::MissingKey, span, message, help);
    }
    responses
}

fn is_status(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |rest: &[u8]| rest == b"XX" || rest.iter().all(u8::is_ascii_digit);
    text == "default"
        || (bytes.len() == 3 && (b'1'..=b'5').contains(&bytes[0]) && digits(&bytes[1..]))
}

pub fn response<'n>(
    reader: &mut Reader,
    node: &'n Node<'_>,
    span: Span,
) -> Option<Response<'n>> {
    const KNOWN: &[&str] = &["description", "content", "x-rust-envelope"];
    let fields = reader.fields(node, span, "a response", KNOWN)?;
    fields.required_text(reader, "description");
    let content = fields.get("content").and_then(|(node, span)| {
        content(reader, node, span, &["application/json", "text/plain"])
    });
    Some(Response {
        envelope: fields.text(reader, "x-rust-envelope"),
        content,
    })
}

fn content<'n>(
    reader: &mut Reader,
    node: &'n Node<'_>,
    span: Span,
    possible: &'static [&'static str],
) -> Option<Content<'n>> {
    const KNOWN: &[&str] = &["schema", "example", "examples"];
    let entries = reader.mapping(node, span, "`content`")?.entries();
    let mut found: Option<Content<'n>> = None;
    for (key, node) in entries {
        if !possible.contains(&&*key.text) {
            let message = format!("the media type `{}` is not supported here", key.text);
            let help = format!("possible here: {}", listed(possible));
            reader.error(Code::Unsupported, key.span, message, help);
            continue;
        }
        let media_type = Text::from(key);
        let Some(fields) = reader.fields(node, key.span, "a media type", KNOWN) else {
            continue;
        };
        let required = fields.required(reader, "schema");
        let schema = required.map(|(node, span)| schema(reader, node, span));
        if let Some(first) = &found {
            let message = "a second media type is not supported";
            let problem = Diagnostic::new(Code::Unsupported, key.span, message)
                .context(first.media_type.span, "the first")
                .help("keep the one that the client is to read");
            reader.report(problem);
        }
        found.get_or_insert(Content { media_type, schema });
    }
    found
}
