//! The program's arguments.

use crate::{Cloud, Doubt, Timestamp};
use lexopt::prelude::*;
use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::str::FromStr;

/// What `--help` prints.
pub(super) const HELP: &str = "\
A stand-in for the Microsoft Graph presence service, to test programs without a tenant.

Usage: msgraph-presence-emulator [options]

  --port PORT        listen on this port; 0 is any free one (8080)
  --address ADDRESS  listen on this address (127.0.0.1: this machine alone)
  --users FILE       the users, in YAML (otherwise Ada, signed in, and Bob)
  --cloud CLOUD      global, usGovernmentL4, usGovernmentL5 or china (global)
  --clock TIME       a clock that stands still, such as 2026-11-21T09:00:00Z
  --assume DOUBT     the service behaves in the other way where the documentation
                     leaves a doubt; may be given several times
  --unthrottled      no limit on the number of requests
  --quiet            no line per request
  --help             this text
  --version          the version

Doubts: envelope, noContent, camelCase, nulls, noContext, readAllForOthers,
  missing401, missing403, lowerCaseInnerError, fractionalRetryAfter, tenThousand,
  keptTimeZone, sanitized, selectRefused

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
everything else: GET /_emulator describes it. There is a page at /.";

/// What `--version` prints.
pub(super) const VERSION: &str = concat!("msgraph-presence-emulator ", env!("CARGO_PKG_VERSION"));

/// What the program is asked to do.
#[derive(Debug)]
pub(super) enum Wanted {
    Run(Box<Arguments>),
    Help,
    Version,
}

/// How the emulator is to run.
#[derive(Debug, PartialEq)]
pub(super) struct Arguments {
    pub(super) address: IpAddr,
    pub(super) port: u16,
    pub(super) users: Option<PathBuf>,
    pub(super) cloud: Cloud,
    pub(super) clock: Option<Timestamp>,
    pub(super) doubts: Vec<Doubt>,
    pub(super) unthrottled: bool,
    pub(super) quiet: bool,
}

impl Default for Arguments {
    fn default() -> Self {
        Self {
            address: Ipv4Addr::LOCALHOST.into(),
            port: 8080,
            users: None,
            cloud: Cloud::Global,
            clock: None,
            doubts: Vec::new(),
            unthrottled: false,
            quiet: false,
        }
    }
}

/// Reads the arguments without the program's own name.
pub(super) fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Wanted, lexopt::Error> {
    let mut parser = lexopt::Parser::from_args(arguments);
    let mut wanted = Arguments::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("port") => {
                wanted.port = read_as(parser.value()?, "not a port from 0 to 65535")?;
            }
            Long("address") => {
                wanted.address = read_as(parser.value()?, "not an IP address")?;
            }
            Long("users") => wanted.users = Some(parser.value()?.into()),
            Long("cloud") => wanted.cloud = parser.value()?.parse()?,
            Long("clock") => {
                let problem = "not a time such as 2026-11-21T09:00:00Z";
                wanted.clock = Some(read_as(parser.value()?, problem)?);
            }
            Long("assume") => wanted.doubts.push(parser.value()?.parse()?),
            Long("unthrottled") => wanted.unthrottled = true,
            Long("quiet") | Short('q') => wanted.quiet = true,
            Long("help") | Short('h') => return Ok(Wanted::Help),
            Long("version") | Short('V') => return Ok(Wanted::Version),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Wanted::Run(Box::new(wanted)))
}

/// Reads a value, or says what is wrong with it.
fn read_as<T: FromStr>(value: OsString, problem: &'static str) -> Result<T, lexopt::Error> {
    value.parse_with(|text| text.parse().map_err(|_| problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(line: &str) -> Result<Arguments, String> {
        let words = line.split_whitespace().map(OsString::from);
        match read(words) {
            Ok(Wanted::Run(arguments)) => Ok(*arguments),
            Ok(other) => Err(format!("{other:?}")),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn every_argument_is_read() {
        let line = "--port 0 --address ::1 --users u.yaml --cloud china --unthrottled \
            --clock 2026-11-21T09:00:00Z --assume nulls --assume camelCase --quiet";
        let expected = Arguments {
            address: "::1".parse().unwrap(),
            port: 0,
            users: Some("u.yaml".into()),
            cloud: Cloud::China,
            clock: Some("2026-11-21T09:00:00Z".parse().unwrap()),
            doubts: vec![Doubt::Nulls, Doubt::CamelCase],
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
    fn the_help_names_every_doubt_and_cloud() {
        for doubt in Doubt::ALL {
            assert!(HELP.contains(doubt.as_str()), "{doubt:?}");
        }
        for cloud in Cloud::ALL {
            assert!(HELP.contains(cloud.as_str()), "{cloud:?}");
        }
    }
}
