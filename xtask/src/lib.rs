//! The generator: from the description of an API to the crates for it.
//!
//! [`generate()`] is pure: from texts to files or problems. The stages are modules, in reading
//! order: [`spec`] (YAML to a typed document with places), [`lower`] (to the [`ir`], where every
//! name is a Rust name), [`emit`] (to tokens), [`mod@print`] (to text), [`files`] (to the disk).
//! What is wrong with a description is a [`diagnostics::Diagnostic`].

pub mod cli;
pub mod codes;
pub mod diagnostics;
pub mod emit;
pub mod files;
pub mod generate;
mod grouped;
pub mod ir;
pub mod layout;
pub mod lower;
pub mod print;
pub mod spec;

pub use generate::{Options, OutputFile, generate, signatures};
