//! Rust names: made from the names of a description, checked, and each used once in its scope.

use super::Context;
use crate::diagnostics::{Code, Diagnostic, Problems, Span, Spanned};
use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};
use std::collections::HashMap;

/// The keywords of Rust 2024, including reserved ones.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// The local variable of generated methods: no argument can have its name.
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
    /// Why a name of this kind is taken, if it is.
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

    /// A possible name instead of one that is not.
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

/// The Rust name of a text. Reports a text that cannot be one; `instead` shows how to give another
/// name, with `NAME` in its place. In a document of somebody else the name is changed.
pub fn rust_name(cx: &Context<'_>, text: Spanned<&str>, case: Case, instead: &str) -> String {
    let ascii = ascii(text.value);
    let name = match case {
        // Graph's `-INF` beside `INF`.
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
    } else if KEYWORDS.contains(&&*name) || name == "Self" {
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
        && name.is_ascii()
        && syn::parse_str::<syn::Ident>(name).is_ok()
        && hides(name).is_none()
}

/// The name of an argument, changed where the local variable has it.
pub fn argument(name: String) -> String {
    if name == LOCAL { name + "_" } else { name }
}

/// The name of a constant: `USERS_PRESENCE_GET`.
pub fn constant(name: &str) -> String {
    ascii(name).to_shouty_snake_case()
}

/// The name of a module or a method, from a Rust name.
pub fn snake(name: &str) -> String {
    let name = name.to_snake_case();
    if KEYWORDS.contains(&&*name) {
        format!("{name}_")
    } else {
        name
    }
}

/// The name of a type, or a part of one.
pub fn camel(name: &str) -> String {
    ascii(name).to_upper_camel_case()
}

/// The text with a blank for each character that names do not have.
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

/// Why no type and no constant can have a name: generated files and their macros use it without a
/// path.
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

/// The names of one scope, and the texts that became them.
#[derive(Debug, Default)]
pub struct Scope {
    /// True for types that are only checked: enumerations are not even that.
    pub is_unused: bool,
    taken: HashMap<String, (String, Span)>,
}

impl Scope {
    /// True when a name is taken.
    pub fn has(&self, name: &str) -> bool {
        self.taken.contains_key(name)
    }

    /// The span of the text that became a name.
    pub fn span(&self, name: &str) -> Option<Span> {
        self.taken.get(name).map(|(_, span)| *span)
    }

    /// Takes a name for a type or a constant that the description does not name itself. One that
    /// is taken, or would hide another, gets `suffix` behind it.
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

    /// Takes a name, and gives it. In a document of somebody else one that another text has taken
    /// gets a number behind it, unless it is `given` by an extension; else that is reported.
    pub fn take(
        &mut self,
        cx: &Context<'_>,
        mut name: String,
        text: Spanned<&str>,
        named: Named,
        given: bool,
    ) -> String {
        let taken = self.taken.get(&name);
        if taken.is_some_and(|(other, _)| other != text.value) && !(cx.is_strict() || given) {
            let mut numbered = (2..).map(|number: usize| format!("{name}{number}"));
            name = numbered.find(|name| !self.has(name)).unwrap_or_default();
        }
        self.claim(cx.problems, &name, text, named);
        name
    }

    /// Takes a name. Reports when another text has become the same name before.
    pub fn claim(&mut self, problems: &Problems, name: &str, text: Spanned<&str>, named: Named) {
        let Some((other, span)) = self.taken.get(name) else {
            self.taken
                .insert(name.to_owned(), (text.value.to_owned(), text.span));
            return;
        };
        let Named(noun, key) = named;
        let message = if other == text.value {
            format!("the {noun} `{other}` is declared twice")
        } else {
            let value = text.value;
            format!("`{value}` and `{other}` both become the Rust name `{name}`")
        };
        let problem = Diagnostic::new(Code::NameClash, text.span, message)
            .label("the second")
            .context(*span, "the first")
            .help(format!("give one of the two another name: {key}"));
        problems.report(problem);
    }
}

/// The kind of thing that has a name, and the key that gives another name.
#[derive(Clone, Copy)]
pub struct Named(&'static str, &'static str);

impl Named {
    pub const SCHEMA: Self = Self("schema", "`x-rust-name: …`");
    pub const PROPERTY: Self = Self("property", "`x-rust-name: …`");
    pub const PARAMETER: Self = Self("parameter", "`x-rust-name: …`");
    pub const OPERATION: Self = Self("operation", "`x-rust-name: …`");
    /// A part of a path.
    pub const PATH: Self = Self("path", "`x-rust-name: …`");
    /// A value of an enumeration.
    pub const VALUE: Self = Self("value", "`name: …` in `x-ms-enum`");
    /// A type that an extension names.
    pub const TYPE: Self = Self("type", "`name: …` in `x-rust-combinations`");
    pub const COMBINATION: Self = Self("combination", "`name: …` in `x-rust-combinations`");
}
