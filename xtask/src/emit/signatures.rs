//! The public signatures of the generated crates as a list: what a reviewer reads first.

use super::given::Given;
use super::types::type_text;
use super::{Uses, arguments, combinations, requests, structs};
use crate::ir::{Api, Body, Combinations, Enum, Item, Operation, Step, Struct, Type};
use std::fmt::Write as _;

/// The list: a line for everything that a program can name.
pub fn signatures(api: &Api) -> String {
    let mut list = List {
        text: String::new(),
        uses: Uses::of_models(),
    };
    list.line("# models");
    for item in api.modules.iter().flat_map(|module| &module.items) {
        list.item(item);
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

struct List {
    text: String,
    uses: Uses,
}

impl List {
    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{line}");
    }

    fn ty(&mut self, ty: &Type) -> String {
        type_text(ty, &mut self.uses)
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Struct(object) => self.object(object),
            Item::Enum(enumeration) => self.enumeration(enumeration),
            Item::Id(id) => self.line(&format!("\nstruct {}(Guid)", id.name)),
            Item::Combinations(item) => self.combinations(item),
        }
    }

    fn object(&mut self, object: &Struct) {
        self.line(&format!("\nstruct {}", object.name));
        for field in &object.fields {
            let ty = structs::field_type(field, &mut self.uses);
            self.line(&format!("  {}: {ty}", field.name));
        }
        for clear in object
            .fields
            .iter()
            .filter_map(|field| field.clear.as_ref())
        {
            self.line(&format!("  const {} = {:?}", clear.constant, clear.text));
        }
        let arguments = object.arguments.iter();
        let arguments = arguments
            .map(|argument| format!("{}: {}", argument.name, self.ty(&argument.ty)));
        let arguments: Vec<_> = arguments.collect();
        if !arguments.is_empty() {
            self.line(&format!("  fn new({})", arguments.join(", ")));
        }
    }

    fn enumeration(&mut self, enumeration: &Enum) {
        self.line(&format!("\nenum {}", enumeration.name));
        for (at, variant) in enumeration.variants.iter().enumerate() {
            let default = match enumeration.default == Some(at) {
                true => " (default)",
                false => "",
            };
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
            let ty = combinations::member_type(member, &mut self.uses);
            self.line(&format!("  fn {}(self) -> {ty}", member.name));
        }
    }

    fn step(&mut self, api: &Api, step: &Step) {
        let target = &api.handles[step.target].name;
        let argument = step.parameter.as_ref().map(|argument| {
            let ty = Given::in_path(&argument.ty).signature(&mut self.uses);
            format!("{}: {ty}", argument.name)
        });
        let argument = argument.unwrap_or_default();
        self.line(&format!("  fn {}({argument}) -> {target}", step.name));
    }

    fn operation(&mut self, operation: &Operation) {
        let arguments = arguments::arguments(operation, &mut self.uses).join(", ");
        let answer = requests::answer_type(operation, &mut self.uses);
        let call = format!("{} {}", operation.method.as_str(), operation.path);
        let name = &operation.name;
        self.line(&format!("  fn {name}({arguments}) -> {answer}  // {call}"));
        for parameter in &operation.optional {
            self.option(&parameter.name, Given::of_parameter(parameter));
        }
        for field in operation.body.iter().flat_map(Body::options) {
            self.option(&field.name, Given::chained(field));
        }
    }

    fn option(&mut self, name: &str, given: Given<'_>) {
        let ty = given.signature(&mut self.uses);
        self.line(&format!("    .{name}({ty})"));
    }
}
