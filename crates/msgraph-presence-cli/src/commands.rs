//! The commands, from arguments to requests and output.

use crate::Failure;
use crate::arguments::{self, Arguments, Command, Options};
use crate::connection::read_board;
use crate::output::{instant, line, plain, print, until};
use crate::watch::watch;
use clap::CommandFactory;
use msgraph_presence::sign_in::Store;
use msgraph_presence::{BoxError, FailureKind, Hold, HoldFile, Presence, StatusMessage, UserId};
use msgraph_presence_emulator::{Emulator, User};
use serde_json::json;
use std::time::{Duration, SystemTime};
use tokio::select;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

pub async fn run(arguments: Arguments) -> Result<(), BoxError> {
    let options = &arguments.options;
    match arguments.command {
        Command::Login { device, no_browser } => login(options, device, no_browser).await,
        Command::Logout => logout(options).await,
        Command::Get { users } => get(options, users).await,
        Command::Watch { users, every } => {
            let at = options.connect(named(&users)).await?;
            let builder = if users.is_empty() {
                at.client.watch().me()
            } else {
                at.client.watch().users(users)
            };
            watch(options, &at, builder, every, false).await
        }
        Command::Board { file, every } => {
            let team = file.map(|path| read_board(&path)).transpose()?;
            let at = options.connect(team.unwrap_or_default()).await?;
            let builder = at.client.watch().users(at.team.iter().map(User::user_id));
            watch(options, &at, builder, every, true).await
        }
        Command::Message(arguments) => message(options, arguments).await,
        Command::Prefer(arguments) => prefer(options, arguments).await,
        Command::Hold(arguments) => hold(options, arguments).await,
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "presence", &mut script);
            Ok(print(&String::from_utf8_lossy(&script))?)
        }
    }
}

fn named(users: &[UserId]) -> Vec<User> {
    let users = users.iter().map(|id| User::new(id.to_string()).id(*id));
    users.collect()
}

async fn login(options: &Options, device: bool, no_browser: bool) -> Result<(), BoxError> {
    let (mut sign_in, mut graph) = (options.sign_in()?, None);
    if options.is_demo() {
        let demo = graph.insert(Emulator::start().await?);
        drop(demo.demo(User::demo().into()));
        sign_in = sign_in.authority(demo.origin()).store(Store::memory());
    }
    let account = if device {
        let pending = sign_in.device_code().await?;
        options.tell(json!(pending.code()), pending.code())?;
        pending.await?
    } else {
        let options = options.clone();
        let browser = sign_in.browser().on_url(move |url| {
            let line = format!("Sign in in the browser of this machine, on this page:\n{url}");
            let _ = options.tell(json!({ "event": "browser", "url": url }), line);
        });
        if no_browser {
            browser.open_with(|_| Ok(())).await?
        } else {
            browser.await?
        }
    };
    let object = json!({
        "event": "signedIn",
        "userName": account.user_name(),
        "storedIn": account.stored_in(),
        "missingScopes": account.missing_scopes(),
    });
    options.tell(object, plain(&account.to_string()))?;
    account
        .store_error()
        .map_or(Ok(()), |error| Err(error.into()))
}

async fn logout(options: &Options) -> Result<(), BoxError> {
    // A hold that was killed is given back while there is a token.
    if !options.is_demo() && options.sign_in()?.silent().await.is_ok() {
        options.connect(Vec::new()).await?;
    }
    let removed = options.sign_in()?.sign_out().await?;
    let line = if removed {
        "Signed out: the tokens are removed."
    } else {
        "Nobody was signed in."
    };
    Ok(options.tell(json!({ "event": "signedOut", "removed": removed }), line)?)
}

async fn get(options: &Options, users: Vec<UserId>) -> Result<(), BoxError> {
    let at = options.connect(named(&users)).await?;
    let print = |presence: &Presence, name: &str| {
        let line = format!("{name}{}", line(presence));
        options.tell(json!({ "event": "presence", "presence": presence }), line)
    };
    if users.is_empty() {
        return Ok(print(&at.client.me().presence().get().await?, "")?);
    }
    let presences = at.client.presences_of(users.iter().copied()).await;
    for user in users {
        if let Some(presence) = presences.found.get(&user) {
            print(presence, &format!("{}  ", at.name(user)))?;
        }
    }
    if let Some(failed) = presences.failed.into_iter().next() {
        return Err(failed.error.into());
    }
    if presences.missing.is_empty() {
        return Ok(());
    }
    let missing: Vec<_> = presences.missing.iter().map(UserId::to_string).collect();
    let text = format!("the tenant has no such user: {}", missing.join(", "));
    Err(Failure(FailureKind::NotFound, text).into())
}

async fn message(options: &Options, arguments: arguments::Message) -> Result<(), BoxError> {
    let me = options.connect(Vec::new()).await?.client.me();
    let end = arguments
        .r#for
        .and_then(|time| SystemTime::now().checked_add(time));
    let end = end.or(arguments.until);
    let text = arguments.text;
    let done = if text.is_some() { "set" } else { "removed" };
    let object = json!({ "event": "message", "message": text, "until": instant(end) });
    let mut message = text.map_or_else(StatusMessage::clear, StatusMessage::text);
    if let Some(end) = end {
        message = message.expires_at(end);
    }
    me.presence().set_status_message(message).await?;
    Ok(options.tell(object, format!("The message is {done}{}.", until(end)))?)
}

async fn prefer(options: &Options, arguments: arguments::Prefer) -> Result<(), BoxError> {
    let me = options.connect(Vec::new()).await?.client.me().presence();
    let Some(preferred) = arguments.presence else {
        me.clear_user_preferred_presence().await?;
        let object = json!({ "event": "preferred", "preferred": null, "until": null });
        return Ok(options.tell(object, "The preferred presence is cleared.")?);
    };
    let usual = preferred.default_expiration_duration();
    let lasting = arguments.r#for.unwrap_or(usual);
    let request = me.set_user_preferred_presence(preferred);
    request.expiration_duration(lasting).await?;
    let end = SystemTime::now().checked_add(lasting);
    let preferred = preferred.availability();
    let line = format!("{preferred} is preferred{}.", until(end));
    let object = json!({ "event": "preferred", "preferred": preferred, "until": instant(end) });
    Ok(options.tell(object, line)?)
}

/// Holds until the end or a signal, and gives back.
async fn hold(options: &Options, arguments: arguments::Hold) -> Result<(), BoxError> {
    let client = options.connect(Vec::new()).await?.client;
    let preferred = arguments.presence;
    let usual = preferred.default_expiration_duration();
    let lasting = arguments.r#for.unwrap_or(usual);
    let mut builder = client.me().presence().hold(preferred).lasting(lasting);
    if let Some(text) = arguments.message {
        builder = builder.message(text);
    }
    let file = options.hold_path()?.map(HoldFile::lock).transpose()?;
    if let Some(file) = &file {
        options.give_back(file, &client).await?;
    }
    let mut signals = signals()?;
    let mut hold = builder.prepare().await?;
    if let Some(file) = &file {
        file.save(hold.saved())?;
    }
    let held = select! {
        biased;
        _ = signals.recv() => Ok(()),
        held = held(options, &mut hold) => held,
    };
    let released = select! {
        biased;
        _ = signals.recv() => return Err("the next start of `presence` gives the hold back".into()),
        released = hold.release() => released.map_err(|error| {
            let text = format!("the next start of `presence` tries again: {error}");
            Failure(FailureKind::of(&error), text)
        })?,
    };
    file.map_or(Ok(()), |file| file.remove())?;
    held?;
    Ok(options.tell(json!(released), format!("Ended: {released}."))?)
}

/// Starts the hold, tells how it shows, and waits for its end.
async fn held(options: &Options, hold: &mut Hold) -> Result<(), BoxError> {
    hold.start().await?;
    let end = Some(hold.expires_at());
    let preferred = hold.saved().preference().availability();
    let line = format!("{preferred}{}; Ctrl-C ends it.", until(end));
    let object = json!({ "event": "held", "preferred": preferred, "until": instant(end) });
    options.tell(object, line)?;
    // A read that fails is no end of a hold.
    if let Ok(effect) = hold.effect(Duration::from_secs(2)).await
        && let Some(hidden) = effect.hidden
    {
        let object = json!({ "event": "hidden", "reason": hidden.to_string() });
        options.tell(object, effect)?;
    }
    hold.expired().await;
    Ok(())
}

/// The signals that end a hold, one after the other: of Ctrl-C, of the system and of a terminal that closes.
fn signals() -> Result<UnboundedReceiver<()>, ctrlc::Error> {
    let (sender, receiver) = unbounded_channel();
    ctrlc::set_handler(move || _ = sender.send(()))?;
    Ok(receiver)
}
