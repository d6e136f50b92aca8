//! Paths, operations, and the parameters, request bodies and responses that they have.

use super::lint;
use super::reader::{Keys, Reader, RefOr, Spanned};
use super::schema::{Position, Schema, schema};
use crate::diagnostics::{Code, Diagnostic, Span, listed};
use crate::http::Method;
use crate::yaml::node::Node;

/// One path.
#[derive(Clone, Debug)]
pub struct PathItem<'n> {
    /// The template.
    pub path: Spanned<&'n str>,
    /// Parameters of all its operations.
    pub parameters: Vec<RefOr<'n, Parameter<'n>>>,
    /// The operations, in the order of the file.
    pub operations: Vec<Operation<'n>>,
}

/// One operation.
#[derive(Clone, Debug)]
pub struct Operation<'n> {
    /// The method and its span.
    pub method: Spanned<Method>,
    /// `operationId`
    pub id: Option<Spanned<&'n str>>,
    /// `summary`
    pub summary: Option<Spanned<&'n str>>,
    /// `description`
    pub description: Option<Spanned<&'n str>>,
    /// `externalDocs.url`
    pub docs_url: Option<Spanned<&'n str>>,
    /// `parameters`
    pub parameters: Vec<RefOr<'n, Parameter<'n>>>,
    /// `requestBody`
    pub request_body: Option<RefOr<'n, RequestBody<'n>>>,
    /// `responses`: status and response.
    pub responses: Vec<(Spanned<&'n str>, RefOr<'n, Response<'n>>)>,
    /// `security`; without it that of the document counts.
    pub security: Option<Vec<Requirement<'n>>>,
    /// `deprecated`
    pub deprecated: bool,
    /// `x-rust-repeatable`
    pub repeatable: bool,
    /// `x-rust-rate-limit`: requests and seconds.
    pub rate_limit: Option<(u32, u32)>,
    /// `x-rust-hints`: names of hints.
    pub hints: Vec<Spanned<&'n str>>,
    /// `x-rust-example`: a file with an example.
    pub example: Option<Spanned<&'n str>>,
}

/// One parameter.
#[derive(Clone, Debug)]
pub struct Parameter<'n> {
    /// The name on the wire.
    pub name: Spanned<&'n str>,
    /// `in`
    pub location: ParameterLocation,
    /// `required`
    pub required: bool,
    /// `explode`: true when the items of a list are written one by one.
    pub exploded: Spanned<bool>,
    /// `description`
    pub description: Option<Spanned<&'n str>>,
    /// `schema`
    pub schema: Option<Schema<'n>>,
    /// `x-rust-name`
    pub rust_name: Option<Spanned<&'n str>>,
    /// `deprecated`
    pub deprecated: bool,
}

/// The part of a request that a parameter is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParameterLocation {
    /// The path.
    Path,
    /// The query.
    Query,
    /// A header.
    Header,
}

/// A request body.
#[derive(Clone, Debug)]
pub struct RequestBody<'n> {
    /// `required`
    pub required: bool,
    /// Its one media type.
    pub content: Option<Content<'n>>,
}

/// A response.
#[derive(Clone, Debug)]
pub struct Response<'n> {
    /// `x-rust-envelope`: the property that may hold the object as the one item of a list.
    pub envelope: Option<Spanned<&'n str>>,
    /// Its one media type.
    pub content: Option<Content<'n>>,
}

/// A media type and its schema.
#[derive(Clone, Debug)]
pub struct Content<'n> {
    /// `application/json` or `text/plain`
    pub media_type: Spanned<&'n str>,
    /// The schema.
    pub schema: Option<Schema<'n>>,
}

/// One alternative of `security`: a scheme and the scopes it needs.
#[derive(Clone, Debug)]
pub struct Requirement<'n> {
    /// The scheme.
    pub scheme: Spanned<&'n str>,
    /// The scopes.
    pub scopes: Vec<Spanned<&'n str>>,
}

/// Reads one entry of `paths`.
pub fn path_item<'n>(
    reader: &Reader<'n>,
    path: Spanned<&'n str>,
    node: &'n Node<'n>,
) -> Option<PathItem<'n>> {
    reader.object(node, path.span, "a path", |keys| {
        if !path.value.starts_with('/') {
            let message =
                format!("the path `{}` does not begin with a slash", path.value);
            let help = format!("write `/{}`", path.value);
            reader.error(Code::BadValue, path.span, message, help);
        }
        keys.ignore(&["summary", "description"]);
        let parameters = parameters(keys);
        keys.ignore(&Method::ALL.map(|(name, _)| name));
        let mut operations = Vec::new();
        for (key, node) in keys.entries() {
            if let Some((_, method)) =
                Method::ALL.iter().find(|(name, _)| *name == key.text)
            {
                operations.extend(operation(
                    reader,
                    Spanned::new(*method, key.span),
                    node,
                ));
            }
        }
        PathItem {
            path,
            parameters,
            operations,
        }
    })
}

fn operation<'n>(
    reader: &Reader<'n>,
    method: Spanned<Method>,
    node: &'n Node<'n>,
) -> Option<Operation<'n>> {
    let operation = reader.object(node, method.span, "an operation", |keys| {
        let id = keys.required_text("operationId");
        let (summary, description) = (keys.text("summary"), keys.text("description"));
        let docs_url = keys.external_docs();
        keys.ignore(&["tags"]);
        let parameters = parameters(keys);
        let request_body = keys.get("requestBody");
        Operation {
            method,
            id,
            summary,
            description,
            docs_url,
            parameters,
            request_body: request_body
                .and_then(|(node, span)| reader.ref_or(node, span, self::request_body)),
            responses: responses(keys),
            security: requirements(keys),
            deprecated: keys.flag("deprecated"),
            repeatable: repeatable(keys, method.value),
            rate_limit: rate_limit(keys),
            hints: keys.texts("x-rust-hints"),
            example: keys.text("x-rust-example"),
        }
    })?;
    let span = operation.id.map_or(method.span, |id| id.span);
    lint::operation(reader, operation.summary, operation.description, span);
    reader.uses(operation.hints.iter().copied());
    Some(operation)
}

fn repeatable(keys: &mut Keys<'_, '_>, method: Method) -> bool {
    if let Some(span) = keys.span_of("x-rust-repeatable")
        && !matches!(method, Method::Post | Method::Patch)
    {
        let message = format!("{} is repeatable by definition", method.as_str());
        let help = "remove `x-rust-repeatable`; it belongs to POST and PATCH";
        keys.reader.error(Code::Extension, span, message, help);
    }
    keys.flag("x-rust-repeatable")
}

fn rate_limit(keys: &mut Keys<'_, '_>) -> Option<(u32, u32)> {
    let limit = keys.object("x-rust-rate-limit", "`x-rust-rate-limit`", |keys| {
        let mut number = |key| {
            let (node, span) = keys.required(key)?;
            let number = keys.reader.number(node, span, key)?;
            if number == 0 {
                let message = format!("a limit without {key}");
                let help = "write a number above zero, or remove `x-rust-rate-limit`";
                keys.reader.error(Code::BadValue, node.span, message, help);
            }
            Some(number)
        };
        number("requests").zip(number("seconds"))
    });
    limit.flatten()
}

/// `security`: one requirement an alternative, one scheme a requirement.
pub fn requirements<'n>(keys: &mut Keys<'n, '_>) -> Option<Vec<Requirement<'n>>> {
    let (node, span) = keys.get("security")?;
    let reader = keys.reader;
    let mut requirements = Vec::new();
    for item in reader.list(node, span, "`security`") {
        let entries = reader.mapping(item, item.span, "a security requirement");
        let entries = entries.unwrap_or_default();
        if let Some((second, _)) = entries.get(1) {
            let message = "a security requirement with two schemes is not supported";
            let help = "write one `- scheme: [scope]` for each alternative";
            reader.error(Code::Unsupported, second.span, message, help);
        }
        for (key, node) in entries {
            let scopes = reader.list(node, key.span, "the scopes").iter();
            let scopes =
                scopes.filter_map(|item| reader.text(item, key.span, "a scope"));
            requirements.push(Requirement {
                scheme: Spanned::from(key),
                scopes: scopes.collect(),
            });
        }
    }
    Some(requirements)
}

fn parameters<'n>(keys: &mut Keys<'n, '_>) -> Vec<RefOr<'n, Parameter<'n>>> {
    let reader = keys.reader;
    let items = keys.list("parameters").iter();
    items
        .filter_map(|item| reader.ref_or(item, item.span, parameter))
        .collect()
}

/// Reads a parameter.
pub fn parameter<'n>(
    reader: &Reader<'n>,
    node: &'n Node<'n>,
    span: Span,
) -> Option<Parameter<'n>> {
    let parameter = reader.object(node, span, "a parameter", |keys| {
        let name = keys.required_text("name");
        let location = keys
            .required_text("in")
            .and_then(|text| location(reader, text));
        let required = keys.flag("required");
        let description = keys.text("description");
        let schema = keys.required("schema");
        let schema = schema.map(|(node, span)| schema_of(reader, node, span));
        if location == Some(ParameterLocation::Path) && !required {
            let message = "a path parameter is always required";
            reader.error(Code::PathParameter, span, message, "add `required: true`");
        }
        style(keys);
        let explode = keys.span_of("explode");
        let exploded = keys.flag("explode") || explode.is_none();
        keys.ignore(&["example", "examples"]);
        let deprecated = keys.flag("deprecated");
        let rust_name = keys.text("x-rust-name");
        Some(Parameter {
            name: name?,
            location: location?,
            required,
            exploded: Spanned::new(exploded, explode.unwrap_or(span)),
            description,
            schema,
            rust_name,
            deprecated,
        })
    });
    let parameter = parameter.flatten()?;
    lint::described(
        reader,
        parameter.description,
        parameter.name.span,
        "this parameter",
    );
    Some(parameter)
}

fn style(keys: &mut Keys<'_, '_>) {
    let style = keys
        .text("style")
        .filter(|style| !matches!(style.value, "form" | "simple"));
    if let Some(style) = style {
        let message = format!("the style `{}` is not supported", style.value);
        let help =
            "write `style: form` for a query, `style: simple` for a path or a header";
        keys.reader
            .error(Code::Unsupported, style.span, message, help);
    }
}

fn location(reader: &Reader<'_>, text: Spanned<&str>) -> Option<ParameterLocation> {
    match text.value {
        "path" => return Some(ParameterLocation::Path),
        "query" => return Some(ParameterLocation::Query),
        "header" => return Some(ParameterLocation::Header),
        other => {
            let message = format!("a parameter in `{other}` is not supported");
            let help = "write `in: path`, `in: query` or `in: header`";
            reader.error(Code::BadValue, text.span, message, help);
        }
    }
    None
}

fn schema_of<'n>(reader: &Reader<'n>, node: &'n Node<'n>, span: Span) -> Schema<'n> {
    schema(reader, node, span, Position::Inner)
}

/// Reads a request body.
pub fn request_body<'n>(
    reader: &Reader<'n>,
    node: &'n Node<'n>,
    span: Span,
) -> Option<RequestBody<'n>> {
    let body = reader.object(node, span, "a request body", |keys| {
        keys.text("description");
        let required = keys.flag("required");
        let (node, span) = keys.required("content")?;
        let content = content(reader, node, span, &["application/json"]);
        Some(RequestBody { required, content })
    });
    body.flatten()
}

fn responses<'n>(
    keys: &mut Keys<'n, '_>,
) -> Vec<(Spanned<&'n str>, RefOr<'n, Response<'n>>)> {
    let reader = keys.reader;
    let found = keys.required("responses");
    let entries =
        found.and_then(|(node, span)| reader.mapping(node, span, "`responses`"));
    let Some(entries) = entries else {
        return Vec::new();
    };
    let mut responses = Vec::new();
    for (key, node) in entries {
        let status = Spanned::from(key);
        if !is_status(status.value) {
            let message = format!("`{}` is no status", status.value);
            let help = "write a status such as '200', a range such as 2XX, or `default`";
            reader.error(Code::BadValue, status.span, message, help);
        }
        let response = reader.ref_or(node, key.span, response);
        responses.extend(response.map(|response| (status, response)));
    }
    if let (true, Some((_, span))) = (responses.is_empty(), found) {
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

/// Reads a response.
pub fn response<'n>(
    reader: &Reader<'n>,
    node: &'n Node<'n>,
    span: Span,
) -> Option<Response<'n>> {
    reader.object(node, span, "a response", |keys| {
        keys.required_text("description");
        let content = keys.get("content").and_then(|(node, span)| {
            content(reader, node, span, &["application/json", "text/plain"])
        });
        Response {
            envelope: keys.text("x-rust-envelope"),
            content,
        }
    })
}

fn content<'n>(
    reader: &Reader<'n>,
    node: &'n Node<'n>,
    span: Span,
    possible: &'static [&'static str],
) -> Option<Content<'n>> {
    let mut found: Option<Content<'n>> = None;
    for (key, node) in reader.mapping(node, span, "`content`")? {
        let media_type = Spanned::from(key);
        if !possible.contains(&media_type.value) {
            let message = format!("the media type `{}` is not supported here", key.text);
            let help = format!("possible here: {}", listed(possible));
            reader.error(Code::Unsupported, key.span, message, help);
            continue;
        }
        let schema = reader.object(node, key.span, "a media type", |keys| {
            let schema = keys.required("schema");
            keys.ignore(&["example", "examples"]);
            schema.map(|(node, span)| schema_of(reader, node, span))
        });
        let Some(schema) = schema else { continue };
        if let Some(first) = &found {
            let message = "a second media type is not supported";
            let problem = Diagnostic::new(Code::Unsupported, key.span, message)
                .context(first.media_type.span, "the first")
                .help("keep the one that the client is to read");
            reader.problems.report(problem);
        }
        found.get_or_insert(Content { media_type, schema });
    }
    found
}

impl<'n> RequestBody<'n> {
    /// The schema of the content.
    pub fn schema(&self) -> Option<&Schema<'n>> {
        self.content.as_ref()?.schema.as_ref()
    }
}

impl<'n> Response<'n> {
    /// The schema of the content.
    pub fn schema(&self) -> Option<&Schema<'n>> {
        self.content.as_ref()?.schema.as_ref()
    }
}
