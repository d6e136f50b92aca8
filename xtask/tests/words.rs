//! The small readers of the generator: misspelled words, names in the singular, durations.

#![cfg(test)]

use xtask::diagnostics::{Problems, Source};
use xtask::layout::{Layout, Runtime};
use xtask::{Options, Strictness, generate};

#[test]
fn finds_what_was_meant() {
    let known = ["required", "requestBody", "type", "properties", "$ref"];
    for (word, expected) in [
        ("requried", Some("required")),
        ("Required", Some("required")),
        ("requestbody", Some("requestBody")),
        ("tpye", Some("type")),
        ("property", None),
        ("propertys", Some("properties")),
        ("ref", Some("$ref")),
        ("colour", None),
        ("", None),
    ] {
        assert_eq!(Problems::default().nearest(word, known), expected, "{word}");
    }
}

/// The text of all files, or the messages of all problems.
fn output(paths: &str) -> String {
    let text = format!(
        "openapi: 3.0.3\ninfo: {{title: words, version: v1}}\n\
         servers: [{{url: 'https://graph.microsoft.com/v1.0'}}]\npaths:\n{paths}"
    );
    let options = Options {
        strictness: Strictness::Lenient,
        spec: "words.yaml".to_owned(),
        overlay: None,
        paths: Vec::new(),
        layout: Layout::workspace("words", Runtime::Version("0.1".to_owned())),
    };
    let name = "words.yaml";
    match generate(&[Source { name, text: &text }], &options) {
        Ok(files) => files.into_iter().map(|file| file.text).collect(),
        Err(problems) => problems
            .into_iter()
            .map(|problem| problem.message)
            .collect(),
    }
}

/// A `create_…` method has the name of one item of the collection.
#[test]
fn names_in_the_singular() {
    for (plural, one) in [
        ("presences", "presence"),
        ("policies", "policy"),
        ("addresses", "address"),
        ("boxes", "box"),
        ("status", "status"),
        ("access", "access"),
        ("people", "people"),
        ("messages", "message"),
        ("statusMessages", "status_message"),
    ] {
        let done = "responses: {'204': {description: Done.}}";
        let output = output(&format!(
            "  /{plural}:\n    get: {{operationId: a, {done}}}\n    post: {{operationId: b, {done}}}\n"
        ));
        let method = format!("pub fn create_{one}(");
        assert!(output.contains(&method), "{method}: {output}");
    }
}

#[test]
fn durations() {
    for (text, expected) in [
        ("P7D", Some("604_800")),
        ("PT8H", Some("28_800")),
        ("P1DT1H1M1S", Some("90_061")),
        ("PT0S", None),
        ("P", None),
        ("PT", None),
        ("P1DT", None),
        ("7D", None),
        ("PT1S1M", None),
        ("P1W", None),
        ("PT99999999999999999999H", None),
    ] {
        let output = output(&format!(
            "  /me:
    post:
      operationId: a
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              properties:
                length: {{type: string, format: duration, x-rust-minimum: '{text}'}}
      responses: {{'204': {{description: Done.}}}}
"
        ));
        let line = match expected {
            Some(seconds) => format!("Duration::from_secs({seconds}).."),
            None => format!("`{text}` is not a duration"),
        };
        assert!(output.contains(&line), "{line}: {output}");
    }
}
