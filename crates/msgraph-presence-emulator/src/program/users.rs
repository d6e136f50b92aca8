//! The users at the start of the program: two default ones, or those of a file.

use crate::service::Service;
use crate::user::UserEntry;
use crate::{Session, User};
use serde::Deserialize;
use std::error::Error;
use std::fs;
use std::path::Path;

/// The users of the emulated directory.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub(super) struct UsersFile {
    pub(super) users: Vec<UserEntry>,
}

impl Default for UsersFile {
    /// Ada, with the id of the documentation's examples and signed in, and Bob.
    fn default() -> Self {
        let ada = UserEntry {
            name: "Ada".to_owned(),
            id: "fa8bf3dc-eca7-46b7-bad1-db199b62afc3".parse().ok(),
            signed_in: true,
            ..UserEntry::default()
        };
        let bob = UserEntry {
            name: "Bob".to_owned(),
            ..UserEntry::default()
        };
        Self {
            users: vec![ada, bob],
        }
    }
}

impl UsersFile {
    /// Reads a file. An error names the file, the line and the column.
    pub(super) fn read(path: &Path) -> Result<Self, Box<dyn Error>> {
        let shown = path.display();
        let text = fs::read_to_string(path)
            .map_err(|error| format!("cannot read the users in {shown}: {error}"))?;
        let help = "--help shows a file of users";
        Self::parse(&text).map_err(|error| format!("{shown}:{error}; {help}").into())
    }

    /// Reads the text of a file. An error starts with the line and column.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        serde_saphyr::from_str(text).map_err(|error| {
            let problem = plain(&error.without_snippet().to_string());
            let Some(place) = error.location() else {
                return format!(" {problem}");
            };
            let (line, column) = (place.line(), place.column());
            // The message of the library repeats the place.
            let words = format!(" at line {line}, column {column}");
            format!("{line}:{column}: {}", problem.replace(&words, ""))
        })
    }

    /// The users and their sessions.
    pub(super) fn with_sessions(&self) -> Vec<(User, Vec<Session>)> {
        let users = self.users.iter();
        let users = users.map(|entry| (entry.user(), entry.sessions().collect()));
        users.collect()
    }

    /// Adds the users and starts their sessions. A user must not replace another one.
    pub(super) fn add_to(&self, service: &mut Service) -> Result<(), String> {
        for entry in &self.users {
            if let Some(other) = service.account(entry.user().user_id()) {
                let (name, other) = (&entry.name, &other.name);
                return Err(if name == other {
                    format!("two users have the name {name}; change one")
                } else {
                    format!("the users {other} and {name} have the same id; change one")
                });
            }
            service.add_entry(entry)?;
        }
        Ok(())
    }
}

/// The message of the YAML library in plain words, for the author of the file.
fn plain(problem: &str) -> String {
    const WORDS: [(&str, &str); 5] = [
        (
            "unexpected end of input",
            "the file ends here; it needs users: and a list",
        ),
        (
            "expected sequence start",
            "expected a list, such as [{ name: Ada }]",
        ),
        (
            "expected mapping start",
            "expected properties, such as { name: Ada }",
        ),
        (", set DuplicateKeyPolicy in Options if acceptable", ""),
        (
            "multiple YAML documents detected; use from_str_multiple or \
             from_str_multiple_with_options",
            "a second YAML document begins here; only one is allowed",
        ),
    ];
    let replaced = |text: String, (theirs, ours): (&str, &str)| text.replace(theirs, ours);
    WORDS.into_iter().fold(problem.to_owned(), replaced)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cloud;
    use crate::clock::Clock;
    use crate::program::input::HELP;

    /// The names of the users, and how many sessions each of them has.
    fn added(text: &str) -> Result<Vec<(String, usize)>, String> {
        let mut service = Service::new(Cloud::Global, Clock::REAL);
        UsersFile::parse(text)?.add_to(&mut service)?;
        let now = service.clock.now();
        let accounts = service.accounts();
        let told = accounts.map(|user| (user.name.clone(), user.sessions(now).count()));
        Ok(told.collect())
    }

    #[test]
    fn the_file_of_the_help_text_is_read() {
        let help = HELP;
        let start = help.find("  users:").unwrap();
        let end = help.find("\nA user's name").unwrap();
        let users = [("Ada".to_owned(), 2), ("Bob".to_owned(), 1)];
        assert_eq!(added(&help[start..end]), Ok(users.to_vec()));
    }

    #[test]
    fn a_problem_is_named_with_its_place() {
        let cases = [
            (
                "users:\n  - name: Ada\n    singedIn: true\n",
                "3:5: ",
                "singedIn",
            ),
            ("users:\n  - id: x\n", "2:9: id: ", "GUID"),
            ("users:\n  - tenant: x\n", "2:5: ", "name"),
            (
                "users: [{ name: A, sessions: [{ state: x }] }]",
                "1:33: ",
                "state",
            ),
            ("user: []\n", "1:1: ", "user"),
            ("users: [", "1:", ""),
            ("", "1:1: ", "it needs users: and a list"),
            ("users:\n", "1:6: ", "expected a list"),
            ("users: Ada\n", "1:8: ", "expected a list"),
            ("- name: Ada\n", "1:1: ", "expected properties"),
            ("users:\n  - Ada\n", "2:5: ", "expected properties"),
            ("users:\n  - name: ''\n", "2:11: ", "the text is empty"),
            (
                "users: [{ name: \"A\\nB\" }]",
                "1:17: ",
                "another control character",
            ),
            ("users: [{ \"a\\e\\nb\": 1 }]", "1:11: ", r"`a\u{1b}\nb`"),
            (
                "users:\n  - { name: A, tenant: ' ' }\n",
                "2:24: ",
                "the text is empty",
            ),
            (
                "users:\n  - name: A\n    sessions: [{ expiresInSeconds: -60 }]\n",
                "3:36: ",
                "a time must be a whole number of seconds, 0 or more",
            ),
            (
                "users:\n  - name: A\n    name: B\n",
                "3:5: ",
                "duplicate mapping key: name",
            ),
            (
                "users: []\n---\nusers: []\n",
                "3:1: ",
                "only one is allowed",
            ),
            ("users: [{ name: A }]\nextra: 1\n", "2:1: ", "extra"),
            ("users:\n\t- name: A\n", "2:2: ", "tabs"),
        ];
        for (text, place, what) in cases {
            let error = added(text).unwrap_err();
            assert!(error.starts_with(place) && error.contains(what), "{error}");
            assert_eq!(error.lines().count(), 1, "{error}");
        }
    }

    #[test]
    fn a_name_and_an_id_are_one_users_alone() {
        let id = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3";
        let cases = [
            (
                "{name: A}, {name: A}".to_owned(),
                "two users have the name A",
            ),
            (format!("{{name: A}}, {{name: A, id: {id}}}"), "the name A"),
            (
                format!("{{name: A, id: {id}}}, {{name: B, id: {id}}}"),
                "A and B",
            ),
            ("{name: application}".to_owned(), "token of an application"),
        ];
        for (users, problem) in cases {
            let error = added(&format!("users: [{users}]")).unwrap_err();
            assert!(error.contains(problem), "{error}");
        }
    }
}
