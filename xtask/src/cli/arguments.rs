//! Arguments of the command line: from text to a task with all defaults filled in.

use crate::Options;
use crate::diagnostics::Code;
use crate::ir::layout::{Layout, Runtime, is_device};
use crate::openapi::Strictness;
use heck::ToKebabCase;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The task of `codegen`.
pub struct Task {
    /// True to compare the files without writing.
    pub check: bool,
    pub specs: Vec<Input>,
    pub overlay: Option<Input>,
    /// The options of the generator, still without the text of the overlay.
    pub options: Options,
    /// The root folder of the output.
    pub root: PathBuf,
    /// The command to run when the files are out of date.
    pub command: String,
}

/// The parsed arguments. A repeated option has its last value, except `--spec` and `--paths`.
#[derive(Default)]
struct Flags {
    command: String,
    /// The arguments of `diff`.
    compared: Vec<String>,
    check: bool,
    /// Names and values of options.
    options: Vec<(String, String)>,
}

/// The options with a value.
const OPTIONS: [&str; 6] = ["spec", "out", "overlay", "name", "runtime", "paths"];

pub enum Command {
    Codegen(Box<Task>),
    /// The arguments of `diff`, and true to check the version.
    Diff(Vec<String>, bool),
}

/// Parses the arguments of `cargo xtask`; `None` for `--help`.
pub fn command(arguments: &[OsString], root: &Path) -> Result<Option<Command>, String> {
    let Some(flags) = parse(arguments)? else {
        return Ok(None);
    };
    let task = match (&*flags.command, flags.last("spec"), flags.last("out")) {
        ("diff", ..) if flags.options.is_empty() => {
            return Ok(Some(Command::Diff(flags.compared, flags.check)));
        }
        ("diff", ..) => return Err("`diff` has no option except `--check`".to_owned()),
        (_, Some(_), Some(out)) => workspace(&flags, out, root)?,
        _ if flags.options.is_empty() => own(flags.check, root)?,
        _ => return Err("`--spec FILE` and `--out DIR` must be given together".to_owned()),
    };
    Ok(Some(Command::Codegen(Box::new(task))))
}

fn parse(arguments: &[OsString]) -> Result<Option<Flags>, String> {
    use lexopt::prelude::{Long, Short, Value, ValueExt};
    let mut parser = lexopt::Parser::from_args(arguments);
    let mut found = Flags::default();
    let text = |error: lexopt::Error| error.to_string();
    while let Some(argument) = parser.next().map_err(text)? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Long("check") => found.check = true,
            Long(name) if OPTIONS.contains(&name) => {
                let name = name.to_owned();
                let value = parser.value().and_then(ValueExt::string);
                found.options.push((name, value.map_err(text)?));
            }
            Value(value) if found.command.is_empty() => {
                if value != "codegen" && value != "diff" {
                    let help = "write `codegen` or `diff`";
                    return Err(format!("there is no command {value:?}; {help}"));
                }
                found.command = value.string().map_err(text)?;
            }
            Value(value) if found.command == "diff" && found.compared.len() < 2 => {
                found.compared.push(value.string().map_err(text)?);
            }
            other => return Err(other.unexpected().to_string()),
        }
    }
    if found.command.is_empty() {
        return Err("the command is missing; write `codegen` or `diff`".to_owned());
    }
    Ok(Some(found))
}

impl Flags {
    fn all(&self, name: &str) -> impl DoubleEndedIterator<Item = &str> {
        let named = self.options.iter().filter(move |option| option.0 == name);
        named.map(|(_, value)| &**value)
    }

    fn last(&self, name: &str) -> Option<&str> {
        self.all(name).next_back()
    }
}

/// The files of our own description: `presence.yaml`, then the others by name.
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

pub const FIRST: &str = "presence.yaml";

/// The task of generating our own crates.
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

/// The task of generating a workspace from any description.
fn workspace(flags: &Flags, out: &str, root: &Path) -> Result<Task, String> {
    let folder = last_part(out);
    let name = match flags.last("name") {
        Some(name) => name.to_owned(),
        None if is_crate_name(&folder) => folder,
        None => folder.to_kebab_case(),
    };
    if !is_crate_name(&name) {
        return Err(format!(
            "`{name}` cannot be the name of the crate; write `--name small-letters`"
        ));
    }
    let runtime = runtime(flags.last("runtime"), &root.join("crates"))?;
    let mut command = "cargo xtask codegen".to_owned();
    let all = |option| flags.all(option).map(move |value| (option, value));
    for (option, value) in OPTIONS.into_iter().flat_map(all) {
        let is_plain = !value.contains([' ', '*', '!', '(', '$']);
        let quote = if is_plain { "" } else { "'" };
        command.push_str(&format!(" --{option} {quote}{value}{quote}"));
    }
    let headers: Vec<_> = flags.all("spec").map(last_part).collect();
    Ok(Task {
        check: flags.check,
        specs: flags.all("spec").map(Input::new).collect(),
        overlay: flags.last("overlay").map(Input::new),
        options: Options {
            strictness: Strictness::Lenient,
            // The folder would differ between machines.
            spec: headers.join(", "),
            overlay: None,
            paths: flags.all("paths").map(str::to_owned).collect(),
            layout: Layout::workspace(&name, runtime),
        },
        root: PathBuf::from(out),
        command,
    })
}

/// True for a name that is valid for a crate, and for a folder on every system.
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

/// The runtime of a version or in a folder, by default in this checkout.
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
    let folder = given.map_or(crates, Path::new);
    let full = folder.canonicalize();
    let full = full.map_err(|error| format!("{}: {error}", folder.display()))?;
    for name in ["msgraph-runtime", "msgraph-wire"] {
        if !full.join(name).join("Cargo.toml").is_file() {
            return Err(format!(
                "`{}` has no `{name}`; `--runtime` is the folder that holds `msgraph-runtime` \
                 and `msgraph-wire`, or their version",
                full.display()
            ));
        }
    }
    // The generated manifests need an absolute path.
    Ok(Runtime::Path(full.to_string_lossy().into_owned()))
}

fn last_part(path: &str) -> String {
    let last = Path::new(path).file_name().unwrap_or_default();
    last.to_string_lossy().into_owned()
}

pub struct Input {
    /// The name in reports.
    pub name: String,
    path: PathBuf,
}

impl Input {
    pub fn new(path: &str) -> Self {
        Self {
            name: path.to_owned(),
            path: PathBuf::from(path),
        }
    }

    /// The name and the text, or the report of an error, which has no source line.
    pub fn read(&self) -> Result<(String, String), String> {
        let report = |message, place: &str, help| {
            let code = Code::Encoding.as_str();
            format!("error[{code}]: {message}\n --> {place}\n  = help: {help}\n")
        };
        let bytes = std::fs::read(&self.path).map_err(|error| {
            let message = format!("this file cannot be read: {error}");
            report(message, &self.name, "give the path of an existing file")
        })?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let before = String::from_utf8_lossy(&error.as_bytes()[..good]);
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
            let place = format!("{}:{line}:{column}", self.name);
            let help = "save it as UTF-8; this byte is not valid UTF-8";
            report("this file is not UTF-8".to_owned(), &place, help)
        })?;
        Ok((self.name.clone(), text))
    }
}
