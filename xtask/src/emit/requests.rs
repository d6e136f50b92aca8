//! Requests: a newtype for each operation that has options of its own.

use super::given::Given;
use super::structs::EXPECT_DEPRECATED;
use super::types::type_text;
use super::{Context, Piece, Uses, doc_text, literal};
use crate::ir::{Answer, Body, Docs, Operation, Type};
use crate::{DOC_WIDTH, WIDTH};
use std::fmt::Write as _;

/// Where the lines between the braces begin.
const INDENT: &str = "    ";

/// Whether an operation has options of its own; others return the plain request.
pub fn has_options(operation: &Operation) -> bool {
    let chained = operation.body.iter().flat_map(Body::options).count();
    chained + operation.optional.len() > 0
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
    let handle = &context.api.handles[operation.handle].name;
    let mut lines = Lines("request! {\n".to_owned());
    let declaration = declaration(operation, uses);
    lines.item(&see(operation, handle), false, &declaration);
    for parameter in &operation.optional {
        let (name, wire) = (&parameter.name, literal(&parameter.wire));
        let value = Given::of_parameter(parameter).in_request(uses);
        let place = if parameter.header { "header" } else { "query" };
        let option = format!("pub fn {name}({value}) => {place} {wire};");
        lines.item(&parameter.docs, parameter.deprecated, &option);
    }
    for field in operation.body.iter().flat_map(Body::options) {
        let value = Given::chained(field).in_request(uses);
        let mut option = format!("pub fn {}({value}) => body;", field.name);
        if field.deprecated {
            option = format!("{EXPECT_DEPRECATED}\n{INDENT}{option}");
        }
        lines.item(&field.docs, field.deprecated, &option);
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
fn declaration(operation: &Operation, uses: &mut Uses) -> String {
    let name = &operation.type_name;
    let answer = match operation.answer {
        Answer::Nothing => String::new(),
        _ => format!(" -> {}", answer_type(operation, uses)),
    };
    let Some(body) = body_type(operation, uses) else {
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

/// Which method makes the request.
fn see(operation: &Operation, handle: &str) -> Docs {
    let call = format!("`{} {}`: see", operation.method.as_str(), operation.path);
    let method = format!("[`{handle}::{}`].", operation.name);
    match call.len() + 1 + method.len() <= DOC_WIDTH {
        true => vec![format!("{call} {method}")],
        false => vec![call, method],
    }
}

/// `Request<'a, Answer, Body>`
pub fn request_type(operation: &Operation, lifetime: &str, uses: &mut Uses) -> String {
    uses.add("msgraph_runtime", "Request");
    let answer = answer_type(operation, uses);
    match body_type(operation, uses) {
        Some(body) => format!("Request<{lifetime}, {answer}, {body}>"),
        None => format!("Request<{lifetime}, {answer}>"),
    }
}

/// What an operation answers.
pub fn answer_type(operation: &Operation, uses: &mut Uses) -> String {
    match &operation.answer {
        Answer::Nothing => "()".to_owned(),
        Answer::Object(ty) | Answer::Enveloped(ty) => type_text(ty, uses),
        Answer::Count => "i64".to_owned(),
    }
}

fn body_type(operation: &Operation, uses: &mut Uses) -> Option<String> {
    match operation.body.as_ref()? {
        Body::Whole(argument) => Some(type_text(&argument.ty, uses)),
        Body::Spread { name, .. } => Some(type_text(&Type::Object(name.clone()), uses)),
    }
}
