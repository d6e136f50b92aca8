//! Focus time: do-not-disturb and a message for 25 minutes, undone on Ctrl-C.
//!
//! ```console
//! $ GRAPH_TOKEN=eyJ0… cargo run -p msgraph-presence --example focus
//! ```
//!
//! Both expire at the service by themselves, should the program crash. The message of before
//! comes back; a preferred presence of before does not, for the service does not tell it.
//! Without `GRAPH_TOKEN` the emulator is used, and the 25 minutes are a moment.

use msgraph_presence::{Client, PreferredPresence, StatusMessage};
use msgraph_presence_emulator::Emulator;
use std::env;
use std::time::Duration;

const FOCUS: Duration = Duration::from_secs(25 * 60);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    if let Ok(token) = env::var("GRAPH_TOKEN") {
        return focus(&Client::new(token)?, FOCUS).await;
    }
    let graph = Emulator::start().await?;
    let ada = graph.add_user("Ada");
    graph.sign_in(ada);
    let builder = Client::builder().base_url(graph.base_url());
    let client = builder.token(graph.token_for(ada)).build()?;
    focus(&client, Duration::from_millis(300)).await
}

/// Sets both, waits for the end of the time or of the patience, and undoes both, whatever
/// has happened.
async fn focus(client: &Client, time: Duration) -> Result<(), Box<dyn std::error::Error>> {
    let before = client.me().presence().get().await?;
    // What cannot be brought back is found out before it is replaced.
    let message = match before.status_message {
        Some(message) => message.try_into()?,
        None => StatusMessage::clear(),
    };
    let presence = client.me().presence();
    presence
        .set_user_preferred_presence(PreferredPresence::DoNotDisturb)
        .expiration_duration(FOCUS)
        .await?;
    let waited = wait(client, time).await;

    // Each is undone even if the other fails, and nothing keeps the program from ending.
    let undone = async {
        let message = presence.set_status_message(message).await;
        (message, presence.clear_user_preferred_presence().await)
    };
    let undone = tokio::time::timeout(Duration::from_secs(3), undone).await;
    waited?;
    let (message, preference) = undone?;
    message.and(preference)?;
    println!("Undone.");
    Ok(())
}

/// Says why, until the time is over or Ctrl-C is pressed.
async fn wait(client: &Client, time: Duration) -> Result<(), Box<dyn std::error::Error>> {
    let message = StatusMessage::text("Focusing").expires_in(FOCUS);
    client.me().presence().set_status_message(message).await?;
    println!("Do not disturb for 25 minutes; Ctrl-C ends it.");
    tokio::select! {
        () = tokio::time::sleep(time) => println!("The time is over."),
        pressed = tokio::signal::ctrl_c() => pressed?,
    }
    Ok(())
}
