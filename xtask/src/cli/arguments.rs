//! From arguments to a task in which every default is filled in.

use crate::Options;
use crate::diagnostics::Code;
use crate::ir::layout::{Layout, Runtime, is_device};
use crate::openapi::Strictness;
use heck::ToKebabCase;
use std::ffi::OsString;
use std::fmt::Display;
use std::path::{Path, PathBuf};

/// The inputs and outputs of `codegen`.
pub struct Task {
    /// True to compare only.
    pub check: bool,
    /// The files of the description.
    pub specs: Vec<Input>,
    /// The changes to it.
    pub overlay: Option<Input>,
    /// The options of the generator; the text of the overlay is not read yet.
    pub options: Options,
    /// The root of the output.
    pub root: PathBuf,
    /// The command that brings the output up to date.
    pub command: String,
}

/// The arguments, each option with its values; of most the last one counts.
#[derive(Default)]
struct Flags {
    command: String,
    /// The descriptions of `diff`.
    compared: Vec<String>,
    check: bool,
    /// The values of `OPTIONS`.
    values: [Vec<String>; OPTIONS.len()],
}

/// The options that have a value.
const OPTIONS: [&str; 6] = ["spec", "out", "overlay", "name", "runtime", "paths"];

/// A command with its options.
pub enum Command {
    Codegen(Box<Task>),
    /// The two descriptions to compare, and whether to check the version.
    Diff(Vec<String>, bool),
}

/// The command of the arguments of `cargo xtask`, or their error; none for `--help`.
pub fn command(arguments: &[OsString], root: &Path) -> Result<Option<Command>, String> {
    let Some(flags) = parse(arguments)? else {
        return Ok(None);
    };
    if flags.command == "diff" {
        let is_alone = flags.values.iter().all(Vec::is_empty);
        let others = "`diff` has no option except `--check`".to_owned();
        let diff = is_alone.then_some(Command::Diff(flags.compared, flags.check));
        return diff.map(Some).ok_or(others);
    }
    let task = task(&flags, root)?;
    Ok(Some(Command::Codegen(Box::new(task))))
}

fn task(flags: &Flags, root: &Path) -> Result<Task, String> {
    let [specs, out, ..] = &flags.values;
    match out.last() {
        Some(out) if !specs.is_empty() => workspace(flags, out, root),
        None if flags.values.iter().all(Vec::is_empty) => own(flags.check, root),
        _ => Err("`--spec FILE` and `--out DIR` belong together".to_owned()),
    }
}

/// The options; none for `--help`.
fn parse(arguments: &[OsString]) -> Result<Option<Flags>, String> {
    use lexopt::prelude::{Long, Short, Value, ValueExt};
    let mut parser = lexopt::Parser::from_args(arguments);
    let mut found = Flags::default();
    let text = |error: lexopt::Error| error.to_string();
    while let Some(argument) = parser.next().map_err(text)? {
        let at = match argument {
            Short('h') | Long("help") => return Ok(None),
            Long("check") => {
                found.check = true;
                continue;
            }
            Long(name) if OPTIONS.contains(&name) => {
                OPTIONS.iter().take_while(|known| **known != name).count()
            }
            Value(value) if found.command.is_empty() => {
                if value != "codegen" && value != "diff" {
                    let help = "write `codegen` or `diff`";
                    return Err(format!("there is no command {value:?}; {help}"));
                }
                found.command = value.string().map_err(text)?;
                continue;
            }
            Value(value) if found.command == "diff" && found.compared.len() < 2 => {
                found.compared.push(value.string().map_err(text)?);
                continue;
            }
            other => return Err(other.unexpected().to_string()),
        };
        let value = parser.value().and_then(|value| value.string());
        found.values[at].push(value.map_err(text)?);
    }
    if found.command.is_empty() {
        return Err("the command is missing; write `codegen` or `diff`".to_owned());
    }
    Ok(Some(found))
}

/// The files of our own description in a folder: `presence.yaml`, then the others by name.
pub fn inputs(folder: &Path, name: &str) -> Result<Vec<Input>, String> {
    let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = entries.map_err(|error| format!("{}: {error}", folder.display()))?;
    let names = entries.iter().map(|entry| entry.file_name());
    let mut names: Vec<_> = names.filter_map(|name| name.into_string().ok()).collect();
    names.retain(|name| name.ends_with(".yaml") && name != FIRST);
    names.sort();
    names.insert(0, FIRST.to_owned());
    let input = |file| Input {
        path: folder.join(&file),
        name: format!("{name}/{file}"),
    };
    Ok(names.into_iter().map(input).collect())
}

/// The first file of our own description.
pub const FIRST: &str = "presence.yaml";

/// Our own description, into our own crates.
fn own(check: bool, root: &Path) -> Result<Task, String> {
    Ok(Task {
        check,
        specs: inputs(&root.join("spec"), "spec")?,
        overlay: None,
        options: Options::own(),
        root: root.to_owned(),
        command: "cargo xtask codegen".to_owned(),
    })
}

/// Somebody else's description, into a workspace.
fn workspace(flags: &Flags, out: &str, root: &Path) -> Result<Task, String> {
    let [specs, _, overlay, given, runtime, paths] = &flags.values;
    let mut name = given.last().cloned().unwrap_or_else(|| last_part(out));
    if given.is_empty() && !is_crate_name(&name) {
        name = name.to_kebab_case();
    }
    if !is_crate_name(&name) {
        return Err(format!(
            "`{name}` is not a crate name here; write `--name small-letters`"
        ));
    }
    let crates = root.join("crates");
    let runtime = self::runtime(runtime.last().map(String::as_str), &crates)?;
    let mut command = "cargo xtask codegen".to_owned();
    for (option, values) in OPTIONS.iter().zip(&flags.values) {
        for value in values {
            let is_plain = !value.contains([' ', '*', '!', '(', '$']);
            let quote = if is_plain { "" } else { "'" };
            command.push_str(&format!(" --{option} {quote}{value}{quote}"));
        }
    }
    let headers: Vec<_> = specs.iter().map(|spec| last_part(spec)).collect();
    Ok(Task {
        check: flags.check,
        specs: specs.iter().map(|spec| Input::new(spec)).collect(),
        overlay: overlay.last().map(|path| Input::new(path)),
        options: Options {
            strictness: Strictness::Lenient,
            // Only the file name: the folder differs from machine to machine.
            spec: headers.join(", "),
            overlay: None,
            paths: paths.clone(),
            layout: Layout::workspace(&name, runtime),
        },
        root: PathBuf::from(out),
        command,
    })
}

/// True for a name that a crate and its folder can have on every system.
fn is_crate_name(name: &str) -> bool {
    let belongs = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
    let others = ["alloc", "core", "proc_macro", "serde", "std", "test"];
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(belongs)
        && !others.contains(&name)
        && !name.starts_with("msgraph-")
        && !is_device(name)
        && syn::parse_str::<syn::Ident>(&name.replace('-', "_")).is_ok()
}

/// The source of the runtime: a version, or a folder that has it.
fn runtime(given: Option<&str>, crates: &Path) -> Result<Runtime, String> {
    let is_version = |text: &&str| text.starts_with(|c: char| c.is_ascii_digit());
    if let Some(version) = given.filter(|text| is_version(text) && !Path::new(text).is_dir()) {
        let own = env!("CARGO_PKG_VERSION");
        let compatible = own.rsplit_once('.').map_or(own, |(before, _)| before);
        let rest = version.strip_prefix(compatible);
        let is_ours = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        if is_ours && version.split('.').all(|part| part.parse::<u32>().is_ok()) {
            return Ok(Runtime::Version(version.to_owned()));
        }
        return Err(format!(
            "the generated code needs version {compatible} of `msgraph-runtime`, not {version}; write \
             `--runtime {compatible}`, or the folder of another"
        ));
    }
    let folder = absolute(given.map_or(crates, Path::new))?;
    for name in ["msgraph-runtime", "msgraph-wire"] {
        if !Path::new(&folder).join(name).join("Cargo.toml").is_file() {
            return Err(format!(
                "`{folder}` has no `{name}`; `--runtime` is the folder that holds `msgraph-runtime` \
                 and `msgraph-wire`, or their version"
            ));
        }
    }
    Ok(Runtime::Path(folder))
}

fn last_part(path: &str) -> String {
    let last = Path::new(path).file_name().unwrap_or_default();
    last.to_string_lossy().into_owned()
}

/// The full path of a folder that is there: the manifests name it.
fn absolute(path: &Path) -> Result<String, String> {
    let full = path.canonicalize();
    let full = full.map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(full.to_string_lossy().into_owned())
}

/// A file to read.
pub struct Input {
    /// Its name in reports.
    pub name: String,
    path: PathBuf,
}

impl Input {
    /// A file that is named by its path.
    pub fn new(path: &str) -> Self {
        Self {
            name: path.to_owned(),
            path: PathBuf::from(path),
        }
    }

    /// Its text, or the report of the error.
    pub fn read(&self) -> Result<String, String> {
        let bytes = std::fs::read(&self.path).map_err(|error| {
            let message = format!("this file cannot be read: {error}");
            unreadable(message, &self.name, "give the path of an existing file")
        })?;
        String::from_utf8(bytes).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let before = String::from_utf8_lossy(&error.as_bytes()[..good]);
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
            unreadable(
                "this file is not UTF-8",
                format!("{}:{line}:{column}", self.name),
                "save it as UTF-8; this byte is not valid UTF-8",
            )
        })
    }
}

/// An error in the form of [`crate::diagnostics::render`], for a file without a text to show.
fn unreadable(message: impl Display, place: impl Display, help: &str) -> String {
    let code = Code::Encoding.as_str();
    format!("error[{code}]: {message}\n --> {place}\n  = help: {help}\n")
}
