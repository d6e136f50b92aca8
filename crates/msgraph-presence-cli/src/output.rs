//! The output: lines for people, JSON objects for programs.

use crate::arguments::Options;
use jiff::{Timestamp, Zoned, tz::TimeZone};
use msgraph_presence::{Activity, Availability, Presence};
use serde::Serialize;
use serde_json::json;
use std::io::{self, IsTerminal, Write};

impl Options {
    /// Prints an event: the object with its time, or the line.
    pub fn tell(&self, event: impl Serialize, line: impl std::fmt::Display) -> io::Result<()> {
        if !self.json {
            return print(&format!("{line}\n"));
        }
        let mut object = serde_json::to_value(event)?;
        object["time"] = json!(Timestamp::now());
        print(&format!("{object}\n"))
    }
}

/// Prints a text as it is.
pub fn print(text: &str) -> io::Result<()> {
    io::stdout().write_all(text.as_bytes())?;
    io::stdout().flush()
}

/// A coloured dot, the pair, the message and what else a person looks for.
pub fn line(presence: &Presence) -> String {
    use Availability::*;
    let is_allowed = std::env::var_os("NO_COLOR").is_none_or(|it| it.is_empty());
    let is_coloured = is_allowed && io::stdout().is_terminal();
    // A value that is not known has no colour of its own.
    let colour = match (presence.availability.as_ref(), presence.activity.as_ref()) {
        (_, Some(Activity::OutOfOffice)) => "35",
        (Some(Available | AvailableIdle), _) => "32",
        (Some(Busy | BusyIdle | DoNotDisturb | Focusing), _) => "31",
        (Some(Away | BeRightBack), _) => "33",
        _ => "90",
    };
    let dot = format!("\x1b[{colour}m●\x1b[0m");
    let dot = if is_coloured { &*dot } else { "●" };
    let pair = plain(&presence.to_string());
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
    let end = end.and_then(|end| end.to_timestamp().ok());
    Some(format!("\"{text}\"{}", until(end)))
}

/// The characters that change the direction of a text.
const BIDI: &str = "\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";

/// Removes the characters that control a terminal from a text of another user.
pub fn plain(text: &str) -> String {
    text.replace(|c: char| c.is_control() || BIDI.contains(c), " ")
}

/// " until" an end in local time, with seconds if it is soon, with the date if it is not today.
pub fn until(end: Option<Timestamp>) -> String {
    end.map_or_else(String::new, |end| {
        let end = end.to_zoned(TimeZone::system());
        let format = match end.duration_since(&Zoned::now()).as_secs() {
            -120..120 => "%H:%M:%S",
            _ if end.date() == Zoned::now().date() => "%H:%M",
            _ => "%Y-%m-%d %H:%M",
        };
        format!(" until {}", end.strftime(format))
    })
}
