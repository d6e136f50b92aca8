//! Guides about tokens, many users, expiry, errors, tests and the way from other SDKs; documentation
//! only.
//!
//! | guide | answers |
//! |---|---|
//! | [`operations`] | How is each operation called, with all that can be said about a call? |
//! | [`many`] | How do I read many users, or make many calls at once? What do writes do that overlap? |
//! | [`busy_light`] | How is presence watched for weeks, and how often may it be read? |
//! | [`team_board`] | How is a list of people shown, who come and go, and kept current? |
//! | [`focus_time`] | How are a presence and a message set for a while, and taken back, after a crash too? |
//! | [`tokens`] | Where do tokens come from: a user's, an application's, a machine's? |
//! | [`expiry`] | How long does what I set last, and in which time zone? |
//! | [`nothing_changed`] | The call succeeded, and Teams shows something else. Why? |
//! | [`errors`] | What went wrong, what do I do about it, what do I log? |
//! | [`testing`] | How do I test my program without a tenant? |
//! | [`from_other_sdks`] | I know Microsoft's SDK for Python or JavaScript. What is it called here? |
//! | [`from_graph_rs_sdk`] | I use `graph-rs-sdk`. What changes? |
//! | [`from_reqwest`] | I call Graph with only `reqwest`. What can I delete? |
//!
//! All examples run in this crate's tests, against the emulator. What is said about the
//! service is from Microsoft's pages and from reports of what others met, which are linked;
//! where the pages are silent or contradict each other, that is said too.

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
