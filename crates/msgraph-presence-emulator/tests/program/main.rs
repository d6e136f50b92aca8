//! The program from the outside.

#![cfg(test)]

mod connections;
mod output;
mod running;
