//! Read and set Microsoft Teams presence through Microsoft Graph.
