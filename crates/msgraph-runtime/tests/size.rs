//! How many crates the client brings along: the numbers do not grow unnoticed.

#![cfg(test)]

use std::collections::BTreeSet;
use std::process::Command;

/// Ours included, on Linux: with default features, and without TLS. The goal is 105 and 85.
const WITH_TLS: usize = 103;
const WITHOUT_TLS: usize = 83;

/// The crates of the client in a normal build, each with its version.
fn crates(features: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--package",
            "msgraph-presence",
            "--edges",
            "normal,build",
        ])
        .args(["--prefix", "none", "--format", "{p}"])
        .args(["--target", "x86_64-unknown-linux-gnu"])
        .args(features)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let tree = String::from_utf8(output.stdout).unwrap();
    let name_and_version = |line: &str| {
        let words: Vec<_> = line.split_whitespace().take(2).collect();
        words.join(" ")
    };
    tree.lines()
        .map(name_and_version)
        .filter(|line| !line.is_empty())
        .collect()
}

#[test]
fn the_client_brings_no_more_crates_than_before() {
    let cases = [
        (&[][..], WITH_TLS),
        (&["--no-default-features"], WITHOUT_TLS),
    ];
    for (features, expected) in cases {
        let crates = crates(features);
        assert_eq!(
            crates.len(),
            expected,
            "the client has another number of crates with {features:?}: say why in \
            ARCHITECTURE.md, and change the number here and in BENCHMARKS.md\n{crates:#?}"
        );
    }
}
