//! The names of one scope, each of which only one thing may have.

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
            .help(match what {
                "the operation" | "the path" => {
                    "one client cannot have both; remove one"
                }
                "the value" => "name one of the two otherwise: `name: …` in `x-ms-enum`",
                _ => "name one of the two otherwise: `x-rust-name: …`",
            });
        reader.report(problem);
        false
    }
}
