//! The commands: arguments in, a report and an exit code out.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::diagnostics::{Source, render};
use crate::files::{self, Comparison};
use crate::generate::{Options, generate};
use crate::layout::Layout;
use crate::spec::fields::Level;

/// What `--help` says.
const HELP: &str = "\
Generates the models, the client and the emulator's routes from spec/presence.yaml.

usage: cargo xtask codegen [--check]

  codegen           write the generated files, all or none
  --check           write nothing; show what differs, is missing or is left over, and exit with 1
  -h, --help        this text
";

/// What the arguments ask for.
#[derive(Debug, PartialEq, Eq)]
enum Command {
    Help,
    Codegen { check: bool },
}

/// Where a command reads, writes and reports.
pub struct Session<'a> {
    /// The root of the repository.
    pub root: PathBuf,
    /// The report.
    pub out: &'a mut dyn Write,
    /// What went wrong.
    pub err: &'a mut dyn Write,
    /// Whether problems are shown in colour.
    pub colour: bool,
}

/// Runs a command. The answer is the exit code.
pub fn run(arguments: &[std::ffi::OsString], session: &mut Session<'_>) -> u8 {
    let result = match parse(arguments) {
        Ok(Command::Help) => session.out.write_all(HELP.as_bytes()).map(|()| 0),
        Ok(Command::Codegen { check }) => codegen(check, session),
        Err(message) => write!(session.err, "error: {message}\n\n{HELP}").map(|()| 2),
    };
    result.unwrap_or_else(|error| {
        // When even this cannot be written, the exit code still tells.
        let _ = writeln!(session.err, "error: {error}");
        1
    })
}

fn parse(arguments: &[std::ffi::OsString]) -> Result<Command, String> {
    use lexopt::prelude::{Long, Short, Value};
    let mut parser = lexopt::Parser::from_args(arguments);
    let mut command = None;
    let mut check = false;
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Long("check") => check = true,
            Value(value) if command.is_none() && value == "codegen" => {
                command = Some(())
            }
            Value(value) if command.is_none() => {
                return Err(format!("there is no command {value:?}; write `codegen`"));
            }
            other => return Err(other.unexpected().to_string()),
        }
    }
    match command {
        Some(()) => Ok(Command::Codegen { check }),
        None => Err("which command? write `codegen`".to_owned()),
    }
}

fn codegen(check: bool, session: &mut Session<'_>) -> io::Result<u8> {
    let name = "spec/presence.yaml";
    let layout = Layout::own();
    let Some(text) = read(&session.root.join(name), name, session)? else {
        return Ok(1);
    };
    let options = Options {
        level: Level::Own,
        spec: name.to_owned(),
        layout,
    };
    let generated = match generate(&text, &options) {
        Ok(generated) => generated,
        Err(problems) => {
            let source = Source { name, text: &text };
            let report = render(&problems, &[source], session.colour);
            session.err.write_all(report.as_bytes())?;
            return Ok(1);
        }
    };
    let folders = options.layout.folders();
    let comparison = files::compare(&session.root, folders, &generated.files)?;
    match check {
        true => report_check(&comparison, session),
        false => write(&comparison, session),
    }
}

/// The text of a description; reports one that cannot be read.
fn read(
    path: &Path,
    name: &str,
    session: &mut Session<'_>,
) -> io::Result<Option<String>> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            writeln!(
                session.err,
                "error[S001]: the description cannot be read: {error}"
            )?;
            writeln!(session.err, " --> {name}")?;
            writeln!(
                session.err,
                "  = help: give the path of a file that is there"
            )?;
            return Ok(None);
        }
    };
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let before = String::from_utf8_lossy(&error.as_bytes()[..good]).into_owned();
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
            writeln!(session.err, "error[S001]: the description is not UTF-8")?;
            writeln!(session.err, " --> {name}:{line}:{column}")?;
            writeln!(
                session.err,
                "  = help: save it as UTF-8; the byte here belongs to another \
                encoding"
            )?;
            Ok(None)
        }
    }
}

fn write(comparison: &Comparison, session: &mut Session<'_>) -> io::Result<u8> {
    files::apply(&session.root, &comparison.changes)?;
    for change in &comparison.changes {
        let what = if change.wanted.is_some() {
            "wrote"
        } else {
            "removed"
        };
        writeln!(session.out, "{what} {}", change.path)?;
    }
    let same = comparison.same;
    let noun = if same == 1 { "file" } else { "files" };
    writeln!(session.out, "left {same} {noun} as they were")?;
    Ok(0)
}

fn report_check(comparison: &Comparison, session: &mut Session<'_>) -> io::Result<u8> {
    if comparison.changes.is_empty() {
        writeln!(
            session.out,
            "all {} generated files are up to date",
            comparison.same
        )?;
        return Ok(0);
    }
    for change in &comparison.changes {
        session.out.write_all(change.diff().as_bytes())?;
    }
    for change in &comparison.changes {
        writeln!(session.err, "{}", change.summary())?;
    }
    writeln!(
        session.err,
        "the generated files are not up to date; run: cargo xtask codegen"
    )?;
    Ok(1)
}
