//! The handles and the operations of the client.

use super::{Argument, Docs, Field, Type};
use crate::http::Method;

/// A place in the client: a part of a path.
#[derive(Clone, Debug)]
pub struct Handle {
    /// The Rust name.
    pub name: String,
    /// The template of the path so far.
    pub path: String,
    /// Where one can go from here.
    pub steps: Vec<Step>,
    /// The positions of the operations that can be called here.
    pub operations: Vec<usize>,
}

/// A file of the client: everything behind one first segment.
#[derive(Clone, Debug)]
pub struct Family {
    /// The file's name, without `.rs`.
    pub name: String,
    /// The segment.
    pub segment: String,
    /// The positions of its handles, the first one's first.
    pub handles: Vec<usize>,
}

/// The way from a handle to the next.
#[derive(Clone, Debug)]
pub struct Step {
    /// The method's name.
    pub name: String,
    /// The fixed segment.
    pub segment: String,
    /// What it does.
    pub docs: Docs,
    /// The parameter that follows it.
    pub parameter: Option<Argument>,
    /// The position of the handle that it leads to.
    pub target: usize,
}

/// An operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The name of the constant: `USERS_PRESENCE_GET`.
    pub constant: String,
    /// The name of the request type and of the emulator's route: `UsersPresenceGet`.
    pub type_name: String,
    /// The name of the method: `get`.
    pub name: String,
    /// The position of its handle.
    pub handle: usize,
    /// The operationId.
    pub id: String,
    /// The method of HTTP.
    pub method: Method,
    /// The template of the path.
    pub path: String,
    /// What it does.
    pub docs: Docs,
    /// The file with the example that ends its documentation, from the generated files.
    pub example: Option<String>,
    /// The page that documents it.
    pub docs_url: Option<String>,
    /// Whether a repeat after an unknown outcome does no harm.
    pub repeatable: bool,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// Permissions with a user, least privileged first.
    pub delegated: Vec<String>,
    /// Permissions without one, least privileged first.
    pub application: Vec<String>,
    /// Requests and seconds.
    pub rate_limit: Option<(u32, u32)>,
    /// Positions of its hints.
    pub hints: Vec<usize>,
    /// What comes back.
    pub answer: Answer,
    /// What is sent.
    pub body: Option<Body>,
    /// Parameters of query and header that must be given.
    pub required: Vec<Parameter>,
    /// Those that can be left out.
    pub optional: Vec<Parameter>,
}

/// What comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing.
    Nothing,
    /// An object.
    Object(Type),
    /// An object, bare or as the one item of the list `value`.
    Enveloped(Type),
    /// Plain text that is a number.
    Count,
}

/// What is sent.
#[derive(Clone, Debug)]
pub enum Body {
    /// An object, as the caller made it.
    Whole(Argument),
    /// The members of a request object: those in the signature and those that are chained.
    Spread {
        /// The request object.
        name: String,
        /// What is in the signature.
        arguments: Vec<Argument>,
        /// What is chained.
        options: Vec<Field>,
    },
}

/// A parameter of query or header.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// The Rust name.
    pub name: String,
    /// The name on the wire.
    pub wire: String,
    /// Whether it is a header.
    pub header: bool,
    /// What it is.
    pub docs: Docs,
    /// What it takes.
    pub ty: Type,
    /// Whether it is deprecated.
    pub deprecated: bool,
}

/// What the runtime adds to a failure.
#[derive(Clone, Debug)]
pub struct Hint {
    /// The name of the constant.
    pub name: String,
    /// The statuses that it fits.
    pub status: Vec<u32>,
    /// The code that it fits.
    pub code: Option<String>,
    /// The kind of token that it fits: delegated or not.
    pub delegated: Option<bool>,
    /// What it says.
    pub text: String,
    /// Where it was learnt.
    pub source: String,
}

impl Body {
    /// What is in the signature.
    pub fn arguments(&self) -> &[Argument] {
        match self {
            Self::Whole(argument) => std::slice::from_ref(argument),
            Self::Spread { arguments, .. } => arguments,
        }
    }

    /// What is chained.
    pub fn options(&self) -> &[Field] {
        match self {
            Self::Whole(_) => &[],
            Self::Spread { options, .. } => options,
        }
    }

    /// The Rust names of what is in the signature and of what is chained.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let arguments = self.arguments().iter().map(|argument| &argument.name);
        let options = self.options().iter().map(|option| &option.name);
        arguments.chain(options).map(String::as_str)
    }
}
