//! The methods that create a hold or a session.

use super::target::Target;
use super::{ApplicationSessionBuilder, Hold, HoldBuilder, SavedHold, State};
use crate::handles::{MePresence, UsersPresence};
use crate::{Client, PreferredPresence, SessionPresence};
use std::sync::Arc;
use std::time::SystemTime;

/// Presences that are set for a while and taken back.
impl MePresence {
    /// Returns a builder for a [`Hold`]: a preferred presence, and a status message with it, until
    /// both are [released](Hold::release).
    ///
    /// ```
    /// # use msgraph_presence::Client;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let graph = msgraph_presence_emulator::Emulator::start().await?;
    /// # let ada = graph.add_user("Ada");
    /// # graph.sign_in(ada);
    /// # let client = Client::builder().base_url(graph.base_url()).token(graph.token_for(ada)).build()?;
    /// use msgraph_presence::PreferredPresence;
    /// use std::time::Duration;
    ///
    /// let hold = client.me().presence().hold(PreferredPresence::DoNotDisturb);
    /// let mut hold = hold.message("Focusing").lasting(Duration::from_secs(1500)).await?;
    ///
    /// println!("{}", hold.effect(Duration::from_secs(10)).await?); // Busy, InACall is shown, …
    /// # assert!(hold.effect(Duration::ZERO).await?.is_shown());
    /// hold.extend(Duration::from_secs(600)).await?;
    /// hold.release().await?;
    /// # assert_eq!(graph.presence(ada).unwrap_or_default().status_message.unwrap_or_default().text(), None);
    /// # Ok(())
    /// # }
    /// ```
    pub fn hold(&self, preferred: PreferredPresence) -> HoldBuilder {
        HoldBuilder::new(Target::Me(self.clone()), preferred)
    }

    /// Returns a builder for an [`ApplicationSession`](crate::ApplicationSession): the presence of a
    /// session of the application, which is kept alive and ended.
    ///
    /// `session_id`: The client id of the application.
    pub fn application_session(
        &self,
        session: SessionPresence,
        session_id: impl Into<String>,
    ) -> ApplicationSessionBuilder {
        ApplicationSessionBuilder::new(Target::Me(self.clone()), session, session_id.into())
    }
}

/// Presences that are set for a while and taken back.
impl UsersPresence {
    /// Returns a builder for a [`Hold`]: a preferred presence, and a status message with it, until
    /// both are [released](Hold::release).
    ///
    /// See [`MePresence::hold`]. With an application's token the service gives the earlier message
    /// without its expiry, so it is restored without an expiry.
    pub fn hold(&self, preferred: PreferredPresence) -> HoldBuilder {
        HoldBuilder::new(Target::User(self.clone()), preferred)
    }

    /// Returns a builder for an [`ApplicationSession`](crate::ApplicationSession): the presence of a
    /// session of the application, which is kept alive and ended.
    ///
    /// `session_id`: The client id of the application.
    pub fn application_session(
        &self,
        session: SessionPresence,
        session_id: impl Into<String>,
    ) -> ApplicationSessionBuilder {
        ApplicationSessionBuilder::new(Target::User(self.clone()), session, session_id.into())
    }
}

impl Client {
    /// Returns a hold that an earlier start of the program has saved, to release or extend it.
    ///
    /// This sends no request. With a token of another user than the hold's, the first read is an
    /// error, and nothing is changed.
    ///
    /// ```
    /// use msgraph_presence::Client;
    /// use std::error::Error;
    ///
    /// async fn end_earlier_hold(client: &Client, saved: &str) -> Result<(), Box<dyn Error>> {
    ///     let mut hold = client.resume_hold(serde_json::from_str(saved)?);
    ///     println!("{:?}", hold.release().await?);
    ///     Ok(())
    /// }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn Error>> {
    /// # let graph = msgraph_presence_emulator::Emulator::start().await?;
    /// # let ada = graph.add_user("Ada");
    /// # graph.sign_in(ada);
    /// # let client = Client::builder().base_url(graph.base_url()).token(graph.token_for(ada)).build()?;
    /// # let hold = client.me().presence().hold(msgraph_presence::PreferredPresence::Busy).await?;
    /// # let saved = serde_json::to_string(hold.saved())?;
    /// # drop(hold.into_saved());
    /// # end_earlier_hold(&client, &saved).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn resume_hold(&self, saved: SavedHold) -> Hold {
        let user = (!saved.is_me).then_some(saved.user);
        Hold {
            target: Target::new(self, user),
            saved,
            wall: Arc::new(SystemTime::now),
            state: State::Held,
            before: None,
        }
    }
}
