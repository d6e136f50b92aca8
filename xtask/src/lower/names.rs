//! Rust names of what a description names, and the check that they can be.

use std::collections::HashMap;

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};

use crate::diagnostics::{Code, Diagnostic};
use crate::spec::fields::{Level, Reader, Text};
use crate::spec::node::Span;

/// Names that generated files use without a path. A type of that name would hide them.
const TAKEN: &[&str] = &[
    "AdditionalData",
    "Box",
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
    "Guid",
    "Hash",
    "Hint",
    "Into",
    "IntoIterator",
    "InvalidValue",
    "IsoDuration",
    "Iterator",
    "MapAccess",
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
    "Request",
    "Resource",
    "Result",
    "Route",
    "Self",
    "Send",
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

/// What kind of name a text is to become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// A type: `OutOfOfficeSettings`.
    Type,
    /// A variant: `InACall`.
    Variant,
    /// A field, an argument, a module: `out_of_office_settings`.
    Snake,
}

/// The Rust name of a text. Reports a text that has none; `key` is where another can be given.
pub fn rust_name(reader: &mut Reader, text: Text<'_>, case: Case, key: &str) -> String {
    let ascii: String = text
        .value
        .chars()
        .map(|c| if c.is_ascii() { c } else { ' ' })
        .collect();
    let name = match case {
        Case::Type | Case::Variant => ascii.to_upper_camel_case(),
        Case::Snake => ascii.to_snake_case(),
    };
    let problem = if name.is_empty() {
        "has no letter that a Rust name can have"
    } else if name.starts_with(|c: char| c.is_ascii_digit()) {
        "begins with a digit, and a Rust name cannot"
    } else if KEYWORDS.contains(&&*name) || name == "Self" {
        "is a keyword of Rust"
    } else if case == Case::Type && TAKEN.contains(&&*name) {
        "would hide a name that every Rust program uses, or one of the runtime"
    } else if case == Case::Variant && name == "UnknownValue" {
        "is the name of the variant for values that are not described"
    } else {
        return name;
    };
    if reader.level == Level::Foreign && !name.is_empty() {
        return mended(&name, case);
    }
    let message = format!("`{}` {problem}", text.value);
    let help = format!("write `{key}: {}`", mended(&name, case));
    reader.report(Diagnostic::new(Code::BadName, text.span, message).help(help));
    mended(&name, case)
}

/// A name that is possible, made of one that is not.
fn mended(name: &str, case: Case) -> String {
    match case {
        Case::Type if name.is_empty() => "NamedType".to_owned(),
        Case::Type if name.starts_with(|c: char| c.is_ascii_digit()) => {
            format!("Type{name}")
        }
        Case::Type => format!("{name}Type"),
        Case::Variant if name == "UnknownValue" || name.is_empty() => {
            "NamedValue".to_owned()
        }
        Case::Variant if name == "Self" => "SelfValue".to_owned(),
        Case::Variant => format!("Value{name}"),
        Case::Snake if name.is_empty() => "named".to_owned(),
        Case::Snake if name.starts_with(|c: char| c.is_ascii_digit()) => {
            format!("n{name}")
        }
        Case::Snake => format!("{name}_"),
    }
}

/// The name of a constant: `USERS_PRESENCE_GET`.
pub fn constant(name: &str) -> String {
    name.to_shouty_snake_case()
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

/// The name of a type, of a name that is a Rust name already.
pub fn camel(name: &str) -> String {
    name.to_upper_camel_case()
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

/// The name of a type of the client, of a name that is a Rust name already.
pub fn client_type(name: String, otherwise: &str) -> String {
    if name == "Self" || TAKEN.contains(&&*name) {
        name + otherwise
    } else {
        name
    }
}

/// The names of one scope and who has them.
#[derive(Debug, Default)]
pub struct Scope {
    taken: HashMap<String, (String, Span)>,
}

impl Scope {
    /// Takes a name. Reports when another text has become the same name before.
    pub fn claim(
        &mut self,
        reader: &mut Reader,
        name: &str,
        text: Text<'_>,
        what: &str,
    ) -> bool {
        let Some((other, span)) = self.taken.get(name) else {
            self.taken
                .insert(name.to_owned(), (text.value.to_owned(), text.span));
            return true;
        };
        let message = if other == text.value {
            format!("{what} `{other}` stands twice")
        } else {
            let value = text.value;
            format!("`{value}` and `{other}` both become the Rust name `{name}`")
        };
        let problem = Diagnostic::new(Code::NameClash, text.span, message)
            .label("the second")
            .context(*span, "the first")
            .help("rename one of the two");
        reader.report(problem);
        false
    }
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
