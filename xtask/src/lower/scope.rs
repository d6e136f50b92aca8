//! The names of one scope, each of which only one thing may have.

use super::names;
use crate::diagnostics::{Code, Diagnostic};
use crate::spec::fields::{Reader, Text};
use crate::spec::node::Span;
use std::collections::HashMap;

/// The names of one scope and who has them.
#[derive(Debug, Default)]
pub struct Scope {
    taken: HashMap<String, (String, Span)>,
}

impl Scope {
    /// Whether a name is taken.
    pub fn has(&self, name: &str) -> bool {
        self.taken.contains_key(name)
    }

    /// Takes a name for a type or a constant that the description does not name itself. One that
    /// is taken, or would hide another, gets `more` behind it.
    pub fn made(&mut self, mut name: String, more: &str, text: Text<'_>) -> String {
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            name.insert_str(0, "Type");
        }
        while names::is_taken(&name) || self.has(&name) {
            name.push_str(more);
        }
        self.taken
            .insert(name.clone(), (text.value.to_owned(), text.span));
        name
    }

    /// Takes a name. Reports when another text has become the same name before.
    pub fn claim(
        &mut self,
        reader: &mut Reader,
        name: &str,
        text: Text<'_>,
        what: Thing,
    ) {
        let Some((other, span)) = self.taken.get(name) else {
            self.taken
                .insert(name.to_owned(), (text.value.to_owned(), text.span));
            return;
        };
        let message = if other == text.value {
            format!("{} `{other}` stands twice", what.as_str())
        } else {
            let value = text.value;
            format!("`{value}` and `{other}` both become the Rust name `{name}`")
        };
        let problem = Diagnostic::new(Code::NameClash, text.span, message)
            .label("the second")
            .context(*span, "the first")
            .help(what.cure());
        reader.report(problem);
    }
}

/// What has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A component.
    Schema,
    /// A type that an extension names.
    Type,
    /// A member of an object or of a body.
    Member,
    /// A parameter of the query or a header.
    Parameter,
    /// A value of an enumeration.
    Value,
    /// One of the combinations.
    Combination,
    /// The method of an operation.
    Operation,
    /// The method for a part of a path.
    Path,
}

impl Thing {
    fn as_str(self) -> &'static str {
        match self {
            Self::Schema => "the schema",
            Self::Type => "the type",
            Self::Member => "the member",
            Self::Parameter => "the parameter",
            Self::Value => "the value",
            Self::Combination => "the combination",
            Self::Operation => "the operation",
            Self::Path => "the path",
        }
    }

    /// What to do when two of them have the same name.
    fn cure(self) -> &'static str {
        match self {
            Self::Operation | Self::Path => "one client cannot have both; remove one",
            Self::Value => "name one of the two otherwise: `name: …` in `x-ms-enum`",
            Self::Type | Self::Combination => {
                "name one of the two otherwise: `name: …` in `x-rust-combinations`"
            }
            _ => "name one of the two otherwise: `x-rust-name: …`",
        }
    }
}
