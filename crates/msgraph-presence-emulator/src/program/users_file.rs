//! The file that says which users there are.

use crate::admin::UserEntry;
use crate::core::Core;
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
    /// Reads a file. An error names the place and what is wrong there.
    pub(super) fn read(path: &Path) -> Result<Self, Box<dyn Error>> {
        let shown = path.display();
        let text = fs::read_to_string(path)
            .map_err(|error| format!("cannot read the users in {shown}: {error}"))?;
        Self::parse(&text).map_err(|error| format!("{shown}:{error}").into())
    }

    /// Reads the text of a file. An error starts with the line and column.
    fn parse(text: &str) -> Result<Self, String> {
        serde_saphyr::from_str(text).map_err(|error| {
            let problem = error.without_snippet().to_string();
            let Some(place) = error.location() else {
                return format!(" {problem}");
            };
            let (line, column) = (place.line(), place.column());
            // The library says the place in words, too.
            let words = format!(" at line {line}, column {column}");
            format!("{line}:{column}: {}", problem.replace(&words, ""))
        })
    }

    /// Adds the users and starts their sessions. None may take the place of another.
    pub(super) fn add_to(&self, core: &mut Core) -> Result<(), String> {
        for entry in &self.users {
            if let Some(other) = core.service.account(entry.user().user_id()) {
                let (name, other) = (&entry.name, &other.name);
                return Err(if name == other {
                    format!("two users have the name {name}; change one")
                } else {
                    format!("the users {other} and {name} have the same id; change one")
                });
            }
            core.add(entry)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::models::Cloud;

    /// The names of the users, and how many sessions each of them has.
    fn added(text: &str) -> Result<Vec<(String, usize)>, String> {
        let mut core = Core::new(Cloud::Global, Clock::REAL);
        UsersFile::parse(text)?.add_to(&mut core)?;
        let now = core.clock.now();
        let accounts = core.service.accounts();
        let told = accounts.map(|user| (user.name.clone(), user.sessions(now).count()));
        Ok(told.collect())
    }

    #[test]
    fn the_file_of_the_help_text_is_read() {
        let help = crate::program::arguments::HELP;
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
