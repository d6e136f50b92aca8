//! The dependencies of ARCHITECTURE.md: of crates, of stages of the generator, on libraries.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The allowed dependencies among our own crates, in the order of the arrows.
const ARROWS: &[(&str, &[&str])] = &[
    ("crates/msgraph-wire", &[]),
    ("crates/msgraph-presence-models", &["msgraph-wire"]),
    ("crates/msgraph-runtime", &["msgraph-wire"]),
    (
        "crates/msgraph-presence",
        &[
            "msgraph-presence-models",
            "msgraph-runtime",
            "msgraph-sign-in",
            "msgraph-wire",
        ],
    ),
    (
        "crates/msgraph-presence-emulator",
        &["msgraph-presence-models"],
    ),
    ("crates/msgraph-sign-in", &["msgraph-runtime"]),
    (
        "crates/msgraph-presence-cli",
        &["msgraph-presence", "msgraph-presence-emulator"],
    ),
    ("crates/sign-in-examples", &[]),
    ("xtask", &[]),
];

/// The names of our crates in ARCHITECTURE.md, in the order of the arrows.
const NAMES: [&str; 9] = [
    "wire",
    "models",
    "runtime",
    "presence",
    "emulator",
    "sign-in",
    "cli",
    "(it has dev-dependencies only)",
    "xtask",
];

#[test]
fn the_arrows_between_our_crates_are_the_documented_ones() {
    for (folder, allowed) in ARROWS {
        let names = dependencies(folder, &["dependencies", "build-dependencies"]);
        let names: Vec<_> = names.iter().filter(|name| is_ours(name)).collect();
        assert_eq!(names, *allowed, "{folder}");
    }
    let crates = fs::read_dir(root().join("crates")).unwrap().count();
    assert_eq!(crates + 1, ARROWS.len(), "a crate without its arrows");
}

/// The names in tables of a crate's manifest.
fn dependencies(folder: &str, tables: &[&str]) -> Vec<String> {
    let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
    let mut names = Vec::new();
    for table in manifest.split("\n[") {
        let (head, lines) = table.split_once('\n').unwrap_or((table, ""));
        if tables.iter().any(|name| head == format!("{name}]")) {
            let lines = lines.lines().filter(|line| !line.is_empty());
            let name = |line: &str| line.split(['.', ' ', '=']).next().unwrap().to_owned();
            names.extend(lines.map(name));
        }
    }
    names
}

fn is_ours(name: &str) -> bool {
    name.starts_with("msgraph-") || name == "xtask"
}

/// ARCHITECTURE.md says of each dependency who uses it, and why.
#[test]
fn every_dependency_has_its_reason() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let (_, table) = text.split_once("\n| crate | used by |").unwrap();
    let rows = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let mut documented: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for row in rows {
        let columns: Vec<_> = row.split('|').map(str::trim).collect();
        let users = columns[2].split(|c: char| !c.is_alphanumeric() && c != '-');
        let users: BTreeSet<_> = users.filter(|word| NAMES.contains(word)).collect();
        let names = columns[1].split(", ").map(str::to_owned);
        documented.extend(names.map(|name| (name, users.clone())));
    }
    let mut used: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for ((folder, _), user) in ARROWS.iter().zip(NAMES) {
        for name in dependencies(folder, &["dev-dependencies"]) {
            used.entry(name).or_default();
        }
        for name in dependencies(folder, &["dependencies"]) {
            used.entry(name).or_default().insert(user);
        }
    }
    used.retain(|name, _| !is_ours(name));
    assert_eq!(documented, used);
}

/// The modules of xtask, each with those that it may import.
const STAGES: &[(&str, &[&str])] = &[
    ("values", &[]),
    ("diagnostics", &[]),
    ("files", &[]),
    ("ir", &["values"]),
    ("yaml", &["diagnostics"]),
    ("openapi", &["diagnostics", "values", "yaml"]),
    ("lower", &["diagnostics", "ir", "openapi", "values"]),
    ("emit", &["ir"]),
    ("print", &[]),
    ("diff", &["diagnostics", "emit", "ir", "print"]),
    (
        "generate",
        &[
            "diagnostics",
            "emit",
            "files",
            "ir",
            "lower",
            "openapi",
            "print",
            "yaml",
        ],
    ),
    (
        "cli",
        &["diagnostics", "diff", "files", "generate", "ir", "openapi"],
    ),
];

/// After `lower` no stage sees YAML or OpenAPI. A module that moves must move in the table too.
#[test]
fn a_stage_imports_only_those_below_it() {
    let lib = fs::read_to_string(root().join("xtask/src/lib.rs")).unwrap();
    let modules = lib
        .lines()
        .filter_map(|line| line.trim_end_matches(';').split_once("mod "));
    let modules: BTreeSet<_> = modules.map(|(_, name)| name).collect();
    let known: BTreeSet<_> = STAGES.iter().map(|(name, _)| *name).collect();
    assert_eq!(modules, known, "the modules of xtask/src/lib.rs");
    for (file, code) in code_under("xtask/src") {
        let path = file.strip_prefix(root().join("xtask/src")).unwrap();
        let stage = path
            .iter()
            .next()
            .unwrap()
            .to_str()
            .unwrap()
            .trim_end_matches(".rs");
        let Some((_, allowed)) = STAGES.iter().find(|(name, _)| *name == stage) else {
            assert!(["lib", "main"].contains(&stage), "{}", file.display());
            continue;
        };
        for name in imports(&code, "crate::") {
            let is_module = name.starts_with(|c: char| c.is_ascii_lowercase());
            let is_allowed = !is_module || name == stage || allowed.contains(&name);
            assert!(is_allowed, "{} imports {name}", file.display());
        }
    }
}

#[test]
fn the_files_of_a_stage_have_no_import_cycle() {
    let files = code_under("xtask/src").map(|(file, code)| (file.with_extension(""), code));
    let mut left: BTreeMap<_, _> = files.collect();
    // A file goes when no file is left that it imports.
    for _ in 0..left.len() {
        let files = left.clone();
        left.retain(|file, code| {
            imports(code, "super::").any(|name| files.contains_key(&file.with_file_name(name)))
        });
    }
    assert!(left.is_empty(), "a cycle among {:?}", left.keys());
}

/// The names behind `crate::` or `super::` in some code.
fn imports<'c>(code: &'c str, path: &str) -> impl Iterator<Item = &'c str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    code.split(path).skip(1).flat_map(move |import| {
        let group = import.strip_prefix('{');
        let group = group.and_then(|rest| rest.split('}').next());
        let first = || import.split(|c| !is_name(c)).next().unwrap();
        let names = group.unwrap_or_else(first).split([',', ' ', '\n']);
        names.map(|name| name.split(':').next().unwrap())
    })
}

/// `cargo xtask diff` asks git for a revision; nothing else starts a process.
#[test]
fn one_file_starts_a_process() {
    let starts =
        |(file, code): (PathBuf, String)| code.contains("process::Command").then_some(file);
    let found: Vec<_> = code_under("xtask/src").filter_map(starts).collect();
    assert_eq!(found, [root().join("xtask/src/cli.rs")]);
}

/// While a process is being started, it holds the sockets that other threads close, and a paused
/// clock does not wait for it: what the other end of such a socket sees comes too late. So tests
/// that start processes are in binaries without such a clock, or each test is a process of its own.
#[test]
fn tests_that_start_processes_pause_no_clock() {
    let mut binaries = BTreeMap::<PathBuf, String>::new();
    for file in sources() {
        let path = file.strip_prefix(root()).unwrap();
        let parts: Vec<_> = path.iter().collect();
        if parts[0] == "crates" && parts[2] == "tests" {
            let binary: PathBuf = parts[1..4].iter().collect();
            let code = binaries.entry(binary.with_extension("")).or_default();
            code.push_str(&fs::read_to_string(&file).unwrap());
        }
    }
    let has_both = |code: &str| code.contains("Command::new") && code.contains("start_paused");
    binaries.retain(|_, code| has_both(code));
    let found: Vec<_> = binaries.into_keys().collect();
    assert_eq!(found, [Path::new("msgraph-runtime/tests/http2")]);
}

/// In its manifest the harness for tests in the sources is off, and that for examples of documentation.
#[test]
fn the_sources_of_xtask_have_no_test() {
    for file in sources() {
        let text = fs::read_to_string(&file).unwrap();
        let has_test =
            text.contains("cfg(test)") || text.contains("#[test]") || text.contains("```");
        let is_source = file.starts_with(root().join("xtask/src"));
        assert!(!(is_source && has_test), "{}", file.display());
    }
}

#[test]
fn reqwest_is_in_only_one_public_signature() {
    let mut found = Vec::new();
    for (_, code) in code_under("crates/msgraph-runtime/src") {
        let begins = ["\n    pub ", "\npub ", "\nimpl"];
        let items = begins.iter().flat_map(|begin| code.split(begin).skip(1));
        let signatures = items.filter_map(|item| item.split(['{', ';', '=']).next());
        let signatures = signatures.filter_map(|text| text.split("\n\n").next());
        let shown = signatures
            .filter(|signature| signature.contains("reqwest::") || signature.contains("Url"));
        found.extend(shown.map(|signature| signature.to_owned()));
    }
    let builder = "fn reqwest(mut self, builder: reqwest::ClientBuilder) -> Self ";
    assert_eq!(found, [builder]);
}

/// The files below a folder, without their comments and tests.
fn code_under(folder: &str) -> impl Iterator<Item = (PathBuf, String)> {
    let folder = root().join(folder);
    let is_test = |file: &Path| {
        file.iter()
            .any(|part| part == "tests" || part == "tests.rs")
    };
    let files = sources().into_iter();
    let files = files.filter(|file| file.starts_with(&folder) && !is_test(file));
    let files: Vec<_> = files.collect();
    assert!(!files.is_empty(), "nothing is under {}", folder.display());
    files.into_iter().map(|file| {
        let text = fs::read_to_string(&file).unwrap();
        let (code, _) = text
            .split_once("#[cfg(test)]\nmod tests {")
            .unwrap_or((&text, ""));
        let is_code = |line: &&str| !line.trim_start().starts_with("//");
        let lines: Vec<_> = code.lines().filter(is_code).collect();
        (file, lines.join("\n"))
    })
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Every Rust file of the project except fixtures and the files that cargo builds.
fn sources() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root().join("crates"), root().join("xtask")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() && !["fixtures", "target", "snapshots"].contains(&name) {
                folders.push(path);
            } else if name.ends_with(".rs") {
                files.push(path);
            }
        }
    }
    assert!(files.len() > 50, "the sources are elsewhere");
    files
}
