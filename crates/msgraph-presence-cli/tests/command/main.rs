//! The command as a process, against an emulator of the test.

#![cfg(test)]

mod holds;
mod inputs;
mod json;
mod signing_in;
mod world;
