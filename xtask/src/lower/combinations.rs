//! Combinations: one enumeration that stands for several properties of a request.

use super::names::{Case, Scope, rust_name, snake};
use super::types::Context;
use super::{Lower, docs, resolve};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{
    CombinationMember, CombinationVariant, Combinations, CombinationsUse, Item, Module,
    Type, Value,
};
use crate::spec::fields::Text;
use crate::spec::node::Span;
use crate::spec::schema::{self, Property, Schema};

type Written<'n> = schema::Combinations<'n>;
type Pairs<'n> = [(Text<'n>, Text<'n>)];

impl<'d, 'n> Lower<'d, 'n, '_> {
    /// Lowers `x-rust-combinations` to a file of its own, and says how the request uses it.
    pub fn combinations(
        &mut self,
        written: &'d Written<'n>,
        properties: &[&'d Property<'n>],
    ) -> Option<CombinationsUse> {
        let level = self.reader.level;
        let name = rust_name(self.reader, written.name, Case::Type, "name: NAME");
        self.types
            .claim(self.reader, &name, written.name, "the type");
        self.some(written.properties.len(), written.span, "properties");
        self.some(written.values.len(), written.span, "values");
        let members = self.members_of(&written.properties, properties, false);
        let defaults: Vec<_> = written.values.first().map_or_else(Vec::new, |first| {
            let names: Vec<_> = first.default.iter().map(|(name, _)| *name).collect();
            self.members_of(&names, properties, true)
        });
        let mut names = Scope::default();
        let mut variants = Vec::with_capacity(written.values.len());
        for value in &written.values {
            let name = rust_name(self.reader, value.name, Case::Variant, "name: NAME");
            names.claim(self.reader, &name, value.name, "the combination");
            let values = self.values_of(&members, &value.set, value.name.span, "set");
            let default =
                self.values_of(&defaults, &value.default, value.name.span, "default");
            let otherwise = format!("`{name}`");
            variants.push(CombinationVariant {
                docs: docs::lines(level, value.description, &otherwise),
                name,
                values,
                defaults: default,
            });
        }
        let fields = members.iter().map(|member| member.0.name.clone()).collect();
        let docs = docs::lines(level, written.description, "The possible combinations.");
        let members = members.into_iter().map(|(member, _)| member).collect();
        let defaults = defaults.into_iter().map(|(member, _)| member).collect();
        let item = Combinations {
            name: name.clone(),
            docs,
            members,
            defaults,
            variants,
        };
        self.modules.push(Module {
            name: snake(&name),
            items: vec![Item::Combinations(item)],
        });
        Some(CombinationsUse {
            argument: snake(&name),
            name,
            fields,
        })
    }

    fn some(&mut self, count: usize, span: Span, key: &str) {
        if count == 0 {
            let message = format!("combinations without {key}");
            let help = format!("write `{key}: [...]`");
            self.reader
                .report(Diagnostic::new(Code::Combination, span, message).help(help));
        }
    }

    /// The properties that are named, with their types and schemas.
    fn members_of(
        &mut self,
        names: &[Text<'n>],
        properties: &[&'d Property<'n>],
        is_default: bool,
    ) -> Vec<(CombinationMember, &'d Schema<'n>)> {
        let mut members = Vec::new();
        for name in names {
            let Some(property) = properties.iter().find(|p| p.name.value == name.value)
            else {
                let known = properties.iter().map(|property| property.name.value);
                let help = match self.reader.nearest(name.value, known) {
                    Some(near) => format!("write `{near}`"),
                    None => "name a property of this schema".to_owned(),
                };
                let message = format!("there is no property `{}`", name.value);
                let problem = Diagnostic::new(Code::Combination, name.span, message);
                self.reader.report(problem.help(help));
                continue;
            };
            let schema = self.behind(&property.schema);
            let context = Context {
                name: "Combination",
                text: *name,
            };
            let Some(ty) = schema.and_then(|_| self.type_of(&property.schema, context))
            else {
                continue;
            };
            let fits = matches!(ty, Type::Enum(_) | Type::String)
                || (is_default && ty == Type::Duration);
            if !fits {
                let message =
                    format!("`{}` cannot be part of a combination", name.value);
                let help = "name properties that are enumerations or texts; a duration only under `default`";
                let problem = Diagnostic::new(Code::Combination, name.span, message);
                self.reader.report(problem.help(help));
                continue;
            }
            let text = property.schema.rust_name.unwrap_or(property.name);
            let rust = rust_name(self.reader, text, Case::Member, "x-rust-name: NAME");
            let wire = property.name.value.to_owned();
            members.extend(schema.map(|s| {
                (
                    CombinationMember {
                        name: rust,
                        wire,
                        ty,
                    },
                    s,
                )
            }));
        }
        members
    }

    /// The schema behind references and a lone `allOf`.
    fn behind(&mut self, schema: &'d Schema<'n>) -> Option<&'d Schema<'n>> {
        let mut found = schema;
        for _ in 0..8 {
            found = resolve::schema(self.reader, self.document, found)?.1;
            match &found.all_of[..] {
                [only] if found.properties.is_empty() => found = only,
                _ => return Some(found),
            }
        }
        None
    }

    /// The value of each member, in the members' order.
    fn values_of(
        &mut self,
        members: &[(CombinationMember, &'d Schema<'n>)],
        pairs: &Pairs<'n>,
        span: Span,
        key: &str,
    ) -> Vec<Value> {
        for (name, _) in pairs {
            if !members.iter().any(|(member, _)| member.wire == name.value) {
                let message = format!("`{}` is none of the properties here", name.value);
                let names = members.iter().map(|(member, _)| member.wire.as_str());
                let help = match self.reader.nearest(name.value, names) {
                    Some(near) => format!("write `{near}`"),
                    None => "set the same properties in every combination".to_owned(),
                };
                let problem = Diagnostic::new(Code::Combination, name.span, message);
                self.reader.report(problem.help(help));
            }
        }
        let mut values = Vec::with_capacity(members.len());
        for (member, schema) in members {
            match pairs.iter().find(|(name, _)| name.value == member.wire) {
                Some((_, text)) => {
                    values.extend(self.value_of(&member.ty, schema, *text))
                }
                None => {
                    let message = format!("this combination has no `{}`", member.wire);
                    let help = format!("add `{}: …` to `{key}`", member.wire);
                    let problem = Diagnostic::new(Code::Combination, span, message);
                    self.reader.report(problem.help(help));
                }
            }
        }
        values
    }

    fn value_of(
        &mut self,
        ty: &Type,
        schema: &Schema<'n>,
        text: Text<'n>,
    ) -> Option<Value> {
        match ty {
            Type::Enum(_) => {
                let values = schema
                    .values
                    .as_ref()
                    .map_or(&[][..], |values| &values.value);
                if let Some(value) =
                    values.iter().find(|value| value.value == text.value)
                {
                    let named =
                        schema.ms_enum.iter().flat_map(|ms_enum| &ms_enum.values);
                    let named = named.filter(|more| more.value.value == text.value);
                    let name =
                        named.filter_map(|more| more.name).next().unwrap_or(*value);
                    let name = self.variant_name(name, *value);
                    let wire = text.value.to_owned();
                    return Some(Value::Variant { name, wire });
                }
                let help = self.value_help(text.value, values);
                let message =
                    format!("`{}` is none of the values of `enum`", text.value);
                let mut problem = Diagnostic::new(Code::Combination, text.span, message);
                if let Some(values) = &schema.values {
                    problem = problem.context(values.span, "these are");
                }
                self.reader.report(problem.help(help));
                None
            }
            Type::Duration => {
                let seconds = seconds(text.value);
                if seconds.is_none() {
                    let message = format!("`{}` is no duration", text.value);
                    let help =
                        "write days, hours, minutes and seconds: `P7D`, `PT8H30M`";
                    let problem = Diagnostic::new(Code::Combination, text.span, message);
                    self.reader.report(problem.help(help));
                }
                let wire = text.value.to_owned();
                seconds.map(|seconds| Value::Seconds { seconds, wire })
            }
            _ => Some(Value::Text(text.value.to_owned())),
        }
    }
}

/// The seconds of an ISO 8601 duration of days, hours, minutes and seconds.
fn seconds(text: &str) -> Option<u64> {
    let rest = text.strip_prefix('P')?;
    let (date, time) = rest
        .split_once('T')
        .map_or((rest, None), |(d, t)| (d, Some(t)));
    let mut total = sum(date, &[('D', 86_400)])?;
    if let Some(time) = time {
        let units = [('H', 3_600), ('M', 60), ('S', 1)];
        total = total.checked_add(sum(time, &units).filter(|_| !time.is_empty())?)?;
    }
    Some(total).filter(|total| *total > 0)
}

/// The sum of numbers with units, each unit at most once and in this order.
fn sum(mut text: &str, units: &[(char, u64)]) -> Option<u64> {
    let mut total = 0_u64;
    for (unit, seconds) in units {
        if let Some((number, rest)) = text.split_once(*unit) {
            let number: u32 = number.parse().ok()?;
            total = total.checked_add(u64::from(number).checked_mul(*seconds)?)?;
            text = rest;
        }
    }
    text.is_empty().then_some(total)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn durations() {
        for (text, expected) in [
            ("P7D", Some(604_800)),
            ("PT8H", Some(28_800)),
            ("P1DT1H1M1S", Some(90_061)),
            ("PT0S", None),
            ("P", None),
            ("PT", None),
            ("P1DT", None),
            ("7D", None),
            ("PT1S1M", None),
            ("P1W", None),
            ("PT99999999999999999999H", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }
}
