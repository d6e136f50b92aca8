//! The README says of the operations what the description says; the guides are short.

#![cfg(test)]

use msgraph_presence::operations as all;
use msgraph_presence::runtime::Operation;

const README: &str = include_str!("../../../README.md");

#[test]
fn the_readme_names_the_least_privileged_permissions() {
    let operations: [&Operation; 18] = [
        &all::ME_PRESENCE_GET,
        &all::USERS_PRESENCE_GET,
        &all::COMMUNICATIONS_PRESENCES_GET,
        &all::COMMUNICATIONS_GET_PRESENCES_BY_USER_ID,
        &all::ME_PRESENCE_SET_STATUS_MESSAGE,
        &all::USERS_PRESENCE_SET_STATUS_MESSAGE,
        &all::ME_PRESENCE_SET_USER_PREFERRED_PRESENCE,
        &all::USERS_PRESENCE_SET_USER_PREFERRED_PRESENCE,
        &all::ME_PRESENCE_CLEAR_USER_PREFERRED_PRESENCE,
        &all::USERS_PRESENCE_CLEAR_USER_PREFERRED_PRESENCE,
        &all::ME_PRESENCE_SET_PRESENCE,
        &all::USERS_PRESENCE_SET_PRESENCE,
        &all::ME_PRESENCE_CLEAR_PRESENCE,
        &all::USERS_PRESENCE_CLEAR_PRESENCE,
        &all::ME_PRESENCE_SET_MANUAL_LOCATION,
        &all::ME_PRESENCE_SET_AUTOMATIC_LOCATION,
        &all::ME_PRESENCE_CLEAR_LOCATION,
        &all::ME_PRESENCE_CLEAR_AUTOMATIC_LOCATION,
    ];
    for operation in operations {
        let first = |permissions: &'static [&'static str]| match permissions {
            [first, ..] => *first,
            [] => "not possible",
        };
        let (method, path) = (&operation.method, operation.path);
        let begins = format!(
            "| [{method} `{path}`]({})",
            operation.documentation.unwrap()
        );
        let (delegated, application) = (first(operation.delegated), first(operation.application));
        let ends = format!("| {delegated} | {application} |");
        let has_row = |line: &str| line.starts_with(&begins) && line.ends_with(&ends);
        assert!(README.lines().any(has_row), "{begins} … {ends}");
    }
}

/// The guides that replace the loop or the undo of a program are short.
#[test]
fn the_programs_of_three_guides_have_less_than_forty_lines() {
    let guides = [
        include_str!("../src/guides/busy_light.rs"),
        include_str!("../src/guides/team_board.rs"),
        include_str!("../src/guides/focus_time.rs"),
    ];
    for guide in guides {
        let lines = guide.lines().map(|line| line.trim_start_matches("//!"));
        let program = lines.skip_while(|line| line.trim() != "```").skip(1);
        let program = program.take_while(|line| line.trim() != "```");
        let shown = program.filter(|line| !line.trim().is_empty() && !line.starts_with(" #"));
        let count = shown.count();
        assert!((10..40).contains(&count), "{count}: {guide:.60}");
    }
}
