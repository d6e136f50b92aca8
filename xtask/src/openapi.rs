//! The second stage: from the YAML tree to a typed OpenAPI document in which every value has its
//! span.
//!
//! Each file has the types of a part of the document and the functions that read them. A key is
//! declared where it is read: `reader` reports every other key.

pub mod document;
mod extensions;
mod files;
mod lint;
mod misplaced;
pub mod operation;
pub mod overlay;
pub mod reader;
pub mod schema;
mod selection;

pub use document::{Document, Section, Server, document};
pub use extensions::{Combination, Combinations, MsEnumValue};
pub use files::Files;
pub use operation::{Operation, Parameter, ParameterLocation, PathItem, RequestBody, Response};
pub use reader::{RefOr, Spanned, Strictness};
pub use schema::{Primitive, Property, Schema};
pub use selection::Selection;
