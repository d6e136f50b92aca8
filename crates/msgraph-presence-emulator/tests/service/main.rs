//! The emulated service from the outside, over plain HTTP.

#![cfg(test)]

mod administration;
mod batch;
mod callers;
mod clouds;
mod directory;
mod emulator;
mod faults;
mod http;
mod operations;
mod record;
mod robustness;
mod undocumented;
mod validation;
