//! For programs that call Graph with only `reqwest`: the code that can be deleted.
//!
//! The usual start is a few lines:
//!
//! ```
//! use serde_json::Value;
//!
//! async fn read(
//!     http: reqwest::Client,
//!     root: &str, // https://graph.microsoft.com/v1.0
//!     token: &str,
//! ) -> Result<Option<String>, Box<dyn std::error::Error>> {
//!     let call = http.get(format!("{root}/me/presence")).bearer_auth(token);
//!     let answer = call.send().await?.error_for_status()?;
//!     let presence: Value = serde_json::from_slice(&answer.bytes().await?)?;
//!     Ok(presence["availability"].as_str().map(str::to_owned))
//! }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let token = graph.token_for(graph.add_user("Ada"));
//! # let availability = read(reqwest::Client::new(), &graph.base_url(), &token).await?;
//! # assert_eq!(availability.as_deref(), Some("Offline"));
//! # Ok(())
//! # }
//! ```
//!
//! The same here:
//!
//! ```
//! # use msgraph_presence::Client;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let token = graph.token_for(graph.add_user("Ada"));
//! # let client = Client::builder().base_url(graph.base_url()).token(token).build()?;
//! let availability = client.me().presence().get().await?.availability;
//! # assert!(availability.is_some());
//! # Ok(())
//! # }
//! ```
//!
//! The parts that the first program needs sooner or later, and their equivalents here:
//!
//! | by hand | here |
//! |---|---|
//! | a retry loop for 429 and 503 that reads `Retry-After` in seconds, decimals and dates, and ends | on; [`RetryPolicy`], a deadline for the call, a budget for the client |
//! | a fresh token on 401, once, and not by every task at the same time | [`TokenCache`] |
//! | 403 told from 401, and both from a missing permission | [`Error`] with hints |
//! | the message of the service, which `error_for_status` drops | `error.code()`, `error.message()`, `error.request_id()` |
//! | `client-request-id`, for Microsoft's support | sent with every call, the same for all its attempts |
//! | no URL in log lines: reqwest's errors print it, with the user's id | no error prints a URL |
//! | ids joined into a path: `..`, `/` and an empty text make another URL | [`UserId`], a GUID; segments are encoded one by one |
//! | redirects: reqwest follows ten, and a POST after a 301 or 302 becomes a GET without a body | followed only to the same origin, and only for 307 and 308 |
//! | a limit for the body, and for the time between its pieces | 1 MiB, 30 seconds; both can be set |
//! | `DoNotDisturb` and its activity, `Offline` and `OffWork` | [`PreferredPresence`] |
//! | durations and dates without an offset | [`IsoDuration`](crate::IsoDuration), [`StatusMessage`] |
//! | a mock server to test with | `msgraph-presence-emulator` |
//!
//! # Keep your own reqwest
//!
//! Proxies, certificates, a resolver: pass its builder.
//!
//! ```
//! # use msgraph_presence::Client;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let token = graph.token_for(graph.add_user("Ada"));
//! let http = reqwest::Client::builder().connect_timeout(std::time::Duration::from_secs(3));
//! let builder = Client::builder().token("eyJ0eXAiOiJKV1Qi").reqwest(http);
//! # let builder = builder.token(token);
//! # let builder = builder.base_url(graph.base_url());
//! let client = builder.build()?;
//! # client.me().presence().get().await?;
//! # Ok(())
//! # }
//! ```
//!
//! The client sets redirects, retries, referer and decompression itself. It must be the same
//! major version of reqwest, 0.13: this is the one place where its types appear. To stay
//! independent of that, or to use another HTTP library, implement
//! [`Transport`](crate::Transport): the example `own_transport` does. To count or record
//! what is sent, put one around the client's own:
//! [`wrap_transport`](crate::ClientBuilder::wrap_transport).
//!
//! [`Error`]: crate::Error
//! [`PreferredPresence`]: crate::PreferredPresence
//! [`RetryPolicy`]: crate::RetryPolicy
//! [`StatusMessage`]: crate::StatusMessage
//! [`TokenCache`]: crate::TokenCache
//! [`UserId`]: crate::UserId
