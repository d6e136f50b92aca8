//! Values of arguments and of a board's file, checked before anything is sent.

use jiff::civil::{DateTime, Time};
use jiff::{Span, SpanRelativeTo, ToSpan, Zoned};
use msgraph_presence::{PreferredPresence, UserId};
use std::time::{Duration, SystemTime};

/// The names of preferred presences, in the order of `PreferredPresence::ALL`.
pub const PREFERRED: [&str; 6] = ["available", "busy", "dnd", "brb", "away", "offline"];

/// The preferred presence of one of these names.
pub fn preferred(name: String) -> Result<PreferredPresence, &'static str> {
    let mut named = PREFERRED.iter().zip(PreferredPresence::ALL);
    let found = named.find(|(it, _)| **it == name);
    found.map(|(_, preferred)| *preferred).ok_or("unknown")
}

/// Reads `25m`, `1h30m`, `2d` or `PT8H`.
pub fn duration(text: &str) -> Result<Duration, &'static str> {
    let days = SpanRelativeTo::days_are_24_hours();
    let span = text.parse::<Span>().ok();
    let time = span.and_then(|span| span.to_duration(days).ok());
    let time = time.and_then(|time| Duration::try_from(time).ok());
    let time = time.filter(|time| !time.is_zero());
    time.ok_or("write a time like 25m, 8h, 1h30m or 2d")
}

/// Reads `17:00`, the next one by the clock of this machine, or `2026-12-01T09:00`.
pub fn until(text: &str) -> Result<SystemTime, String> {
    let now = Zoned::now();
    let at = |time: Time, day: &Zoned| day.with().time(time).build();
    let end = match (text.parse::<Time>(), text.parse::<DateTime>()) {
        (_, Ok(end)) => end.to_zoned(now.time_zone().clone()),
        (Err(_), Err(_)) => return Err("write a time like 17:00 or 2026-12-01T09:00".to_owned()),
        (Ok(time), _) => match at(time, &now) {
            Ok(end) if end <= now => now.checked_add(1.day()).and_then(|day| at(time, &day)),
            end => end,
        },
    };
    match end {
        Ok(end) if end <= now => Err("it is in the past".to_owned()),
        Ok(end) => Ok(end.into()),
        Err(error) => Err(error.to_string()),
    }
}

/// Reads a text that is not empty.
pub fn text(text: &str) -> Result<String, &'static str> {
    let is_empty = text.trim().is_empty();
    (!is_empty).then(|| text.to_owned()).ok_or("it is empty")
}

/// Reads the root of a running emulator, with or without the version of Graph. It is empty for the
/// emulator within the command.
pub fn origin(text: &str) -> Result<String, &'static str> {
    let root = text.trim_end_matches('/').trim_end_matches("/v1.0");
    let is_url = ["http://", "https://"]
        .iter()
        .any(|it| root.starts_with(it));
    let root = (root.is_empty() || is_url).then(|| root.to_owned());
    root.ok_or("write it like --emulator=http://127.0.0.1:8080")
}

/// A user, with a name if there is one.
#[derive(Clone)]
pub struct Member {
    pub id: UserId,
    pub name: Option<String>,
}

impl From<UserId> for Member {
    fn from(id: UserId) -> Self {
        Self { id, name: None }
    }
}

/// Reads a board: a user a line, the id and a name.
pub fn board(text: &str) -> Result<Vec<Member>, String> {
    let mut members = Vec::new();
    for (line, number) in text.trim_start_matches('\u{feff}').lines().zip(1..) {
        let line = line.split('#').next().unwrap_or_default().trim();
        let (id, name) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        if !id.is_empty() {
            let id = id
                .parse()
                .map_err(|error| format!("line {number}: {error}"))?;
            let name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
            members.push(Member { id, name });
        }
    }
    let is_any = !members.is_empty();
    let help = "it names nobody: write an object id and a name on each line";
    is_any.then_some(members).ok_or_else(|| help.to_owned())
}
