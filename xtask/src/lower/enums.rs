//! Open enumerations.

use super::names::{Case, rust_name};
use super::scope::{Scope, Thing};
use super::{Lower, docs};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{Enum, Variant};
use crate::spec::fields::Text;
use crate::spec::node::Span;
use crate::spec::schema::{MsEnumValue, Schema};
use std::collections::{HashMap, HashSet};

impl<'n> Lower<'_, 'n, '_> {
    /// The enumeration that a schema with `enum` is.
    pub fn enumeration(&mut self, schema: &Schema<'n>, name: &str) -> Enum {
        let (values, span) = match &schema.values {
            Some(values) => (&values.value[..], values.span),
            None => (&[][..], schema.span),
        };
        if values.is_empty() {
            let message = "an enumeration without values";
            let help =
                "list the known values; new ones of the service are kept as they come";
            self.reader.error(Code::Enumeration, span, message, help);
        }
        let described = self.described(schema, values);
        let otherwise = format!("The values of {name}.");
        Enum {
            name: name.to_owned(),
            docs: docs::of_type(self.reader.level, schema, &otherwise),
            variants: self.variants(values, &described),
            default: self.default_value(schema, values, span),
        }
    }

    /// A variant for each value, each value once.
    fn variants(
        &mut self,
        values: &[Text<'n>],
        described: &HashMap<&'n str, &MsEnumValue<'n>>,
    ) -> Vec<Variant> {
        let mut names = Scope::default();
        let mut first: HashMap<&str, Span> = HashMap::new();
        let mut variants = Vec::with_capacity(values.len());
        for value in values {
            if let Some(before) = first.insert(value.value, value.span) {
                let message = format!("the value `{}` stands twice", value.value);
                self.conflict(value.span, message, "remove one of the two", before);
                continue;
            }
            let more = described.get(value.value);
            let text = more.and_then(|more| more.name).unwrap_or(*value);
            let name = self.variant_name(text, *value);
            names.claim(self.reader, &name, *value, Thing::Value);
            let description = more.and_then(|more| more.description);
            let otherwise = format!("`{}`", value.value.replace('`', "'"));
            let otherwise = docs::one_line(&otherwise);
            variants.push(Variant {
                name,
                wire: value.value.to_owned(),
                docs: docs::lines(self.reader.level, description, &otherwise),
            });
        }
        variants
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
        if schema.ms_enum.is_empty() {
            return HashMap::new();
        }
        let known: HashSet<&str> = values.iter().map(|value| value.value).collect();
        let mut described = HashMap::new();
        for more in &schema.ms_enum {
            let value = more.value;
            if !known.contains(value.value) {
                let message =
                    format!("`{}` is none of the values of `enum`", value.value);
                let help = self.value_help(value.value, values);
                self.reader
                    .error(Code::Enumeration, value.span, message, help);
            } else if let Some(before) = described.insert(value.value, more) {
                let message = format!("the value `{}` is described twice", value.value);
                let help = "remove one of the two";
                self.conflict(value.span, message, help, before.value.span);
            }
        }
        described
    }

    /// The position of `default`, which must be one of the values.
    fn default_value(
        &mut self,
        schema: &Schema<'n>,
        values: &[Text<'n>],
        place: Span,
    ) -> Option<usize> {
        let default = schema.default?;
        let text = self.reader.text(default.value, default.span, "`default`")?;
        let found = values.iter().position(|value| value.value == text.value);
        if found.is_none() {
            let message = format!("the default `{}` is none of the values", text.value);
            let help = self.value_help(text.value, values);
            self.conflict(text.span, message, help, place);
        }
        found
    }

    /// What to write instead of a value that is none.
    pub fn value_help(&mut self, value: &str, values: &[Text<'_>]) -> String {
        let known = values.iter().map(|value| value.value);
        let otherwise = "write one of the values, or add this one to `enum`";
        self.reader.suggest(value, known, otherwise)
    }

    /// Reports what does not go together with another place.
    fn conflict(
        &mut self,
        span: Span,
        message: String,
        help: impl Into<String>,
        other: Span,
    ) {
        let problem = Diagnostic::new(Code::Enumeration, span, message);
        self.reader
            .report(problem.context(other, "compare here").help(help));
    }
}
