//! The types of the models crate.

/// A file: a type, and the types of its inline schemas.
#[derive(Clone, Debug)]
pub struct Module {
    pub name: String,
    /// The types; the file is named after the first.
    pub items: Vec<Item>,
}

#[derive(Clone, Debug)]
pub enum Item {
    Struct(Struct),
    Enum(Enum),
    Id(Id),
    Combinations(Combinations),
}

#[derive(Clone, Debug)]
pub struct Struct {
    pub name: String,
    pub docs: Docs,
    pub fields: Vec<Field>,
    /// The arguments of `new`; without arguments there is no `new`.
    pub arguments: Vec<Field>,
}

/// A field of a struct, or an argument of a method.
#[derive(Clone, Debug, Default)]
pub struct Field {
    pub name: String,
    /// Empty for a whole body.
    pub wire: String,
    pub docs: Docs,
    pub location: Location,
    /// The type without `Option`.
    pub ty: Type,
    /// True when the property is required.
    pub required: bool,
    /// True when only the service sets the property.
    pub read_only: bool,
    /// True when `Debug` hides the value.
    pub private: bool,
    pub deprecated: bool,
    /// True when a combination sets the field.
    pub combined: bool,
    /// The hand-written type that callers pass.
    pub rust_type: Option<String>,
    pub clear: Option<Clear>,
    /// The limits that are checked before sending.
    pub limits: Option<Limits>,
}

/// The part of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Location {
    /// A property of the body.
    #[default]
    Property,
    /// The whole body, as JSON.
    Body,
    /// The whole body, as bytes.
    Bytes,
    Path,
    Query {
        /// True when each value is a parameter of its own.
        exploded: bool,
    },
    Header,
}

#[derive(Clone, Debug)]
pub struct Limits {
    /// The minimum and the maximum: items of a list, characters of a string, seconds of a duration.
    pub sizes: [Option<u64>; 2],
    /// The help of the error; empty for that of the type.
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

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Type {
    #[default]
    String,
    /// No content: `()`.
    Nothing,
    Bytes,
    Bool,
    I32,
    I64,
    U64,
    F64,
    /// A decimal number of any length.
    Decimal,
    /// Any JSON value.
    Json,
    /// The text of a duration.
    Duration,
    /// The text of an instant.
    DateTime,
    Object(String),
    /// An object in a `Box`, because it contains itself.
    Boxed(String),
    Enum(String),
    Id(String),
    Combination(String),
    List(Box<Type>),
    /// Values by name.
    Map(Box<Type>),
    /// An item of a list or a value of a map, which may be null.
    Option(Box<Type>),
}

/// An open enumeration.
#[derive(Clone, Debug)]
pub struct Enum {
    pub name: String,
    pub docs: Docs,
    pub variants: Vec<Variant>,
    /// The position of the default variant.
    pub default: Option<usize>,
}

#[derive(Clone, Debug)]
pub struct Variant {
    pub name: String,
    pub wire: String,
    pub docs: Docs,
}

/// An identifier: a newtype of a GUID.
#[derive(Clone, Debug)]
pub struct Id {
    pub name: String,
    pub docs: Docs,
    /// The noun in messages: `user id`.
    pub what: String,
    /// The help for a text that is not a GUID.
    pub help: String,
}

/// The allowed combinations of some properties, as an enumeration.
#[derive(Clone, Debug)]
pub struct Combinations {
    pub name: String,
    pub docs: Docs,
    /// The methods that return the value or the default of a property.
    pub properties: Vec<Field>,
    pub variants: Vec<CombinationVariant>,
}

#[derive(Clone, Debug)]
pub struct CombinationVariant {
    pub name: String,
    pub docs: Docs,
    /// The values in the order of the properties.
    pub values: Vec<Value>,
}

#[derive(Clone, Debug)]
pub enum Value {
    /// The Rust name of a variant of an enumeration.
    Variant(String),
    Text(String),
    Seconds(u64),
}

impl Type {
    /// The name of the generated type in this type.
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

    /// True for a number that may be infinite, and for a list or a map of them.
    pub fn is_double(&self) -> bool {
        match self {
            Self::List(item) | Self::Map(item) | Self::Option(item) => item.is_double(),
            ty => *ty == Self::F64,
        }
    }

    /// The type with null as a value.
    pub fn or_null(self) -> Self {
        match self {
            Self::Json | Self::Option(_) => self,
            ty => Self::Option(Box::new(ty)),
        }
    }

    /// The type that callers pass: nulls in lists are left out; nulls in maps may remove values at
    /// the service.
    pub fn without_null(self) -> Self {
        match self {
            Self::List(item) => Self::List(Box::new(item.without_null())),
            Self::Option(item) => *item,
            other => other,
        }
    }
}

impl Field {
    /// True for a field that is not an `Option`: a required string, or a required boolean, number
    /// or list that is not read-only.
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
    /// The names of the types that the type contains.
    pub fn contains(&self) -> impl Iterator<Item = &str> {
        let (fields, arguments) = match self {
            Self::Struct(object) => (&object.fields[..], &object.arguments[..]),
            Self::Combinations(all) => (&all.properties[..], &[][..]),
            Self::Enum(_) | Self::Id(_) => (&[][..], &[][..]),
        };
        let fields = fields.iter().chain(arguments);
        fields.filter_map(|field| field.ty.name())
    }

    pub fn name(&self) -> &str {
        match self {
            Self::Struct(object) => &object.name,
            Self::Enum(enumeration) => &enumeration.name,
            Self::Id(id) => &id.name,
            Self::Combinations(combinations) => &combinations.name,
        }
    }
}
