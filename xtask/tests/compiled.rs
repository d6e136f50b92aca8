//! What is generated compiles without a warning, and rustfmt leaves it alone.

#![cfg(test)]

mod strictness;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use strictness::strictness;
use xtask::diagnostics::{Source, render};
use xtask::layout::{Layout, Runtime};
use xtask::{Options, generate};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap()
}

/// A workspace for one test, with the lock file of the repository, so that nothing is downloaded.
fn workspace(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(&root).unwrap();
    fs::copy(repository().join("Cargo.lock"), root.join("Cargo.lock")).unwrap();
    root
}

/// Generates the two crates for a description into a folder; `crates` has the runtime.
fn write(root: &Path, crates: &Path, name: &str, text: &str, overlay: Option<String>) {
    let runtime = Runtime::Path(crates.to_str().unwrap().to_owned());
    let options = Options {
        strictness: strictness(text),
        spec: format!("{name}.yaml"),
        overlay,
        layout: Layout::workspace(name, runtime),
    };
    let generated = generate(text, &options).unwrap_or_else(|problems| {
        panic!("{}", render(&problems, &[Source { name, text }], false))
    });
    for file in generated.iter().filter(|file| file.path != "Cargo.toml") {
        let path = root.join(&file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &file.text).unwrap();
    }
}

/// The manifest of a workspace in which every warning is an error, but for the members `free`.
fn manifest(root: &Path, members: &[String], free: &[&str]) {
    for member in members {
        let path = root.join(member).join("Cargo.toml");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, format!("{text}\n[lints]\nworkspace = true\n")).unwrap();
    }
    let all: Vec<&str> = members
        .iter()
        .map(String::as_str)
        .chain(free.iter().copied())
        .collect();
    let text = format!(
        "[workspace]\nresolver = \"3\"\nmembers = {all:?}\n\n\
         [workspace.lints.rust]\nwarnings = \"deny\"\nmissing_docs = \"deny\"\n\
         unsafe_code = \"forbid\"\n\n[profile.dev.package.\"*\"]\ndebug = false\n"
    );
    fs::write(root.join("Cargo.toml"), text).unwrap();
}

/// Runs cargo on a workspace. It shares a target folder with the other tests of this kind.
fn cargo(root: &Path, arguments: &[&str]) {
    let run = |more: &[&str]| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compiled-target");
        Command::new(env!("CARGO"))
            .args(arguments)
            .args(["--workspace", "--no-default-features"])
            .args(more)
            .env("CARGO_TARGET_DIR", target)
            .env("CARGO_TERM_COLOR", "never")
            .env("RUSTDOCFLAGS", "-Dwarnings")
            .env(
                "EXAMPLES",
                repository().join("crates/msgraph-presence-models/tests/fixtures/examples.json"),
            )
            .current_dir(root)
            .output()
            .unwrap()
    };
    let mut output = run(&["--quiet", "--offline"]);
    // Where only xtask was ever built, the crates of the runtime are still to be fetched.
    if String::from_utf8_lossy(&output.stderr).contains("--offline") {
        output = run(&["--quiet"]);
    }
    let err = String::from_utf8_lossy(&output.stderr);
    let out = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "cargo {arguments:?} in {}\n{out}\n{err}",
        root.display()
    );
}

/// rustfmt changes nothing: it skips the generated modules, and the roots of the crates are as it
/// would write them.
fn formatted(root: &Path) {
    let mut command = Command::new(env!("CARGO"));
    command.args(["fmt", "--check"]).current_dir(root);
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

/// A copy of the runtime as a later version may be: each type of which generated code has constants
/// has a field more.
fn later_runtime() -> PathBuf {
    let root = workspace("later-runtime");
    let manifest = fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    let manifest = manifest.replace("\"xtask\", ", "");
    fs::write(root.join("Cargo.toml"), manifest).unwrap();
    for name in ["crates/msgraph-wire", "crates/msgraph-runtime"] {
        copy(&repository().join(name), &root.join(name));
    }
    let operation = root.join("crates/msgraph-runtime/src/operation.rs");
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
    root.join("crates")
}

/// They compile with a later runtime, so that what is published does so as well.
#[test]
fn the_fixtures() {
    let root = workspace("compiled-fixtures");
    let crates = later_runtime();
    let folder = repository().join("xtask/tests/fixtures/ok");
    let mut members = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&path).unwrap();
        write(&root, &crates, &name, &text, None);
        members.extend([format!("{name}-models"), name]);
    }
    members.sort();
    manifest(&root, &members, &[]);
    formatted(&root);
    cargo(&root, &["check"]);
    cargo(&root, &["doc", "--no-deps"]);
}

/// Adds a crate that uses the generated ones, with the tests that stand in the fixtures.
fn check(root: &Path) {
    let crates = repository().join("crates");
    let local = |name: &str| format!("{name} = {{ path = {:?} }}\n", crates.join(name));
    let manifest = format!(
        "[package]\nname = \"check\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [dependencies]\ngraph = {{ path = \"../graph\", default-features = false }}\n\
         graph-models = {{ path = \"../graph-models\" }}\n{}\
         msgraph-runtime = {{ path = {:?}, default-features = false }}\n\
         serde_json = \"1\"\ntokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n",
        local("msgraph-presence-emulator"),
        crates.join("msgraph-runtime"),
    );
    let package = root.join("check");
    fs::create_dir_all(package.join("src")).unwrap();
    fs::create_dir_all(package.join("tests")).unwrap();
    fs::write(package.join("Cargo.toml"), manifest).unwrap();
    let about = "//! Uses the generated crates.\n";
    fs::write(package.join("src/lib.rs"), about).unwrap();
    let tests = repository().join("xtask/tests/fixtures/graph/check");
    for test in ["all.rs", "documented.rs"] {
        fs::copy(tests.join(test), package.join("tests").join(test)).unwrap();
    }
}

/// A description in Microsoft's style, with an overlay, gives crates with which programs read
/// the documented bodies and make the documented calls.
#[test]
fn microsofts_style() {
    let root = workspace("compiled-graph");
    let fixtures = repository().join("xtask/tests/fixtures/graph");
    let text = |name: &str| fs::read_to_string(fixtures.join(name)).unwrap();
    write(
        &root,
        &repository().join("crates"),
        "graph",
        &text("presence.yaml"),
        Some(text("overlay.yaml")),
    );
    check(&root);
    let members = ["graph", "graph-models"].map(str::to_owned);
    manifest(&root, &members, &["check"]);
    formatted(&root);
    cargo(&root, &["test"]);
    cargo(&root, &["doc", "--no-deps"]);
}
