//! The intermediate representation: every name is a Rust name, every order is final, and the
//! emitters cannot fail. Here is the client; `models` has the types.
//!
//! In all types `name` is the Rust name, `wire` the name on the wire, `ty` the type, `docs` the
//! lines of documentation without slashes. A `usize` for a handle, an operation, a hint or a
//! value is its position in its list.

pub mod layout;
mod models;

pub use models::*;

use crate::values::Method;
use std::collections::BTreeSet;

/// The whole API.
#[derive(Clone, Debug, Default)]
pub struct Api {
    pub title: String,
    /// The base URLs, each with a name.
    pub servers: Vec<(String, String)>,
    /// The models, one file each, by file name.
    pub modules: Vec<Module>,
    /// The handles of the client; the first is the client itself.
    pub handles: Vec<Handle>,
    /// The files of the handles, except the client itself; by name.
    pub client_modules: Vec<ClientModule>,
    /// The operations, in the order of the description.
    pub operations: Vec<Operation>,
    /// The hints that operations refer to by position.
    pub hints: Vec<Hint>,
    /// The types that a program rarely names: bodies of requests and of errors.
    pub bodies: BTreeSet<String>,
}

impl Api {
    /// The operations of a handle.
    pub fn operations_of(&self, handle: &Handle) -> impl Iterator<Item = &Operation> {
        handle.operations.iter().map(|at| &self.operations[*at])
    }
}

/// A handle of the client: a part of a path.
#[derive(Clone, Debug, Default)]
pub struct Handle {
    pub name: String,
    /// The template of its path.
    pub path: String,
    /// The steps to other handles.
    pub steps: Vec<Step>,
    pub operations: Vec<usize>,
}

/// A file of the client: all handles behind one first segment.
#[derive(Clone, Debug)]
pub struct ClientModule {
    pub name: String,
    pub segment: String,
    pub handles: Vec<usize>,
}

/// The step from a handle to the next.
#[derive(Clone, Debug)]
pub struct Step {
    pub name: String,
    pub segments: Vec<Segment>,
    pub docs: Docs,
    pub target: usize,
}

/// A segment of a path.
#[derive(Clone, Debug)]
pub struct Segment {
    /// Such as `messages`, `{id}` or `search(q='{q}')`.
    pub template: String,
    pub parameters: Vec<Field>,
    /// True for one parameter and nothing else.
    pub is_parameter: bool,
}

/// An operation.
#[derive(Clone, Debug, Default)]
pub struct Operation {
    /// The name of the constant: `USERS_PRESENCE_GET`.
    pub constant: String,
    /// The name of the request type and of the emulator's route: `UsersPresenceGet`.
    pub type_name: String,
    /// The name of the method: `get`.
    pub name: String,
    pub handle: usize,
    /// The segments behind the path of its handle, where they have parameters.
    pub segments: Vec<Segment>,
    pub id: String,
    pub method: Method,
    pub path: String,
    pub docs: Docs,
    /// The file with the example that ends its documentation, from the generated files.
    pub example: Option<String>,
    /// The page that documents it.
    pub docs_url: Option<String>,
    /// True when it may be sent again after an unknown outcome.
    pub repeatable: bool,
    pub deprecated: bool,
    /// The base URLs that have it; empty for all of the API.
    pub servers: Vec<String>,
    /// Delegated permissions, least privileged first.
    pub delegated: Vec<String>,
    /// Application permissions, least privileged first.
    pub application: Vec<String>,
    /// Requests and seconds.
    pub rate_limit: Option<(u32, u32)>,
    pub hints: Vec<usize>,
    pub response: ResponseBody,
    /// The media type of the response, if that is not JSON.
    pub accept: Option<String>,
    pub pages: Option<Pages>,
    /// The type of a JSON body.
    pub body: Option<Type>,
    /// True when the body is sent only where it is given.
    pub optional_body: bool,
    /// True when properties of the body have limits.
    pub limited: bool,
    /// The media type of the body, if that is not JSON.
    pub content_type: Option<String>,
    /// The arguments of its method, behind the parameters of the path.
    pub arguments: Vec<Field>,
    /// The options of its request.
    pub options: Vec<Field>,
}

/// The content of a success response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponseBody {
    /// The function of the runtime's `decode` that reads it: `object`, `nothing`.
    pub decoder: &'static str,
    pub ty: Type,
}

/// A response that is a page of a collection.
#[derive(Clone, Debug)]
pub struct Pages {
    /// The field with the items.
    pub items: Field,
    /// The field with the link to the next page.
    pub link: Field,
}

/// A text that the runtime adds to an error.
#[derive(Clone, Debug)]
pub struct Hint {
    pub name: String,
    /// The statuses that it fits.
    pub status: Vec<u32>,
    /// The code that it fits.
    pub code: Option<String>,
    /// The kind of token that it fits: true for delegated.
    pub delegated: Option<bool>,
    pub text: String,
    /// The page that it comes from.
    pub source: String,
}

impl Operation {
    /// The types that a call shows.
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

    /// True when its request has options of its own; others return the plain request.
    pub fn has_options(&self) -> bool {
        let is_chained = self.pages.is_some() || self.body.is_some() && self.optional_body;
        is_chained || !self.options.is_empty()
    }
}

impl Segment {
    /// The parameters of some segments.
    pub fn all_parameters(segments: &[Self]) -> impl Iterator<Item = &Field> {
        segments.iter().flat_map(|segment| &segment.parameters)
    }
}

/// The digits of a number in threes, as a person reads them: `250,000`, or with another separator
/// `604_800`.
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
