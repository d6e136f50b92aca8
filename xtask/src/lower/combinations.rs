//! Combinations: one enumeration that stands for several properties of a request.

use super::names::{Case, rust_name, snake};
use super::scope::{Scope, Thing};
use super::types::wrapped;
use super::{Lower, docs, resolve};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{
    CombinationMember, CombinationVariant, Combinations, CombinationsUse, Field, Item,
    Module, Type, Value,
};
use crate::spec::fields::Text;
use crate::spec::node::Span;
use crate::spec::schema::{self, Property, Schema};

type Written<'n> = schema::Combinations<'n>;
type Pairs<'n> = [(Text<'n>, Text<'n>)];
/// A property of the combinations, and the schema with its values.
type Member<'d, 'n> = (CombinationMember, &'d Schema<'n>);

impl<'d, 'n> Lower<'d, 'n, '_> {
    /// Lowers `x-rust-combinations` to a file of its own, and says how the request uses it.
    pub fn combinations(
        &mut self,
        written: &'d Written<'n>,
        properties: &[&'d Property<'n>],
        fields: &[Field],
    ) -> CombinationsUse {
        let name = rust_name(self.reader, written.name, Case::Type, "name: NAME");
        self.types
            .claim(self.reader, &name, written.name, Thing::Type);
        for (key, count) in [
            ("properties", written.properties.len()),
            ("values", written.values.len()),
        ] {
            if count == 0 {
                let message = format!("combinations without {key}");
                let help = format!("write `{key}: [...]`");
                self.reader
                    .error(Code::Combination, written.span, message, help);
            }
        }
        let members =
            self.members_of(written.properties.iter(), properties, fields, false);
        let first = written.values.iter().take(1);
        let names = first.flat_map(|first| first.default.iter().map(|(name, _)| name));
        let defaults = self.members_of(names, properties, fields, true);
        let variants = self.combination_variants(written, &members, &defaults);
        let (members, _): (Vec<_>, Vec<_>) = members.into_iter().unzip();
        let used = CombinationsUse {
            argument: snake(&name),
            name: name.clone(),
            fields: members.iter().map(|member| member.name.clone()).collect(),
        };
        let otherwise = "The possible combinations.";
        self.modules.push(Module {
            name: snake(&name),
            items: vec![Item::Combinations(Combinations {
                name,
                docs: docs::lines(self.reader.level, written.description, otherwise),
                members,
                defaults: defaults.into_iter().map(|(member, _)| member).collect(),
                variants,
            })],
        });
        used
    }

    fn combination_variants(
        &mut self,
        written: &Written<'n>,
        members: &[Member<'d, 'n>],
        defaults: &[Member<'d, 'n>],
    ) -> Vec<CombinationVariant> {
        let mut names = Scope::default();
        let mut variants = Vec::with_capacity(written.values.len());
        for value in &written.values {
            let span = value.name.span;
            let name = rust_name(self.reader, value.name, Case::Variant, "name: NAME");
            names.claim(self.reader, &name, value.name, Thing::Combination);
            let otherwise = format!("`{name}`");
            let mut docs = docs::lines(self.reader.level, value.description, &otherwise);
            docs::paragraph(&mut docs, docs::wrapped(&sends(value)));
            variants.push(CombinationVariant {
                docs,
                name,
                values: self.values_of(members, &value.set, span, "set"),
                defaults: self.values_of(defaults, &value.default, span, "default"),
            });
        }
        variants
    }

    /// The properties that are named, with their types and schemas.
    fn members_of<'a>(
        &mut self,
        names: impl Iterator<Item = &'a Text<'n>>,
        properties: &[&'d Property<'n>],
        fields: &[Field],
        is_default: bool,
    ) -> Vec<Member<'d, 'n>>
    where
        'n: 'a,
    {
        names
            .filter_map(|name| self.member_of(*name, properties, fields, is_default))
            .collect()
    }

    fn member_of(
        &mut self,
        name: Text<'n>,
        properties: &[&'d Property<'n>],
        fields: &[Field],
        is_default: bool,
    ) -> Option<Member<'d, 'n>> {
        let Some(property) = properties.iter().find(|p| p.name.value == name.value)
        else {
            let known = properties.iter().map(|property| property.name.value);
            let otherwise = "name a property of this schema";
            let help = self.reader.suggest(name.value, known, otherwise);
            let message = format!("there is no property `{}`", name.value);
            self.reader
                .error(Code::Combination, name.span, message, help);
            return None;
        };
        let schema = self.behind(&property.schema)?;
        // Where there is none, what is wrong was reported.
        let field = fields.iter().find(|field| field.wire == name.value)?;
        let fits = matches!(field.ty, Type::Enum(_) | Type::String)
            || (is_default && field.ty == Type::Duration);
        if !fits || field.read_only {
            let message = format!("`{}` cannot be part of a combination", name.value);
            let help = "name properties that are sent and are enumerations or texts; a \
                duration only under `default`";
            self.reader
                .error(Code::Combination, name.span, message, help);
            return None;
        }
        let member = CombinationMember {
            name: match is_default {
                true => format!("default_{}", field.name),
                false => field.name.clone(),
            },
            wire: field.wire.clone(),
            ty: field.ty.clone(),
        };
        Some((member, schema))
    }

    /// The schema behind references and a lone `allOf`.
    fn behind(&mut self, schema: &'d Schema<'n>) -> Option<&'d Schema<'n>> {
        let mut found = schema;
        for _ in 0..8 {
            found = resolve::schema(self.reader, self.document, found)?.1;
            match wrapped(found) {
                Some(only) => found = only,
                None => return Some(found),
            }
        }
        None
    }

    /// The value of each member, in the members' order.
    fn values_of(
        &mut self,
        members: &[Member<'d, 'n>],
        pairs: &Pairs<'n>,
        span: Span,
        key: &str,
    ) -> Vec<Value> {
        for (name, _) in pairs {
            if !members.iter().any(|(member, _)| member.wire == name.value) {
                let message = format!("`{}` is none of the properties here", name.value);
                let names = members.iter().map(|(member, _)| member.wire.as_str());
                let help = self.reader.suggest(
                    name.value,
                    names,
                    "set the same properties in every combination",
                );
                self.reader
                    .error(Code::Combination, name.span, message, help);
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
                    self.reader.error(Code::Combination, span, message, help);
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
            Type::Enum(_) => self.variant_of(schema, text),
            Type::Duration => {
                let seconds = seconds(text.value);
                if seconds.is_none() {
                    let message = format!("`{}` is no duration", text.value);
                    let help =
                        "write days, hours, minutes and seconds: `P7D`, `PT8H30M`";
                    self.reader
                        .error(Code::Combination, text.span, message, help);
                }
                seconds.map(Value::Seconds)
            }
            _ => Some(Value::Text(text.value.to_owned())),
        }
    }

    /// The variant of an enumeration for one of its values.
    fn variant_of(&mut self, schema: &Schema<'n>, text: Text<'n>) -> Option<Value> {
        let values = schema.values.as_ref()?;
        if let Some(value) = values.value.iter().find(|value| value.value == text.value)
        {
            let described = schema.ms_enum.iter();
            let mut same = described.filter(|more| more.value.value == text.value);
            let name = same.find_map(|more| more.name).unwrap_or(*value);
            return Some(Value::Variant(self.variant_name(name, *value)));
        }
        let message = format!("`{}` is none of the values of `enum`", text.value);
        let help = self.value_help(text.value, &values.value);
        let problem = Diagnostic::new(Code::Combination, text.span, message);
        self.reader
            .report(problem.context(values.span, "these are").help(help));
        None
    }
}

/// What a combination sends, and what the service takes for what it does not send.
fn sends(value: &schema::Combination<'_>) -> String {
    let sent = value
        .set
        .iter()
        .map(|(_, text)| format!("`{}`", text.value));
    let sent: Vec<_> = sent.collect();
    let mut line = format!("Sends {}", sent.join(" and "));
    for (name, text) in &value.default {
        line.push_str(&format!(
            "; `{}` is `{}` by default",
            name.value, text.value
        ));
    }
    line + "."
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
