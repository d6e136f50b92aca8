//! The generator: from OpenAPI descriptions to Rust crates.
//!
//! [`generate()`] is a pure function from texts to files or problems. The stages are modules, in
//! reading order: `yaml` (text to a tree with spans), `openapi` (tree to a typed document), `lower`
//! (document to the `ir`, where every name is a Rust name), `emit` (`ir` to tokens), `print`
//! (tokens to text), `files` (text to the disk). `diff` compares two descriptions in the `ir`. A
//! problem of a description is a [`diagnostics::Diagnostic`].

pub mod cli;
pub mod diagnostics;
mod diff;
mod emit;
pub mod files;
mod generate;
mod ir;
mod lower;
mod openapi;
pub mod print;
mod values;
mod yaml;

pub use files::OutputFile;
pub use generate::{Options, generate};
pub use ir::layout;
pub use openapi::Strictness;
