//! What is worth knowing about an operation, as documentation.

use super::tree::Place;
use super::{Lower, docs};
use crate::grouped::grouped;
use crate::ir::{Body, Docs, Operation};
use crate::spec::fields::listed;

impl<'d, 'n> Lower<'d, 'n, '_> {
    /// The documentation of an operation.
    pub fn operation_docs(&self, place: &Place<'d, 'n>, operation: &Operation) -> Docs {
        let written = place.operation;
        let level = self.reader.level;
        let otherwise = format!("Calls `{}`.", operation.id.replace('`', "'"));
        let mut all =
            docs::lines(level, written.summary.or(written.description), &otherwise);
        if written.summary.is_some() && written.description.is_some() {
            docs::paragraph(&mut all, docs::lines(level, written.description, ""));
        }
        for taken in operation.body.iter().flat_map(Body::arguments) {
            let about = docs::of_argument(&taken.name, &taken.docs, taken.deprecated);
            docs::paragraph(&mut all, about);
        }
        for taken in &operation.required {
            let about = docs::of_argument(&taken.name, &taken.docs, taken.deprecated);
            docs::paragraph(&mut all, about);
        }
        let call = format!("`{} {}`", operation.method.as_str(), operation.path);
        docs::paragraph(&mut all, [docs::one_line(&call)]);
        docs::paragraph(&mut all, permissions(operation));
        docs::paragraph(&mut all, docs::wrapped(&self.facts(operation)));
        let page = operation.docs_url.as_ref();
        docs::paragraph(&mut all, page.map(|url| format!("{}.", docs::link(url))));
        if operation.example.is_some() {
            // The file with the example is the next paragraph.
            docs::paragraph(&mut all, ["# Example".to_owned(), String::new()]);
        }
        all
    }

    /// What else a caller should know, as sentences.
    fn facts(&self, operation: &Operation) -> String {
        let mut facts = String::new();
        if let Some((requests, seconds)) = operation.rate_limit {
            let requests = grouped(requests, ',');
            facts = format!(
                "Limit: {requests} requests in {seconds} seconds per application and tenant. "
            );
        }
        facts.push_str(match operation.repeatable {
            true => "Repeatable: after an unknown outcome it is sent again.",
            false => "Not repeatable: after an unknown outcome it is not sent again.",
        });
        let clouds = self
            .document
            .servers
            .iter()
            .filter_map(|server| server.description);
        let clouds: Vec<_> = clouds.map(|name| docs::plain_line(name.value)).collect();
        if clouds.len() > 1 {
            facts.push_str(&format!(" Clouds: {}.", clouds.join("; ")));
        }
        facts
    }
}

/// The permissions as a table.
fn permissions(operation: &Operation) -> Vec<String> {
    if operation.delegated.is_empty() && operation.application.is_empty() {
        return Vec::new();
    }
    let row = |token: &str, permissions: &[String]| match permissions {
        [] => format!("| {token} | not possible |"),
        some => format!("| {token} | {} |", listed(some)),
    };
    vec![
        "| token | permission, any one of |".to_owned(),
        "|---|---|".to_owned(),
        row("delegated", &operation.delegated),
        row("application", &operation.application),
    ]
}
