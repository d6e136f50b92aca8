//! A program tested with the emulator: a function, and its tests.
//!
//! ```console
//! $ cargo test -p msgraph-presence --example test_with_emulator
//! ```

use msgraph_presence::{Client, Error, PreferredPresence, UserId};
use msgraph_presence_emulator::{Emulator, Expected};
use std::time::Duration;

/// Sets the owner of a telephone to `Busy` when a call begins, for an hour at most.
async fn call_begins(client: &Client, owner: UserId) -> Result<(), Error> {
    client
        .users(owner)
        .presence()
        .set_user_preferred_presence(PreferredPresence::Busy)
        .expiration_duration(Duration::from_secs(3600))
        .await
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let graph = Emulator::start().await?;
    let ada = graph.add_user("Ada");
    let builder = Client::builder().base_url(graph.base_url());
    let client = builder.token(graph.application_token()).build()?;
    call_begins(&client, ada).await?;
    graph.received(Expected::post("/setUserPreferredPresence"))?;
    println!("The call was seen; the tests say more.");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use msgraph_presence::{Availability, ErrorKind};
    use msgraph_presence_emulator::{Fault, Token};

    fn client(graph: &Emulator) -> Client {
        let token = Token::application().expires_in(Duration::from_secs(86_400));
        let builder = Client::builder().base_url(graph.base_url());
        builder.token(graph.token(token)).build().unwrap()
    }

    /// The test advances the clock of the emulator instead of waiting for an hour.
    #[tokio::test]
    async fn the_owner_is_busy_for_an_hour() {
        let graph = Emulator::start().await.unwrap();
        let ada = graph.add_user("Ada");
        let client = client(&graph);
        call_begins(&client, ada).await.unwrap();
        graph.sign_in(ada);
        let shown = async || {
            let presence = client.users(ada).presence().get().await.unwrap();
            presence.availability.unwrap_or_default()
        };
        assert_eq!(shown().await, Availability::Busy);
        graph.advance(Duration::from_secs(3600));
        assert_ne!(shown().await, Availability::Busy);
    }

    /// The client retries; the program needs no code for it.
    #[tokio::test]
    async fn a_request_to_a_busy_service_is_retried() {
        let graph = Emulator::start().await.unwrap();
        let ada = graph.add_user("Ada");
        graph.inject(Fault::status(503).retry_after("0.01"));
        call_begins(&client(&graph), ada).await.unwrap();
        graph
            .received(Expected::post("/setUserPreferredPresence").times(2))
            .unwrap();
    }

    #[tokio::test]
    async fn an_owner_who_does_not_exist_is_an_error_of_the_service() {
        let graph = Emulator::start().await.unwrap();
        let gone = "00000000-0000-4000-8000-000000000000".parse().unwrap();
        let error = call_begins(&client(&graph), gone).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Service);
        assert!(error.is_not_found(), "{error}");
    }
}
