//! The emulated identity platform from the outside, over HTTP.

#![cfg(test)]

mod access;
mod browser;
mod device;
mod platform;
mod robustness;
mod tokens;
