//! Another crate of a program may turn on features of `serde_json`: bodies are read all the same.

#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn repository() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.canonicalize().unwrap()
}

/// The tests of `msgraph-wire` that read JSON, with these features. They are off in this
/// workspace, whose packages share their features.
#[test]
fn bodies_are_read_whatever_is_turned_on_elsewhere() {
    let crates = repository().join("crates");
    let wire = crates.join("msgraph-wire");
    let test = |name: &str| {
        let path = wire.join("tests").join(name).with_extension("rs");
        format!("[[test]]\nname = {name:?}\npath = {path:?}\n")
    };
    let manifest = format!(
        "[package]\nname = \"features\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n\
         [lib]\npath = \"lib.rs\"\n[dependencies]\nmsgraph-wire = {{ path = {wire:?} }}\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\n\
         serde_json = {{ version = \"1\", features = [\"arbitrary_precision\", \
         \"float_roundtrip\", \"unbounded_depth\"] }}\n{}{}",
        test("additional_data"),
        test("decode"),
    );
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("serde-json-features");
    fs::create_dir_all(&root).unwrap();
    fs::copy(repository().join("Cargo.lock"), root.join("Cargo.lock")).unwrap();
    fs::write(root.join("Cargo.toml"), manifest).unwrap();
    fs::write(root.join("lib.rs"), "").unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--offline", "--tests"])
        .env("CARGO_TARGET_DIR", root.join("target"))
        .current_dir(&root)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&text)
    );
}
