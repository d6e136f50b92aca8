//! Any text whatever gives files or diagnostics: never a panic, and soon.

#![cfg(test)]

mod level;

use level::level;
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use xtask::diagnostics::{Source, render};
use xtask::layout::{Layout, Runtime};
use xtask::spec::fields::Level;
use xtask::{Options, OutputFile, generate};

/// Generates, and renders what is wrong.
fn run(text: &str, level: Level) {
    let layout = match level {
        Level::Own => Layout::own(),
        Level::Foreign => Layout::workspace("any", Runtime::Version("0.1".to_owned())),
    };
    let options = Options {
        level,
        spec: "any.yaml".to_owned(),
        overlay: None,
        layout,
    };
    match generate(text, &options) {
        Ok(generated) => generated.iter().for_each(|file| is_rust(file, text)),
        Err(problems) => {
            assert!(
                problems.iter().all(|p| p.code.as_str() != "S099"),
                "{problems:#?}\n{text}"
            );
            let report = render(
                &problems,
                &[Source {
                    name: "any.yaml",
                    text,
                }],
                false,
            );
            assert!(report.starts_with("error[S"), "{report}");
        }
    }
}

/// What is generated as Rust is Rust; whether it compiles is shown by `compiled.rs`.
fn is_rust(file: &OutputFile, text: &str) {
    if file.path.ends_with(".rs")
        && let Err(error) = syn::parse_file(&file.text)
    {
        panic!("{}: {error}\n{}\n{text}", file.path, file.text);
    }
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn texts(name: &str) -> Vec<String> {
    let entries = fs::read_dir(folder(name)).unwrap();
    let paths = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file());
    let mut texts: Vec<_> = paths
        .map(|path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned())
        .collect();
    texts.sort();
    texts
}

/// Descriptions to start from: our own, and every fixture.
fn seeds() -> Vec<String> {
    let mut seeds = vec![fs::read_to_string(folder("../spec/presence.yaml")).unwrap()];
    seeds.extend(texts("tests/fixtures/ok"));
    seeds.extend(texts("tests/fixtures/err"));
    seeds.extend(texts("tests/fixtures/graph"));
    seeds
}

/// What one could do to a description by accident.
#[derive(Clone, Debug)]
enum Mutation {
    /// Remove some lines.
    Remove(prop::sample::Index, u8),
    /// Write a line elsewhere.
    Copy(prop::sample::Index, prop::sample::Index),
    /// Indent a line otherwise.
    Indent(prop::sample::Index, u8),
    /// Put another word in the place of one.
    Word(prop::sample::Index, prop::sample::Index, &'static str),
    /// Write a character.
    Insert(prop::sample::Index, char),
}

const WORDS: &[&str] = &[
    "null",
    "true",
    "~",
    "''",
    "0",
    "-1",
    "1e999",
    "[]",
    "{}",
    "[[]]",
    "$ref",
    "type",
    "object",
    "array",
    "string",
    "enum",
    "allOf",
    "anyOf",
    "properties",
    "required",
    "items",
    "self",
    "'#/components/schemas/presence'",
    "'#/components/schemas/activity'",
    "'#/'",
    "*a",
    "&a",
    "'/{id}/{id}'",
    "x-rust-name",
    "x-rust-type",
    "format",
    "uuid",
    "duration",
    "default",
    "P1D",
    "'\\u0000'",
    "\"\\u202e\"",
    "状態",
    "|",
    ">-",
    "!!set",
    "<<",
    "?",
    "- - -",
    "2XX",
    "text/plain",
    "'/me/set'",
    "'/servers'",
    "'/microsoft.graph.get()'",
    "'a => b, ]; and more text than one line has room for'",
    "'12'",
    "presence",
    "activity",
    "id",
    "value",
    "timeout",
    "resource",
    "operation",
    "request",
    "Duration",
    "String",
    "deprecated",
    "readOnly",
    "x-rust-private",
    "x-rust-clear",
    "header",
    "query",
];

fn word() -> impl Strategy<Value = Mutation> {
    let index = any::<prop::sample::Index>;
    (index(), index(), prop::sample::select(WORDS))
        .prop_map(|(line, at, word)| Mutation::Word(line, at, word))
}

fn mutations() -> impl Strategy<Value = Vec<Mutation>> {
    let index = any::<prop::sample::Index>;
    let one = prop_oneof![
        word(),
        (index(), 1_u8..6).prop_map(|(at, count)| Mutation::Remove(at, count)),
        (index(), index()).prop_map(|(from, to)| Mutation::Copy(from, to)),
        (index(), 0_u8..12).prop_map(|(at, blanks)| Mutation::Indent(at, blanks)),
        (index(), any::<char>()).prop_map(|(at, c)| Mutation::Insert(at, c)),
    ];
    prop::collection::vec(one, 1..8)
}

fn mutated(text: &str, mutations: &[Mutation]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for mutation in mutations {
        if lines.is_empty() {
            break;
        }
        match mutation {
            Mutation::Remove(at, count) => {
                let at = at.index(lines.len());
                lines.drain(at..(at + usize::from(*count)).min(lines.len()));
            }
            Mutation::Copy(from, to) => {
                let line = lines[from.index(lines.len())].clone();
                lines.insert(to.index(lines.len()), line);
            }
            Mutation::Indent(at, blanks) => {
                let at = at.index(lines.len());
                let line = &mut lines[at];
                *line =
                    format!("{}{}", " ".repeat(usize::from(*blanks)), line.trim_start());
            }
            Mutation::Word(line, at, word) => {
                let line = line.index(lines.len());
                let between = |c: char| c.is_whitespace() || "{}[],:".contains(c);
                let words = lines[line].split(between).filter(|word| !word.is_empty());
                let words: Vec<&str> = words.collect();
                if !words.is_empty() {
                    let old = words[at.index(words.len())];
                    lines[line] = lines[line].replacen(old, word, 1);
                }
            }
            Mutation::Insert(at, c) => {
                let line = at.index(lines.len());
                let middle = lines[line].chars().count() / 2;
                let byte = lines[line]
                    .char_indices()
                    .nth(middle)
                    .map_or(0, |(at, _)| at);
                lines[line].insert(byte, *c);
            }
        }
    }
    lines.join("\n")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_descriptions(
        seed in any::<prop::sample::Index>(),
        mutations in mutations(),
        own in any::<bool>(),
    ) {
        let seeds = seeds();
        let text = mutated(&seeds[seed.index(seeds.len())], &mutations);
        run(&text, if own { Level::Own } else { Level::Foreign });
    }

    /// Most of these are still descriptions, so that what is generated is looked at.
    #[test]
    fn other_words(
        seed in any::<prop::sample::Index>(),
        mutations in prop::collection::vec(word(), 0..3),
    ) {
        let seeds = texts("tests/fixtures/ok");
        let text = mutated(&seeds[seed.index(seeds.len())], &mutations);
        run(&text, level(&text));
    }

    #[test]
    fn any_words(words in prop::collection::vec(prop::sample::select(WORDS), 0..40), own in any::<bool>()) {
        let mut text = String::new();
        for (at, word) in words.iter().enumerate() {
            text.push_str(word);
            text.push_str(if at % 3 == 1 { ":\n  " } else { ": " });
        }
        run(&text, if own { Level::Own } else { Level::Foreign });
    }

    #[test]
    fn any_characters(text in any::<String>()) {
        run(&text, Level::Foreign);
    }
}

/// What the fuzzer found once, and what it starts from.
#[test]
fn the_corpus() {
    for text in texts("../fuzz/corpus/generate") {
        run(&text, Level::Own);
        run(&text, Level::Foreign);
    }
}

/// Descriptions made to take long: each is answered within seconds, even unoptimized.
#[test]
fn hostile_descriptions() {
    for (name, text) in hostile_texts().into_iter().chain(hostile_schemas()) {
        let start = Instant::now();
        run(&text, Level::Foreign);
        let taken = start.elapsed();
        assert!(taken < Duration::from_secs(30), "{name} took {taken:?}");
        println!("{name}: {taken:?}");
    }
}

/// YAML that is hard to read.
fn hostile_texts() -> Vec<(&'static str, String)> {
    let nested = |at| format!("{}a:\n", " ".repeat(at));
    let aliases = many(1_000, |_| "b: [*a,*a,*a]\n".to_owned());
    vec![
        ("brackets", "[".repeat(200_000)),
        ("block nesting", many(400, nested)),
        ("a long line", format!("openapi: {}", "x".repeat(1_000_000))),
        ("the same key", many(20_000, |_| "a: b\n".to_owned())),
        (
            "many unknown keys",
            many(20_000, |at| format!("k{at}: b\n")),
        ),
        ("aliases", format!("a: &a [x,x]\n{aliases}")),
    ]
}

/// Schemas that are hard to follow.
fn hostile_schemas() -> Vec<(&'static str, String)> {
    let to = |name: String| format!("{{$ref: '#/components/schemas/{name}'}}");
    let next = |at: usize| to(format!("a{}", at + 1));
    let chain = many(5_000, |at| format!("    a{at}: {}\n", next(at)));
    let bases = many(3_000, |at| {
        let (next, own) = (next(at), format!("{{p{at}: {{type: string}}}}"));
        format!("    a{at}: {{allOf: [{next}, {next}], properties: {own}}}\n")
    });
    let members = many(2_000, |at| format!("        p{at}: {{type: string}}\n"));
    let base = to("base".to_owned());
    let heirs = many(2_000, |at| {
        format!("    a{at}: {{allOf: [{base}, {{type: object}}]}}\n")
    });
    let inherited =
        format!("    base:\n      type: object\n      properties:\n{members}{heirs}");
    let dangling = many(5_000, |at| format!("    a{at}: {}\n", to(format!("b{at}"))));
    let circle = many(3_000, |at| {
        let next = to(format!("a{}", (at + 1) % 3_000));
        format!("    a{at}: {{type: object, properties: {{n: {next}}}}}\n")
    });
    let cases = [
        ("a chain of references", chain),
        ("a chain of bases", bases),
        ("everybody inherits everything", inherited),
        ("dangling references", dangling),
        ("a circle of objects", circle),
    ];
    let head = "openapi: 3.0.3\ninfo: {title: T, version: v1}\npaths: {}\n\
        components:\n  schemas:\n";
    let whole = |(name, schemas)| (name, format!("{head}{schemas}"));
    cases.map(whole).into()
}

fn many(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}
