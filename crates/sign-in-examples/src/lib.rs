//! A program in which an application signs in by the Azure SDK, and calls presence with the token.
//!
//! The SDK is some fifty crates that nothing else here builds: so it has a package of its own, which
//! is not published. The guide [`sign_in.md`] of `msgraph-presence` shows the same in parts, and how
//! a person signs in; its examples are tested here.
//!
//! [`sign_in.md`]: https://docs.rs/msgraph-presence/latest/msgraph_presence/guides/tokens/

/// The part of the guide about tokens that needs these libraries.
#[cfg(doctest)]
#[doc = include_str!("../../msgraph-presence/src/guides/sign_in.md")]
struct SignIn;

/// The example of the repository's README, which no package holds.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
