//! The commands: arguments in, a report and an exit code out.

use crate::diagnostics::{Source, render};
use crate::files::{self, Comparison};
use crate::generate::{Options, generate};
use crate::layout::{Layout, Runtime};
use crate::spec::fields::Level;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What `--help` says.
const HELP: &str = "\
Generates the models, the client and the emulator's routes from spec/presence.yaml,
or a workspace of two crates from any description.

usage: cargo xtask codegen [--check]
       cargo xtask codegen [--check] --spec FILE --out DIR [options]

  codegen           write the generated files, all or none
  --check           write nothing; show what differs, is missing or is left over, and exit with 1
  --spec FILE       the description, OpenAPI 3.0
  --out DIR         the folder of the workspace
  --overlay FILE    what the description should say otherwise (OpenAPI Overlay 1.0)
  --name NAME       the name of the client crate; without it, the last part of DIR
  --runtime WHERE   the folder or the version of msgraph-runtime and msgraph-wire; without it,
                    those of this checkout
  -h, --help        this text
";

/// What the arguments ask for.
#[derive(Debug, PartialEq, Eq)]
enum Command {
    Help,
    Codegen(Codegen),
}

/// The arguments of `codegen`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Codegen {
    check: bool,
    spec: Option<String>,
    out: Option<String>,
    overlay: Option<String>,
    name: Option<String>,
    runtime: Option<String>,
}

/// What `codegen` reads, and where it writes.
struct Task {
    spec: String,
    overlay: Option<String>,
    level: Level,
    layout: Layout,
    /// The root of the output, and the command that brings it up to date.
    root: PathBuf,
    command: String,
}

/// Where a command reads, writes and reports.
pub struct Session<'a> {
    /// The root of the repository; paths in arguments count from the current folder.
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
        Ok(Command::Codegen(arguments)) => codegen(&arguments, session),
        Err(message) => write!(session.err, "error: {message}\n\n{HELP}").map(|()| 2),
    };
    result.unwrap_or_else(|error| {
        // When even this cannot be written, the exit code still tells.
        let _ = writeln!(session.err, "error: {error}");
        1
    })
}

fn parse(arguments: &[std::ffi::OsString]) -> Result<Command, String> {
    use lexopt::prelude::{Long, Short, Value, ValueExt};
    let mut parser = lexopt::Parser::from_args(arguments);
    let mut named = false;
    let mut found = Codegen::default();
    let text = |error: lexopt::Error| error.to_string();
    while let Some(argument) = parser.next().map_err(text)? {
        let option = match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Long("check") => {
                found.check = true;
                continue;
            }
            Long("spec") => &mut found.spec,
            Long("out") => &mut found.out,
            Long("overlay") => &mut found.overlay,
            Long("name") => &mut found.name,
            Long("runtime") => &mut found.runtime,
            Value(value) if !named && value == "codegen" => {
                named = true;
                continue;
            }
            Value(value) if !named => {
                return Err(format!("there is no command {value:?}; write `codegen`"));
            }
            other => return Err(other.unexpected().to_string()),
        };
        *option = Some(
            parser
                .value()
                .and_then(|value| value.string())
                .map_err(text)?,
        );
    }
    if !named {
        return Err("which command? write `codegen`".to_owned());
    }
    let alone =
        found.overlay.is_some() || found.name.is_some() || found.runtime.is_some();
    if found.spec.is_some() != found.out.is_some() || (alone && found.spec.is_none()) {
        return Err("`--spec FILE` and `--out DIR` belong together".to_owned());
    }
    Ok(Command::Codegen(found))
}

/// What to do, with every default filled in.
fn task(arguments: &Codegen, root: &Path) -> Result<Task, String> {
    let (Some(spec), Some(out)) = (&arguments.spec, &arguments.out) else {
        return Ok(Task {
            spec: "spec/presence.yaml".to_owned(),
            overlay: None,
            level: Level::Own,
            layout: Layout::own(),
            root: root.to_owned(),
            command: "cargo xtask codegen".to_owned(),
        });
    };
    let last = Path::new(out)
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let name = arguments.name.clone().or(last).unwrap_or_default();
    let is_name =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(is_name)
    {
        return Err(format!(
            "`{name}` is no name for a crate; write `--name small-letters`"
        ));
    }
    let runtime = match &arguments.runtime {
        Some(text) if text.starts_with(|c: char| c.is_ascii_digit()) => {
            Runtime::Version(text.clone())
        }
        Some(text) => Runtime::Path(absolute(Path::new(text))?),
        None => Runtime::Path(absolute(&root.join("crates"))?),
    };
    let mut command = format!("cargo xtask codegen --spec {spec} --out {out}");
    for (option, value) in [
        ("overlay", &arguments.overlay),
        ("name", &arguments.name),
        ("runtime", &arguments.runtime),
    ] {
        if let Some(value) = value {
            command.push_str(&format!(" --{option} {value}"));
        }
    }
    Ok(Task {
        command,
        spec: spec.clone(),
        overlay: arguments.overlay.clone(),
        level: Level::Foreign,
        layout: Layout::workspace(&name, runtime),
        root: PathBuf::from(out),
    })
}

/// The full path of a folder that is there: the manifests name it.
fn absolute(path: &Path) -> Result<String, String> {
    let full = path.canonicalize();
    let full = full.map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(full.to_string_lossy().into_owned())
}

fn codegen(arguments: &Codegen, session: &mut Session<'_>) -> io::Result<u8> {
    let task = match task(arguments, &session.root) {
        Ok(task) => task,
        Err(message) => {
            write!(session.err, "error: {message}\n\n{HELP}")?;
            return Ok(2);
        }
    };
    let place = |name: &str| match task.level {
        Level::Own => session.root.join(name),
        Level::Foreign => PathBuf::from(name),
    };
    let paths = (place(&task.spec), task.overlay.as_deref().map(place));
    let Some(text) = read(&paths.0, &task.spec, session)? else {
        return Ok(1);
    };
    let mut overlay = None;
    if let (Some(path), Some(name)) = (&paths.1, &task.overlay) {
        overlay = read(path, name, session)?;
        if overlay.is_none() {
            return Ok(1);
        }
    }
    // The header names the file alone: where it lies differs from machine to machine.
    let file = Path::new(&task.spec)
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let spec = match task.level {
        Level::Own => task.spec.clone(),
        Level::Foreign => file.unwrap_or_default(),
    };
    let options = Options {
        level: task.level,
        spec,
        overlay,
        layout: task.layout.clone(),
    };
    let generated = match generate(&text, &options) {
        Ok(generated) => generated,
        Err(problems) => {
            let mut sources = vec![Source {
                name: &task.spec,
                text: &text,
            }];
            if let (Some(name), Some(text)) = (&task.overlay, &options.overlay) {
                sources.push(Source { name, text });
            }
            let report = render(&problems, &sources, session.colour);
            session.err.write_all(report.as_bytes())?;
            return Ok(1);
        }
    };
    let folders = options.layout.folders();
    let comparison = files::compare(&task.root, folders, &generated)?;
    match arguments.check {
        true => report_check(&comparison, &task.command, session),
        false => write(&task.root, &comparison, session),
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

fn write(
    root: &Path,
    comparison: &Comparison,
    session: &mut Session<'_>,
) -> io::Result<u8> {
    files::apply(root, &comparison.changes)?;
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

fn report_check(
    comparison: &Comparison,
    command: &str,
    session: &mut Session<'_>,
) -> io::Result<u8> {
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
        "the generated files are not up to date; run: {command}"
    )?;
    Ok(1)
}
