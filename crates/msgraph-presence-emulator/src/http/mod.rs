//! The thin layer of HTTP over the emulated service.

mod fault_io;
mod server;

pub(crate) use fault_io::WireFault;
pub(crate) use server::{Shared, serve};
