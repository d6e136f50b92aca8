//! The program's arguments, and the file of users that one of them names.

use crate::service::Service;
use crate::user::UserEntry;
use crate::{Cloud, Session, Timestamp, Undocumented, User};
use lexopt::prelude::*;
use serde::Deserialize;
use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The output of `--help`.
pub(super) fn help() -> String {
    HELP.replace("BEHAVIOURS", &behaviours())
}

/// The names of the undocumented behaviours, in lines of the width of the rest.
fn behaviours() -> String {
    let mut lines = vec!["Undocumented behaviours:".to_owned()];
    for &behaviour in Undocumented::ALL {
        let last = lines.len() - 1;
        if lines[last].len() + behaviour.as_str().len() > 86 {
            lines.push(" ".to_owned());
        }
        let line = lines.len() - 1;
        lines[line] += &format!(" {behaviour},");
    }
    lines.join("\n").trim_end_matches(',').to_owned()
}

const HELP: &str = "\
A stand-in for the Microsoft Graph presence service, to test programs without a tenant.

Usage: msgraph-presence-emulator [options]

  --port PORT        listen on this port; 0 is any free one (8080)
  --address ADDRESS  listen on this address (127.0.0.1: only this machine)
  --allow-host NAME  let the page and the administration API answer to this host name,
                     besides IP addresses and localhost; may be given several times
  --tls              https, with a certificate that is made at the start; its file is printed
  --certificate FILE the same, with the certificate in this file
  --users FILE       the users, in YAML (otherwise Ada, signed in, and Bob)
  --cloud CLOUD      global, usGovernmentL4, usGovernmentL5 or china (global)
  --clock TIME       a clock stopped at this time, such as 2026-11-21T09:00:00Z
  --assume BEHAVIOUR assume an undocumented behaviour of the service; may be given
                     several times
  --sign-in-as NAME  this user signs in at the identity platform at once, without a page
  --unthrottled      no limit on the number of requests
  --quiet            no line per request
  --help             this text
  --version          the version

BEHAVIOURS

A file of users:

  users:
    - name: Ada
      id: fa8bf3dc-eca7-46b7-bad1-db199b62afc3   # otherwise one that follows from the name
      sessions:
        - {}                                       # a Teams client, Available
        - { availability: Busy, activity: InACall, expiresInSeconds: 3600 }
    - name: Bob
      signedIn: true                             # the same as sessions: [{}]
      outOfOffice: Back on Monday
      tenant: another                            # otherwise the default one
      workLocation: { workLocationType: office, source: manual }

A user's name is a token with all delegated permissions, `application` one with all
application permissions. The administration API under /_emulator makes others, and does
everything else: GET /_emulator describes it. There is a page at /.

The emulator plays Microsoft's identity platform, too: a program whose authority is
http://127.0.0.1:8080/organizations signs in users by browser, where a person picks one,
and by device code, whose page is /devicelogin. Tokens are not signed.";

/// The output of `--version`.
pub(super) const VERSION: &str = concat!("msgraph-presence-emulator ", env!("CARGO_PKG_VERSION"));

/// The command that the arguments give.
#[derive(Debug)]
pub(super) enum Command {
    Run(Box<Arguments>),
    Help,
    Version,
}

/// The settings of the emulator.
#[derive(Debug, PartialEq)]
pub(super) struct Arguments {
    pub(super) address: IpAddr,
    pub(super) port: u16,
    pub(super) allowed_hosts: Vec<String>,
    pub(super) tls: bool,
    pub(super) certificate: Option<PathBuf>,
    pub(super) users: Option<PathBuf>,
    pub(super) cloud: Cloud,
    pub(super) clock: Option<Timestamp>,
    pub(super) assumed: Vec<Undocumented>,
    pub(super) sign_in_as: Option<String>,
    pub(super) unthrottled: bool,
    pub(super) quiet: bool,
}

impl Default for Arguments {
    fn default() -> Self {
        Self {
            address: Ipv4Addr::LOCALHOST.into(),
            port: 8080,
            allowed_hosts: Vec::new(),
            tls: false,
            certificate: None,
            users: None,
            cloud: Cloud::Global,
            clock: None,
            assumed: Vec::new(),
            sign_in_as: None,
            unthrottled: false,
            quiet: false,
        }
    }
}

/// Reads the arguments without the program's own name.
pub(super) fn read(
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<Command, lexopt::Error> {
    let mut parser = lexopt::Parser::from_args(arguments);
    let mut settings = Arguments::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("port") => {
                settings.port = read_as(parser.value()?, "not a port from 0 to 65535")?;
            }
            Long("address") => {
                settings.address = read_as(parser.value()?, "not an IP address")?;
            }
            Long("allow-host") => settings.allowed_hosts.push(host_name(parser.value()?)?),
            Long("tls") => settings.tls = true,
            Long("certificate") => {
                settings.tls = true;
                settings.certificate = Some(parser.value()?.into());
            }
            Long("users") => settings.users = Some(parser.value()?.into()),
            Long("cloud") => settings.cloud = parser.value()?.parse()?,
            Long("clock") => {
                let problem = "not a time such as 2026-11-21T09:00:00Z";
                settings.clock = Some(read_as(parser.value()?, problem)?);
            }
            Long("assume") => settings.assumed.push(parser.value()?.parse()?),
            Long("sign-in-as") => settings.sign_in_as = Some(parser.value()?.string()?),
            Long("unthrottled") => settings.unthrottled = true,
            Long("quiet") | Short('q') => settings.quiet = true,
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("version") | Short('V') => return Ok(Command::Version),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Run(Box::new(settings)))
}

/// Reads the name of a host, without scheme, port and path.
fn host_name(value: OsString) -> Result<String, lexopt::Error> {
    value.parse_with(|text| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        if !text.is_empty() && text.chars().all(plain) {
            Ok(text.to_owned())
        } else {
            Err("not a host name such as emulator.test, without scheme and port")
        }
    })
}

/// Reads a value, or says what is wrong with it.
fn read_as<T: FromStr>(value: OsString, problem: &'static str) -> Result<T, lexopt::Error> {
    value.parse_with(|text| text.parse().map_err(|_| problem))
}

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
        let help = "--help shows a file of users";
        Self::parse(&text).map_err(|error| format!("{shown}:{error}; {help}").into())
    }

    /// Reads the text of a file. An error starts with the line and column.
    fn parse(text: &str) -> Result<Self, String> {
        serde_saphyr::from_str(text).map_err(|error| {
            let problem = plain(&error.without_snippet().to_string());
            let Some(place) = error.location() else {
                return format!(" {problem}");
            };
            let (line, column) = (place.line(), place.column());
            // The library says the place in words, too.
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

    /// Adds the users and starts their sessions. None may take the place of another.
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

/// The message of the YAML library, for the author of the file.
fn plain(problem: &str) -> String {
    const WORDS: [(&str, &str); 5] = [
        (
            "unexpected end of input",
            "the file ends here; users: and a list are wanted",
        ),
        (
            "expected sequence start",
            "a list is wanted here, such as [{ name: Ada }]",
        ),
        (
            "expected mapping start",
            "properties are wanted here, such as { name: Ada }",
        ),
        (", set DuplicateKeyPolicy in Options if acceptable", ""),
        (
            "multiple YAML documents detected; use from_str_multiple or \
             from_str_multiple_with_options",
            "a second YAML document begins here; one is wanted",
        ),
    ];
    let replaced = |text: String, (theirs, ours): (&str, &str)| text.replace(theirs, ours);
    WORDS.into_iter().fold(problem.to_owned(), replaced)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    fn run(line: &str) -> Result<Arguments, String> {
        let words = line.split_whitespace().map(OsString::from);
        match read(words) {
            Ok(Command::Run(arguments)) => Ok(*arguments),
            Ok(other) => Err(format!("{other:?}")),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn every_argument_is_read() {
        let line = "--port 0 --address ::1 --allow-host emulator --certificate c.pem --users u.yaml \
            --cloud china --unthrottled --clock 2026-11-21T09:00:00Z --assume nulls --assume camelCase \
            --sign-in-as Ada --quiet";
        let expected = Arguments {
            address: "::1".parse().unwrap(),
            port: 0,
            allowed_hosts: vec!["emulator".to_owned()],
            tls: true,
            certificate: Some("c.pem".into()),
            users: Some("u.yaml".into()),
            cloud: Cloud::China,
            clock: Some("2026-11-21T09:00:00Z".parse().unwrap()),
            assumed: vec![Undocumented::Nulls, Undocumented::CamelCase],
            sign_in_as: Some("Ada".to_owned()),
            unthrottled: true,
            quiet: true,
        };
        assert_eq!(run(line), Ok(expected));
        assert_eq!(run(""), Ok(Arguments::default()));
    }

    #[test]
    fn a_wrong_argument_is_named() {
        let cases = [
            ("--prot 1", "--prot"),
            ("--port", "--port"),
            ("--port x", "0 to 65535"),
            ("--port 65536", "0 to 65535"),
            ("--address localhost", "IP address"),
            ("--allow-host http://x", "without scheme"),
            ("--allow-host x:80", "host name"),
            ("--clock noon", "2026-11-21T09:00:00Z"),
            ("--cloud moon", "usGovernmentL4"),
            ("--assume nothing", "noContent"),
            ("users.yaml", "users.yaml"),
        ];
        for (line, named) in cases {
            let error = run(line).unwrap_err();
            assert!(error.contains(named), "{line}: {error}");
        }
    }

    #[test]
    fn the_help_names_every_undocumented_behaviour_and_cloud() {
        let help = help();
        for behaviour in Undocumented::ALL {
            let named = [format!(" {behaviour},"), format!(" {behaviour}\n")];
            assert!(named.iter().any(|name| help.contains(name)), "{help}");
        }
        assert!(
            help.lines().all(|line| line.chars().count() < 100),
            "{help}"
        );
        for cloud in Cloud::ALL {
            assert!(HELP.contains(cloud.as_str()), "{cloud:?}");
        }
    }

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
            ("", "1:1: ", "users: and a list are wanted"),
            ("users:\n", "1:6: ", "a list is wanted here"),
            ("users: Ada\n", "1:8: ", "a list is wanted here"),
            ("- name: Ada\n", "1:1: ", "properties are wanted here"),
            ("users:\n  - Ada\n", "2:5: ", "properties are wanted here"),
            ("users:\n  - name: ''\n", "2:11: ", "the text is empty"),
            (
                "users:\n  - { name: A, tenant: ' ' }\n",
                "2:24: ",
                "the text is empty",
            ),
            (
                "users:\n  - name: A\n    sessions: [{ expiresInSeconds: -60 }]\n",
                "3:36: ",
                "a time is a whole number of seconds, 0 or more",
            ),
            (
                "users:\n  - name: A\n    name: B\n",
                "3:5: ",
                "duplicate mapping key: name",
            ),
            ("users: []\n---\nusers: []\n", "3:1: ", "one is wanted"),
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
