//! Sources of tokens: a user's, an application's, a machine's.
//!
//! The client sends tokens, and takes them from a provider. A person signs in by `msgraph-sign-in`,
//! which the feature `sign-in` brings; applications and machines sign in by `azure_identity`, which
//! is Microsoft's.
//!
//! # Which kind
//!
//! | | delegated: a user has signed in | application: without a user |
//! |---|---|---|
//! | `me()` | yes | no: there is no "me" |
//! | read others | yes | yes |
//! | set one's own presence | yes | — |
//! | set another user's presence | no | yes |
//! | who consents to the permissions of presence | the user, where the organization lets users | an administrator |
//! | suits | a desktop program, a busy light at home | a telephone system, a dashboard |
//!
//! The documentation of each method lists its permissions. A program that reads and writes for its
//! user asks for both `Presence.Read` and `Presence.ReadWrite`: the second one is
//! not listed for any read. To read *other* users with a user's token, Microsoft's [page][get] asks
//! for `Presence.Read` in its table and for `Presence.Read.All` in its examples: ask for the second
//! one, which many users in one request need in any case. Personal Microsoft accounts have no
//! presence in Graph.
//!
//! # A token at hand
//!
//! Enough to try something: it expires after an hour or so, and then every call fails.
//!
//! ```
//! # use msgraph_presence::{Client, Error, ErrorKind};
//! # fn client() -> Result<Client, Error> {
//! let client = Client::new("eyJ0eXAiOiJKV1Qi")?;
//! # Ok(client)
//! # }
//! # // A machine without roots of trust has no client.
//! # let kind = client().err().map(|error| error.kind());
//! # assert!(matches!(kind, None | Some(ErrorKind::Configuration)), "{kind:?}");
//! ```
//!
//! # A closure
//!
//! A closure asks any source for a token: a key store, a broker, a program. It is called before
//! every call: put it in a cache, unless it is fast.
//!
//! ```
//! use msgraph_presence::{AccessToken, Client, TokenCache, TokenRequest};
//! use std::io;
//! use std::time::{Duration, SystemTime};
//!
//! async fn ask_the_broker(scope: String) -> io::Result<(String, SystemTime)> {
//!     Ok(("eyJ0eXAiOiJKV1Qi".to_owned(), SystemTime::now() + Duration::from_secs(3600)))
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let ada = graph.token_for(graph.add_user("Ada"));
//! # let ask_the_broker = move |scope: String| {
//! #     assert_eq!(scope, "https://graph.microsoft.com/.default");
//! #     let ada = ada.clone();
//! #     async move { ask_the_broker(scope).await.map(|(_, expiry)| (ada, expiry)) }
//! # };
//! let tokens = TokenCache::new(move |request: TokenRequest| {
//!     let answer = ask_the_broker(request.scope().to_owned());
//!     async move {
//!         let (token, expiry) = answer.await?;
//!         Ok::<_, io::Error>(AccessToken::new(token).expires_at(expiry))
//!     }
//! });
//! let client = Client::builder().token(tokens);
//! # let client = client.base_url(graph.base_url()).build()?;
//! # client.me().presence().get().await?;
//! # Ok(())
//! # }
//! ```
//!
//! # `TokenCache`
//!
//! [`TokenCache`] keeps a token until five minutes before it expires. One caller asks for the
//! next one and all others wait for the response. A token that has not expired is given
//! in the meantime: in those five minutes a slow or silent provider costs one call a quarter
//! of a second. When the service refuses a token with 401 the provider is asked once more, and
//! the call is sent again with the token that it gives; a cache asks the provider behind it
//! then, regardless of its expiry.
//!
//! The request to the provider outlives the call: a provider that is slower than a call may
//! take still gets its token, and a refresh token that it was given is not lost. After
//! [a minute][TokenCache::provider_timeout] it is dropped, and the next call asks anew.
//!
//! A provider may block its thread, as a key store or a program that is run does: it runs on a
//! thread for blocking work, in a cache and outside of one. So it does not see the task-locals
//! of a call, unless it says by [`TokenProvider::may_block`] that it never blocks.
//!
//! A token that is empty, or that has a character that no header can carry, is not kept: the
//! next call asks again. Tokens are kept by scope, so that one cache in an `Arc` may serve
//! clients of several clouds.
//!
//! # A provider of your own
//!
//! [`TokenRequest::refused`] is the token that the service has just refused: a provider that
//! keeps tokens compares it with its own, and does not give that one again. A test makes the
//! requests itself:
//!
//! ```
//! use msgraph_presence::BoxError;
//! use msgraph_presence::{AccessToken, TokenProvider, TokenRequest};
//!
//! mod key_store {
//!     pub fn read(_: &str) -> std::io::Result<String> {
//!         Ok("eyJ0".to_owned())
//!     }
//! }
//!
//! async fn from_key_store(request: TokenRequest) -> Result<AccessToken, BoxError> {
//!     let kept = AccessToken::new(key_store::read("graph")?);
//!     if request.refused() == Some(&kept) {
//!         return Err("the token in the key store is refused: sign in again".into());
//!     }
//!     Ok(kept)
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), BoxError> {
//! let request = TokenRequest::new("https://graph.microsoft.com/.default");
//! let token = from_key_store.token(request.clone()).await?;
//! assert_eq!(token, AccessToken::new("eyJ0"));
//! let refused = request.with_refused(token);
//! assert!(from_key_store.token(refused).await.is_err());
//! # Ok(())
//! # }
//! ```
//!
#![cfg_attr(not(doctest), doc = include_str!("sign_in.md"))]
//!
//! # Claims challenges
//!
//! With [continuous access evaluation][cae] a 401 has claims that the next token must
//! have. They are passed to the provider, in [`TokenRequest::claims_json`]: add them to the
//! request for a token. Only applications that declare the capability `cp1` get such
//! challenges. The credentials of `azure_core` 1.1 cannot pass claims on; then the call fails
//! with the service's 401.
//!
//! # Other clouds
//!
//! Tokens of one cloud are refused by the others. [`Cloud::authority`] is the authority
//! of a cloud, and the client asks for the scope of its cloud. In a setting a cloud
//! is `global`, `usGovernmentL4`, `usGovernmentL5` or `china`, which `parse` reads.
//!
//! # Security of a token
//!
//! A token is sent to the origin of the base URL and to no other, over https (http only to
//! loopback). The client's copy is wiped from memory when it is dropped; those in the buffers of
//! the transport are not. No error, trace or `Debug` output has it. When a call fails, its claims
//! are read only to choose a hint.
//!
//! # Sources
//!
//! [Device code][device], [client credentials][secret], [managed identities][managed],
//! [national clouds][clouds], [`msgraph-sign-in`](https://docs.rs/msgraph-sign-in/0.1),
//! [`azure_identity`](https://docs.rs/azure_identity/1).
//!
//! [get]: https://learn.microsoft.com/graph/api/presence-get?view=graph-rest-1.0
//! [cae]: https://learn.microsoft.com/entra/identity-platform/app-resilience-continuous-access-evaluation
//! [device]: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code
//! [secret]: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
//! [managed]: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/overview
//! [clouds]: https://learn.microsoft.com/graph/deployments
//! [`TokenCache`]: crate::TokenCache
//! [`TokenProvider`]: crate::TokenProvider
//! [`TokenProvider::may_block`]: crate::TokenProvider::may_block
//! [`TokenRequest::claims_json`]: crate::TokenRequest::claims_json
//! [`TokenRequest::refused`]: crate::TokenRequest::refused
//! [TokenCache::provider_timeout]: crate::TokenCache::provider_timeout
//! [`Cloud::authority`]: crate::Cloud::authority
