//! A busy light in the terminal: a coloured line whenever the presence changes.
//!
//! ```console
//! $ cargo run -p msgraph-presence --example busylight
//! ```
//!
//! With `GRAPH_TOKEN` it watches you until the token ends, which is after an hour or so (the
//! example `device_code` gets fresh ones). Without, the emulator plays a day in a few seconds, with
//! an outage of the service in it.

use msgraph_presence::{
    Activity, Availability, Client, PreferredPresence, Presence, UserId, WatchEvent,
};
use msgraph_presence_emulator::{Emulator, Fault, Session};
use std::env;
use std::time::Duration;
use tokio::time::sleep;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    if let Ok(token) = env::var("GRAPH_TOKEN") {
        watch(&Client::new(token)?, Duration::from_secs(30)).await;
        return Ok(());
    }
    let graph = Emulator::start().await?;
    let ada = graph.add_user("Ada");
    let client = Client::builder()
        .base_url(graph.base_url())
        .token(graph.token_for(ada))
        .build()?;
    tokio::select! {
        () = watch(&client, Duration::from_millis(50)) => Ok(()),
        played = play_a_day(&graph, &client, ada) => played,
    }
}

/// Prints every change, until the token ends.
async fn watch(client: &Client, every: Duration) {
    let mut changes = client.watch().me().every(every).start();
    while let Some(event) = changes.next().await {
        match event {
            WatchEvent::Changed { now, .. } => println!("{}", line(&now)),
            WatchEvent::Stale { error, .. } | WatchEvent::Gone { error, .. } => {
                println!("? {error}");
                if error.is_unauthorized() {
                    return;
                }
            }
            _ => println!("the service responds again"),
        }
    }
}

/// A coloured dot and the pair; a value that is not known has no colour of its own.
fn line(presence: &Presence) -> String {
    let availability = presence.availability.clone().unwrap_or_default();
    let activity = presence.activity.clone().unwrap_or_default();
    let colour = match (&availability, &activity) {
        (_, Activity::OutOfOffice) => "35",
        (Availability::Available | Availability::AvailableIdle, _) => "32",
        (Availability::Busy | Availability::BusyIdle, _) => "31",
        (Availability::DoNotDisturb | Availability::Focusing, _) => "1;31",
        (Availability::Away | Availability::BeRightBack, _) => "33",
        _ => "90",
    };
    format!("\x1b[{colour}m●\x1b[0m {availability}, {activity}")
}

/// Lets the emulator go through a day, slowly enough for the light to follow.
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
