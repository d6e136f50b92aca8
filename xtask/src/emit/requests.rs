//! Requests: a newtype for each operation that has options of its own.

use super::arguments::value_type;
use super::signatures::plain;
use super::structs::{ident, rust_type, type_text};
use super::{Context, Piece, Uses, doc_text, literal};
use crate::ir::{Answer, Body, Docs, Field, Operation, Parameter, Type};
use proc_macro2::TokenStream;
use quote::quote;
use std::fmt::Write as _;

/// Where the lines between the braces begin.
const INDENT: &str = "    ";
/// The widest line.
const WIDTH: usize = 89;

/// Whether an operation has options of its own; others return the plain request.
pub fn has_options(operation: &Operation) -> bool {
    let chained = match &operation.body {
        Some(Body::Spread { options, .. }) => !options.is_empty(),
        _ => false,
    };
    chained || !operation.optional.is_empty()
}

/// The request type of an operation with options; nothing for others. What the lines mean
/// stands at the runtime's macro.
pub fn piece(
    context: Context<'_>,
    operation: &Operation,
    uses: &mut Uses,
) -> Option<Piece> {
    if !has_options(operation) {
        return None;
    }
    uses.add("msgraph_runtime", "request");
    let models = context.layout.models_crate.as_str();
    let handle = &context.api.handles[operation.handle].name;
    let mut lines = Lines("request! {\n".to_owned());
    let declaration = declaration(operation, uses, models);
    lines.item(&see(operation, handle), false, &declaration);
    for parameter in &operation.optional {
        let option = option_of_call(parameter, uses, models);
        lines.item(&parameter.docs, parameter.deprecated, &option);
    }
    if let Some(Body::Spread { options, .. }) = &operation.body {
        for field in options {
            let option = option_of_body(field, uses, models);
            lines.item(&field.docs, field.deprecated, &option);
        }
    }
    lines.0.push_str("}\n");
    Some(Piece::Text(lines.0))
}

/// The lines between the braces.
struct Lines(String);

impl Lines {
    fn item(&mut self, docs: &Docs, deprecated: bool, line: &str) {
        let deprecated = deprecated.then(|| "#[deprecated]".to_owned());
        for line in doc_text(docs).into_iter().chain(deprecated) {
            let _ = writeln!(self.0, "{INDENT}{line}");
        }
        let _ = writeln!(self.0, "{INDENT}{line}");
    }
}

/// The type, with the body that it sends and the answer that it gives.
fn declaration(operation: &Operation, uses: &mut Uses, models: &str) -> String {
    let name = &operation.type_name;
    let answer = match operation.answer {
        Answer::Nothing => String::new(),
        _ => format!(" -> {}", plain(answer_type(operation, uses, models))),
    };
    let Some(body) = body_type(operation, uses, models).map(plain) else {
        return format!("pub struct {name}{answer};");
    };
    let line = format!("pub struct {name}({body}){answer};");
    match INDENT.len() + line.len() <= WIDTH {
        true => line,
        false => {
            format!("pub struct {name}(\n{INDENT}{INDENT}{body},\n{INDENT}){answer};")
        }
    }
}

/// An option in the query or among the headers.
fn option_of_call(parameter: &Parameter, uses: &mut Uses, models: &str) -> String {
    let (name, wire) = (ident(&parameter.name), literal(&parameter.wire));
    let value = match &parameter.ty {
        _ if parameter.header => "str".to_owned(),
        Type::List(_) => "[str]".to_owned(),
        Type::String => "str".to_owned(),
        ty => type_text(ty, uses, models),
    };
    let place = if parameter.header { "header" } else { "query" };
    format!("pub fn {name}({value}) => {place} {wire};")
}

/// An option that is a member of the body.
fn option_of_body(field: &Field, uses: &mut Uses, models: &str) -> String {
    let name = ident(&field.name);
    let mut text = |ty: &Type| type_text(ty, uses, models);
    let value = match &field.ty {
        // What callers give is the hand-written type, which may become this one.
        ty if field.rust_type.is_some() => format!("try {}", text(ty)),
        Type::String => "into String".to_owned(),
        ty @ (Type::Duration | Type::DateTime) => format!("try {}", text(ty)),
        Type::List(item) if **item == Type::String => "[into String]".to_owned(),
        Type::List(item) => format!("[{}]", text(item)),
        Type::Boxed(name) => text(&Type::Object(name.clone())),
        ty => text(ty),
    };
    format!("pub fn {name}({value}) => body;")
}

/// Which method makes the request.
fn see(operation: &Operation, handle: &str) -> Docs {
    let call = format!("`{} {}`: see", operation.method.as_str(), operation.path);
    let method = format!("[`{handle}::{}`].", operation.name);
    match call.len() + method.len() < 80 {
        true => vec![format!("{call} {method}")],
        false => vec![call, method],
    }
}

/// `Request<'a, Answer, Body>`
pub fn request_type(
    operation: &Operation,
    lifetime: &TokenStream,
    uses: &mut Uses,
    models: &str,
) -> TokenStream {
    uses.add("msgraph_runtime", "Request");
    let answer = answer_type(operation, uses, models);
    match body_type(operation, uses, models) {
        Some(body) => quote!(Request<#lifetime, #answer, #body>),
        None => quote!(Request<#lifetime, #answer>),
    }
}

/// What an operation answers.
pub fn answer_type(operation: &Operation, uses: &mut Uses, models: &str) -> TokenStream {
    match &operation.answer {
        Answer::Nothing => quote!(()),
        Answer::Object(ty) | Answer::Enveloped(ty, _) => rust_type(ty, uses, models),
        Answer::Count => quote!(i64),
    }
}

fn body_type(
    operation: &Operation,
    uses: &mut Uses,
    models: &str,
) -> Option<TokenStream> {
    match operation.body.as_ref()? {
        Body::Whole(argument) => Some(rust_type(&argument.ty, uses, models)),
        Body::Spread { name, .. } => {
            Some(rust_type(&Type::Object(name.clone()), uses, models))
        }
    }
}

/// The signatures of the options, for the list of all signatures.
pub fn options(
    context: Context<'_>,
    operation: &Operation,
    uses: &mut Uses,
) -> Vec<String> {
    let models = context.layout.models_crate.as_str();
    let parameters = operation.optional.iter().map(|parameter| {
        let ty = match &parameter.ty {
            _ if parameter.header => "impl AsRef<str>".to_owned(),
            Type::List(_) => "impl IntoIterator<Item = impl AsRef<str>>".to_owned(),
            Type::String => "impl AsRef<str>".to_owned(),
            ty => plain(rust_type(ty, uses, models)),
        };
        format!("{}({ty})", parameter.name)
    });
    let mut all: Vec<_> = parameters.collect();
    if let Some(Body::Spread { options, .. }) = &operation.body {
        for field in options {
            let ty = match &field.rust_type {
                Some(_) => {
                    let ty = type_text(&field.ty, uses, models);
                    format!("impl TryInto<{ty}, Error: Into<InvalidValue>>")
                }
                None => plain(value_type(&field.ty, uses, models)),
            };
            all.push(format!("{}({ty})", field.name));
        }
    }
    all
}
