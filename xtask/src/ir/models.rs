//! The types of the models crate.

use super::{Argument, Docs};

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
    /// An item of a list that may be null.
    Option(Box<Type>),
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
    /// A variant of an enumeration, by its Rust name.
    Variant(String),
    /// A text.
    Text(String),
    /// A duration.
    Seconds(u64),
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
            Self::List(item) | Self::Option(item) => item.name(),
            _ => None,
        }
    }

    /// The same without null among the items of a list: what callers give.
    pub fn without_null(self) -> Self {
        match self {
            Self::List(item) => Self::List(Box::new(item.without_null())),
            Self::Option(item) => *item,
            other => other,
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
