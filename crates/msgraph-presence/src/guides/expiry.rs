//! The duration of a write, and its time zone.
//!
//! Each kind of value has its own form of expiry:
//!
//! | | written as | without it |
//! |---|---|---|
//! | [status message](#a-status-message) | a local date and time, and the name of a time zone | it never expires |
//! | [preferred presence](#a-preferred-presence) | a duration | one day for `DoNotDisturb` and `Busy`, seven days for all others |
//! | [session of an application](#the-session-of-an-application) | a duration from 5 minutes to 4 hours | five minutes |
//! | work location | not possible | not documented; the page of `clearLocation` speaks of the current date |
//!
//! Always set an expiry: it undoes the write when the program crashes. A
//! [`hold`](super::focus_time) sets a presence and a message with one expiry, and can take both
//! back before.
//!
//! # A status message
//!
//! ```
//! use msgraph_presence::StatusMessage;
//! use std::time::{Duration, SystemTime};
//!
//! let quarter = Duration::from_secs(15 * 60);
//! let message = || StatusMessage::text("Back soon");
//!
//! message().expires_in(quarter); // a quarter of an hour from now, by this machine's clock
//! message().expires_at(SystemTime::now() + quarter); // at an instant
//! message().expires_at_local("2026-11-21T17:30:00", "Europe/Rome"); // by a local clock
//! message(); // never
//! ```
//!
//! The first two are written in UTC: no time zone is involved, and that is the best choice
//! for a program. The third one is for a time that a person has named.
//!
//! On the wire it is a date and time *without* an offset and a zone beside it
//! ([`dateTimeTimeZone`][zone]). An offset or a `Z` inside the date and time is a common
//! mistake; here it is refused before anything is sent:
//!
//! ```
//! use msgraph_presence::{PresenceStatusMessage, StatusMessage};
//!
//! let message = StatusMessage::text("Back soon");
//! let message = message.expires_at_local("2026-11-21T17:30:00Z", "UTC");
//! let error = PresenceStatusMessage::try_from(message).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "invalid date and time: has an offset, which is not allowed; write it like 2026-11-21T17:30:00, \
//!      and name the time zone beside it",
//! );
//! ```
//!
//! # Which zones the service knows
//!
//! Microsoft's [page][zone] names all Windows zones (`Pacific Standard Time`) and a list of
//! IANA zones. It warns that some parts of Graph take less, and does not say it of presence.
//! `UTC` is used in practice. A zone is sent as it is, and the service decides.
//!
//! # Reading an expiry
//!
//! The expiry can be returned in another zone than it was set in. The expiry of another
//! user's message is not returned at all: `None` does not mean "never" there. The texts are kept
//! unchanged. The feature `jiff` converts them into an instant, for a zone with a Windows name or
//! an IANA name; an unknown zone is an error and never a wrong instant.
//!
//! ```
//! # use msgraph_presence::{Client, StatusMessage};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # graph.set_clock("2026-11-21T09:00:00Z".parse()?);
//! # let token = msgraph_presence_emulator::Token::delegated(graph.add_user("Ada"));
//! # let token = graph.token(token.expires_in(std::time::Duration::from_secs(1 << 31)));
//! # let client = Client::builder().base_url(graph.base_url()).token(token).build()?;
//! # let me = client.me().presence().get().await?.user_id()?;
//! # let message = StatusMessage::text("Out").expires_at_local("2026-11-21T17:30:00", "Pacific Standard Time");
//! # client.users(me).presence().set_status_message(message).await?;
//! let message = client.me().presence().get().await?.status_message.unwrap_or_default();
//! if let Some(expiry) = message.expiry_date_time {
//!     println!("{:?} in {:?}", expiry.date_time, expiry.time_zone);
//!     # #[cfg(feature = "jiff")]
//!     println!("{}", expiry.to_timestamp()?); // with the feature `jiff`
//!     # #[cfg(feature = "jiff")]
//!     # assert_eq!(expiry.to_timestamp()?.to_string(), "2026-11-22T01:30:00Z");
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Clearing a status message
//!
//! Microsoft documents no way to clear a status message. Programs overwrite it with an empty text,
//! with null, or with a placeholder that expires soon. [`StatusMessage::clear`] sends the empty
//! text.
//!
//! # A preferred presence
//!
//! ```
//! # use msgraph_presence::Client;
//! use msgraph_presence::PreferredPresence;
//! use std::time::Duration;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let ada = graph.add_user("Ada");
//! # let client = Client::builder().base_url(graph.base_url()).token(graph.token_for(ada)).build()?;
//! let presence = client.users(ada).presence();
//! let busy = || presence.set_user_preferred_presence(PreferredPresence::Busy);
//!
//! busy().expiration_duration(Duration::from_secs(8 * 3600)).await?; // sends PT8H
//! busy().expiration_duration("P1DT12H").await?;
//! busy().await?; // for the default of this presence:
//! let day = Duration::from_secs(86_400);
//! assert_eq!(PreferredPresence::Busy.default_expiration_duration(), day);
//! # graph.received(msgraph_presence_emulator::Expected::post("setUserPreferredPresence").times(3))?;
//! # Ok(())
//! # }
//! ```
//!
//! On the wire it is an ISO 8601 duration in days, hours, minutes and seconds. No shortest and no
//! longest one is documented: the range of 5 to 240 minutes that is often quoted belongs to [a
//! session](#the-session-of-an-application). Zero, negative and malformed ones are refused before
//! sending. To extend a preferred presence, set it again: the duration starts again.
//!
//! # Ending a preferred presence
//!
#![doc = include_str!("operations/clear_user_preferred_presence.md")]
//!
//! # The session of an application
//!
//! ```
//! # use msgraph_presence::Client;
//! use msgraph_presence::SessionPresence;
//! use std::time::Duration;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let ada = graph.add_user("Ada");
//! # let client = Client::builder().base_url(graph.base_url()).token(graph.token_for(ada)).build()?;
//! let application = "22553876-f5ab-4529-bffb-cfe50aa89f87";
//! let presence = client.me().presence();
//! let call = || presence.set_presence(SessionPresence::InACall, application);
//! call().await?; // for five minutes
//! call().expiration_duration("PT4H").await?;
//!
//! let error = call().expiration_duration(Duration::from_secs(60)).await.unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "me.presence.setPresence: invalid expirationDuration: must be PT5M to PT4H; \
//!      give a longer one",
//! );
//! # graph.received(msgraph_presence_emulator::Expected::post("setPresence").times(2))?;
//! # Ok(())
//! # }
//! ```
//!
//! After that time the session is gone, and the response to `clear_presence` is 404. To keep it,
//! set it again, which restarts the time. Within it, `Available` fades to Away all the same, after
//! ten minutes.
//!
//! # Sources
//!
//! [setStatusMessage][message], [setUserPreferredPresence][preferred],
//! [clearUserPreferredPresence][unprefer], [setPresence][session],
//! [dateTimeTimeZone][zone], [presenceStatusMessage][read].
//! On clearing: one client's [reading of the docs][clear].
//!
//! [message]: https://learn.microsoft.com/graph/api/presence-setstatusmessage?view=graph-rest-1.0
//! [preferred]: https://learn.microsoft.com/graph/api/presence-setuserpreferredpresence?view=graph-rest-1.0
//! [unprefer]: https://learn.microsoft.com/graph/api/presence-clearuserpreferredpresence?view=graph-rest-1.0
//! [session]: https://learn.microsoft.com/graph/api/presence-setpresence?view=graph-rest-1.0
//! [zone]: https://learn.microsoft.com/graph/api/resources/datetimetimezone?view=graph-rest-1.0
//! [read]: https://learn.microsoft.com/graph/api/resources/presencestatusmessage?view=graph-rest-1.0
//! [clear]: https://github.com/Carme99/PresenceJam-Desktop
//! [`StatusMessage::clear`]: crate::StatusMessage::clear
