//! The public signatures of the generated crates as a list: what a reviewer reads first.

use super::{Context, Uses, arguments, requests, structs};
use crate::ir::{Api, CombinationMember, Item, Operation, Step, Type};
use crate::layout::Layout;
use proc_macro2::TokenStream;
use std::fmt::Write as _;

/// The list: a line for everything that a program can name.
pub fn signatures(api: &Api, layout: &Layout) -> String {
    let mut list = List {
        text: String::new(),
        uses: Uses::default(),
    };
    let context = Context { api, layout };
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
        for at in &handle.operations {
            list.operation(context, &api.operations[*at]);
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
        structs::type_text(ty, &mut self.uses, "super")
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Struct(object) => {
                self.line(&format!("\nstruct {}", object.name));
                for field in &object.fields {
                    let ty = structs::field_type(field, &mut self.uses);
                    self.line(&format!("  {}: {ty}", field.name));
                }
                let arguments = object.arguments.iter().map(|argument| {
                    let ty = structs::type_text(&argument.ty, &mut self.uses, "super");
                    format!("{}: {ty}", argument.name)
                });
                let arguments: Vec<_> = arguments.collect();
                for clear in object
                    .fields
                    .iter()
                    .filter_map(|field| field.clear.as_ref())
                {
                    self.line(&format!("  const {} = {:?}", clear.constant, clear.text));
                }
                if !arguments.is_empty() {
                    self.line(&format!("  fn new({})", arguments.join(", ")));
                }
            }
            Item::Enum(enumeration) => {
                self.line(&format!("\nenum {}", enumeration.name));
                for (at, variant) in enumeration.variants.iter().enumerate() {
                    let default = if enumeration.default == Some(at) {
                        " (default)"
                    } else {
                        ""
                    };
                    self.line(&format!(
                        "  {} = {:?}{default}",
                        variant.name, variant.wire
                    ));
                }
                self.line("  UnknownValue(String)");
            }
            Item::Id(id) => self.line(&format!("\nstruct {}(Guid)", id.name)),
            Item::Combinations(combinations) => {
                self.line(&format!("\nenum {}", combinations.name));
                for variant in &combinations.variants {
                    self.line(&format!("  {}", variant.name));
                }
                for member in &combinations.members {
                    self.member("", member);
                }
                for member in &combinations.defaults {
                    self.member("default_", member);
                }
            }
        }
    }

    fn member(&mut self, prefix: &str, member: &CombinationMember) {
        let ty = match &member.ty {
            Type::Duration => "Duration".to_owned(),
            Type::String => "&'static str".to_owned(),
            ty => self.ty(ty),
        };
        self.line(&format!("  fn {prefix}{}(self) -> {ty}", member.name));
    }

    fn step(&mut self, api: &Api, step: &Step) {
        let target = &api.handles[step.target].name;
        let argument = step.parameter.as_ref().map(|argument| {
            let ty = match argument.ty {
                Type::String => "impl AsRef<str>".to_owned(),
                _ => self.ty(&argument.ty),
            };
            format!("{}: {ty}", argument.name)
        });
        let argument = argument.unwrap_or_default();
        self.line(&format!("  fn {}({argument}) -> {target}", step.name));
    }

    fn operation(&mut self, context: Context<'_>, operation: &Operation) {
        let arguments = arguments::arguments(operation, &mut self.uses, "super");
        let arguments: Vec<_> = arguments.into_iter().map(plain).collect();
        let answer = plain(requests::answer_type(operation, &mut self.uses, "super"));
        let call = format!("{} {}", operation.method.as_str(), operation.path);
        let name = &operation.name;
        self.line(&format!(
            "  fn {name}({}) -> {answer}  // {call}",
            arguments.join(", ")
        ));
        for option in requests::options(context, operation, &mut self.uses) {
            self.line(&format!("    .{option}"));
        }
    }
}

/// Tokens of a type as a person writes them.
pub fn plain(tokens: TokenStream) -> String {
    let mut text = tokens.to_string();
    for (from, to) in [
        (" < ", "<"),
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ,", ","),
        (" :", ":"),
        ("& '", "&'"),
        ("( )", "()"),
        ("& ", "&"),
    ] {
        text = text.replace(from, to);
    }
    text
}
