//! Our own description: what is generated from it, and that what is checked in is just that.

#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};

use xtask::files;
use xtask::layout::Layout;
use xtask::spec::fields::Level;
use xtask::{Options, OutputFile, generate, signatures};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text() -> String {
    fs::read_to_string(root().join("spec/presence.yaml")).unwrap()
}

fn options() -> Options {
    let spec = "spec/presence.yaml".to_owned();
    Options {
        level: Level::Own,
        spec,
        overlay: None,
        layout: Layout::own(),
    }
}

fn generated() -> Vec<OutputFile> {
    generate(&text(), &options()).unwrap()
}

#[test]
fn the_checked_in_files_are_up_to_date() {
    let comparison =
        files::compare(&root(), Layout::own().folders(), &generated()).unwrap();
    let summaries: Vec<_> = comparison
        .changes
        .iter()
        .map(files::Change::summary)
        .collect();
    assert!(
        summaries.is_empty(),
        "{summaries:#?}\nrun: cargo xtask codegen"
    );
}

/// What a reviewer reads first: a change of the API shows here.
#[test]
fn public_signatures() {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("signatures", signatures(&text(), &options()).unwrap());
    });
}

#[test]
fn generated_files() {
    for file in generated() {
        let name = file
            .path
            .replace("crates/", "")
            .replace("/src/generated/", "__");
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name.replace(".rs", ""), file.text);
        });
    }
}

#[test]
fn the_same_every_time() {
    assert_eq!(generated(), generated());
}
