//! The program's arguments, and its help text.

use crate::{Cloud, Timestamp, Undocumented};
use lexopt::prelude::*;
use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::str::FromStr;

/// The output of `--help`.
pub(super) fn help() -> String {
    HELP.replace("BEHAVIOURS", &behaviours())
}

/// The names of the undocumented behaviours, in lines as wide as the rest of the help.
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

pub(super) const HELP: &str = "\
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
      id: fa8bf3dc-eca7-46b7-bad1-db199b62afc3   # otherwise derived from the name
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

Microsoft's identity platform is emulated, too: a program whose authority is
http://127.0.0.1:8080/organizations signs in users by browser, where a person picks one,
and by device code, whose page is /devicelogin. Tokens are not signed.";

/// The output of `--version`.
pub(super) const VERSION: &str = concat!("msgraph-presence-emulator ", env!("CARGO_PKG_VERSION"));

/// The command that the arguments ask for.
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
        let name = !text.is_empty() && text.chars().all(plain);
        if name || text.parse::<IpAddr>().is_ok() {
            Ok(text.to_owned())
        } else {
            Err("not a host name such as emulator.test, without scheme and port")
        }
    })
}

/// Reads a value; `problem` is the error message.
fn read_as<T: FromStr>(value: OsString, problem: &'static str) -> Result<T, lexopt::Error> {
    value.parse_with(|text| text.parse().map_err(|_| problem))
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("--allow-host [::1]", "host name"),
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
}
