//! Read and set Microsoft Teams presence through Microsoft Graph.

mod generated;

pub use generated::*;
pub use msgraph_presence_models as models;
