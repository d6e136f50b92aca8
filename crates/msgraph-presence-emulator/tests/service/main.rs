//! The emulated service from the outside, over plain HTTP.

#![cfg(test)]

mod access;
mod administration;
mod batch;
mod callers;
mod clients;
mod clouds;
mod directory;
mod emulator;
mod faults;
mod http;
mod locations;
mod many_users;
mod operations;
mod record;
mod robustness;
mod sessions;
mod settings;
#[cfg(feature = "tls")]
mod tls;
mod undocumented;
mod validation;
