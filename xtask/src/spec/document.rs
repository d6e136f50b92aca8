//! A whole description as it is written, with places. Schemas are in [`super::schema`].

use super::fields::{At, Text};
use super::node::Span;
use super::schema::Schema;
use indexmap::IndexMap;

/// A description.
#[derive(Clone, Debug, Default)]
pub struct Document<'n> {
    /// `info.title`
    pub title: Option<Text<'n>>,
    /// `servers`
    pub servers: Vec<Server<'n>>,
    /// `paths`, in the order of the file.
    pub paths: Vec<PathItem<'n>>,
    /// `security` of the whole.
    pub security: Vec<Requirement<'n>>,
    /// `components`
    pub components: Components<'n>,
}

/// What can be referred to, by name.
#[derive(Clone, Debug, Default)]
pub struct Components<'n> {
    /// `schemas`
    pub schemas: Named<'n, Schema<'n>>,
    /// `parameters`
    pub parameters: Named<'n, Parameter<'n>>,
    /// `responses`
    pub responses: Named<'n, Response<'n>>,
    /// `requestBodies`
    pub request_bodies: Named<'n, RequestBody<'n>>,
    /// `securitySchemes`
    pub security_schemes: Named<'n, SecurityScheme<'n>>,
    /// `x-rust-hints`
    pub hints: Named<'n, Hint<'n>>,
}

/// Things by name, in the order of the file.
pub type Named<'n, T> = IndexMap<&'n str, At<T>>;

/// One of `servers`.
#[derive(Clone, Debug)]
pub struct Server<'n> {
    /// The base address.
    pub url: Text<'n>,
    /// Which cloud it is.
    pub description: Option<Text<'n>>,
}

/// One path.
#[derive(Clone, Debug)]
pub struct PathItem<'n> {
    /// The template.
    pub path: Text<'n>,
    /// Parameters of all its operations.
    pub parameters: Vec<OrRef<'n, Parameter<'n>>>,
    /// The operations, in the order of the file.
    pub operations: Vec<Operation<'n>>,
}

/// One operation.
#[derive(Clone, Debug)]
pub struct Operation<'n> {
    /// The method and its place.
    pub method: At<Method>,
    /// `operationId`
    pub id: Option<Text<'n>>,
    /// `summary`
    pub summary: Option<Text<'n>>,
    /// `description`
    pub description: Option<Text<'n>>,
    /// `externalDocs.url`
    pub docs_url: Option<Text<'n>>,
    /// `parameters`
    pub parameters: Vec<OrRef<'n, Parameter<'n>>>,
    /// `requestBody`
    pub request_body: Option<OrRef<'n, RequestBody<'n>>>,
    /// `responses`: status and response.
    pub responses: Vec<(Text<'n>, OrRef<'n, Response<'n>>)>,
    /// `security`; `None` where the whole document's counts.
    pub security: Option<Vec<Requirement<'n>>>,
    /// `deprecated`
    pub deprecated: bool,
    /// `x-rust-repeatable`
    pub repeatable: bool,
    /// `x-rust-rate-limit`: requests and seconds.
    pub rate_limit: Option<(u32, u32)>,
    /// `x-rust-hints`: names of hints.
    pub hints: Vec<Text<'n>>,
    /// `x-rust-example`: a file with an example.
    pub example: Option<Text<'n>>,
}

/// What a path can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// `get`
    Get,
    /// `put`
    Put,
    /// `post`
    Post,
    /// `patch`
    Patch,
    /// `delete`
    Delete,
}

/// The thing itself, or a reference to one of the components.
#[derive(Clone, Debug)]
pub enum OrRef<'n, T> {
    /// The thing itself, and its place.
    Here(At<T>),
    /// A reference.
    Ref(Text<'n>),
}

/// One parameter.
#[derive(Clone, Debug)]
pub struct Parameter<'n> {
    /// The name on the wire.
    pub name: Text<'n>,
    /// `in`
    pub location: At<ParameterLocation>,
    /// `required`
    pub required: bool,
    /// `explode`: whether the items of a list are written one by one.
    pub exploded: At<bool>,
    /// `description`
    pub description: Option<Text<'n>>,
    /// `schema`
    pub schema: Option<Schema<'n>>,
    /// `x-rust-name`
    pub rust_name: Option<Text<'n>>,
    /// `deprecated`
    pub deprecated: bool,
}

/// Where a parameter stands in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterLocation {
    /// In the path.
    Path,
    /// Behind the question mark.
    Query,
    /// In a header.
    Header,
}

/// What is sent.
#[derive(Clone, Debug)]
pub struct RequestBody<'n> {
    /// `required`
    pub required: bool,
    /// Its one media type.
    pub content: Option<Content<'n>>,
}

/// What comes back.
#[derive(Clone, Debug)]
pub struct Response<'n> {
    /// `x-rust-envelope`: the member that may hold the answer as the one item of a list.
    pub envelope: Option<Text<'n>>,
    /// Its one media type.
    pub content: Option<Content<'n>>,
}

/// A media type and its schema.
#[derive(Clone, Debug)]
pub struct Content<'n> {
    /// `application/json` or `text/plain`
    pub media_type: Text<'n>,
    /// The schema.
    pub schema: Option<Schema<'n>>,
}

/// One alternative of `security`: a scheme and the scopes it needs.
#[derive(Clone, Debug)]
pub struct Requirement<'n> {
    /// The scheme.
    pub scheme: Text<'n>,
    /// The scopes.
    pub scopes: Vec<Text<'n>>,
}

/// Whose permissions a scope is one of.
#[derive(Clone, Debug, Default)]
pub struct SecurityScheme<'n> {
    /// Whether the application calls for itself, without a user.
    pub application: bool,
    /// The scopes that it knows.
    pub scopes: Vec<Text<'n>>,
}

/// What the runtime adds to a failure.
#[derive(Clone, Debug)]
pub struct Hint<'n> {
    /// The statuses that it fits.
    pub status: Vec<u32>,
    /// The code of the service that it fits.
    pub code: Option<Text<'n>>,
    /// The kind of token that it fits.
    pub caller: Option<Text<'n>>,
    /// What it says.
    pub text: Text<'n>,
    /// Where it was learnt.
    pub source: Text<'n>,
}

impl<T> OrRef<'_, T> {
    /// The place where it stands, or the reference to it.
    pub fn span(&self) -> Span {
        match self {
            Self::Here(thing) => thing.span,
            Self::Ref(reference) => reference.span,
        }
    }

    /// The thing itself, when it stands here.
    pub fn here(&self) -> Option<&At<T>> {
        match self {
            Self::Here(thing) => Some(thing),
            Self::Ref(_) => None,
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

impl Method {
    /// All methods, and the keys that they have in a description.
    pub const ALL: [(&'static str, Self); 5] = [
        ("get", Self::Get),
        ("put", Self::Put),
        ("post", Self::Post),
        ("patch", Self::Patch),
        ("delete", Self::Delete),
    ];

    /// The method on the wire: `GET`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}
