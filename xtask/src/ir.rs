//! What the emitters see: every name is a Rust name, every order is final, nothing can fail.

pub use crate::spec::document::Method;

/// The whole API.
#[derive(Clone, Debug, Default)]
pub struct Api {
    /// What the API is called.
    pub title: String,
    /// Its base addresses: address and name.
    pub servers: Vec<(String, String)>,
    /// The models, one file each, by file name.
    pub modules: Vec<Module>,
    /// The handles of the client; the first is the client itself.
    pub handles: Vec<Handle>,
    /// The files that the handles stand in, but for the client itself; by name.
    pub families: Vec<Family>,
    /// The operations, in the order of the description.
    pub operations: Vec<Operation>,
    /// The hints that operations refer to by position.
    pub hints: Vec<Hint>,
}

/// Lines of documentation, without slashes.
pub type Docs = Vec<String>;

/// A file of models: one schema of the description and what belongs to it.
#[derive(Clone, Debug)]
pub struct Module {
    /// The file's name, without `.rs`.
    pub name: String,
    /// The types in it, the most important first.
    pub items: Vec<Item>,
}

/// A type of the models crate.
#[derive(Clone, Debug)]
pub enum Item {
    /// An object.
    Struct(Struct),
    /// An open enumeration.
    Enum(Enum),
    /// An identifier.
    Id(Id),
    /// The allowed combinations of some properties.
    Combinations(Combinations),
}

/// An object.
#[derive(Clone, Debug)]
pub struct Struct {
    /// The Rust name.
    pub name: String,
    /// What it is.
    pub docs: Docs,
    /// Its members, in the order of the description.
    pub fields: Vec<Field>,
    /// Whether callers write it, member by member.
    pub request: bool,
    /// What its `new` takes; without arguments there is none.
    pub arguments: Vec<Argument>,
    /// Combinations that stand for several of its fields.
    pub combinations: Option<CombinationsUse>,
}

/// That a request takes a combination instead of the fields that it stands for.
#[derive(Clone, Debug)]
pub struct CombinationsUse {
    /// The type.
    pub name: String,
    /// The argument's name.
    pub argument: String,
    /// The Rust names of the fields.
    pub fields: Vec<String>,
}

/// A member of an object.
#[derive(Clone, Debug)]
pub struct Field {
    /// The Rust name.
    pub name: String,
    /// The name on the wire.
    pub wire: String,
    /// What it is.
    pub docs: Docs,
    /// What it holds, without the `Option`.
    pub ty: Type,
    /// Whether the description requires it.
    pub required: bool,
    /// Whether only the service sets it.
    pub read_only: bool,
    /// Whether `Debug` hides it.
    pub private: bool,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// The hand-written type that callers give instead.
    pub rust_type: Option<String>,
    /// What clears it at the service.
    pub clear: Option<Clear>,
}

/// The text that clears a member at the service.
#[derive(Clone, Debug)]
pub struct Clear {
    /// The name of the constant.
    pub constant: String,
    /// The text.
    pub text: String,
}

/// What a member holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// `String`
    String,
    /// `bool`
    Bool,
    /// `i32`
    I32,
    /// `i64`
    I64,
    /// `f64`
    F64,
    /// The text of a duration.
    Duration,
    /// The text of an instant.
    DateTime,
    /// A generated object.
    Object(String),
    /// The same, behind a pointer, because it contains itself.
    Boxed(String),
    /// A generated enumeration.
    Enum(String),
    /// A generated identifier.
    Id(String),
    /// A generated combination.
    Combination(String),
    /// Several.
    List(Box<Type>),
}

/// An open enumeration.
#[derive(Clone, Debug)]
pub struct Enum {
    /// The Rust name.
    pub name: String,
    /// What it is.
    pub docs: Docs,
    /// Its values, in the order of the description.
    pub variants: Vec<Variant>,
    /// The position of the default.
    pub default: Option<usize>,
}

/// A value of an enumeration.
#[derive(Clone, Debug)]
pub struct Variant {
    /// The Rust name.
    pub name: String,
    /// The text on the wire.
    pub wire: String,
    /// What it means.
    pub docs: Docs,
}

/// An identifier: text of the form of a GUID.
#[derive(Clone, Debug)]
pub struct Id {
    /// The Rust name.
    pub name: String,
    /// What it is.
    pub docs: Docs,
    /// What it is in a sentence: `user id`.
    pub what: String,
    /// What an error says when a text is none.
    pub cure: String,
}

/// The allowed combinations of some properties, as an enumeration.
#[derive(Clone, Debug)]
pub struct Combinations {
    /// The Rust name.
    pub name: String,
    /// What it is.
    pub docs: Docs,
    /// The methods that give the value of a property.
    pub members: Vec<CombinationMember>,
    /// The methods that give the default of another property.
    pub defaults: Vec<CombinationMember>,
    /// The variants.
    pub variants: Vec<CombinationVariant>,
}

/// A property of a combination.
#[derive(Clone, Debug)]
pub struct CombinationMember {
    /// The name of the method.
    pub name: String,
    /// The name on the wire.
    pub wire: String,
    /// What it gives.
    pub ty: Type,
}

/// One combination.
#[derive(Clone, Debug)]
pub struct CombinationVariant {
    /// The Rust name.
    pub name: String,
    /// What it means.
    pub docs: Docs,
    /// The value of each member.
    pub values: Vec<Value>,
    /// The value of each default.
    pub defaults: Vec<Value>,
}

/// A constant value.
#[derive(Clone, Debug)]
pub enum Value {
    /// A variant of an enumeration.
    Variant {
        /// The Rust name.
        name: String,
        /// The text on the wire.
        wire: String,
    },
    /// A text.
    Text(String),
    /// A duration.
    Seconds {
        /// How long.
        seconds: u64,
        /// The text on the wire.
        wire: String,
    },
}

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
    /// The parameter that follows it.
    pub parameter: Option<Argument>,
    /// The position of the handle that it leads to.
    pub target: usize,
}

/// An argument of a method.
#[derive(Clone, Debug)]
pub struct Argument {
    /// The Rust name.
    pub name: String,
    /// What it is.
    pub docs: Docs,
    /// What it takes.
    pub ty: Type,
    /// The hand-written type that it takes instead.
    pub rust_type: Option<String>,
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
    /// An object, bare or as the one item of a list in this member.
    Enveloped(Type, String),
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

impl Api {
    /// The operations that can be called at a handle.
    pub fn operations_of(&self, handle: &Handle) -> impl Iterator<Item = &Operation> {
        handle.operations.iter().map(|at| &self.operations[*at])
    }
}

impl Type {
    /// The generated type in it, if any.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Object(name)
            | Self::Boxed(name)
            | Self::Enum(name)
            | Self::Id(name)
            | Self::Combination(name) => Some(name),
            Self::List(item) => item.name(),
            _ => None,
        }
    }
}

impl Body {
    /// What is in the signature.
    pub fn arguments(&self) -> &[Argument] {
        match self {
            Self::Whole(argument) => std::slice::from_ref(argument),
            Self::Spread { arguments, .. } => arguments,
        }
    }

    /// The names of both.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let arguments = self.arguments().iter().map(|argument| &argument.name);
        let options = self.options().iter().map(|option| &option.name);
        arguments.chain(options).map(String::as_str)
    }

    /// What is chained.
    pub fn options(&self) -> &[Field] {
        match self {
            Self::Whole(_) => &[],
            Self::Spread { options, .. } => options,
        }
    }
}

impl Item {
    /// The Rust name.
    pub fn name(&self) -> &str {
        match self {
            Self::Struct(object) => &object.name,
            Self::Enum(enumeration) => &enumeration.name,
            Self::Id(id) => &id.name,
            Self::Combinations(combinations) => &combinations.name,
        }
    }
}
