//! The first stage: from the text of a description to a typed document with places.
//!
//! [`yaml`] makes the [`node`] tree, [`document`] says what a description consists of, [`read`]
//! makes the one from the other with [`fields`].

pub mod document;
pub mod fields;
pub mod node;
pub mod overlay;
pub mod read;
pub mod schema;
pub mod suggest;
pub mod yaml;
