//! Calls from end to end, over a canned transport and over loopback.
//!
//! No test here starts a process, which would keep sockets open that others have closed (see
//! `tests/http2/`).

#![cfg(test)]

mod answer;
#[cfg(feature = "azure")]
mod azure;
mod batch;
mod blocked;
#[cfg(feature = "blocking")]
mod blocking;
mod bodies;
mod cache;
mod causes;
mod common;
mod connections;
mod dead_connections;
mod echoes;
mod end;
mod error;
mod faults;
mod gateway;
mod hints;
mod newest_wins;
mod oddities;
mod pace;
mod pages;
mod privacy;
mod properties;
mod redirects;
mod refresh;
mod refusals;
mod request;
mod sdk_faults;
mod segments;
mod server;
mod times;
#[cfg(feature = "rustls")]
mod tls;
mod token;
#[cfg(feature = "tracing")]
mod tracing;
mod transport;
