//! The commands: arguments in, a report and an exit code out.

mod arguments;
mod diff;

use crate::diagnostics::{Source, render};
use crate::files::{self, Comparison, OutputFile};
use crate::generate::{NO_SERVERS, Options, generate};
use arguments::{Command, Input, Task};
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

/// Runs a command. Returns the exit code.
pub fn run(arguments: &[OsString], session: &mut Session<'_>) -> u8 {
    let result = match arguments::command(arguments, &session.root) {
        Ok(None) => session.out.write_all(HELP.as_bytes()).map(|()| 0),
        Ok(Some(Command::Codegen(task))) => codegen(&task, session),
        Ok(Some(Command::Diff(compared, check))) => diff::diff(&compared, check, session),
        Err(message) => write!(session.err, "error: {message}\n\n{HELP}").map(|()| 2),
    };
    result.unwrap_or_else(|error| {
        // When this cannot be written either, there is still the exit code.
        let _ = writeln!(session.err, "error: {error}");
        1
    })
}

/// Reads, generates, and writes or compares. Returns the exit code.
fn codegen(task: &Task, session: &mut Session<'_>) -> io::Result<u8> {
    let generated = match generated(task, session.colour) {
        Ok(generated) => generated,
        Err(report) => {
            session.err.write_all(report.as_bytes())?;
            return Ok(1);
        }
    };
    let compare = || files::compare(&task.root, task.options.layout.folders(), &generated);
    if task.check {
        return report(task, compare()?, session);
    }
    let _lock = files::lock(&task.root)?;
    write(task, &compare()?, session)?;
    if generated.iter().any(|file| file.text.contains(NO_SERVERS)) {
        writeln!(session.out, "{NO_SERVERS}")?;
    }
    Ok(0)
}

/// The files for the description, or the report of its problems.
fn generated(task: &Task, colour: bool) -> Result<Vec<OutputFile>, String> {
    let texts = task.specs.iter().map(Input::read);
    let texts = texts.collect::<Result<Vec<_>, _>>()?;
    let overlay = task.overlay.as_ref().map(Input::read).transpose()?;
    let options = Options {
        overlay,
        ..task.options.clone()
    };
    let inputs = task.specs.iter().chain(&task.overlay);
    let inputs = inputs.zip(texts.iter().chain(&options.overlay));
    let sources: Vec<_> = inputs
        .map(|(Input { name, .. }, text)| Source { name, text })
        .collect();
    let files = &sources[..texts.len()];
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
