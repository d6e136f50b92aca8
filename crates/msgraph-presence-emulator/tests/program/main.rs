//! The program from the outside: what it prints, how it answers, how it ends.

#![cfg(test)]

mod connections;
mod output;
mod running;
