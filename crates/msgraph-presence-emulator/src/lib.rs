//! A stand-in for the Microsoft Graph presence service, to test programs without a tenant.
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod admin;
mod builder;
mod clock;
mod content_type;
mod core;
mod doubt;
mod emulator;
mod fault;
#[rustfmt::skip]
mod generated;
mod json;
#[cfg(feature = "program")]
#[doc(hidden)]
pub mod program;
mod random;
mod record;
mod reply;
mod server;
mod state;
mod token;
mod user;

pub use builder::Builder;
pub use doubt::Doubt;
pub use emulator::Emulator;
pub use fault::Fault;
pub use generated::routes::Route;
pub use jiff::Timestamp;
pub use msgraph_presence_models as models;
pub use msgraph_presence_models::Cloud;
pub use record::{Expected, Mismatch, ReceivedRequest};
pub use state::{Session, SessionId};
pub use token::{DEFAULT_APPLICATION, DEFAULT_TENANT, PERSONAL_TENANT, Token};
pub use user::User;
