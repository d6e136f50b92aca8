//! The generator: from the description of an API to the crates for it.
//!
//! [`generate()`] is pure: from texts to files or problems. The stages are modules, in reading
//! order: `yaml` (text to a tree with spans), `openapi` (to a typed document), `lower` (to the `ir`,
//! where every name is a Rust name), `emit` (to tokens and lines), `print` (to text), `files` (to
//! the disk). A problem of a description is a [`diagnostics::Diagnostic`].

pub mod cli;
pub mod diagnostics;
mod emit;
pub mod files;
mod generate;
mod grouped;
mod http;
mod ir;
pub mod layout;
mod lower;
mod openapi;
mod print;
mod yaml;

pub use generate::{Options, OutputFile, generate, signatures};
pub use openapi::Strictness;

/// The widest line of what is generated: `max_width` in rustfmt.toml.
const WIDTH: usize = 89;

/// Where documentation is broken into lines: indented once, behind its slashes, it stays within
/// [`WIDTH`].
const DOC_WIDTH: usize = 80;
