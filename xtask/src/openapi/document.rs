//! The document: its head, its servers, its components, and the order in which they are read.

use super::extensions::Hint;
use super::lint;
use super::operation::{
    Parameter, PathItem, RequestBody, Requirement, Response, parameter, path_item,
    request_body, requirements, response,
};
use super::reader::{Keys, Reader, Spanned};
use super::schema::{Position, Schema, schema};
use crate::diagnostics::{Code, Span};
use crate::yaml::node::Node;
use indexmap::IndexMap;

/// An OpenAPI document.
#[derive(Clone, Debug, Default)]
pub struct Document<'n> {
    /// `info.title`
    pub title: Option<Spanned<&'n str>>,
    /// `servers`
    pub servers: Vec<Server<'n>>,
    /// `paths`, in the order of the file.
    pub paths: Vec<PathItem<'n>>,
    /// `security` of all operations that have none of their own.
    pub security: Vec<Requirement<'n>>,
    /// `components`
    pub components: Components<'n>,
}

/// `components`: the targets of references, by name.
#[derive(Clone, Debug, Default)]
pub struct Components<'n> {
    /// `schemas`
    pub schemas: Section<'n, Schema<'n>>,
    /// `parameters`
    pub parameters: Section<'n, Parameter<'n>>,
    /// `responses`
    pub responses: Section<'n, Response<'n>>,
    /// `requestBodies`
    pub request_bodies: Section<'n, RequestBody<'n>>,
    /// `securitySchemes`
    pub security_schemes: Section<'n, SecurityScheme<'n>>,
    /// `x-rust-hints`
    pub hints: Section<'n, Hint<'n>>,
}

/// The components of one section by name, in the order of the file.
pub type Section<'n, T> = IndexMap<&'n str, Spanned<T>>;

/// One of `servers`.
#[derive(Clone, Debug)]
pub struct Server<'n> {
    /// The base URL.
    pub url: Spanned<&'n str>,
    /// The name of the cloud.
    pub description: Option<Spanned<&'n str>>,
}

/// An OAuth 2 security scheme.
#[derive(Clone, Debug, Default)]
pub struct SecurityScheme<'n> {
    /// True when the application acts for itself, without a signed-in user.
    pub application: bool,
    /// The scopes of all flows.
    pub scopes: Vec<Spanned<&'n str>>,
}

/// Reads a whole document.
pub fn document<'n>(reader: &Reader<'n>, root: &'n Node<'n>) -> Document<'n> {
    let read = |keys: &mut Keys<'n, '_>| {
        version(keys);
        let title = info(keys);
        keys.external_docs();
        let servers = keys.list("servers").iter();
        let servers = servers.filter_map(|item| server(reader, item)).collect();
        keys.ignore(&["tags"]);
        Document {
            title,
            servers,
            paths: paths(keys),
            security: requirements(keys).unwrap_or_default(),
            components: keys
                .object("components", "`components`", components)
                .unwrap_or_default(),
        }
    };
    let document = reader
        .object(root, root.span, "the description", read)
        .unwrap_or_default();
    lint::unused(reader, &document.components);
    document
}

fn version(keys: &mut Keys<'_, '_>) {
    let Some(version) = keys.required_text("openapi") else {
        return;
    };
    if version.value != "3.0" && !version.value.starts_with("3.0.") {
        let message = format!("OpenAPI {} is not supported", version.value);
        let help = "write `openapi: 3.0.3` and describe the API in that version";
        keys.reader
            .error(Code::Unsupported, version.span, message, help);
    }
}

/// The title.
fn info<'n>(keys: &mut Keys<'n, '_>) -> Option<Spanned<&'n str>> {
    let (node, span) = keys.required("info")?;
    let title = keys.reader.object(node, span, "`info`", |keys| {
        let title = keys.required_text("title");
        keys.text("description");
        keys.required_text("version");
        keys.ignore(&["license", "contact", "termsOfService"]);
        title
    });
    title.flatten()
}

fn server<'n>(reader: &Reader<'n>, node: &'n Node<'n>) -> Option<Server<'n>> {
    let read =
        |keys: &mut Keys<'n, '_>| (keys.required_text("url"), keys.text("description"));
    let (url, description) = reader.object(node, node.span, "a server", read)?;
    let url = url?;
    if !is_base_url(url.value) {
        let message = format!("`{}` is no https address", url.value);
        let help =
            "write `https://host/path`, without blanks, variables, a user or a query";
        reader.error(Code::BadValue, url.span, message, help);
    }
    Some(Server { url, description })
}

/// True for an https URL of only a host and a path.
fn is_base_url(text: &str) -> bool {
    let belongs = |c: char| c.is_ascii_graphic() && !"{}?#@\\<>\"`".contains(c);
    text.strip_prefix("https://").is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_alphanumeric())
            && rest.chars().all(belongs)
    })
}

fn paths<'n>(keys: &mut Keys<'n, '_>) -> Vec<PathItem<'n>> {
    let Some((node, span)) = keys.required("paths") else {
        return Vec::new();
    };
    let reader = keys.reader;
    let entries = reader
        .mapping(node, span, "`paths`")
        .unwrap_or_default()
        .iter();
    entries
        .filter_map(|(key, node)| path_item(reader, Spanned::from(key), node))
        .collect()
}

fn components<'n>(keys: &mut Keys<'n, '_>) -> Components<'n> {
    Components {
        schemas: named(keys, "schemas", |reader, node, span| {
            let schema = schema(reader, node, span, Position::Component);
            lint::described(reader, schema.description, span, "this schema");
            Some(schema)
        }),
        parameters: named(keys, "parameters", parameter),
        responses: named(keys, "responses", response),
        request_bodies: named(keys, "requestBodies", request_body),
        security_schemes: named(keys, "securitySchemes", security_scheme),
        hints: {
            keys.ignore(&["examples"]);
            named(keys, "x-rust-hints", Hint::read)
        },
    }
}

fn named<'n, T>(
    keys: &mut Keys<'n, '_>,
    section: &'static str,
    read: impl Fn(&Reader<'n>, &'n Node<'n>, Span) -> Option<T>,
) -> Section<'n, T> {
    let Some((node, span)) = keys.get(section) else {
        return Section::default();
    };
    let entries = keys.reader.mapping(node, span, section).unwrap_or_default();
    let mut named = Section::with_capacity(entries.len());
    for (key, node) in entries {
        if let Some(value) = read(keys.reader, node, key.span) {
            named.insert(key.text.as_ref(), Spanned::new(value, key.span));
        }
    }
    named
}

fn security_scheme<'n>(
    reader: &Reader<'n>,
    node: &'n Node<'n>,
    span: Span,
) -> Option<SecurityScheme<'n>> {
    let read = |keys: &mut Keys<'n, '_>| {
        let kind = keys.required_text("type");
        keys.ignore(&["description"]);
        let is_oauth = kind.is_some_and(|kind| kind.value == "oauth2");
        let flows = if is_oauth {
            keys.required("flows")
        } else {
            keys.get("flows")
        };
        (kind, flows)
    };
    let (kind, flows) = reader.object(node, span, "a security scheme", read)?;
    let kind = kind?;
    if kind.value != "oauth2" {
        let message = format!("the security scheme `{}` is not supported", kind.value);
        let help = "write `type: oauth2`; Microsoft Graph takes nothing else";
        reader.error(Code::Unsupported, kind.span, message, help);
        return None;
    }
    let (node, span) = flows?;
    let scopes = reader.object(node, span, "`flows`", |keys| {
        let mut scopes = Vec::new();
        for flow in [
            "implicit",
            "password",
            "clientCredentials",
            "authorizationCode",
        ] {
            scopes.extend(
                keys.object(flow, "a flow", flow_scopes)
                    .flatten()
                    .unwrap_or_default(),
            );
        }
        scopes
    })?;
    for scope in &scopes {
        let is_plain = |b: u8| b.is_ascii_graphic() && !br#"`|"\"#.contains(&b);
        if !scope.value.bytes().all(is_plain) {
            let message = format!("`{}` is no scope", scope.value);
            let help = "write a permission as Microsoft Graph names it: `Presence.Read`";
            reader.error(Code::BadValue, scope.span, message, help);
        }
    }
    let application = node
        .entries()
        .iter()
        .all(|(key, _)| key.text == "clientCredentials");
    Some(SecurityScheme {
        application,
        scopes,
    })
}

fn flow_scopes<'n>(keys: &mut Keys<'n, '_>) -> Option<Vec<Spanned<&'n str>>> {
    keys.ignore(&["authorizationUrl", "tokenUrl", "refreshUrl"]);
    let (node, span) = keys.required("scopes")?;
    let entries = keys.reader.mapping(node, span, "`scopes`")?.iter();
    Some(entries.map(|(key, _)| Spanned::from(key)).collect())
}
