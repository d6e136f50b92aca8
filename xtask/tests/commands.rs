//! The commands: what they print, what they exit with, and what they do to the disk.

#![cfg(test)]

mod copy;
mod made;

use copy::Copy;
use made::made;
use std::fs;
use std::path::{Path, PathBuf};

impl Copy {
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

#[test]
fn nothing_to_do() {
    let copy = Copy::new();
    copy.run(&["codegen"]).is(0, &[]);
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
    stale("differs", "wrote", "presence.rs", |copy| {
        let text = fs::read_to_string(copy.path("presence.rs")).unwrap();
        let text = text.replace("pub id: String", "pub id: u64");
        fs::write(copy.path("presence.rs"), text).unwrap();
    });
    stale("missing", "wrote", "presence.rs", |copy| {
        fs::remove_file(copy.path("presence.rs")).unwrap();
    });
    stale("left over", "removed", "absence.rs", |copy| {
        fs::copy(copy.path("presence.rs"), copy.path("absence.rs")).unwrap();
    });
    stale("differs", "wrote", "availability.rs", |copy| {
        copy.edit_spec("How available a user is.", "How busy a user is.");
    });
}

#[track_caller]
fn stale(complaint: &str, mended: &str, file: &str, spoil: impl Fn(&Copy)) {
    let copy = Copy::new();
    spoil(&copy);
    let file = format!("crates/msgraph-presence-models/src/generated/{file}");
    let check = copy.run(&["codegen", "--check"]);
    check.is(1, &[&format!("{complaint}: {file}"), "@@"]);
    assert!(check.err.ends_with("run: cargo xtask codegen\n"));
    let codegen = copy.run(&["codegen"]);
    codegen.is(0, &[&format!("{mended} {file}")]);
    copy.run(&["codegen", "--check"]).is(0, &[]);
}

/// As editors on Windows save a file.
#[test]
fn a_byte_order_mark_and_crlf_change_nothing() {
    let copy = Copy::new();
    copy.edit_spec("openapi:", "\u{feff}openapi:");
    let spec = fs::read_to_string(copy.root.join("spec/presence.yaml")).unwrap();
    let text = &spec[spec.find('\u{feff}').unwrap()..];
    fs::write(
        copy.root.join("spec/presence.yaml"),
        text.replace('\n', "\r\n"),
    )
    .unwrap();
    copy.run(&["codegen", "--check"]).is(0, &["up to date"]);
}

#[test]
fn a_broken_description_touches_no_file() {
    let copy = Copy::new();
    fs::remove_file(copy.path("presence.rs")).unwrap();
    copy.edit_spec("required: [id]", "requried: [id]");
    for arguments in [&["codegen"][..], &["codegen", "--check"]] {
        let outcome = copy.run(arguments);
        outcome.is(1, &["write `required`", "--> spec/presence.yaml:"]);
        assert!(outcome.err.starts_with("error[S006]"), "{}", outcome.err);
    }
    assert!(!copy.path("presence.rs").exists());
}

#[test]
fn a_description_that_cannot_be_read() {
    let copy = Copy::new();
    let path = copy.root.join("spec/presence.yaml");
    fs::write(&path, b"openapi: 3.0.3\ninfo: {title: Pr\xe9sence}\n").unwrap();
    let outcome = copy.run(&["codegen"]);
    outcome.is(1, &["error[S001]", "spec/presence.yaml:2:17"]);
    fs::remove_file(path).unwrap();
    copy.run(&["codegen"]).is(1, &["error[S001]"]);
}

#[test]
fn a_foreign_file_among_the_generated_ones_is_not_removed() {
    let copy = Copy::new();
    fs::write(copy.path("notes.rs"), "// mine\n").unwrap();
    copy.run(&["codegen"]).is(1, &["move it to another folder"]);
    assert!(copy.path("notes.rs").exists());
}

#[test]
fn a_workspace_for_any_description() {
    let copy = Copy::new();
    let manifest = |name: &str| {
        let path = copy.root.join("made").join(name).join("Cargo.toml");
        fs::read_to_string(path).unwrap()
    };
    let command = "run: cargo xtask codegen --spec";
    made(&copy, &["--check"]).is(1, &["missing: made/src/lib.rs", command]);
    let parts = [
        "wrote Cargo.toml",
        "wrote made-models/src/generated/presence.rs",
    ];
    let outcome = made(&copy, &[]);
    outcome.is(0, &parts);
    assert_eq!(outcome.err, "");
    made(&copy, &["--check"]).is(0, &[]);
    let text = manifest("made");
    assert!(text.contains("msgraph-runtime = { path = "), "{text}");

    let named = ["--name", "graph", "--runtime", "0.1"];
    made(&copy, &named).is(0, &["wrote graph/src/lib.rs"]);
    let text = manifest("graph");
    assert!(
        text.contains("msgraph-runtime = { version = \"0.1\""),
        "{text}"
    );
    let again = " --name graph --runtime ";
    made(&copy, &["--name", "graph", "--check"]).is(1, &[again]);
    let wrong = "`Graph!` cannot be the name of the crate";
    made(&copy, &["--name", "Graph!"]).is(2, &[wrong]);
    made(&copy, &["--name", "a/b"]).is(2, &["`a/b` cannot be the name of the crate"]);
}

/// Every file in `spec/` is read, and each problem is shown in its file.
#[test]
fn our_own_description_in_two_files() {
    let copy = Copy::new();
    let second = copy.root.join("spec/absence.yaml");
    let text = |schema: &str| {
        format!(
            "openapi: 3.0.3\ninfo: {{title: Absence, version: v1}}\npaths:\n  /me/absence:\n    get:\n      \
             operationId: me.absence.get\n      summary: Added.\n      responses:\n        '200':\n          \
             description: It is there.\n          content:\n            application/json:\n              \
             schema: {{$ref: 'presence.yaml#/components/schemas/{schema}'}}\n"
        )
    };
    fs::write(&second, text("presense")).unwrap();
    let parts = [
        "--> spec/absence.yaml:13:",
        "write `presence.yaml#/components/schemas/presence`",
        "1 problem in spec/absence.yaml",
    ];
    copy.run(&["codegen"]).is(1, &parts);
    fs::write(&second, text("presence")).unwrap();
    let file = "crates/msgraph-presence/src/generated/me.rs";
    copy.run(&["codegen"]).is(0, &[&format!("wrote {file}")]);
    let text = fs::read_to_string(copy.root.join(file)).unwrap();
    assert!(text.contains("from spec/*.yaml."));
    assert!(text.contains("pub fn absence(self) -> MeAbsence {"));
}

/// The files of somebody else are named one by one.
#[test]
fn a_workspace_for_a_description_in_several_files() {
    let copy = Copy::new();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ok/several-files");
    let file = |name: &str| fixture.join(name).to_str().unwrap().to_owned();
    let out = copy.root.join("made").to_str().unwrap().to_owned();
    let (first, second, third) = (
        file("presence.yaml"),
        file("errors.yaml"),
        file("sessions.yaml"),
    );
    let two = [
        "codegen",
        "--out",
        &out,
        "--runtime",
        "0.1",
        "--spec",
        &first,
        "--spec",
        &second,
    ];
    copy.run(&two)
        .is(1, &[&format!("add the file with `--spec {third}`")]);
    let three = [&two[..], &["--spec", &third]].concat();
    copy.run(&three)
        .is(0, &["wrote made/src/generated/users.rs"]);
    let part = ["--check", "--paths", "/users/*/presence"];
    let specs = format!("--spec {first} --spec {second} --spec {third} --out");
    let check = copy.run(&[&three[..], &part].concat());
    check.is(1, &[&specs, " --runtime 0.1 --paths '/users/*/presence'\n"]);
}

#[test]
fn an_overlay_changes_what_is_generated() {
    let copy = Copy::new();
    let overlay = copy.root.join("overlay.yaml");
    let action = "{target: '$.components.schemas.*.required', remove: true}";
    let text = format!("overlay: 1.0.0\ninfo: {{}}\nactions:\n  - {action}\n");
    fs::write(&overlay, text).unwrap();
    made(&copy, &[]).is(0, &[]);
    let overlay = ["--overlay", overlay.to_str().unwrap()];
    let changed = "wrote made-models/src/generated/main_error.rs";
    made(&copy, &overlay).is(0, &[changed]);
    made(&copy, &["--check"]).is(1, &["differs: made-models/"]);
    made(&copy, &[&overlay[..], &["--check"]].concat()).is(0, &[]);
}

#[test]
fn a_foreign_file_in_the_place_of_a_generated_one_is_not_overwritten() {
    let copy = Copy::new();
    let manifest = copy.root.join("made/Cargo.toml");
    fs::create_dir_all(copy.root.join("made")).unwrap();
    fs::write(&manifest, "[package]\n").unwrap();
    made(&copy, &[]).is(1, &["move it to another folder"]);
    assert_eq!(fs::read_to_string(&manifest).unwrap(), "[package]\n");
    assert!(!copy.root.join("made/made").exists());
}

#[test]
fn help_and_wrong_arguments() {
    let copy = Copy::new();
    let usage = "usage: cargo xtask codegen";
    copy.run(&["--help"]).is(0, &[usage]);
    let together = "`--spec FILE` and `--out DIR` must be given together";
    let unknown = "there is no command \"codgen\"; write `codegen` or `diff`";
    for (arguments, complaint) in [
        (&[][..], "the command is missing; write `codegen` or `diff`"),
        (&["codgen"], unknown),
        (&["codegen", "--chek"], "--chek"),
        (&["codegen", "now"], "now"),
        (&["codegen", "--spec", "a.yaml"], together),
        (&["codegen", "--name", "a"], together),
        (&["codegen", "--spec"], "--spec"),
    ] {
        let outcome = copy.run(arguments);
        outcome.is(2, &[complaint, usage]);
        assert_eq!(outcome.out, "");
    }
}
