//! A Microsoft Graph call made safe, patient and explainable: tokens, retries, limits, errors and transport.

#[cfg(feature = "blocking")]
mod blocking;
mod client;
mod cloud;
mod driver;
mod error;
mod exchange;
mod operation;
mod path;
mod request;
mod resource;
mod response;
mod retry;
mod token;
mod transport;

use std::pin::Pin;

pub use client::{Client, ClientBuilder};
pub use cloud::Cloud;
pub use error::{Error, ErrorKind};
pub use http::Method;
pub use msgraph_wire::{InvalidValue, decode};
pub use operation::{Caller, Hint, Operation, RateLimit};
pub use request::Request;
pub use resource::{Decode, Resource};
pub use response::Response;
pub use retry::RetryPolicy;
pub use token::{
    AccessToken, IntoTokenProvider, TokenCache, TokenProvider, TokenRequest,
};
pub use transport::{Attempt, Body, Chunks, Transport, TransportError};

/// Any error, as providers and transports give it.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A future on the heap that any thread can run.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
