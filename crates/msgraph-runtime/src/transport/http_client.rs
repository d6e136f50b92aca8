//! The transport over reqwest, with everything switched off that the runtime does itself.

use super::{Attempt, Body, Chunks, Transport, TransportError};
use crate::{BoxFuture, Error};
use bytes::Bytes;
use reqwest::redirect::Policy;
use std::sync::LazyLock;
use std::task::{Context, Poll};
use std::time::Duration;

/// Sends with reqwest.
pub(crate) struct HttpClient {
    client: reqwest::Client,
    /// For fresh connections, of which it keeps none. A builder of the user's makes one client
    /// and no second.
    fresh: Option<LazyLock<Option<reqwest::Client>>>,
}

/// How long connecting may take, with the TLS handshake.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

impl HttpClient {
    /// A client of our own making.
    pub(crate) fn new(is_loopback: bool) -> Result<Self, Error> {
        if !is_loopback && !cfg!(any(feature = "rustls", feature = "native-tls")) {
            return Err(Error::configuration(
                "there is no TLS in this build: enable the feature `rustls` or `native-tls`",
            ));
        }
        // The roots of trust are read a second time by those alone who need it.
        let fresh = LazyLock::new(match is_loopback {
            true => || without_pool(true),
            false => || without_pool(false),
        });
        Ok(Self {
            client: build(own_builder(is_loopback), is_loopback)?,
            fresh: Some(fresh),
        })
    }

    /// A client that the user has prepared; what the runtime does itself is switched off.
    pub(crate) fn from_builder(
        builder: reqwest::ClientBuilder,
        is_loopback: bool,
    ) -> Result<Self, Error> {
        Ok(Self {
            client: build(builder, is_loopback)?,
            fresh: None,
        })
    }

    /// The client for this attempt.
    fn client(&self, attempt: &Attempt) -> &reqwest::Client {
        let fresh = self.fresh.as_ref().filter(|_| attempt.fresh_connection);
        let fresh = fresh.and_then(|fresh| LazyLock::force(fresh).as_ref());
        fresh.unwrap_or(&self.client)
    }
}

/// A client with what the runtime does itself switched off.
fn build(
    builder: reqwest::ClientBuilder,
    is_loopback: bool,
) -> Result<reqwest::Client, Error> {
    let builder = builder
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate();
    // A proxy would take the token off this machine in the clear.
    let builder = match is_loopback {
        true => builder.no_proxy(),
        false => builder.https_only(true),
    };
    builder.build().map_err(|error| {
        let message = "the HTTP client cannot be built: check the TLS roots of this \
            machine, or pass a `reqwest::ClientBuilder` with roots of your own";
        Error::configuration(message).with_source(error.without_url())
    })
}

fn own_builder(is_loopback: bool) -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder().connect_timeout(CONNECT_TIMEOUT);
    match is_loopback {
        true => without_roots(builder),
        false => with_our_tls(builder),
    }
}

/// A client that makes a connection for each request; nothing if it cannot be built again.
fn without_pool(is_loopback: bool) -> Option<reqwest::Client> {
    let builder = own_builder(is_loopback).pool_max_idle_per_host(0);
    build(builder, is_loopback).ok()
}

/// Reading the system's roots of trust is slow, and fails where there are none: plain http to
/// this machine needs none of them.
fn without_roots(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    #[cfg(feature = "rustls")]
    let builder = builder.tls_backend_rustls();
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    let builder = builder.tls_certs_only([]);
    builder
}

/// Another crate may switch on more of reqwest: the TLS is still the one that was asked for.
fn with_our_tls(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    #[cfg(all(feature = "rustls", not(feature = "native-tls")))]
    let builder = builder.tls_backend_rustls();
    builder
}

impl Transport for HttpClient {
    fn send(
        &self,
        attempt: Attempt,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let client = self.client(&attempt);
        let mut request =
            reqwest::Request::new(attempt.method, attempt.target.into_url());
        *request.headers_mut() = attempt.headers;
        if !attempt.body.is_empty() {
            *request.body_mut() = Some(attempt.body.into());
        } else if *request.method() == http::Method::POST {
            // Without a body HTTP/1.1 would say nothing, and some servers answer 411.
            let none = http::HeaderValue::from_static("0");
            request
                .headers_mut()
                .insert(http::header::CONTENT_LENGTH, none);
        }
        let answer = client.execute(request);
        // A builder of the user's may have a proxy of its own.
        let is_system_proxy = self.fresh.is_some();
        Box::pin(async move {
            let mut answer = answer.await.map_err(|error| TransportError {
                is_system_proxy,
                ..transport_error(error)
            })?;
            let headers = std::mem::take(answer.headers_mut());
            let status = answer.status();
            let mut response = http::Response::new(Body::chunks(Answer(answer)));
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            Ok(response)
        })
    }
}

/// The body of reqwest's response.
struct Answer(reqwest::Response);

impl Chunks for Answer {
    fn poll_chunk(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, TransportError>>> {
        // The future of a chunk has no state of its own: it is as good new at every poll.
        let chunk = std::pin::pin!(self.0.chunk());
        chunk.poll(cx).map(|chunk| match chunk {
            Ok(chunk) => chunk.map(Ok),
            Err(error) => Some(Err(transport_error(error))),
        })
    }
}

/// Sorts reqwest's error by how far the request came. Its text never names the URL.
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
