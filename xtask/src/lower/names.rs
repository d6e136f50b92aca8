//! Rust names: converted from the names of a description, checked, and unique in their scope.

use super::Context;
use crate::diagnostics::{Code, Problems, Span, Spanned};
use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};
use std::collections::HashMap;

/// The local variable of generated methods, whose name no argument can have.
const LOCAL: &str = "body";

/// The kind of a Rust name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// A type: `OutOfOfficeSettings`.
    Type,
    /// A variant: `InACall`.
    Variant,
    /// A field of a struct: `out_of_office_settings`.
    Field,
    /// An option of a request or a property of its body: `select`.
    Option,
    /// Any other method, argument or module.
    Snake,
}

impl Case {
    /// The reason why a name of this kind is reserved.
    fn taken(self, name: &str) -> Option<&'static str> {
        match (self, name) {
            (Self::Type, name) => hides(name),
            (Self::Variant, "UnknownValue") => {
                Some("is reserved for the variant that keeps unknown values")
            }
            (Self::Field, "additional_data") => {
                Some("is reserved for the field that keeps unknown properties")
            }
            (
                Self::Option,
                "additional_data" | "client" | "header" | "into_future" | "retry" | "send"
                | "send_blocking" | "stream" | "timeout",
            ) => Some("is a method or a field that every request has"),
            _ => None,
        }
    }

    /// A valid name in place of an invalid one.
    fn renamed(self, name: &str) -> String {
        let digit = name.starts_with(|c: char| c.is_ascii_digit());
        match self {
            Self::Field | Self::Option | Self::Snake if name.is_empty() => "unnamed".to_owned(),
            Self::Type if digit => format!("Type{name}"),
            Self::Type => format!("{name}Type"),
            Self::Variant if digit => format!("Value{name}"),
            Self::Variant => format!("{name}Value"),
            _ if digit => format!("n{name}"),
            _ => format!("{name}_"),
        }
    }
}

/// Converts a text to a Rust name. In strict mode, an invalid name is reported with the key
/// `instead`, in which `NAME` is replaced; in lenient mode, it is changed.
pub fn rust_name(cx: &Context<'_>, text: Spanned<&str>, case: Case, instead: &str) -> String {
    let ascii = ascii(text.value);
    let name = match case {
        // Graph has `-INF` beside `INF`.
        Case::Variant if ascii.starts_with('-') => {
            format!("Minus{}", ascii.to_upper_camel_case())
        }
        Case::Type | Case::Variant => ascii.to_upper_camel_case(),
        Case::Field | Case::Option | Case::Snake => ascii.to_snake_case(),
    };
    let problem = if name.is_empty() {
        "has no letter or digit that a Rust name may contain"
    } else if name.starts_with(|c: char| c.is_ascii_digit()) {
        "begins with a digit, which a Rust name must not"
    } else if is_keyword(&name) {
        "is a keyword of Rust"
    } else if let Some(taken) = case.taken(&name) {
        taken
    } else {
        return name;
    };
    let renamed = case.renamed(&name);
    if cx.is_strict() {
        let message = format!("`{}` {problem}", text.value);
        let example = if name.is_empty() { "…" } else { &renamed };
        let help = format!("write `{}`", instead.replace("NAME", example));
        cx.error(Code::BadName, text.span, message, help);
    }
    renamed
}

/// True for the name of a type that hides no name of generated files.
pub fn can_be_type(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && syn::parse_str::<syn::Ident>(name).is_ok()
        && hides(name).is_none()
}

/// The name of an argument, changed when the local variable has it.
pub fn argument(name: String) -> String {
    if name == LOCAL { name + "_" } else { name }
}

/// The name of a constant: `USERS_PRESENCE_GET`.
pub fn constant(name: &str) -> String {
    ascii(name).to_shouty_snake_case()
}

/// The name of a module or a method.
pub fn snake(name: &str) -> String {
    let name = name.to_snake_case();
    if is_keyword(&name) {
        format!("{name}_")
    } else {
        name
    }
}

/// True for a keyword of Rust 2024, which syn knows except for `gen`.
fn is_keyword(name: &str) -> bool {
    let is_word = name.starts_with(|c: char| c.is_ascii_alphabetic());
    name == "gen" || is_word && syn::parse_str::<syn::Ident>(name).is_err()
}

/// The name of a type or a part of it.
pub fn camel(name: &str) -> String {
    ascii(name).to_upper_camel_case()
}

/// Replaces the characters that names cannot have by blanks.
fn ascii(text: &str) -> String {
    text.replace(|c: char| !c.is_ascii(), " ")
}

/// The singular of a word: `presence` for `presences`.
pub fn singular(name: &str) -> String {
    const WITH_ES: [&str; 5] = ["sses", "shes", "ches", "xes", "zes"];
    if let Some(stem) = name.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    if WITH_ES.iter().any(|end| name.ends_with(end)) {
        return name[..name.len() - 2].to_owned();
    }
    match name.strip_suffix('s') {
        Some(stem) if !stem.ends_with(['s', 'u', 'i']) && !stem.is_empty() => stem.to_owned(),
        _ => name.to_owned(),
    }
}

/// The reason why a type or a constant cannot have a name: generated files and their macros use it
/// without a path.
fn hides(name: &str) -> Option<&'static str> {
    match name {
        "AdditionalData" | "AsRef" | "BTreeMap" | "Box" | "Bytes" | "Caller" | "Client"
        | "Clone" | "Copy" | "DateTimeOffset" | "Debug" | "Decimal" | "Default" | "Drop"
        | "Duration" | "Eq" | "Err" | "Fn" | "FnMut" | "FnOnce" | "From" | "FromIterator"
        | "Future" | "Guid" | "GuidId" | "Hash" | "Hint" | "Into" | "IntoFuture"
        | "IntoIterator" | "InvalidValue" | "IsoDuration" | "Items" | "Iterator" | "Json"
        | "MapAccess" | "Method" | "None" | "Object" | "Ok" | "OpenEnum" | "Operation"
        | "Option" | "Ord" | "PartialEq" | "PartialOrd" | "Private" | "RateLimit" | "Request"
        | "Resource" | "Result" | "Route" | "SERVERS" | "Self" | "Send" | "SerializeMap"
        | "Sized" | "Some" | "String" | "Sync" | "ToOwned" | "ToString" | "TryFrom" | "TryInto"
        | "Unpin" | "Value" | "Vec" | "Writer" => {
            Some("would hide a name of Rust's prelude or of the runtime")
        }
        _ => None,
    }
}

/// The names of a scope, with the texts that they were converted from.
#[derive(Debug, Default)]
pub struct Scope {
    /// True when no type is generated, so that inline enumerations are not checked.
    pub is_unused: bool,
    taken: HashMap<String, (String, Span)>,
}

impl Scope {
    pub fn has(&self, name: &str) -> bool {
        self.taken.contains_key(name)
    }

    /// The span of the text of a name.
    pub fn span(&self, name: &str) -> Option<Span> {
        self.taken.get(name).map(|(_, span)| *span)
    }

    /// Takes a name that the generator has composed. The suffix is added until the name is free and
    /// hides no other.
    pub fn generated(&mut self, mut name: String, suffix: &str, text: Spanned<&str>) -> String {
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            name.insert_str(0, "Type");
        }
        while hides(&name).is_some() || self.has(&name) {
            name.push_str(suffix);
        }
        self.taken
            .insert(name.clone(), (text.value.to_owned(), text.span));
        name
    }

    /// Takes a name. In lenient mode, a name that another text has is numbered, unless an extension
    /// has given it.
    pub fn take(
        &mut self,
        cx: &Context<'_>,
        mut name: String,
        text: Spanned<&str>,
        noun: &str,
        given: bool,
    ) -> String {
        let taken = self.taken.get(&name);
        if taken.is_some_and(|(other, _)| other != text.value) && !(cx.is_strict() || given) {
            let mut numbered = (2..).map(|number: usize| format!("{name}{number}"));
            name = numbered.find(|name| !self.has(name)).unwrap_or_default();
        }
        self.claim(cx.problems, &name, text, noun);
        name
    }

    /// Takes a name. Reports a name that is already taken.
    pub fn claim(&mut self, problems: &Problems, name: &str, text: Spanned<&str>, noun: &str) {
        let Some((other, span)) = self.taken.get(name) else {
            self.taken
                .insert(name.to_owned(), (text.value.to_owned(), text.span));
            return;
        };
        let key = match noun {
            "value" => "`name: …` in `x-ms-enum`",
            "type" | "combination" => "`name: …` in `x-rust-combinations`",
            _ => "`x-rust-name: …`",
        };
        let message = if other == text.value {
            format!("the {noun} `{other}` is declared twice")
        } else {
            let value = text.value;
            format!("`{value}` and `{other}` both become the Rust name `{name}`")
        };
        let help = format!("give one of the two another name: {key}");
        let spans = [(text.span, "the second"), (*span, "the first")];
        problems.clash(Code::NameClash, spans, message, help);
    }
}
