//! The commands, from arguments to requests and output.

use crate::arguments::{Arguments, Command, Options, Pace};
use crate::failure::{Failure, Kind, of_file};
use crate::output::{Output, instant, local, print};
use crate::sign_in::{Way, login, logout};
use crate::values::{Member, board};
use crate::{hold, watch};
use clap::CommandFactory;
use msgraph_presence::{BoxError, PreferredPresence, Presence, StatusMessage, UserId};
use serde_json::json;
use std::path::Path;
use std::time::{Duration, SystemTime};

pub async fn run(arguments: Arguments, output: Output) -> Result<(), BoxError> {
    let Arguments { command, options } = arguments;
    match command {
        Command::Login { device: true, .. } => login(&options, Way::Device, output).await,
        Command::Login {
            no_browser: true, ..
        } => login(&options, Way::Address, output).await,
        Command::Login { .. } => login(&options, Way::Browser, output).await,
        Command::Logout => logout(&options, output).await,
        Command::Get { users } => get(&options, users, output).await,
        Command::Watch { users, pace } => {
            let at = options.connect(members(&users), output).await?;
            let builder = match users.is_empty() {
                true => at.client.watch().me(),
                false => at.client.watch().users(users),
            };
            let builder = builder.every(interval(&options, pace));
            watch::lines(builder.with_status_message().start(), &at, output).await
        }
        Command::Board { file, pace } => {
            let team = file.map(|path| read_board(&path)).transpose()?;
            let at = options.connect(team.unwrap_or_default(), output).await?;
            let ids = at.team.iter().map(|member| member.id);
            let builder = at.client.watch().users(ids).every(interval(&options, pace));
            let changes = builder.with_status_message().start();
            match output.is_terminal && !output.json {
                true => watch::table(changes, &at, output).await,
                false => watch::lines(changes, &at, output).await,
            }
        }
        Command::Message {
            text,
            lasting,
            until,
            ..
        } => {
            let end = lasting.and_then(|time| SystemTime::now().checked_add(time));
            message(&options, text, end.or(until), output).await
        }
        Command::Prefer {
            presence, lasting, ..
        } => prefer(&options, presence, lasting, output).await,
        Command::Hold {
            presence,
            lasting,
            message,
        } => {
            let at = options.connect(Vec::new(), output).await?;
            let builder = at.client.me().presence().hold(presence);
            let lasting = lasting.unwrap_or(presence.default_expiration_duration());
            let builder = builder.lasting(lasting);
            let builder = match message {
                Some(text) => builder.message(text),
                None => builder,
            };
            hold::run(&at.client, builder, options.place()?, output).await
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "presence", &mut script);
            Ok(print(&String::from_utf8_lossy(&script))?)
        }
    }
}

fn members(users: &[UserId]) -> Vec<Member> {
    users.iter().copied().map(Member::from).collect()
}

fn read_board(path: &Path) -> Result<Vec<Member>, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| of_file(path, error))?;
    board(&text).map_err(|error| Failure(Kind::Usage, format!("{}: {error}", path.display())))
}

fn interval(options: &Options, pace: Pace) -> Duration {
    let usual = if options.is_demo() { 200 } else { 30_000 };
    pace.every.unwrap_or(Duration::from_millis(usual))
}

async fn get(options: &Options, users: Vec<UserId>, output: Output) -> Result<(), BoxError> {
    let at = options.connect(members(&users), output).await?;
    let print = |presence: &Presence, name: &str| {
        let line = format!("{name}{}", output.line(presence));
        output.tell("presence", json!({ "presence": presence }), &line)
    };
    if users.is_empty() {
        return Ok(print(&at.client.me().presence().get().await?, "")?);
    }
    if let [user] = users[..] {
        let presence = at.client.users(user).presence().get().await?;
        return Ok(print(&presence, &format!("{}  ", at.name(user)))?);
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
    let missing: Vec<_> = presences.missing.iter().map(|id| at.name(*id)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let text = format!("there is no such user: {}", missing.join(", "));
    Err(Failure(Kind::NotFound, text).into())
}

async fn message(
    options: &Options,
    text: Option<String>,
    end: Option<SystemTime>,
    output: Output,
) -> Result<(), BoxError> {
    let at = options.connect(Vec::new(), output).await?;
    let line = match (&text, end) {
        (None, _) => "The message is removed.".to_owned(),
        (_, None) => "The message is set.".to_owned(),
        (_, Some(end)) => format!("The message is set until {}.", local(end)),
    };
    let object = json!({ "message": text, "until": end.and_then(instant) });
    let message = text.map_or_else(StatusMessage::clear, StatusMessage::text);
    let message = match end {
        Some(end) => message.expires_at(end),
        None => message,
    };
    at.client
        .me()
        .presence()
        .set_status_message(message)
        .await?;
    Ok(output.tell("message", object, &line)?)
}

async fn prefer(
    options: &Options,
    preferred: Option<PreferredPresence>,
    lasting: Option<Duration>,
    output: Output,
) -> Result<(), BoxError> {
    let at = options.connect(Vec::new(), output).await?;
    let presence = at.client.me().presence();
    let Some(preferred) = preferred else {
        presence.clear_user_preferred_presence().await?;
        let object = json!({ "preferred": null, "until": null });
        return Ok(output.tell("preferred", object, "The preferred presence is cleared.")?);
    };
    let lasting = lasting.unwrap_or(preferred.default_expiration_duration());
    let request = presence.set_user_preferred_presence(preferred);
    request.expiration_duration(lasting).await?;
    let end = SystemTime::now() + lasting;
    let availability = preferred.availability();
    let line = format!("{availability} is preferred until {}.", local(end));
    let object = json!({ "preferred": availability.as_str(), "until": instant(end) });
    Ok(output.tell("preferred", object, &line)?)
}
