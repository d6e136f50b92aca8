//! A transport of one's own: here one that plays back a response, and counts.
//!
//! ```console
//! $ cargo run -p msgraph-presence --example own_transport
//! ```
//!
//! All rules of the client (tokens, retries, limits, errors) hold over any transport.

use msgraph_presence::Client;
use msgraph_presence::{Attempt, Body, BoxFuture, Transport, TransportError};
use std::sync::atomic::{AtomicU32, Ordering};

/// Refuses the first attempt as if the service were busy, and answers the second.
#[derive(Default)]
struct Playback {
    attempts: AtomicU32,
}

impl Transport for Playback {
    fn send(
        &self,
        attempt: Attempt,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let n = self.attempts.fetch_add(1, Ordering::Relaxed) + 1;
        // The URL is not printed: it may hold the id of a user.
        println!("attempt {n}: {}", attempt.method);
        let mut answer = http::Response::new(Body::from(PRESENCE));
        if n == 1 {
            *answer.status_mut() = http::StatusCode::SERVICE_UNAVAILABLE;
        }
        Box::pin(async { Ok(answer) })
    }
}

const PRESENCE: &str = r#"{"id":"fa8bf3dc-eca7-46b7-bad1-db199b62afc3","availability":"Away"}"#;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let builder = Client::builder().token("secret");
    let client = builder.transport(Playback::default()).build()?;
    let response = client.me().presence().get().send().await?;
    let availability = response.value().availability.as_ref();
    println!("{:?} after {} attempts", availability, response.attempts());
    Ok(())
}
