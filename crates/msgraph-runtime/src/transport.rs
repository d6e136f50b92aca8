//! The transport, which sends one attempt over the wire.

mod body;
mod diagnosis;
mod error;
mod http_client;
mod target;

pub use body::{Body, Chunks};
pub(crate) use diagnosis::{Diagnosis, NoResponse};
pub use error::TransportError;
pub(crate) use http_client::HttpClient;
pub(crate) use target::{TOO_LONG, Target};

use crate::{BoxFuture, InvalidValue, Operation, clock};
use bytes::Bytes;
use http::{HeaderMap, Method};
use reqwest::Url;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Sends one attempt over the wire.
///
/// A transport must not follow redirects, retry, or add headers except those that HTTP itself
/// needs: the runtime does that, and applies the same deadlines and limits to every transport.
///
/// ```
/// # use msgraph_runtime as msgraph_presence;
/// use msgraph_presence::{Attempt, Body, BoxFuture, Transport, TransportError};
///
/// /// Answers every request with the same presence.
/// struct Canned;
///
/// impl Transport for Canned {
///     fn send(
///         &self,
///         attempt: Attempt,
///     ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
///         assert_eq!(attempt.headers["authorization"], "Bearer secret");
///         Box::pin(async { Ok(http::Response::new(Body::from(r#"{"id":"1"}"#))) })
///     }
/// }
///
/// let client = msgraph_presence::Client::builder()
///     .token("secret")
///     .transport(Canned)
///     .build()?;
/// # Ok::<(), msgraph_presence::Error>(())
/// ```
///
/// A wrapper of the default transport, set by
/// [`wrap_transport`](crate::ClientBuilder::wrap_transport):
///
/// ```
/// # use msgraph_runtime as msgraph_presence;
/// use msgraph_presence::{Attempt, Body, BoxFuture, Client, Transport, TransportError};
/// # use msgraph_presence::{Operation, Resource, RetryPolicy, decode};
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU32, Ordering};
///
/// /// Counts the attempts that never left this machine.
/// struct Counted {
///     within: Arc<dyn Transport>,
///     count: Arc<AtomicU32>,
/// }
///
/// impl Transport for Counted {
///     fn send(
///         &self,
///         attempt: Attempt,
///     ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
///         Box::pin(async {
///             let response = self.within.send(attempt).await;
///             if matches!(&response, Err(error) if !error.is_sent()) {
///                 self.count.fetch_add(1, Ordering::Relaxed);
///             }
///             response
///         })
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), msgraph_presence::Error> {
/// let count = Arc::new(AtomicU32::new(0));
/// let counter = count.clone();
/// let client = Client::builder()
///     .token("secret")
///     .wrap_transport(|within| Counted { within, count: counter })
/// #   .base_url("http://127.0.0.1:1/v1.0")
/// #   .retry(RetryPolicy::none())
///     .build()?;
/// # static GET: Operation = Operation { path: "/me", ..Operation::EMPTY };
/// # let request = Resource::root(&client).fixed("me").request(&GET, decode::nothing);
/// # assert_eq!(request.await.unwrap_err().kind(), msgraph_presence::ErrorKind::Connect);
/// assert_eq!(count.load(Ordering::Relaxed), 1);
/// # Ok(())
/// # }
/// ```
pub trait Transport: Send + Sync + 'static {
    /// Sends the attempt and waits for the head of the response.
    ///
    /// Dropping the future cancels the attempt.
    ///
    /// # Errors
    ///
    /// A [`TransportError`], which tells if the request may have been sent.
    fn send(&self, attempt: Attempt)
    -> BoxFuture<'_, Result<http::Response<Body>, TransportError>>;
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(
        &self,
        attempt: Attempt,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        (**self).send(attempt)
    }
}

/// One attempt of a request, ready to be sent.
///
/// `http::Request::from(attempt)` converts it to the type of most HTTP libraries.
///
/// A test of a transport can make an attempt:
///
/// ```
/// # use msgraph_runtime as msgraph_presence;
/// use msgraph_presence::{Attempt, Method};
///
/// let url = "https://graph.microsoft.com/v1.0/me/presence";
/// let mut attempt = Attempt::new(Method::GET, url)?;
/// attempt.headers.insert("accept", "application/json".parse()?);
/// let request = http::Request::from(attempt);
/// assert_eq!(request.uri(), url);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
pub struct Attempt {
    /// The method.
    pub method: Method,

    /// The headers, including `Authorization`, without those that HTTP itself needs.
    pub headers: HeaderMap,

    /// The body, shared by all attempts of the call; empty if there is none.
    pub body: Bytes,

    /// `true` if the attempt should use a new connection.
    ///
    /// An earlier attempt of the call got a 503, and a kept connection leads to the same busy
    /// server; or its connection broke or stayed silent, and other kept connections may be dead
    /// too.
    pub fresh_connection: bool,

    pub(crate) operation: Option<&'static Operation>,
    pub(crate) target: Target,

    /// The time from which an attempt that is cancelled without a response may have used a dead
    /// connection.
    pub(crate) silent_from: Option<Instant>,
}

/// The time without a response after which a cancelled attempt may have used a dead connection.
const SILENCE: Duration = Duration::from_secs(1);

impl Attempt {
    /// An attempt without headers and without a body.
    ///
    /// # Errors
    ///
    /// When the URL is not an absolute one of http or https, or longer than 65534 bytes.
    pub fn new(method: Method, url: &str) -> Result<Self, InvalidValue> {
        let url = Url::parse(url).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
        match url.and_then(Target::new) {
            Some(target) => Ok(Self {
                method,
                headers: HeaderMap::new(),
                body: Bytes::new(),
                fresh_connection: false,
                operation: None,
                target,
                silent_from: None,
            }),
            None => Err(InvalidValue::new(
                "URL",
                "not an absolute http or https URL of at most 65534 bytes",
                "write it like https://graph.microsoft.com/v1.0/me/presence",
            )),
        }
    }

    /// The operation of the attempt; `None` for an attempt made by [`new`](Self::new).
    ///
    /// A wrapper of a transport can count or pace requests by its `id`.
    pub fn operation(&self) -> Option<&'static Operation> {
        self.operation
    }

    /// Sets the time limit of the response's head, which may be shorter than [`SILENCE`].
    pub(crate) fn respond_by(&mut self, limit: Option<Instant>, now: Instant) {
        let silence = now + SILENCE;
        self.silent_from = Some(limit.map_or(silence, |limit| limit.min(silence)));
    }

    fn silent_from(&self) -> Instant {
        self.silent_from.unwrap_or_else(|| clock::now() + SILENCE)
    }

    /// The absolute URL. Do not log it: it may have the id of a user.
    pub fn url(&self) -> &str {
        self.target.as_str()
    }
}

impl From<Attempt> for http::Request<Bytes> {
    fn from(attempt: Attempt) -> Self {
        let mut request = Self::new(attempt.body);
        *request.method_mut() = attempt.method;
        *request.headers_mut() = attempt.headers;
        *request.uri_mut() = attempt.target.into_uri();
        request
    }
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("operation", &self.operation.map(|operation| operation.id))
            .field("method", &self.method)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish_non_exhaustive()
    }
}
