//! Calls from end to end, over a canned transport and over loopback.

#![cfg(test)]

mod answer;
#[cfg(feature = "azure")]
mod azure;
#[cfg(feature = "blocking")]
mod blocking;
mod cache;
mod common;
mod error;
mod privacy;
mod properties;
mod request;
mod sdk_faults;
mod server;
mod token;
#[cfg(feature = "tracing")]
mod tracing;
mod wire;
