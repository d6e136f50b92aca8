//! The first stage: from the text of a description to a typed document with places.
//!
//! `yaml` makes the `node` tree, `document` says what a description consists of, `read` makes the
//! one from the other with `fields`. Users of the crate need [`fields::Level`] alone.

pub(crate) mod document;
pub mod fields;
pub(crate) mod node;
pub(crate) mod overlay;
pub(crate) mod read;
pub(crate) mod schema;
mod suggest;
pub(crate) mod yaml;
