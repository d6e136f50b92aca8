//! The call succeeded, and Teams shows something else.
//!
//! A write succeeds when the service has *accepted* it. The presence that Teams shows depends on
//! more than that. The usual reasons, the most frequent first:
//!
//! # There is no session
//!
//! A preferred presence shows only while the user has at least one presence session: a Teams
//! client that is signed in, or one that an application made with `setPresence`. Without one
//! the call succeeds and the user shows as Offline.
//!
//! ```
//! # use msgraph_presence::Client;
//! use msgraph_presence::{Availability, PreferredPresence};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let ada = graph.add_user("Ada");
//! # let client = Client::builder().base_url(graph.base_url()).token(graph.token_for(ada)).build()?;
//! let presence = client.users(ada).presence();
//! presence
//!     .set_user_preferred_presence(PreferredPresence::DoNotDisturb)
//!     .await?;
//! let seen = presence.get().await?.availability;
//! assert_eq!(seen, Some(Availability::Offline));
//!
//! graph.sign_in(ada); // Ada opens Teams
//! let seen = presence.get().await?.availability;
//! assert_eq!(seen, Some(Availability::DoNotDisturb));
//! # Ok(())
//! # }
//! ```
//!
//! # Something else takes precedence
//!
//! A preferred presence hides every session, a call too: after
//! `PreferredPresence::Available` a user in a meeting shows as Available. Without one the
//! sessions are combined: DoNotDisturb comes before Busy, Busy before Available, Available
//! before Away.
//!
//! So `set_presence` changes nothing that shows while a preferred presence lasts. *Appear offline*
//! is one as well: it hides everything else. And a session's Away does not show beside a Teams
//! client's Available:
//!
//! ```
//! # use msgraph_presence::Client;
//! use msgraph_presence::{Availability, SessionPresence};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let ada = graph.add_user("Ada");
//! # graph.sign_in(ada);
//! # let client = Client::builder().base_url(graph.base_url()).token(graph.token_for(ada)).build()?;
//! let application = "22553876-f5ab-4529-bffb-cfe50aa89f87";
//! let presence = client.me().presence();
//! presence.set_presence(SessionPresence::Away, application).await?;
//! let seen = presence.get().await?.availability;
//! assert_eq!(seen, Some(Availability::Available)); // Teams is open
//!
//! presence.set_presence(SessionPresence::InACall, application).await?;
//! let seen = presence.get().await?.availability;
//! assert_eq!(seen, Some(Availability::Busy));
//! # Ok(())
//! # }
//! ```
//!
//! # It has expired
//!
//! A preferred presence lasts one day (`Busy`, `DoNotDisturb`) or seven days (all others) when
//! nothing was said, an application's session five minutes. A session's Available fades to
//! AvailableInactive after five minutes without activity and to Away after another five, however
//! long the session lasts. The guide [`expiry`](super::expiry) has the rest.
//!
//! # An older write came last
//!
//! Of two writes that overlap, the last to arrive counts, and it may be the older one: a repeat
//! after a timeout, or another program for the same user. [`many`](super::many#writes-that-overlap)
//! shows how a program orders its own.
//!
//! # It takes minutes
//!
//! Teams clients ask the service from time to time, and a change can take minutes to show
//! there. So compare with the result of `get()`, after a while, and not with a window.
//!
//! # It was set for somebody else, or by the wrong kind of token
//!
//! A delegated token sets only the presence of its own user; with another user's id the call
//! fails, and does not ignore it. An application's token sets any user's: if the call succeeds
//! and the wrong presence changes, compare the id with the `id` that `get()` returns.
//!
//! # It reads back differently
//!
//! Another user sees a status message without its expiry and without the time of publishing.
//! The zone of an expiry may be another one than was set. A draft of Microsoft's page said
//! that the service may change the text where it looks like markup; so do not recognize a message
//! by equality of texts. A [`Hold`](crate::Hold)
//! compares texts without markup and escapes, and the expiry.
//!
//! # Waiting until it shows
//!
//! [`Hold::effect`](crate::Hold::effect) and
//! [`ApplicationSession::effect`](crate::ApplicationSession::effect) read until the new presence
//! shows, or name the rule by which it does not:
//!
//! ```
//! # use msgraph_presence::Client;
//! use msgraph_presence::{Hidden, PreferredPresence};
//! use std::time::Duration;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let ada = graph.add_user("Ada");
//! # let client = Client::builder().base_url(graph.base_url()).token(graph.token_for(ada)).build()?;
//! # let minute = Duration::ZERO;
//! # if false {
//! let minute = Duration::from_secs(60);
//! # }
//! let mut hold = client.me().presence().hold(PreferredPresence::Busy).await?;
//! let effect = hold.effect(minute).await?;
//! if effect.hidden == Some(Hidden::NoSession) {
//!     println!("{effect}"); // Offline, Offline is shown, not the presence that was set: the user has no …
//! }
//! # assert_eq!(effect.hidden, Some(Hidden::NoSession));
//! # hold.release().await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Sources
//!
//! [Manage presence state][manage] (sessions, precedence, fading, polling),
//! [setUserPreferredPresence][preferred] (no session, default expiry),
//! [setPresence][session] (expiry of a session),
//! [setStatusMessage][message] (what other users see). Reports of the same surprise:
//! [1][a], [2][b], [3][c]. The emulator behaves as those pages say; it is no proof of what the
//! service does.
//!
//! [manage]: https://learn.microsoft.com/graph/cloud-communications-manage-presence-state
//! [preferred]: https://learn.microsoft.com/graph/api/presence-setuserpreferredpresence?view=graph-rest-1.0
//! [session]: https://learn.microsoft.com/graph/api/presence-setpresence?view=graph-rest-1.0
//! [message]: https://learn.microsoft.com/graph/api/presence-setstatusmessage?view=graph-rest-1.0
//! [a]: https://github.com/microsoftgraph/microsoft-graph-explorer-v4/issues/2837
//! [b]: https://github.com/microsoftgraph/msgraph-sdk-dotnet/issues/1188
//! [c]: https://github.com/osodevops/ms-teams-cli/issues/92
