//! Our own description: what is generated from it, and that what is checked in is just that.

#![cfg(test)]

mod own;
mod rust;
mod signatures;

use own::Own;
use signatures::signatures;
use std::path::{Path, PathBuf};
use xtask::files;
use xtask::layout::Layout;
use xtask::{Options, OutputFile, generate};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Generated files are Rust.
#[test]
fn the_files_can_be_parsed() {
    for file in generated().iter().filter(|file| file.path.ends_with(".rs")) {
        assert_eq!(rust::check(&file.path, &file.text), Ok(()), "{}", file.path);
    }
}

fn generated() -> Vec<OutputFile> {
    generate(&Own::read().sources(), &Options::own()).unwrap()
}

#[test]
fn the_checked_in_files_are_up_to_date() {
    let comparison = files::compare(&root(), Layout::own().folders(), &generated()).unwrap();
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

/// The snapshot that a reviewer reads first: a change of the API shows here.
#[test]
fn public_signatures() {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("signatures", signatures(&generated()));
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

/// The description with the file that the README adds as an experiment.
fn with_the_readmes_file() -> Own {
    let readme = include_str!("../../README.md");
    let (_, rest) = readme.split_once("```yaml\n").unwrap();
    let (text, _) = rest.split_once("```").unwrap();
    let mut own = Own::read();
    // Who follows the README has it there already.
    own.0.retain(|(name, _)| name != "spec/manager.yaml");
    own.0
        .push(("spec/manager.yaml".to_owned(), text.to_owned()));
    own
}

#[test]
fn another_operation_by_yaml_alone() {
    let own = with_the_readmes_file();
    let files = generate(&own.sources(), &Options::own()).unwrap();
    let signatures = signatures(&files);
    let line = "fn get(&self) -> Request<Manager>";
    assert!(signatures.contains(line), "{signatures}");
    let routes = files.iter().find(|file| file.path.ends_with("routes.rs"));
    assert!(routes.unwrap().text.contains("MeManagerGet"));
}

/// A hand-written type is also taken where the property is chained.
#[test]
fn a_hand_written_type_may_be_chained() {
    let chained = "      properties:
        note:
          type: string
          description: A note.
";
    let mut own = Own::read();
    own.0[0].1 = own.0[0].1.replacen(
        "      required: [statusMessage]\n      properties:\n",
        chained,
        1,
    );
    let files = generate(&own.sources(), &Options::own()).unwrap();
    let made = |line: &str| files.iter().any(|file| file.text.contains(line));
    assert!(made(
        "pub fn note(self, value: impl Into<String>) -> Self {"
    ));
    let argument = "value: impl TryInto<PresenceStatusMessage, Error: Into<InvalidValue>>,";
    assert!(made(argument));
    let signatures = signatures(&files);
    let line =
        "status_message(self, impl TryInto<PresenceStatusMessage, Error: Into<InvalidValue>>)";
    assert!(signatures.contains(line), "{signatures}");
}
