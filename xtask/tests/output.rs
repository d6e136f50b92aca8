//! The output on the user's machine: files for every system, formatted, from several runs at once.

#![cfg(test)]

mod copy;
mod made;

use copy::Copy;
use made::{into, made};
use std::fs;
use std::path::Path;
use std::process::Command;

/// `/aux/…` and names so long that no line holds them. The workspace is formatted as plain rustfmt
/// formats it, and stays what was generated.
#[test]
fn files_for_every_system_that_rustfmt_leaves_alone() {
    let copy = Copy::new();
    let long = "aVeryLongName".repeat(7);
    let get = |id: &str| {
        format!("{{get: {{operationId: {id}, responses: {{'204': {{description: Done.}}}}}}}}")
    };
    let devices = ["aux", "con", "nul", "prn", "com1", "lpt9", "com", "lpt10"];
    let schemas: String = devices
        .iter()
        .map(|name| format!("    {name}: {{type: object}}\n"))
        .collect();
    let paths: String = devices
        .iter()
        .map(|name| {
            format!(
                "  /{name}: {}\n  /{name}/a: {}\n",
                get(name),
                get(&format!("{name}.a"))
            )
        })
        .collect();
    let spec = copy.root.join("spec/wide.yaml");
    let text = format!(
        "openapi: 3.0.3\ninfo: {{title: '{long}', version: v1}}\npaths:\n{paths}  /{long}: {}\ncomponents:\n  schemas:\n{schemas}    {long}:\n      \
         type: object\n      properties: {{{long}: {{type: string}}}}\n",
        get("long")
    );
    fs::write(&spec, text).unwrap();
    let name = ["a-very-long-name"; 7].join("-");
    let named = ["--name", &name];
    let host =
        "The description names no server: the client calls `https://graph.microsoft.com/v1.0`";
    into(&copy, "made", &spec, &named).is(0, &[host]);
    let root = copy.root.join("made");
    for folder in [name.clone(), format!("{name}-models")] {
        let generated = root.join(folder).join("src/generated");
        for device in devices {
            let mended = if ["com", "lpt10"].contains(&device) {
                ""
            } else {
                "_"
            };
            let path = generated.join(format!("{device}{mended}.rs"));
            assert!(path.is_file(), "{}", path.display());
        }
    }
    let mut fmt = Command::new(env!("CARGO"));
    let output = fmt
        .args(["fmt", "--all", "--check"])
        .current_dir(&root)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    into(&copy, "made", &spec, &["--name", &name, "--check"]).is(0, &["up to date"]);
}

#[test]
fn a_name_too_long_for_a_file() {
    let copy = Copy::new();
    let spec = copy.root.join("spec/long.yaml");
    let long = "aVeryLongName".repeat(19);
    let text = format!(
        "openapi: 3.0.3\ninfo: {{title: T, version: v1}}\npaths:\n  /{long}/{{id}}:\n    \
         get: {{operationId: a, responses: {{'204': {{description: Done.}}}}}}\n    \
         parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]\n\
         components:\n  schemas:\n    {long}: {{type: object}}\n"
    );
    fs::write(&spec, text).unwrap();
    let parts = [
        "long.yaml:4:3",
        "long.yaml:9:5",
        "has 304 characters",
        "2 problems",
    ];
    into(&copy, "made", &spec, &[]).is(1, &parts);
    assert!(!copy.root.join("made").exists());
}

#[test]
fn two_runs_at_once_into_one_folder() {
    let copy = Copy::new();
    let run = || made(&copy, &["--runtime", "0.1"]).is(0, &["left "]);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(run);
        }
    });
    made(&copy, &["--runtime", "0.1", "--check"]).is(0, &["up to date"]);
    let entries = fs::read_dir(copy.root.join("made")).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["Cargo.toml", "made", "made-models"]);
}

/// As a checkout of git on Windows has them.
#[test]
fn other_line_ends_are_one_line() {
    let copy = Copy::new();
    made(&copy, &[]).is(0, &[]);
    let folder = copy.root.join("made/made/src/generated");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, text.replace('\n', "\r\n")).unwrap();
        count += 1;
    }
    let check = made(&copy, &["--check"]);
    let line = format!("{count} files differ only in line endings (CRLF, expected LF)\n");
    check.is(1, &[&line]);
    assert_eq!((check.out.as_str(), check.err.lines().count()), ("", 2));
    made(&copy, &[]).is(0, &["wrote made/src/generated/client.rs"]);
    made(&copy, &["--check"]).is(0, &[]);
}

#[test]
fn a_wrong_runtime() {
    let copy = Copy::new();
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let deep = crates.join("msgraph-runtime");
    let missing = crates.join("no-such-folder");
    for (runtime, complaint) in [
        (
            deep.to_str().unwrap(),
            "has no `msgraph-runtime`; `--runtime` is the folder that holds",
        ),
        (missing.to_str().unwrap(), "no-such-folder"),
        ("9.9", "write `--runtime 0.1`"),
        ("0.10", "write `--runtime 0.1`"),
        ("0.1.x", "write `--runtime 0.1`"),
    ] {
        made(&copy, &["--runtime", runtime]).is(2, &[complaint]);
    }
    assert!(!copy.root.join("made").exists());
    made(&copy, &["--runtime", "0.1.0"]).is(0, &[]);
}

#[test]
fn the_name_of_the_crate() {
    let copy = Copy::new();
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ok/smallest.yaml");
    for (folder, name) in [
        ("deviceManagement_3", "device-management-3"),
        ("my_api", "my_api"),
        ("Graph API", "graph-api"),
    ] {
        into(&copy, folder, &spec, &[]).is(0, &[&format!("wrote {name}/src/lib.rs")]);
    }
    for folder in ["con", "fn", "3", "core", "msgraph-runtime"] {
        into(&copy, folder, &spec, &[]).is(2, &["cannot be the name of the crate; write `--name"]);
        into(&copy, folder, &spec, &["--name", "graph"]).is(0, &[]);
    }
}
