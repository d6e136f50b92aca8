//! A transport of your own: this one counts attempts and gives fixed responses.
//!
//! ```console
//! $ cargo run -p msgraph-presence --example own_transport
//! ```
//!
//! Tokens, retries, limits and errors are the same with any transport.

use msgraph_presence::{Attempt, Body, BoxFuture, Client, Transport, TransportError};
use std::sync::atomic::{AtomicU32, Ordering};

/// Responds with status 503 to the first attempt, and with a presence to any other.
#[derive(Default)]
struct FixedResponses {
    attempts: AtomicU32,
}

impl Transport for FixedResponses {
    fn send(
        &self,
        attempt: Attempt,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let n = self.attempts.fetch_add(1, Ordering::Relaxed) + 1;
        // The URL is not printed: it may hold the id of a user.
        println!("attempt {n}: {}", attempt.method);
        let mut response = http::Response::new(Body::from(PRESENCE));
        if n == 1 {
            *response.status_mut() = http::StatusCode::SERVICE_UNAVAILABLE;
        }
        Box::pin(async { Ok(response) })
    }
}

const PRESENCE: &str = r#"{"id":"fa8bf3dc-eca7-46b7-bad1-db199b62afc3","availability":"Away"}"#;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let builder = Client::builder().token("secret");
    let client = builder.transport(FixedResponses::default()).build()?;
    let response = client.me().presence().get().send().await?;
    let availability = response.value().availability.as_ref();
    println!("{:?} after {} attempts", availability, response.attempts());
    Ok(())
}
