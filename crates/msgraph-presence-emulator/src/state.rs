//! The state of the emulated service and what a request does to it: no sockets, no waiting.
//!
//! Everything here is a function of the state, the request and the time that the caller passes.

mod account;
mod answer;
mod authorize;
mod error;
mod expiry;
#[cfg(test)]
mod model;
mod presence_body;
mod requests;
mod routing;
mod service;
mod session;
mod throttle;

pub(crate) use account::Account;
pub(crate) use answer::Answer;
pub(crate) use error::GraphError;
pub(crate) use routing::{Target, percent_decoded};
pub(crate) use service::Service;
pub use session::{Session, SessionId};
