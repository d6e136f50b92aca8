//! Tests of a program without a tenant.
//!
//! The crate `msgraph-presence-emulator` is a mock of the service that keeps state. It listens on
//! a free port of the loopback interface and responds as Microsoft's documentation says.
//!
//! ```toml
//! [dev-dependencies]
//! msgraph-presence-emulator = "0.1"
//! tokio = { version = "1", features = ["macros", "rt"] }
//! ```
//!
//! With `default-features = false` the emulator comes without its command line, and with some
//! twenty crates less.
//!
//! The program under test needs a base URL that can be changed: `Client::builder().base_url(…)`.
//!
//! # A test
//!
//! ```
//! use msgraph_presence::{Availability, Client, Error, PreferredPresence, UserId};
//! use msgraph_presence_emulator::{Emulator, Expected, Token};
//! use std::time::Duration;
//!
//! /// The function under test: a telephone makes its owner busy for an hour at most.
//! async fn call_begins(client: &Client, owner: UserId) -> Result<(), Error> {
//!     let presence = client.users(owner).presence();
//!     let busy = presence.set_user_preferred_presence(PreferredPresence::Busy);
//!     busy.expiration_duration(Duration::from_secs(3600)).await
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> { the_owner_is_busy_for_an_hour().await }
//! /// A test, with `#[tokio::test]` above it.
//! async fn the_owner_is_busy_for_an_hour() -> Result<(), Box<dyn std::error::Error>> {
//!     let graph = Emulator::start().await?;
//!     let ada = graph.add_user("Ada");
//!     graph.sign_in(ada);
//!     let token = Token::application().expires_in(Duration::from_secs(86_400));
//!     let builder = Client::builder().base_url(graph.base_url());
//!     let client = builder.token(graph.token(token)).build()?;
//!
//!     call_begins(&client, ada).await?;
//!     graph.received(Expected::post("/setUserPreferredPresence"))?;
//!     let presence = client.users(ada).presence();
//!     assert_eq!(presence.get().await?.availability, Some(Availability::Busy));
//!
//!     graph.advance(Duration::from_secs(3600)); // without waiting
//!     assert_ne!(presence.get().await?.availability, Some(Availability::Busy));
//!     Ok(())
//! }
//! ```
//!
//! # What can be arranged
//!
//! | | how |
//! |---|---|
//! | users, also out of office or in another tenant | `add_user("Ada")`, `User::new("Ada").out_of_office("…")` |
//! | sessions: Teams open, in a call, presenting | `sign_in(ada)`, `sign_in_with(ada, Session::new("Busy", "InACall"))`, `sign_out(ada)` |
//! | time | `set_clock(…)`, `advance(…)`: tokens, messages, preferences and sessions age with it |
//! | tokens with few permissions, expired, of a personal account | `Token::delegated(ada).permissions(["Presence.Read"])`, `.expired()`, `.personal_account()` |
//! | faults | `inject(Fault::status(429).retry_after("2").times(3))`, `Fault::reset()`, `Fault::truncate()`, `Fault::html(502)` |
//! | values and properties of later versions | `Fault::unknown_value()`, `Fault::unknown_property()` |
//! | undocumented behaviour | `assume(Undocumented::…)`: [below](#undocumented-behaviour) |
//!
//! # Faults on demand
//!
//! ```
//! # use msgraph_presence::Client;
//! use msgraph_presence_emulator::Fault;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let ada = graph.add_user("Ada");
//! # let client = Client::builder().base_url(graph.base_url()).token(graph.token_for(ada)).build()?;
//! graph.inject(Fault::status(503).retry_after("0.01").times(2));
//! let response = client.me().presence().get().send().await?;
//! assert_eq!(response.attempts(), 3);
//!
//! graph.inject(Fault::unknown_value());
//! let presence = client.me().presence().get().await?;
//! assert_eq!(presence.is_reachable(), None); // no wrong colour on a busy light
//! # Ok(())
//! # }
//! ```
//!
//! # Undocumented behaviour
//!
//! Microsoft's pages contradict each other in some places, and observations contradict the
//! pages. Each known contradiction is a value of `Undocumented` that the emulator can assume. A
//! program that works with each of them is prepared for all. Here it is one call; let your test
//! run all calls of your program:
//!
//! ```
//! # use msgraph_presence::Client;
//! use msgraph_presence_emulator::{Emulator, Undocumented};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! for &behaviour in Undocumented::ALL {
//!     let graph = Emulator::builder().assume(behaviour).start().await?;
//!     let ada = graph.add_user("Ada");
//!     graph.sign_in(ada);
//!     let builder = Client::builder().base_url(graph.base_url());
//!     let client = builder.token(graph.token_for(ada)).build()?;
//!     let presence = client.communications().presences(ada).get().await?;
//!     assert_eq!(presence.is_reachable(), Some(true), "{behaviour:?}");
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # One clock
//!
//! Three clocks meet in a test: the emulator's, by which sessions, messages and tokens age; the
//! machine's, by which the client computes the expiry of a message (`expires_in`); tokio's, by which
//! the client waits. A test need not wait for any of them:
//!
//! ```
//! # use msgraph_presence::Client;
//! use msgraph_presence::StatusMessage;
//! # use msgraph_presence_emulator::Emulator;
//! use std::time::Duration;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> { main_test().await }
//! /// A test, with `#[tokio::test(start_paused = true)]` above it.
//! async fn main_test() -> Result<(), Box<dyn std::error::Error>> {
//!     const MINUTE: Duration = Duration::from_secs(60);
//!     let graph = Emulator::start().await?;
//!     let ada = graph.add_user("Ada");
//!     let client = Client::builder().base_url(graph.base_url()).token("Ada").build()?;
//!     let shown = async || client.me().presence().get().await.map(|p| p.status_message.is_some());
//!
//!     graph.advance(60 * MINUTE);
//!     let message = StatusMessage::text("Back soon").expires_in(25 * MINUTE);
//!     client.users(ada).presence().set_status_message(message).await?;
//!     assert!(shown().await?); // the 25 minutes begin now, not an hour ago
//!     graph.advance(20 * MINUTE);
//!     assert!(shown().await?);
//!     graph.advance(10 * MINUTE);
//!     assert!(!shown().await?);
//!     Ok(())
//! }
//! ```
//!
//! Until a time is given to the emulator's clock, the emulator shifts each expiry by as much as the
//! clock was advanced. After `set_clock` an expiry is taken unchanged: give the program the time,
//! `graph.now()`.
//!
//! Under `start_paused` the client's waits take no time. With `Emulator::builder().follow_tokio()`
//! they pass on the emulator's clock as well, and the test has one clock:
//!
//! ```
//! use msgraph_presence::{Client, StatusMessage};
//! use msgraph_presence_emulator::Emulator;
//! use std::time::Duration;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! #     let mut runtime = tokio::runtime::Builder::new_current_thread();
//! #     runtime.enable_all().start_paused(true).build()?.block_on(test())
//! # }
//! /// A test, with `#[tokio::test(start_paused = true)]` above it.
//! async fn test() -> Result<(), Box<dyn std::error::Error>> {
//!     let graph = Emulator::builder().user("Ada").follow_tokio().start().await?;
//!     let ada = graph.add_user("Ada");
//!     let client = Client::builder().base_url(graph.base_url()).token("Ada").build()?;
//!     let message = StatusMessage::text("Back soon").expires_in(Duration::from_secs(1500));
//!     client.users(ada).presence().set_status_message(message).await?;
//!
//!     tokio::time::sleep(Duration::from_secs(1200)).await; // takes no time
//!     assert!(client.me().presence().get().await?.status_message.is_some());
//!     tokio::time::sleep(Duration::from_secs(600)).await;
//!     assert!(client.me().presence().get().await?.status_message.is_none());
//!     Ok(())
//! }
//! ```
//!
//! A token is valid for an hour *on the emulator's clock*. A test that advances the clock by more
//! needs a longer one, as above, or the name of the user, which does not expire.
//!
//! The emulator runs on the tokio runtime that it was started on. For blocking code, start it
//! on a runtime of its own and make the calls on another thread: see the example `blocking`.
//!
//! # Other programs
//!
//! The emulator is also a program, a mock server for any HTTP client, with a web page and an
//! administration API:
//!
//! ```console
//! $ cargo run -p msgraph-presence-emulator -- --port 8080
//! ```
//!
//! # Limits
//!
//! The emulator models the documentation. A test that passes shows that a program fits the
//! documentation, not that the service does. Before a release, run the tour once against the
//! service: `GRAPH_TOKEN=… cargo run -p msgraph-presence --example tour`.
