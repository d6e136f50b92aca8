//! Many users, many requests at once, writes that overlap, and rate limits.
//!
//! # The presences of many users
//!
//! [`Client::presences_of`] reads any number of users, 650 in each request, and matches the
//! presences by id. A board of 10,000 users takes 16 requests; the rate limit is 1,500 in 30
//! seconds. In the result each user is found, missing, or failed with the error of its request.
//!
//! ```
//! use msgraph_presence::{Availability, Client, UserId};
//!
//! /// How many of the team are available. Users who are missing count as not available.
//! async fn available(client: &Client, team: &[UserId]) -> usize {
//!     let presences = client.presences_of(team.iter().copied()).await;
//!     for failure in &presences.failed {
//!         eprintln!("{} users: {}", failure.ids.len(), failure.error);
//!     }
//!     let available = Some(Availability::Available);
//!     presences.found.values().filter(|presence| presence.availability == available).count()
//! }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let team: Vec<_> = (0..1_301).map(|number| graph.add_user(format!("{number}").as_str())).collect();
//! # graph.sign_in(team[1_300]);
//! # let client = Client::builder().base_url(graph.base_url()).token(graph.application_token()).build()?;
//! # assert_eq!((available(&client, &team).await, graph.requests_received()), (1, 3));
//! # Ok(())
//! # }
//! ```
//!
//! # Many writes
//!
//! [`Client::batch`] takes any number of requests of any operations and sends them twenty at a
//! time. Each has its own result, in the order of the requests:
//!
//! ```
//! use msgraph_presence::{Client, Error, StatusMessage, UserId};
//!
//! /// Sets the message of everybody in the team, and gives those for whom that failed.
//! async fn announce(client: &Client, team: &[UserId]) -> Vec<(UserId, Error)> {
//!     let message = StatusMessage::text("At the all-hands meeting");
//!     let requests = team.iter().map(|id| {
//!         client.users(*id).presence().set_status_message(message.clone())
//!     });
//!     let results = client.batch().send_all(requests).await;
//!     let failed = |(id, result): (&UserId, Result<_, Error>)| Some((*id, result.err()?));
//!     team.iter().zip(results).filter_map(failed).collect()
//! }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let mut team: Vec<_> = (0..500).map(|n| graph.add_user(format!("{n}").as_str())).collect();
//! # let client = Client::builder().base_url(graph.base_url()).token(graph.application_token()).build()?;
//! # assert_eq!(announce(&client, &team).await.len(), 0);
//! # let batches = graph.requests().into_iter().filter(|request| request.part.is_none()).count();
//! # assert_eq!(batches, 25);
//! # let unknown: UserId = "66825e03-7ef5-42da-9069-724602c31f6b".parse()?;
//! # team.push(unknown);
//! # let failed = announce(&client, &team[480..]).await;
//! # assert!(failed.len() == 1 && failed[0].0 == unknown && failed[0].1.is_not_found());
//! # Ok(())
//! # }
//! ```
//!
//! Requests with different response types are added one by one:
//!
//! ```
//! use msgraph_presence::PreferredPresence;
//!
//! # use msgraph_presence::Client;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let token = graph.token_for(graph.add_user("Ada"));
//! # let client = Client::builder().base_url(graph.base_url()).token(token).build()?;
//! let me = client.me().presence();
//! let mut batch = client.batch();
//! let before = batch.add(me.get().select(["availability"]));
//! let busy = batch.add(me.set_user_preferred_presence(PreferredPresence::Busy));
//! batch.send().await;
//!
//! println!("{:?}", before.into_result()?.availability);
//! busy.into_result()?;
//! # Ok(())
//! # }
//! ```
//!
//! Every rule of a single call holds for each request: a throttled one waits for its own
//! `Retry-After` and is sent again, within its timeout and the retry budget, and one that has
//! succeeded is never sent again. Each counts by itself against the limits of the service, so one
//! [`Client::presences_of`] reads 650 users where 33 batches would read 20 each. Requests of one
//! batch have no order among themselves: send one batch after the other where that matters.
//! [`Batch`] has the limits.
//!
//! # Many requests
//!
//! Handles and requests own a clone of their client, which shares its connections, its tokens and
//! its retry budget. So they are `Send` and `'static`: a task takes them along, a stream
//! yields them, and a struct keeps them. A request is sent when it is awaited; code that needs a
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
//! # Writes that overlap
//!
//! Graph does not order writes for one user: the last to arrive counts. When a telephone rings
//! twice in a second, or a write is retried after a timeout while a newer one is in progress, the
//! last to arrive may be the older one. [`NewestWins`] sends one write at a time, and of those that
//! wait only the newest; keep one for each user and kind of write:
//!
//! ```
//! use msgraph_presence::{Client, Error, NewestWins, SessionPresence};
//!
//! const APPLICATION: &str = "22553876-f5ab-4529-bffb-cfe50aa89f87";
//!
//! struct Agent {
//!     client: Client,
//!     writes: NewestWins,
//! }
//!
//! impl Agent {
//!     /// True if it was written, false if a newer state was written in its place.
//!     async fn show(&self, state: SessionPresence) -> Result<bool, Error> {
//!         let request = self.client.me().presence().set_presence(state, APPLICATION);
//!         Ok(self.writes.send(request).await.transpose()?.is_some())
//!     }
//! }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let token = graph.token_for(graph.add_user("Ada"));
//! # let client = Client::builder().base_url(graph.base_url()).token(token).build()?;
//! # let agent = Agent { client, writes: NewestWins::default() };
//! # let states = (
//! #     agent.show(SessionPresence::InACall),
//! #     agent.show(SessionPresence::Available),
//! #     agent.show(SessionPresence::Presenting),
//! # );
//! # let (first, second, third) = tokio::join!(states.0, states.1, states.2);
//! # assert_eq!((first?, second?, third?), (true, false, true));
//! # let shown = agent.client.me().presence().get().await?.activity;
//! # assert_eq!(shown, Some(msgraph_presence::Activity::Presenting));
//! # Ok(())
//! # }
//! ```
//!
//! [`NewestWins`] does not order the writes of another program. Each application has its own
//! session, so give each its own `session_id`; a user has only one status message and one preferred
//! presence.
//!
//! # Rate limits
//!
//! Reading takes 1,500 requests in 30 seconds for each application and tenant. Beyond that the
//! service throttles with status 429; each call waits as long as `Retry-After` says and repeats,
//! within its timeout and the [retry budget] that all clones of a client share. Ten calls at a
//! time are enough, and one client serves all of them.
//!
//! A client with a [`Pace`] avoids throttling: its calls wait for their turns within a share of
//! the limit, in the order of their start, and each request of a batch counts.
//!
//! ```
//! use msgraph_presence::{Client, Pace};
//! use std::time::Duration;
//!
//! # fn main() -> Result<(), msgraph_presence::Error> {
//! let client = Client::builder()
//!     .token("eyJ0eXAiOiJKV1Qi")
//!     .pace(Pace::default().share(0.8).processes(4)) // 300 requests in 30 seconds here
//!     .timeout(Duration::from_secs(600)) // the waits for turns count
//! #   .base_url("http://localhost:1/v1.0")
//!     .build()?;
//! # Ok(())
//! # }
//! ```
//!
//! [`Client::presences_of`] and [watches](crate::Client::watch) always keep a pace: half of the
//! limit if the client has none. Their waits do not count towards the timeout; the same holds for a
//! single request with [`Request::paced`](crate::Request::paced).
//!
//! [`Batch`]: crate::Batch
//! [`Client::batch`]: crate::Client::batch
//! [`Client::presences_of`]: crate::Client::presences_of
//! [`NewestWins`]: crate::NewestWins
//! [`Pace`]: crate::Pace
//! [retry budget]: crate::runtime::ClientBuilder::retry_budget
