//! Our own description: what is generated from it, and that what is checked in is just that.

#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};

use xtask::files;
use xtask::layout::Layout;
use xtask::spec::fields::Level;
use xtask::{Generated, Options, generate};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn generated() -> Generated {
    let text = fs::read_to_string(root().join("spec/presence.yaml")).unwrap();
    let spec = "spec/presence.yaml".to_owned();
    let options = Options {
        level: Level::Own,
        spec,
        overlay: None,
        layout: Layout::own(),
    };
    generate(&text, &options).unwrap()
}

#[test]
fn the_checked_in_files_are_up_to_date() {
    let comparison =
        files::compare(&root(), Layout::own().folders(), &generated().files).unwrap();
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
        insta::assert_snapshot!("signatures", generated().signatures);
    });
}

#[test]
fn generated_files() {
    for file in generated().files {
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
