//! The dialect, construct by construct: what each becomes, and what is said of each mistake.

#![cfg(test)]

mod rust;
mod strictness;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use strictness::strictness;
use xtask::diagnostics::{Source, render};
use xtask::layout::{Layout, Runtime};
use xtask::{Options, generate};

/// The fixtures of a folder, by name.
fn fixtures(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(folder);
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    assert!(!paths.is_empty());
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, fs::read_to_string(path).unwrap())
    };
    paths.into_iter().map(read).collect()
}

fn options(name: &str, text: &str) -> Options {
    Options {
        strictness: strictness(text),
        spec: format!("{name}.yaml"),
        overlay: None,
        layout: Layout::workspace(name, Runtime::Path("runtime".to_owned())),
    }
}

#[test]
fn constructs() {
    for (name, text) in fixtures("ok") {
        let lines = text.lines().count();
        assert!(lines <= 40, "{name} has {lines} lines: make two of it");
        let generated = generate(&text, &options(&name, &text)).unwrap_or_else(|problems| {
            let source = Source {
                name: &name,
                text: &text,
            };
            panic!("{}", render(&problems, &[source], false))
        });
        for file in &generated {
            if file.path.ends_with(".rs") {
                assert_eq!(rust::check(&file.path, &file.text), Ok(()), "{}", file.path);
            }
            let snapshot = file.path.replace("/src", "").replace('/', "_");
            insta::with_settings!({
                omit_expression => true,
                prepend_module_to_snapshot => false,
                snapshot_path => format!("snapshots/ok/{name}"),
            }, {
                insta::assert_snapshot!(snapshot, file.text);
            });
        }
    }
}

/// A type of such a name would hide the import, in this file or in another.
#[test]
fn no_type_has_the_name_of_an_import() {
    let mut imports = BTreeSet::new();
    for (name, text) in fixtures("ok") {
        let files = generate(&text, &options(&name, &text)).unwrap();
        for file in files
            .iter()
            .filter(|file| file.path.contains("/generated/"))
        {
            let uses = file.text.split("\nuse ").skip(1);
            let paths = uses.filter_map(|rest| rest.split(';').next());
            let others = ["msgraph_", "serde::", "std::"];
            for path in paths.filter(|path| others.iter().any(|o| path.starts_with(o))) {
                let words = path.split(|c: char| !c.is_ascii_alphanumeric());
                imports.extend(words.map(str::to_owned));
            }
        }
    }
    imports.retain(|name| name.starts_with(|c: char| c.is_ascii_uppercase()));
    assert!(imports.contains("Writer") && imports.contains("RateLimit"));
    let schema = |name: &String| format!("    {name}: {{type: object}}\n");
    let schemas: String = imports.iter().map(schema).collect();
    let text = format!(
        "openapi: 3.0.3\ninfo: {{title: T, version: v1}}\npaths: {{}}\n\
         components:\n  schemas:\n{schemas}"
    );
    for file in generate(&text, &options("taken", &text)).unwrap() {
        for name in &imports {
            let hides = file.text.contains(&format!("pub struct {name} {{"));
            assert!(!hides, "`{name}` is missing in `names.rs`");
        }
    }
}

#[test]
fn mistakes() {
    let mut wrong = Vec::new();
    for (name, text) in fixtures("err") {
        let Err(problems) = generate(&text, &options(&name, &text)) else {
            wrong.push(format!("{name} is accepted"));
            continue;
        };
        let file = format!("{name}.yaml");
        let report = render(
            &problems,
            &[Source {
                name: &file,
                text: &text,
            }],
            false,
        );
        if let Some((code, _)) = name.split_once('-') {
            let code = format!("error[{}]", code.to_uppercase());
            if !report.contains(&code) {
                wrong.push(format!("{name} does not show {code}:\n{report}"));
            }
        }
        for problem in &problems {
            if problem.help.is_empty() {
                wrong.push(format!("{name}: no cure for {}", problem.message));
            }
        }
        insta::with_settings!({
            omit_expression => true,
            prepend_module_to_snapshot => false,
            snapshot_path => "snapshots/err",
        }, {
            insta::assert_snapshot!(name, report);
        });
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
