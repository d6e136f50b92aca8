//! Holds and sessions against the emulator and its clock, which is their wall clock, too.

mod orders;
mod random;
mod saved;
mod session;
mod world;

#[cfg(feature = "tracing")]
mod trace;
