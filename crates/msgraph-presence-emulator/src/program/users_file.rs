//! The file that says which users there are.

use msgraph_presence_emulator::{Emulator, Session, User};
use serde::Deserialize;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// The users of the emulated directory.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub(crate) struct UsersFile {
    pub(crate) users: Vec<UserEntry>,
}

/// A user.
#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserEntry {
    pub(crate) name: String,
    id: Option<String>,
    tenant: Option<String>,
    out_of_office: Option<String>,
    #[serde(default)]
    signed_in: bool,
    #[serde(default)]
    sessions: Vec<SessionEntry>,
}

/// A session of a user.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
#[serde(rename_all = "camelCase")]
struct SessionEntry {
    availability: String,
    activity: String,
    expires_in_seconds: Option<u64>,
}

impl Default for UsersFile {
    /// Ada, with the id of the documentation's examples and signed in, and Bob.
    fn default() -> Self {
        let ada = UserEntry {
            name: "Ada".to_owned(),
            id: Some("fa8bf3dc-eca7-46b7-bad1-db199b62afc3".to_owned()),
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
    pub(crate) fn read(path: &Path) -> Result<Self, Box<dyn Error>> {
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

    /// Adds the users, and signs in who is to be.
    ///
    /// A name stands for its user in tokens and orders: it has to be the only one of its kind.
    pub(crate) fn add_to(&self, emulator: &Emulator) -> Result<(), Box<dyn Error>> {
        self.check_names()?;
        for entry in &self.users {
            let user = entry.user()?;
            let id = emulator.add_user(user);
            if entry.signed_in {
                emulator.sign_in(id);
            }
            for session in &entry.sessions {
                emulator.sign_in_with(id, session.session());
            }
        }
        Ok(())
    }
}

impl UsersFile {
    fn check_names(&self) -> Result<(), String> {
        for (n, user) in self.users.iter().enumerate() {
            let name = &user.name;
            if self.users[..n].iter().any(|other| other.name == *name) {
                return Err(format!("two users have the name {name}; change one"));
            }
            if name == "application" {
                return Err("a user cannot have the name application, which is \
                    the token of an application"
                    .to_owned());
            }
        }
        Ok(())
    }
}

impl UserEntry {
    fn user(&self) -> Result<User, String> {
        let mut user = User::new(&self.name);
        if let Some(id) = &self.id {
            let id = id.parse();
            user = user.id(id.map_err(|error| format!("user {}: {error}", self.name))?);
        }
        if let Some(tenant) = &self.tenant {
            user = user.tenant(tenant);
        }
        if let Some(message) = &self.out_of_office {
            user = user.out_of_office(message);
        }
        Ok(user)
    }
}

impl SessionEntry {
    fn session(&self) -> Session {
        let session = Session::new(&*self.availability, &*self.activity);
        match self.expires_in_seconds {
            Some(seconds) => session.expires_in(Duration::from_secs(seconds)),
            None => session,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_the_help_text_is_read() {
        let help = crate::program::arguments::HELP;
        let start = help.find("  users:").unwrap();
        let end = help.find("\nA user's name").unwrap();
        let file = UsersFile::parse(&help[start..end]).unwrap();
        let names: Vec<_> = file.users.iter().map(|user| &*user.name).collect();
        assert_eq!(names, ["Ada", "Bob"]);
        assert_eq!(file.users[0].sessions[0].expires_in_seconds, Some(3600));
        assert!(file.users[1].signed_in);
        assert!(file.users.iter().all(|user| user.user().is_ok()));
    }

    #[test]
    fn a_problem_is_named_with_its_place() {
        let cases = [
            (
                "users:\n  - name: Ada\n    singedIn: true\n",
                "3:5: ",
                "singedIn",
            ),
            ("users:\n  - id: x\n", "2:5: ", "name"),
            ("user: []\n", "1:1: ", "user"),
            ("users: [", "1:", ""),
        ];
        for (text, place, what) in cases {
            let error = UsersFile::parse(text).unwrap_err();
            assert!(error.starts_with(place) && error.contains(what), "{error}");
            assert_eq!(error.lines().count(), 1, "{error}");
        }
        let file = UsersFile::parse("users: [{ name: Ada, id: ada@x.org }]").unwrap();
        let error = file.users[0].user().unwrap_err();
        assert!(error.starts_with("user Ada:"), "{error}");
        for (names, part) in [
            ("[{name: A}, {name: A}]", "two users"),
            ("[{name: application}]", "token"),
        ] {
            let file = UsersFile::parse(&format!("users: {names}")).unwrap();
            assert!(file.check_names().unwrap_err().contains(part), "{names}");
        }
    }
}
