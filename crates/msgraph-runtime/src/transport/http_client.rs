//! The transport over reqwest.

mod build;
mod pools;

use super::{Attempt, Body, Chunks, Transport, TransportError};
use crate::{BoxFuture, Error, clock};
use bytes::Bytes;
use pools::{Lease, PoolId, Pools};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// The transport over reqwest.
pub(crate) struct HttpClient(Clients);

enum Clients {
    /// The default clients, one for each runtime.
    Own(Pools),
    /// The client of a user's builder.
    Prepared(reqwest::Client),
}

impl HttpClient {
    /// The transport with the default clients.
    pub(crate) fn new(is_loopback: bool) -> Result<Self, Error> {
        if !is_loopback && !build::HAS_TLS {
            return Err(Error::configuration(
                "there is no TLS in this build: enable the feature `rustls` or `native-tls`",
            ));
        }
        Ok(Self(Clients::Own(Pools::new(is_loopback)?)))
    }

    /// The transport with the client of a user's builder.
    pub(crate) fn from_builder(
        builder: reqwest::ClientBuilder,
        is_loopback: bool,
        read_timeout: Option<Duration>,
    ) -> Result<Self, Error> {
        let client = build::prepared(builder, is_loopback, read_timeout)?;
        Ok(Self(Clients::Prepared(client)))
    }

    /// The reqwest client for an attempt.
    fn lease(&self, attempt: &Attempt) -> Result<Lease, Error> {
        match &self.0 {
            Clients::Own(pools) => {
                let fresh = attempt.fresh_connection.then(|| pools.fresh());
                fresh.flatten().map_or_else(|| pools.kept(), Ok)
            }
            Clients::Prepared(client) => Ok(Lease {
                client: client.clone(),
                is_first_use: false,
                pool: None,
            }),
        }
    }
}

impl Transport for HttpClient {
    fn send(
        &self,
        attempt: Attempt,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let Lease {
            client,
            is_first_use,
            pool,
        } = match self.lease(&attempt) {
            Ok(lease) => lease,
            Err(error) => {
                return Box::pin(async { Err(TransportError::not_sent(error)) });
            }
        };
        let mut watch = Watch {
            pool,
            silent_from: attempt.silent_from(),
        };
        // A user's builder may set a proxy.
        let is_system_proxy = matches!(self.0, Clients::Own(_));
        let sent = client.execute(request(attempt));
        Box::pin(async move {
            let mut received = sent.await.map_err(|error| {
                let mut error = transport_error(error);
                error.is_first_use = is_first_use;
                error.is_system_proxy = is_system_proxy;
                watch.ended(error.is_sent);
                error
            })?;
            let headers = std::mem::take(received.headers_mut());
            let status = received.status();
            let body = Body::chunks(ReceivedBody { received, watch });
            let mut response = http::Response::new(body);
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            Ok(response)
        })
    }
}

fn request(attempt: Attempt) -> reqwest::Request {
    let mut request = reqwest::Request::new(attempt.method, attempt.target.into_url());
    *request.headers_mut() = attempt.headers;
    if !attempt.body.is_empty() {
        *request.body_mut() = Some(attempt.body.into());
    } else if *request.method() == http::Method::POST {
        // HTTP/1.1 sends no length without a body, and some servers answer 411.
        let none = http::HeaderValue::from_static("0");
        request
            .headers_mut()
            .insert(http::header::CONTENT_LENGTH, none);
    }
    request
}

/// The body of reqwest's response.
struct ReceivedBody {
    received: reqwest::Response,
    watch: Watch,
}

impl Chunks for ReceivedBody {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>> {
        // The future of a chunk has no state: a new one for each poll loses nothing.
        let chunk = std::pin::pin!(self.received.chunk());
        let chunk = std::task::ready!(chunk.poll(cx));
        if !matches!(chunk, Ok(Some(_))) {
            self.watch.ended(chunk.is_err());
        }
        let chunk = chunk.map_err(transport_error);
        Poll::Ready(chunk.transpose())
    }

    fn discard_connection(&mut self) {
        self.watch.ended(true);
    }
}

/// Watches an attempt: a connection that dies retires its pool.
struct Watch {
    /// The pool of the connection, until it is known whether the connection is alive.
    pool: Option<PoolId>,
    silent_from: Instant,
}

impl Watch {
    fn ended(&mut self, is_dead: bool) {
        if let Some(pool) = self.pool.take().filter(|_| is_dead) {
            pool.retire();
        }
    }
}

/// Dropping an attempt cancels it.
impl Drop for Watch {
    fn drop(&mut self) {
        if self.pool.is_some() {
            self.ended(clock::now() >= self.silent_from);
        }
    }
}

/// Converts an error of reqwest, and removes the URL from its text.
fn transport_error(error: reqwest::Error) -> TransportError {
    let is_refused = error.is_builder();
    let is_timeout = error.is_timeout();
    let is_sent = !(error.is_connect() || is_refused);
    TransportError {
        is_refused,
        is_sent,
        is_timeout,
        ..TransportError::not_sent(error.without_url())
    }
}
