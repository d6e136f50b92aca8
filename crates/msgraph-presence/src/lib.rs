//! Read and set Microsoft Teams presence through Microsoft Graph.
//!
//! ```
//! use msgraph_presence::{Client, PreferredPresence, StatusMessage};
//! use std::time::Duration;
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     # let graph = msgraph_presence_emulator::Emulator::start().await?;
//!     # let ada = graph.add_user("Ada");
//!     # if false {
//!     let token = std::env::var("GRAPH_TOKEN")?; // or a closure, or any `TokenProvider`
//!     let client = Client::new(token)?;
//!     # }
//!     # let client = Client::builder().base_url(graph.base_url()).token(graph.token_for(ada)).build()?;
//!
//!     let presence = client.me().presence(); // or client.users(id).presence()
//!     println!("{}", presence.get().await?.availability.unwrap_or_default());
//!
//!     let message = StatusMessage::text("In a meeting").expires_in(Duration::from_secs(1500));
//!     presence.set_status_message(message).await?;
//!     presence
//!         .set_user_preferred_presence(PreferredPresence::DoNotDisturb)
//!         .expiration_duration(Duration::from_secs(8 * 3600))
//!         .await?;
//!     Ok(())
//! }
//! ```
//!
//! ```toml
//! [dependencies]
//! msgraph-presence = "0.1"
//! tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
//! ```
//!
//! Handles mirror the URL. Required parameters are arguments of an operation, optional ones are
//! chained methods, and `.await` sends the request and gives the decoded body. `.send().await`
//! gives the whole [`Response`], with status, headers and request ids.
//!
//! # Operations
//!
#![doc = include_str!("generated/operations.md")]
//!
//! Microsoft's documentation contradicts itself on some permissions and limits. For a read of
//! *another* user with a user's token, the table of permissions names `Presence.Read` and the
//! examples `Presence.Read.All`. The page about throttling gives a limit of 10,000 / 30 s. The
//! work locations are certain only in the global cloud.
//!
//! All operations are idempotent: they read or set an absolute state, so a request that is sent
//! twice does no harm. [`guides::operations`] shows each of them with all its options.
//! [`Client::presences_of`] reads any number of users, and [`Client::batch`] sends any requests
//! twenty at a time.
//!
//! Not supported: change notifications (webhooks), the rest of Graph, and WebAssembly. One more
//! operation of Graph takes
//! [a few lines by hand](guides::operations#an-operation-that-is-not-here).
//!
//! # Where to read on
//!
//! | question | answer |
//! |---|---|
//! | Where do tokens come from? | [`guides::tokens`] |
//! | How are many users read, and what happens to writes that overlap? | [`guides::many`] |
//! | How is presence watched by polling, and how often? | [`guides::busy_light`], [`guides::team_board`], [`Watch`] |
//! | How are a presence and a message set for a while, and taken back? | [`guides::focus_time`], [`Hold`], [`ApplicationSession`] |
//! | How long do a message and a preferred presence last? | [`guides::expiry`], [`StatusMessage`], [`PreferredPresence`] |
//! | The call succeeded, and Teams shows something else? | [`guides::nothing_changed`] |
//! | Which error is this, and is a retry safe? | [`guides::errors`], [`Error`], [`FailureKind`] |
//! | How do I test my program? | [`guides::testing`] |
//! | How is a user principal name (UPN) or email turned into an object id? | [`UserId`], [`guides::operations`](guides::operations#an-operation-that-is-not-here) |
//! | What happens to a request: tokens, retries, rate limits, deadlines? | [`runtime`] |
//! | What was it called in the SDK that I know? | [`guides::from_other_sdks`], [`guides::from_graph_rs_sdk`], [`guides::from_reqwest`] |
//!
//! # The examples
//!
//! An example that is not a whole program is the body of this function:
//!
//! ```
//! use msgraph_presence::{BoxError, Client, UserId};
//! use msgraph_presence_emulator::Emulator;
//!
//! async fn example(
//!     client: Client,  // Client::new(token)?
//!     graph: Emulator, // in place of the service, as in `guides::testing`
//!     (ada, grace): (UserId, UserId), // "fa8bf3dc-eca7-46b7-bad1-db199b62afc3".parse()?
//!     team: Vec<UserId>,
//! ) -> Result<(), BoxError> {
//!     // an example
//!     Ok(())
//! }
//! ```
//!
//! Their dependencies:
//!
//! ```toml
//! [dependencies]
//! futures-util = "0.3"
//! msgraph-presence = { version = "0.1", features = ["jiff"] }
//! reqwest = "0.13"
//! serde = { version = "1", features = ["derive"] }
//! serde_json = "1"
//! tokio = { version = "1", features = ["macros", "rt-multi-thread", "time"] }
//!
//! [dev-dependencies]
//! msgraph-presence-emulator = "0.1"
//! tokio = { version = "1", features = ["test-util"] }
//! ```
//!
//! # Errors
//!
//! A call that fails gives an [`Error`], whose text is one line: operation, status, code, request
//! id and a hint. A value that the service would refuse is an error before anything is sent, with
//! a suggested fix. Throttled requests, status 5xx and broken connections are retried first,
//! within the limits of the [`RetryPolicy`].
//!
//! # Testing
//!
//! The crate `msgraph-presence-emulator` is a mock of the service on a free port of the loopback
//! interface. A test sets its clock and injects faults.
//!
//! # Features
//!
//! | feature | what it adds | default |
//! |---|---|---|
//! | `rustls` | TLS with rustls and the system's roots of trust | yes |
//! | `rustls-no-provider` | TLS with rustls and a crypto provider that the program installs before it builds a client, such as `ring` | no |
//! | `native-tls` | TLS of the operating system | no |
//! | `http2` | HTTP/2 | no |
//! | `blocking` | `send_blocking()` on every request, blocking forms of watch and hold | no |
//! | `azure` | `AzureToken`: credentials of the Azure SDK as token providers | no |
//! | `sign-in` | `sign_in`: a person signs in, in a browser or with a device code | no |
//! | `secret-service` | `sign-in`, with the Secret Service of a Linux desktop as a store | no |
//! | `tracing` | a span for each call, an event for each attempt, a warning when a hold is dropped unreleased | no |
//! | `jiff` | conversions of durations, dates and time zones from and to `jiff` 0.2 | no |
//!
//! Without the first three there is no TLS: pass a [`Transport`] of your own to the builder.
//!
//! # Security
//!
//! A token goes to one origin only, over https (http only to a loopback address). Redirects to
//! another origin are not followed. `Debug`, `Display`, errors and traces show no token, no text
//! of a message and no URL with a user's id. Responses are limited in size, depth and time.
//! `unsafe` is forbidden in this crate.
//!
//! # Versions
//!
//! The minimum supported Rust version is 1.89; a newer one comes with a new minor version, never
//! with a patch. Before 1.0 a minor version may break code that compiled. Values and properties
//! that Microsoft adds break nothing: enums are open, and structs that are read are
//! `non_exhaustive`. The crates of this project require each other in exactly one version, and
//! other crates in any version from the lowest that compiles. The public API has types of `http`
//! 1, `bytes` 1, `serde` 1 and `serde_json` 1, with the features `azure` and `jiff` of
//! `azure_core` and `jiff`, and in one method (`ClientBuilder::reqwest`) of `reqwest` 0.13: a new
//! major version of one of them is a breaking change here.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod client;
mod failure;
#[rustfmt::skip]
mod generated;
pub mod guides;
mod hold;
mod presences_of;
mod watch;

pub use client::ClientBuilder;
pub use failure::FailureKind;
pub use generated::*;
pub use hold::{
    ApplicationSession, ApplicationSessionBuilder, Effect, Hidden, Hold, HoldBuilder, HoldError,
    HoldFile, HoldFileError, Outcome, Released, SavedHold,
};
pub use msgraph_presence_models::*;
pub use msgraph_runtime as runtime;
pub use msgraph_runtime::{
    AccessToken, Attempt, Batch, BatchRequest, BatchResponse, Body, BoxError, BoxFuture, Chunks,
    Cloud, Error, ErrorKind, HeaderMap, IntoTokenProvider, Method, NewestWins, Pace, Request,
    Response, RetryPolicy, StatusCode, TokenCache, TokenProvider, TokenRequest, Transport,
    TransportError,
};
pub use presences_of::{ChunkRequest, FailedRead, Presences, PresencesOf};
pub use watch::{Watch, WatchBuilder, WatchEvent, WatchHandle, WatchedPresence, WatchedUser};

#[cfg(feature = "azure")]
pub use msgraph_runtime::AzureToken;
#[cfg(feature = "sign-in")]
pub use msgraph_sign_in as sign_in;

/// The example of the README, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
