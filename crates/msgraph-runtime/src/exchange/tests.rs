//! The rules of a call, most of them as tables of what comes in and what is done about it.

mod answers;
mod attempts;
mod limits;
mod play;
mod redirects;
mod tokens;
mod waits;
