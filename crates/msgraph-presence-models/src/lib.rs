//! Types of the Microsoft Graph presence API, generated from its description.

mod generated;
mod questions;
mod status_message;
#[cfg(feature = "jiff")]
mod time_zone;

pub use generated::*;
pub use msgraph_wire::{
    AdditionalData, CivilDateTime, DateTimeOffset, Guid, InvalidValue, IsoDuration,
};
pub use status_message::StatusMessage;
