//! Focus time: do-not-disturb and a message for 25 minutes, taken back on Ctrl-C, or by the next start.
//!
//! ```console
//! $ GRAPH_TOKEN=eyJ0… cargo run -p msgraph-presence --example focus
//! ```
//!
//! While it runs, `focus.json` has what the next start takes back, should this one be killed; both
//! expire at the service as well. `GRAPH_BASE_URL` names another Graph than the global one, such as
//! an emulator. Without `GRAPH_TOKEN` an emulator is started, and the 25 minutes are a moment.

use msgraph_presence::{Client, PreferredPresence};
use msgraph_presence_emulator::Emulator;
use std::time::Duration;
use std::{env, fs};

const SAVED: &str = "focus.json";

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn std::error::Error>> {
    if let Ok(token) = env::var("GRAPH_TOKEN") {
        let mut builder = Client::builder().token(token);
        if let Ok(url) = env::var("GRAPH_BASE_URL") {
            builder = builder.base_url(url);
        }
        return focus(&builder.build()?, Duration::from_secs(25 * 60)).await;
    }
    let graph = Emulator::start().await?;
    let ada = graph.add_user("Ada");
    graph.sign_in(ada);
    let builder = Client::builder().base_url(graph.base_url());
    let client = builder.token(graph.token_for(ada)).build()?;
    focus(&client, Duration::from_secs(1)).await
}

/// Holds until the time is over or Ctrl-C is pressed.
async fn focus(client: &Client, time: Duration) -> Result<(), Box<dyn std::error::Error>> {
    if let Ok(saved) = fs::read(SAVED) {
        let mut hold = client.resume_hold(serde_json::from_slice(&saved)?);
        println!("An earlier start was killed. {:?}", hold.release().await?);
    }
    let hold = client.me().presence().hold(PreferredPresence::DoNotDisturb);
    let mut hold = hold.message("Focusing").lasting(time).prepare().await?;
    fs::write(SAVED, serde_json::to_vec(&hold)?)?;
    hold.start().await?;
    println!("{}", hold.effect(Duration::from_secs(2)).await?);
    tokio::select! {
        biased; // Ctrl-C is listened to before the line is printed.
        pressed = tokio::signal::ctrl_c() => pressed?,
        () = async {
            println!("Do not disturb; Ctrl-C ends it.");
            tokio::time::sleep(time).await;
        } => println!("The time is over."),
    }
    // Nothing keeps the program from ending: what is not released now is released by the next start.
    let released = tokio::time::timeout(Duration::from_secs(5), hold.release()).await??;
    println!("{released:?}");
    fs::remove_file(SAVED)?;
    Ok(())
}
