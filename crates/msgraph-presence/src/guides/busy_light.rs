//! A busy light: presence that is watched for weeks.
//!
//! [`Client::watch`] gives the changes of one user or of thousands, as a stream that does not end
//! by accident. The program decides what a change means, and what the light shows while the
//! presence is unknown:
//!
//! ```
//! use msgraph_presence::{Activity, Availability, Presence, WatchBuilder, WatchEvent};
//!
//! /// A value that this program does not know has no colour of its own.
//! fn colour(presence: &Presence) -> &'static str {
//!     use Availability::*;
//!     match (presence.availability.as_ref(), presence.activity.as_ref()) {
//!         (_, Some(Activity::OutOfOffice)) => "purple",
//!         (Some(Available | AvailableIdle), _) => "green",
//!         (Some(Busy | BusyIdle | DoNotDisturb | Focusing), _) => "red",
//!         (Some(Away | BeRightBack), _) => "yellow",
//!         _ => "white",
//!     }
//! }
//!
//! async fn run(watch: WatchBuilder, mut light: impl FnMut(&str)) {
//!     let mut changes = watch.start(); // such as client.watch().me()
//!     while let Some(event) = changes.next().await {
//!         match event {
//!             WatchEvent::Changed { now, .. } => light(colour(&now)),
//!             WatchEvent::Stale { error, .. } => {
//!                 eprintln!("{error}");
//!                 light("dim");
//!             }
//!             WatchEvent::Fresh { presences, .. } => {
//!                 light(presences.first().map_or("off", |now| colour(now)));
//!             }
//!             WatchEvent::Gone { error, .. } => {
//!                 eprintln!("{error}");
//!                 light("off");
//!             }
//!             _ => {}
//!         }
//!     }
//! }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let ada = graph.add_user("Ada");
//! # graph.sign_in(ada);
//! # let builder = msgraph_presence::Client::builder().base_url(graph.base_url());
//! # let client = builder.token(graph.token_for(ada)).build()?;
//! # let mut shown = String::new();
//! # let running = run(client.watch().me(), |colour| shown.push_str(colour));
//! # let _ = tokio::time::timeout(std::time::Duration::from_secs(1), running).await;
//! # assert_eq!(shown, "green");
//! # Ok(())
//! # }
//! ```
//!
//! The example `busylight` is this program, and `tests/busylight.rs` takes it through an outage.
//!
//! # How it lasts
//!
//! A failure is one event, [`Stale`](WatchEvent::Stale) with the time of the last read, and is
//! retried; [`Fresh`](WatchEvent::Fresh) is the end of the failure. A user whom the service does not
//! find or does not show is [`Gone`](WatchEvent::Gone), and polled rarely. With a fixed token every
//! request fails after an hour or so: give the client a token provider
//! ([`tokens`](super::tokens)), or leave the loop when [`Error::is_unauthorized`] is true.
//!
//! A red light that was right five minutes ago can be wrong without any sign of it. So show
//! that the state is stale, as the program above does.
//!
//! # How often to poll
//!
//! Microsoft gives no interval. It names Graph's [change notifications] as an
//! alternative to polling; they need an HTTPS endpoint that Microsoft can reach, a renewal every
//! hour, and a signed-in user. The limit for reads is 1,500 requests in 30 seconds, for the
//! application in the tenant, and the Teams client itself [shows a change][states] after minutes in
//! some cases. So the default is 30 seconds: one user takes two requests a minute, 10,000 users
//! take 34.
//!
//! Below that a change is seen earlier only if Teams tells the service earlier. A person who joins
//! a call for five seconds makes a light flicker: [`settle`](crate::WatchBuilder::settle) takes
//! one more read before it tells a change.
//!
//! All watches of a client and its clones send within half of this rate limit. When several
//! processes share the limit, set their number, or another share, in the [`Pace`](crate::Pace) of
//! the client, which then applies to all other calls as well.
//!
//! # Many users
//!
//! `client.watch().users(team)` reads 650 of them in a request, spread over the interval.
//! [`WatchHandle`](crate::WatchHandle) adds and removes users from any task, and gives what is
//! known of each at any time: see the guide [`team_board`](super::team_board).
//!
//! # In a task, and without `async`
//!
//! The stream owns what it needs: `tokio::spawn` takes it. It makes its requests while it is polled
//! and has no task of its own, so a program that does not ask for the next event does not read
//! either. With the feature `blocking`, [`Watch::blocking`] is an iterator for a thread.
//!
//! [`Client::watch`]: crate::Client::watch
//! [`WatchEvent`]: crate::WatchEvent
//! [`Error::is_unauthorized`]: crate::Error::is_unauthorized
#![cfg_attr(
    feature = "blocking",
    doc = "[`Watch::blocking`]: crate::Watch::blocking"
)]
#![cfg_attr(not(feature = "blocking"), doc = "[`Watch::blocking`]: crate::Watch")]
//! [change notifications]: https://learn.microsoft.com/graph/changenotifications-for-presence
//! [states]: https://learn.microsoft.com/graph/cloud-communications-manage-presence-state

#[cfg(doc)]
use crate::WatchEvent;
