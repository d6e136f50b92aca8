//! A busy light in the terminal: a coloured line whenever the light changes.
//!
//! ```console
//! $ GRAPH_TOKEN=eyJ0… cargo run -p msgraph-presence --example busylight
//! ```
//!
//! The program watches your presence until Ctrl-C. A token expires after about an hour, and the
//! light is dim from then on: the guide `tokens` shows providers that renew it. `GRAPH_BASE_URL`
//! is the base URL of another service, such as an emulator. Without `GRAPH_TOKEN` an emulator plays
//! a day in a few seconds, with an outage of the service.

use msgraph_presence::{
    Activity, Availability, Client, PreferredPresence, Presence, UserId, WatchBuilder, WatchEvent,
};
use msgraph_presence_emulator::{Emulator, Fault, Session};
use std::env;
use std::time::Duration;
use tokio::time::sleep;

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn std::error::Error>> {
    if let Ok(token) = env::var("GRAPH_TOKEN") {
        let mut builder = Client::builder().token(token);
        if let Ok(url) = env::var("GRAPH_BASE_URL") {
            builder = builder.base_url(url);
        }
        let watch = builder.build()?.watch().me();
        run(watch.settle(Duration::from_secs(10)), show).await;
        return Ok(());
    }
    let graph = Emulator::start().await?;
    let ada = graph.add_user("Ada");
    let builder = Client::builder().base_url(graph.base_url());
    let client = builder.token(graph.token_for(ada)).build()?;
    tokio::select! {
        () = run(client.watch().me().every(Duration::from_millis(50)), show) => Ok(()),
        played = play_a_day(&graph, &client, ada) => played,
    }
}

/// The program of the guide `busy_light`.
pub(crate) async fn run(watch: WatchBuilder, mut light: impl FnMut(&str)) {
    let mut changes = watch.start();
    while let Some(event) = changes.next().await {
        match event {
            WatchEvent::Changed { now, .. } => light(colour(&now)),
            WatchEvent::Stale { error, .. } => {
                eprintln!("{error}");
                light("dim");
            }
            WatchEvent::Fresh { presences, .. } => {
                light(presences.first().map_or("off", |now| colour(now)));
            }
            WatchEvent::Gone { error, .. } => {
                eprintln!("{error}");
                light("off");
            }
            _ => {}
        }
    }
}

/// A value that this program does not know has no colour of its own.
fn colour(presence: &Presence) -> &'static str {
    use Availability::*;
    match (presence.availability.as_ref(), presence.activity.as_ref()) {
        (_, Some(Activity::OutOfOffice)) => "purple",
        (Some(Available | AvailableIdle), _) => "green",
        (Some(Busy | BusyIdle | DoNotDisturb | Focusing), _) => "red",
        (Some(Away | BeRightBack), _) => "yellow",
        _ => "white",
    }
}

/// Prints a coloured dot.
fn show(colour: &str) {
    let code = match colour {
        "purple" => 35,
        "green" => 32,
        "red" => 31,
        "yellow" => 33,
        "white" => 37,
        _ => 90,
    };
    println!("\x1b[{code}m●\x1b[0m {colour}");
}

/// Changes the presence of a user as in a day, slowly enough for the watch to see each change.
async fn play_a_day(
    graph: &Emulator,
    client: &Client,
    ada: UserId,
) -> Result<(), Box<dyn std::error::Error>> {
    let pause = || sleep(Duration::from_millis(200));
    pause().await;
    graph.sign_in(ada);
    pause().await;
    let call = Session::new(Availability::Busy, Activity::InACall);
    let call = graph.sign_in_with(ada, call);
    pause().await;
    graph.inject(Fault::status(502).times(3));
    pause().await;
    graph.end_session(ada, call);
    pause().await;
    let presence = client.users(ada).presence();
    presence
        .set_user_preferred_presence(PreferredPresence::DoNotDisturb)
        .await?;
    pause().await;
    graph.sign_out(ada);
    pause().await;
    Ok(())
}
