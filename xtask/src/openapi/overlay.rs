//! Overlays: changes to a description, in a file of their own.
//!
//! The format is the OpenAPI Overlay Specification 1.0; targets consist of keys and `*` only.

use super::files::Words;
use super::reader::{Keys, Reader};
use super::{Files, Strictness};
use crate::diagnostics::{Code, LISTED, Problems, Span, Spanned, listed};
use crate::yaml::{Entry, Kind, Node};
use std::collections::BTreeSet;

/// A step of a target: a key, or `None` for all keys and items.
type Step<'t> = Option<&'t str>;

/// Applies an overlay to the files of a description.
pub fn apply<'s>(
    strictness: Strictness,
    problems: &Problems,
    roots: &mut [Node<'s>],
    overlay: &Node<'s>,
) {
    let reader = Reader::new(strictness, problems, Files::default());
    let overlay = reader.value(overlay, overlay.span);
    overlay.object("the overlay", |keys| {
        let version = keys.required_text("overlay");
        if let Some(version) = version.filter(|version| !version.value.starts_with("1.0")) {
            let message = format!("overlay {} is not supported", version.value);
            let help = "write `overlay: 1.0.0`";
            keys.error(Code::Unsupported, version.span, message, help);
        }
        keys.ignore(&["info"]);
        keys.require("actions");
        keys.items("actions", |item| {
            item.object("an action", |keys| action(keys, roots))
        });
        keys.ignore(&["extends"]);
    });
}

fn action<'s>(keys: &mut Keys<'s, '_>, roots: &mut [Node<'s>]) -> Option<()> {
    let target = keys.required_text("target");
    keys.ignore(&["description"]);
    let (update, remove) = (keys.get("update"), keys.flag("remove"));
    let (target, mut span) = (target?.value, target?.span);
    let changed = match (steps(target), update, remove) {
        (None, ..) => {
            let message = format!("the target `{target}` is not supported");
            let help = "write a path of keys: `$.paths['/me'].get`, and `*` for all keys";
            Err((message, help.to_owned()))
        }
        (Some(_), Some(_), true) | (Some(_), None, false) => {
            span = keys.value.node.place(span);
            let message = "an action needs either `update` or `remove`".to_owned();
            Err((message, "write `update: {…}` or `remove: true`".to_owned()))
        }
        (Some(steps), update, _) => {
            let problems = keys.value.reader.problems;
            change(problems, roots, &steps, update.map(|update| update.node))
        }
    };
    let changed = changed.map_err(|(message, help)| keys.error(Code::Overlay, span, message, help));
    changed.ok()
}

/// Parses a target such as `$.a['b'].*`.
fn steps(target: &str) -> Option<Vec<Step<'_>>> {
    let mut rest = target.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let (step, after) = if let Some(quoted) = rest.strip_prefix("['") {
            let (key, after) = quoted.split_once("']")?;
            (Some(key), after)
        } else if let Some(after) = rest.strip_prefix("[*]") {
            (None, after)
        } else {
            let after = rest.strip_prefix('.')?;
            let (key, after) = after.split_at(after.find(['.', '[']).unwrap_or(after.len()));
            if key.is_empty() || key.contains(['?', '(', '@', ':']) {
                return None;
            }
            (Some(key).filter(|key| *key != "*"), after)
        };
        steps.push(step);
        rest = after;
    }
    Some(steps)
}

/// True when a step matches a key.
fn leads(step: Step<'_>, key: &Spanned<&str>) -> bool {
    step.is_none_or(|name| name == key.value)
}

/// The target of the innermost key at a span, if it is below the first level and not in a list.
pub fn target(root: &Node<'_>, span: Span) -> Option<String> {
    let (mut node, mut target, mut depth) = (root, "$".to_owned(), 0);
    // A reference without its only key would be an empty mapping.
    while let Some((key, value)) = entry(node, span).filter(|(key, _)| key.value != "$ref") {
        target += &shown(&Some(key.value));
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

/// The text of a step.
fn shown(step: &Step<'_>) -> String {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"_-".contains(&b);
    match step {
        None => ".*".to_owned(),
        Some(key) if key.bytes().all(is_plain) && !key.is_empty() => format!(".{key}"),
        Some(key) => format!("['{key}']"),
    }
}

/// Merges the update into the nodes of a target, or removes them when there is no update.
fn change<'s>(
    problems: &Problems,
    roots: &mut [Node<'s>],
    steps: &[Step<'_>],
    update: Option<&Node<'s>>,
) -> Result<(), Words> {
    let found = find(problems, roots, steps)?;
    let mut count = found.len();
    if let Some(update) = update {
        found.into_iter().for_each(|node| merge(node, update));
    } else if let Some((last, before)) = steps.split_last() {
        count = 0;
        for node in find(problems, roots, before)? {
            if let Kind::Mapping(entries) = &mut node.kind {
                count += entries.len();
                entries.retain(|(key, _)| !leads(*last, key));
                count -= entries.len();
            }
        }
    }
    if count > 0 && !(steps.is_empty() && update.is_none()) {
        return Ok(());
    }
    let path: String = steps.iter().map(shown).collect();
    let message = format!("`${path}` matches no key that can be removed");
    let help = "write the path to an existing key below `$`";
    Err((message, help.to_owned()))
}

/// Finds the nodes of a target, or returns the error of the first missing key.
fn find<'t, 's>(
    problems: &Problems,
    roots: &'t mut [Node<'s>],
    steps: &[Step<'_>],
) -> Result<Vec<&'t mut Node<'s>>, Words> {
    let (mut nodes, mut path): (Vec<_>, _) = (roots.iter_mut().collect(), "$".to_owned());
    for step in steps {
        if let Some(wanted) = step
            && nodes.iter().all(|node| node.get(wanted).is_none())
        {
            let keys = nodes.iter().flat_map(|node| node.entries());
            let keys: BTreeSet<_> = keys.map(|(key, _)| key.value).collect();
            let help = match problems.nearest(wanted, keys.iter().copied()) {
                Some(near) => format!("write `{path}{}`", shown(&Some(near))),
                None if keys.is_empty() => {
                    format!("`{path}` is not a mapping; end the target there")
                }
                None => format!("keys here: {}", listed(keys.into_iter().take(LISTED))),
            };
            return Err((format!("`{path}` has no key `{wanted}`"), help));
        }
        path += &shown(step);
        let mut found = Vec::new();
        for node in nodes {
            match &mut node.kind {
                Kind::Mapping(entries) => {
                    let named = entries.iter_mut().filter(|(key, _)| leads(*step, key));
                    found.extend(named.map(|(_, node)| node));
                }
                Kind::Sequence(items) if step.is_none() => found.extend(items),
                _ => {}
            }
        }
        nodes = found;
    }
    Ok(nodes)
}

/// The last entry of a mapping that begins at a span or before it.
fn entry<'t, 's>(node: &'t Node<'s>, span: Span) -> Option<&'t Entry<'s>> {
    let entries = node.entries();
    // Entries that an overlay has added come last.
    let own = entries.partition_point(|(key, _)| key.span.source == span.source);
    let before = entries[..own].partition_point(|(key, _)| key.span.start <= span.start);
    entries[..before].last()
}

/// Merges mappings, extends lists, and replaces any other value.
fn merge<'s>(node: &mut Node<'s>, update: &Node<'s>) {
    match (&mut node.kind, &update.kind) {
        (Kind::Mapping(entries), Kind::Mapping(updates)) => {
            for (key, value) in updates {
                let mut known = entries.iter_mut();
                match known.find(|(known, _)| known.value == key.value) {
                    Some((_, known)) => merge(known, value),
                    None => entries.push((*key, value.clone())),
                }
            }
        }
        (Kind::Sequence(items), Kind::Sequence(more)) => items.extend(more.iter().cloned()),
        _ => *node = update.clone(),
    }
}
