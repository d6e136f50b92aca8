//! A stand-in for the Microsoft Graph presence service, to test programs without a tenant.
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod access;
mod admin;
mod builder;
mod clock;
mod demo;
mod emulator;
mod encoding;
mod error;
mod expected;
mod fault;
#[rustfmt::skip]
mod generated;
mod graph;
mod identity;
mod json;
#[cfg(feature = "program")]
#[doc(hidden)]
pub mod program;
mod record;
mod response;
mod server;
mod service;
mod stream;
#[cfg(feature = "tls")]
mod tls;
mod token;
mod undocumented;
mod user;

pub use builder::Builder;
pub use emulator::Emulator;
pub use expected::{Expected, Mismatch};
pub use fault::Fault;
pub use generated::routes::Route;
pub use identity::state::SignIns;
pub use jiff::Timestamp;
pub use msgraph_presence_models as models;
pub use msgraph_presence_models::Cloud;
pub use record::ReceivedRequest;
pub use service::session::{Session, SessionId};
pub use token::{DEFAULT_APPLICATION, DEFAULT_TENANT, PERSONAL_TENANT, Token};
pub use undocumented::Undocumented;
pub use user::User;
