//! Types of the Microsoft Graph presence API, generated from an OpenAPI document.
//!
//! | to | see |
//! |---|---|
//! | read a presence | [`Presence`], [`Availability`], [`Activity`] |
//! | ask whether the user is reachable, in a call, presenting, out of office | [`Presence::is_reachable`] and its neighbours |
//! | find the pairs that a user can prefer, and how long each lasts | [`PreferredPresence`] |
//! | find the pairs that an application's session can have | [`SessionPresence`] |
//! | set the duration of a preferred presence or a session | [`IsoDuration`] |
//! | set a status message, let it expire, clear it | [`StatusMessage`] |
//! | read a status message and its expiry | [`PresenceStatusMessage`], [`DateTimeTimeZone`] |
//! | identify a user | [`UserId`] |
//!
//! Reading accepts values and properties that are newer than this crate. Every property except an
//! id may be missing or null; enums keep unknown values; objects keep unknown properties in
//! `additional_data`, and write them again. Writing is strict: a value that the service would
//! refuse is an [`InvalidValue`], with the rule and a suggested fix.
//!
//! ```
//! use msgraph_presence_models::{IsoDuration, Presence};
//!
//! let json = r#"{"id":"fa8bf3dc-eca7-46b7-bad1-db199b62afc3","availability":"Zen","mood":7}"#;
//! let presence: Presence = serde_json::from_str(json)?;
//! assert_eq!(presence.availability, Some("Zen".into()));
//! assert_eq!(serde_json::to_string(&presence)?, json);
//!
//! let error = "8:00:00".parse::<IsoDuration>().unwrap_err();
//! assert_eq!(error.help(), "write it like P1D, PT8H, PT90M or PT45S");
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! # Time zones
//!
//! An expiry is a local date and time and the name of a zone, [`DateTimeTimeZone`]. The texts are
//! kept unchanged. With the feature `jiff`, `DateTimeTimeZone::to_timestamp` and `to_zoned` give
//! the instant, for Windows and for IANA names of a zone. A date and time with an offset or a `Z`,
//! which the documentation excludes, is accepted as well; an offset that differs from that of the
//! zone at this time is an error.
//!
//! # The examples
//!
//! ```toml
//! [dependencies]
//! msgraph-presence = { version = "0.1", features = ["jiff"] }
//! msgraph-presence-models = "0.1"
//! serde_json = "1"
//! ```
//!
//! The types are taken from `msgraph-presence`, which re-exports all of them; without it they are in
//! `msgraph_presence_models`. Every example is the body of this function:
//!
//! ```
//! fn example() -> Result<(), Box<dyn std::error::Error>> {
//!     // an example
//!     Ok(())
//! }
//! ```
//!
//! # What does not compile
//!
//! A pair that the service does not accept:
//!
//! ```compile_fail,E0308
//! use msgraph_presence_models::bodies::SetUserPreferredPresenceRequest;
//! use msgraph_presence_models::{Activity, Availability};
//!
//! SetUserPreferredPresenceRequest::new((Availability::Offline, Activity::Available));
//! ```
//!
//! ```compile_fail,E0599
//! msgraph_presence_models::PreferredPresence::Focusing;
//! ```
//!
//! A pair of the preferred presence in an application's session:
//!
//! ```compile_fail,E0308
//! use msgraph_presence_models::bodies::SetPresenceRequest;
//! use msgraph_presence_models::PreferredPresence;
//!
//! SetPresenceRequest::new(PreferredPresence::Available, "app".to_owned());
//! ```
//!
//! ```compile_fail,E0599
//! msgraph_presence_models::SessionPresence::BeRightBack;
//! ```
//!
//! A user id that was not checked to be a GUID:
//!
//! ```compile_fail,E0423
//! msgraph_presence_models::UserId("ada@contoso.com");
//! ```
//!
//! A message without a text, and a message whose expiry was not checked:
//!
//! ```compile_fail,E0061
//! msgraph_presence_models::StatusMessage::text();
//! ```
//!
//! ```compile_fail,E0308
//! use msgraph_presence_models::bodies::SetStatusMessageRequest;
//! use msgraph_presence_models::StatusMessage;
//!
//! SetStatusMessageRequest::new(StatusMessage::text("Not yet checked"));
//! ```
//!
//! A `match` without an arm for unknown values:
//!
//! ```compile_fail,E0004
//! use msgraph_presence_models::BodyType;
//!
//! fn is_html(body_type: BodyType) -> bool {
//!     match body_type {
//!         BodyType::Text => false,
//!         BodyType::Html => true,
//!     }
//! }
//! ```
//!
//! A struct literal of a response, which would lack the properties of later versions:
//!
//! ```compile_fail,E0639
//! use msgraph_presence_models::OutOfOfficeSettings;
//!
//! OutOfOfficeSettings { message: None, is_out_of_office: None };
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]

#[rustfmt::skip]
mod generated;
mod display;
mod offset;
mod preferred;
mod questions;
mod status_message;
#[cfg(feature = "jiff")]
mod time_zone;

pub use generated::*;
pub use msgraph_wire::{
    AdditionalData, CivilDateTime, Cloud, DateTimeOffset, Decimal, Guid, InvalidValue, IsoDuration,
    Json,
};
pub use status_message::StatusMessage;

/// The README's example, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
