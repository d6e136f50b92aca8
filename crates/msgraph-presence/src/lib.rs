//! Read and set Microsoft Teams presence through Microsoft Graph.
//!
//! ```
//! use msgraph_presence::{Client, PreferredPresence, StatusMessage, UserId};
//! use std::time::Duration;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let ada = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3".parse::<UserId>()?;
//! # graph.add_user(msgraph_presence_emulator::User::new("Ada").id(ada));
//! # let token = graph.token_for(ada);
//! # if false {
//! let client = Client::new("eyJ0…")?; // a token, a closure or any other `TokenProvider`
//! # }
//! # let client = Client::builder().base_url(graph.base_url()).token(token).build()?;
//! let me = client.me().presence().get().await?;
//! println!("{}", me.availability.unwrap_or_default());
//!
//! let ada: UserId = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3".parse()?;
//! let presence = client.users(ada).presence();
//! presence
//!     .set_status_message(StatusMessage::text("In a meeting").expires_in(Duration::from_secs(1500)))
//!     .await?;
//! presence
//!     .set_user_preferred_presence(PreferredPresence::DoNotDisturb)
//!     .expiration_duration(Duration::from_secs(8 * 3600))
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! Handles mirror the URL. What an operation requires is in its signature, what is optional
//! is chained, and `.await` sends it. `.send().await` gives the whole [`Response`], with
//! status, headers and request ids.
//!
//! # Where to read on
//!
//! | question | answer |
//! |---|---|
//! | Which presence can be set? | [`PreferredPresence`] |
//! | How does a status message expire, how is it cleared? | [`StatusMessage`] |
//! | Which id does a user have? | [`UserId`] |
//! | Where do tokens come from? | [`TokenProvider`] |
//! | What went wrong? | [`Error`] |
//! | What happens to a request, in which order? | [`runtime`] |
//! | How do I test my program? | the crate `msgraph-presence-emulator` |

mod generated;

pub use generated::*;
pub use msgraph_presence_models::*;
pub use msgraph_runtime as runtime;
pub use msgraph_runtime::{
    AccessToken, Cloud, Error, ErrorKind, Request, Response, RetryPolicy, TokenCache,
    TokenProvider, TokenRequest,
};

use msgraph_runtime::IntoTokenProvider;

/// Builds a [`Client`]: cloud, base URL, tokens, limits of time, retries.
pub type ClientBuilder = msgraph_runtime::ClientBuilder<Client>;

impl Client {
    /// A client of the global cloud, with every default.
    ///
    /// The token is a fixed one, a closure that fetches one, or any other
    /// [`TokenProvider`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] when the machine has no roots of trust.
    pub fn new(token: impl IntoTokenProvider) -> Result<Self, Error> {
        Self::builder().token(token).build()
    }

    /// A builder, for all that is not the default.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }
}

/// The README's examples, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
