//! Holds and sessions against the emulator and its clock, which is their wall clock, too.

#[cfg(feature = "blocking")]
mod blocking;
mod file;
mod orders;
mod random;
mod rules;
mod saved;
mod session;
mod world;

#[cfg(feature = "tracing")]
mod trace;
