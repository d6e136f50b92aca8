//! Overlays: changes to a document of somebody else, in a file beside it.
//!
//! The form is the OpenAPI Overlay Specification 1.0, with targets of keys and `*` only.

use super::reader::{Keys, Reader};
use super::{Files, Strictness};
use crate::diagnostics::{Code, LISTED, Problems, Span, Spanned, listed};
use crate::yaml::{Entry, Kind, Node};
use std::collections::BTreeSet;

/// A part of a target.
enum Step {
    Key(String),
    Any,
}

impl Step {
    fn is(&self, key: &Spanned<&str>) -> bool {
        matches!(self, Self::Any) || matches!(self, Self::Key(name) if name == key.value)
    }
}

/// Applies an overlay to the files of a description. Reports targets that none of them has.
pub fn apply<'s>(
    strictness: Strictness,
    problems: &Problems,
    roots: &mut [Node<'s>],
    overlay: &Node<'s>,
) {
    let reader = Reader::new(strictness, problems, Files::default());
    let overlay = reader.value(overlay, overlay.span);
    overlay.object("the overlay", |keys| {
        if let Some(version) = keys.required_text("overlay")
            && !version.value.starts_with("1.0")
        {
            let message = format!("overlay {} is not supported", version.value);
            let help = "write `overlay: 1.0.0`";
            keys.error(Code::Unsupported, version.span, message, help);
        }
        keys.ignore(&["info"]);
        keys.require("actions");
        for item in keys.items("actions") {
            item.object("an action", |keys| action(keys, roots));
        }
        keys.ignore(&["extends"]);
        Some(())
    });
}

fn action<'s>(keys: &mut Keys<'s, '_>, roots: &mut [Node<'s>]) -> Option<()> {
    let target = keys.required_text("target");
    keys.ignore(&["description"]);
    let (update, remove) = (keys.get("update"), keys.flag("remove"));
    let target = target?;
    let (span, message, help) = match (steps(target.value), update, remove) {
        (None, ..) => {
            let message = format!("the target `{}` is not supported", target.value);
            let help = "write a path of keys: `$.paths['/me'].get`, and `*` for all keys";
            (target.span, message, help.to_owned())
        }
        (Some(_), Some(_), true) | (Some(_), None, false) => {
            let message = "an action needs either `update` or `remove`".to_owned();
            let help = "write `update: {…}` or `remove: true`".to_owned();
            (keys.value.node.place(target.span), message, help)
        }
        (Some(steps), update, _) => {
            let found = roots.iter_mut().map(|root| match update {
                Some(update) => visit(root, &steps, &mut |node| merge(node, update.node)),
                None => removed(root, &steps),
            });
            if found.sum::<usize>() > 0 {
                return Some(());
            }
            let (message, help) = missing(keys.value.reader.problems, roots, &steps);
            (target.span, message, help)
        }
    };
    keys.error(Code::Overlay, span, message, help);
    None
}

/// `$.a['b'].*` as steps.
fn steps(target: &str) -> Option<Vec<Step>> {
    let mut rest = target.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("['") {
            let (key, after) = after.split_once("']")?;
            steps.push(Step::Key(key.to_owned()));
            rest = after;
        } else if let Some(after) = rest.strip_prefix("[*]") {
            steps.push(Step::Any);
            rest = after;
        } else {
            let after = rest.strip_prefix('.')?;
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let (key, after) = after.split_at(end);
            match key {
                "" => return None,
                "*" => steps.push(Step::Any),
                key if key.contains(['?', '(', '@', ':']) => return None,
                key => steps.push(Step::Key(key.to_owned())),
            }
            rest = after;
        }
    }
    Some(steps)
}

/// The target of the innermost key at a place, as `steps` reads it, below the first level. No
/// target leads into a list.
pub fn target(root: &Node<'_>, span: Span) -> Option<String> {
    let (mut node, mut target, mut depth) = (root, "$".to_owned(), 0);
    // Without its only key a reference would be an empty mapping.
    while let Some((key, value)) = entry(node, span).filter(|(key, _)| key.value != "$ref") {
        target.push_str(&step(key.value));
        depth += 1;
        if key.value.contains("']") || key.value.contains(char::is_control) {
            return None;
        } else if span.start <= key.span.start {
            break;
        }
        node = value;
    }
    (depth > 1).then_some(target)
}

/// A key as a step of a target.
fn step(key: &str) -> String {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"_-".contains(&b);
    if key.bytes().all(is_plain) && !key.is_empty() {
        format!(".{key}")
    } else {
        format!("['{key}']")
    }
}

/// The key that a target names and the document has not, and what was probably meant.
fn missing(problems: &Problems, roots: &[Node<'_>], steps: &[Step]) -> (String, String) {
    let (mut nodes, mut path): (Vec<_>, _) = (roots.iter().collect(), "$".to_owned());
    for part in steps {
        let entries = || nodes.iter().flat_map(|node| node.entries());
        let found = entries()
            .filter(|(key, _)| part.is(key))
            .map(|(_, node)| node);
        let found: Vec<_> = found.collect();
        let Step::Key(wanted) = part else {
            path.push_str(".*");
            nodes = found;
            continue;
        };
        if found.is_empty() {
            let keys: BTreeSet<&str> = entries().map(|(key, _)| key.value).collect();
            let near = problems.nearest(wanted, keys.iter().copied());
            let help = match near {
                Some(near) => format!("write `{path}{}`", step(near)),
                None if keys.is_empty() => {
                    format!("`{path}` is not a mapping; end the target there")
                }
                None => format!("keys here: {}", listed(keys.into_iter().take(LISTED))),
            };
            return (format!("`{path}` has no key `{wanted}`"), help);
        }
        path.push_str(&step(wanted));
        nodes = found;
    }
    let help = "write the path to an existing key below `$`".to_owned();
    (format!("`{path}` matches no key that can be removed"), help)
}

/// The last entry of a mapping that begins at a place or before it.
fn entry<'t, 's>(node: &'t Node<'s>, span: Span) -> Option<&'t Entry<'s>> {
    let entries = node.entries();
    // The entries that an overlay has added are the last.
    let own = entries.partition_point(|(key, _)| key.span.source == span.source);
    let before = entries[..own].partition_point(|(key, _)| key.span.start <= span.start);
    entries[..before].last()
}

/// Calls `change` for every node that a target names. Returns their number.
fn visit<'s>(node: &mut Node<'s>, steps: &[Step], change: &mut impl FnMut(&mut Node<'s>)) -> usize {
    let Some((step, rest)) = steps.split_first() else {
        change(node);
        return 1;
    };
    match (&mut node.kind, step) {
        (Kind::Mapping(entries), step) => {
            let named = entries.iter_mut().filter(|(key, _)| step.is(key));
            named.map(|(_, value)| visit(value, rest, change)).sum()
        }
        (Kind::Sequence(items), Step::Any) => {
            items.iter_mut().map(|item| visit(item, rest, change)).sum()
        }
        _ => 0,
    }
}

fn removed(root: &mut Node<'_>, steps: &[Step]) -> usize {
    let Some((last, before)) = steps.split_last() else {
        return 0;
    };
    let mut count = 0;
    visit(root, before, &mut |node| {
        if let Kind::Mapping(entries) = &mut node.kind {
            let length = entries.len();
            entries.retain(|(key, _)| !last.is(key));
            count += length - entries.len();
        }
    });
    count
}

/// Merges mappings, extends lists, and replaces anything else.
fn merge<'s>(node: &mut Node<'s>, update: &Node<'s>) {
    match (&mut node.kind, &update.kind) {
        (Kind::Mapping(entries), Kind::Mapping(updates)) => {
            for (key, value) in updates {
                match entries
                    .iter_mut()
                    .find(|(known, _)| known.value == key.value)
                {
                    Some((_, known)) => merge(known, value),
                    None => entries.push((*key, value.clone())),
                }
            }
        }
        (Kind::Sequence(items), Kind::Sequence(more)) => items.extend(more.iter().cloned()),
        _ => *node = update.clone(),
    }
}
