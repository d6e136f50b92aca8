//! The emulated service from the outside, over plain HTTP.

#![cfg(test)]

mod administration;
mod callers;
mod clouds;
mod emulator;
mod faults;
mod http;
mod operations;
mod record;
mod robustness;
mod undocumented;
mod validation;
