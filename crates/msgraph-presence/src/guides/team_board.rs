//! A team board: the presences of many users, drawn whenever something changes.
//!
//! [`Client::watch`] gives an event for each change, and its [`WatchHandle`] the last known presence
//! of each user at any time. So a board keeps no state of its own:
//!
//! ```
//! use futures_util::StreamExt;
//! use msgraph_presence::{Client, UserId, WatchedPresence};
//!
//! /// A line of the board: what is known of a user, and whether that is current.
//! fn line(name: &str, known: &WatchedPresence) -> String {
//!     let stale = known.error.as_ref().map_or("", |_| "(stale) ");
//!     let presence = known.presence.clone().unwrap_or_default();
//!     let availability = presence.availability.clone().unwrap_or_default();
//!     let message = presence.status_message.as_ref().and_then(|message| message.text());
//!     format!("{name:<10} {availability:<16} {stale}{}", message.unwrap_or(""))
//! }
//!
//! async fn run(client: Client, team: Vec<(String, UserId)>, mut show: impl FnMut(Vec<String>)) {
//!     let watch = client.watch().users(team.iter().map(|(_, id)| *id));
//!     let changes = watch.with_status_message().start();
//!     let board = changes.handle();
//!     let mut responses = changes.ready_chunks(1000); // all events of a response at once
//!     while responses.next().await.is_some() {
//!         let lines = team.iter().filter_map(|(name, id)| Some(line(name, &board.user(*id)?)));
//!         show(lines.collect());
//!     }
//! }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let team = ["Ada", "Grace"].map(|name| (name.to_owned(), graph.add_user(name)));
//! # graph.sign_in(team[0].1);
//! # let client = Client::builder().base_url(graph.base_url()).token(graph.application_token()).build()?;
//! # let mut shown = Vec::new();
//! # let running = run(client, team.to_vec(), |lines| shown.push(lines));
//! # let _ = tokio::time::timeout(std::time::Duration::from_secs(1), running).await;
//! # assert_eq!(shown, [["Ada        Available        ", "Grace      Offline          "]]);
//! # Ok(())
//! # }
//! ```
//!
//! The token needs Presence.Read.All, and 650 users take one request in 30 seconds. `presence board`
//! (the crate `msgraph-presence-cli` of the repository) draws in a terminal.
//!
//! # Who is on it
//!
//! Users are added and removed by the handle, from any task, while the board runs:
//! [`WatchHandle::add`], [`WatchHandle::remove`]. New ones are read at once, and join the request of
//! the others with the next round. A user whom the service does not find (404) or does not show
//! (403) has no presence and an error, and is polled every ten minutes, so that a user who has left
//! costs the others nothing.
//!
//! # Several boards
//!
//! All watches of a client send at one pace: two boards of the same users read them twice, and
//! neither goes beyond the limit. A program with several views of the same users needs one watch,
//! polled by one task, and a handle for each view.
//!
//! [`Client::watch`]: crate::Client::watch
//! [`WatchHandle`]: crate::WatchHandle
//! [`WatchHandle::add`]: crate::WatchHandle::add
//! [`WatchHandle::remove`]: crate::WatchHandle::remove
