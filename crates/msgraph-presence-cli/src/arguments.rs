//! The arguments, as `--help` shows them; wrong ones are refused before anything is sent.

use clap::builder::{ArgPredicate, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueHint};
use jiff::{Span, Timestamp, Zoned, civil};
use msgraph_presence::sign_in::Store;
use msgraph_presence::{BoxError, Cloud, InvalidValue, IsoDuration, PreferredPresence};
use msgraph_presence_emulator::User;
use std::{path::PathBuf, time::Duration};

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

/// Any application may sign in to an emulator.
const ANY: &str = "00000000-0000-4000-8000-000000000000";

/// The options of every command.
#[derive(Args, Clone)]
pub struct Options {
    /// The application to sign in to
    #[arg(long, global = true, env = "PRESENCE_CLIENT_ID", value_name = "ID")]
    #[arg(default_value_if("emulator", ArgPredicate::IsPresent, ANY))]
    pub client_id: Option<String>,
    /// The id or a domain of the tenant
    #[arg(long, global = true, env = "PRESENCE_TENANT")]
    #[arg(default_value = "organizations")]
    pub tenant: String,
    /// global, usGovernmentL4, usGovernmentL5 or china
    #[arg(long, global = true, env = "PRESENCE_CLOUD", default_value = "global")]
    pub cloud: Cloud,
    /// Use an emulator: one within this command, or the running one at URL
    #[arg(long, global = true, env = "PRESENCE_EMULATOR", value_name = "URL")]
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub emulator: Option<String>,
    /// The folder of the tokens and of a hold, in place of the system's store and your data folder
    #[arg(long, global = true, env = "PRESENCE_HOME", value_name = "FOLDER")]
    pub home: Option<PathBuf>,
    /// The longest time between two reads of a user by watch and board; 30s by default
    #[arg(long, global = true, value_name = "TIME")]
    #[arg(value_parser = duration, allow_hyphen_values = true)]
    pub every: Option<Duration>,
    /// Print one JSON object a line, as the README of the command documents
    #[arg(long, global = true)]
    pub json: bool,
    /// The tokens of the emulator within this command.
    #[arg(skip)]
    pub demo: Option<Store>,
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
        #[arg(value_name = "USER", value_parser = user)]
        users: Vec<User>,
    },
    /// Print a line whenever a presence changes, until Ctrl-C
    Watch {
        /// Object ids, as the Entra admin center and Graph Explorer show them; without one, you
        #[arg(value_name = "USER", value_parser = user)]
        users: Vec<User>,
    },
    /// Set your status message, or clear it
    Message(Message),
    /// Set your preferred presence, or go back to that of your sessions
    Prefer(Prefer),
    /// Set a preferred presence and a message, and take both back on Ctrl-C or at the end
    ///
    /// The next command releases a hold that was killed.
    /// Your own changes in Teams since then stay.
    Hold(Hold),
    /// Show a team: a table in a terminal, a line for each change elsewhere, until Ctrl-C
    Board {
        /// A line for each user: the object id and a name; `#` begins a comment
        #[arg(required_unless_present = "emulator", value_name = "FILE")]
        #[arg(value_parser = board, value_hint = ValueHint::FilePath)]
        team: Option<Team>,
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
    #[arg(long, value_name = "TIME", value_parser = end, allow_hyphen_values = true)]
    pub r#for: Option<Timestamp>,
    /// When it ends, in local time: 17:00 (the next one) or 2026-12-01T09:00
    #[arg(long, value_name = "TIME", value_parser = until, conflicts_with = "for")]
    pub until: Option<Timestamp>,
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

/// The users of a file, one value of clap's.
pub type Team = Vec<User>;

fn presence() -> impl TypedValueParser<Value = PreferredPresence> {
    let names = ["available", "busy", "dnd", "brb", "away", "offline"];
    PossibleValuesParser::new(names).try_map(|name| name.parse::<PreferredPresence>())
}

/// Reads `25m`, `1h30m`, `2d` or `PT8H`.
fn duration(text: &str) -> Result<Duration, &'static str> {
    let span = text.parse::<Span>().ok();
    let time = span.and_then(|span| IsoDuration::try_from(span).ok()?.to_duration().ok());
    time.ok_or("write a time like 25m, 8h, 1h30m or 2d")
}

/// Reads the same, from now on.
fn end(text: &str) -> Result<Timestamp, BoxError> {
    Ok(Timestamp::now().checked_add(duration(text)?)?)
}

/// Reads `17:00`, the next one by the clock of this machine, or `2026-12-01T09:00`.
fn until(text: &str) -> Result<Timestamp, BoxError> {
    let now = Zoned::now();
    let end = match (text.parse::<civil::DateTime>(), text.parse::<civil::Time>()) {
        (Ok(end), _) => end,
        (_, Ok(time)) if time > now.time() => now.date().to_datetime(time),
        (_, Ok(time)) => now.date().tomorrow()?.to_datetime(time),
        _ => return Err("write a time like 17:00 or 2026-12-01T09:00".into()),
    };
    let end = end.to_zoned(now.time_zone().clone())?;
    Some(end.timestamp())
        .filter(|_| end > now)
        .ok_or("it is in the past".into())
}

fn filled(text: &str) -> Result<String, &'static str> {
    let is_empty = text.trim().is_empty();
    (!is_empty).then(|| text.to_owned()).ok_or("it is empty")
}

/// Reads an object id, and a name after it.
fn user(text: &str) -> Result<User, InvalidValue> {
    let (id, name) = text.split_once(char::is_whitespace).unwrap_or((text, text));
    Ok(User::new(name.trim()).id(id.parse()?))
}

/// Reads a file of users, one a line.
fn board(path: &str) -> Result<Team, BoxError> {
    let (text, mut team) = (std::fs::read_to_string(path)?, Team::new());
    for (line, number) in text.trim_start_matches('\u{feff}').lines().zip(1..) {
        let line = line.split('#').next().unwrap_or_default().trim();
        if !line.is_empty() {
            team.push(user(line).map_err(|error| format!("line {number}: {error}"))?);
        }
    }
    if team.is_empty() {
        return Err("the file names no user: write an object id and a name on each line".into());
    }
    Ok(team)
}
