//! Calls from end to end, over a canned transport and over loopback.

#![cfg(test)]

mod answer;
mod common;
mod error;
mod request;
mod server;
mod token;
mod wire;
