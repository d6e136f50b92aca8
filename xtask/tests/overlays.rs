//! Overlays: what a description of somebody else should say otherwise.

#![cfg(test)]

use xtask::diagnostics::{Source, render};
use xtask::layout::{Layout, Runtime};
use xtask::{Options, OutputFile, Strictness, generate};

const SPEC: &str = "\
openapi: 3.0.3
info: {title: T, version: v1}
paths: {}
components:
  schemas:
    a: {type: object, required: [x], properties: {x: {type: string}, y: {type: string}}}
    b: {type: object, required: [x], properties: {x: {type: string}}}
";

fn run(actions: &str) -> Result<Vec<OutputFile>, String> {
    let overlay = format!("overlay: 1.0.0\ninfo: {{title: O, version: v1}}\nactions:\n{actions}");
    let options = Options {
        strictness: Strictness::Lenient,
        spec: "spec.yaml".to_owned(),
        overlay: Some(overlay.clone()),
        paths: Vec::new(),
        layout: Layout::workspace("any", Runtime::Version("0.1".to_owned())),
    };
    let spec = Source {
        name: "spec.yaml",
        text: SPEC,
    };
    generate(&[spec], &options).map_err(|problems| {
        let sources = [
            spec,
            Source {
                name: "overlay.yaml",
                text: &overlay,
            },
        ];
        render(&problems, &sources, false)
    })
}

#[test]
fn what_an_overlay_changes() {
    for (actions, file, expected) in [
        (
            "  - {target: '$.components.schemas.a.properties.y', update: {x-rust-private: true}}",
            "a.rs",
            "Private(&self.y)",
        ),
        (
            "  - {target: \"$.components.schemas['a'].required\", update: [y]}",
            "a.rs",
            "pub y: String",
        ),
        (
            "  - {target: '$.components.schemas.*.required', remove: true}",
            "b.rs",
            "pub x: Option<String>",
        ),
        (
            "  - {target: '$.components.schemas', update: {c: {type: string, enum: [d]}}}",
            "c.rs",
            "pub enum C",
        ),
        (
            "  - {target: '$', update: {info: {title: New}}}",
            "lib.rs",
            "A client of New.",
        ),
    ] {
        let generated = run(actions).unwrap();
        let found = generated.iter().filter(|f| f.path.ends_with(file));
        let found: Vec<_> = found.filter(|file| file.text.contains(expected)).collect();
        assert_eq!(found.len(), 1, "{actions}");
    }
}

#[test]
fn mistakes() {
    for (actions, expected) in [
        (
            "  - {target: '$.components.schemas.presence.properties', update: {}}",
            &[
                "error[S023]: `$.components.schemas` has no key `presence`",
                "keys here: `a`, `b`",
                "overlay.yaml:4:",
            ][..],
        ),
        (
            "  - {target: \"$['component'].schemas.*.required\", remove: true}",
            &[
                "error[S023]: `$` has no key `component`",
                "write `$.components`",
            ],
        ),
        (
            "  - {target: '$.components.schemas.*.properties.z', remove: true}",
            &[
                "`$.components.schemas.*.properties` has no key `z`",
                "write `$.components.schemas.*.properties.x`",
            ],
        ),
        (
            "  - {target: '$.info.title.text', update: {}}",
            &["`$.info.title` is not a mapping; end the target there"],
        ),
        (
            "  - {target: '$', remove: true}",
            &["`$` matches no key that can be removed"],
        ),
        (
            "  - {target: '$..a', update: {}}",
            &["error[S023]: the target `$..a` is not supported"],
        ),
        ("  - {target: '$.a[?(@.b)]', update: {}}", &["error[S023]"]),
        (
            "  - {target: '$.paths'}",
            &["error[S023]: an action needs either `update` or `remove`"],
        ),
        (
            "  - {target: '$.paths', udpate: {}}",
            &["error[S006]", "write `update`"],
        ),
        // A mistake of an overlay is shown in the overlay.
        (
            "  - {target: '$.components.schemas.a.properties.y', update: {type: strin}}",
            &[
                "error[S008]: there is no type `strin`",
                "--> overlay.yaml:4:",
            ],
        ),
    ] {
        let report = run(actions).unwrap_err();
        for part in expected {
            assert!(report.contains(part), "{actions}: {part}\n{report}");
        }
    }
}
