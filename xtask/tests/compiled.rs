//! Generated code compiles without a warning, and rustfmt does not change it.
//!
//! Everything is built in one workspace: a copy of our crates, whose description has a change
//! of each usual kind and whose runtime is a later one, and crates from the descriptions of others.

#![cfg(test)]

mod change;
mod fixture;
mod own;
mod strictness;

use change::{KINDS, changed};
use fixture::Fixture;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use xtask::{Options, OutputFile, generate};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap()
}

/// The crates that are copied.
const OURS: [&str; 6] = [
    "msgraph-wire",
    "msgraph-presence-models",
    "msgraph-runtime",
    "msgraph-sign-in",
    "msgraph-presence-emulator",
    "msgraph-presence",
];

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
/// calls, with any features of `serde_json` that another crate turns on.
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
    others.sort();
    check(&root);
    manifest(&root, &others);
    formatted(&root);
    let all = ["build", "--lib", "--workspace"];
    // Nothing of a sign-in is generated.
    let others = ["--exclude", "check", "--exclude", "msgraph-sign-in"];
    cargo(&root, &[&all[..], &others].concat());
    let documented = DOCUMENTED.iter().flat_map(|name| ["--package", name]);
    cargo(
        &root,
        &["doc", "--no-deps"]
            .into_iter()
            .chain(documented)
            .collect::<Vec<_>>(),
    );
    cargo(&root, &["test", "--package", "check"]);
}

/// Copies our crates, changes them, and generates from the changed description.
fn our_crates(root: &Path) {
    for name in OURS {
        copy(
            &repository().join("crates").join(name),
            &root.join("crates").join(name),
        );
    }
    for name in ["Cargo.lock", "README.md"] {
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

/// Adds a crate that uses the generated ones, with the tests of the fixtures, and those
/// of `msgraph-wire` that read JSON. The features of `serde_json` are off in our own workspace.
fn check(root: &Path) {
    let wire = |name: &str| {
        format!("[[test]]\nname = \"{name}\"\npath = \"../crates/msgraph-wire/tests/{name}.rs\"\n")
    };
    let models = |name: &str| format!("{name}-models = {{ path = \"../{name}-models\" }}\n");
    let client =
        |name: &str| format!("{name} = {{ path = \"../{name}\", default-features = false }}\n");
    let manifest = format!(
        "[package]\nname = \"check\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [dependencies]\n{}{}{}{}{}{}{}{}http = \"1\"\ngraph = {{ path = \"../graph\", default-features = false }}\n\
         graph-models = {{ path = \"../graph-models\" }}\n\
         msgraph-presence-emulator = {{ path = \"../crates/msgraph-presence-emulator\", \
         default-features = false }}\nmsgraph-runtime.workspace = true\n\
         msgraph-wire.workspace = true\nserde = {{ version = \"1\", features = [\"derive\"] }}\n\
         serde_json = {{ version = \"1\", features = [\"arbitrary_precision\", \
         \"float_roundtrip\", \"unbounded_depth\"] }}\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n{}{}",
        "any-json = { path = \"../any-json\", default-features = false }\n".to_owned(),
        client("functions"),
        models("functions"),
        client("bodies"),
        models("bodies"),
        models("any-json"),
        models("equal-names"),
        models("numbers"),
        wire("additional_data"),
        wire("decode"),
    );
    let package = root.join("check");
    fs::create_dir_all(package.join("src")).unwrap();
    fs::write(package.join("Cargo.toml"), manifest).unwrap();
    let about = "//! Uses the generated crates.\n";
    fs::write(package.join("src/lib.rs"), about).unwrap();
    copy(
        &repository().join("xtask/tests/fixtures/graph/check"),
        &package.join("tests"),
    );
}

/// The manifest of the workspace: ours, with other members, and every warning an error.
fn manifest(root: &Path, others: &[String]) {
    let text = fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    let members = [&["crates/*".to_owned(), "check".to_owned()], others].concat();
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

/// Runs cargo on the workspace, in the target folder of our own: crates of others that are built there
/// with the same features are not built again.
fn cargo(root: &Path, arguments: &[&str]) {
    let examples = "crates/msgraph-presence-models/tests/fixtures/examples.json";
    let run = |offline: &[&str]| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("..");
        Command::new(env!("CARGO"))
            .args(arguments)
            .arg("--quiet")
            .args(offline)
            .env("CARGO_TARGET_DIR", target)
            .env("CARGO_TERM_COLOR", "never")
            .env("RUSTDOCFLAGS", "-Dwarnings")
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
    let out = String::from_utf8_lossy(&output.stdout);
    let root = root.display();
    assert!(
        output.status.success(),
        "cargo {arguments:?} in {root}\n{out}\n{err}"
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
