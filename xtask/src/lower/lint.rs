//! What only our own description must have: descriptions everywhere, short lines, nothing unused.

use super::references::each_reference;
use crate::WIDTH;
use crate::diagnostics::Code;
use crate::spec::document::{
    Document, Named, Operation, OrRef, Parameter, RequestBody, Response,
};
use crate::spec::fields::{At, Reader, Text};
use crate::spec::node::Span;
use crate::spec::schema::Schema;
use std::collections::HashSet;

/// The longest line of a description: with its slashes, and indented once as that of a member is,
/// it fits the width of the code.
const MAX_LINE: usize = WIDTH - "    /// ".len();

/// Reports everything that is not described, described too widely, or not used.
pub fn lint(document: &Document<'_>, reader: &mut Reader) {
    let mut lint = Lint {
        reader,
        used: HashSet::new(),
    };
    for item in &document.paths {
        item.parameters
            .iter()
            .for_each(|parameter| lint.or_ref(parameter, Lint::parameter));
        item.operations
            .iter()
            .for_each(|operation| lint.operation(operation));
    }
    for parameter in document.components.parameters.values() {
        lint.parameter(parameter);
    }
    for response in document.components.responses.values() {
        lint.response(response);
    }
    for body in document.components.request_bodies.values() {
        lint.body(body);
    }
    for schema in document.components.schemas.values() {
        lint.described(schema.value.description, schema.span, "this schema");
        lint.schema(&schema.value);
    }
    lint.unused(document);
}

struct Lint<'n, 'r> {
    reader: &'r mut Reader,
    /// Every reference that stands anywhere.
    used: HashSet<&'n str>,
}

impl<'n> Lint<'n, '_> {
    fn operation(&mut self, operation: &Operation<'n>) {
        let span = operation.id.map_or(operation.method.span, |id| id.span);
        match operation.summary {
            Some(summary) => self.described(Some(summary), span, "this operation"),
            None => {
                let help = "add `summary: …`, one sentence that says what it does";
                let message = "this operation has no summary";
                self.reader.error(Code::Undescribed, span, message, help);
            }
        }
        if let Some(description) = operation.description {
            self.described(Some(description), span, "this operation");
        }
        operation
            .parameters
            .iter()
            .for_each(|parameter| self.or_ref(parameter, Self::parameter));
        for (_, response) in &operation.responses {
            self.or_ref(response, Self::response);
        }
        if let Some(body) = &operation.request_body {
            self.or_ref(body, Self::body);
        }
        self.used
            .extend(operation.hints.iter().map(|hint| hint.value));
    }

    fn or_ref<T>(&mut self, thing: &OrRef<'n, T>, look: impl Fn(&mut Self, &At<T>)) {
        match thing {
            OrRef::Here(thing) => look(self, thing),
            OrRef::Ref(reference) => drop(self.used.insert(reference.value)),
        }
    }

    fn parameter(&mut self, parameter: &At<Parameter<'n>>) {
        let span = parameter.value.name.span;
        self.described(parameter.value.description, span, "this parameter");
        parameter
            .value
            .schema
            .iter()
            .for_each(|schema| self.schema(schema));
    }

    fn body(&mut self, body: &At<RequestBody<'n>>) {
        if let Some(schema) = body.value.schema() {
            self.schema(schema);
        }
    }

    fn response(&mut self, response: &At<Response<'n>>) {
        if let Some(schema) = response.value.schema() {
            self.schema(schema);
        }
    }

    /// The properties and values of a schema, and those of the schemas in it.
    fn schema(&mut self, schema: &Schema<'n>) {
        let mut references = Vec::new();
        each_reference(schema, &mut |reference| references.push(reference));
        self.used.extend(references);
        self.inside(schema);
    }

    fn inside(&mut self, schema: &Schema<'n>) {
        for property in &schema.properties {
            let name = property.name;
            self.described(property.schema.description, name.span, "this property");
            self.inside(&property.schema);
        }
        // What an object may turn out to be is used by it.
        let targets = schema.mapping.iter().map(|(_, target)| target.value);
        self.used.extend(targets);
        self.values(schema);
        if let Some(combinations) = &schema.combinations {
            let what = "these combinations";
            self.described(combinations.description, combinations.span, what);
            for value in &combinations.values {
                self.described(value.description, value.name.span, "this combination");
            }
        }
        let any_of = schema.any_of.iter().flat_map(|any_of| &any_of.value);
        for part in schema
            .all_of
            .iter()
            .chain(any_of)
            .chain(schema.items.as_deref())
        {
            self.inside(part);
        }
    }

    /// The values of an enumeration.
    fn values(&mut self, schema: &Schema<'n>) {
        let words: HashSet<&str> = schema
            .ms_enum
            .iter()
            .filter(|more| more.description.is_some())
            .map(|more| more.value.value)
            .collect();
        for value in schema.values.iter().flat_map(|values| &values.value) {
            if !words.contains(value.value) {
                let message = format!("the value `{}` is not described", value.value);
                let help = format!(
                    "add `- {{value: {}, description: …}}` to the `values` of `x-ms-enum`",
                    value.value
                );
                self.reader
                    .error(Code::Undescribed, value.span, message, help);
            }
        }
        for more in &schema.ms_enum {
            self.lines(more.description);
        }
    }

    fn described(&mut self, description: Option<Text<'n>>, span: Span, what: &str) {
        if description.is_none_or(|text| text.value.trim().is_empty()) {
            let message = format!("{what} has no description");
            let help =
                "add `description: …`; it becomes the documentation of the Rust code";
            self.reader.error(Code::Undescribed, span, message, help);
        }
        self.lines(description);
    }

    fn lines(&mut self, description: Option<Text<'n>>) {
        let Some(text) = description else { return };
        if let Some(line) = text
            .value
            .lines()
            .find(|line| line.chars().count() > MAX_LINE)
        {
            let count = line.chars().count();
            let message = format!("a line of this description has {count} characters");
            let help = format!("write `|-` and lines of at most {MAX_LINE} characters");
            self.reader.error(Code::LongLine, text.span, message, help);
        }
    }

    fn unused(&mut self, document: &Document<'n>) {
        let components = &document.components;
        self.unused_among("#/components/schemas/", &components.schemas);
        self.unused_among("#/components/parameters/", &components.parameters);
        self.unused_among("#/components/responses/", &components.responses);
        self.unused_among("#/components/requestBodies/", &components.request_bodies);
        // Operations name a hint alone.
        self.unused_among("", &components.hints);
    }

    fn unused_among<T>(&mut self, prefix: &str, named: &Named<'n, T>) {
        for (name, thing) in named {
            if !self.used.contains(format!("{prefix}{name}").as_str()) {
                let message = format!("nothing uses `{name}`");
                let help = "refer to it, or remove it";
                self.reader.error(Code::Unused, thing.span, message, help);
            }
        }
    }
}
