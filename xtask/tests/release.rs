//! The crates as packages: their contents, and the crates that come with them and with xtask.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The crates that are published, in the order in which they are.
const PUBLISHED: [&str; 6] = [
    "msgraph-wire",
    "msgraph-presence-models",
    "msgraph-runtime",
    "msgraph-presence-emulator",
    "msgraph-sign-in",
    "msgraph-presence",
];

/// The platform whose trees are counted, wherever the test runs.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// Crates that come in two versions with all features, and why that is put up with.
const TWICE: [(&str, &str); 6] = [
    ("base64", "azure_core and oauth2 have 0.22, reqwest 0.23"),
    (
        "cpufeatures",
        "sha2 of oauth2 has 0.2, rand of azure_core 0.3",
    ),
    ("getrandom", "rand 0.8 of oauth2 has 0.2, uuid 0.4"),
    ("rand", "oauth2 has 0.8, azure_core 0.10"),
    ("rand_core", "the same"),
    (
        "syn",
        "macros of azure_core, tracing, openssl and thiserror are on 2, serde's and tokio's on 3",
    ),
];

/// The crates that come with each crate. A new one shows here, and needs a reason in ARCHITECTURE.md.
#[test]
fn the_trees_are_known() {
    let mut text = String::new();
    let mut users = BTreeMap::<_, Vec<_>>::new();
    for name in PUBLISHED {
        let crates = tree(name, &[]);
        writeln!(text, "{name}: {} crates, itself included", crates.len()).unwrap();
        for dependency in crates.into_keys() {
            users.entry(dependency).or_default().push(name);
        }
    }
    let without_tls = tree("msgraph-presence", &["--no-default-features"]);
    writeln!(
        text,
        "msgraph-presence without TLS: {} crates",
        without_tls.len()
    )
    .unwrap();
    let library = tree("msgraph-presence-emulator", &["--no-default-features"]);
    writeln!(
        text,
        "msgraph-presence-emulator without its program: {} crates\n",
        library.len()
    )
    .unwrap();
    for (dependency, users) in users {
        writeln!(text, "{dependency}: {}", users.join(", ")).unwrap();
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("trees", text);
    });
}

/// The additional crates of a program that lets people sign in.
#[test]
fn the_number_of_crates_of_a_sign_in() {
    let without = tree("msgraph-presence", &[]);
    let mut with = tree("msgraph-presence", &["--features", "sign-in"]);
    with.retain(|name, versions| without.get(name) != Some(versions));
    assert!(with.len() <= 32, "{} crates: {with:?}", with.len());
}

/// Every crate that xtask builds costs everybody who runs it; a new one needs a reason in
/// ARCHITECTURE.md.
#[test]
fn the_number_of_crates() {
    let crates = tree("xtask", &[]);
    assert!(crates.len() <= 33, "{} crates: {crates:?}", crates.len());
}

/// `cargo run --example tour` is the first command of a newcomer: its crates are the wait.
#[test]
fn the_number_of_crates_of_the_tour() {
    let crates = tree("msgraph-presence", &["--edges", "dev"]);
    assert!(crates.len() <= 145, "{} crates: {crates:?}", crates.len());
}

#[test]
fn no_crate_comes_in_two_versions_without_a_reason() {
    let mut twice = BTreeSet::new();
    for name in PUBLISHED {
        let by_default = doubles(name, &[]);
        assert!(
            by_default.is_empty() || name == "msgraph-sign-in",
            "{name}: {by_default:?}"
        );
        twice.extend(doubles(name, &["--all-features"]));
    }
    let excused = TWICE.map(|(name, _)| name.to_owned());
    assert_eq!(twice, BTreeSet::from(excused), "with all features");
}

/// The crates that a tree has in more than one version.
fn doubles(name: &str, features: &[&str]) -> BTreeSet<String> {
    let mut crates = tree(name, features);
    crates.retain(|_, versions| versions.len() > 1);
    crates.into_keys().collect()
}

#[test]
fn packages_hold_what_they_should_and_little_else() {
    for name in PUBLISHED {
        let list = cargo(&["package", "--list", "--allow-dirty", "-p", name]);
        let files: Vec<_> = list.lines().collect();
        for wanted in ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "src/lib.rs"] {
            assert!(files.contains(&wanted), "{name} lacks {wanted}");
        }
        let needs_the_workspace =
            |file: &&str| file.starts_with("tests/") || file.starts_with("benches/");
        assert!(!files.iter().any(needs_the_workspace), "{name}: {files:?}");
        let size = |file: &&str| fs::metadata(folder(name).join(file)).map_or(0, |file| file.len());
        let large: Vec<_> = files.iter().filter(|file| size(file) > 64 << 10).collect();
        assert!(large.is_empty(), "{name}: too large: {large:?}");
        let all: u64 = files.iter().map(size).sum();
        assert!(all < 640 << 10, "{name}: {all} bytes");
    }
}

/// Generated code and the code of macros belong to one version of each crate.
#[test]
fn our_crates_take_each_other_in_exactly_their_version() {
    let exactly = format!("version = \"={}\"", env!("CARGO_PKG_VERSION"));
    let root = fs::read_to_string(folder(".").join("../Cargo.toml")).unwrap();
    let ours = |line: &&str| line.starts_with("msgraph-");
    let shared: Vec<_> = root.lines().filter(ours).collect();
    assert_eq!(shared.len(), PUBLISHED.len() - 1, "{shared:#?}");
    assert!(
        shared.iter().all(|line| line.contains(&exactly)),
        "{shared:#?}"
    );
    for name in PUBLISHED {
        let manifest = fs::read_to_string(folder(name).join("Cargo.toml")).unwrap();
        let (_, rest) = manifest.split_once("[dependencies]").unwrap();
        let (own, _) = rest.split_once("[dev-dependencies]").unwrap_or((rest, ""));
        for line in own.lines().filter(ours) {
            assert!(line.contains("workspace = true"), "{name}: {line}");
        }
    }
}

/// The crates of a tree with their versions: what a program that uses the crate builds.
fn tree(name: &str, features: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let mut arguments = vec!["tree", "--locked", "--prefix", "none", "--edges"];
    arguments.extend(["normal,build", "--target", TARGET, "--package", name]);
    arguments.extend(features);
    let mut crates = BTreeMap::<_, BTreeSet<_>>::new();
    for line in cargo(&arguments).lines() {
        let mut words = line.split(' ');
        if let (Some(name), Some(version)) = (words.next(), words.next()) {
            let versions = crates.entry(name.to_owned()).or_default();
            versions.insert(version.to_owned());
        }
    }
    crates
}

fn cargo(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO"));
    let output = command
        .args(arguments)
        .current_dir(folder(PUBLISHED[0]))
        .output();
    let output = output.unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {arguments:?}\n{errors}");
    String::from_utf8(output.stdout).unwrap()
}

fn folder(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.join("crates").join(name)
}
