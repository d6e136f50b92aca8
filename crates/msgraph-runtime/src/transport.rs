//! The transport, a trait that sends one attempt over the wire, and its request and response.

mod diagnosis;
mod http_client;
mod target;

pub(crate) use diagnosis::{Diagnosis, NoResponse};
pub(crate) use http_client::HttpClient;
pub(crate) use target::{TOO_LONG, Target};

use crate::{BoxError, BoxFuture, InvalidValue, Operation, SharedError, clock};
use bytes::Bytes;
use http::{HeaderMap, Method};
use reqwest::Url;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
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
///             let answer = self.within.send(attempt).await;
///             if matches!(&answer, Err(error) if !error.is_sent()) {
///                 self.count.fetch_add(1, Ordering::Relaxed);
///             }
///             answer
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
    pub(crate) fn answered_by(&mut self, limit: Option<Instant>, now: Instant) {
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

/// The body of a response, whole or still on its way.
pub struct Body(Content);

enum Content {
    Whole(Option<Bytes>),
    /// Never locked: behind a lock, what only its owner uses is `Sync`.
    Chunks(Mutex<Box<dyn Chunks>>),
}

/// A body that comes in pieces.
pub trait Chunks: Send {
    /// The next piece; `None` when all have come.
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>>;

    /// The response belongs to another request: its connection must not be used again. Nothing
    /// more is read from it.
    fn distrust(&mut self) {}
}

impl Body {
    /// A body that comes in pieces.
    pub fn chunks(chunks: impl Chunks + 'static) -> Self {
        Self(Content::Chunks(Mutex::new(Box::new(chunks))))
    }
}

impl Chunks for Body {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>> {
        match &mut self.0 {
            Content::Whole(bytes) => Poll::Ready(bytes.take().map(Ok)),
            Content::Chunks(chunks) => {
                let chunks = chunks.get_mut().unwrap_or_else(PoisonError::into_inner);
                chunks.poll_chunk(cx)
            }
        }
    }

    fn distrust(&mut self) {
        if let Content::Chunks(chunks) = &mut self.0 {
            let chunks = chunks.get_mut().unwrap_or_else(PoisonError::into_inner);
            chunks.distrust();
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Content::Whole(Some(bytes)))
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").finish_non_exhaustive()
    }
}

/// The failure of an attempt: no response came, or not all of it.
///
/// Its text must contain neither the sent content nor the URL, because users log it.
#[derive(Debug)]
pub struct TransportError {
    pub(crate) is_refused: bool,
    pub(crate) is_sent: bool,
    pub(crate) is_timeout: bool,
    pub(crate) is_lasting: bool,
    /// `true` if the proxy, if there was one, is that of the environment.
    pub(crate) is_system_proxy: bool,
    /// `true` if the connection was certainly made for this attempt.
    pub(crate) is_first_use: bool,
    /// `true` if there is a response, which belongs to another request.
    pub(crate) is_foreign: bool,
    pub(crate) source: BoxError,
}

impl TransportError {
    /// The request cannot be sent like this, now or later: it is not repeated.
    pub fn refused(source: impl Into<BoxError>) -> Self {
        Self {
            is_refused: true,
            ..Self::not_sent(source)
        }
    }

    /// No part of the request was sent: any request is safe to retry.
    pub fn not_sent(source: impl Into<BoxError>) -> Self {
        Self {
            is_refused: false,
            is_sent: false,
            is_timeout: false,
            is_lasting: false,
            is_system_proxy: false,
            is_first_use: false,
            is_foreign: false,
            source: source.into(),
        }
    }

    /// The connection broke after some of the request may have been sent.
    pub fn interrupted(source: impl Into<BoxError>) -> Self {
        Self {
            is_sent: true,
            ..Self::not_sent(source)
        }
    }

    /// The same error once for each of so many calls.
    pub(crate) fn shared(self, count: usize) -> impl Iterator<Item = Self> {
        let source = SharedError::from(self.source);
        (0..count).map(move |_| Self {
            source: Box::new(Arc::clone(&source)),
            ..self
        })
    }

    /// The response belongs to another request.
    pub(crate) fn foreign() -> Self {
        Self {
            is_foreign: true,
            ..Self::interrupted("the response has another client-request-id")
        }
    }

    /// The response did not go on within the time allowed.
    pub(crate) fn too_slow() -> Self {
        Self::interrupted("no data arrived within the timeout").timed_out()
    }

    /// Says that the reason was a limit of time.
    pub fn timed_out(mut self) -> Self {
        self.is_timeout = true;
        self
    }

    /// Says that the reason does not go away by itself, such as a certificate for another name:
    /// the attempt is not repeated, and the call is not
    /// [retryable](crate::Error::is_retryable).
    ///
    /// Most such reasons of reqwest are recognized without it, in a transport that keeps
    /// reqwest's error as the source.
    pub fn lasting(mut self) -> Self {
        self.is_lasting = true;
        self
    }

    /// Returns `true` if a kept connection may have died before the attempt came to it.
    pub(crate) fn may_be_stale(&self) -> bool {
        self.is_sent && !self.is_timeout && !self.is_first_use && !self.is_foreign
    }

    /// Returns `true` if the request cannot be sent, now or later.
    pub fn is_refused(&self) -> bool {
        self.is_refused
    }

    /// Returns `true` if some of the request may have been sent.
    pub fn is_sent(&self) -> bool {
        self.is_sent
    }

    /// Returns `true` if the reason was a limit of time.
    pub fn is_timeout(&self) -> bool {
        self.is_timeout
    }

    /// Returns `true` if the transport said that the reason is [lasting](Self::lasting).
    pub fn is_lasting(&self) -> bool {
        self.is_lasting
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.is_sent, self.is_timeout) {
            _ if self.is_refused => "the request is not valid and was not sent",
            _ if self.is_foreign => {
                "the response belongs to another request: a proxy or a cache on the way \
                 mixed up responses"
            }
            (false, false) => "the request could not be sent",
            (false, true) => "connecting timed out",
            (true, false) => "the connection broke",
            (true, true) => "the response timed out",
        })
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}
