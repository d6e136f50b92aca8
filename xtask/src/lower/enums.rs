//! Open enumerations.

use super::names::{Case, Scope, rust_name};
use super::{Lower, docs};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{Enum, Variant};
use crate::spec::fields::Text;
use crate::spec::node::Span;
use crate::spec::schema::{MsEnumValue, Schema};
use std::collections::HashMap;

impl<'n> Lower<'_, 'n, '_> {
    /// The enumeration that a schema with `enum` is.
    pub fn enumeration(&mut self, schema: &Schema<'n>, name: &str) -> Enum {
        let level = self.reader.level;
        let values = schema
            .values
            .as_ref()
            .map_or(&[][..], |values| &values.value);
        let span = schema
            .values
            .as_ref()
            .map_or(schema.span, |values| values.span);
        if values.is_empty() {
            let help =
                "list the known values; new ones of the service are kept as they come";
            self.enum_problem(span, "an enumeration without values", help, None);
        }
        let described = self.described(schema, values);
        let mut names = Scope::default();
        let mut first: HashMap<&str, Span> = HashMap::new();
        let mut variants = Vec::with_capacity(values.len());
        for value in values {
            if let Some(before) = first.insert(value.value, value.span) {
                let message = format!("the value `{}` stands twice", value.value);
                self.enum_problem(
                    value.span,
                    &message,
                    "remove one of the two",
                    Some(before),
                );
                continue;
            }
            let more = described.get(value.value);
            let text = more.and_then(|more| more.name).unwrap_or(*value);
            let name = self.variant_name(text, *value);
            names.claim(self.reader, &name, *value, "the value");
            let description = more.and_then(|more| more.description);
            let otherwise = format!("`{}`", value.value.replace('`', "'"));
            let otherwise = docs::one_line(&otherwise);
            let docs = docs::lines(level, description, &otherwise);
            variants.push(Variant {
                name,
                wire: value.value.to_owned(),
                docs,
            });
        }
        let docs =
            docs::lines(level, schema.description, &format!("The values of {name}."));
        let default = self.default_value(schema, values);
        let mut docs = docs;
        if let Some(url) = schema.docs_url {
            docs::paragraph(&mut docs, [docs::link(url.value)]);
        }
        Enum {
            name: name.to_owned(),
            docs,
            variants,
            default,
        }
    }

    /// The name of a variant; another can be given in `x-ms-enum`.
    pub fn variant_name(&mut self, text: Text<'n>, value: Text<'n>) -> String {
        let cure = format!("- {{value: {}, name: NAME}}", value.value);
        rust_name(self.reader, text, Case::Variant, &cure)
    }

    /// What `x-ms-enum` says about the values, each of which must be one of them.
    fn described<'s>(
        &mut self,
        schema: &'s Schema<'n>,
        values: &[Text<'n>],
    ) -> HashMap<&'n str, &'s MsEnumValue<'n>> {
        let Some(ms_enum) = &schema.ms_enum else {
            return HashMap::new();
        };
        let known: HashMap<&str, Span> =
            values.iter().map(|v| (v.value, v.span)).collect();
        let mut described = HashMap::new();
        for more in &ms_enum.values {
            if !known.contains_key(more.value.value) {
                let message =
                    format!("`{}` is none of the values of `enum`", more.value.value);
                let help = self.value_help(more.value.value, values);
                self.enum_problem(more.value.span, &message, &help, None);
            } else if let Some(before) = described.insert(more.value.value, more) {
                let message =
                    format!("the value `{}` is described twice", more.value.value);
                let help = "remove one of the two";
                self.enum_problem(
                    more.value.span,
                    &message,
                    help,
                    Some(before.value.span),
                );
            }
        }
        described
    }

    fn default_value(
        &mut self,
        schema: &Schema<'n>,
        values: &[Text<'n>],
    ) -> Option<usize> {
        let default = schema.default?;
        let text = self.reader.text(default.value, default.span, "`default`")?;
        let found = values.iter().position(|value| value.value == text.value);
        if found.is_none() {
            let message = format!("the default `{}` is none of the values", text.value);
            let help = self.value_help(text.value, values);
            let place = schema.values.as_ref().map(|values| values.span);
            self.enum_problem(text.span, &message, &help, place);
        }
        found
    }

    /// What to write instead of a value that is none.
    pub fn value_help(&mut self, value: &str, values: &[Text<'_>]) -> String {
        match self
            .reader
            .nearest(value, values.iter().map(|value| value.value))
        {
            Some(near) => format!("write `{near}`"),
            None => "write one of the values, or add this one to `enum`".to_owned(),
        }
    }

    fn enum_problem(
        &mut self,
        span: Span,
        message: &str,
        help: &str,
        first: Option<Span>,
    ) {
        let mut problem = Diagnostic::new(Code::Enumeration, span, message).help(help);
        if let Some(first) = first {
            problem = problem.context(first, "compare here");
        }
        self.reader.report(problem);
    }
}
