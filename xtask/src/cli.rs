//! The commands: arguments in, a report and an exit code out.

mod arguments;
mod codegen;
mod input;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

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
pub fn run(arguments: &[OsString], session: &mut Session<'_>) -> u8 {
    let result = match arguments::task(arguments, &session.root) {
        Ok(None) => session.out.write_all(HELP.as_bytes()).map(|()| 0),
        Ok(Some(task)) => codegen::run(&task, session),
        Err(message) => write!(session.err, "error: {message}\n\n{HELP}").map(|()| 2),
    };
    result.unwrap_or_else(|error| {
        // When even this cannot be written, the exit code still tells.
        let _ = writeln!(session.err, "error: {error}");
        1
    })
}
