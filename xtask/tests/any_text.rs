//! Any text whatever gives files or diagnostics: never a panic, and soon.

#![cfg(test)]

use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use xtask::diagnostics::{Source, render};
use xtask::layout::{Layout, Runtime};
use xtask::spec::fields::Level;
use xtask::{Options, generate};

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
        Ok(generated) => assert!(!generated.is_empty()),
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
    Word(prop::sample::Index, &'static str),
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
];

fn mutations() -> impl Strategy<Value = Vec<Mutation>> {
    let index = any::<prop::sample::Index>;
    let one = prop_oneof![
        (index(), 1_u8..6).prop_map(|(at, count)| Mutation::Remove(at, count)),
        (index(), index()).prop_map(|(from, to)| Mutation::Copy(from, to)),
        (index(), 0_u8..12).prop_map(|(at, blanks)| Mutation::Indent(at, blanks)),
        (index(), prop::sample::select(WORDS))
            .prop_map(|(at, word)| Mutation::Word(at, word)),
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
            Mutation::Word(at, word) => {
                let at = at.index(lines.len());
                let line = lines[at].clone();
                let words: Vec<&str> = line.split_whitespace().collect();
                if let Some(old) = words.get(at % words.len().max(1)) {
                    lines[at] = line.replacen(old, word, 1);
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
    let head = "openapi: 3.0.3\ninfo: {title: T, version: v1}\npaths: {}\ncomponents:\n  schemas:\n";
    let many = |line: &dyn Fn(usize) -> String, count: usize| -> String {
        (0..count).map(line).collect()
    };
    let cases: Vec<(&str, String)> = vec![
        ("brackets", "[".repeat(200_000)),
        (
            "block nesting",
            many(&|at| format!("{}a:\n", " ".repeat(at)), 400),
        ),
        ("a long line", format!("openapi: {}", "x".repeat(1_000_000))),
        ("the same key", many(&|_| "a: b\n".to_owned(), 20_000)),
        (
            "many unknown keys",
            many(&|at| format!("k{at}: b\n"), 20_000),
        ),
        (
            "a chain of references",
            head.to_owned()
                + &many(
                    &|at| {
                        format!(
                            "    a{at}: {{$ref: '#/components/schemas/a{}'}}\n",
                            at + 1
                        )
                    },
                    5_000,
                ),
        ),
        (
            "a chain of bases",
            head.to_owned()
                + &many(
                    &|at| {
                        let next = at + 1;
                        format!(
                            "    a{at}: {{allOf: [{{$ref: '#/components/schemas/a{next}'}}, \
                             {{$ref: '#/components/schemas/a{next}'}}], \
                             properties: {{p{at}: {{type: string}}}}}}\n"
                        )
                    },
                    3_000,
                ),
        ),
        (
            "everybody inherits everything",
            head.to_owned()
                + "    base:\n      type: object\n      properties:\n"
                + &many(&|at| format!("        p{at}: {{type: string}}\n"), 2_000)
                + &many(
                    &|at| {
                        format!(
                            "    a{at}: {{allOf: [{{$ref: '#/components/schemas/base'}}, {{type: object}}]}}\n"
                        )
                    },
                    2_000,
                ),
        ),
        (
            "dangling references",
            head.to_owned()
                + &many(
                    &|at| format!("    a{at}: {{$ref: '#/components/schemas/b{at}'}}\n"),
                    5_000,
                ),
        ),
        (
            "a circle of objects",
            head.to_owned()
                + &many(
                    &|at| {
                        format!(
                            "    a{at}: {{type: object, properties: {{n: {{$ref: \
                             '#/components/schemas/a{}'}}}}}}\n",
                            (at + 1) % 3_000
                        )
                    },
                    3_000,
                ),
        ),
        (
            "aliases",
            "a: &a [x,x]\n".to_owned() + &many(&|_| "b: [*a,*a,*a]\n".to_owned(), 1_000),
        ),
    ];
    for (name, text) in cases {
        let start = Instant::now();
        run(&text, Level::Foreign);
        let taken = start.elapsed();
        assert!(taken < Duration::from_secs(30), "{name} took {taken:?}");
        println!("{name}: {taken:?}");
    }
}
