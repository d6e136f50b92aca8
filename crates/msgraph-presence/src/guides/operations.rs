//! Calls of each operation, with all their options.
//!
//! # Read a presence
//!
//! One's own, with a user's token:
//!
#![doc = include_str!("operations/read_own.md")]
//!
//! Any user's in the organization, by object id, with a user's or an application's token:
//!
#![doc = include_str!("operations/read.md")]
//!
//! or
//!
#![doc = include_str!("operations/read_communications.md")]
//!
//! Both paths return the same. Microsoft's [page][get] shows the second one's response inside
//! `{"value":[…]}`; both forms are read.
//!
//! Anything but the id may be missing: see [`Presence`]. To ask for only some properties,
//! name them as they are on the wire:
//!
//! ```
//! # use msgraph_presence::Client;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let ada = graph.add_user("Ada");
//! # let client = Client::builder().base_url(graph.base_url()).token(graph.token_for(ada)).build()?;
//! let presence = client.users(ada).presence();
//! let two = presence.get().select(["availability", "activity"]).await?;
//! assert!(two.id.is_empty() && two.availability.is_some());
//! # Ok(())
//! # }
//! ```
//!
//! No page documents `$select` for presence, and [one user][select] reports an error.
//! Do not rely on it.
//!
//! # Read many users
//!
#![doc = include_str!("operations/get_presences_by_user_id.md")]
//!
//! With a user's token it takes Presence.Read.All, for the user's own presence as well. The guide
//! [`many`](super::many) has the rest.
//!
//! # Under `me()` or `users(id)`
//!
//! Every write below exists under both. With a user's token they do the same, and
//! `client.me().presence()` needs no object id; with an application's token there is no "me".
//!
//! # Set the status message
//!
#![doc = include_str!("operations/set_status_message.md")]
//!
//! [`StatusMessage`] has all the ways to let it expire; the guide [`expiry`](super::expiry)
//! explains them.
//!
//! # Set the preferred presence
//!
#![doc = include_str!("operations/set_user_preferred_presence.md")]
//!
//! A preferred presence can be accepted and still not be shown: see
//! [`nothing_changed`](super::nothing_changed).
//!
//! # Clear the preferred presence
//!
#![doc = include_str!("operations/clear_user_preferred_presence.md")]
//!
//! The call also succeeds when no preferred presence is set.
//!
//! # The session of an application
//!
//! A telephone system, or any other program, has a session of its own beside each Teams client:
//!
#![doc = include_str!("operations/set_presence.md")]
//!
//! [`SessionPresence`] has the five pairs that the service takes; those of a preferred presence are
//! others, and do not compile here. The session lasts five minutes, or what was asked for, from
//! five minutes to four hours. `Available` fades regardless of the duration: set it again within
//! five minutes. Microsoft's staff [recommends][client-id] to give the client id of the application
//! as `session_id`; Microsoft does not document what another text does.
//!
#![doc = include_str!("operations/clear_presence.md")]
//!
//! # The work location
//!
//! With a user's token only, and under `/me`:
//!
#![doc = include_str!("operations/work_location.md")]
//!
//! Of the sources of a location, manual comes before automatic, and automatic before the work
//! plan of the calendar.
//!
//! # Options of every operation
//!
//! `.send()` gives the whole response; a header, a timeout and a retry policy can be set for
//! one call:
//!
//! ```
//! # use msgraph_presence::Client;
//! use msgraph_presence::RetryPolicy;
//! use std::time::Duration;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let ada = graph.add_user("Ada");
//! # let client = Client::builder().base_url(graph.base_url()).token(graph.token_for(ada)).build()?;
//! let response = client
//!     .me()
//!     .presence()
//!     .get()
//!     .timeout(Duration::from_secs(5))
//!     .retry(RetryPolicy::none())
//!     .header("client-request-id", "6dc63a0e-5a3b-4ac1-b1cb-2c5b2ea2a7b3")
//!     .send()
//!     .await?;
//! println!("{} {:?}", response.status(), response.request_id());
//! let presence = response.into_value();
//! # assert!(!presence.id.is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! The settings of a client, for all its calls:
//!
//! ```
//! use msgraph_presence::{Client, Cloud, RetryPolicy};
//! use std::time::Duration;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use msgraph_presence_emulator::{Emulator, Expected, Token};
//! # let graph = Emulator::builder().cloud(Cloud::UsGovernmentL4).start().await?;
//! # let token = Token::delegated(graph.add_user("Ada")).cloud(Cloud::UsGovernmentL4);
//! # let token = graph.token(token);
//! let builder = Client::builder()
//!     .token("eyJ0eXAiOiJKV1Qi")
//!     .cloud(Cloud::UsGovernmentL4)
//!     .user_agent("busy-light/1.2")
//!     .header("Accept-Language", "de")
//!     .timeout(Duration::from_secs(20)) // for a call, with all its attempts and waits
//!     .read_timeout(Duration::from_secs(10)) // for each piece of a response
//!     .retry(RetryPolicy::default().attempts(6))
//!     .retry_budget(50)
//!     .body_limit(64 * 1024);
//! # let builder = builder.token(token).base_url(graph.base_url());
//! let client = builder.build()?;
//! # client.me().presence().get().await?;
//! # graph.received(Expected::get("/me/presence").header("Accept-Language", "de"))?;
//! # Ok(())
//! # }
//! ```
//!
//! With the feature `blocking` every request has `send_blocking()`: see the example
//! `blocking`. What happens to a request in which order is described in
//! [`runtime`](crate::runtime).
//!
//! # An operation that is not here
//!
//! Tokens, retries, limits and errors are the runtime's, for any call to Graph. This example looks
//! up the object id of a user by its user principal name (UPN), which is often the email address;
//! it needs the permission User.ReadBasic.All ([page][user]):
//!
//! ```
//! # use msgraph_presence::Client;
//! # use msgraph_presence::{Attempt, Body, BoxFuture, Transport, TransportError};
//! # struct Canned;
//! # impl Transport for Canned {
//! #     fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
//! #         assert!(attempt.url().ends_with("/v1.0/users/ada%40contoso.com?$select=id"));
//! #         let body = Body::from(r#"{"id":"fa8bf3dc-eca7-46b7-bad1-db199b62afc3"}"#);
//! #         Box::pin(async { Ok(http::Response::new(body)) })
//! #     }
//! # }
//! use msgraph_presence::UserId;
//! use msgraph_presence::runtime::{Method, Operation, Resource, decode};
//!
//! static GET_USER: Operation = Operation {
//!     id: "users.user.GetUser",
//!     method: Method::GET,
//!     path: "/users/{id}",
//!     repeatable: true,
//!     delegated: &["User.ReadBasic.All"],
//!     application: &["User.ReadBasic.All"],
//!     servers: &["https://graph.microsoft.com/v1.0"],
//!     ..Operation::EMPTY
//! };
//!
//! #[derive(serde::Deserialize)]
//! struct User {
//!     id: UserId,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let client = Client::builder().token("secret").transport(Canned).build()?;
//! let user = Resource::root(client.as_ref()).fixed("users").parameter("ada@contoso.com");
//! let request = user.request(&GET_USER, decode::json::<User>);
//! let ada = request.query("$select", ["id"]).await?.id;
//! # assert_eq!(ada.to_string(), "fa8bf3dc-eca7-46b7-bad1-db199b62afc3");
//! # Ok(())
//! # }
//! ```
//!
//! [get]: https://learn.microsoft.com/graph/api/presence-get?view=graph-rest-1.0
//! [user]: https://learn.microsoft.com/graph/api/user-get?view=graph-rest-1.0
//! [client-id]: https://github.com/microsoftgraph/microsoft-graph-docs/issues/18837
//! [select]: https://github.com/microsoftgraph/microsoft-graph-explorer-v4/issues/2945
//! [`Presence`]: crate::Presence
//! [`SessionPresence`]: crate::SessionPresence
//! [`StatusMessage`]: crate::StatusMessage
