//! Rust names of what a description names, and the check that they can be.

use crate::diagnostics::Code;
use crate::spec::fields::{Level, Reader, Text};
use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};

/// Names that generated files and the macros in them use without a path. A type or a constant of
/// that name would hide them.
const TAKEN: &[&str] = &[
    "AdditionalData",
    "AsRef",
    "Box",
    "Caller",
    "Client",
    "Clone",
    "Copy",
    "DateTimeOffset",
    "Debug",
    "Default",
    "Drop",
    "Duration",
    "Eq",
    "Err",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Future",
    "Guid",
    "GuidId",
    "Hash",
    "Hint",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "InvalidValue",
    "IsoDuration",
    "Iterator",
    "MapAccess",
    "Method",
    "None",
    "Object",
    "Ok",
    "OpenEnum",
    "Operation",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Private",
    "RateLimit",
    "Request",
    "Resource",
    "Result",
    "Route",
    "SERVERS",
    "Self",
    "Send",
    "SerializeMap",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Value",
    "Vec",
    "Writer",
];

/// The keywords of Rust 2024, those of the future among them.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
    "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for",
    "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut",
    "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super",
    "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield",
];

/// Methods that every request has, and the field of every body; an option of that name would hide
/// one.
const REQUEST: &[&str] = &[
    "additional_data",
    "client",
    "header",
    "into_future",
    "retry",
    "send",
    "send_blocking",
    "timeout",
];

/// What the generated methods of a client call their own values; an argument of that name would
/// be hidden by one.
const LOCALS: &[&str] = &["body", "make", "operation", "request", "resource", "root"];

/// What kind of name a text is to become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// A type: `OutOfOfficeSettings`.
    Type,
    /// A variant: `InACall`.
    Variant,
    /// A member of an object: `out_of_office_settings`.
    Member,
    /// An option of a request or a member of its body: `select`.
    Option,
    /// Any other method, argument or module.
    Snake,
}

impl Case {
    /// Names of this kind that are taken, and by what.
    fn taken(self) -> (&'static [&'static str], &'static str) {
        match self {
            Self::Type => (
                TAKEN,
                "would hide a name that every Rust program uses, or one of the runtime",
            ),
            Self::Variant => (
                &["UnknownValue"],
                "is the variant for values that are not described",
            ),
            Self::Member => (
                &["additional_data"],
                "is the field for members that are not described",
            ),
            Self::Option => (REQUEST, "is a method or a field that every request has"),
            Self::Snake => (&[], ""),
        }
    }

    /// A name that is possible, made of one that is not.
    fn mended(self, name: &str) -> String {
        let digit = name.starts_with(|c: char| c.is_ascii_digit());
        match self {
            Self::Type if digit => format!("Type{name}"),
            Self::Type => format!("{name}Type"),
            Self::Variant if digit => format!("Value{name}"),
            Self::Variant => format!("{name}Value"),
            _ if digit => format!("n{name}"),
            _ => format!("{name}_"),
        }
    }
}

/// The Rust name of a text. Reports a text that has none; `cure` says where to give another,
/// with `NAME` in its place.
pub fn rust_name(reader: &mut Reader, text: Text<'_>, case: Case, cure: &str) -> String {
    let ascii = ascii(text.value);
    let name = match case {
        // Graph's `-INF` beside `INF`.
        Case::Variant if ascii.starts_with('-') => {
            format!("Minus{}", ascii.to_upper_camel_case())
        }
        Case::Type | Case::Variant => ascii.to_upper_camel_case(),
        Case::Member | Case::Option | Case::Snake => ascii.to_snake_case(),
    };
    let (taken, by) = case.taken();
    let problem = if name.is_empty() {
        "has no letter that a Rust name can have"
    } else if name.starts_with(|c: char| c.is_ascii_digit()) {
        "begins with a digit, and a Rust name cannot"
    } else if KEYWORDS.contains(&&*name) || name == "Self" {
        "is a keyword of Rust"
    } else if taken.contains(&&*name) {
        by
    } else {
        return name;
    };
    let mended = case.mended(&name);
    if reader.level == Level::Own || name.is_empty() {
        let message = format!("`{}` {problem}", text.value);
        let example = if name.is_empty() { "…" } else { &mended };
        let help = format!("write `{}`", cure.replace("NAME", example));
        reader.error(Code::BadName, text.span, message, help);
    }
    mended
}

/// Whether a text is the name of a type as it stands, and hides none that files use.
pub fn can_be_type(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.bytes().all(|b| b.is_ascii_alphanumeric())
        && !is_taken(name)
}

/// The name of an argument, which no value of its method hides.
pub fn argument(name: &str) -> String {
    match LOCALS.contains(&name) {
        true => format!("{name}_"),
        false => name.to_owned(),
    }
}

/// The name of a constant: `USERS_PRESENCE_GET`.
pub fn constant(name: &str) -> String {
    ascii(name).to_shouty_snake_case()
}

/// The name of a module or a method, of a name that is a Rust name already.
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

/// The text with a blank for whatever no name has.
fn ascii(text: &str) -> String {
    text.replace(|c: char| !c.is_ascii(), " ")
}

/// One of several: `presences` to `presence`.
pub fn singular(name: &str) -> String {
    const WITH_ES: [&str; 5] = ["sses", "shes", "ches", "xes", "zes"];
    if let Some(stem) = name.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    if WITH_ES.iter().any(|end| name.ends_with(end)) {
        return name[..name.len() - 2].to_owned();
    }
    match name.strip_suffix('s') {
        Some(stem) if !stem.ends_with(['s', 'u', 'i']) && !stem.is_empty() => {
            stem.to_owned()
        }
        _ => name.to_owned(),
    }
}

/// Whether a type or a constant of that name would hide one that generated files use.
pub fn is_taken(name: &str) -> bool {
    TAKEN.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::{constant, singular, snake};

    #[test]
    fn names() {
        for (plural, one) in [
            ("presences", "presence"),
            ("policies", "policy"),
            ("addresses", "address"),
            ("boxes", "box"),
            ("status", "status"),
            ("access", "access"),
            ("people", "people"),
            ("messages", "message"),
        ] {
            assert_eq!(singular(plural), one);
        }
        assert_eq!(constant("UsersPresenceGet"), "USERS_PRESENCE_GET");
        assert_eq!(snake("setStatusMessage"), "set_status_message");
    }
}
