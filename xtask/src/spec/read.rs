//! Makes a [`Document`] of a [`Node`] tree, and reports every key that it does not know.

mod content;
mod extensions;
mod misplaced;
mod operation;
mod schema;

use super::document::{Components, Document, Hint, Named, SecurityScheme, Server};
use super::fields::{At, Fields, Reader, Text};
use super::node::{Node, Span};
use crate::diagnostics::Code;
use misplaced::Place;

/// Reads a whole description.
pub fn document<'n>(reader: &mut Reader, root: &'n Node<'_>) -> Document<'n> {
    const KNOWN: &[&str] = &[
        "openapi",
        "info",
        "externalDocs",
        "servers",
        "tags",
        "paths",
        "security",
        "components",
    ];
    let mut document = Document::default();
    let what = "the description";
    let Some(fields) = reader.fields(root, root.span, what, KNOWN) else {
        return document;
    };
    version(reader, &fields);
    info(reader, &fields, &mut document);
    external_docs(reader, &fields);
    if let Some((node, span)) = fields.get("servers") {
        let items = reader.list(node, span, "`servers`");
        document.servers = items
            .iter()
            .filter_map(|item| server(reader, item))
            .collect();
    }
    if let Some((node, span)) = fields.required(reader, "paths")
        && let Some(paths) = reader.mapping(node, span, "`paths`")
    {
        for (key, node) in paths.entries() {
            let path = Text::from(key);
            document
                .paths
                .extend(operation::path_item(reader, path, node));
        }
    }
    document.security = operation::security(reader, &fields).unwrap_or_default();
    if let Some((node, span)) = fields.get("components") {
        document.components = components(reader, node, span);
    }
    document
}

fn version(reader: &mut Reader, fields: &Fields<'_, '_>) {
    let Some(version) = fields.required_text(reader, "openapi") else {
        return;
    };
    if version.value != "3.0" && !version.value.starts_with("3.0.") {
        let message = format!("OpenAPI {} is not supported", version.value);
        let help = "write `openapi: 3.0.3` and describe the API in that version";
        reader.error(Code::Unsupported, version.span, message, help);
    }
}

fn info<'n>(reader: &mut Reader, fields: &Fields<'n, '_>, document: &mut Document<'n>) {
    const KNOWN: &[&str] = &[
        "title",
        "description",
        "version",
        "license",
        "contact",
        "termsOfService",
    ];
    if let Some((node, span)) = fields.required(reader, "info")
        && let Some(info) = reader.fields(node, span, "`info`", KNOWN)
    {
        document.title = info.required_text(reader, "title");
        info.text(reader, "description");
        info.required_text(reader, "version");
    }
}

fn server<'n>(reader: &mut Reader, node: &'n Node<'_>) -> Option<Server<'n>> {
    let fields = reader.fields(node, node.span, "a server", &["url", "description"])?;
    let url = fields.required_text(reader, "url")?;
    if !is_base_address(url.value) {
        let message = format!("`{}` is no https address", url.value);
        let help =
            "write `https://host/path`, without blanks, variables, a user or a query";
        reader.error(Code::BadValue, url.span, message, help);
    }
    Some(Server {
        url,
        description: fields.text(reader, "description"),
    })
}

/// Whether a text is an https address of nothing but a host and a path.
fn is_base_address(text: &str) -> bool {
    let belongs = |c: char| c.is_ascii_graphic() && !"{}?#@\\<>\"`".contains(c);
    text.strip_prefix("https://").is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_alphanumeric())
            && rest.chars().all(belongs)
    })
}

/// The address of `externalDocs`.
fn external_docs<'n>(reader: &mut Reader, fields: &Fields<'n, '_>) -> Option<Text<'n>> {
    let (node, span) = fields.get("externalDocs")?;
    let docs = reader.fields(node, span, "`externalDocs`", &["url", "description"])?;
    let url = docs.required_text(reader, "url")?;
    let plain = !url
        .value
        .contains(|c: char| c.is_whitespace() || "<>`\\".contains(c));
    if !plain || !(url.value.starts_with("https://") || url.value.starts_with("http://"))
    {
        let message = "this is no web address";
        let help = "write `https://…`, without blanks";
        reader.error(Code::BadValue, url.span, message, help);
        return None;
    }
    Some(url)
}

fn components<'n>(
    reader: &mut Reader,
    node: &'n Node<'_>,
    span: Span,
) -> Components<'n> {
    const KNOWN: &[&str] = &[
        "schemas",
        "parameters",
        "responses",
        "requestBodies",
        "securitySchemes",
        "examples",
        "x-rust-hints",
    ];
    let Some(fields) = reader.fields(node, span, "`components`", KNOWN) else {
        return Components::default();
    };
    Components {
        schemas: named(reader, &fields, "schemas", |reader, node, span| {
            Some(schema::schema_in(Place::Component, reader, node, span))
        }),
        parameters: named(reader, &fields, "parameters", operation::parameter),
        responses: named(reader, &fields, "responses", content::response),
        request_bodies: named(reader, &fields, "requestBodies", content::request_body),
        security_schemes: named(reader, &fields, "securitySchemes", security_scheme),
        hints: named(reader, &fields, "x-rust-hints", hint),
    }
}

fn named<'n, 's, T>(
    reader: &mut Reader,
    fields: &Fields<'n, 's>,
    key: &'static str,
    read: impl Fn(&mut Reader, &'n Node<'s>, Span) -> Option<T>,
) -> Named<'n, T> {
    let Some((node, span)) = fields.get(key) else {
        return Named::default();
    };
    let Some(entries) = reader.mapping(node, span, key) else {
        return Named::default();
    };
    let mut named = Named::with_capacity(entries.entries().len());
    for (key, node) in entries.entries() {
        if let Some(value) = read(reader, node, key.span) {
            named.insert(
                key.text.as_ref(),
                At {
                    value,
                    span: key.span,
                },
            );
        }
    }
    named
}

/// A scheme and the scopes that it knows, over all its flows.
fn security_scheme<'n>(
    reader: &mut Reader,
    node: &'n Node<'_>,
    span: Span,
) -> Option<SecurityScheme<'n>> {
    const KNOWN: &[&str] = &["type", "description", "flows"];
    const FLOWS: &[&str] = &[
        "implicit",
        "password",
        "clientCredentials",
        "authorizationCode",
    ];
    const FLOW: &[&str] = &["authorizationUrl", "tokenUrl", "refreshUrl", "scopes"];
    let fields = reader.fields(node, span, "a security scheme", KNOWN)?;
    let kind = fields.required_text(reader, "type")?;
    if kind.value != "oauth2" {
        let message = format!("the security scheme `{}` is not supported", kind.value);
        let help = "write `type: oauth2`; Microsoft Graph takes nothing else";
        reader.error(Code::Unsupported, kind.span, message, help);
        return None;
    }
    let mut scopes = Vec::new();
    let (node, span) = fields.required(reader, "flows")?;
    let flows = reader.fields(node, span, "`flows`", FLOWS)?.entries();
    for (key, node) in flows {
        let flow = reader.fields(node, key.span, "a flow", FLOW)?;
        let (node, span) = flow.required(reader, "scopes")?;
        let entries = reader.mapping(node, span, "`scopes`")?.entries().iter();
        scopes.extend(entries.map(|(key, _)| Text::from(key)));
    }
    for scope in &scopes {
        let is_plain = |b: u8| b.is_ascii_graphic() && !br#"`|"\"#.contains(&b);
        if !scope.value.bytes().all(is_plain) {
            let message = format!("`{}` is no scope", scope.value);
            let help = "write a permission as Microsoft Graph names it: `Presence.Read`";
            reader.error(Code::BadValue, scope.span, message, help);
        }
    }
    let application = flows.iter().all(|(key, _)| key.text == "clientCredentials");
    Some(SecurityScheme {
        application,
        scopes,
    })
}

fn hint<'n>(reader: &mut Reader, node: &'n Node<'_>, span: Span) -> Option<Hint<'n>> {
    const KNOWN: &[&str] = &["status", "code", "caller", "text", "source"];
    let fields = reader.fields(node, span, "a hint", KNOWN)?;
    let mut status = Vec::new();
    if let Some((node, span)) = fields.required(reader, "status") {
        for item in reader.list(node, span, "`status`") {
            let number = reader.number(item, span, "a status");
            if number.is_some_and(|number| !(400..600).contains(&number)) {
                let message = "a hint belongs to a status from 400 to 599";
                let help = "write a status of a failure, such as 403";
                reader.error(Code::BadValue, item.span, message, help);
            }
            status.extend(number);
        }
    }
    let caller = fields.text(reader, "caller");
    if let Some(caller) =
        caller.filter(|c| !matches!(c.value, "delegated" | "application"))
    {
        let message = format!("there is no caller `{}`", caller.value);
        let help = "write `delegated` or `application`";
        reader.error(Code::BadValue, caller.span, message, help);
    }
    Some(Hint {
        status,
        code: fields.text(reader, "code"),
        caller,
        text: fields.required_text(reader, "text")?,
        source: fields.required_text(reader, "source")?,
    })
}
