//! The base of generated models of Microsoft Graph: objects that keep unknown properties,
//! open enums, numbers, durations, dates, ids and JSON of any form.
//!
//! Generated code has only what differs between types: properties, values, help texts. The code
//! that reads and writes JSON is in this crate:
//!
//! | generated item | trait | macro |
//! |---|---|---|
//! | struct | [`Object`] | [`object!`] |
//! | enum | [`OpenEnum`] | [`open_enum!`] |
//! | id | [`GuidId`] | [`guid_id!`] |
//!
//! [`decode`] reads a response's body; its errors name the position in the JSON and never quote the
//! value. [`Cloud`] has the URLs of Graph and of the identity platform in each cloud.
//!
//! # The examples
//!
//! ```toml
//! [dependencies]
//! jiff = "0.2"
//! msgraph-presence = { version = "0.1", features = ["jiff"] }
//! msgraph-wire = "0.1"
//! serde = "1"
//! serde_json = "1"
//! ```
//!
//! Types that `msgraph-presence` re-exports are taken from there. Every example is the body of this
//! function, and `Room` is this struct:
//!
//! ```
//! use msgraph_wire::{AdditionalData, Object, Value, Writer, object};
//! use serde::{de::MapAccess, ser::SerializeMap};
//!
//! #[derive(Debug, Default)]
//! struct Room {
//!     seats: Option<u32>,
//!     additional_data: AdditionalData,
//! }
//!
//! impl Object for Room {
//!     const REQUIRED: &'static [&'static str] = &["seats"];
//!
//!     fn read<'de, A>(&mut self, name: &str, value: Value<'_, A>) -> Result<(), A::Error>
//!     where
//!         A: MapAccess<'de>,
//!     {
//!         match name {
//!             "seats" => value.optional(&mut self.seats),
//!             _ => value.keep(name, &mut self.additional_data),
//!         }
//!     }
//!
//!     fn write<S: SerializeMap>(&self, to: &mut Writer<S>) -> Result<(), S::Error> {
//!         to.optional("seats", &self.seats)?;
//!         to.rest(&self.additional_data)
//!     }
//! }
//!
//! object!(Room);
//!
//! fn example() -> Result<(), Box<dyn std::error::Error>> {
//!     // an example
//!     Ok(())
//! }
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]

mod additional_data;
mod civil;
mod cloud;
mod date_time;
pub mod decode;
mod duration;
mod guid;
mod invalid_value;
mod json;
mod json_text;
mod limits;
mod number;
mod object;
mod open_enum;
mod private;
mod text;

pub use additional_data::AdditionalData;
pub use civil::CivilDateTime;
pub use cloud::Cloud;
pub use date_time::DateTimeOffset;
pub use duration::IsoDuration;
pub use guid::{Guid, GuidId};
pub use invalid_value::InvalidValue;
pub use json::Json;
pub use limits::{Limited, within};
pub use number::{Decimal, Double};
pub use object::{Object, Value, Writer};
pub use open_enum::OpenEnum;
pub use private::Private;

/// The `serde` that the macros use.
#[doc(hidden)]
pub use serde;

/// Further items that the macros need.
#[doc(hidden)]
pub mod support {
    pub use crate::guid::{parse_id, read_id, shortened};
    pub use crate::object::{read, write};
    pub use crate::open_enum::{parse, read_enum};
}
