//! Calls from end to end, over a canned transport and over loopback.

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
// The roots of trust are those of an environment variable, which only Linux looks at.
#[cfg(all(feature = "http2", feature = "rustls", target_os = "linux"))]
mod http2;
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
