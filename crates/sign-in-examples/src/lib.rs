//! An example in which an application signs in by the Azure SDK, and the tests of two documents.
//!
//! The SDK has about fifty crates that no other package of this repository needs. So this package is
//! separate, and not published. The guide [`sign_in.md`] of `msgraph-presence` explains the example;
//! its code is tested here.
//!
//! [`sign_in.md`]: https://docs.rs/msgraph-presence/latest/msgraph_presence/guides/tokens/

/// The part of the guide about tokens that needs the Azure SDK.
#[cfg(doctest)]
#[doc = include_str!("../../msgraph-presence/src/guides/sign_in.md")]
struct SignIn;

/// The example in the README of the repository.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
