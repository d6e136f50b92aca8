//! Compares two descriptions as users of the crates see them, in public signatures and on the wire,
//! and computes the version that the changes need.
//!
//! `items` lists all that a user can name, with facts; this file compares such lists. The IR is
//! destructured there, so a new field of it does not compile until it is compared.

mod items;

use crate::diagnostics::listed;
use crate::ir::Api;
use std::collections::{BTreeMap, HashMap};
use std::fmt;

/// The meaning of a change for users, the most severe first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    Breaking,
    Added,
    Documentation,
}

/// A difference as a sentence.
pub struct Change {
    pub group: Group,
    pub text: String,
}

/// A name that users can write, or a part of a request.
struct Item {
    kind: &'static str,
    name: String,
    /// The keys that identify the item in the other description, the most reliable first.
    keys: Vec<String>,
    facts: Vec<Fact>,
    parts: Vec<Item>,
}

/// A fact about an item: a verb such as `has the type`, and a value, which may be empty. A verb
/// ends with a space, or with the opening quote of the value.
struct Fact {
    rule: Rule,
    verb: &'static str,
    value: String,
}

/// The verb for Rust names.
const CALLED: &str = "is called `";
/// The verb for names in JSON and HTTP, which are never names of types.
const WIRE: &str = "is sent as `";

/// Returns the group of a change from one value to another.
type Rule = fn(&str, &str) -> Group;

/// The differences, the most severe first.
pub fn compare(old: &Api, new: &Api) -> Vec<Change> {
    let (old, new) = (items::of(old), items::of(new));
    let both = pairs(&old, &new).into_iter();
    let both = both.filter_map(|(old, new)| Some((old?, new?)));
    let types = both.filter(|(old, _)| old.kind == "type");
    let renames = types.map(|(old, new)| (&*old.name, &*new.name)).collect();
    let mut changes = compare_items(&old, &new, "", &renames);
    changes.sort_by_key(|change| change.group);
    changes
}

/// The old names of types, with the new ones.
type Renames<'a> = HashMap<&'a str, &'a str>;

fn compare_items(old: &[Item], new: &[Item], of: &str, renames: &Renames<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut lists: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    for (old, new) in pairs(old, new) {
        let Some(Item { kind, name, .. }) = new.or(old) else {
            continue;
        };
        if let (Some(old), Some(new)) = (old, new) {
            let noun = if *kind == "step" { "method" } else { kind };
            let subject = format!("{noun} `{name}`{of}");
            let facts = old.facts.iter().zip(&new.facts);
            changes.extend(facts.filter_map(|(old, new)| new.change(old, &subject, renames)));
            let of = format!(" of `{name}`");
            changes.extend(compare_items(&old.parts, &new.parts, &of, renames));
            continue;
        }
        let group = match (*kind, new) {
            // The methods below the step are compared.
            ("step", _) => continue,
            ("hint", _) => Group::Documentation,
            ("argument", _) | (_, None) => Group::Breaking,
            _ => Group::Added,
        };
        let key = (group, new.is_some(), *kind);
        lists.entry(key).or_default().push(name);
    }
    changes.extend(lists.into_iter().map(|((group, is_new, kind), names)| {
        let state = if is_new { "new" } else { "removed" };
        let (plural, verb) = match names.len() {
            1 => ("", "is"),
            _ => ("s", "are"),
        };
        let text = format!("{kind}{plural} {}{of} {verb} {state}", listed(names));
        Change { group, text }
    }));
    changes
}

/// The pairs of items that are the same, in the new order, then the removed ones.
fn pairs<'a>(old: &'a [Item], new: &'a [Item]) -> Vec<(Option<&'a Item>, Option<&'a Item>)> {
    let mut left: Vec<_> = old.iter().collect();
    let mut pairs: Vec<_> = new.iter().map(|item| (None, Some(item))).collect();
    for level in 0..3 {
        for (partner, item) in pairs.iter_mut().filter(|(partner, _)| partner.is_none()) {
            // A key that ends with a space is empty.
            let key = item.and_then(|item| item.keys.get(level));
            let key = key.filter(|key| !key.ends_with(' '));
            let same = |old: &&Item| key.is_some() && old.keys.get(level) == key;
            *partner = left.iter().position(same).map(|at| left.remove(at));
        }
    }
    pairs.extend(left.into_iter().map(|item| (Some(item), None)));
    pairs
}

impl Fact {
    /// The change from an old fact to this one.
    fn change(&self, old: &Self, of: &str, renames: &Renames<'_>) -> Option<Change> {
        let Self { rule, verb, value } = self;
        let before = match *verb {
            CALLED | WIRE => old.value.clone(),
            _ => renamed(&old.value, renames),
        };
        if before == *value || old.verb != *verb {
            return None;
        }
        let group = rule(&before, value);
        // The first line that differs.
        let same = old.value.lines().zip(value.lines());
        let at = same.take_while(|(was, is)| was == is).count();
        let line = |text: &str| {
            let line = text.lines().skip(at).find(|line| !line.is_empty());
            line.map(|line| quoted(verb, line))
        };
        let (verb, renamed) = (verb.trim_end_matches(['`', '“']), *verb == CALLED);
        let text = match (line(&old.value), line(value)) {
            (was, is) if was == is => format!("{of} has other paragraphs"),
            (Some(was), Some(is)) if renamed => {
                format!("{} is renamed {is}", of.replacen(&*is, &was, 1))
            }
            (Some(was), Some(is)) => format!("{of} {verb}{is}; before: {was}"),
            (was, None) => {
                let (is, verb) = verb.split_at(if verb.starts_with("is ") { 3 } else { 0 });
                format!("{of} {is}no longer {verb}{}", was.unwrap_or_default())
            }
            (None, Some(is)) => format!("{of} {verb}{is}"),
        };
        Some(Change { group, text })
    }
}

/// A value in the quotes that its verb opens.
fn quoted(verb: &str, value: &str) -> String {
    match verb.chars().last() {
        Some('`') => format!("`{value}`"),
        Some('“') => format!("“{value}”"),
        _ => value.to_owned(),
    }
}

/// A text with the new names of types.
fn renamed(text: &str, renames: &Renames<'_>) -> String {
    let is_end = |c: char| !c.is_alphanumeric() && c != '_';
    let words = text.split_inclusive(is_end).flat_map(|part| {
        let word = part.trim_end_matches(is_end);
        let now = renames.get(word).copied().unwrap_or(word);
        [now, &part[word.len()..]]
    });
    words.collect()
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version([u64; 3]);

impl Version {
    /// Reads the version from the text of the workspace's Cargo.toml.
    pub fn of_workspace(manifest: &str) -> Option<Self> {
        let (_, package) = manifest.split_once("[workspace.package]")?;
        let mut lines = package.lines();
        let text = lines.find_map(|line| line.strip_prefix("version = \""))?;
        let mut parts = text.split(['.', '-', '+', '"']).map(str::parse);
        let mut part = || parts.next()?.ok();
        Some(Self([part()?, part()?, part()?]))
    }

    /// The lowest later version that allows a change of the group, and the name of its step.
    pub fn after(self, group: Group) -> (Self, &'static str) {
        let Self([major, minor, patch]) = self;
        match (group, major) {
            (Group::Breaking, 1..) => (Self([major + 1, 0, 0]), "major"),
            (Group::Breaking, 0) | (Group::Added, 1..) => (Self([major, minor + 1, 0]), "minor"),
            _ => (Self([major, minor, patch + 1]), "patch"),
        }
    }

    /// The version that a change of the group needs, as text.
    pub fn verdict(old: Option<Self>, group: Group) -> String {
        if let Some(old) = old {
            let (next, name) = old.after(group);
            return format!("{name}, {next} or later after {old}");
        }
        let [before, from] = [0, 1].map(|major| Self([major, 0, 0]).after(group).1);
        if before == from {
            from.to_owned()
        } else {
            format!("{from}; before 1.0 {before}")
        }
    }

    /// True when this version allows a change of the group after an old version. The same version
    /// may be kept for a patch, as it is not published yet.
    pub fn allows(self, group: Group, old: Self) -> bool {
        let (next, name) = old.after(group);
        self >= if name == "patch" { old } else { next }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([major, minor, patch]) = self;
        write!(f, "{major}.{minor}.{patch}")
    }
}
