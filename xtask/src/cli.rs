//! The commands: arguments in, a report and an exit code out.

mod arguments;
mod diff;

use crate::diagnostics::{Source, render};
use crate::files::{self, Comparison, OutputFile};
use crate::generate::{NO_SERVERS, Options, generate};
use arguments::{Command, Input, Task};
use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;

/// The text of `--help`.
const HELP: &str = include_str!("../templates/help.txt");

/// The folder and the streams of a command.
pub struct Session<'a> {
    /// The root of the repository; paths in arguments count from the current folder.
    pub root: PathBuf,
    /// For the report.
    pub out: &'a mut dyn Write,
    /// For errors.
    pub err: &'a mut dyn Write,
    /// True when problems are shown in colour.
    pub colour: bool,
}

/// An exit code or another result, or an error that is not shown yet.
type Outcome<T> = Result<T, Box<dyn Error>>;

/// Runs a command. Returns the exit code.
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
    // When this cannot be written either, there is still the exit code.
    let _ = writeln!(session.err, "{title}{}", error.trim_end());
    code
}

fn execute(command: Option<Command>, session: &mut Session<'_>) -> Outcome<u8> {
    match command {
        None => Ok(write!(session.out, "{HELP}").map(|()| 0)?),
        Some(Command::Codegen(task)) => codegen(&task, session),
        Some(Command::Diff(compared, check)) => diff::diff(&compared, check, session),
    }
}

/// Reads, generates, and writes or compares. Returns the exit code.
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

/// Files of a description, each with its name and its text.
fn sources(texts: &[(String, String)]) -> Vec<Source<'_>> {
    let texts = texts.iter();
    texts.map(|(name, text)| Source { name, text }).collect()
}

/// The files for the description, or the report of its problems.
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

/// Writes the files that differ, and reports them.
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

/// Reports how the files differ. The exit code is 1 when they do.
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
