//! Programs that sign a user or an application in, and call presence with the token.
//!
//! They need the Azure SDK and `oauth2`, some sixty crates that nothing else here builds: so they
//! have a package of their own, which is not published. The guide [`sign_in.md`] of
//! `msgraph-presence` shows the same in parts; its examples are tested here.
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
