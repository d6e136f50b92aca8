//! The intermediate representation: every name is a Rust name, every order is final, and the
//! emitters cannot fail.
//!
//! In all types `name` is the Rust name, `wire` the name on the wire, `ty` the type, `docs` the
//! lines of documentation without slashes. A `usize` that stands for a handle, an operation, a hint
//! or a value is its position in its list.

mod client;
pub mod layout;
mod models;

pub use client::*;
pub use models::*;

use std::collections::BTreeSet;

/// The whole API.
#[derive(Clone, Debug, Default)]
pub struct Api {
    pub title: String,
    /// The base URLs, each with a name.
    pub servers: Vec<(String, String)>,
    /// The models, one file each, by file name.
    pub modules: Vec<Module>,
    /// The handles of the client; the first is the client itself.
    pub handles: Vec<Handle>,
    /// The files of the handles, except the client itself; by name.
    pub client_modules: Vec<ClientModule>,
    /// The operations, in the order of the description.
    pub operations: Vec<Operation>,
    /// The hints that operations refer to by position.
    pub hints: Vec<Hint>,
    /// The types that a program rarely names: bodies of requests and of errors.
    pub bodies: BTreeSet<String>,
}

impl Api {
    /// The operations of a handle.
    pub fn operations_of(&self, handle: &Handle) -> impl Iterator<Item = &Operation> {
        handle.operations.iter().map(|at| &self.operations[*at])
    }
}

/// The digits of a number in threes, as a person reads them: `250,000`, or with another separator
/// `604_800`.
pub fn grouped(number: impl ToString, separator: char) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}
