//! spec/README.md and the sources say the same, and the generator stays light.

#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use xtask::diagnostics::Code;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn names(folder: &str) -> BTreeSet<String> {
    let folder = repository().join("xtask/tests/fixtures").join(folder);
    let entries = fs::read_dir(folder).unwrap();
    let name = |path: PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    entries.map(|entry| name(entry.unwrap().path())).collect()
}

#[test]
fn every_code_and_every_fixture_has_a_row() {
    let readme = fs::read_to_string(repository().join("spec/README.md")).unwrap();
    let mistakes = names("err");
    for code in Code::ALL.iter().map(|code| code.as_str()) {
        assert!(
            readme.contains(&format!("| {code} | ")),
            "spec/README.md has no row for {code}"
        );
        let elsewhere = ["S001", "S023", "S099"].contains(&code);
        let prefix = code.to_lowercase();
        let has_fixture = mistakes.iter().any(|name| name.starts_with(&prefix));
        assert!(elsewhere || has_fixture, "{code} has no fixture");
    }
    for name in names("ok") {
        assert!(
            readme.contains(&name),
            "spec/README.md does not name the fixture {name}"
        );
    }
}

/// Every crate that xtask builds costs everybody who runs it; a new one needs a reason in
/// ARCHITECTURE.md.
#[test]
fn the_number_of_crates() {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "-p",
            "xtask",
            "-e",
            "normal,build",
            "--prefix",
            "none",
        ])
        .current_dir(repository())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let crates: BTreeSet<_> = text
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(crates.len() <= 31, "{} crates: {crates:?}", crates.len());
}
