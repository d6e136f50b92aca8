//! Any text gives files or diagnostics: never a panic, and soon.

#![cfg(test)]

mod mutation;
mod rust;
mod strictness;

use mutation::{WORDS, mutated, mutations, word};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use strictness::strictness;
use xtask::diagnostics::{Source, render};
use xtask::layout::{Layout, Runtime};
use xtask::{Options, Strictness, generate};

/// Generates, and renders what is wrong.
fn run(text: &str, strictness: Strictness) {
    let name = "any.yaml";
    run_files(&[Source { name, text }], Vec::new(), strictness);
}

/// The same for several files, and for a selection of paths.
fn run_files(sources: &[Source<'_>], paths: Vec<String>, strictness: Strictness) {
    let layout = match strictness {
        Strictness::Strict => Layout::own(),
        Strictness::Lenient => Layout::workspace("any", Runtime::Version("0.1".to_owned())),
    };
    let options = Options {
        strictness,
        spec: "any.yaml".to_owned(),
        overlay: None,
        paths,
        layout,
    };
    let texts = || sources.iter().map(|source| source.text).collect::<String>();
    match generate(sources, &options) {
        Ok(generated) => {
            for file in generated.iter().filter(|file| file.path.ends_with(".rs")) {
                let checked = rust::check(&file.path, &file.text);
                assert_eq!(checked, Ok(()), "{}\n{}\n{}", file.path, file.text, texts());
            }
        }
        Err(problems) => {
            let is_bug = problems.iter().any(|p| p.code.as_str() == "S099");
            assert!(!is_bug, "{problems:#?}\n{}", texts());
            let report = render(&problems, sources, false);
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
        run(&text, if own { Strictness::Strict } else { Strictness::Lenient });
    }

    /// One of three files that refer to each other, whole or in part.
    #[test]
    fn mutated_files(
        at in any::<prop::sample::Index>(),
        mutations in mutations(),
        own in any::<bool>(),
        selected in any::<bool>(),
    ) {
        let mut files = texts("tests/fixtures/ok/several-files");
        let at = at.index(files.len());
        files[at] = mutated(&files[at], &mutations);
        // The order is the order of their texts.
        let names = ["errors.yaml", "sessions.yaml", "presence.yaml"];
        let sources = names.iter().zip(&files).map(|(name, text)| Source { name, text });
        let paths = if selected { vec!["/users/**".to_owned()] } else { Vec::new() };
        let strictness = if own { Strictness::Strict } else { Strictness::Lenient };
        run_files(&sources.collect::<Vec<_>>(), paths, strictness);
    }

    #[test]
    fn any_words(words in prop::collection::vec(prop::sample::select(WORDS), 0..40), own in any::<bool>()) {
        let mut text = String::new();
        for (at, word) in words.iter().enumerate() {
            text.push_str(word);
            text.push_str(if at % 3 == 1 { ":\n  " } else { ": " });
        }
        run(&text, if own { Strictness::Strict } else { Strictness::Lenient });
    }

    #[test]
    fn any_characters(text in any::<String>()) {
        run(&text, Strictness::Lenient);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Most of these are still descriptions, so that what is generated is looked at.
    #[test]
    fn other_words(
        seed in any::<prop::sample::Index>(),
        mutations in prop::collection::vec(word(), 0..3),
    ) {
        let seeds = texts("tests/fixtures/ok");
        let text = mutated(&seeds[seed.index(seeds.len())], &mutations);
        run(&text, strictness(&text));
    }
}

/// The inputs that the fuzzer found once, and those that it starts from.
#[test]
fn the_corpus() {
    for text in texts("../fuzz/corpus/generate") {
        run(&text, Strictness::Strict);
        run(&text, Strictness::Lenient);
    }
}

/// The processor time of this thread; the time of the clock where the system does not tell.
fn cpu_time(start: Instant) -> Duration {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = stat.and_then(|stat| stat.split(' ').next()?.parse().ok());
    nanos.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

/// Descriptions made to take long: each is answered within seconds, even unoptimized.
#[test]
fn hostile_descriptions() {
    for (name, text) in hostile_texts().into_iter().chain(hostile_schemas()) {
        let start = Instant::now();
        let before = cpu_time(start);
        run(&text, Strictness::Lenient);
        let taken = cpu_time(start) - before;
        assert!(taken < Duration::from_secs(30), "{name} took {taken:?}");
        println!("{name}: {taken:?}");
    }
}

/// The name of a type is not parsed before its characters are checked: a parser would recurse.
#[test]
fn a_type_name_of_nested_parentheses() {
    let name = format!("A{}{}", "(".repeat(100_000), ")".repeat(100_000));
    let text = fs::read_to_string(folder("../spec/presence.yaml")).unwrap();
    let changed = text.replace(
        "x-rust-type: StatusMessage",
        &format!("x-rust-type: {name}"),
    );
    assert_ne!(text, changed);
    run(&changed, Strictness::Strict);
}

/// YAML that is hard to read.
fn hostile_texts() -> Vec<(&'static str, String)> {
    let nested = |at| format!("{}a:\n", " ".repeat(at));
    let wide = |at| format!("{}\u{e9}:\n", " ".repeat(at));
    let aliases = many(1_000, |_| "b: [*a,*a,*a]\n".to_owned());
    vec![
        ("brackets", "[".repeat(200_000)),
        ("block nesting", many(400, nested)),
        ("block nesting of wide characters", many(400, wide)),
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
    let inherited = format!("    base:\n      type: object\n      properties:\n{members}{heirs}");
    let dangling = many(5_000, |at| format!("    a{at}: {}\n", to(format!("b{at}"))));
    let cycle = many(3_000, |at| {
        let next = to(format!("a{}", (at + 1) % 3_000));
        format!("    a{at}: {{type: object, properties: {{n: {next}}}}}\n")
    });
    let cases = [
        ("a chain of references", chain),
        ("a chain of bases", bases),
        ("everybody inherits everything", inherited),
        ("dangling references", dangling),
        ("a cycle of objects", cycle),
    ];
    let head = "openapi: 3.0.3\ninfo: {title: T, version: v1}\npaths: {}\n\
        components:\n  schemas:\n";
    let whole = |(name, schemas)| (name, format!("{head}{schemas}"));
    cases.map(whole).into()
}

fn many(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}
