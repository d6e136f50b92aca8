//! Guides about tokens, many users, expiry, errors, tests and the way from other SDKs; documentation
//! only.
//!
//! | guide | answers |
//! |---|---|
//! | [`operations`] | How is each operation called, and which options has a call? |
//! | [`many`] | How do I read many users, or make many calls at once, within the rate limit? What happens to writes that overlap? |
//! | [`busy_light`] | How is presence polled for weeks, and how often? |
//! | [`team_board`] | How is a changing list of people shown and kept current? |
//! | [`focus_time`] | How are a presence and a message set for a while, and taken back, after a crash too? |
//! | [`tokens`] | Where do tokens come from: a user's, an application's, a machine's? |
//! | [`expiry`] | How long do a message and a presence last, and in which time zone? |
//! | [`nothing_changed`] | The call succeeded, and Teams shows something else. Why? |
//! | [`errors`] | What is the cause, is a retry safe, what do I log? |
//! | [`testing`] | How do I test my program without a tenant, against a mock of the service? |
//! | [`from_other_sdks`] | I know Microsoft's SDK for Python or JavaScript. What are the same calls here? |
//! | [`from_graph_rs_sdk`] | I use `graph-rs-sdk`. What changes? |
//! | [`from_reqwest`] | I call Graph with only `reqwest`. What can I delete? |
//!
//! All examples run in this crate's tests, against the emulator. Facts about the service are from
//! Microsoft's pages and from reports of other users, which are linked; where the pages are silent
//! or contradict each other, the guides name it.

pub mod busy_light;
pub mod errors;
pub mod expiry;
pub mod focus_time;
pub mod from_graph_rs_sdk;
pub mod from_other_sdks;
pub mod from_reqwest;
pub mod many;
pub mod nothing_changed;
pub mod operations;
pub mod team_board;
pub mod testing;
pub mod tokens;
