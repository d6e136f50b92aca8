//! The context of lowering: the document, its resolved schemas, and the collector of problems.

use super::schemas::{Schemas, find};
use crate::diagnostics::{Code, Problems, Span, Spanned};
use crate::ir::Type;
use crate::openapi::{Document, RefOr, Section, Strictness};
use std::collections::HashMap;

/// What every stage may read. Nothing in it changes while modules and operations are lowered.
pub struct Context<'d> {
    pub document: &'d Document<'d>,
    pub strictness: Strictness,
    pub problems: &'d Problems,
    pub schemas: Schemas<'d>,
    /// The Rust type of each component; none where it has none, which was reported.
    pub types: HashMap<&'d str, Option<Type>>,
}

impl<'d> Context<'d> {
    /// True for our own description.
    pub fn is_strict(&self) -> bool {
        self.strictness == Strictness::Strict
    }

    /// Reports a problem of one place, and how to write it instead.
    pub fn error(&self, code: Code, span: Span, text: impl Into<String>, help: impl Into<String>) {
        self.problems.error(code, span, text, help);
    }

    /// The Rust type of the schema that a reference names.
    pub fn component_type(&self, reference: Spanned<&'d str>) -> Option<Type> {
        let component = self.schemas.find(self.problems, reference)?;
        self.types.get(component.name).cloned().flatten()
    }

    /// The value itself, or the component of a section that the reference names.
    pub fn value<T>(
        &self,
        named: &'d Section<'d, T>,
        section: &str,
        written: &'d RefOr<'d, T>,
    ) -> Option<&'d Spanned<T>> {
        match written {
            RefOr::Value(value) => Some(value.as_ref()),
            RefOr::Reference(reference) => find(self.problems, named, section, *reference),
        }
    }
}
