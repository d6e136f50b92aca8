//! The commands: from arguments to a report and an exit code.

mod arguments;

use crate::diagnostics::{Source, render};
use crate::diff::{self, Change, Group, Version};
use crate::files::{self, Comparison, OutputFile};
use crate::generate::{NO_SERVERS, Options, api, generate};
use crate::ir::Api;
use arguments::{Command, FIRST, Input, Task, inputs};
use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;

const HELP: &str = include_str!("../templates/help.txt");

/// The environment of a command.
pub struct Session<'a> {
    /// The root of the repository. Paths in arguments are relative to the current folder instead.
    pub root: PathBuf,
    /// The stream for reports.
    pub out: &'a mut dyn Write,
    /// The stream for errors.
    pub err: &'a mut dyn Write,
    /// True to show problems in colour.
    pub colour: bool,
}

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Runs a command and returns its exit code.
pub fn run(arguments: &[OsString], session: &mut Session<'_>) -> u8 {
    let (code, error) = match arguments::command(arguments, &session.root) {
        Err(message) => (2, format!("{message}\n\n{HELP}")),
        Ok(command) => match execute(command, session) {
            Ok(code) => return code,
            Err(error) => (1, error.to_string()),
        },
    };
    let is_report = error.starts_with("error[");
    let title = if is_report { "" } else { "error: " };
    // The exit code still tells of the error when the stream is closed.
    let _ = writeln!(session.err, "{title}{}", error.trim_end());
    code
}

fn execute(command: Option<Command>, session: &mut Session<'_>) -> Outcome<u8> {
    match command {
        None => Ok(write!(session.out, "{HELP}").map(|()| 0)?),
        Some(Command::Codegen(task)) => codegen(&task, session),
        Some(Command::Diff(compared, check)) => diff(&compared, check, session),
    }
}

/// Generates the files, and writes or compares them. Returns the exit code.
fn codegen(task: &Task, session: &mut Session<'_>) -> Outcome<u8> {
    let generated = generated(task, session.colour)?;
    let compare = || files::compare(&task.root, task.options.layout.folders(), &generated);
    if task.check {
        return Ok(report(task, compare()?, session)?);
    }
    let _lock = files::lock(&task.root)?;
    write(task, &compare()?, session)?;
    if generated.iter().any(|file| file.text.contains(NO_SERVERS)) {
        writeln!(session.out, "{NO_SERVERS}")?;
    }
    Ok(0)
}

fn sources(texts: &[(String, String)]) -> Vec<Source<'_>> {
    let texts = texts.iter();
    texts.map(|(name, text)| Source { name, text }).collect()
}

/// The generated files, or the report of problems.
fn generated(task: &Task, colour: bool) -> Result<Vec<OutputFile>, String> {
    let inputs = task.specs.iter().chain(&task.overlay);
    let texts = inputs.map(Input::read).collect::<Result<Vec<_>, _>>()?;
    let sources = sources(&texts);
    let (files, overlay) = sources.split_at(task.specs.len());
    let options = Options {
        overlay: overlay.first().map(|overlay| overlay.text.to_owned()),
        ..task.options.clone()
    };
    generate(files, &options).map_err(|problems| render(&problems, &sources, colour))
}

fn write(task: &Task, comparison: &Comparison, session: &mut Session<'_>) -> io::Result<()> {
    files::apply(&task.root, &comparison.changes)?;
    for change in &comparison.changes {
        let is_written = change.wanted.is_some();
        let done = if is_written { "wrote" } else { "removed" };
        writeln!(session.out, "{done} {}", change.path)?;
    }
    let same = comparison.same;
    let noun = if same == 1 { "file" } else { "files" };
    writeln!(session.out, "left {same} {noun} as they were")
}

/// Reports the files that differ. Returns the exit code, 1 when there are any.
fn report(task: &Task, comparison: Comparison, session: &mut Session<'_>) -> io::Result<u8> {
    if comparison.changes.is_empty() {
        let count = comparison.same;
        writeln!(session.out, "all {count} generated files are up to date")?;
        return Ok(0);
    }
    let changes = comparison.changes.into_iter();
    let (line_ends, changes): (Vec<_>, Vec<_>) = changes.partition(files::Change::is_of_line_ends);
    for change in &changes {
        session.out.write_all(change.diff().as_bytes())?;
    }
    for change in &changes {
        writeln!(session.err, "{}", change.summary())?;
    }
    if !line_ends.is_empty() {
        let count = line_ends.len();
        let (s, verb) = if count == 1 { ("", "s") } else { ("s", "") };
        let how = "only in line endings (CRLF, expected LF)";
        writeln!(session.err, "{count} file{s} differ{verb} {how}")?;
    }
    let message = "the generated files are not up to date; run";
    writeln!(session.err, "{message}: {}", task.command)?;
    Ok(1)
}

struct Description {
    /// Pairs of file name and text.
    files: Vec<(String, String)>,
    /// The version of the crates, for our own description.
    version: Option<Version>,
}

/// Compares two descriptions, by default HEAD and `spec/*.yaml`.
fn diff(compared: &[String], check: bool, session: &mut Session<'_>) -> Outcome<u8> {
    let mut names = compared.iter().map(String::as_str);
    let old = description(&session.root, Some(names.next().unwrap_or("HEAD")))?;
    let new = description(&session.root, names.next())?;
    let changes = diff::compare(&old.api(session.colour)?, &new.api(session.colour)?);
    tell(&changes, old.version, session.out)?;
    if check {
        allowed(&changes, old.version, new.version)?;
    }
    Ok(0)
}

/// A description on disk or at a Git revision; without a name, our own on disk.
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

/// Our own description at a Git revision.
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

fn git(root: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut command = process::Command::new("git");
    let output = command.current_dir(root).args(arguments).output();
    let output = output.map_err(|error| format!("git cannot be started: {error}"))?;
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    Err(text(&output.stderr).trim().to_owned())
}

impl Description {
    fn api(&self, colour: bool) -> Result<Api, String> {
        let sources = sources(&self.files);
        api(&sources, &Options::own()).map_err(|problems| render(&problems, &sources, colour))
    }
}

/// Prints the changes by group, the next version, and the lines for CHANGELOG.md.
fn tell(changes: &[Change], version: Option<Version>, out: &mut dyn Write) -> io::Result<()> {
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

/// Returns an error when the changes need a later version of the crates.
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
                 `version` in Cargo.toml, or undo the changes of the first group"
            ))
        }
        _ => Ok(()),
    }
}
