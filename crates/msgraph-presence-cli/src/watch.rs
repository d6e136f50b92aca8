//! Changes as they come: a line each, or a table that is drawn again.

use crate::connection::Connection;
use crate::failure::{Kind, kind};
use crate::output::{Output, instant, local, print};
use jiff::Zoned;
use msgraph_presence::{BoxError, Watch, WatchEvent, WatchHandle, WatchedUser};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// Prints every change, until nothing is left to watch or a person has to sign in.
pub async fn lines(mut watch: Watch, at: &Connection, output: Output) -> Result<(), BoxError> {
    let mut last = None;
    while let Some(event) = watch.next().await {
        let (name, users, mut object, text) = match &event {
            WatchEvent::Changed { user, now, .. } => {
                let object = json!({ "presence": &**now });
                ("changed", vec![*user], object, output.line(now))
            }
            WatchEvent::Stale {
                users,
                since,
                error,
                ..
            } => {
                let object = json!({ "since": instant(*since), "error": error.to_string() });
                let text = format!("? as of {}: {error}", local(*since));
                ("stale", users.clone(), object, text)
            }
            WatchEvent::Gone { user, error, .. } => {
                let object = json!({ "error": error.to_string() });
                ("gone", vec![*user], object, format!("? {error}"))
            }
            WatchEvent::Fresh { users, .. } => (
                "fresh",
                users.clone(),
                json!({}),
                "is read again".to_owned(),
            ),
            _ => continue,
        };
        let name_of = |user: &WatchedUser| match user {
            WatchedUser::Me(_) => "you".to_owned(),
            WatchedUser::User(id) => at.name(*id),
        };
        let names: Vec<_> = users.iter().map(name_of).collect();
        let ids = users.iter().map(|user| user.id().map(|id| id.to_string()));
        object["users"] = ids.collect();
        let clock = Zoned::now().strftime("%H:%M:%S");
        output.tell(
            name,
            object,
            &format!("{clock}  {}  {text}", names.join(", ")),
        )?;
        if let Some(error) = failure(event) {
            if kind(&*error) == Kind::SignInRequired {
                return Err(error.into());
            }
            last = Some(error);
        }
    }
    last.map_or(Ok(()), |error| Err(error.into()))
}

fn failure(event: WatchEvent) -> Option<Arc<msgraph_presence::Error>> {
    match event {
        WatchEvent::Stale { error, .. } | WatchEvent::Gone { error, .. } => Some(error),
        _ => None,
    }
}

/// Draws the table again whenever something has changed.
pub async fn table(mut watch: Watch, at: &Connection, output: Output) -> Result<(), BoxError> {
    let handle = watch.handle();
    let mut last = None;
    while let Some(mut event) = watch.next().await {
        // The events of one response are drawn together.
        loop {
            last = failure(event).or(last);
            match timeout(Duration::from_millis(20), watch.next()).await {
                Ok(Some(next)) => event = next,
                _ => break,
            }
        }
        draw(&handle, at, output)?;
        if let Some(error) = last.take_if(|error| kind(&**error) == Kind::SignInRequired) {
            return Err(error.into());
        }
    }
    last.map_or(Ok(()), |error| Err(error.into()))
}

fn draw(handle: &WatchHandle, at: &Connection, output: Output) -> std::io::Result<()> {
    let mut board = "\x1b[H\x1b[2J".to_owned();
    let names: Vec<_> = at.team.iter().map(|user| at.name(user.id)).collect();
    let width = names.iter().map(|name| name.chars().count()).max();
    let width = width.unwrap_or_default();
    for (user, name) in at.team.iter().zip(&names) {
        let known = handle.user(user.id);
        let presence = known.as_ref().and_then(|known| known.presence.as_ref());
        let line = presence.map_or("?".to_owned(), |presence| output.line(presence));
        let stale = known.is_some_and(|known| known.error.is_some());
        let stale = if stale { "  (not read any more)" } else { "" };
        board += &format!("{name:<width$}  {line}{stale}\n");
    }
    print(&board)
}
