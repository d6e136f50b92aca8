//! What operations take in the query and among the headers.

use super::names::{Case, argument, rust_name};
use super::scope::{Scope, Thing};
use super::tree::Place;
use super::{Lower, docs, resolve};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{Parameter, Type};
use crate::spec::document::{self, ParameterLocation};
use crate::spec::fields::{At, Reader};
use crate::spec::node::Span;
use std::collections::HashMap;

impl<'d, 'n> Lower<'d, 'n, '_> {
    /// Parameters of query and header: those in the signature and those that are chained.
    pub fn parameters(
        &mut self,
        place: &Place<'d, 'n>,
        names: &mut Scope,
    ) -> (Vec<Parameter>, Vec<Parameter>) {
        let known = &self.document.components.parameters;
        let (mut required, mut optional) = (Vec::new(), Vec::new());
        let mut seen: HashMap<(&str, bool), (bool, Span)> = HashMap::new();
        // Those of the operation come first and replace those of the path.
        let own = place.operation.parameters.iter().map(|one| (true, one));
        let shared = place.path.parameters.iter().map(|one| (false, one));
        for (is_own, written) in own.chain(shared) {
            let found = resolve::or_ref(self.reader, known, "parameters", written);
            let Some(At {
                value: parameter, ..
            }) = found
            else {
                continue;
            };
            let header = match parameter.location.value {
                ParameterLocation::Path => continue,
                ParameterLocation::Query => false,
                ParameterLocation::Header => true,
            };
            let key = (parameter.name.value, header);
            if let Some((before, first)) = seen.get(&key) {
                if *before == is_own {
                    twice(self.reader, parameter.name.value, written.span(), *first);
                }
                continue;
            }
            seen.insert(key, (is_own, written.span()));
            let Some(lowered) = self.parameter(parameter, header, names) else {
                continue;
            };
            match parameter.required {
                true => required.push(lowered),
                false => optional.push(lowered),
            }
        }
        (required, optional)
    }

    fn parameter(
        &mut self,
        parameter: &'d document::Parameter<'n>,
        header: bool,
        names: &mut Scope,
    ) -> Option<Parameter> {
        let text = parameter.rust_name.unwrap_or(parameter.name);
        let name = rust_name(self.reader, text, Case::Option, "x-rust-name: NAME");
        let name = match parameter.required {
            true => argument(&name),
            false => name,
        };
        names.claim(self.reader, &name, text, Thing::Parameter);
        let schema = parameter.schema.as_ref()?;
        let ty = self.nameless_type(schema, parameter.name)?;
        if !header && matches!(ty, Type::List(_)) && parameter.exploded.value {
            let message = "a list in the query is written with commas";
            let help = "write `explode: false`";
            let span = parameter.exploded.span;
            self.reader.error(Code::Unsupported, span, message, help);
        }
        let ty = option_type(ty.without_null());
        if ty.is_none() {
            let message =
                format!("the parameter `{}` cannot be written as text", text.value);
            let help = "give it a schema of text, a number, a boolean, an enumeration, or a \
                list of one of these";
            self.reader
                .error(Code::Unsupported, schema.span, message, help);
        }
        let otherwise = format!("The parameter `{}`.", parameter.name.value);
        let docs = docs::lines(self.reader.level, parameter.description, &otherwise);
        Some(Parameter {
            name,
            wire: parameter.name.value.to_owned(),
            header,
            docs,
            ty: ty?,
            deprecated: parameter.deprecated,
        })
    }
}

/// Reports a parameter that one list has already.
pub fn twice(reader: &mut Reader, name: &str, span: Span, first: Span) {
    let message = format!("the parameter `{name}` stands twice");
    let problem = Diagnostic::new(Code::NameClash, span, message)
        .label("the second")
        .context(first, "the first")
        .help("remove one of the two");
    reader.report(problem);
}

/// What callers give for a parameter; `None` for what no text can be made of. The values of an
/// option are texts: what the service adds tomorrow can be asked for.
fn option_type(ty: Type) -> Option<Type> {
    match ty {
        Type::List(item) => one_value(*item).map(|_| Type::List(Box::new(Type::String))),
        ty => one_value(ty),
    }
}

/// The same of one value: in its own type where there is only one way to write it.
pub fn one_value(ty: Type) -> Option<Type> {
    match ty {
        Type::String | Type::Bool | Type::I32 | Type::I64 | Type::Id(_) => Some(ty),
        Type::Enum(_) | Type::DateTime | Type::Duration | Type::F64 => {
            Some(Type::String)
        }
        _ => None,
    }
}
