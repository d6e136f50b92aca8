//! A tour of this crate, against the emulator.
//!
//! ```console
//! $ cargo run -p msgraph-presence --example tour
//! ```
//!
//! With a token of your own it reads your presence from Microsoft Graph, and with
//! `GRAPH_TOUR_WRITES=yes` it also sets your presence:
//!
//! ```console
//! $ GRAPH_TOKEN=eyJ0… GRAPH_TOUR_WRITES=yes cargo run -p msgraph-presence --example tour
//! ```

use msgraph_presence::{Client, PreferredPresence, Presence, StatusMessage, UserId};
use msgraph_presence_emulator::{Emulator, Fault};
use std::env;
use std::error::Error;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    match env::var("GRAPH_TOKEN") {
        Ok(token) => real_service(Client::new(token)?).await,
        Err(_) => with_emulator().await,
    }
}

/// Ada and Grace, who exist only in the emulator, read and set presence.
async fn with_emulator() -> Result<(), Box<dyn Error>> {
    let nine = "2026-11-21T09:00:00Z".parse()?;
    let graph = Emulator::builder().clock(nine).start().await?;
    let ada = graph.add_user("Ada");
    let grace = graph.add_user("Grace");
    let client = |token| {
        let builder = Client::builder().base_url(graph.base_url());
        builder.token(token).build()
    };
    let as_ada = client(graph.token_for(ada))?;
    let as_grace = client(graph.token_for(grace))?;
    let clock = || println!("\n{}", graph.now().strftime("%H:%M"));

    println!("Ada and Grace work at Contoso, which exists only in this program.");

    clock();
    say("Nobody has opened Teams yet.");
    show("Ada", &as_ada.me().presence().get().await?);

    say("Ada sets do-not-disturb for 25 minutes. The service accepts it, and nothing shows:");
    say("a preferred presence takes effect only while there is a session.");
    let own = as_ada.users(ada).presence();
    own.set_user_preferred_presence(PreferredPresence::DoNotDisturb)
        .expiration_duration(25 * MINUTE)
        .await?;
    show("Ada", &as_ada.me().presence().get().await?);

    say("She signs in to Teams.");
    graph.sign_in(ada);
    show("Ada", &as_ada.me().presence().get().await?);

    say("She also sets a status message.");
    let until = graph.now() + 25 * MINUTE;
    let message = StatusMessage::text("Writing a tour").expires_at(until);
    own.set_status_message(message).await?;
    let presence = as_ada.me().presence().get().await?;
    show("Ada, as she sees herself", &presence);
    let presence = as_grace.users(ada).presence().get().await?;
    show("Ada, as Grace sees her", &presence);

    graph.advance(20 * MINUTE);
    clock();
    say("Grace reads it again, by another path and with one property only.");
    let presences = as_grace.communications().presences(ada);
    let presence = presences.get().select(["availability"]).await?;
    show("Ada", &presence);

    say("The service is busy. The client retries after the time in `Retry-After`.");
    graph.inject(Fault::status(503).retry_after("0.2").times(2));
    let response = as_grace.users(ada).presence().get().send().await?;
    let (status, attempts) = (response.status(), response.attempts());
    println!("      {status} after {attempts} attempts");

    graph.advance(6 * MINUTE);
    clock();
    say("The 25 minutes are over. Both have expired, and Ada is idle: she is away.");
    show("Ada", &as_ada.me().presence().get().await?);

    let application = client(graph.application_token())?;
    errors(&as_ada, &as_grace, &application, ada).await;
    let requests = graph.requests_received();
    println!("\n{requests} requests were sent. The end.");
    Ok(())
}

/// Calls that must fail: two are errors of the service, two are errors before anything is sent.
async fn errors(as_ada: &Client, as_grace: &Client, application: &Client, ada: UserId) {
    say("Four calls that fail, with their errors:");
    let presence = as_grace.users(ada).presence();
    refused(presence.set_status_message(StatusMessage::clear()).await);
    refused(application.me().presence().get().await);
    let presence = as_ada.users(ada).presence();
    let busy = presence.set_user_preferred_presence(PreferredPresence::Busy);
    refused(busy.expiration_duration(Duration::ZERO).await);
    refused("ada@contoso.com".parse::<UserId>());
}

/// Reads the presence of the token's user, and sets it if the environment allows that.
async fn real_service(client: Client) -> Result<(), Box<dyn Error>> {
    println!("Microsoft Graph, at {}", client.as_ref().base_url());
    let me = client.me().presence().get().await?;
    show("You", &me);
    if env::var("GRAPH_TOUR_WRITES").as_deref() != Ok("yes") {
        say("GRAPH_TOUR_WRITES=yes lets the tour set your presence, for five minutes.");
        return Ok(());
    }
    let presence = client.users(me.user_id()?).presence();
    say("A status message and do-not-disturb, both for five minutes.");
    let message = StatusMessage::text("On a tour of msgraph-presence");
    presence
        .set_status_message(message.expires_in(5 * MINUTE))
        .await?;
    presence
        .set_user_preferred_presence(PreferredPresence::DoNotDisturb)
        .expiration_duration(5 * MINUTE)
        .await?;
    show("You", &client.me().presence().get().await?);
    say("No change? A preferred presence shows only while Teams is open, and it can take minutes.");
    Ok(())
}

fn say(text: &str) {
    println!("    {text}");
}

/// Prints a presence on one line, and its status message on another.
fn show(who: &str, presence: &Presence) {
    let availability = presence.availability.as_ref().map(ToString::to_string);
    let activity = presence.activity.as_ref().map(ToString::to_string);
    let pair: Vec<_> = [availability, activity].into_iter().flatten().collect();
    println!("      {who}: {}", pair.join(", "));
    let Some(message) = &presence.status_message else {
        return;
    };
    let expiry = message.expiry_date_time.as_ref();
    let expiry = expiry.and_then(|expiry| expiry.date_time.as_deref());
    let expiry = expiry.map_or_else(String::new, |time| format!(", until {time}"));
    println!("      “{}”{expiry}", message.text().unwrap_or_default());
}

/// Prints the error of a call that must fail.
fn refused<T, E: Error>(result: Result<T, E>) {
    match result {
        Ok(_) => println!("    – unexpected success"),
        Err(error) => println!("    – {error}"),
    }
}
