//! The types of the models crate.

/// A file of models: one schema of the description and what belongs to it.
#[derive(Clone, Debug)]
pub struct Module {
    pub name: String,
    /// Its types, the most important first.
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
    pub name: String,
    pub docs: Docs,
    /// The fields, in the order of the description.
    pub fields: Vec<Field>,
    /// The arguments of `new`; without arguments there is no `new`.
    pub arguments: Vec<Field>,
}

/// A field of a struct, or an argument of a method.
#[derive(Clone, Debug, Default)]
pub struct Field {
    pub name: String,
    /// Its name on the wire; empty for a whole body.
    pub wire: String,
    pub docs: Docs,
    pub location: Location,
    /// The type without the `Option`.
    pub ty: Type,
    /// True when `required` names it.
    pub required: bool,
    /// True when only the service sets it.
    pub read_only: bool,
    /// True when `Debug` hides its value.
    pub private: bool,
    pub deprecated: bool,
    /// True when a combination sets it in `new`.
    pub combined: bool,
    /// The hand-written type that callers pass instead.
    pub rust_type: Option<String>,
    /// The text that clears it at the service.
    pub clear: Option<Clear>,
    /// The limits that are checked before it is sent.
    pub limits: Option<Limits>,
}

/// The part of a request that a field is given for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Location {
    /// A property of the body.
    #[default]
    Property,
    /// The whole body, JSON.
    Body,
    /// The whole body, bytes of another media type.
    Bytes,
    Path,
    Query {
        /// True when it is in the query once for each of its values.
        exploded: bool,
    },
    Header,
}

/// The limits of a property that is sent.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The least and the most: items of a list, characters of a string, seconds of a duration.
    pub sizes: [Option<u64>; 2],
    /// The help of the error; empty for the help of the type.
    pub help: String,
}

/// The text that clears a property at the service.
#[derive(Clone, Debug)]
pub struct Clear {
    pub constant: String,
    pub text: String,
}

/// Lines of documentation, without slashes.
pub type Docs = Vec<String>;

/// The type of a field or an argument.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Type {
    /// `String`
    #[default]
    String,
    /// `()`, for no content.
    Nothing,
    /// `Vec<u8>`
    Bytes,
    /// `bool`
    Bool,
    /// `i32`
    I32,
    /// `i64`
    I64,
    /// `u64`
    U64,
    /// `f64`
    F64,
    /// A decimal number of any length.
    Decimal,
    /// Any JSON value.
    Json,
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
    /// A list.
    List(Box<Type>),
    /// Values by name.
    Map(Box<Type>),
    /// An item of a list or a value of a map that may be null.
    Option(Box<Type>),
}

/// An open enumeration.
#[derive(Clone, Debug)]
pub struct Enum {
    pub name: String,
    pub docs: Docs,
    /// Its values, in the order of the description.
    pub variants: Vec<Variant>,
    /// The position of the default.
    pub default: Option<usize>,
}

/// A value of an enumeration.
#[derive(Clone, Debug)]
pub struct Variant {
    pub name: String,
    /// The text on the wire.
    pub wire: String,
    pub docs: Docs,
}

/// An identifier: a newtype around a GUID.
#[derive(Clone, Debug)]
pub struct Id {
    pub name: String,
    pub docs: Docs,
    /// Its name in a sentence: `user id`.
    pub what: String,
    /// The help of the error for a text that is not a GUID.
    pub help: String,
}

/// The allowed combinations of some properties, as an enumeration.
#[derive(Clone, Debug)]
pub struct Combinations {
    pub name: String,
    pub docs: Docs,
    /// The methods that return the value of a property, or the default of another one.
    pub properties: Vec<Field>,
    pub variants: Vec<CombinationVariant>,
}

/// One combination.
#[derive(Clone, Debug)]
pub struct CombinationVariant {
    pub name: String,
    pub docs: Docs,
    /// The value of each property.
    pub values: Vec<Value>,
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
    /// The name of the generated type in it, if any.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Object(name)
            | Self::Boxed(name)
            | Self::Enum(name)
            | Self::Id(name)
            | Self::Combination(name) => Some(name),
            Self::List(item) | Self::Map(item) | Self::Option(item) => item.name(),
            _ => None,
        }
    }

    /// True for a number that may be infinite, or a list or a map of such.
    pub fn is_double(&self) -> bool {
        match self {
            Self::List(item) | Self::Map(item) | Self::Option(item) => item.is_double(),
            ty => *ty == Self::F64,
        }
    }

    /// The type, or null.
    pub fn or_null(self) -> Self {
        match self {
            Self::Json | Self::Option(_) => self,
            ty => Self::Option(Box::new(ty)),
        }
    }

    /// The type that callers pass: without null among the items of a list. In a map null may take a
    /// value away.
    pub fn without_null(self) -> Self {
        match self {
            Self::List(item) => Self::List(Box::new(item.without_null())),
            Self::Option(item) => *item,
            other => other,
        }
    }
}

impl Field {
    /// True for a plain field, which is not an `Option`: a required string, or a required boolean,
    /// number or list that is not read-only.
    pub fn is_bare(&self) -> bool {
        let has_empty = match self.ty {
            Type::String => true,
            Type::Bool | Type::I32 | Type::I64 | Type::U64 | Type::F64 | Type::List(_) => {
                !self.read_only
            }
            _ => false,
        };
        self.required && has_empty
    }
}

impl Item {
    /// The names of the types in it.
    pub fn contains(&self) -> impl Iterator<Item = &str> {
        let (fields, arguments) = match self {
            Self::Struct(object) => (&object.fields[..], &object.arguments[..]),
            Self::Combinations(all) => (&all.properties[..], &[][..]),
            Self::Enum(_) | Self::Id(_) => (&[][..], &[][..]),
        };
        let fields = fields.iter().chain(arguments);
        fields.filter_map(|field| field.ty.name())
    }

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
