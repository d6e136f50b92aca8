//! Changes as they come: a line each, or a table that is drawn again.

use crate::arguments::Options;
use crate::output::{line, plain, print};
use futures_util::StreamExt;
use jiff::Zoned;
use msgraph_presence::{BoxError, Error, FailureKind, WatchEvent, WatchHandle, WatchedUser};
use msgraph_presence_emulator::User;
use std::io::{self, IsTerminal};
use std::{sync::Arc, time::Duration};

/// Prints every change, until nothing is left to watch or a person has to sign in.
pub async fn watch(options: &Options, users: Vec<User>, is_board: bool) -> Result<(), BoxError> {
    let (watch, is_me) = (options.connect().await?.watch(), users.is_empty());
    let ids = users.iter().map(User::user_id);
    let watch = if is_me { watch.me() } else { watch.users(ids) };
    let usual = if options.demo.is_some() { 200 } else { 30_000 };
    let watch = watch.every(options.every.unwrap_or(Duration::from_millis(usual)));
    let watch = watch.with_status_message().start();
    let is_table = is_board && io::stdout().is_terminal() && !options.json;
    let (handle, mut responses) = (watch.handle(), watch.ready_chunks(1000));
    let is_over = |error: &Arc<Error>| FailureKind::of(&**error) == FailureKind::SignInRequired;
    let mut last = None;
    while !last.as_ref().is_some_and(is_over)
        && let Some(events) = responses.next().await
    {
        if is_table {
            draw(&handle, &users)?;
        }
        for event in events {
            if !is_table {
                print_event(&event, &users, options)?;
            }
            last = event.error().cloned().or(last);
        }
    }
    last.map_or(Ok(()), |error| Err(error.into()))
}

fn print_event(event: &WatchEvent, users: &[User], options: &Options) -> io::Result<()> {
    let named = |id| users.iter().find(|user| user.user_id() == id);
    let name = |user: &WatchedUser| user.id().and_then(named).map_or("you", User::user_name);
    let names = event.users().iter().map(name).collect::<Vec<_>>();
    let names = plain(&names.join(", "));
    let text = event.presence().map_or_else(|| format!("? {event}"), line);
    let clock = Zoned::now().strftime("%H:%M:%S");
    options.tell(event, format!("{clock}  {names}  {text}"))
}

fn draw(handle: &WatchHandle, users: &[User]) -> io::Result<()> {
    let names = users.iter().map(User::user_name);
    let width = names.map(|name| name.chars().count()).max().unwrap_or(0);
    let mut board = "\x1b[H\x1b[2J".to_owned();
    for user in users {
        let known = handle.user(user.user_id());
        let presence = known.as_ref().and_then(|known| known.presence.as_deref());
        let line = presence.map_or_else(|| "?".to_owned(), line);
        let is_stale = known.is_some_and(|known| known.error.is_some());
        let stale = if is_stale { "  (stale)" } else { "" };
        board += &format!("{:<width$}  {line}{stale}\n", plain(user.user_name()));
    }
    print(&board)
}
