//! Calls from end to end, over a canned transport and over loopback.

#![cfg(test)]

mod answer;
#[cfg(feature = "azure")]
mod azure;
mod blocked;
#[cfg(feature = "blocking")]
mod blocking;
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
mod oddities;
mod privacy;
mod properties;
mod redirects;
mod refresh;
mod refusals;
mod request;
mod sdk_faults;
mod server;
mod times;
mod token;
#[cfg(feature = "tracing")]
mod tracing;
mod transport;
