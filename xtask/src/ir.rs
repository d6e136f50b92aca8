//! What the emitters see: every name is a Rust name, every order is final, nothing can fail.

mod client;
mod models;

pub use client::*;
pub use models::*;

/// The whole API.
#[derive(Clone, Debug, Default)]
pub struct Api {
    /// What the API is called.
    pub title: String,
    /// Its base addresses: address and name.
    pub servers: Vec<(String, String)>,
    /// The models, one file each, by file name.
    pub modules: Vec<Module>,
    /// The handles of the client; the first is the client itself.
    pub handles: Vec<Handle>,
    /// The files that the handles stand in, but for the client itself; by name.
    pub families: Vec<Family>,
    /// The operations, in the order of the description.
    pub operations: Vec<Operation>,
    /// The hints that operations refer to by position.
    pub hints: Vec<Hint>,
}

/// Lines of documentation, without slashes.
pub type Docs = Vec<String>;

/// An argument of a method.
#[derive(Clone, Debug)]
pub struct Argument {
    /// The Rust name.
    pub name: String,
    /// What it is.
    pub docs: Docs,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// What it takes.
    pub ty: Type,
    /// The hand-written type that it takes instead.
    pub rust_type: Option<String>,
}

impl Api {
    /// The operations that can be called at a handle.
    pub fn operations_of(&self, handle: &Handle) -> impl Iterator<Item = &Operation> {
        handle.operations.iter().map(|at| &self.operations[*at])
    }
}
