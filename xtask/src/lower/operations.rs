//! Operations: what each sends, what comes back, and what is worth knowing about it.

use super::names::{Case, Scope, argument, constant, rust_name};
use super::tree::Place;
use super::types::Context;
use super::{Lower, docs, resolve};
use crate::diagnostics::Code;
use crate::ir::{Docs, Operation, Parameter, Type};
use crate::spec::document::{ParameterLocation, Requirement};
use crate::spec::fields::{At, Text};

impl<'d, 'n> Lower<'d, 'n, '_> {
    /// Lowers an operation.
    pub fn operation(&mut self, place: &Place<'d, 'n>) -> Operation {
        let written = place.operation;
        let answer = self.answer(place);
        let body = self.body(place);
        let mut names = Scope::default();
        if let Some(crate::ir::Body::Whole(whole)) = &body {
            let text = Text {
                value: &whole.name,
                span: written.method.span,
            };
            names.claim(self.reader, &whole.name, text, "the member");
        }
        if let Some(crate::ir::Body::Spread {
            arguments, options, ..
        }) = &body
        {
            let arguments = arguments.iter().map(|argument| &argument.name);
            for name in arguments.chain(options.iter().map(|option| &option.name)) {
                let text = Text {
                    value: name,
                    span: written.method.span,
                };
                names.claim(self.reader, name, text, "the member");
            }
        }
        let (required, optional) = self.parameters(place, &mut names);
        let (delegated, application) = self.permissions(place);
        let mut operation = Operation {
            constant: constant(&place.type_name),
            type_name: place.type_name.clone(),
            name: place.name.clone(),
            handle: place.handle,
            id: written
                .id
                .map_or_else(String::new, |id| id.value.to_owned()),
            method: written.method.value,
            path: place.path.path.value.to_owned(),
            docs: Docs::new(),
            docs_url: written.docs_url.map(|url| url.value.to_owned()),
            repeatable: self.repeatable(place),
            deprecated: written.deprecated,
            delegated,
            application,
            rate_limit: written.rate_limit,
            hints: self.hints(place),
            answer,
            body,
            required,
            optional,
        };
        operation.docs = self.operation_docs(place, &operation);
        operation
    }

    /// GET, PUT and DELETE are repeatable by definition; a POST or PATCH when it says so.
    fn repeatable(&mut self, place: &Place<'d, 'n>) -> bool {
        use crate::ir::Method::{Delete, Get, Patch, Post, Put};
        match place.operation.method.value {
            Get | Put | Delete => true,
            Post | Patch => place.operation.repeatable,
        }
    }

    fn hints(&mut self, place: &Place<'d, 'n>) -> Vec<usize> {
        let known = &self.document.components.hints;
        let mut found = Vec::new();
        for name in &place.operation.hints {
            if let Some(at) = known.get_index_of(name.value) {
                found.push(at);
                continue;
            }
            let help = self.reader.suggest(
                name.value,
                known.keys().copied(),
                "describe it under `components.x-rust-hints`",
            );
            let message = format!("there is no hint `{}`", name.value);
            self.reader.error(Code::Extension, name.span, message, help);
        }
        found
    }

    /// The permissions with a user and without, in the order of the description.
    fn permissions(&mut self, place: &Place<'d, 'n>) -> (Vec<String>, Vec<String>) {
        let document = self.document;
        let (mut delegated, mut application) = (Vec::new(), Vec::new());
        for requirement in place
            .operation
            .security
            .as_ref()
            .unwrap_or(&document.security)
        {
            let schemes = &document.components.security_schemes;
            let Some(scheme) = schemes.get(requirement.scheme.value) else {
                self.unknown_scheme(requirement);
                continue;
            };
            let list = if scheme.value.application {
                &mut application
            } else {
                &mut delegated
            };
            let name: Vec<_> =
                requirement.scopes.iter().map(|scope| scope.value).collect();
            if !name.is_empty() {
                list.push(name.join(" "));
            }
            for scope in &requirement.scopes {
                self.scope(*scope, &scheme.value.scopes);
            }
        }
        (delegated, application)
    }

    fn unknown_scheme(&mut self, requirement: &Requirement<'n>) {
        let name = requirement.scheme;
        let schemes = self.document.components.security_schemes.keys().copied();
        let help = self.reader.suggest(
            name.value,
            schemes,
            "describe it under `components.securitySchemes`",
        );
        let message = format!("there is no security scheme `{}`", name.value);
        self.reader
            .error(Code::DanglingReference, name.span, message, help);
    }

    fn scope(&mut self, scope: Text<'n>, known: &[Text<'n>]) {
        if known.iter().any(|known| known.value == scope.value) {
            return;
        }
        let help = self.reader.suggest(
            scope.value,
            known.iter().map(|known| known.value),
            "add it to the `scopes` of its security scheme",
        );
        let message = format!("the security scheme knows no scope `{}`", scope.value);
        self.reader
            .error(Code::DanglingReference, scope.span, message, help);
    }

    /// Parameters of query and header: those in the signature and those that are chained.
    fn parameters(
        &mut self,
        place: &Place<'d, 'n>,
        names: &mut Scope,
    ) -> (Vec<Parameter>, Vec<Parameter>) {
        let known = &self.document.components.parameters;
        let (mut required, mut optional) = (Vec::new(), Vec::new());
        let mut seen: Vec<(&str, bool)> = Vec::new();
        // Those of the operation come first and replace those of the path.
        for parameter in place
            .operation
            .parameters
            .iter()
            .chain(&place.path.parameters)
        {
            let found = resolve::or_ref(self.reader, known, "parameters", parameter);
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
            if seen.contains(&(parameter.name.value, header)) {
                continue;
            }
            seen.push((parameter.name.value, header));
            let Some(lowered) = self.parameter(parameter, header, names) else {
                continue;
            };
            if parameter.required {
                required.push(lowered);
            } else {
                optional.push(lowered);
            }
        }
        (required, optional)
    }

    fn parameter(
        &mut self,
        parameter: &'d crate::spec::document::Parameter<'n>,
        header: bool,
        names: &mut Scope,
    ) -> Option<Parameter> {
        let text = parameter.rust_name.unwrap_or(parameter.name);
        let name = rust_name(self.reader, text, Case::Option, "x-rust-name: NAME");
        let name = match parameter.required {
            true => argument(&name),
            false => name,
        };
        names.claim(self.reader, &name, text, "the parameter");
        let schema = parameter.schema.as_ref()?;
        let context = Context {
            name: &super::names::camel(&name),
            text: parameter.name,
        };
        let ty = match self.type_of(schema, context)? {
            // The values of an option are texts: what the service adds tomorrow can be asked for.
            Type::List(item) if matches!(*item, Type::String | Type::Enum(_)) => {
                Type::List(Box::new(Type::String))
            }
            Type::Enum(_) => Type::String,
            ty @ (Type::String | Type::Bool | Type::I32 | Type::I64 | Type::Id(_)) => ty,
            Type::DateTime => Type::String,
            _ => {
                let message =
                    format!("the parameter `{}` is neither text nor number", text.value);
                let help = "give it a schema of a string, a boolean, an integer or a list of texts";
                self.reader
                    .error(Code::Unsupported, schema.span, message, help);
                return None;
            }
        };
        let otherwise = format!("The parameter `{}`.", parameter.name.value);
        let docs = docs::lines(self.reader.level, parameter.description, &otherwise);
        Some(Parameter {
            name,
            wire: parameter.name.value.to_owned(),
            header,
            docs,
            ty,
            deprecated: parameter.deprecated,
        })
    }
}
