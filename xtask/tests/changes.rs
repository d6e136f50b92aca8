//! The cost of a usual change of our own description.

#![cfg(test)]

mod change;
mod own;

use change::{KINDS, OPERATION, changed};
use xtask::{Options, OutputFile, generate};

fn generated(changes: &[change::Change]) -> Vec<OutputFile> {
    generate(&changed(changes).sources(), &Options::own()).unwrap()
}

/// Each is taken by the description as it is, with nothing else changed.
#[test]
fn each_kind_changes_what_is_generated() {
    let before = generated(&[]);
    for kind in KINDS {
        assert_ne!(generated(&[kind]), before, "{kind:?}");
    }
}

/// Lines without documentation, imports, blank lines and the constants that hold operations as data.
fn code_lines(files: &[OutputFile]) -> usize {
    let client = |file: &&OutputFile| {
        file.path.starts_with("crates/msgraph-presence/src") && file.path.ends_with(".rs")
    };
    let mut count = 0;
    for file in files.iter().filter(client) {
        let mut is_skipped = false;
        for line in file.text.lines() {
            let starts = ["pub static ", "use ", "pub use "];
            is_skipped |= starts.iter().any(|start| line.starts_with(start));
            let is_documentation = line.trim_start().starts_with("//");
            count += usize::from(!is_skipped && !is_documentation && !line.is_empty());
            is_skipped &= line.starts_with(' ') || !line.ends_with(';');
        }
    }
    count
}

/// The method of the handle, and the request with its option.
#[test]
fn an_operation_is_a_few_lines() {
    let lines = code_lines(&generated(&[OPERATION])) - code_lines(&generated(&[]));
    assert!((4..=16).contains(&lines), "{lines} lines more");
}
