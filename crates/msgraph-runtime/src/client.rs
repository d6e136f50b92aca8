//! The client, and the settings of all its calls.

use crate::pace::Pacer;
use crate::retry::RetryBudget;
use crate::token::IntoTokenProvider;
use crate::{ClientBuilder, Cloud, Error, Operation, RetryPolicy, TokenProvider, Transport, clock};
use http::HeaderMap;
use reqwest::Url;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A client of Microsoft Graph. Clones share everything: connections, tokens, limits.
///
/// Generated clients wrap it, and have a method for each operation.
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) base: Arc<Url>,
    /// The cloud whose base URL it is; `None` for any other URL.
    pub(crate) cloud: Option<Cloud>,
    pub(crate) scope: Arc<str>,
    pub(crate) provider: Arc<dyn TokenProvider>,
    pub(crate) transport: Arc<dyn Transport>,
    /// The headers of every attempt.
    pub(crate) headers: HeaderMap,
    pub(crate) retry: RetryPolicy,
    pub(crate) budget: Arc<RetryBudget>,
    pub(crate) pacer: Arc<Pacer>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) read_timeout: Option<Duration>,
    pub(crate) body_limit: usize,
    #[cfg(feature = "blocking")]
    pub(crate) blocking: crate::blocking::Runtime,
}

impl Client {
    /// A client of the global cloud, with every default.
    ///
    /// # Errors
    ///
    /// Those of [`ClientBuilder::build`].
    pub fn new(token: impl IntoTokenProvider) -> Result<Self, Error> {
        Self::builder().token(token).build()
    }

    /// A builder, for settings other than the defaults.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// The base URL, to which the path of an operation is appended.
    pub fn base_url(&self) -> &str {
        self.inner.base.as_str().trim_end_matches('/')
    }

    /// The factor by which the client paces requests of this operation slower than usual at the
    /// moment, because of status 429: from 1 to 16.
    ///
    /// The factor is 1 for operations without a [limit](Operation::rate_limit), and where nothing
    /// is [paced](crate::Pace).
    pub fn slowdown(&self, operation: &Operation) -> f64 {
        let limiter = self.inner.pacer.limiter_of(operation);
        limiter.map_or(1.0, |limiter| limiter.slowdown(clock::now()))
    }

    /// Runs a future that makes calls to its end, on this thread, as
    /// [`send_blocking`](crate::Request::send_blocking) runs one call.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) within a tokio runtime, or
    /// when the thread for the connections cannot be started.
    #[cfg(feature = "blocking")]
    pub fn block_on<F: Future>(&self, future: F) -> Result<F::Output, Error> {
        self.inner.blocking.block_on(future)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.base_url())
            .finish_non_exhaustive()
    }
}
