//! Concurrent calls: many requests at once, and a limit on their number.
//!
//! Handles and requests own a clone of their client, which shares its connections, its tokens and
//! its retry budget. So they are `Send` and `'static`: a task takes them along, a stream
//! yields them, and a struct keeps them. A request is sent when it is awaited; whatever wants a
//! `Future`, rather than `.await`, gets one from `into_future()`, or from `send()` with the whole
//! response.
//!
//! # All at once, in one task
//!
//! `join_all` of the crate `futures-util` awaits a few requests together and keeps their order.
//! One that fails does not stop the others:
//!
//! ```
//! use futures_util::future::join_all;
//! use msgraph_presence::{Client, Error, Presence, UserId};
//!
//! async fn read_all(client: &Client, team: &[UserId]) -> Vec<Result<Presence, Error>> {
//!     let requests = team.iter().map(|id| client.users(*id).presence().get());
//!     join_all(requests.map(|request| request.into_future())).await
//! }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let team = ["Ada", "Grace", "Edsger"].map(|name| graph.add_user(name));
//! # let token = graph.token(msgraph_presence_emulator::Token::application());
//! # let client = Client::builder().base_url(graph.base_url()).token(token).build()?;
//! # let all = read_all(&client, &team).await.into_iter().collect::<Result<Vec<_>, _>>()?;
//! # assert!(all.iter().map(|one| &one.id).eq(team.map(|id| id.to_string()).iter()));
//! # Ok(())
//! # }
//! ```
//!
//! # A limited number at a time
//!
//! A long list is a stream, and `buffer_unordered` keeps that many calls under way. Their results
//! come as they are ready (`buffered` keeps the order). To stop at the first error, drop the
//! stream: the calls that are under way are dropped with it.
//!
//! ```
//! use futures_util::{StreamExt, stream};
//! use msgraph_presence::{Client, Error, UserId};
//!
//! async fn count_reachable(client: Client, team: Vec<UserId>) -> Result<usize, Error> {
//!     let requests = team.into_iter().map(move |id| client.users(id).presence().get());
//!     let mut calls = stream::iter(requests).map(|request| request.into_future()).buffer_unordered(10);
//!     let mut reachable = 0;
//!     while let Some(presence) = calls.next().await {
//!         if presence?.is_reachable() == Some(true) {
//!             reachable += 1;
//!         }
//!     }
//!     Ok(reachable)
//! }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let team: Vec<_> = (0..25).map(|number| graph.add_user(format!("{number}").as_str())).collect();
//! # graph.sign_in(team[3]);
//! # let token = graph.token(msgraph_presence_emulator::Token::application());
//! # let client = Client::builder().base_url(graph.base_url()).token(token).build()?;
//! # assert_eq!(tokio::spawn(count_reachable(client, team)).await??, 1);
//! # Ok(())
//! # }
//! ```
//!
//! # A task for each call
//!
//! A `JoinSet` of tokio spawns them, so that they run on all threads of the runtime, also while
//! this task does something else. Dropping the set aborts what is left of them.
//!
//! ```
//! use msgraph_presence::{Client, StatusMessage, UserId};
//! use tokio::task::JoinSet;
//!
//! async fn announce(client: &Client, team: &[UserId]) -> Result<(), Box<dyn std::error::Error>> {
//!     let mut calls = JoinSet::new();
//!     for id in team {
//!         let message = StatusMessage::text("At the all-hands meeting");
//!         let request = client.users(*id).presence().set_status_message(message);
//!         calls.spawn(request.send());
//!     }
//!     while let Some(call) = calls.join_next().await {
//!         println!("{:?}", call??.request_id());
//!     }
//!     Ok(())
//! }
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let team = ["Ada", "Grace"].map(|name| graph.add_user(name));
//! # let token = graph.token(msgraph_presence_emulator::Token::application());
//! # let client = Client::builder().base_url(graph.base_url()).token(token).build()?;
//! # announce(&client, &team).await?;
//! # let ada = client.users(team[0]).presence().get().await?;
//! # assert_eq!(ada.status_message.unwrap().text(), Some("At the all-hands meeting"));
//! # Ok(())
//! # }
//! ```
//!
//! The example `team_board` limits such tasks with a semaphore.
//!
//! # Rate limits
//!
//! Reading takes 1,500 requests in 30 seconds for each application and tenant. Beyond that the
//! service throttles with status 429; each call waits as long as `Retry-After` says and repeats,
//! within its timeout and the [retry budget] that all clones of a client share. So ten calls at a
//! time are plenty, and one client serves all of them.
//!
//! [retry budget]: crate::runtime::ClientBuilder::retry_budget
