//! Focus time: a presence and a message for a while, taken back also after a crash.
//!
//! [`hold`](crate::handles::MePresence::hold) sets a preferred presence and a status message
//! together, and [`release`](crate::Hold::release) takes both back. Written down in a
//! [`HoldFile`](crate::HoldFile) before it starts, a hold is released by the next start of the
//! program, should this one be killed:
//!
//! ```
//! use msgraph_presence::{Client, HoldFile, PreferredPresence};
//! use std::time::Duration;
//! use std::path::Path;
//!
//! async fn focus(
//!     client: &Client,
//!     time: Duration,
//!     saved: &Path,
//!     stop: impl Future<Output = ()>, // such as Ctrl-C
//! ) -> Result<(), Box<dyn std::error::Error>> {
//!     let file = HoldFile::lock(saved)?; // fails while another start of the program holds
//!     let hold = client.me().presence().hold(PreferredPresence::DoNotDisturb);
//!     let hold = hold.message("Focusing").lasting(time);
//!     // An earlier start that was killed is released first.
//!     let held = file.hold(hold, async |hold| {
//!         println!("{}", hold.effect(Duration::from_secs(10)).await?);
//!         tokio::select! {
//!             () = hold.expired() => {}
//!             () = stop => {}
//!         }
//!         Ok::<_, msgraph_presence::Error>(())
//!     });
//!     let (released, shown) = held.await?;
//!     println!("{released}");
//!     shown?;
//!     Ok(())
//! }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let ada = graph.add_user("Ada");
//! # graph.sign_in(ada);
//! # let client = Client::builder().base_url(graph.base_url()).token(graph.token_for(ada)).build()?;
//! # let folder = std::env::temp_dir().join(format!("focus {}", std::process::id()));
//! # let saved = folder.join("hold.json");
//! # let stop = || async {
//! #     let shown = graph.presence(ada).unwrap_or_default();
//! #     assert_eq!(shown.status_message.unwrap_or_default().text(), Some("Focusing"));
//! # };
//! # let time = Duration::from_secs(1500);
//! # // It is killed, and started again.
//! # let stopped = async {
//! #     stop().await;
//! #     std::future::pending().await
//! # };
//! # let killed = focus(&client, time, &saved, stopped);
//! # let _ = tokio::time::timeout(Duration::from_secs(1), killed).await;
//! # focus(&client, time, &saved, stop()).await?;
//! # assert!(!saved.exists());
//! # std::fs::remove_dir_all(folder)?;
//! # let shown = graph.presence(ada).unwrap_or_default();
//! # assert_eq!(shown.is_reachable(), Some(true));
//! # assert_eq!(shown.status_message.unwrap_or_default().text(), None);
//! # Ok(())
//! # }
//! ```
//!
//! A program that may lose the earlier message by a crash leaves out the file: `.await` of the
//! builder starts the hold. `presence hold` (the crate
//! `msgraph-presence-cli` of the repository) is a whole program, and its tests end it by Ctrl-C and kill it.
//!
//! # How it ends
//!
//! | event | what a release does |
//! |---|---|
//! | no change by the person | the earlier message is restored, with its expiry; the preferred presence is cleared |
//! | the person writes another message, or removes it | the message stays as it is |
//! | the person chooses another presence | it stays |
//! | the hold has expired | the service has removed both; the earlier message is restored if no other was written, up to a day later |
//! | the earlier message has expired | the message is cleared |
//! | the program is killed before, between or after the two writes | the same, by the next start, from the saved form |
//! | a request fails | the other requests are sent nevertheless; another release sends the rest |
//! | it was released before | nothing is sent |
//!
//! [`Released`](crate::Released) has the result for the presence and for the message, and an error,
//! [`HoldError`](crate::HoldError), what may remain and until when.
//!
//! # Limits
//!
//! The service returns the presence that shows, but neither who set it nor which preferred presence
//! is set. So an earlier preferred presence is lost; one that a person chooses is cleared with the
//! hold if it is the same, or if there is no session, so that none shows. For another user, the
//! earlier message is read without its expiry, and restored without it. Two holds of one user at a
//! time restore each other's message only if they are released in the opposite order.
//!
//! A message is recognized by its text and its expiry. The text may be returned escaped, with markup
//! around it or with other white space; the expiry up to a minute off, and in another zone, if it is
//! UTC or the feature `jiff` is on.
//!
//! # Longer, or shorter
//!
//! [`extend`](crate::Hold::extend) lengthens both. Save the hold again afterwards. To end it
//! earlier, release it.
//!
//! # A call, in the session of an application
//!
//! Telephony sets the presence of a session instead, which is combined with the other sessions of
//! the user. A session fades and expires unless it is sent again, as
//! [`keep_alive`](crate::ApplicationSession::keep_alive) does while it is polled:
//!
//! ```
//! use msgraph_presence::{Client, Error, SessionPresence};
//!
//! /// Shows a call for as long as it lasts.
//! async fn in_a_call(client: &Client, application: &str, call: impl Future<Output = ()>) -> Result<(), Error> {
//!     let me = client.me().presence();
//!     let mut session = me.application_session(SessionPresence::InACall, application).await?;
//!     tokio::select! {
//!         () = call => {}
//!         never = session.keep_alive(|error| eprintln!("{error}")) => match never {},
//!     }
//!     session.end().await
//! }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let ada = graph.add_user("Ada");
//! # let client = Client::builder().base_url(graph.base_url()).token(graph.token_for(ada)).build()?;
//! # let call = async {
//! #     assert_eq!(graph.presence(ada).unwrap_or_default().is_in_call(), Some(true));
//! # };
//! # in_a_call(&client, "22553876-f5ab-4529-bffb-cfe50aa89f87", call).await?;
//! # assert_eq!(graph.presence(ada).unwrap_or_default().is_in_call(), Some(false));
//! # Ok(())
//! # }
//! ```
//!
//! # Without `async`
//!
//! With the feature `blocking`, each of these methods has a form for a thread: `send_blocking`,
//! `prepare_blocking`, `start_blocking`, `extend_blocking`, `effect_blocking`, `release_blocking`.
