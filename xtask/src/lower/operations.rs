//! Operations: what each sends, what comes back, and what is worth knowing about it.

use super::scope::{Scope, Thing};
use super::tree::Place;
use super::{Lower, docs};
use crate::diagnostics::Code;
use crate::ir::{Body, Docs, Method, Operation};
use crate::spec::document::{self, Requirement};
use crate::spec::fields::{Level, Text};

impl<'d, 'n> Lower<'d, 'n, '_> {
    /// Lowers an operation.
    pub fn operation(&mut self, place: &Place<'d, 'n>) -> Operation {
        let written = place.operation;
        let answer = self.answer(place);
        let body = self.body(place);
        let mut names = Scope::default();
        for name in body.iter().flat_map(Body::names) {
            let text = Text {
                value: name,
                span: written.method.span,
            };
            names.claim(self.reader, name, text, Thing::Member);
        }
        let (required, optional) = self.parameters(place, &mut names);
        let (delegated, application) = self.permissions(place);
        let mut operation = Operation {
            constant: place.constant.clone(),
            type_name: place.type_name.clone(),
            name: place.name.clone(),
            handle: place.handle,
            id: written
                .id
                .map_or_else(String::new, |id| id.value.to_owned()),
            method: written.method.value,
            path: place.path.path.value.to_owned(),
            docs: Docs::new(),
            example: self.example(written),
            docs_url: written.docs_url.map(|url| docs::address(url.value)),
            repeatable: is_repeatable(written),
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

    /// An example is a file beside the hand-written code, which only our own crates have.
    fn example(&mut self, written: &document::Operation<'n>) -> Option<String> {
        let file = written.example?;
        let (code, message, help) = if self.reader.level == Level::Foreign {
            let message = "an example has no place in a generated workspace";
            (Code::Extension, message, "remove `x-rust-example`")
        } else if is_markdown_below(file.value) {
            return Some(format!("../{}", file.value));
        } else {
            let message = "this is no Markdown file below the client's `src`";
            (
                Code::BadValue,
                message,
                "write `folder/name.md`, in small letters",
            )
        };
        self.reader.error(code, file.span, message, help);
        None
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
}

/// GET, PUT and DELETE are repeatable by definition; a POST or PATCH when it says so.
fn is_repeatable(operation: &document::Operation<'_>) -> bool {
    match operation.method.value {
        Method::Get | Method::Put | Method::Delete => true,
        Method::Post | Method::Patch => operation.repeatable,
    }
}

/// Whether a text is the path of a Markdown file that leads down alone.
fn is_markdown_below(path: &str) -> bool {
    let is_name = |name: &str| {
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        !name.is_empty() && name.chars().all(letters)
    };
    let stem = path.strip_suffix(".md");
    stem.is_some_and(|stem| stem.split('/').all(is_name))
}
