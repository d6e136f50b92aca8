//! The public signatures of the generated crates as a list: what a reviewer reads first.

use super::types::{Input, rust_type};
use super::{Imports, enums, methods, requests, structs};
use crate::ir::{Api, Body, Combinations, Enum, Item, Operation, Step, Struct};
use proc_macro2::TokenStream;
use std::fmt::Write as _;

/// The list: a line for everything that a program can name. `print` gives the text of a type.
pub fn signatures(api: &Api, print: impl Fn(TokenStream) -> String) -> String {
    let mut list = List {
        text: String::new(),
        imports: Imports::default(),
        print,
    };
    list.line("# models");
    for item in api.modules.iter().flat_map(|module| &module.items) {
        match item {
            Item::Struct(object) => list.object(object),
            Item::Enum(enumeration) => list.enumeration(enumeration),
            Item::Id(id) => list.line(&format!("\nstruct {}(Guid)", id.name)),
            Item::Combinations(item) => list.combinations(item),
        }
    }
    list.line("\n# client");
    for handle in &api.handles {
        list.line(&format!("\nstruct {}", handle.name));
        for step in &handle.steps {
            list.step(api, step);
        }
        for operation in api.operations_of(handle) {
            list.operation(operation);
        }
    }
    list.text
}

struct List<P> {
    text: String,
    /// What the types would import.
    imports: Imports,
    print: P,
}

impl<P: Fn(TokenStream) -> String> List<P> {
    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{line}");
    }

    fn object(&mut self, object: &Struct) {
        self.line(&format!("\nstruct {}", object.name));
        for field in &object.fields {
            let ty = (self.print)(structs::field_type(field, &mut self.imports));
            self.line(&format!("  {}: {ty}", field.name));
        }
        let clears = object
            .fields
            .iter()
            .filter_map(|field| field.clear.as_ref());
        for clear in clears {
            self.line(&format!("  const {} = {:?}", clear.constant, clear.text));
        }
        let arguments = object.arguments.iter().map(|argument| {
            let ty = (self.print)(rust_type(&argument.ty, &mut self.imports));
            format!("{}: {ty}", argument.name)
        });
        let arguments: Vec<_> = arguments.collect();
        if !arguments.is_empty() {
            self.line(&format!("  fn new({})", arguments.join(", ")));
        }
    }

    fn enumeration(&mut self, enumeration: &Enum) {
        self.line(&format!("\nenum {}", enumeration.name));
        for (at, variant) in enumeration.variants.iter().enumerate() {
            let is_default = enumeration.default == Some(at);
            let default = if is_default { " (default)" } else { "" };
            self.line(&format!("  {} = {:?}{default}", variant.name, variant.wire));
        }
        self.line("  UnknownValue(String)");
    }

    fn combinations(&mut self, item: &Combinations) {
        self.line(&format!("\nenum {}", item.name));
        for variant in &item.variants {
            self.line(&format!("  {}", variant.name));
        }
        for member in item.members.iter().chain(&item.defaults) {
            let ty = (self.print)(enums::member_type(member, &mut self.imports));
            self.line(&format!("  fn {}(self) -> {ty}", member.name));
        }
    }

    fn step(&mut self, api: &Api, step: &Step) {
        let target = &api.handles[step.target].name;
        let argument = step.parameter.as_ref().map(|argument| {
            let ty = Input::in_path(&argument.ty).argument_type(&mut self.imports);
            format!("{}: {}", argument.name, (self.print)(ty))
        });
        let argument = argument.unwrap_or_default();
        self.line(&format!("  fn {}({argument}) -> {target}", step.name));
    }

    fn operation(&mut self, operation: &Operation) {
        let arguments = methods::arguments(operation, &mut self.imports);
        let arguments = arguments
            .into_iter()
            .map(|(name, ty)| format!("{}: {}", (self.print)(name), (self.print)(ty)));
        let arguments = arguments.collect::<Vec<_>>().join(", ");
        let response = (self.print)(requests::response_type(operation, &mut self.imports));
        let call = format!("{} {}", operation.method.as_str(), operation.path);
        let name = &operation.name;
        self.line(&format!(
            "  fn {name}({arguments}) -> {response}  // {call}"
        ));
        for parameter in &operation.optional {
            self.option(&parameter.name, Input::of_parameter(parameter));
        }
        for field in operation.body.iter().flat_map(Body::options) {
            self.option(&field.name, Input::chained(field));
        }
    }

    fn option(&mut self, name: &str, input: Input<'_>) {
        let ty = (self.print)(input.argument_type(&mut self.imports));
        self.line(&format!("    .{name}({ty})"));
    }
}
