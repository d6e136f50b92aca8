//! `cargo xtask diff`: reads two descriptions, from the disk or from git, and prints how they
//! differ.

use super::arguments::{FIRST, Input, inputs};
use super::{Outcome, Session, sources};
use crate::diagnostics::render;
use crate::diff::{Change, Group, Version, compare};
use crate::generate::{Options, api};
use crate::ir::Api;
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;

/// A description.
struct Description {
    /// The names and the texts of its files.
    files: Vec<(String, String)>,
    /// The version of the crates; none beside files that are somewhere else.
    version: Option<Version>,
}

/// Compares two descriptions: HEAD and `spec/*.yaml`, unless others are given. Returns the exit
/// code.
pub fn diff(compared: &[String], check: bool, session: &mut Session<'_>) -> Outcome<u8> {
    let mut names = compared.iter().map(String::as_str);
    let old = description(&session.root, Some(names.next().unwrap_or("HEAD")))?;
    let new = description(&session.root, names.next())?;
    let changes = compare(&old.api(session.colour)?, &new.api(session.colour)?);
    write(&changes, old.version, session.out)?;
    if check {
        allowed(&changes, old.version, new.version)?;
    }
    Ok(0)
}

/// Our own description as it is, at a path or at a revision.
fn description(root: &Path, name: Option<&str>) -> Result<Description, String> {
    let (inputs, version) = match name {
        None => {
            let (_, manifest) = Input::new(&root.join("Cargo.toml").to_string_lossy()).read()?;
            let version = Version::of_workspace(&manifest);
            (inputs(&root.join("spec"), "spec")?, version)
        }
        Some(name) if Path::new(name).is_dir() => (inputs(Path::new(name), name)?, None),
        Some(name) if Path::new(name).is_file() => (vec![Input::new(name)], None),
        Some(name) => return revision(root, name),
    };
    let files = inputs.iter().map(Input::read).collect::<Result<_, _>>()?;
    Ok(Description { files, version })
}

/// Our own description at a revision.
fn revision(root: &Path, name: &str) -> Result<Description, String> {
    let commit = format!("{name}^{{commit}}");
    let commit = ["rev-parse", "--verify", "--end-of-options", &commit];
    let commit = git(root, &commit).map_err(|error| {
        format!("`{name}` is not a file, a folder or a revision of this repository: {error}")
    })?;
    let commit = commit.trim();
    let list = git(root, &["ls-tree", "--name-only", commit, "spec/"])?;
    let paths = list.lines().filter(|path| path.ends_with(".yaml"));
    let mut paths: Vec<_> = paths.collect();
    if paths.is_empty() {
        return Err(format!("the revision `{name}` has no `spec/*.yaml`"));
    }
    paths.sort_by_key(|path| !path.ends_with(&format!("/{FIRST}")));
    let show = |path: &str| git(root, &["show", &format!("{commit}:./{path}")]);
    let read = |path: &&str| Ok((format!("{name}:{path}"), show(path)?));
    Ok(Description {
        files: paths.iter().map(read).collect::<Result<_, String>>()?,
        version: Version::of_workspace(&show("Cargo.toml")?),
    })
}

/// The output of git, or its error.
fn git(root: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new("git");
    let output = command.current_dir(root).args(arguments).output();
    let output = output.map_err(|error| format!("git cannot be started: {error}"))?;
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    Err(text(&output.stderr).trim().to_owned())
}

impl Description {
    /// Its IR, or the report of its problems.
    fn api(&self, colour: bool) -> Result<Api, String> {
        let sources = sources(&self.files);
        api(&sources, &Options::own()).map_err(|problems| render(&problems, &sources, colour))
    }
}

/// Prints the changes by group, the version that they need, and the lines for CHANGELOG.md.
fn write(changes: &[Change], version: Option<Version>, out: &mut dyn Write) -> io::Result<()> {
    let Some(first) = changes.first() else {
        return writeln!(out, "no difference for users of the crates");
    };
    let mut lines = String::new();
    for (group, title, heading) in [
        (Group::Breaking, "Breaking", "Breaking changes"),
        (Group::Added, "Added", "Features added"),
        (Group::Documentation, "Changed in documentation", ""),
    ] {
        let texts = changes.iter().filter(|change| change.group == group);
        let texts: Vec<_> = texts.map(|change| &*change.text).collect();
        if texts.is_empty() {
            continue;
        }
        writeln!(out, "{title}:\n- {}\n", texts.join("\n- "))?;
        if !heading.is_empty() {
            lines.push_str(&format!("\n### {heading}\n\n- {}.\n", texts.join("; ")));
        }
    }
    let verdict = Version::verdict(version, first.group);
    writeln!(out, "Semantic versioning: {verdict}")?;
    if lines.is_empty() {
        return writeln!(out, "CHANGELOG.md: no line, only documentation has changed");
    }
    write!(out, "CHANGELOG.md:\n{lines}")
}

/// The error of changes that the version of the crates does not allow.
fn allowed(changes: &[Change], old: Option<Version>, new: Option<Version>) -> Result<(), String> {
    let (Some(old), Some(new)) = (old, new) else {
        let message = "`--check` compares the versions of the crates, and a path has none";
        return Err(format!("{message}; give a revision"));
    };
    match changes.first() {
        Some(first) if !new.allows(first.group, old) => {
            let (next, _) = old.after(first.group);
            Err(format!(
                "the changes need version {next} or later, and the crates have {new}; raise \
                 `version` in Cargo.toml, or take the first group back"
            ))
        }
        _ => Ok(()),
    }
}
