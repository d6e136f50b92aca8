//! A part of a description: the paths that patterns select, and what they reach.

#![cfg(test)]

use xtask::diagnostics::{Source, render};
use xtask::layout::{Layout, Runtime};
use xtask::{Options, Strictness, generate};

/// What nothing selects here is wrong in many ways.
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

fn run(patterns: &[&str]) -> Result<Vec<String>, String> {
    let options = Options {
        strictness: Strictness::Lenient,
        spec: "spec.yaml".to_owned(),
        overlay: None,
        paths: patterns.iter().map(|text| (*text).to_owned()).collect(),
        layout: Layout::workspace("any", Runtime::Version("0.1".to_owned())),
    };
    let source = Source {
        name: "spec.yaml",
        text: SPEC,
    };
    let generated = generate(&[source], &options);
    let generated = generated.map_err(|problems| render(&problems, &[source], false))?;
    let models = generated.into_iter().filter_map(|file| {
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
            "the paths go on behind `/me` with `events`, `messages`",
        ),
        (
            "!/me/events/*",
            "the paths end before it; make the pattern shorter",
        ),
    ] {
        let report = run(&["/me/messages", pattern]).unwrap_err();
        let message = format!("error[S025]: no path matches `{pattern}`\n --> spec.yaml:4:1");
        assert!(report.contains(&message), "{report}");
        assert!(report.contains(help), "{pattern}: {report}");
    }
    let report = run(&["/me/events", "!/me/**"]).unwrap_err();
    assert!(report.contains("the patterns leave no path"), "{report}");
}
