//! The document: its head, its servers, its components, and the order in which they are read.

use super::extensions::Hint;
use super::files;
use super::lint;
use super::operation::{
    Parameter, PathItem, RequestBody, Requirement, Response, parameter, path_item, request_body,
    requirements, response,
};
use super::reader::{Keys, Reader, Spanned, Value};
use super::schema::{Position, Schema, schema};
use crate::diagnostics::Code;
use crate::yaml::node::Node;
use indexmap::IndexMap;

/// An OpenAPI document. The fields of this and of the other types are the keys of that name.
#[derive(Clone, Debug, Default)]
pub struct Document<'n> {
    pub title: Option<Spanned<&'n str>>,
    pub servers: Vec<Server<'n>>,
    pub paths: Vec<PathItem<'n>>,
    /// The requirements of operations without their own.
    pub security: Vec<Requirement<'n>>,
    pub components: Components<'n>,
}

/// The targets of references, by name.
#[derive(Clone, Debug, Default)]
pub struct Components<'n> {
    pub schemas: Section<'n, Schema<'n>>,
    pub parameters: Section<'n, Parameter<'n>>,
    pub responses: Section<'n, Response<'n>>,
    pub request_bodies: Section<'n, RequestBody<'n>>,
    pub security_schemes: Section<'n, SecurityScheme<'n>>,
    pub hints: Section<'n, Hint<'n>>,
}

/// The components of one section by name, in the order of the file.
pub type Section<'n, T> = IndexMap<&'n str, Spanned<T>>;

/// A base URL, and the name of its cloud.
#[derive(Clone, Debug)]
pub struct Server<'n> {
    pub url: Spanned<&'n str>,
    pub description: Option<Spanned<&'n str>>,
}

/// An OAuth 2 security scheme.
#[derive(Clone, Debug, Default)]
pub struct SecurityScheme<'n> {
    /// True when the application acts for itself, without a signed-in user.
    pub application: bool,
    pub scopes: Vec<Spanned<&'n str>>,
}

/// Reads all files of a description as one document.
pub fn document<'n>(reader: &Reader<'n>, roots: &'n [Node<'n>]) -> Document<'n> {
    let mut files = roots.iter().map(|root| file(reader, root));
    let mut document = files.next().unwrap_or_default();
    files.for_each(|file| files::add(reader, &mut document, file));
    unused(reader, &document.components);
    document
}

fn file<'n>(reader: &Reader<'n>, root: &'n Node<'n>) -> Document<'n> {
    let document = reader.root(root).object("the OpenAPI document", |keys| {
        version(keys);
        let title = info(keys);
        keys.external_docs();
        let servers = keys.objects("servers", "a server", server);
        keys.ignore(&["tags"]);
        let (paths, security) = (paths(keys), requirements(keys).unwrap_or_default());
        let components = keys.object("components", "`components`", components);
        Some(Document {
            title,
            servers,
            paths,
            security,
            components: components.unwrap_or_default(),
        })
    });
    document.unwrap_or_default()
}

fn version(keys: &mut Keys<'_, '_>) {
    let Some(version) = keys.required_text("openapi") else {
        return;
    };
    if version.value != "3.0" && !version.value.starts_with("3.0.") {
        let message = format!("OpenAPI {} is not supported", version.value);
        let help = "write `openapi: 3.0.3` and describe the API in that version";
        keys.error(Code::Unsupported, version.span, message, help);
    }
}

/// The title.
fn info<'n>(keys: &mut Keys<'n, '_>) -> Option<Spanned<&'n str>> {
    keys.require("info");
    keys.object("info", "`info`", |keys| {
        let title = keys.required_text("title");
        keys.text("description");
        keys.required_text("version");
        keys.ignore(&["license", "contact", "termsOfService"]);
        title
    })
}

fn server<'n>(keys: &mut Keys<'n, '_>) -> Option<Server<'n>> {
    let (url, description) = (keys.required_text("url"), keys.text("description"));
    let url = url?;
    if !is_base_url(url.value) {
        let message = format!("`{}` is not an https URL", url.value);
        let help = "write `https://host/path`, without blanks, variables, a user or a query";
        keys.error(Code::BadValue, url.span, message, help);
    }
    Some(Server { url, description })
}

/// True for an https URL of only a host and a path.
fn is_base_url(text: &str) -> bool {
    let belongs = |c: char| c.is_ascii_graphic() && !"{}?#@\\<>\"`".contains(c);
    text.strip_prefix("https://").is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_alphanumeric()) && rest.chars().all(belongs)
    })
}

fn paths<'n>(keys: &mut Keys<'n, '_>) -> Vec<PathItem<'n>> {
    keys.require("paths");
    let entries = keys.entries("paths", "`paths`");
    let items = entries.filter_map(|(path, value)| path_item(path, value));
    items.collect()
}

fn components<'n>(keys: &mut Keys<'n, '_>) -> Option<Components<'n>> {
    keys.ignore(&["examples"]);
    Some(Components {
        schemas: section(keys, "schemas", |value| {
            let schema = schema(value, Position::Component);
            lint::described(value.reader, schema.description, value.span, "this schema");
            Some(schema)
        }),
        parameters: section(keys, "parameters", parameter),
        responses: section(keys, "responses", response),
        request_bodies: section(keys, "requestBodies", request_body),
        security_schemes: section(keys, "securitySchemes", security_scheme),
        hints: section(keys, "x-rust-hints", Hint::read),
    })
}

fn section<'n, 'r, T>(
    keys: &mut Keys<'n, 'r>,
    section: &'static str,
    read: impl Fn(Value<'n, 'r>) -> Option<T>,
) -> Section<'n, T> {
    let component = |(name, value): (Spanned<&'n str>, Value<'n, 'r>)| {
        if value.reader.is_elsewhere(section, name.value, value.node) {
            value.reference();
            return None;
        }
        Some((name.value, Spanned::new(read(value)?, name.span)))
    };
    keys.entries(section, section)
        .filter_map(component)
        .collect()
}

fn security_scheme<'n>(value: Value<'n, '_>) -> Option<SecurityScheme<'n>> {
    value.object("a security scheme", |keys| {
        let kind = keys.required_text("type");
        keys.ignore(&["description"]);
        let flows = keys.get("flows");
        let kind = kind?;
        if kind.value != "oauth2" {
            let message = format!("the security scheme `{}` is not supported", kind.value);
            let help = "write `type: oauth2`; Microsoft Graph supports no other scheme";
            keys.error(Code::Unsupported, kind.span, message, help);
            return None;
        }
        keys.require("flows");
        let scopes = flows?.object("`flows`", |keys| Some(scopes(keys)))?;
        let mut names = flows?.node.entries().iter().map(|(name, _)| &name.text);
        let application = names.all(|name| name == "clientCredentials");
        Some(SecurityScheme {
            application,
            scopes,
        })
    })
}

/// The scopes of all flows.
fn scopes<'n>(keys: &mut Keys<'n, '_>) -> Vec<Spanned<&'n str>> {
    let mut scopes = Vec::new();
    for flow in [
        "implicit",
        "password",
        "clientCredentials",
        "authorizationCode",
    ] {
        keys.object(flow, "a flow", |keys| {
            keys.ignore(&["authorizationUrl", "tokenUrl", "refreshUrl"]);
            keys.require("scopes");
            for (scope, _) in keys.entries("scopes", "`scopes`") {
                let is_plain = |b: u8| b.is_ascii_graphic() && !br#"`|"\"#.contains(&b);
                if !scope.value.bytes().all(is_plain) {
                    let message = format!("`{}` is not a scope", scope.value);
                    let help = "write a permission as Microsoft Graph names it: `Presence.Read`";
                    keys.error(Code::BadValue, scope.span, message, help);
                }
                scopes.push(scope);
            }
            Some(())
        });
    }
    scopes
}

/// Reports components of our own document that nothing refers to.
fn unused(reader: &Reader<'_>, components: &Components<'_>) {
    if reader.is_strict() {
        unused_in(reader, "#/components/schemas/", &components.schemas);
        unused_in(reader, "#/components/parameters/", &components.parameters);
        unused_in(reader, "#/components/responses/", &components.responses);
        let bodies = &components.request_bodies;
        unused_in(reader, "#/components/requestBodies/", bodies);
        // Operations name a hint without a path to it.
        unused_in(reader, "", &components.hints);
    }
}

fn unused_in<T>(reader: &Reader<'_>, prefix: &str, named: &Section<'_, T>) {
    let used = reader.used.borrow();
    for (name, component) in named {
        if !used.contains(format!("{prefix}{name}").as_str()) {
            let message = format!("nothing uses `{name}`");
            let help = "refer to it, or remove it";
            reader.error(Code::Unused, component.span, message, help);
        }
    }
}
