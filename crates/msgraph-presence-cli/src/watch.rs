//! Changes as they come: a line each, or a table that is drawn again.

use crate::arguments::Options;
use crate::connection::Connection;
use crate::output::{line, print};
use jiff::Zoned;
use msgraph_presence::{BoxError, FailureKind, WatchBuilder, WatchEvent, WatchHandle, WatchedUser};
use msgraph_presence_emulator::User;
use serde_json::json;
use std::io::{self, IsTerminal};
use std::time::Duration;
use tokio::time::sleep;

/// The events of one response are drawn together: they come within this time.
const TOGETHER: Duration = Duration::from_millis(20);

/// Prints every change, until nothing is left to watch or a person has to sign in.
pub async fn watch(
    options: &Options,
    at: &Connection,
    builder: WatchBuilder,
    every: Option<Duration>,
    is_board: bool,
) -> Result<(), BoxError> {
    let usual = if options.is_demo() { 200 } else { 30_000 };
    let builder = builder.every(every.unwrap_or(Duration::from_millis(usual)));
    let mut watch = builder.with_status_message().start();
    let is_table = is_board && io::stdout().is_terminal() && !options.json;
    let (mut is_old, mut last) = (false, None);
    loop {
        tokio::select! {
            biased;
            Some(event) = watch.next() => {
                if is_table {
                    is_old = true;
                } else {
                    print_event(&event, at, options)?;
                }
                last = event.error().cloned().or(last);
            }
            () = sleep(TOGETHER), if is_old => {
                draw(&watch.handle(), at)?;
                is_old = false;
            }
            else => break,
        }
        if let Some(error) = last
            .take_if(|error| !is_old && FailureKind::of(&**error) == FailureKind::SignInRequired)
        {
            return Err(error.into());
        }
    }
    last.map_or(Ok(()), |error| Err(error.into()))
}

fn print_event(event: &WatchEvent, at: &Connection, options: &Options) -> io::Result<()> {
    let names = event.users().iter().map(|user| match user {
        WatchedUser::Me(_) => "you".to_owned(),
        WatchedUser::User(id) => at.name(*id),
    });
    let names = names.collect::<Vec<_>>().join(", ");
    let text = event.presence().map_or_else(|| format!("? {event}"), line);
    let clock = Zoned::now().strftime("%H:%M:%S");
    options.tell(json!(event), format!("{clock}  {names}  {text}"))
}

fn draw(handle: &WatchHandle, at: &Connection) -> io::Result<()> {
    let names = at.team.iter().map(User::user_name);
    let width = names.map(|name| name.chars().count()).max().unwrap_or(0);
    let mut board = "\x1b[H\x1b[2J".to_owned();
    for user in &at.team {
        let known = handle.user(user.user_id());
        let presence = known.as_ref().and_then(|known| known.presence.as_deref());
        let line = presence.map_or_else(|| "?".to_owned(), line);
        let is_stale = known.is_some_and(|known| known.error.is_some());
        let stale = if is_stale {
            "  (not read any more)"
        } else {
            ""
        };
        board += &format!("{:<width$}  {line}{stale}\n", user.user_name());
    }
    print(&board)
}
