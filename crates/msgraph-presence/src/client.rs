//! The constructors of a client. The module comes first: rustdoc lists methods in the order of modules.

use crate::{Batch, Client, Error, IntoTokenProvider};

/// Builds a [`Client`]: cloud, base URL, tokens, limits of time, retries, pace.
pub type ClientBuilder = msgraph_runtime::ClientBuilder<Client>;

/// [`new`](Self::new) and [`builder`](Self::builder) make a client; [`me`](Self::me),
/// [`users`](Self::users) and [`communications`](Self::communications) begin the URL of a request.
impl Client {
    /// A client of the global cloud, with every default.
    ///
    /// The token is a fixed one, a closure that fetches one, or any other
    /// [`TokenProvider`](crate::TokenProvider).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when the machine has no roots of trust.
    pub fn new(token: impl IntoTokenProvider) -> Result<Self, Error> {
        Self::builder().token(token).build()
    }

    /// Returns a builder to configure the client.
    ///
    /// The builder starts with one header: `Prefer: include-unknown-enum-members`. Without it Graph
    /// [tells][prefer] `unknownFutureValue` in the place of a value that it has learnt since.
    ///
    /// [prefer]: https://learn.microsoft.com/graph/best-practices-concept
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new().header("Prefer", "include-unknown-enum-members")
    }

    /// A batch without requests, which takes any number of them and sends them twenty at a time.
    ///
    /// [`guides::many`](crate::guides::many#many-writes) shows it.
    pub fn batch(&self) -> Batch {
        self.as_ref().batch()
    }
}
