//! The arguments, as `--help` shows them; wrong ones are refused before anything is sent.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use jiff::civil::{DateTime, Time};
use jiff::{Span, SpanRelativeTo, Zoned};
use msgraph_presence::{Cloud, PreferredPresence, UserId};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// Read, watch, set and hold your presence in Microsoft Teams.
#[derive(Parser)]
#[command(name = "presence", bin_name = "presence", version)]
#[command(after_help = include_str!("help.txt"))]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub options: Options,
}

/// The options of every command.
#[derive(Args, Clone)]
pub struct Options {
    /// The application to sign in to
    #[arg(long, global = true, env = "PRESENCE_CLIENT_ID", value_name = "ID")]
    pub client_id: Option<String>,
    /// The id or a domain of the tenant
    #[arg(long, global = true, env = "PRESENCE_TENANT")]
    #[arg(default_value = "organizations")]
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
        /// The longest time between two reads of a user; 30s by default
        #[arg(long, value_name = "TIME", value_parser = duration, allow_hyphen_values = true)]
        every: Option<Duration>,
    },
    /// Set your status message, or clear it
    Message(Message),
    /// Set your preferred presence, or go back to that of your sessions
    Prefer(Prefer),
    /// Set a preferred presence and a message, and give both back on Ctrl-C or at the end
    ///
    /// The next start of any command gives back a hold that was killed.
    /// Your own changes in Teams meanwhile stay.
    Hold(Hold),
    /// Show a team: a table in a terminal, a line for each change elsewhere, until Ctrl-C
    Board {
        /// A line for each user: the object id and a name; `#` begins a comment
        #[arg(required_unless_present = "emulator")]
        file: Option<PathBuf>,
        /// The longest time between two reads of a user; 30s by default
        #[arg(long, value_name = "TIME", value_parser = duration, allow_hyphen_values = true)]
        every: Option<Duration>,
    },
    /// Print what completes arguments in your shell
    Completions { shell: clap_complete::Shell },
}

#[derive(Args)]
pub struct Message {
    /// The message, in plain text
    #[arg(required_unless_present = "clear", value_parser = filled)]
    pub text: Option<String>,
    /// The time until it ends, such as 25m or 1h30m
    #[arg(long, value_name = "TIME", value_parser = duration, allow_hyphen_values = true)]
    #[arg(conflicts_with = "until")]
    pub r#for: Option<Duration>,
    /// When it ends, in local time: 17:00 (the next one) or 2026-12-01T09:00
    #[arg(long, value_name = "TIME", value_parser = until)]
    pub until: Option<SystemTime>,
    /// Remove the message
    #[arg(long, conflicts_with_all = ["text", "for", "until"])]
    pub clear: bool,
}

#[derive(Args)]
pub struct Prefer {
    /// The presence; dnd is do not disturb, brb be right back, offline appears offline
    #[arg(required_unless_present = "clear", value_parser = presence())]
    pub presence: Option<PreferredPresence>,
    /// The time until it ends, such as 8h; a day for dnd and busy by default, else seven
    #[arg(long, value_name = "TIME", value_parser = duration, allow_hyphen_values = true)]
    pub r#for: Option<Duration>,
    /// Clear the preferred presence
    #[arg(long, conflicts_with_all = ["presence", "for"])]
    pub clear: bool,
}

#[derive(Args)]
pub struct Hold {
    /// The presence; dnd is do not disturb, brb be right back, offline appears offline
    #[arg(value_parser = presence())]
    pub presence: PreferredPresence,
    /// The time until it ends, such as 25m; a day for dnd and busy by default, else seven
    #[arg(long, value_name = "TIME", value_parser = duration, allow_hyphen_values = true)]
    pub r#for: Option<Duration>,
    /// A status message for as long
    #[arg(long, value_name = "TEXT", value_parser = filled)]
    pub message: Option<String>,
}

fn presence() -> impl TypedValueParser<Value = PreferredPresence> {
    let names = ["available", "busy", "dnd", "brb", "away", "offline"];
    PossibleValuesParser::new(names).try_map(|name| name.parse::<PreferredPresence>())
}

/// Reads `25m`, `1h30m`, `2d` or `PT8H`.
fn duration(text: &str) -> Result<Duration, &'static str> {
    let span = text.parse::<Span>();
    let time = span.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()));
    let time = time.and_then(Duration::try_from).ok();
    let time = time.filter(|time| !time.is_zero());
    time.ok_or("write a time like 25m, 8h, 1h30m or 2d")
}

/// Reads `17:00`, the next one by the clock of this machine, or `2026-12-01T09:00`.
fn until(text: &str) -> Result<SystemTime, String> {
    let now = Zoned::now();
    let end = match (text.parse::<DateTime>(), text.parse::<Time>()) {
        (Ok(end), _) => Ok(end),
        (_, Ok(time)) if time > now.time() => Ok(now.date().to_datetime(time)),
        (_, Ok(time)) => now.date().tomorrow().map(|day| day.to_datetime(time)),
        _ => return Err("write a time like 17:00 or 2026-12-01T09:00".to_owned()),
    };
    match end.and_then(|end| end.to_zoned(now.time_zone().clone())) {
        Ok(end) if end <= now => Err("it is in the past".to_owned()),
        end => end.map(SystemTime::from).map_err(|error| error.to_string()),
    }
}

fn filled(text: &str) -> Result<String, &'static str> {
    let is_empty = text.trim().is_empty();
    (!is_empty).then(|| text.to_owned()).ok_or("it is empty")
}

/// Reads the root of a running emulator, with or without the version of Graph. It is empty for the
/// emulator within the command.
fn origin(text: &str) -> Result<String, &'static str> {
    let root = text.trim_end_matches('/').trim_end_matches("/v1.0");
    let is_url = root.starts_with("http://") || root.starts_with("https://");
    let root = Some(root).filter(|root| root.is_empty() || is_url);
    let help = "write it like --emulator=http://127.0.0.1:8080";
    root.map(str::to_owned).ok_or(help)
}
