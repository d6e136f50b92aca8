//! The thin layer of HTTP over the emulated service.

mod connection;
mod fault_io;

pub(crate) use connection::{Shared, serve};
pub(crate) use fault_io::WireFault;
