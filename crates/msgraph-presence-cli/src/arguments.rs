//! The arguments, as `--help` shows them.

use crate::values::{PREFERRED, duration, origin, preferred, text, until};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use msgraph_presence::{Cloud, PreferredPresence, UserId};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

const MORE: &str = "\
Try it without a tenant:
  presence watch --emulator                  a day of an emulated user, within this command
  presence login --emulator=http://127.0.0.1:8080
                                             a running msgraph-presence-emulator

Use it:
  presence login --client-id ID              once; then
  presence get                               your presence
  presence message \"In Rome\" --until 17:00
  presence prefer dnd --for 8h
  presence hold dnd --for 25m --message Focusing
                                             until then, or until Ctrl-C

ID is the client id of an application that is registered in Entra: the platform \"Mobile and
desktop applications\" with the redirect URI http://localhost, \"Allow public client flows\" for
--device, and the delegated permissions Presence.Read, Presence.Read.All and Presence.ReadWrite.
No registration is published for this program: make one, or ask your administrator.

Exit status:
  0  done
  1  any other failure
  2  wrong arguments or settings; nothing was sent
  3  a person has to sign in: presence login
  4  refused: a permission is missing, or the sign-in was declined or blocked
  5  not found: no such user
  6  the service cannot be reached or is busy: try again later
  7  a file, the store of the tokens, the browser or the terminal fails

PRESENCE_HOME is the folder of the tokens and of a hold that was not given back, in the place of
the system's store and the user's data folder. NO_COLOR turns colours off.";

/// Read, watch, set and hold your presence in Microsoft Teams.
#[derive(Parser)]
#[command(name = "presence", bin_name = "presence", version, after_help = MORE)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub options: Options,
}

/// The options of every command.
#[derive(Args)]
pub struct Options {
    /// The application to sign in to
    #[arg(long, global = true, env = "PRESENCE_CLIENT_ID", value_name = "ID")]
    pub client_id: Option<String>,
    /// The id or a domain of the tenant
    #[arg(
        long,
        global = true,
        env = "PRESENCE_TENANT",
        default_value = "organizations"
    )]
    pub tenant: String,
    /// global, usGovernmentL4, usGovernmentL5 or china
    #[arg(long, global = true, env = "PRESENCE_CLOUD", default_value = "global")]
    pub cloud: Cloud,
    /// Use an emulator: one within this command, or the running one at URL
    #[arg(long, global = true, env = "PRESENCE_EMULATOR", value_name = "URL", value_parser = origin)]
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub emulator: Option<String>,
    /// Print one JSON object a line, as the README of the command documents
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Subcommand)]
pub enum Command {
    /// Sign in, in the browser or with a code
    Login {
        /// Show a code to type in on any device
        #[arg(long, conflicts_with = "no_browser")]
        device: bool,
        /// Only print the page's address, to be opened by hand on this machine
        #[arg(long)]
        no_browser: bool,
    },
    /// Forget the tokens of the sign-in
    Logout,
    /// Print a presence: your own, or those of users
    Get {
        /// Object ids, as the Entra admin center and Graph Explorer show them
        #[arg(value_name = "USER")]
        users: Vec<UserId>,
    },
    /// Print a line whenever a presence changes, until Ctrl-C
    Watch {
        /// Object ids, as the Entra admin center and Graph Explorer show them; without one, you
        #[arg(value_name = "USER")]
        users: Vec<UserId>,
        #[command(flatten)]
        pace: Pace,
    },
    /// Set your status message, or clear it
    Message {
        /// The message, in plain text
        #[arg(required_unless_present = "clear", value_parser = text)]
        text: Option<String>,
        /// The time until it ends, such as 25m or 1h30m
        #[arg(long = "for", value_name = "TIME", value_parser = duration, allow_hyphen_values = true, conflicts_with = "until")]
        lasting: Option<Duration>,
        /// When it ends, in local time: 17:00 (the next one) or 2026-12-01T09:00
        #[arg(long, value_name = "TIME", value_parser = until)]
        until: Option<SystemTime>,
        /// Remove the message
        #[arg(long, conflicts_with_all = ["text", "lasting", "until"])]
        clear: bool,
    },
    /// Set your preferred presence, or go back to that of your sessions
    Prefer {
        /// The presence; dnd is do not disturb, brb be right back, offline appears offline
        #[arg(required_unless_present = "clear", value_parser = presence())]
        presence: Option<PreferredPresence>,
        /// The time until it ends, such as 8h; a day for dnd and busy by default, else seven
        #[arg(long = "for", value_name = "TIME", value_parser = duration, allow_hyphen_values = true)]
        lasting: Option<Duration>,
        /// Clear the preferred presence
        #[arg(long, conflicts_with_all = ["presence", "lasting"])]
        clear: bool,
    },
    /// Set a preferred presence and a message, and give both back on Ctrl-C or at the end
    ///
    /// The next start of any command gives back a hold that was killed.
    /// Your own changes in Teams meanwhile stay.
    Hold {
        /// The presence; dnd is do not disturb, brb be right back, offline appears offline
        #[arg(value_parser = presence())]
        presence: PreferredPresence,
        /// The time until it ends, such as 25m; a day for dnd and busy by default, else seven
        #[arg(long = "for", value_name = "TIME", value_parser = duration, allow_hyphen_values = true)]
        lasting: Option<Duration>,
        /// A status message for as long
        #[arg(long, value_name = "TEXT", value_parser = text)]
        message: Option<String>,
    },
    /// Show a team: a table in a terminal, a line for each change elsewhere, until Ctrl-C
    Board {
        /// A line for each user: the object id and a name; `#` begins a comment
        #[arg(required_unless_present = "emulator")]
        file: Option<PathBuf>,
        #[command(flatten)]
        pace: Pace,
    },
    /// Print what completes arguments in your shell
    Completions { shell: Shell },
}

/// The interval between two reads of a user.
#[derive(Args)]
pub struct Pace {
    /// The longest time between two reads of a user; 30s by default
    #[arg(long, value_name = "TIME", value_parser = duration, allow_hyphen_values = true)]
    pub every: Option<Duration>,
}

fn presence() -> impl TypedValueParser<Value = PreferredPresence> {
    PossibleValuesParser::new(PREFERRED).try_map(preferred)
}
