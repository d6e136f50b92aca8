//! The transport, a trait that sends one attempt over the wire, and its request and response.

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

/// Carries one attempt over the wire, and decides nothing.
///
/// A transport follows no redirect, does not retry and adds no header except those that HTTP itself
/// needs: all that is the runtime's. Every transport is held to the same deadlines and limits.
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
/// One around the default transport, by
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
    /// Dropping the future gives the attempt up.
    ///
    /// # Errors
    ///
    /// A [`TransportError`] that says how far the attempt came.
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
/// `http::Request::from(attempt)` makes what most HTTP libraries take.
///
/// A test of a transport makes one by itself:
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

    /// All headers but those that HTTP itself needs, `Authorization` among them.
    pub headers: HeaderMap,

    /// The body, shared with all other attempts of the call; empty for none.
    pub body: Bytes,

    /// `true` if a new connection should be made for it.
    ///
    /// An earlier attempt of the call was answered with 503, and behind the same connection is
    /// the same busy server; or its connection broke or stayed silent, and the other ones that
    /// are kept may be as dead.
    pub fresh_connection: bool,

    pub(crate) operation: Option<&'static Operation>,
    pub(crate) target: Target,

    /// When silence tells that the connection is dead, if the attempt is given up then.
    pub(crate) silent_from: Option<Instant>,
}

/// An attempt that is given up later than this without a response may have met a dead connection.
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

    /// The operation that it is an attempt of; `None` for one that was made by [`new`](Self::new).
    ///
    /// A transport around another one counts or paces requests by its `id`.
    pub fn operation(&self) -> Option<&'static Operation> {
        self.operation
    }

    /// Says by when the response must begin, if that is sooner than silence is one.
    pub(crate) fn respond_by(&mut self, limit: Option<Instant>, now: Instant) {
        let silence = now + SILENCE;
        self.silent_from = Some(limit.map_or(silence, |limit| limit.min(silence)));
    }

    fn silent_from(&self) -> Instant {
        self.silent_from.unwrap_or_else(|| clock::now() + SILENCE)
    }

    /// The absolute URL. It may hold the id of a user: do not log it.
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
