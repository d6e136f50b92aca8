//! The output: lines for people, JSON objects for programs.

use crate::arguments::Options;
use jiff::{Timestamp, Zoned};
use msgraph_presence::{Activity, Availability, Presence};
use serde_json::Value;
use std::env;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::time::SystemTime;

impl Options {
    /// Prints an event: the object with its time, or the line.
    pub fn tell(&self, mut object: Value, line: impl Display) -> io::Result<()> {
        if !self.json {
            return print(&format!("{line}\n"));
        }
        object["time"] = Timestamp::now().to_string().into();
        print(&format!("{object}\n"))
    }
}

/// Prints a text as it is.
pub fn print(text: &str) -> io::Result<()> {
    let mut to = io::stdout().lock();
    to.write_all(text.as_bytes())?;
    to.flush()
}

/// A coloured dot, the pair, the message and what else a person looks for.
pub fn line(presence: &Presence) -> String {
    let availability = presence.availability.clone().unwrap_or_default();
    let activity = presence.activity.clone().unwrap_or_default();
    let no_color = env::var_os("NO_COLOR").is_some_and(|it| !it.is_empty());
    // A value that is not known has no colour of its own.
    let colour = match (&availability, &activity) {
        (_, Activity::OutOfOffice) => "35",
        (Availability::Available | Availability::AvailableIdle, _) => "32",
        (Availability::Busy | Availability::BusyIdle, _) => "31",
        (Availability::DoNotDisturb | Availability::Focusing, _) => "1;31",
        (Availability::Away | Availability::BeRightBack, _) => "33",
        _ => "90",
    };
    let dot = if io::stdout().is_terminal() && !no_color {
        format!("\x1b[{colour}m●\x1b[0m")
    } else {
        "●".to_owned()
    };
    let pair = plain(&format!("{availability}, {activity}"));
    let message = message(presence).unwrap_or_default();
    let is_away = presence.is_out_of_office() == Some(true);
    let away = if is_away { "  out of office" } else { "" };
    let line = format!("{dot} {pair:<26}  {message}{away}");
    line.trim_end().to_owned()
}

/// The status message with its end, in local time.
fn message(presence: &Presence) -> Option<String> {
    let message = presence.status_message.as_ref()?;
    let text = plain(message.text()?);
    let end = message.expiry_date_time.as_ref();
    let end = end.and_then(|end| end.to_system_time().ok());
    Some(format!("\"{text}\"{}", until(end)))
}

/// A text of somebody else without what a terminal obeys.
pub fn plain(text: &str) -> String {
    let is_obeyed =
        |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.replace(is_obeyed, " ")
}

/// " until" an end as the clock on the wall shows it, with the date if it is not today.
pub fn until(end: Option<SystemTime>) -> String {
    let Some(end) = end else {
        return String::new();
    };
    let Ok(end) = Zoned::try_from(end) else {
        return " until a time beyond the year 9999".to_owned();
    };
    let is_today = end.date() == Zoned::now().date();
    let format = if is_today { "%H:%M" } else { "%Y-%m-%d %H:%M" };
    format!(" until {}", end.strftime(format))
}

/// A time for programs.
pub fn instant(time: Option<SystemTime>) -> Option<String> {
    Some(Timestamp::try_from(time?).ok()?.to_string())
}
