//! The intermediate representation: all names are Rust names, all orders are final, and emitters
//! cannot fail. This file has the client, `models` the types.
//!
//! In all types, `name` is the Rust name, `wire` the name in JSON or HTTP, `ty` the type, and
//! `docs` the lines of documentation. A `usize` for a handle, an operation, a hint or a value is a
//! position in its list.

pub mod layout;
mod models;

pub use models::*;

use crate::values::Method;
use std::collections::BTreeSet;

#[derive(Clone, Debug, Default)]
pub struct Api {
    pub title: String,
    /// Pairs of base URL and name of the cloud.
    pub servers: Vec<(String, String)>,
    /// The files of the models, by name.
    pub modules: Vec<Module>,
    /// The handles of the client; the first is the client itself.
    pub handles: Vec<Handle>,
    /// The files of the client, by name.
    pub client_modules: Vec<ClientModule>,
    pub operations: Vec<Operation>,
    pub hints: Vec<Hint>,
    /// The types in the module `bodies`.
    pub bodies: BTreeSet<String>,
}

impl Api {
    pub fn operations_of(&self, handle: &Handle) -> impl Iterator<Item = &Operation> {
        handle.operations.iter().map(|at| &self.operations[*at])
    }
}

/// A resource of the API: the beginning of a path.
#[derive(Clone, Debug, Default)]
pub struct Handle {
    pub name: String,
    pub path: String,
    pub steps: Vec<Step>,
    pub operations: Vec<usize>,
}

/// A file of the client: all handles below one first segment.
#[derive(Clone, Debug)]
pub struct ClientModule {
    pub name: String,
    pub segment: String,
    pub handles: Vec<usize>,
}

/// The method that leads from one handle to the next.
#[derive(Clone, Debug)]
pub struct Step {
    pub name: String,
    pub segments: Vec<Segment>,
    pub docs: Docs,
    pub target: usize,
}

#[derive(Clone, Debug)]
pub struct Segment {
    /// A fixed text or a template: `messages`, `{id}`, `search(q='{q}')`.
    pub template: String,
    pub parameters: Vec<Field>,
    /// True for a segment that is one parameter.
    pub is_parameter: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Operation {
    /// The name of the constant: `USERS_PRESENCE_GET`.
    pub constant: String,
    /// The name of the request type, and of the emulator's route: `UsersPresenceGet`.
    pub type_name: String,
    /// The name of the method: `get`.
    pub name: String,
    pub handle: usize,
    /// The segments below the handle, if they have parameters.
    pub segments: Vec<Segment>,
    pub id: String,
    pub method: Method,
    pub path: String,
    pub docs: Docs,
    /// The file of the example, relative to the generated files.
    pub example: Option<String>,
    pub docs_url: Option<String>,
    /// True when a retry is safe.
    pub repeatable: bool,
    pub deprecated: bool,
    /// The base URLs with this operation; empty when all have it.
    pub servers: Vec<String>,
    /// Delegated permissions, the least privileged first.
    pub delegated: Vec<String>,
    /// Application permissions, the least privileged first.
    pub application: Vec<String>,
    /// The numbers of requests and seconds.
    pub rate_limit: Option<(u32, u32)>,
    pub hints: Vec<usize>,
    pub response: ResponseBody,
    /// The media type of the response; `None` for JSON.
    pub accept: Option<String>,
    pub pages: Option<Pages>,
    /// The type of a JSON body.
    pub body: Option<Type>,
    /// True when the body may be left out.
    pub optional_body: bool,
    /// True when properties of the body have limits.
    pub limited: bool,
    /// The media type of the body; `None` for JSON.
    pub content_type: Option<String>,
    /// The arguments of the method, after the parameters of the path.
    pub arguments: Vec<Field>,
    pub options: Vec<Field>,
}

/// The content of a success response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponseBody {
    /// The function of the runtime's `decode`: `object`, `nothing`.
    pub decoder: &'static str,
    pub ty: Type,
}

/// A response that is a page of a collection.
#[derive(Clone, Debug)]
pub struct Pages {
    /// The field of the items.
    pub items: Field,
    /// The field of the link to the next page.
    pub link: Field,
}

/// A text that the runtime adds to an error.
#[derive(Clone, Debug)]
pub struct Hint {
    pub name: String,
    pub status: Vec<u32>,
    pub code: Option<String>,
    /// True for delegated tokens, false for those of an application.
    pub delegated: Option<bool>,
    pub text: String,
    /// The page that documents the hint.
    pub source: String,
}

impl Operation {
    /// The types in the signature of the method and of its request.
    pub fn types(&self) -> impl Iterator<Item = &Type> {
        let own = self.arguments.iter().chain(&self.options);
        let fields = Segment::all_parameters(&self.segments).chain(own);
        fields.map(|field| &field.ty).chain([&self.response.ty])
    }

    /// The name of the JSON body whose properties are arguments and options.
    pub fn spread(&self) -> Option<&str> {
        let mut fields = self.arguments.iter().chain(&self.options);
        let is_whole = fields.any(|field| field.location == Location::Body);
        self.body.as_ref().filter(|_| !is_whole)?.name()
    }

    /// True when the request has a type of its own, with options.
    pub fn has_options(&self) -> bool {
        let is_chained = self.pages.is_some() || self.body.is_some() && self.optional_body;
        is_chained || !self.options.is_empty()
    }
}

impl Segment {
    pub fn all_parameters(segments: &[Self]) -> impl Iterator<Item = &Field> {
        segments.iter().flat_map(|segment| &segment.parameters)
    }
}

/// A number with its digits in groups of three: `250,000`, or `604_800` with another separator.
pub fn grouped(number: impl ToString, separator: char) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}
