//! An overlay: what a description of somebody else should say otherwise, in a file beside it.
//!
//! The form is that of the OpenAPI Overlay Specification 1.0, with targets of keys and `*` only.

use super::fields::Reader;
use super::node::{Kind, Node};
use crate::diagnostics::Code;

/// A part of a target.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    Key(String),
    Any,
}

/// Applies an overlay to a description. What does not fit is reported.
pub fn apply<'s>(reader: &mut Reader, root: &mut Node<'s>, overlay: &Node<'s>) {
    let known = &["overlay", "info", "actions", "extends"];
    let Some(fields) = reader.fields(overlay, overlay.span, "the overlay", known) else {
        return;
    };
    if let Some(version) = fields.required_text(reader, "overlay")
        && !version.value.starts_with("1.0")
    {
        let message = format!("overlay {} is not supported", version.value);
        reader.error(
            Code::Unsupported,
            version.span,
            message,
            "write `overlay: 1.0.0`",
        );
    }
    let Some((node, span)) = fields.required(reader, "actions") else {
        return;
    };
    for action in reader.list(node, span, "`actions`") {
        self::action(reader, root, action);
    }
}

fn action<'s>(reader: &mut Reader, root: &mut Node<'s>, action: &Node<'s>) {
    let known = &["target", "description", "update", "remove"];
    let Some(fields) = reader.fields(action, action.span, "an action", known) else {
        return;
    };
    let Some(target) = fields.required_text(reader, "target") else {
        return;
    };
    let Some(steps) = steps(target.value) else {
        let message = format!("the target `{}` is not supported", target.value);
        let help = "write keys alone: `$.paths['/me'].get`, and `*` for all keys";
        reader.error(Code::Overlay, target.span, message, help);
        return;
    };
    let remove = fields.flag(reader, "remove");
    let found = match (fields.get("update"), remove) {
        (Some((update, _)), false) => {
            visit(root, &steps, &mut |node| merge(node, update))
        }
        (None, true) => removed(root, &steps),
        _ => {
            let message = "an action either updates or removes";
            let help = "write `update: {…}` or `remove: true`";
            reader.error(Code::Overlay, action.place(target.span), message, help);
            return;
        }
    };
    if found == 0 {
        let message = format!("the description has no `{}`", target.value);
        let help = "write the path to something that is there, key by key";
        reader.error(Code::Overlay, target.span, message, help);
    }
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

/// Calls `change` for everything that a target means, and says how often.
fn visit<'s>(
    node: &mut Node<'s>,
    steps: &[Step],
    change: &mut impl FnMut(&mut Node<'s>),
) -> usize {
    let Some((step, rest)) = steps.split_first() else {
        change(node);
        return 1;
    };
    match (&mut node.kind, step) {
        (Kind::Mapping(entries), step) => entries
            .iter_mut()
            .filter(|(key, _)| {
                *step == Step::Any || *step == Step::Key(key.text.to_string())
            })
            .map(|(_, value)| visit(value, rest, change))
            .sum(),
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
            entries.retain(|(key, _)| {
                *last != Step::Any && *last != Step::Key(key.text.to_string())
            });
            count += length - entries.len();
        }
    });
    count
}

/// Mappings are merged, lists are continued, anything else is replaced.
fn merge<'s>(node: &mut Node<'s>, update: &Node<'s>) {
    match (&mut node.kind, &update.kind) {
        (Kind::Mapping(entries), Kind::Mapping(updates)) => {
            for (key, value) in updates {
                match entries.iter_mut().find(|(known, _)| known.text == key.text) {
                    Some((_, known)) => merge(known, value),
                    None => entries.push((key.clone(), value.clone())),
                }
            }
        }
        (Kind::Sequence(items), Kind::Sequence(more)) => {
            items.extend(more.iter().cloned())
        }
        _ => *node = update.clone(),
    }
}
