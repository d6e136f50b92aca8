//! An operation stays a few lines: what is generated for it is counted.
//!
//! Counted are the method of the handle and the request type with its options; not counted are
//! documentation, blank lines and the `pub static` that holds the operation as data.

#![cfg(test)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use xtask::{Options, generate};

/// The most lines an operation may have.
const MOST: usize = 16;

/// A part of a generated file, without documentation and blank lines.
type Part<'t> = Vec<&'t str>;

/// The items of a file.
fn items(text: &str) -> Vec<Part<'_>> {
    let mut items: Vec<Part<'_>> = Vec::new();
    let mut is_open = false;
    for line in text.lines() {
        let content = line.trim_start();
        if content.is_empty() || content.starts_with("//") || content.starts_with("#[doc") {
            continue;
        }
        match items.last_mut() {
            Some(item) if is_open => item.push(line),
            _ => items.push(vec![line]),
        }
        let ends = !line.starts_with(' ') && line.ends_with(['}', ';']);
        is_open = !ends;
    }
    items
}

/// The methods of an `impl`.
fn methods<'t>(item: &[&'t str]) -> Vec<Part<'t>> {
    let inner = &item[1..item.len().max(2) - 1];
    let methods = inner.split_inclusive(|line| *line == "    }");
    methods.map(<[&str]>::to_vec).collect()
}

/// The methods and request types that belong to an operation's constant.
fn parts<'t>(items: &[Part<'t>], constant: &str) -> Vec<Part<'t>> {
    let named = format!("(&{constant},");
    let all = items.iter().filter(|item| item[0].starts_with("impl"));
    let mut parts: Vec<_> = all
        .flat_map(|item| methods(item))
        .filter(|method| method.iter().any(|line| line.contains(&named)))
        .collect();
    let result = parts
        .iter()
        .flatten()
        .find_map(|line| line.split_once("-> "));
    let name = result.and_then(|(_, name)| name.split('<').next()).unwrap();
    let declares = |line: &str| {
        let rest = line.trim_start().strip_prefix("pub struct ");
        let rest = rest.and_then(|rest| rest.strip_prefix(name));
        rest.is_some_and(|rest| rest.starts_with(['(', ';', ' ', '<']))
    };
    let types = items.iter().filter(|item| {
        let is_own = item.iter().any(|line| declares(line));
        is_own || item[0].contains(&format!("impl {name}<"))
    });
    parts.extend(types.cloned());
    parts
}

/// The operations of a file, with the lines that belong to each.
fn operations(text: &str) -> Vec<(&str, Part<'_>)> {
    let items = items(text);
    let mut found = Vec::new();
    for item in &items {
        let start = item.iter().find(|line| !line.starts_with("#["));
        let is_known = ["use ", "pub struct ", "impl", "request! {", "pub static "]
            .iter()
            .any(|known| start.is_some_and(|start| start.starts_with(known)));
        assert!(is_known, "an item of no kind that is counted: {item:#?}");
        let constant = item[0].strip_prefix("pub static ");
        if let Some((constant, _)) = constant.and_then(|rest| rest.split_once(": ")) {
            found.push((constant, parts(&items, constant).concat()));
        }
    }
    found
}

#[test]
fn an_operation_is_a_few_lines() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/presence.yaml");
    let text = fs::read_to_string(path).unwrap();
    let files = generate(&text, &Options::own()).unwrap();
    let with_operations = files
        .iter()
        .filter(|file| file.text.contains(": Operation = Operation {"));
    let found: Vec<_> = with_operations
        .flat_map(|file| operations(&file.text))
        .collect();
    let mut counts = String::new();
    for (constant, lines) in &found {
        let _ = writeln!(counts, "{:3} {constant}", lines.len());
        if lines.len() > MOST {
            let _ = writeln!(counts, "{}", lines.join("\n"));
        }
    }
    assert_eq!(
        found.len(),
        text.matches("operationId:").count(),
        "{counts}"
    );
    // A method alone has four.
    let is_right = |lines: &Part<'_>| (4..=MOST).contains(&lines.len());
    assert!(
        found.iter().all(|(_, lines)| is_right(lines)),
        "an operation has 4 to {MOST} lines\n{counts}"
    );
}
