//! Any bytes whatever give files or diagnostics.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xtask::diagnostics::{Source, render};
use xtask::layout::{Layout, Runtime};
use xtask::spec::fields::Level;
use xtask::{Options, generate};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    for (level, layout) in [
        (Level::Own, Layout::own()),
        (Level::Foreign, Layout::workspace("any", Runtime::Version("0.1".to_owned()))),
    ] {
        let options = Options { level, spec: "any.yaml".to_owned(), overlay: None, layout };
        if let Err(problems) = generate(&text, &options) {
            assert!(problems.iter().all(|problem| problem.code.as_str() != "S099"), "{problems:?}");
            render(&problems, &[Source { name: "any.yaml", text: &text }], false);
        }
    }
});
