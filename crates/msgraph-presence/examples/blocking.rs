//! Requests without `async`: `send_blocking` sends a request on this thread.
//!
//! ```console
//! $ cargo run -p msgraph-presence --example blocking --features blocking
//! ```
//!
//! With `GRAPH_TOKEN` it reads your presence from Microsoft Graph. Otherwise it starts an emulator.

use msgraph_presence::{Client, PreferredPresence};
use msgraph_presence_emulator::Emulator;
use std::env;
use std::error::Error;
use std::time::Duration;

fn main() -> Result<(), Box<dyn Error>> {
    if let Ok(token) = env::var("GRAPH_TOKEN") {
        let me = Client::new(token)?.me().presence().get().send_blocking()?;
        println!("{:?}", me.into_value());
        return Ok(());
    }
    // The emulator runs on the threads of this runtime; `main` runs on another thread.
    let runtime = tokio::runtime::Runtime::new()?;
    let graph = runtime.block_on(Emulator::start())?;
    let ada = graph.add_user("Ada");
    graph.sign_in(ada);
    let builder = Client::builder().base_url(graph.base_url());
    let client = builder.token(graph.token_for(ada)).build()?;

    let me = client.me().presence().get().send_blocking()?.into_value();
    let user = me.user_id()?;
    println!("{}", me.availability.unwrap_or_default());
    let presence = client.users(user).presence();
    presence
        .set_user_preferred_presence(PreferredPresence::BeRightBack)
        .expiration_duration(Duration::from_secs(600))
        .send_blocking()?;
    let me = client.me().presence().get().send_blocking()?.into_value();
    println!("{}", me.availability.unwrap_or_default());
    Ok(())
}
