//! Tests of the rules of a call, most of them as tables of events and steps.

mod answers;
mod attempts;
mod limits;
mod play;
mod redirects;
mod tokens;
mod waits;
