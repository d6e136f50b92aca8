//! Reads request bodies and responses.

use super::super::document::{Content, OrRef, RequestBody, Response};
use super::super::fields::{Reader, Text, listed};
use super::super::node::{Node, Span};
use super::operation::or_ref;
use super::schema::schema;
use crate::diagnostics::{Code, Diagnostic};

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

pub fn responses_of<'n>(
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
