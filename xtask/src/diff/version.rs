//! Versions, and the changes that they allow.

use super::Group;
use std::fmt;

/// A version of the crates.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version([u64; 3]);

impl Version {
    /// The version of the workspace, from the text of its manifest.
    pub fn of_workspace(manifest: &str) -> Option<Self> {
        let (_, package) = manifest.split_once("[workspace.package]")?;
        let mut lines = package.lines();
        let text = lines.find_map(|line| line.strip_prefix("version = \""))?;
        let mut parts = text.split(['.', '-', '+', '"']).map(str::parse);
        let mut part = || parts.next()?.ok();
        Some(Self([part()?, part()?, part()?]))
    }

    /// The least version with a change of a group after this one, and its name.
    pub fn after(self, group: Group) -> (Self, &'static str) {
        let Self([major, minor, patch]) = self;
        match (group, major) {
            (Group::Breaking, 1..) => (Self([major + 1, 0, 0]), "major"),
            (Group::Breaking, 0) | (Group::Added, 1..) => (Self([major, minor + 1, 0]), "minor"),
            _ => (Self([major, minor, patch + 1]), "patch"),
        }
    }

    /// The version that a change of a group needs, in words.
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

    /// True when a change of a group may come with this version after an old one. The same version
    /// is the next patch when it is published.
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
