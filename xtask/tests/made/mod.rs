//! Workspaces for the descriptions of others.

use super::copy::{Copy, Outcome};
use std::path::Path;

/// Generates from the description of somebody else into the folder `made`.
pub fn made(copy: &Copy, more: &[&str]) -> Outcome {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/graph/presence.yaml");
    into(copy, "made", &spec, more)
}

/// Generates from a description into a folder.
pub fn into(copy: &Copy, folder: &str, spec: &Path, more: &[&str]) -> Outcome {
    let out = copy.root.join(folder).to_str().unwrap().to_owned();
    let arguments = ["codegen", "--spec", spec.to_str().unwrap(), "--out", &out];
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let runtime = ["--runtime", crates.to_str().unwrap()];
    let runtime = if more.contains(&"--runtime") {
        &[][..]
    } else {
        &runtime
    };
    copy.run(&[&arguments[..], runtime, more].concat())
}
