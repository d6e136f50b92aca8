//! Paths, operations, parameters, request bodies and responses.

use super::files::RefOr;
use super::reader::{Keys, Reader, Text, Value, object};
use super::schema::{Position, Schema, schema};
use super::{Server, external_docs, lint};
use crate::diagnostics::{Code, Spanned};
use crate::values::Method;
use crate::yaml::Kind;

object! { |keys, key: Text<'n>|
    #[derive(Clone, Debug)]
    pub struct PathItem<'n> {
        path: Text<'n> = key,
        /// The parameters of all operations of the path.
        parameters: Vec<RefOr<'n, Parameter<'n>>> =
            parameters(keys.ignore(&["summary", "description"])),
        operations: Vec<Operation<'n>> = operations(keys),
        /// The name of the method that leads to the path, or of the action there.
        rust_name: Option<Text<'n>> = keys.text("x-rust-name"),
    }
}

object! { |keys, key: Spanned<Method>|
    #[derive(Clone, Debug)]
    pub struct Operation<'n> {
        method: Spanned<Method> = key,
        id: Option<Text<'n>> = keys.required_text("operationId"),
        summary: Option<Text<'n>> = keys.text("summary"),
        description: Option<Text<'n>> = keys.text("description"),
        docs_url: Option<Text<'n>> = external_docs(keys),
        parameters: Vec<RefOr<'n, Parameter<'n>>> = parameters(keys.ignore(&["tags"])),
        request_body: Option<RefOr<'n, RequestBody<'n>>> =
            keys.get("requestBody").map(|body| body.ref_or(request_body)),
        /// Pairs of status and response.
        responses: Vec<(Text<'n>, RefOr<'n, Response<'n>>)> = responses(keys),
        /// Empty when the operation is on all servers of the document.
        servers: Vec<Server<'n>> =
            keys.items("servers", |item| item.object("a server", Server::read)),
        /// The requirements of the operation or of its file.
        security: Option<Vec<Requirement<'n>>> = requirements(keys),
        deprecated: bool = keys.flag("deprecated"),
        repeatable: bool = repeatable(keys, key.value),
        /// The numbers of requests and seconds.
        rate_limit: Option<(u32, u32)> = rate_limit(keys),
        hints: Vec<Text<'n>> = keys.texts("x-rust-hints"),
        example: Option<Text<'n>> = keys.text("x-rust-example"),
        rust_name: Option<Text<'n>> = keys.text("x-rust-name"),
        /// The names of the properties with the items and with the link to the next page.
        pageable: Option<[Option<&'n str>; 2]> = keys.object("x-ms-pageable", |keys| {
            let names = ["itemName", "nextLinkName"];
            keys.ignore(&["operationName"]);
            names.map(|name| keys.text(name).map(|text| text.value))
        }),
    }
}

object! { |keys|
    #[derive(Clone, Debug)]
    pub struct Parameter<'n> {
        name: Text<'n> = keys.needed_text("name"),
        location: ParameterLocation = location(keys),
        required: bool = keys.flag("required"),
        description: Option<Text<'n>> = keys.text("description"),
        /// True for a value that is sent as JSON.
        is_json: bool = keys.span_of("content").is_some(),
        schema: Option<Schema<'n>> = match keys.get("content") {
            Some(value) => content(value).and_then(|content| content.schema),
            None => keys.required("schema").map(|value| schema(value, Position::Inner)),
        },
        /// True when each item of a list is a parameter of its own.
        exploded: bool = is_exploded(keys),
        deprecated: bool = keys.ignore(&["example", "examples"]).flag("deprecated"),
        rust_name: Option<Text<'n>> = keys.text("x-rust-name"),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParameterLocation {
    Path,
    Query,
    Header,
}

object! { |keys|
    #[derive(Clone, Debug)]
    pub struct RequestBody<'n> {
        required: bool = {
            keys.text("description");
            keys.flag("required")
        },
        content: Option<Content<'n>> = keys.required("content").and_then(content),
    }
}

object! { |keys|
    #[derive(Clone, Debug)]
    pub struct Response<'n> {
        content: Option<Content<'n>> = {
            keys.required_text("description");
            keys.get("content").and_then(content)
        },
        /// The property that may contain the object in a list of one item.
        envelope: Option<Text<'n>> = keys.text("x-rust-envelope"),
    }
}

#[derive(Clone, Debug)]
pub struct Content<'n> {
    pub media_type: Text<'n>,
    pub schema: Option<Schema<'n>>,
}

/// One alternative of `security`.
#[derive(Clone, Debug)]
pub struct Requirement<'n> {
    pub scheme: Text<'n>,
    pub scopes: Vec<Text<'n>>,
}

pub fn path_item<'n>(path: Text<'n>, value: Value<'n, '_>) -> Option<PathItem<'n>> {
    let item = value.object("a path", |keys| PathItem::read(keys, path))?;
    if path.value.starts_with('/') {
        return Some(item);
    }
    let message = format!("the path `{}` does not begin with a slash", path.value);
    let (help, reader) = (format!("write `/{}`", path.value), value.reader);
    reader.error(Code::BadValue, path.span, message, help);
    // The path would be read as another one.
    None
}

fn operations<'n>(keys: &mut Keys<'n, '_>) -> Vec<Operation<'n>> {
    keys.ignore(&Method::ALL.map(|(name, _)| name));
    keys.value.entries("a path", |key, value| {
        let (_, method) = Method::ALL.iter().find(|(name, _)| *name == key.value)?;
        let method = Spanned::new(*method, key.span);
        let operation = value.object("an operation", |keys| Operation::read(keys, method))?;
        lint_operation(value.reader, &operation);
        value.reader.uses(operation.hints.iter().copied());
        Some(operation)
    })
}

/// Reports an operation without a summary, and long lines.
fn lint_operation(reader: &Reader<'_, '_>, operation: &Operation<'_>) {
    let span = operation.id.map_or(operation.method.span, |id| id.span);
    if operation.summary.is_none() && reader.is_strict() {
        let help = "add `summary: …`, one sentence that says what it does";
        let message = "this operation has no summary";
        reader.error(Code::Undescribed, span, message, help);
    }
    for text in operation.summary.into_iter().chain(operation.description) {
        lint::described(reader, Some(text), span, "this operation");
    }
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
    let limit = keys.object("x-rust-rate-limit", |keys| {
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
    });
    limit.flatten()
}

/// Reads `security`: each item is one alternative with one scheme.
pub fn requirements<'n>(keys: &mut Keys<'n, '_>) -> Option<Vec<Requirement<'n>>> {
    let alternatives = keys.get("security")?;
    Some(alternatives.items("`security`", |item| {
        let schemes = item.entries("a security requirement", |scheme, scopes| {
            let scopes = scopes.items("the scopes", |item| item.text("a scope"));
            Some(Requirement { scheme, scopes })
        });
        if let Some(second) = schemes.get(1) {
            let message = "a security requirement with two schemes is not supported";
            let help = "write one `- scheme: [scope]` for each alternative";
            let reader = item.reader;
            reader.error(Code::Unsupported, second.scheme.span, message, help);
        }
        schemes
    }))
}

fn parameters<'n>(keys: &mut Keys<'n, '_>) -> Vec<RefOr<'n, Parameter<'n>>> {
    keys.items("parameters", |item| Some(item.ref_or(parameter)))
}

pub fn parameter<'n>(value: Value<'n, '_>) -> Option<Parameter<'n>> {
    let parameter = value.object("a parameter", |keys| {
        let parameter = Parameter::read(keys);
        if parameter.location == ParameterLocation::Path && !parameter.required {
            let message = "a path parameter is always required";
            let help = "add `required: true`";
            keys.error(Code::PathParameter, value.span, message, help);
        }
        parameter
    })?;
    let span = parameter.name.span;
    lint::described(value.reader, parameter.description, span, "this parameter");
    Some(parameter)
}

fn is_exploded(keys: &mut Keys<'_, '_>) -> bool {
    if let Some(style) = keys.text("style")
        && !matches!(style.value, "form" | "simple")
    {
        let message = format!("the style `{}` is not supported", style.value);
        let help = "write `style: form` for a query, `style: simple` for a path or a header";
        keys.error(Code::Unsupported, style.span, message, help);
    }
    keys.span_of("explode").is_none() | keys.flag("explode")
}

fn location(keys: &mut Keys<'_, '_>) -> ParameterLocation {
    let text = keys.required_text("in");
    match text.map(|text| text.value) {
        Some("path") => return ParameterLocation::Path,
        Some("query") => return ParameterLocation::Query,
        Some("header") => return ParameterLocation::Header,
        _ => keys.is_whole = false,
    }
    if let Some(Spanned { value, span }) = text {
        let message = format!("a parameter in `{value}` is not supported");
        let help = "write `in: path`, `in: query` or `in: header`";
        keys.error(Code::BadValue, span, message, help);
    }
    ParameterLocation::Query
}

pub fn request_body<'n>(value: Value<'n, '_>) -> Option<RequestBody<'n>> {
    value.object("a request body", RequestBody::read)
}

fn responses<'n>(keys: &mut Keys<'n, '_>) -> Vec<(Text<'n>, RefOr<'n, Response<'n>>)> {
    let Some(value) = keys.required("responses") else {
        return Vec::new();
    };
    let responses = value.entries("`responses`", |status, value| {
        if !is_status(status.value) {
            let message = format!("`{}` is not an HTTP status", status.value);
            let help = "write a status such as '200', a range such as 2XX, or `default`";
            keys.error(Code::BadValue, status.span, message, help);
        }
        Some((status, value.ref_or(response)))
    });
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

pub fn response<'n>(value: Value<'n, '_>) -> Option<Response<'n>> {
    value.object("a response", Response::read)
}

/// The content that is generated: JSON is preferred to plain text, and plain text to bytes.
fn content<'n>(value: Value<'n, '_>) -> Option<Content<'n>> {
    let contents = value.entries("`content`", |media_type, value| {
        let Spanned { value: name, span } = media_type;
        let is_name = name.contains('/') && name.bytes().all(|b| (b' '..=b'~').contains(&b));
        if !is_name || name.starts_with("multipart/") {
            let message = format!("the media type `{name}` is not supported");
            let help = "describe JSON, plain text or bytes, such as `application/octet-stream`";
            value.reader.error(Code::Unsupported, span, message, help);
            return None;
        }
        value.object("a media type", |keys| {
            let value = keys.get("schema");
            keys.ignore(&["example", "examples"]);
            let schema = value.map(|value| schema(value, Position::Inner));
            let content = Content { media_type, schema };
            // The schema of bytes is optional.
            if content.is_json() || content.is_plain() {
                keys.require("schema");
            }
            content
        })
    });
    let rank = |content: &Content<'_>| (!content.is_json(), !content.is_plain());
    contents.into_iter().min_by_key(rank)
}

impl Content<'_> {
    /// The media type without parameters.
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

    /// The media type for a header: `None` for JSON, `any` for one that allows any content.
    pub fn header(&self, any: &str) -> Option<String> {
        match self.name() {
            "application/json" => None,
            "application/octet-stream" => Some(any.to_owned()),
            name if name.contains('*') => Some(any.to_owned()),
            _ => Some(self.media_type.value.to_owned()),
        }
    }
}

impl<'n> Response<'n> {
    pub fn schema(&self) -> Option<&Schema<'n>> {
        self.content.as_ref()?.schema.as_ref()
    }
}
