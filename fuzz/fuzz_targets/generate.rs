//! Any bytes whatever give files, of which all Rust is Rust, or diagnostics.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xtask::diagnostics::{Source, render};
use xtask::layout::{Layout, Runtime};
use xtask::{Options, Strictness, generate};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    for (strictness, layout) in [
        (Strictness::Strict, Layout::own()),
        (
            Strictness::Lenient,
            Layout::workspace("any", Runtime::Version("0.1".to_owned())),
        ),
    ] {
        let options = Options {
            strictness,
            spec: "any.yaml".to_owned(),
            overlay: None,
            paths: Vec::new(),
            layout,
        };
        let source = Source {
            name: "any.yaml",
            text: &text,
        };
        match generate(&[source], &options) {
            Ok(files) => {
                for file in files.iter().filter(|file| file.path.ends_with(".rs")) {
                    if let Err(error) = syn::parse_file(&file.text) {
                        panic!("{}: {error}\n{}", file.path, file.text);
                    }
                }
            }
            Err(problems) => {
                assert!(
                    problems
                        .iter()
                        .all(|problem| problem.code.as_str() != "S099"),
                    "{problems:?}"
                );
                render(&problems, &[source], false);
            }
        }
    }
});
