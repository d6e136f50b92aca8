//! The documents are true: their links lead somewhere, and the dialect has all its rows.

#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use xtask::diagnostics::Code;

/// Absolute links into the repository, for documents that are also shown elsewhere.
const REPOSITORY: &str = "https://github.com/msgraph-presence/msgraph-presence/blob/main/";

/// Folders of the repository: a text in backticks that begins with one is a path in it.
const FOLDERS: [&str; 6] = [".ci/", ".github/", "crates/", "docs/", "spec/", "xtask/"];

#[test]
fn links_and_paths_lead_somewhere() {
    let mut broken = Vec::new();
    let sources: Vec<_> = ["crates", "xtask", "fuzz"]
        .into_iter()
        .flat_map(|folder| files(folder, "rs"))
        .collect();
    for document in documents() {
        let text = fs::read_to_string(root().join(&document)).unwrap();
        let paths = paths(&text).map(|path| (PathBuf::from(path), ""));
        let targets = links(&document, &text).into_iter().chain(paths);
        let targets = targets.filter(|(path, anchor)| !leads_somewhere(&root().join(path), anchor));
        broken.extend(targets.map(|target| format!("{}: {target:?}", document.display())));
        let names = text.split('`').skip(1).step_by(2).map(Path::new);
        let names = names.filter(|name| name.extension().is_some_and(|found| found == "rs"));
        let missing = names.filter(|name| !sources.iter().any(|source| source.ends_with(name)));
        broken.extend(missing.map(|name| format!("{}: {name:?}", document.display())));
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_code_and_every_fixture_has_a_row() {
    let readme = fs::read_to_string(root().join("spec/README.md")).unwrap();
    let mistakes = names("err");
    for code in Code::ALL.iter().map(|code| code.as_str()) {
        assert!(
            readme.contains(&format!("| {code} | ")),
            "spec/README.md has no row for {code}"
        );
        let elsewhere = ["S001", "S023", "S025", "S099"].contains(&code);
        let prefix = code.to_lowercase();
        let has_fixture = mistakes.iter().any(|name| name.starts_with(&prefix));
        assert!(elsewhere || has_fixture, "{code} has no fixture");
    }
    for name in names("ok") {
        assert!(
            readme.contains(&name),
            "spec/README.md does not name the fixture {name}"
        );
    }
}

/// Versions in manifests to copy, and in comparisons, are this version.
#[test]
fn the_version_is_this_one() {
    let version = env!("CARGO_PKG_VERSION");
    let (compatible, _) = version.rsplit_once('.').unwrap();
    let mut seen = 0;
    for file in documents().into_iter().chain(files("crates", "rs")) {
        let text = fs::read_to_string(root().join(&file)).unwrap();
        for line in text.lines() {
            let dependency = line.trim_start_matches(['/', '!', ' ']);
            let wanted = match dependency.split_once(" = ") {
                Some((name, _)) if name.starts_with("msgraph-") => compatible,
                _ if line.starts_with("| | msgraph-presence ") => version,
                _ => continue,
            };
            assert!(line.contains(wanted), "{}: {line}", file.display());
            seen += 1;
        }
    }
    assert!(seen > 4, "only {seen} lines name a version");
}

/// Each feature of a crate has a row that says whether it is a default.
#[test]
fn every_feature_has_a_row() {
    for (name, document) in [
        ("msgraph-runtime", "crates/msgraph-runtime/README.md"),
        ("msgraph-sign-in", "crates/msgraph-sign-in/README.md"),
        ("msgraph-presence", "README.md"),
        ("msgraph-presence", "crates/msgraph-presence/src/lib.rs"),
    ] {
        let manifest = format!("crates/{name}/Cargo.toml");
        let manifest = fs::read_to_string(root().join(manifest)).unwrap();
        let (_, features) = manifest.split_once("[features]\n").unwrap();
        let lines = features.lines().take_while(|line| !line.is_empty());
        let mut features: Vec<_> = lines.filter_map(|line| line.split_once(" = ")).collect();
        let (_, default) = features.remove(0);
        let text = fs::read_to_string(root().join(document)).unwrap();
        for (feature, _) in features {
            let start = format!("| `{feature}` | ");
            let is_default = default.contains(&format!("\"{feature}\""));
            let end = if is_default { "| yes |" } else { "| no |" };
            let row = text.lines().find(|line| line.contains(&start));
            let row = row.unwrap_or_else(|| panic!("{document}: no row for {feature}"));
            assert!(row.ends_with(end), "{document}: {row}");
        }
    }
}

/// All Markdown files.
fn documents() -> Vec<PathBuf> {
    files("", "md")
}

/// The files with an extension below a folder of the repository, without what is hidden or built.
fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![PathBuf::from(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let path = folder.join(&name);
            let is_skipped = name.starts_with('.') || ["target", "node_modules"].contains(&&*name);
            if root().join(&path).is_dir() && !is_skipped {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    assert!(found.len() > 5, "{found:?}");
    found
}

/// The targets of links within the repository: the file, and the anchor in it.
fn links<'a>(document: &Path, text: &'a str) -> Vec<(PathBuf, &'a str)> {
    let within = text.split("](").skip(1);
    let within = within.filter_map(|rest| rest.split(')').next());
    let defined = text.lines().filter(|line| line.starts_with('['));
    let defined = defined.filter_map(|line| Some(line.split_once("]: ")?.1));
    let target = |target: &'a str| {
        let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
        let path = match file.strip_prefix(REPOSITORY) {
            Some(path) => PathBuf::from(path),
            None if file.contains(':') => return None,
            None if file.is_empty() => document.to_owned(),
            None => document.parent()?.join(file),
        };
        Some((path, anchor))
    };
    within.chain(defined).filter_map(target).collect()
}

/// An anchor is a heading in small letters, with hyphens for spaces and without punctuation.
fn leads_somewhere(path: &Path, anchor: &str) -> bool {
    let heading = |line: &str| {
        let text = line.strip_prefix('#')?.trim_start_matches('#').trim();
        let kept = text
            .chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        Some(kept.collect::<String>().to_lowercase().replace(' ', "-"))
    };
    let has = |text: String| {
        text.lines()
            .filter_map(heading)
            .any(|found| found == anchor)
    };
    path.exists() && (anchor.is_empty() || fs::read_to_string(path).is_ok_and(has))
}

/// Paths in backticks, except patterns.
fn paths(text: &str) -> impl Iterator<Item = &str> {
    let is_pattern = |text: &str| text.contains(['*', '<', '{', '…', ' ', '$', 'N']);
    let quoted = text.split('`').skip(1).step_by(2);
    let paths = quoted.filter(|text| FOLDERS.iter().any(|folder| text.starts_with(folder)));
    paths.filter(move |path| !is_pattern(path))
}

/// The names of the fixtures in a folder.
fn names(folder: &str) -> BTreeSet<String> {
    let folder = root().join("xtask/tests/fixtures").join(folder);
    let entries = fs::read_dir(folder).unwrap();
    let name = |path: PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    entries.map(|entry| name(entry.unwrap().path())).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
