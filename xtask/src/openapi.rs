//! The second stage: from the YAML tree to a typed OpenAPI document with a span for every value.
//!
//! This file reads the head, the servers and the components. Each other file has the types of
//! another part and the functions that read them. Every key is declared where it is read: `reader`
//! reports all other keys.

mod extensions;
mod files;
mod lint;
mod merge;
mod operation;
pub mod overlay;
pub mod reader;
mod schema;
mod selection;

use crate::diagnostics::{Code, Span, Spanned};
use crate::yaml::{Kind, Node};
use extensions::Hint;
pub use extensions::{Combination, Combinations, MsEnumValue};
pub use files::{Files, RefOr};
use indexmap::IndexMap;
pub use operation::{
    Content, Operation, Parameter, ParameterLocation, PathItem, RequestBody, Response,
};
use operation::{parameter, path_item, request_body, requirements, response};
pub use reader::Strictness;
use reader::{Keys, Reader, Text, Value, object};
use schema::{Position, schema};
pub use schema::{Primitive, Property, Schema};
pub use selection::Selection;

/// An OpenAPI document. In this stage, fields are named after the keys that they are read from.
#[derive(Clone, Debug, Default)]
pub struct Document<'n> {
    pub title: Option<Text<'n>>,
    pub servers: Vec<Server<'n>>,
    pub paths: Vec<PathItem<'n>>,
    pub components: Components<'n>,
}

/// The components by section and name.
#[derive(Clone, Debug, Default)]
pub struct Components<'n> {
    pub schemas: Section<'n, Schema<'n>>,
    pub parameters: Section<'n, Parameter<'n>>,
    pub responses: Section<'n, Response<'n>>,
    pub request_bodies: Section<'n, RequestBody<'n>>,
    /// `None` for a scheme that was reported as invalid.
    pub security_schemes: Section<'n, Option<SecurityScheme<'n>>>,
    pub hints: Section<'n, Hint<'n>>,
}

/// The components of one section, in the order of the file.
pub type Section<'n, T> = IndexMap<&'n str, Spanned<T>>;

object! { |keys|
    /// A base URL, with the name of its cloud as the description.
    #[derive(Clone, Debug)]
    pub struct Server<'n> {
        url: Text<'n> = base_url(keys),
        description: Option<Text<'n>> = keys.text("description"),
    }
}

#[derive(Clone, Debug, Default)]
pub struct SecurityScheme<'n> {
    /// True for tokens of an application, without a signed-in user.
    pub application: bool,
    pub scopes: Vec<Text<'n>>,
}

/// Reads all files of a description as one document: all of it, or the selected paths and the
/// components that they reach. Returns `None` when a file has another OpenAPI version.
pub fn document<'n>(
    reader: &Reader<'n, '_>,
    roots: &[Node<'n>],
    selection: &Selection<'_>,
) -> Option<Document<'n>> {
    let mut document = Document::default();
    // Other files are read even when one has another version.
    let is_read = |root: &&Node<'n>| {
        !is_other_version(reader, root) && file(reader, root, selection, &mut document).is_some()
    };
    if roots.iter().filter(is_read).count() < roots.len() {
        return None;
    }
    let components = &mut document.components;
    components.schemas.shrink_to_fit();
    if selection.is_all() {
        if reader.is_strict() {
            unused(reader);
        }
    } else {
        let entries = roots.iter().filter_map(|root| root.entry("paths"));
        let place = entries.clone().next();
        let place = place.map_or(Span::default(), |(key, _)| key.span);
        let paths = entries.flat_map(|(_, paths)| paths.entries());
        let paths = paths.map(|(path, _)| path.value).collect();
        selection.unused(reader.problems, &paths, place);
        reached(reader, components);
    }
    merge::join_paths(reader, &mut document);
    Some(document)
}

/// Reads a file into the document.
fn file<'n>(
    reader: &Reader<'n, '_>,
    root: &Node<'n>,
    selection: &Selection<'_>,
    all: &mut Document<'n>,
) -> Option<()> {
    let root = reader.value(root, root.span);
    root.object("the OpenAPI document", |keys| {
        keys.required_text("openapi");
        let title = info(keys);
        all.title = all.title.or(title);
        external_docs(keys);
        let servers = keys.items("servers", |item| item.object("a server", Server::read));
        merge::servers(reader, all, servers);
        keys.require("paths");
        let mut paths = keys.ignore(&["tags"]).entries("paths", |path, value| {
            let is_selected = selection.has(path.value);
            is_selected.then(|| path_item(path, value)).flatten()
        });
        let security = requirements(keys).unwrap_or_default();
        for operation in paths.iter_mut().flat_map(|item| &mut item.operations) {
            let own = &mut operation.security;
            own.get_or_insert_with(|| security.clone());
        }
        all.paths.extend(paths);
        keys.object("components", |keys| {
            keys.ignore(&["examples"]);
            for section in SECTIONS {
                // Security schemes and hints are used by name, without a reference.
                if selection.is_all() || ["securitySchemes", "x-rust-hints"].contains(&section) {
                    keys.entries(section, |name, value| {
                        component(&mut all.components, (section, name), value);
                        None::<()>
                    });
                }
                keys.ignore(&[section]);
            }
        });
    })
}

/// Reports a document of a version other than 3.0.
fn is_other_version(reader: &Reader<'_, '_>, root: &Node<'_>) -> bool {
    let version = |key| match root.get(key).map(|node| (&node.kind, node.span))? {
        (Kind::String(text) | Kind::Number(text), span) => Some((*text, span)),
        _ => None,
    };
    let (name, (version, span), help) = match (version("openapi"), version("swagger")) {
        (None, Some(swagger)) => ("Swagger", swagger, SWAGGER),
        (Some(openapi), _) if openapi.0.starts_with("3.1") => ("OpenAPI", openapi, NEXT),
        (Some(openapi), _) if openapi.0 != "3.0" && !openapi.0.starts_with("3.0.") => {
            let help = "write `openapi: 3.0.3` and describe the API in that version";
            ("OpenAPI", openapi, help)
        }
        _ => return false,
    };
    let message = format!("{name} {version} is not supported");
    reader.error(Code::Unsupported, span, message, help);
    true
}

/// The help for a document of OpenAPI 3.1.
const NEXT: &str = "write `openapi: 3.0.3`, and as 3.0 has it: `type: string` with `nullable: true` \
    for `type: [string, 'null']`, `enum: [a]` for `const: a`, `example` for `examples`, \
    `allOf: [{$ref: …}]` for a `$ref` with keys beside it";

/// The help for a document of Swagger 2.0.
const SWAGGER: &str = "convert it to `openapi: 3.0.3` (`npx swagger2openapi` does): `definitions` become \
    `components.schemas`, `host` and `basePath` become `servers`, a parameter `in: body` becomes \
    `requestBody`, the `schema` of a response goes into `content`";

/// Reads the title.
fn info<'n>(keys: &mut Keys<'n, '_>) -> Option<Text<'n>> {
    keys.require("info");
    keys.object("info", |keys| {
        let title = keys.required_text("title");
        keys.text("description");
        keys.required_text("version");
        keys.ignore(&["license", "contact", "termsOfService"]);
        title
    })?
}

/// Reads the URL of `externalDocs`.
fn external_docs<'n>(keys: &mut Keys<'n, '_>) -> Option<Text<'n>> {
    let url = keys.object("externalDocs", |keys| {
        let url = keys.needed_text("url");
        keys.ignore(&["description"]);
        url
    })?;
    let is_bad = |c: char| c.is_whitespace() || "<>`\\".contains(c);
    let is_web = url.value.starts_with("https://") || url.value.starts_with("http://");
    if is_web && !url.value.contains(is_bad) {
        return Some(url);
    }
    let help = "write `https://…`, without blanks";
    keys.error(Code::BadValue, url.span, "this is not a web address", help);
    None
}

fn base_url<'n>(keys: &mut Keys<'n, '_>) -> Text<'n> {
    let url = keys.needed_text("url");
    if keys.is_whole && !is_base_url(url.value) {
        let message = format!("`{}` is not an https URL", url.value);
        let help = "write `https://host/path`, without blanks, variables, a user or a query";
        keys.error(Code::BadValue, url.span, message, help);
    }
    url
}

/// True for an https URL that has only a host and a path.
fn is_base_url(text: &str) -> bool {
    let belongs = |c: char| c.is_ascii_graphic() && !"{}?#@\\<>\"`".contains(c);
    text.strip_prefix("https://").is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_alphanumeric()) && rest.chars().all(belongs)
    })
}

/// The supported sections of `components`.
const SECTIONS: [&str; 6] = [
    "schemas",
    "parameters",
    "responses",
    "requestBodies",
    "securitySchemes",
    "x-rust-hints",
];

/// Reads a component into its section.
fn component<'n>(to: &mut Components<'n>, at: (&'n str, Text<'n>), value: Value<'n, '_>) {
    match at.0 {
        "schemas" => merge::insert(&mut to.schemas, at, value, |value| {
            let schema = schema(value, Position::Component);
            lint::described(value.reader, schema.description, value.span, "this schema");
            Some(schema)
        }),
        "parameters" => merge::insert(&mut to.parameters, at, value, parameter),
        "responses" => merge::insert(&mut to.responses, at, value, response),
        "requestBodies" => merge::insert(&mut to.request_bodies, at, value, request_body),
        "securitySchemes" => {
            let scheme = |value| Some(security_scheme(value));
            merge::insert(&mut to.security_schemes, at, value, scheme);
        }
        "x-rust-hints" => {
            let hint = |value: Value<'n, '_>| value.object("a hint", Hint::read);
            merge::insert(&mut to.hints, at, value, hint);
        }
        // A reference may name any section.
        _ => {}
    }
}

/// Reads the components that references reach.
fn reached<'n>(reader: &Reader<'n, '_>, to: &mut Components<'n>) {
    let mut next = 0;
    loop {
        let pointer = reader.used.borrow().get_index(next).copied();
        let Some(pointer) = pointer else { break };
        next += 1;
        let (section, found) = reader.files.all(pointer).unwrap_or_default();
        for (key, node) in found {
            component(to, (section, *key), reader.value(node, key.span));
        }
    }
    to.schemas.sort_by_key(|_, schema| schema.span);
    to.parameters.sort_by_key(|_, parameter| parameter.span);
}

fn security_scheme<'n>(value: Value<'n, '_>) -> Option<SecurityScheme<'n>> {
    if let Some(Kind::String(kind)) = value.node.get("type").map(|node| &node.kind)
        && *kind != "oauth2"
    {
        let message = format!("a security scheme of the type `{kind}` is not supported");
        let help = "write `type: oauth2`, with the permissions as `scopes` of its `flows`; Microsoft \
            Graph supports no other; or remove it, and every `security` that names it";
        let reader = value.reader;
        reader.error(Code::Unsupported, value.span, message, help);
        return None;
    }
    value.object("a security scheme", |keys| {
        keys.required_text("type");
        keys.ignore(&["description"]);
        let flows = keys.required("flows")?;
        let scopes = flows.object("`flows`", scopes)?;
        let mut flows = flows.node.entries().iter();
        let application = flows.all(|(name, _)| name.value == "clientCredentials");
        Some(SecurityScheme {
            application,
            scopes,
        })
    })?
}

fn scopes<'n>(keys: &mut Keys<'n, '_>) -> Vec<Text<'n>> {
    let mut scopes = Vec::new();
    for flow in "implicit password clientCredentials authorizationCode".split(' ') {
        keys.object(flow, |keys| {
            keys.ignore(&["authorizationUrl", "tokenUrl", "refreshUrl"]);
            keys.require("scopes");
            for scope in keys.entries("scopes", |scope, _| Some(scope)) {
                let is_plain = |b: u8| b.is_ascii_graphic() && !br#"`|"\"#.contains(&b);
                if !scope.value.bytes().all(is_plain) {
                    let message = format!("`{}` is not a scope", scope.value);
                    let help = "write a permission as Microsoft Graph names it: `Presence.Read`";
                    keys.error(Code::BadValue, scope.span, message, help);
                }
                scopes.push(scope);
            }
        });
    }
    scopes
}

/// Reports unused components of our own description.
fn unused(reader: &Reader<'_, '_>) {
    let (used, components) = (reader.used.borrow(), reader.components.borrow());
    for (section, name) in components.iter() {
        let is_used = match *section {
            "securitySchemes" => true,
            // Operations refer to hints by name, without a pointer.
            "x-rust-hints" => used.contains(name.value),
            _ => used.contains(&*format!("#/components/{section}/{}", name.value)),
        };
        if !is_used {
            let message = format!("`{}` is never used", name.value);
            let help = "add a `$ref` to it, or remove it";
            reader.error(Code::Unused, name.span, message, help);
        }
    }
}
