//! The commands: what they print, what they exit with, and what they do to the disk.

#![cfg(test)]

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use xtask::cli::{Session, run};

/// A copy of what codegen reads and writes, in a folder of its own.
struct Copy {
    root: PathBuf,
}

/// What a command did.
struct Outcome {
    code: u8,
    out: String,
    err: String,
}

const GENERATED: [&str; 3] = [
    "crates/msgraph-presence/src/generated",
    "crates/msgraph-presence-emulator/src/generated",
    "crates/msgraph-presence-models/src/generated",
];

impl Copy {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let root = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let root = root.join(format!("commands-{}-{count}", std::process::id()));
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for folder in GENERATED.into_iter().chain(["spec"]) {
            fs::create_dir_all(root.join(folder)).unwrap();
            for entry in fs::read_dir(from.join(folder)).unwrap() {
                let entry = entry.unwrap();
                fs::copy(entry.path(), root.join(folder).join(entry.file_name()))
                    .unwrap();
            }
        }
        Self { root }
    }

    fn run(&self, arguments: &[&str]) -> Outcome {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let root = self.root.clone();
        let mut session = Session {
            root,
            out: &mut out,
            err: &mut err,
            colour: false,
        };
        let code = run(&arguments, &mut session);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Outcome {
            code,
            out: text(out),
            err: text(err),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root
            .join("crates/msgraph-presence-models/src/generated")
            .join(name)
    }

    fn edit_spec(&self, from: &str, to: &str) {
        let path = self.root.join("spec/presence.yaml");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

#[test]
fn nothing_to_do() {
    let copy = Copy::new();
    let codegen = copy.run(&["codegen"]);
    assert_eq!((codegen.code, codegen.err.as_str()), (0, ""));
    assert!(codegen.out.starts_with("left "), "{}", codegen.out);
    let check = copy.run(&["codegen", "--check"]);
    assert_eq!((check.code, check.err.as_str()), (0, ""));
    assert!(check.out.contains("up to date"), "{}", check.out);
}

/// Each way in which the files can be stale: the check fails and says how, codegen mends it.
#[test]
fn stale_files() {
    type Spoil = fn(&Copy);
    let cases: [(&str, Spoil, &str, &str); 4] = [
        (
            "edited",
            |copy| {
                let text = fs::read_to_string(copy.path("presence.rs")).unwrap();
                let text = text.replace("pub id: String", "pub id: u64");
                fs::write(copy.path("presence.rs"), text).unwrap();
            },
            "differs: crates/msgraph-presence-models/src/generated/presence.rs",
            "wrote crates/msgraph-presence-models/src/generated/presence.rs",
        ),
        (
            "deleted",
            |copy| fs::remove_file(copy.path("presence.rs")).unwrap(),
            "missing: crates/msgraph-presence-models/src/generated/presence.rs",
            "wrote crates/msgraph-presence-models/src/generated/presence.rs",
        ),
        (
            "left over",
            |copy| {
                let bytes = fs::read(copy.path("presence.rs")).unwrap();
                fs::write(copy.path("absence.rs"), bytes).unwrap();
            },
            "left over: crates/msgraph-presence-models/src/generated/absence.rs",
            "removed crates/msgraph-presence-models/src/generated/absence.rs",
        ),
        (
            "changed description",
            |copy| copy.edit_spec("How available a user is.", "How busy a user is."),
            "differs: crates/msgraph-presence-models/src/generated/availability.rs",
            "wrote crates/msgraph-presence-models/src/generated/availability.rs",
        ),
    ];
    for (name, spoil, complaint, mended) in cases {
        let copy = Copy::new();
        spoil(&copy);
        let check = copy.run(&["codegen", "--check"]);
        assert_eq!(check.code, 1, "{name}");
        assert!(check.err.contains(complaint), "{name}: {}", check.err);
        assert!(
            check.err.ends_with("run: cargo xtask codegen\n"),
            "{name}: {}",
            check.err
        );
        assert!(
            check.out.contains("@@"),
            "{name}: a diff is shown: {}",
            check.out
        );
        let codegen = copy.run(&["codegen"]);
        assert_eq!(codegen.code, 0, "{name}");
        assert!(codegen.out.contains(mended), "{name}: {}", codegen.out);
        assert_eq!(copy.run(&["codegen", "--check"]).code, 0, "{name}");
    }
}

#[test]
fn a_broken_description_touches_no_file() {
    let copy = Copy::new();
    fs::remove_file(copy.path("presence.rs")).unwrap();
    copy.edit_spec("required: [id]", "requried: [id]");
    for arguments in [&["codegen"][..], &["codegen", "--check"]] {
        let outcome = copy.run(arguments);
        assert_eq!(outcome.code, 1);
        assert!(outcome.err.starts_with("error[S006]"), "{}", outcome.err);
        assert!(outcome.err.contains("write `required`"), "{}", outcome.err);
        assert!(
            outcome.err.contains("--> spec/presence.yaml:"),
            "{}",
            outcome.err
        );
    }
    assert!(!copy.path("presence.rs").exists());
}

#[test]
fn a_description_that_cannot_be_read() {
    let copy = Copy::new();
    let path = copy.root.join("spec/presence.yaml");
    fs::write(&path, b"openapi: 3.0.3\ninfo: {title: Pr\xe9sence}\n").unwrap();
    let outcome = copy.run(&["codegen"]);
    assert_eq!(outcome.code, 1);
    assert!(outcome.err.contains("error[S001]"), "{}", outcome.err);
    assert!(
        outcome.err.contains("spec/presence.yaml:2:17"),
        "{}",
        outcome.err
    );
    fs::remove_file(path).unwrap();
    let outcome = copy.run(&["codegen"]);
    assert_eq!(outcome.code, 1);
    assert!(outcome.err.contains("error[S001]"), "{}", outcome.err);
}

#[test]
fn a_stranger_among_the_files_is_not_removed() {
    let copy = Copy::new();
    fs::write(copy.path("notes.rs"), "// mine\n").unwrap();
    let outcome = copy.run(&["codegen"]);
    assert_eq!(outcome.code, 1);
    assert!(outcome.err.contains("move it elsewhere"), "{}", outcome.err);
    assert!(copy.path("notes.rs").exists());
}

/// A description of somebody else, with an overlay, into a workspace of its own.
#[test]
fn a_workspace_for_any_description() {
    let copy = Copy::new();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let spec = fixtures.join("graph/neighbours.yaml");
    let overlay = copy.root.join("overlay.yaml");
    let action = "{target: '$.components.schemas.*.required', remove: true}";
    let text = format!("overlay: 1.0.0\ninfo: {{}}\nactions:\n  - {action}\n");
    fs::write(&overlay, text).unwrap();
    let out = copy.root.join("made");
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    let (spec, out, overlay, crates) =
        (path(&spec), path(&out), path(&overlay), path(&crates));
    let arguments = [
        "--spec",
        &spec,
        "--out",
        &out,
        "--overlay",
        &overlay,
        "--runtime",
        &crates,
    ];
    let all = |more: &[&'static str]| -> Vec<String> {
        let more = more.iter().copied();
        ["codegen"]
            .into_iter()
            .chain(arguments)
            .chain(more)
            .map(str::to_owned)
            .collect()
    };
    let run = |more| {
        let arguments = all(more);
        copy.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let stale = run(&["--check"]);
    assert_eq!(stale.code, 1);
    assert!(
        stale.err.contains("missing: made/src/lib.rs"),
        "{}",
        stale.err
    );
    assert!(
        stale.err.contains("run: cargo xtask codegen --spec"),
        "{}",
        stale.err
    );
    let made = run(&[]);
    assert_eq!((made.code, made.err.as_str()), (0, ""));
    for part in [
        "wrote Cargo.toml",
        "wrote made-models/src/generated/presence.rs",
    ] {
        assert!(made.out.contains(part), "{}", made.out);
    }
    assert_eq!(run(&["--check"]).code, 0);
    let manifest = fs::read_to_string(copy.root.join("made/made/Cargo.toml")).unwrap();
    assert!(
        manifest.contains("msgraph-runtime = { path = "),
        "{manifest}"
    );
    let named = run(&["--name", "graph", "--runtime", "0.1"]);
    assert!(
        named.out.contains("wrote graph/src/lib.rs"),
        "{}",
        named.out
    );
    let manifest = fs::read_to_string(copy.root.join("made/graph/Cargo.toml")).unwrap();
    assert!(
        manifest.contains("msgraph-runtime = { version = \"0.1\""),
        "{manifest}"
    );
    let other = run(&["--name", "graph", "--check"]);
    assert_eq!(other.code, 1);
    assert!(
        other.err.contains(" --name graph --runtime "),
        "{}",
        other.err
    );
    let bad = run(&["--name", "Graph!"]);
    assert_eq!(bad.code, 2);
    assert!(
        bad.err.contains("`Graph!` is no name for a crate"),
        "{}",
        bad.err
    );
}

#[test]
fn a_stranger_in_the_place_of_a_file_is_not_overwritten() {
    let copy = Copy::new();
    let manifest = copy.root.join("made/Cargo.toml");
    fs::create_dir_all(copy.root.join("made")).unwrap();
    fs::write(&manifest, "[package]\n").unwrap();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let spec = fixtures.join("graph/neighbours.yaml");
    let (spec, out) = (spec.to_str().unwrap(), copy.root.join("made"));
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let arguments = ["codegen", "--spec", spec, "--out", out.to_str().unwrap()];
    let runtime = ["--runtime", crates.to_str().unwrap()];
    let outcome = copy.run(&[&arguments[..], &runtime[..]].concat());
    assert_eq!(outcome.code, 1);
    assert!(outcome.err.contains("move it elsewhere"), "{}", outcome.err);
    assert_eq!(fs::read_to_string(&manifest).unwrap(), "[package]\n");
    assert!(!out.join("made").exists());
}

#[test]
fn help_and_wrong_arguments() {
    let copy = Copy::new();
    let help = copy.run(&["--help"]);
    assert_eq!(help.code, 0);
    assert!(
        help.out.contains("usage: cargo xtask codegen"),
        "{}",
        help.out
    );
    for (arguments, complaint) in [
        (&[][..], "which command? write `codegen`"),
        (
            &["codgen"],
            "there is no command \"codgen\"; write `codegen`",
        ),
        (&["codegen", "--chek"], "--chek"),
        (&["codegen", "now"], "now"),
        (
            &["codegen", "--spec", "a.yaml"],
            "`--spec FILE` and `--out DIR` belong together",
        ),
        (
            &["codegen", "--name", "a"],
            "`--spec FILE` and `--out DIR` belong together",
        ),
        (&["codegen", "--spec"], "--spec"),
    ] {
        let outcome = copy.run(arguments);
        assert_eq!(outcome.code, 2, "{arguments:?}");
        assert!(
            outcome.err.contains(complaint),
            "{arguments:?}: {}",
            outcome.err
        );
        assert!(
            outcome.err.contains("usage: cargo xtask codegen"),
            "{arguments:?}"
        );
        assert_eq!(outcome.out, "");
    }
}
