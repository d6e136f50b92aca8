//! Generated code compiles without a warning, and rustfmt does not change it.
//!
//! Everything is built in one workspace: a copy of our crates, whose description has a change
//! of each usual kind and whose runtime is a later one, crates from the descriptions of others, and
//! the examples in our documentation, as a reader copies them.

#![cfg(test)]

mod change;
mod examples;
mod fixture;
mod own;
mod strictness;

use change::{KINDS, changed};
use fixture::Fixture;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use xtask::{Options, OutputFile, generate};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap()
}

/// The crates that rustdoc reads, half a second each: between them they have every kind of link that
/// is generated, and the descriptions that are hardest to put into documentation.
const DOCUMENTED: [&str; 8] = [
    "bodies",
    "functions",
    "graph",
    "graph-models",
    "long-descriptions",
    "open-enums-models",
    "taken-names",
    "taken-names-models",
];

/// Generated code compiles with a later runtime, and so do published crates. No
/// hand-written file has to follow a change of a usual kind. With the crates from a description in
/// Microsoft's style and an overlay, programs read the documented bodies and make the documented
/// calls, with any features of `serde_json` that another crate turns on. Examples compile as their
/// pages show them, with the dependencies that these name.
#[test]
fn the_crates() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compiled");
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(&root).unwrap();
    our_crates(&root);
    let mut others = Vec::new();
    for fixture in Fixture::all("ok") {
        others.extend(generated(&root, &fixture, None));
    }
    let fixtures = repository().join("xtask/tests/fixtures/graph");
    let text = |name: &str| fs::read_to_string(fixtures.join(name)).unwrap();
    let graph = Fixture {
        name: "graph".to_owned(),
        files: vec![("graph.yaml".to_owned(), text("presence.yaml"))],
    };
    others.extend(generated(&root, &graph, Some(text("overlay.yaml"))));
    others.extend(examples::write(&root));
    others.sort();
    check(&root, &others);
    manifest(&root, &others);
    formatted(&root, &others);
    // With the tests of `check` cargo builds the crates that it depends on, which are all. Of the
    // whole workspace, crates of others get the features that they have in our own.
    let tests = ["test", "--workspace", "--test", "check_*"];
    let built = cargo(
        &root,
        &[
            &tests[..],
            &["--no-run", "--message-format", "json-render-diagnostics"],
        ]
        .concat(),
    );
    documented(&root, &built);
    cargo(&root, &tests);
}

/// Copies our crates, changes them, and generates from the changed description.
fn our_crates(root: &Path) {
    copy(&repository().join("crates"), &root.join("crates"));
    copy(&repository().join("xtask/src"), &root.join("xtask/src"));
    for name in ["Cargo.lock", "README.md", "xtask/Cargo.toml"] {
        fs::copy(repository().join(name), root.join(name)).unwrap();
    }
    later_runtime(&root.join("crates/msgraph-runtime"));
    write(
        root,
        &generate(&changed(&KINDS).sources(), &Options::own()).unwrap(),
    );
}

/// Each type that generated code has constants of has a field more.
fn later_runtime(runtime: &Path) {
    let operation = runtime.join("src/operation.rs");
    let mut text = fs::read_to_string(&operation).unwrap();
    for name in ["Operation", "RateLimit", "Hint"] {
        let declared = format!("pub struct {name} {{\n");
        let (before, after) = text.split_once(&declared).unwrap();
        let empty = "pub const EMPTY: Self = Self {\n";
        let (fields, values) = after.split_once(empty).unwrap();
        text = format!(
            "{before}{declared}    /// Not known today.\n    pub later: u8,\n{fields}\
             {empty}        later: 0,\n{values}"
        );
    }
    fs::write(operation, text).unwrap();
}

fn write(root: &Path, files: &[OutputFile]) {
    for file in files {
        let path = root.join(&file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &file.text).unwrap();
    }
}

/// Generates the two crates for a description of somebody else, and gives their names.
fn generated(root: &Path, fixture: &Fixture, overlay: Option<String>) -> [String; 2] {
    let mut files = fixture.generated("../crates", overlay);
    files.retain(|file| file.path != "Cargo.toml");
    for file in files
        .iter_mut()
        .filter(|file| file.path.ends_with("Cargo.toml"))
    {
        file.text += "\n[lints]\nworkspace = true\n";
    }
    write(root, &files);
    let name = &fixture.name;
    [name.clone(), format!("{name}-models")]
}

/// Adds a crate that uses the others, with the tests of the fixtures, and those of `msgraph-wire`
/// that read JSON. The features of `serde_json` are off in our own workspace.
fn check(root: &Path, others: &[String]) {
    let package = root.join("check");
    let fixtures = repository().join("xtask/tests/fixtures/graph/check");
    let wire = repository().join("crates/msgraph-wire/tests");
    let mut tests: Vec<_> = ["additional_data", "decode"]
        .map(|name| wire.join(name).with_extension("rs"))
        .into();
    tests.extend(
        fs::read_dir(fixtures)
            .unwrap()
            .map(|entry| entry.unwrap().path()),
    );
    let tests = tests.iter().map(|path| {
        let name = path.file_stem().unwrap().to_str().unwrap();
        format!("[[test]]\nname = \"check_{name}\"\npath = {path:?}\n")
    });
    let tests: String = tests.collect();
    let others = others
        .iter()
        .map(|name| format!("{name}.path = \"../{name}\"\n"));
    let others: String = others.collect();
    let manifest = format!(
        "[package]\nname = \"check\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [dependencies]\n{others}http = \"1\"\n\
         msgraph-presence.path = \"../crates/msgraph-presence\"\n\
         msgraph-presence-emulator.workspace = true\nmsgraph-runtime.workspace = true\n\
         msgraph-wire.workspace = true\nserde = {{ version = \"1\", features = [\"derive\"] }}\n\
         serde_json = {{ version = \"1\", features = [\"arbitrary_precision\", \
         \"float_roundtrip\", \"unbounded_depth\"] }}\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n\n{tests}"
    );
    fs::create_dir_all(package.join("src")).unwrap();
    fs::write(package.join("Cargo.toml"), manifest).unwrap();
    let about = "//! Uses the generated crates.\n";
    fs::write(package.join("src/lib.rs"), about).unwrap();
}

/// The manifest of the workspace: ours, with other members, and every warning an error.
fn manifest(root: &Path, others: &[String]) {
    let text = fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    let ours = ["xtask", "crates/*", "check"].map(str::to_owned);
    let members = [&ours, others].concat();
    let (before, rest) = text.split_once("members = [").unwrap();
    let (_, after) = rest.split_once("]\n").unwrap();
    let after = after.replace(
        "[workspace.lints.rust]\n",
        "[workspace.lints.rust]\nwarnings = \"deny\"\n",
    );
    let profile = "\n[profile.dev]\ndebug = false\nincremental = false\n";
    let text = format!("{before}members = {members:?}\n{after}{profile}");
    fs::write(root.join("Cargo.toml"), text).unwrap();
}

/// Runs cargo on the workspace, in the target folder of our own, and gives what it printed: crates of
/// others that are built there with the same features are not built again.
fn cargo(root: &Path, arguments: &[&str]) -> String {
    let examples = "crates/msgraph-presence-models/tests/fixtures/examples.json";
    let run = |offline: &[&str]| {
        Command::new(env!("CARGO"))
            .args(arguments)
            .arg("--quiet")
            .args(offline)
            .env("CARGO_TARGET_DIR", target())
            .env("CARGO_TERM_COLOR", "never")
            .env("EXAMPLES", root.join(examples))
            .current_dir(root)
            .output()
            .unwrap()
    };
    let mut output = run(&["--offline"]);
    // If only xtask was ever built, the crates of the runtime are still to be fetched.
    if String::from_utf8_lossy(&output.stderr).contains("--offline") {
        output = run(&[]);
    }
    let err = String::from_utf8_lossy(&output.stderr);
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    let root = root.display();
    assert!(
        output.status.success(),
        "cargo {arguments:?} in {root}\n{out}\n{err}"
    );
    out
}

/// rustdoc has no warning about [`DOCUMENTED`]. It takes the libraries that cargo has `built`; `cargo
/// doc` would check everything below them once more.
fn documented(root: &Path, built: &str) {
    let library = |name: &str| {
        let target = format!(
            "\"target\":{{\"kind\":[\"lib\"],\"crate_types\":[\"lib\"],\"name\":\"{name}\""
        );
        let mut lines = built.lines().filter(|line| line.contains(&target));
        let line = lines.next().unwrap_or_else(|| panic!("no library {name}"));
        assert_eq!(lines.next(), None, "a library {name} with other features");
        let (_, files) = line.split_once("\"filenames\":[\"").unwrap();
        format!("{name}={}", files.split_once('"').unwrap().0)
    };
    let rustdoc = |package: &&str| {
        let name = package.replace('-', "_");
        let folder = root.join(package);
        let mut command = Command::new("rustdoc");
        command.args(["--edition", "2024", "-Dwarnings", "--crate-name", &name]);
        command.arg("--out-dir").arg(root.join("doc").join(package));
        command.arg("-L").arg(format!(
            "dependency={}",
            target().join("debug/deps").display()
        ));
        let models = format!("{name}_models");
        let externs = if package.ends_with("-models") {
            ["msgraph_wire", "serde"]
        } else {
            ["msgraph_runtime", &models]
        };
        for name in externs {
            command.args(["--extern", &library(name)]);
        }
        command.arg(folder.join("src/lib.rs"));
        command.stderr(Stdio::piped()).spawn().unwrap()
    };
    let running: Vec<_> = DOCUMENTED.iter().map(rustdoc).collect();
    for (package, rustdoc) in DOCUMENTED.iter().zip(running) {
        let output = rustdoc.wait_with_output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "rustdoc of {package}\n{error}");
    }
}

/// The target folder of our own workspace.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("..")
}

/// rustfmt changes nothing: it skips the generated modules, and the roots of the crates are as it
/// would write them.
fn formatted(root: &Path, others: &[String]) {
    let mut command = Command::new(env!("CARGO"));
    command.args(["fmt", "--check"]).current_dir(root);
    for name in [
        "msgraph-presence",
        "msgraph-presence-models",
        "msgraph-presence-emulator",
    ] {
        command.args(["--package", name]);
    }
    for name in others {
        command.args(["--package", name]);
    }
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{error}");
}

/// Copies a folder, without what was built in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_file() {
            fs::copy(path, to).unwrap();
        } else if !path.ends_with("target") {
            copy(&path, &to);
        }
    }
}
