//! The builder of clients.

use crate::client::Inner;
use crate::pace::Pacer;
use crate::retry::RetryBudget;
use crate::token::IntoTokenProvider;
use crate::transport::HttpClient;
use crate::{Client, Cloud, Error, Pace, RetryPolicy, TokenProvider, Transport, base_url, headers};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

/// Builds a client: a [`Client`], or the generated `C` around one.
///
/// ```
/// # use msgraph_runtime as msgraph_presence;
/// use msgraph_presence::{Client, Cloud, RetryPolicy};
/// use std::time::Duration;
///
/// # if false { // Without roots of trust on this machine there is no client.
/// let client = Client::builder()
///     .token("eyJ0eXAiOiJKV1Qi")
///     .cloud(Cloud::UsGovernmentL4)
///     .user_agent("busy-light/1.2")
///     .timeout(Duration::from_secs(20))
///     .retry(RetryPolicy::default().attempts(6))
///     .build()?;
/// # }
/// let error = Client::builder().build().unwrap_err();
/// assert!(error.to_string().contains("there is no token"));
/// # Ok::<(), msgraph_presence::Error>(())
/// ```
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder<C = Client> {
    cloud: Cloud,
    base_url: Option<String>,
    scope: Option<String>,
    provider: Option<Arc<dyn TokenProvider>>,
    transport: Option<Arc<dyn Transport>>,
    http: Option<reqwest::ClientBuilder>,
    wraps: Vec<Wrap>,
    user_agent: Option<String>,
    headers: Vec<(String, String)>,
    retry: RetryPolicy,
    retry_budget: u32,
    pace: Option<Pace>,
    timeout: Option<Duration>,
    read_timeout: Option<Duration>,
    body_limit: usize,
    client: PhantomData<fn() -> C>,
}

/// Puts a transport around another one.
type Wrap = Box<dyn FnOnce(Arc<dyn Transport>) -> Arc<dyn Transport> + Send + Sync>;

impl<C> Default for ClientBuilder<C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C> ClientBuilder<C> {
    /// A builder with every default and no token.
    pub fn new() -> Self {
        Self {
            cloud: Cloud::default(),
            base_url: None,
            scope: None,
            provider: None,
            transport: None,
            http: None,
            wraps: Vec::new(),
            user_agent: None,
            headers: Vec::new(),
            retry: RetryPolicy::default(),
            retry_budget: 100,
            pace: None,
            timeout: Some(Duration::from_secs(100)),
            read_timeout: Some(Duration::from_secs(30)),
            body_limit: 1 << 20,
            client: PhantomData,
        }
    }

    /// The source of tokens: a fixed token, a closure, or any other [`TokenProvider`].
    ///
    /// [`build`](Self::build) refuses a fixed token that is empty or has a space, a line break or
    /// any other character outside visible ASCII.
    pub fn token(mut self, token: impl IntoTokenProvider) -> Self {
        self.provider = Some(token.into_token_provider());
        self
    }

    /// The cloud, which gives the base URL and the scope. The default is [`Cloud::Global`].
    pub fn cloud(mut self, cloud: Cloud) -> Self {
        self.cloud = cloud;
        self
    }

    /// The base URL with its version, such as `http://localhost:8080/v1.0`, in place of the cloud's.
    ///
    /// The URL must be https, or http to a loopback address, where `localhost` is 127.0.0.1 and
    /// ::1 regardless of the resolver. The token is sent only there. A text that a URL parser would
    /// change (`https:host`, a tab, `https://1/`) is an error.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// The scope to ask tokens for, in place of the cloud's. An empty one is an error.
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// The transport, in place of reqwest. It must resolve `localhost` in an http base URL to a
    /// loopback address: the token must not be sent to another machine. Together with
    /// [`reqwest`](Self::reqwest) it is an error.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Wraps the transport, be it the default one or another, for example to count, record or
    /// refuse attempts. [`Transport`] has an example. The last wrapper is the outermost.
    pub fn wrap_transport<T: Transport>(
        mut self,
        wrap: impl FnOnce(Arc<dyn Transport>) -> T + Send + Sync + 'static,
    ) -> Self {
        self.wraps.push(Box::new(|within| Arc::new(wrap(within))));
        self
    }

    /// A `reqwest::ClientBuilder`, for proxies, roots of trust and the like.
    ///
    /// Its redirects, retries, referer and decompression are disabled, because the runtime has
    /// its own rules for them; with an http base URL also its proxies. Its connect timeout is kept;
    /// the default transport has 10 seconds. Leave its other timeouts unset: those of the runtime
    /// keep the part of a response that was received.
    ///
    /// An idle connection is kept for 45 seconds, or for the read timeout if that is shorter,
    /// regardless of the builder: dead connections cost a call one read timeout at most. With the
    /// feature `http2`, this also holds for a connection that other calls keep in use: after 15
    /// seconds of silence a ping is sent, which must be answered within 10; with a read timeout
    /// below 30 seconds, after half of it and within a third. If another crate enables HTTP/2 in
    /// reqwest while this feature is off, no pings are sent.
    ///
    /// After a 503 or a broken connection, a repeat uses a new connection only if the builder keeps
    /// none (`pool_max_idle_per_host(0)`).
    ///
    /// Headers in `default_headers` that HTTP itself needs are refused.
    pub fn reqwest(mut self, builder: reqwest::ClientBuilder) -> Self {
        self.http = Some(builder);
        self
    }

    /// The application's name and version, such as `busy-light/1.2`.
    ///
    /// The header `User-Agent` has this text and the name and version of this crate, nothing else.
    pub fn user_agent(mut self, product: impl Into<String>) -> Self {
        self.user_agent = Some(product.into());
        self
    }

    /// A header of every request; it replaces a default one of that name.
    ///
    /// `Authorization` and headers that HTTP itself needs (`Host`, `TE`, `Accept-Encoding`, …)
    /// cannot be set. `client-request-id` cannot be set here, because each call has its own:
    /// [`Request::header`](crate::Request::header) sets it.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The policy by which requests are repeated: number, waits and statuses.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// The number of repeats that all calls of the client can make in a row. The default is 100.
    ///
    /// Ten successful calls earn one repeat back, so that a client does not keep a failing service
    /// busy with retries.
    pub fn retry_budget(mut self, repeats: u32) -> Self {
        self.retry_budget = repeats;
        self
    }

    /// Keeps the requests of the client and its clones within a share of the documented rate limits:
    /// see [`Pace`]. By default only requests that [ask](crate::Request::paced) for it are paced.
    ///
    /// A request waits for its turn, at most until its [timeout](Self::timeout).
    pub fn pace(mut self, pace: Pace) -> Self {
        self.pace = Some(pace);
        self
    }

    /// The time limit (deadline) of a call with all its attempts and waits. The default is 100 seconds;
    /// `None` is no limit.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.timeout = timeout.into();
        self
    }

    /// The time limit of the head of a response, and then of each chunk of its body.
    /// The default is 30 seconds; `None` is no limit.
    pub fn read_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.read_timeout = timeout.into();
        self
    }

    /// The longest body of a response in bytes. The default is 1 MiB.
    ///
    /// A longer body is an error, which keeps its beginning. The body of an error response is read
    /// up to 64 KiB at least, because it has the reason.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when there is no token
    /// provider, a fixed token is empty or has a character that no header can carry, the base URL
    /// is not a valid URL or not https, a header is not allowed, there are two transports, the
    /// machine has no roots of trust, or rustls has no crypto provider. With only the feature
    /// `rustls-no-provider` of this crate, the program installs the crypto provider.
    pub fn build(self) -> Result<C, Error>
    where
        C: From<Client>,
    {
        let text = self.base_url.as_deref().unwrap_or(self.cloud.base_url());
        let base = base_url::read(text)?;
        let cloud = Cloud::ALL
            .iter()
            .copied()
            .find(|c| c.base_url() == text.trim_end_matches('/'));
        let scope = self.scope.unwrap_or_else(|| {
            let cloud = base_url::cloud(&base).unwrap_or(self.cloud);
            cloud.default_scope().to_owned()
        });
        if scope.trim().is_empty() {
            return Err(Error::configuration(EMPTY_SCOPE));
        }
        let headers = headers::common(self.user_agent.as_deref(), &self.headers)?;
        let Some(provider) = self.provider else {
            return Err(Error::configuration(NO_TOKEN));
        };
        if let Some(token) = provider.ready(&scope) {
            token.check().map_err(Error::configuration)?;
        }
        let is_loopback = base.scheme() == "http";
        let (read_timeout, wraps) = (self.read_timeout, self.wraps);
        let transport = transport(self.transport, self.http, wraps, is_loopback, read_timeout)?;
        let inner = Arc::new(Inner {
            base: Arc::new(base),
            cloud,
            scope: scope.into(),
            provider,
            transport,
            headers,
            retry: self.retry,
            budget: Arc::new(RetryBudget::new(self.retry_budget)),
            pacer: Arc::new(Pacer::new(self.pace)),
            timeout: self.timeout,
            read_timeout: self.read_timeout,
            body_limit: self.body_limit,
            #[cfg(feature = "blocking")]
            blocking: crate::blocking::Runtime::default(),
        });
        Ok(Client { inner }.into())
    }
}

impl<C> ClientBuilder<C> {
    /// Builds only the transport, for requests that are not calls of Graph, such as those of a
    /// sign-in, with the client's rules for TLS, proxies and `localhost`.
    ///
    /// Only these settings count: the base URL (or the cloud), the transport or the
    /// `reqwest::ClientBuilder`, the wrappers and the read timeout. The transport is for the scheme
    /// of the base URL: only https, or http to a loopback address.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration), as for
    /// [`build`](Self::build).
    ///
    /// ```
    /// # use msgraph_runtime as msgraph_presence;
    /// use msgraph_presence::Client;
    ///
    /// // Any URL of the same scheme will do as the base.
    /// let http = reqwest::Client::builder().user_agent("focus-light/1.2");
    /// let builder = Client::builder().base_url("http://127.0.0.1:8080").reqwest(http);
    /// # let _: std::sync::Arc<dyn msgraph_presence::Transport> =
    /// builder.build_transport()?;
    /// # Ok::<(), msgraph_presence::Error>(())
    /// ```
    pub fn build_transport(self) -> Result<Arc<dyn Transport>, Error> {
        let text = self.base_url.as_deref().unwrap_or(self.cloud.base_url());
        let is_loopback = base_url::read(text)?.scheme() == "http";
        let (read_timeout, wraps) = (self.read_timeout, self.wraps);
        transport(self.transport, self.http, wraps, is_loopback, read_timeout)
    }
}

/// The given transport, or one over reqwest, inside its wrappers.
fn transport(
    given: Option<Arc<dyn Transport>>,
    http: Option<reqwest::ClientBuilder>,
    wraps: Vec<Wrap>,
    is_loopback: bool,
    read_timeout: Option<Duration>,
) -> Result<Arc<dyn Transport>, Error> {
    let transport: Arc<dyn Transport> = match (given, http) {
        (Some(_), Some(_)) => return Err(Error::configuration(TWO_TRANSPORTS)),
        (Some(transport), None) => transport,
        (None, Some(http)) => Arc::new(HttpClient::from_builder(http, is_loopback, read_timeout)?),
        (None, None) => Arc::new(HttpClient::new(is_loopback)?),
    };
    let wraps = wraps.into_iter();
    Ok(wraps.fold(transport, |within, wrap| wrap(within)))
}

impl<C> fmt::Debug for ClientBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("cloud", &self.cloud)
            .field("retry", &self.retry)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

const TWO_TRANSPORTS: &str = "both `transport` and `reqwest` are set, but only one can send: \
    remove one of them";

const EMPTY_SCOPE: &str = "the scope is empty: leave `scope` out, or write it like \
    https://graph.microsoft.com/.default";

const NO_TOKEN: &str = "there is no token: call `token` with a fixed one, a closure or a \
    `TokenProvider`";
