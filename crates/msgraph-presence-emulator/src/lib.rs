//! A mock server of Microsoft Graph presence, to test programs without a tenant.
//!
//! | to | see |
//! |---|---|
//! | configure it: address, clock, cloud, no rate limit | [`builder`](Emulator::builder), [`Builder`] |
//! | add users, sign them in and out, set them out of office | [`add_user`](Emulator::add_user), [`User`], [`sign_in`](Emulator::sign_in), [`Session`], [`set_out_of_office`](Emulator::set_out_of_office) |
//! | set and advance the clock | [`set_clock`](Emulator::set_clock), [`advance`](Emulator::advance), [`run_clock`](Emulator::run_clock) |
//! | read a user's presence | [`presence`](Emulator::presence) |
//! | make tokens: delegated, of an application, expired, of another tenant or cloud | [`token_for`](Emulator::token_for), [`application_token`](Emulator::application_token), [`Token`] |
//! | sign in without a browser, approve a device code, revoke | [`authority`](Emulator::authority), [`set_sign_ins`](Emulator::set_sign_ins), [`SignIns`], [`approve_device_code`](Emulator::approve_device_code), [`revoke_sign_ins`](Emulator::revoke_sign_ins) |
//! | inject a fault: an error, a redirect, a timeout, a truncated or slow response | [`inject`](Emulator::inject), [`Fault`] |
//! | try both readings of an ambiguity in the documentation | [`assume`](Emulator::assume), [`Undocumented`] |
//! | look at the requests that were received, and assert them | [`requests`](Emulator::requests), [`received`](Emulator::received), [`Expected`] |
//!
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod access;
mod admin;
mod builder;
mod clock;
mod emulator;
mod encoding;
mod error;
mod expected;
mod fault;
#[rustfmt::skip]
mod generated;
mod graph;
mod identity;
#[cfg(feature = "program")]
#[doc(hidden)]
pub mod program;
mod record;
mod response;
mod server;
mod service;
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
