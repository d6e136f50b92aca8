//! A part of a description: the paths that patterns select, and what they reach.

#![cfg(test)]

use std::collections::BTreeSet;
use xtask::diagnostics::{Source, render};
use xtask::layout::{Layout, Runtime};
use xtask::{Options, OutputFile, Strictness, generate};

/// Everything that is not selected here is wrong in many ways.
const SPEC: &str = "\
openapi: 3.0.3
info: {title: T, version: v1}
servers: [{url: https://graph.microsoft.com/v1.0}]
paths:
  /me/messages:
    get:
      operationId: me.messages.list
      parameters: [$ref: '#/components/parameters/top']
      responses:
        '200': {$ref: '#/components/responses/messages'}
        4XX: {$ref: '#/components/responses/error'}
  /me/messages/{id}/send:
    post: {responses: 1}
  /me/events: {get: wrong}
components:
  parameters:
    top: {name: $top, in: query, schema: {type: integer, format: int32}}
    other: {name: other}
  responses:
    error: {description: An error.}
    messages:
      description: The messages.
      content:
        application/json:
          schema:
            type: object
            properties:
              value: {type: array, items: {$ref: '#/components/schemas/message'}}
    other: {}
  schemas:
    event: {type: wrong}
    message:
      allOf: [$ref: '#/components/schemas/entity']
      properties: {body: {$ref: '#/components/schemas/body'}}
    entity:
      type: object
      properties: {id: {type: string}}
      discriminator: {propertyName: '@odata.type', mapping: {a: '#/components/schemas/event'}}
    body: {type: object, properties: {content: {type: string}}}
";

fn generated(text: &str, patterns: &[&str]) -> Result<Vec<OutputFile>, String> {
    let options = Options {
        strictness: Strictness::Lenient,
        spec: "spec.yaml".to_owned(),
        overlay: None,
        paths: patterns.iter().map(|text| (*text).to_owned()).collect(),
        layout: Layout::workspace("any", Runtime::Version("0.1".to_owned())),
    };
    let source = Source {
        name: "spec.yaml",
        text,
    };
    let generated = generate(&[source], &options);
    generated.map_err(|problems| render(&problems, &[source], false))
}

/// The files of the models.
fn run(patterns: &[&str]) -> Result<Vec<String>, String> {
    let models = generated(SPEC, patterns)?.into_iter().filter_map(|file| {
        let name = file.path.strip_prefix("any-models/src/generated/")?;
        (name != "mod.rs").then(|| name.to_owned())
    });
    Ok(models.collect())
}

#[test]
fn only_what_is_reached_is_generated_and_checked() {
    let expected = [
        "body.rs",
        "entity.rs",
        "me_list_messages_response.rs",
        "message.rs",
    ];
    assert_eq!(run(&["/me/messages"]).unwrap(), expected);
    let patterns = ["/me/**", "!/me/messages/*/**", "!/me/events"];
    assert_eq!(run(&patterns).unwrap(), expected);
    let report = run(&[]).unwrap_err();
    assert!(report.contains("there is no type `wrong`"), "{report}");
    let report = run(&["/me/messages/**"]).unwrap_err();
    assert!(report.contains("`responses` must be a mapping"), "{report}");
    assert!(!report.contains("`wrong`"), "{report}");
}

#[test]
fn a_pattern_that_matches_nothing() {
    for (pattern, help) in [
        ("/me/mesages", "write `/me/messages`"),
        ("/me/mesages/**", "write `/me/messages/**`"),
        ("/mee/**", "write `/me/**`"),
        ("/me", "write `/me/**`"),
        (
            "/me/drive",
            "the next segments after `/me` are `events`, `messages`",
        ),
        ("!/me/events/*", "the pattern has too many segments"),
    ] {
        let report = run(&["/me/messages", pattern]).unwrap_err();
        let message = format!("error[S025]: no path matches `{pattern}`\n --> spec.yaml:4:1");
        assert!(report.contains(&message), "{report}");
        assert!(report.contains(help), "{pattern}: {report}");
    }
    let report = run(&["/me/events", "!/me/**"]).unwrap_err();
    assert!(report.contains("the patterns select no path"), "{report}");
}

/// A description of GET requests of these paths.
fn described(paths: &BTreeSet<&str>) -> String {
    let mut text = "openapi: 3.0.3\ninfo: {title: T, version: v1}\npaths:\n".to_owned();
    for (at, path) in paths.iter().enumerate() {
        let names = path
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split('}').next());
        let declared = names.map(|name| {
            format!("{{name: {name}, in: path, required: true, schema: {{type: string}}}}")
        });
        let declared: Vec<_> = declared.collect();
        text += &format!(
            "  {path}:\n    parameters: [{}]\n    get: {{operationId: o{at}, responses: {{'204': {{description: A.}}}}}}\n",
            declared.join(", ")
        );
    }
    text
}

#[test]
fn patterns() {
    let cases = [
        (&[][..], "/me", true),
        (&["/me"], "/me", true),
        (&["me"], "/me", true),
        (&["/me"], "/me/messages", false),
        (&["/me/**"], "/me", true),
        (&["/me/**"], "/me/messages/{message-id}", true),
        (&["/me/**"], "/menu", false),
        (&["/me/*"], "/me/messages/{message-id}", false),
        (&["/**/$count"], "/me/messages/$count", true),
        (
            &["/users/{id}/get*Report"],
            "/users/{id}/getMailReport",
            true,
        ),
        (&["/users/{id}/get*Report"], "/users/{id}/getMail", false),
        (&["!/me/**"], "/users/{id}", true),
        (&["!/me/**"], "/me", false),
        (&["/me/**", "!/me/events/**"], "/me/events", false),
        (&["!/me/events", "/me/**"], "/me/events", false),
        (&["/me", "/users/**"], "/users/{id}", true),
    ];
    let text = described(&cases.iter().map(|(_, path, _)| *path).collect());
    for (patterns, path, expected) in cases {
        let files = generated(&text, patterns).unwrap();
        let constant = format!("path: {path:?},");
        let has = files.iter().any(|file| file.text.contains(&constant));
        assert_eq!(has, expected, "{patterns:?} {path}");
    }
}
