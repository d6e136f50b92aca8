//! Types of the Microsoft Graph presence API, generated from its description.

mod generated;
mod status_message;

pub use generated::*;
pub use msgraph_wire::{
    AdditionalData, DateTimeOffset, Guid, InvalidValue, IsoDuration,
};
pub use status_message::StatusMessage;
