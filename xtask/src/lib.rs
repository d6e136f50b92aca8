//! The generator.
pub mod codes;
pub mod diagnostics;
pub mod ir;
pub mod lower;
pub mod spec;
