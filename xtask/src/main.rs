//! `cargo xtask`: passes the arguments to [`xtask::cli`].

use std::io::{IsTerminal, stderr, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let colour = stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let (mut out, mut err) = (stdout().lock(), stderr().lock());
    let mut session = xtask::cli::Session {
        root: root(),
        out: &mut out,
        err: &mut err,
        colour,
    };
    ExitCode::from(xtask::cli::run(&arguments, &mut session))
}

/// The root of the repository: the parent folder of this package when cargo runs the program, else
/// the nearest folder that contains `spec/presence.yaml`.
fn root() -> PathBuf {
    if let Some(package) = std::env::var_os("CARGO_MANIFEST_DIR") {
        let mut root = PathBuf::from(package);
        root.pop();
        return root;
    }
    let here = std::env::current_dir().unwrap_or_default();
    let found = here
        .ancestors()
        .find(|folder| folder.join("spec/presence.yaml").is_file());
    found.unwrap_or(&here).to_owned()
}
