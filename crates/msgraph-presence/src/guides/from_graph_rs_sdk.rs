//! For users of `graph-rs-sdk`: the same calls here.
//!
//! `graph-rs-sdk` covers nearly all of Graph, signs users in, and returns the response of reqwest.
//! This crate covers presence, signs users in by the feature `sign-in`, and returns types. Both can
//! be used in one program. This page is about version 3.0.1.
//!
//! # Read a presence
//!
//! ```text
//! let client = GraphClient::new(token);
//! let response = client.user(id).presence().get_presence().send().await?;
//! if !response.status().is_success() {
//!     // an error of the service is an `Ok` until one looks
//! }
//! let presence: serde_json::Value = response.json().await?;
//! let availability = presence["availability"].as_str();
//! ```
//!
//! ```
//! use msgraph_presence::UserId;
//!
//! # use msgraph_presence::Client;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let ada = msgraph_presence_emulator::User::new("Ada");
//! # graph.add_user(ada.id("fa8bf3dc-eca7-46b7-bad1-db199b62afc3".parse()?));
//! # let client = Client::builder().base_url(graph.base_url()).token(graph.application_token()).build()?;
//! let id: UserId = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3".parse()?;
//! let presence = client.users(id).presence().get().await?; // an error of the service is an `Err`
//! let availability = presence.availability;
//! # assert!(availability.is_some());
//! # Ok(())
//! # }
//! ```
//!
//! # Set the preferred presence
//!
//! ```text
//! let body = serde_json::json!({
//!     "availability": "Busy", "activity": "Busy", "expirationDuration": "PT1H",
//! });
//! client.user(id).presence().set_user_preferred_presence(&body).send().await?;
//! ```
//!
//! ```
//! use msgraph_presence::PreferredPresence;
//! use std::time::Duration;
//!
//! # use msgraph_presence::Client;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let ada = graph.add_user("Ada");
//! # let client = Client::builder().base_url(graph.base_url()).token(graph.application_token()).build()?;
//! let presence = client.users(ada).presence();
//! let busy = presence.set_user_preferred_presence(PreferredPresence::Busy);
//! busy.expiration_duration(Duration::from_secs(3600)).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # The same calls in both
//!
//! | | graph-rs-sdk 3.0.1 | here |
//! |---|---|---|
//! | `setStatusMessage` | none | `presence().set_status_message(…)` |
//! | `/communications/presences/{id}` | none | `communications().presences(id)` |
//! | `setPresence`, `clearPresence`, `clearUserPreferredPresence` | yes, the body by hand | `presence().set_presence(…)`, `clear_presence(…)`, `clear_user_preferred_presence()` |
//! | the rest of Graph | yes | no: keep using graph-rs-sdk |
//! | a response | `reqwest::Response`, decoded by hand | `Presence` |
//! | a status of 400 or more | `Ok`, then `into_graph_error_message()` | `Err`, with code, message, request id and hints |
//! | retries | off; `retry(Some(n))`, `wait_for_retry_after_headers(true)` | on, bounded by attempts, time and a budget |
//! | signing in | built in, with a cache in memory | the feature `sign-in`, `azure_identity`: [`tokens`](super::tokens) |
//! | another base URL | https only; `test-util` allows http | https, and http to loopback |
//!
//! To see for yourself: `src/users/presence/request.rs` and `src/communications/request.rs`
//! of the published crate list its operations; its README shows how errors are read, under
//! "Response Errors/Error Types"; `GraphClientConfiguration` documents "Default is no retry".
