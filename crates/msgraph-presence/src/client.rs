//! The constructors of a client.
//!
//! `lib.rs` names this module first, because rustdoc lists methods in the order of modules.

use crate::{Batch, Client, Error, IntoTokenProvider};

/// Builds a [`Client`]: cloud, base URL, tokens, timeouts, retries, pace.
pub type ClientBuilder = msgraph_runtime::ClientBuilder<Client>;

/// [`new`](Self::new) and [`builder`](Self::builder) create a client; [`me`](Self::me),
/// [`users`](Self::users) and [`communications`](Self::communications) begin the URL of a request.
impl Client {
    /// Creates a client of the global cloud with the default settings.
    ///
    /// The token is a text, a closure that fetches one, or any other
    /// [`TokenProvider`](crate::TokenProvider).
    ///
    /// ```
    /// use msgraph_presence::{Client, Error, UserId};
    ///
    /// async fn show(token: String, colleague: UserId) -> Result<(), Error> {
    ///     let client = Client::new(token)?;
    ///     let presence = client.users(colleague).presence().get().await?;
    ///     println!("{}", presence.availability.unwrap_or_default());
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when a fixed token is empty or
    /// has a space or a line break, or the machine has no root certificates.
    pub fn new(token: impl IntoTokenProvider) -> Result<Self, Error> {
        Self::builder().token(token).build()
    }

    /// Returns a builder to configure the client.
    ///
    /// The builder starts with one header: `Prefer: include-unknown-enum-members`. Without it Graph
    /// [sends][prefer] `unknownFutureValue` in the place of values that were added to an enum later.
    ///
    /// [prefer]: https://learn.microsoft.com/graph/best-practices-concept
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new().header("Prefer", "include-unknown-enum-members")
    }

    /// Returns an empty batch, which takes any number of requests and sends them twenty at a time.
    ///
    /// [`guides::many`](crate::guides::many#many-writes) has an example.
    pub fn batch(&self) -> Batch {
        self.as_ref().batch()
    }
}
