//! Paths, operations, and the parameters, request bodies and responses that they have.

use super::reader::{Keys, RefOr, Value};
use super::schema::{Position, Schema, schema};
use super::{Server, lint, server};
use crate::diagnostics::{Code, Spanned};
use crate::values::Method;
use crate::yaml::Kind;

/// One path.
#[derive(Clone, Debug)]
pub struct PathItem<'n> {
    pub path: Spanned<&'n str>,
    /// The name of the step to it, or of what is called there.
    pub rust_name: Option<Spanned<&'n str>>,
    /// Parameters of all its operations.
    pub parameters: Vec<RefOr<'n, Parameter<'n>>>,
    /// The operations, in the order of the file.
    pub operations: Vec<Operation<'n>>,
}

/// One operation.
#[derive(Clone, Debug)]
pub struct Operation<'n> {
    pub method: Spanned<Method>,
    pub id: Option<Spanned<&'n str>>,
    pub summary: Option<Spanned<&'n str>>,
    pub description: Option<Spanned<&'n str>>,
    pub docs_url: Option<Spanned<&'n str>>,
    pub parameters: Vec<RefOr<'n, Parameter<'n>>>,
    pub request_body: Option<RefOr<'n, RequestBody<'n>>>,
    /// `responses`: status and response.
    pub responses: Vec<(Spanned<&'n str>, RefOr<'n, Response<'n>>)>,
    /// `servers`; empty for all servers of the document.
    pub servers: Vec<Server<'n>>,
    /// `security`, its own or that of its file.
    pub security: Option<Vec<Requirement<'n>>>,
    pub deprecated: bool,
    pub repeatable: bool,
    /// `x-rust-rate-limit`: requests and seconds.
    pub rate_limit: Option<(u32, u32)>,
    /// `x-rust-hints`: names of hints.
    pub hints: Vec<Spanned<&'n str>>,
    pub example: Option<Spanned<&'n str>>,
    /// The name of its method.
    pub rust_name: Option<Spanned<&'n str>>,
    /// `x-ms-pageable`: the properties with the items and with the link to the next page.
    pub pageable: Option<[Option<&'n str>; 2]>,
}

/// One parameter.
#[derive(Clone, Debug)]
pub struct Parameter<'n> {
    /// The name on the wire.
    pub name: Spanned<&'n str>,
    pub location: ParameterLocation,
    pub required: bool,
    /// `explode`: true when the items of a list are written one by one.
    pub exploded: bool,
    /// True when its value is written as JSON.
    pub is_json: bool,
    pub description: Option<Spanned<&'n str>>,
    pub schema: Option<Schema<'n>>,
    pub rust_name: Option<Spanned<&'n str>>,
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
    pub required: bool,
    pub content: Option<Content<'n>>,
}

/// A response.
#[derive(Clone, Debug)]
pub struct Response<'n> {
    /// `x-rust-envelope`: the property that may hold the object as the one item of a list.
    pub envelope: Option<Spanned<&'n str>>,
    pub content: Option<Content<'n>>,
}

/// A media type and its schema.
#[derive(Clone, Debug)]
pub struct Content<'n> {
    pub media_type: Spanned<&'n str>,
    pub schema: Option<Schema<'n>>,
}

/// One alternative of `security`: a scheme and the scopes it needs.
#[derive(Clone, Debug)]
pub struct Requirement<'n> {
    pub scheme: Spanned<&'n str>,
    pub scopes: Vec<Spanned<&'n str>>,
}

/// Reads one entry of `paths`.
pub fn path_item<'n>(path: Spanned<&'n str>, value: Value<'n, '_>) -> Option<PathItem<'n>> {
    value.object("a path", |keys| {
        if !path.value.starts_with('/') {
            let message = format!("the path `{}` does not begin with a slash", path.value);
            let help = format!("write `/{}`", path.value);
            keys.error(Code::BadValue, path.span, message, help);
        }
        keys.ignore(&["summary", "description"]);
        let parameters = parameters(keys);
        keys.ignore(&Method::ALL.map(|(name, _)| name));
        let operations = value.entries("a path").filter_map(|(key, value)| {
            let (_, method) = Method::ALL.iter().find(|(name, _)| *name == key.value)?;
            operation(Spanned::new(*method, key.span), value)
        });
        let operations = operations.collect();
        Some(PathItem {
            path,
            rust_name: keys.text("x-rust-name"),
            parameters,
            operations,
        })
    })
}

fn operation<'n>(method: Spanned<Method>, value: Value<'n, '_>) -> Option<Operation<'n>> {
    let operation = value.object("an operation", |keys| {
        let id = keys.required_text("operationId");
        let (summary, description) = (keys.text("summary"), keys.text("description"));
        let docs_url = keys.external_docs();
        keys.ignore(&["tags"]);
        Some(Operation {
            method,
            id,
            summary,
            description,
            docs_url,
            parameters: parameters(keys),
            request_body: keys
                .get("requestBody")
                .map(|body| body.ref_or(request_body)),
            responses: responses(keys),
            servers: keys.objects("servers", "a server", server),
            security: requirements(keys),
            deprecated: keys.flag("deprecated"),
            repeatable: repeatable(keys, method.value),
            rate_limit: rate_limit(keys),
            hints: keys.texts("x-rust-hints"),
            example: keys.text("x-rust-example"),
            rust_name: keys.text("x-rust-name"),
            pageable: keys.object("x-ms-pageable", "`x-ms-pageable`", |keys| {
                keys.ignore(&["operationName"]);
                let names = ["itemName", "nextLinkName"];
                Some(names.map(|name| keys.text(name).map(|text| text.value)))
            }),
        })
    })?;
    let span = operation.id.map_or(method.span, |id| id.span);
    lint::operation(value.reader, operation.summary, operation.description, span);
    value.reader.uses(operation.hints.iter().copied());
    Some(operation)
}

fn repeatable(keys: &mut Keys<'_, '_>, method: Method) -> bool {
    if let Some(span) = keys.span_of("x-rust-repeatable")
        && !matches!(method, Method::Post | Method::Patch)
    {
        let message = format!("{} is always safe to retry", method.as_str());
        let help = "remove `x-rust-repeatable`; it is only for POST and PATCH";
        keys.error(Code::Extension, span, message, help);
    }
    keys.flag("x-rust-repeatable")
}

fn rate_limit(keys: &mut Keys<'_, '_>) -> Option<(u32, u32)> {
    keys.object("x-rust-rate-limit", "`x-rust-rate-limit`", |keys| {
        let mut number = |key| {
            let value = keys.required(key)?;
            let number = value.number(key)?;
            if number == 0 {
                let message = format!("the rate limit has zero `{key}`");
                let help = "write a number greater than zero, or remove `x-rust-rate-limit`";
                keys.error(Code::BadValue, value.node.span, message, help);
            }
            Some(number)
        };
        number("requests").zip(number("seconds"))
    })
}

/// `security`: one requirement an alternative, one scheme a requirement.
pub fn requirements<'n>(keys: &mut Keys<'n, '_>) -> Option<Vec<Requirement<'n>>> {
    let mut requirements = Vec::new();
    for item in keys.get("security")?.items(&"`security`") {
        let schemes = item.entries("a security requirement");
        if let Some((second, _)) = schemes.clone().nth(1) {
            let message = "a security requirement with two schemes is not supported";
            let help = "write one `- scheme: [scope]` for each alternative";
            keys.error(Code::Unsupported, second.span, message, help);
        }
        requirements.extend(schemes.map(|(scheme, scopes)| {
            let scopes = scopes.items(&"the scopes");
            let scopes = scopes.filter_map(|item| item.text("a scope")).collect();
            Requirement { scheme, scopes }
        }));
    }
    Some(requirements)
}

fn parameters<'n>(keys: &mut Keys<'n, '_>) -> Vec<RefOr<'n, Parameter<'n>>> {
    let parameters = keys.items("parameters");
    let parameters = parameters.map(|item| item.ref_or(parameter));
    parameters.collect()
}

/// Reads a parameter.
pub fn parameter<'n>(value: Value<'n, '_>) -> Option<Parameter<'n>> {
    let span = value.span;
    let parameter = value.object("a parameter", |keys| {
        let (name, location) = (keys.required_text("name"), location(keys));
        let (required, description) = (keys.flag("required"), keys.text("description"));
        let content = keys.get("content").and_then(content);
        let is_json = content.is_some();
        let schema = match content {
            Some(content) => content.schema,
            None => keys
                .required("schema")
                .map(|value| schema(value, Position::Inner)),
        };
        if location == Some(ParameterLocation::Path) && !required {
            let message = "a path parameter is always required";
            keys.error(Code::PathParameter, span, message, "add `required: true`");
        }
        style(keys);
        let exploded = keys.span_of("explode").is_none() | keys.flag("explode");
        keys.ignore(&["example", "examples"]);
        let (deprecated, rust_name) = (keys.flag("deprecated"), keys.text("x-rust-name"));
        Some(Parameter {
            name: name?,
            location: location?,
            required,
            exploded,
            is_json,
            description,
            schema,
            rust_name,
            deprecated,
        })
    })?;
    let span = parameter.name.span;
    lint::described(value.reader, parameter.description, span, "this parameter");
    Some(parameter)
}

fn style(keys: &mut Keys<'_, '_>) {
    if let Some(style) = keys.text("style")
        && !matches!(style.value, "form" | "simple")
    {
        let message = format!("the style `{}` is not supported", style.value);
        let help = "write `style: form` for a query, `style: simple` for a path or a header";
        keys.error(Code::Unsupported, style.span, message, help);
    }
}

fn location(keys: &mut Keys<'_, '_>) -> Option<ParameterLocation> {
    let text = keys.required_text("in")?;
    Some(match text.value {
        "path" => ParameterLocation::Path,
        "query" => ParameterLocation::Query,
        "header" => ParameterLocation::Header,
        other => {
            let message = format!("a parameter in `{other}` is not supported");
            let help = "write `in: path`, `in: query` or `in: header`";
            keys.error(Code::BadValue, text.span, message, help);
            return None;
        }
    })
}

/// Reads a request body.
pub fn request_body<'n>(value: Value<'n, '_>) -> Option<RequestBody<'n>> {
    value.object("a request body", |keys| {
        keys.text("description");
        let required = keys.flag("required");
        let content = content(keys.required("content")?);
        Some(RequestBody { required, content })
    })
}

fn responses<'n>(keys: &mut Keys<'n, '_>) -> Vec<(Spanned<&'n str>, RefOr<'n, Response<'n>>)> {
    let mut responses = Vec::new();
    let Some(value) = keys.required("responses") else {
        return responses;
    };
    for (status, value) in value.entries("`responses`") {
        if !is_status(status.value) {
            let message = format!("`{}` is not a status", status.value);
            let help = "write a status such as '200', a range such as 2XX, or `default`";
            keys.error(Code::BadValue, status.span, message, help);
        }
        responses.push((status, value.ref_or(response)));
    }
    if responses.is_empty() && matches!(value.node.kind, Kind::Mapping(_)) {
        let message = "the operation lists no responses";
        let help = "add a success response, such as `'204': {description: Done.}`";
        keys.error(Code::MissingKey, value.span, message, help);
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
pub fn response<'n>(value: Value<'n, '_>) -> Option<Response<'n>> {
    value.object("a response", |keys| {
        keys.required_text("description");
        let value = keys.get("content");
        Some(Response {
            envelope: keys.text("x-rust-envelope"),
            content: value.and_then(content),
        })
    })
}

/// Reads the media types of a content, and gives the one that the client reads best: JSON, then
/// plain text, then the first.
fn content<'n>(value: Value<'n, '_>) -> Option<Content<'n>> {
    let mut contents = Vec::new();
    for (media_type, value) in value.entries("`content`") {
        let Spanned { value: name, span } = media_type;
        let is_name = name.contains('/') && name.bytes().all(|b| (b' '..=b'~').contains(&b));
        if !is_name || name.starts_with("multipart/") {
            let message = format!("the media type `{name}` is not supported");
            let help = "describe JSON, plain text or bytes, such as `application/octet-stream`";
            value.reader.error(Code::Unsupported, span, message, help);
            continue;
        }
        contents.extend(value.object("a media type", |keys| {
            let value = keys.get("schema");
            keys.ignore(&["example", "examples"]);
            let schema = value.map(|value| schema(value, Position::Inner));
            let content = Content { media_type, schema };
            // Bytes need no schema.
            if content.is_json() || content.is_plain() {
                keys.require("schema");
            }
            Some(content)
        }));
    }
    let contents = contents.into_iter();
    contents.min_by_key(|content| (!content.is_json(), !content.is_plain()))
}

impl Content<'_> {
    /// The media type without its parameters.
    fn name(&self) -> &str {
        let name = self.media_type.value.split(';').next();
        name.unwrap_or_default().trim()
    }

    pub fn is_json(&self) -> bool {
        self.name() == "application/json" || self.name().ends_with("+json")
    }

    pub fn is_plain(&self) -> bool {
        self.name() == "text/plain"
    }

    /// The media type for the header `Accept` or `Content-Type`; none for JSON, and
    /// `any` for one that says nothing.
    pub fn header(&self, any: &str) -> Option<String> {
        match self.name() {
            "application/json" => None,
            "application/octet-stream" => Some(any.to_owned()),
            name if name.contains('*') => Some(any.to_owned()),
            _ => Some(self.media_type.value.to_owned()),
        }
    }
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
