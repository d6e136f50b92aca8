//! Every snapshot of the workspace is asserted by a test, and no two hold the same text.

#![cfg(test)]

mod own;

use own::Own;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use xtask::{Options, generate};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The files below a folder with an extension, without what cargo builds.
fn files(folder: &Path, extension: &str) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            found.insert(path);
        }
    }
    found
}

/// The files with an extension in all our packages.
fn all(extension: &str) -> BTreeSet<PathBuf> {
    let folders = ["crates", "xtask"].map(|name| files(&root().join(name), extension));
    folders.into_iter().flatten().collect()
}

/// The snapshots that tests assert: those with a name in the source of a test, of the fixtures
/// (`fixtures.rs`), and of the files from our own description (`own_description.rs`).
fn asserted() -> BTreeSet<PathBuf> {
    let mut asserted = BTreeSet::new();
    for file in all("rs") {
        let text = fs::read_to_string(&file).unwrap();
        let folder = file.parent().unwrap().join("snapshots");
        for rest in text.split("insta::assert_snapshot!(\"").skip(1) {
            let (name, _) = rest.split_once('"').unwrap();
            asserted.insert(folder.join(format!("{name}.snap")));
        }
    }
    let tests = root().join("xtask/tests");
    for folder in ["ok", "err", "diff"] {
        for fixture in fs::read_dir(tests.join("fixtures").join(folder)).unwrap() {
            let fixture = fixture.unwrap().path();
            let name = fixture.file_stem().unwrap().to_str().unwrap();
            asserted.insert(tests.join(format!("snapshots/{folder}/{name}.snap")));
        }
    }
    for file in generate(&Own::read().sources(), &Options::own()).unwrap() {
        let name = file.path.replace("crates/", "").replace(".rs", "");
        let name = name.replace("/src/generated/", "__");
        asserted.insert(tests.join(format!("snapshots/{name}.snap")));
    }
    asserted
}

#[test]
fn every_snapshot_is_asserted() {
    let (there, asserted) = (all("snap"), asserted());
    let unasserted: Vec<_> = there.difference(&asserted).collect();
    assert!(unasserted.is_empty(), "no test asserts {unasserted:#?}");
    let missing: Vec<_> = asserted.difference(&there).collect();
    assert!(missing.is_empty(), "not taken yet: {missing:#?}");
}

#[test]
fn no_two_snapshots_hold_the_same() {
    let mut seen = BTreeMap::new();
    for path in all("snap") {
        let text = fs::read_to_string(&path).unwrap();
        let (_, content) = text.split_once("\n---\n").unwrap();
        if let Some(other) = seen.insert(content.to_owned(), path.clone()) {
            panic!("{} repeats {}", path.display(), other.display());
        }
    }
}
