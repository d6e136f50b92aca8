//! The runtime of Microsoft Graph clients: tokens, retries, limits, errors and transport.
//!
//! This crate knows no operation of Graph. Generated clients are built on it: they have one
//! [`Operation`] as data for each operation, and this crate sends the requests.
//!
//! # What happens to a request
//!
//! 1. **The request is checked** before anything is sent. The cloud must have the operation, every
//!    parameter must be a valid segment of the path (not empty, `.` or `..`), the URL must be at
//!    most 65534 bytes long, the values of the body must be allowed, and header values must not
//!    contain control characters. Otherwise the error is [`ErrorKind::Request`].
//! 2. **The request is written** once. Parameters are percent-encoded one by one below the base URL,
//!    the body becomes JSON, and the call gets a `client-request-id`, a random UUID for all its
//!    attempts. The [timeout](ClientBuilder::timeout) of the call, its deadline, starts here.
//! 3. **A token is requested** from the [`TokenProvider`], with the scope of the cloud. When the
//!    provider fails, the call fails at once: retries are up to the provider, which knows whether it
//!    uses a network or asks a person. A provider may block its thread, because it
//!    [runs on another one](TokenProvider::may_block) than the call. In a [`TokenCache`] a provider
//!    has [a minute](TokenCache::provider_timeout), and a token that has not expired yet is sent in
//!    the meantime; without a cache it has the time of the call, or a minute if the call has no
//!    timeout.
//! 4. **The [`Transport`] sends an attempt**, in its turn if the client keeps a [`Pace`]. The headers
//!    are `Accept`, `Accept-Encoding: identity`, `User-Agent` (the name and version of the
//!    application and of this crate, nothing about the machine), `client-request-id`,
//!    `Content-Type` if there is a body, the headers of the client and of the call, `Retry-Attempt`
//!    on repeats, and `Authorization`. The token is sent only to the origin of the base URL, over
//!    https; over http only to a loopback address, without a proxy; `localhost` is always 127.0.0.1
//!    and ::1. Connecting takes at most 10 seconds. [Kept connections](#connections) belong to the
//!    tokio runtime of the call.
//! 5. **The response is read**, its head and each chunk of its body within the
//!    [read timeout](ClientBuilder::read_timeout), its body up to the
//!    [limit](ClientBuilder::body_limit). The body of an error response is read up to 64 KiB at
//!    least, and for two seconds at most. If reading fails, the bytes received so far are kept.
//! 6. **The status decides:**
//!
//!    | response | next step |
//!    |---|---|
//!    | any 2xx, whole | 7 |
//!    | 401 | once, another token is requested, with the claims of a `WWW-Authenticate: Bearer` challenge; with another token 4; with the same one, and at the second 401, the error |
//!    | 307, 308 to the same scheme, host and port | 4, there, with the same method and body; five times at most |
//!    | any other 3xx | the error: a redirect is not followed elsewhere, and a POST never becomes a GET |
//!    | 429, 503 with `Retry-After` | a wait, then 4 |
//!    | 408, 425, 429, 500, 502, 503, 504, 509, 511 | a wait, then 4, if the operation is [repeatable](Operation::repeatable) (idempotent); else the error |
//!    | never sent, for a [temporary](#temporary-and-permanent-causes) cause (refused, no such host) | a wait, then 4 |
//!    | no response, because a kept connection may have been dead | once, 4 without a wait and without cost to the retry budget, if the operation is repeatable |
//!    | no response or a 2xx that is not whole (reset, closed, too slow) | a wait, then 4, if the operation is repeatable; else the error |
//!    | a `client-request-id` other than the sent one | the error: it is the response to another request |
//!    | a permanent cause (a certificate, a proxy that refuses, a head that is not HTTP) | the error |
//!    | any other status | the error |
//!
//!    [`RetryPolicy`] has these statuses as data, and can change them.
//!
//!    **A wait** is random, up to a limit that doubles with every repeat, and never shorter
//!    than `Retry-After` (seconds, decimals or a date; zero, a past date and invalid values count as
//!    absent). The call fails instead of waiting when the [attempts](RetryPolicy::attempts) are used
//!    up, when the wait is longer than the time left, or when the
//!    [retry budget](ClientBuilder::retry_budget) of the client is spent.
//!    After a 503, as Microsoft asks, and after a connection that broke or stayed silent every
//!    further attempt of the call is sent over a [fresh connection](Attempt::fresh_connection).
//! 7. **The body is decoded.** A web page is an error even where no body is expected: it comes from
//!    a proxy, and the request has not reached the service. An `error` object is an error too, with
//!    its code and message. Where a body is expected, anything that is not the documented object is
//!    an error with the path in the JSON, never a default value. A page, and a body that is empty or
//!    truncated, are temporary: a wait, then 4, if the operation is repeatable.
//!
//! An [`Error`] has the status, headers, code, message and ids of the response, and the beginning of
//! its body. It suggests a fix, from the hints and permissions of the operation. The future of a
//! call can be dropped at any point; only a [`TokenCache`] that has requested a token goes on, and
//! keeps the token for later calls.
//!
//! # Collections
//!
//! [`Request::pages`] gives the items of a collection as a stream, [`Items`]: each page is a call
//! as above, made when it is needed. The link to the next page comes from the service. It is
//! followed only to the origin of the base URL and below its path, and only once.
//!
//! # Files
//!
//! [`Request::bytes`] sends bytes. A body that is not JSON is decoded by [`decode::bytes`], up to
//! the [limit](ClientBuilder::body_limit); [`Request::stream`] gives a body of any length in chunks.
//! Graph answers some requests with a redirect to another host, such as those for the content of a
//! drive's items. The token is not sent there: the error has the header `Location`.
//!
//! # Batches
//!
//! A [`Batch`] takes any number of requests and sends them twenty at a time. All of the above
//! happens to each of them; only 4 and 5 happen together: attempts that are ready leave in one
//! request to `/$batch`, whose response has one for each.
//!
//! # Connections
//!
//! A kept connection can be dead without being closed. The default transport therefore keeps
//! connections in a pool for each tokio runtime, and replaces the pool when a connection of it
//! breaks, stays silent until a call is given up (by a timeout, or by its caller after a second
//! or more), or carries the response to another request. No call uses the other connections of
//! that pool again. The next attempt of the call uses a new connection. An idle connection is kept
//! for 45 seconds, less than common gateways keep it. The protocol is HTTP/1.1, and with the feature
//! `http2` HTTP/2, in which pings find a dead connection within 25 seconds.
//!
//! A prepared [`reqwest::ClientBuilder`](ClientBuilder::reqwest) makes one client, whose pool
//! cannot be replaced; dead connections that are silent then cost a call one read timeout. All
//! runtimes share that pool: a connection of a runtime that is no longer polled is silent, too.
//!
//! # Temporary and permanent causes
//!
//! A temporary cause can go away without a change of the request. [`Error::is_retryable`] is then
//! true, whether or not the client has retried the call. A permanent cause takes one attempt.
//!
#![doc = include_str!("causes.md")]
//!
//! A redirect to a sign-in page is temporary, but it ends only when a person signs in: the client
//! does not retry it.
//!
//! # Traces
//!
//! With the feature `tracing`:
//!
#![doc = include_str!("traces.md")]
//!
//! # Features
//!
//! | feature | gives |
//! |---|---|
//! | `rustls` (default) | TLS by rustls, with the roots of the system |
//! | `rustls-no-provider` | TLS by rustls, with a crypto provider that the program installs |
//! | `native-tls` | TLS of the system; with both it is this one |
//! | `http2` | HTTP/2 |
//! | `blocking` | [`send_blocking`](Request) on all requests, iterators of [collections](#collections) |
//! | `azure` | `AzureToken`, a [`TokenProvider`] over a credential of `azure_core` |
//! | `tracing` | a span for each call and an event for each attempt, see [traces](#traces) |
//!
//! # The examples
//!
//! ```toml
//! [dependencies]
//! azure_core = "1"
//! http = "1"
//! msgraph-presence = { version = "0.1", features = ["azure"] }
//! msgraph-runtime = "0.1"
//! reqwest = "0.13"
//! serde = { version = "1", features = ["derive"] }
//! serde_json = "1"
//! tokio = { version = "1", features = ["macros", "rt"] }
//! ```
//!
//! Types that `msgraph-presence` re-exports are taken from there. Every example is the body of this
//! function:
//!
//! ```
//! use msgraph_runtime::{BoxError, Client};
//!
//! async fn example(client: Client) -> Result<(), BoxError> {
//!     // an example
//!     Ok(())
//! }
//! ```
//!
//! # Runtime
//!
//! Calls need a tokio runtime with time and, for the transport over reqwest, I/O enabled
//! (`enable_all`). Without any runtime a call is an error; in a runtime without time it panics,
//! because tokio cannot be asked whether time is enabled.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "azure")]
mod azure;
mod base_url;
mod batch;
#[cfg(feature = "blocking")]
mod blocking;
mod body_stream;
mod builder;
mod cause;
mod client;
mod clock;
mod decoder;
mod driver;
mod error;
mod exchange;
mod headers;
mod macros;
mod newest_wins;
mod operation;
mod pace;
mod pages;
mod path;
mod request;
mod resource;
mod response;
mod retry;
mod running;
mod token;
#[cfg(feature = "tracing")]
mod trace;
#[cfg(not(feature = "tracing"))]
#[path = "trace/off.rs"]
mod trace;
mod transport;

use std::pin::Pin;

#[cfg(feature = "azure")]
pub use azure::AzureToken;
#[doc(hidden)]
pub use batch::Prepared;
pub use batch::{Batch, BatchRequest, BatchResponse};
pub use body_stream::BodyStream;
pub use builder::ClientBuilder;
pub use bytes::Bytes;
pub use client::Client;
pub use error::{Error, ErrorKind};
#[doc(hidden)]
pub use exchange::retry_after::read as retry_after;
pub use http::{HeaderMap, Method, StatusCode};
pub use msgraph_wire::{Cloud, InvalidValue, decode};
pub use newest_wins::NewestWins;
pub use operation::{Caller, Hint, Operation, RateLimit};
pub use pace::Pace;
pub use pages::Items;
pub use request::Request;
pub use resource::{Decode, Resource};
pub use response::Response;
pub use retry::RetryPolicy;
pub use token::{AccessToken, IntoTokenProvider, TokenCache, TokenProvider, TokenRequest};
pub use transport::{Attempt, Body, Chunks, Transport, TransportError};

/// Any error of a provider or a transport.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// An error that several callers share; [`Error`] gives the inner error as its source.
type SharedError = std::sync::Arc<dyn std::error::Error + Send + Sync>;

/// A boxed future that any thread can run.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
