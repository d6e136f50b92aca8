//! What the README says of the operations is what the description says.

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
