//! The imports of a file, declared by the emitters while they build its items.

use super::types::{self, ident};
use crate::ir::Api;
use proc_macro2::TokenStream;
use quote::quote;
use std::collections::{BTreeMap, BTreeSet};

/// Names by path, in their order.
#[derive(Debug, Default)]
pub struct Imports<'a> {
    paths: BTreeMap<String, BTreeSet<String>>,
    /// Names that the file defines itself.
    own: Vec<String>,
    /// Where the file finds the generated types.
    models: String,
    /// Those in its module of bodies.
    bodies: Option<&'a BTreeSet<String>>,
    /// Where it finds the types of the wire crate.
    wire: String,
}

impl<'a> Imports<'a> {
    /// For a file with its own types, which finds the generated types at `models`, and those of
    /// the wire crate at `wire`.
    pub fn new(api: &'a Api, own: Vec<String>, models: &str, wire: &str) -> Self {
        Self {
            own,
            models: models.to_owned(),
            bodies: Some(&api.bodies),
            wire: wire.to_owned(),
            ..Self::default()
        }
    }

    /// Imports a generated type, and returns its name.
    pub fn model(&mut self, name: &str) -> TokenStream {
        let mut path = self.models.clone();
        if self.bodies.is_some_and(|bodies| bodies.contains(name)) {
            path += "::bodies";
        }
        self.add(&path, name);
        ident(name)
    }

    /// Imports a name of the wire crate, and returns it.
    pub fn wire(&mut self, name: &str) -> TokenStream {
        self.add(&self.wire.clone(), name);
        ident(name)
    }

    /// Imports `path::name`, unless the file itself defines a `name`.
    pub fn add(&mut self, path: &str, name: &str) {
        if !self.own.iter().any(|own| own == name) {
            let names = self.paths.entry(path.to_owned()).or_default();
            names.insert(name.to_owned());
        }
    }

    /// The `use` items.
    pub fn uses(&self) -> TokenStream {
        self.items(|item| quote!(use #item;))
    }

    /// The same as `pub use`.
    pub fn exports(&self) -> TokenStream {
        self.items(|item| quote!(pub use #item;))
    }

    fn items(&self, item: impl Fn(TokenStream) -> TokenStream) -> TokenStream {
        // What is beside the file or above it comes first.
        let paths = self.paths.iter();
        let (near, far): (Vec<_>, _) = paths.partition(|(path, _)| path.starts_with("super"));
        let all = near.into_iter().chain(far);
        let all = all.map(|(path, names)| {
            let path = types::path(path);
            let mut names = names.iter().map(|name| ident(name));
            match (names.next(), names.len()) {
                (Some(name), 0) => item(quote!(#path::#name)),
                (first, _) => item(quote!(#path::{#first #(, #names)*})),
            }
        });
        all.collect()
    }
}
