//! The commands, from arguments to requests and output.

use crate::arguments::{self, Arguments, Command, Message, Options, Prefer};
use crate::output::{line, plain, print, until};
use crate::watch::watch;
use clap::CommandFactory;
use jiff::Timestamp;
use msgraph_presence::{BoxError, FailureKind, Hold, HoldFile, Presence, StatusMessage, UserId};
use msgraph_presence_emulator::User;
use serde_json::json;
use std::{process::exit, time::Duration};
use tokio::{select, sync::mpsc::channel};

pub async fn run(arguments: Arguments) -> Result<(), BoxError> {
    let mut options = arguments.options;
    let team = match &arguments.command {
        Command::Get { users } | Command::Watch { users } => users.clone(),
        Command::Board { team } => team.clone().unwrap_or_default(),
        _ => Vec::new(),
    };
    let _emulator = options.start_emulator(team).await?;
    let (options, demo) = (&options, || User::demo().into());
    match arguments.command {
        Command::Login { device, no_browser } => login(options, device, no_browser).await,
        Command::Logout => logout(options).await,
        Command::Get { users } => get(options, users).await,
        Command::Watch { users } => watch(options, users, false).await,
        Command::Board { team } => watch(options, team.unwrap_or_else(demo), true).await,
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

async fn login(options: &Options, device: bool, no_browser: bool) -> Result<(), BoxError> {
    let account = if device {
        let pending = options.sign_in()?.device_code().await?;
        options.tell(pending.code(), pending.code())?;
        pending.await?
    } else {
        let options = options.clone();
        let browser = options.sign_in()?.browser().on_url(move |url| {
            let line = format!("Sign in in the browser of this machine, on this page:\n{url}");
            let _ = options.tell(json!({ "event": "browser", "url": url }), line);
        });
        if no_browser {
            browser.open_with(|_| Ok(())).await?
        } else {
            browser.await?
        }
    };
    options.tell(&account, plain(&account.to_string()))?;
    account.store_error().map_or(Ok(()), |it| Err(it.into()))
}

async fn logout(options: &Options) -> Result<(), BoxError> {
    // A hold that was killed is released while there is a token.
    let _ = options.connect().await;
    let removed = options.sign_in()?.sign_out().await?;
    let line = removed.then_some("Signed out: the tokens are removed.");
    let line = line.unwrap_or("Nobody was signed in.");
    Ok(options.tell(json!({ "event": "signedOut", "removed": removed }), line)?)
}

async fn get(options: &Options, users: Vec<User>) -> Result<(), BoxError> {
    let client = options.connect().await?;
    let print = |presence: &Presence, name: &str| {
        let line = format!("{name}{}", line(presence));
        options.tell(json!({ "event": "presence", "presence": presence }), line)
    };
    if users.is_empty() {
        return Ok(print(&client.me().presence().get().await?, "")?);
    }
    let presences = client.presences_of(users.iter().map(User::user_id)).await;
    for user in users {
        if let Some(presence) = presences.found.get(&user.user_id()) {
            print(presence, &format!("{}  ", plain(user.user_name())))?;
        }
    }
    let missing: Vec<_> = presences.missing.iter().map(UserId::to_string).collect();
    presences.into_result()?;
    if missing.is_empty() {
        return Ok(());
    }
    let text = format!("the tenant has no such user: {}", missing.join(", "));
    Err(FailureKind::NotFound.error(text))
}

async fn message(options: &Options, arguments: Message) -> Result<(), BoxError> {
    let me = options.connect().await?.me().presence();
    let (text, end) = (arguments.text, arguments.r#for.or(arguments.until));
    let done = if text.is_some() { "set" } else { "removed" };
    let event = json!({ "event": "message", "message": text, "until": end });
    let mut message = text.map_or_else(StatusMessage::clear, StatusMessage::text);
    if let Some(end) = end {
        message = message.expires_at(end);
    }
    me.set_status_message(message).await?;
    Ok(options.tell(event, format!("The message is {done}{}.", until(end)))?)
}

async fn prefer(options: &Options, arguments: Prefer) -> Result<(), BoxError> {
    let me = options.connect().await?.me().presence();
    let Some(preferred) = arguments.presence else {
        me.clear_user_preferred_presence().await?;
        let event = json!({ "event": "preferred", "preferred": null, "until": null });
        return Ok(options.tell(event, "The preferred presence is cleared.")?);
    };
    let usual = preferred.default_expiration_duration();
    let lasting = arguments.r#for.unwrap_or(usual);
    let end = Some(Timestamp::now().checked_add(lasting)?);
    let request = me.set_user_preferred_presence(preferred);
    request.expiration_duration(lasting).await?;
    let preferred = preferred.availability();
    let event = json!({ "event": "preferred", "preferred": preferred, "until": end });
    Ok(options.tell(event, format!("{preferred} is preferred{}.", until(end)))?)
}

/// Holds until the end or a signal, and releases. A second signal leaves that to the next start.
async fn hold(options: &Options, arguments: arguments::Hold) -> Result<(), BoxError> {
    let me = options.connect().await?.me().presence();
    let usual = arguments.presence.default_expiration_duration();
    let hold = me.hold(arguments.presence);
    let mut hold = hold.lasting(arguments.r#for.unwrap_or(usual));
    if let Some(text) = arguments.message {
        hold = hold.message(text);
    }
    let file = HoldFile::lock(options.hold_path()?)?;
    // Of Ctrl-C, of the system and of a terminal that closes.
    let (sender, mut signals) = channel(1);
    ctrlc::set_handler(move || sender.try_send(()).unwrap_or_else(|_| exit(1)))?;
    let held = file.hold(hold, async move |hold| {
        select! {
            biased;
            _ = signals.recv() => Ok(()),
            told = tell_hold(options, hold) => told,
        }
    });
    let (released, told) = held.await?;
    told?;
    Ok(options.tell(released, format!("Ended: {released}."))?)
}

/// Tells how the hold shows, and waits for its end.
async fn tell_hold(options: &Options, hold: &mut Hold) -> Result<(), BoxError> {
    let end = Timestamp::try_from(hold.expires_at()).ok();
    let preferred = hold.saved().preference().availability();
    let event = json!({ "event": "held", "preferred": preferred, "until": end });
    options.tell(event, format!("{preferred}{}; Ctrl-C ends it.", until(end)))?;
    // A read that fails is no end of a hold.
    if let Ok(effect) = hold.effect(Duration::from_secs(2)).await
        && let Some(hidden) = effect.hidden
    {
        let event = json!({ "event": "hidden", "reason": hidden.to_string() });
        options.tell(event, effect)?;
    }
    hold.expired().await;
    Ok(())
}
