//! The writes of a hold: start, release and extension.

use super::decide::{self, Undo};
use super::{Hold, HoldError, Outcome, Released, State, expiry, invalid};
use crate::{Error, InvalidValue, IsoDuration, StatusMessage};
use std::time::Duration;
use tokio::time::timeout;

/// The timeout of the read at the end of a start.
const READ_TIMEOUT: Duration = Duration::from_secs(10);

impl Hold {
    /// Sets the status message, if there is one, then the preferred presence.
    ///
    /// When the second write fails, the first one is taken back. A start that failed or was dropped
    /// can be tried again. For a hold that has started, this sends nothing.
    ///
    /// # Errors
    ///
    /// Those of the requests. The error names the writes that remain at the service because they
    /// could not be taken back; [`release`](Self::release) tries that again.
    /// [`ErrorKind::Request`](crate::ErrorKind::Request) when the hold has expired since it was
    /// prepared, or was released.
    pub async fn start(&mut self) -> Result<(), HoldError> {
        match (self.state, self.saved.is_released()) {
            (State::Prepared, _) | (State::Starting, false) => {}
            (State::Held, false) => return Ok(()),
            (_, true) => {
                let released = invalid("the hold was released", "prepare another one");
                return Err(Error::from(released).into());
            }
        }
        let lasting = self.until(self.saved.expiry)?;
        // From here on a write may have reached the service, also if this future is dropped.
        self.state = State::Starting;
        self.saved.is_preference_held = true;
        self.saved.is_message_held = self.saved.message.is_some();
        if let Some(text) = &self.saved.message {
            let message = StatusMessage::text(text).expires_at(self.saved.expiry);
            if let Err(error) = self.target.set_message(message).await {
                self.saved.is_preference_held = false;
                self.saved.is_message_held = error.may_have_acted();
                return Err(self.take_back(error).await);
            }
        }
        let preference = self.saved.preference;
        if let Err(error) = self.target.prefer(preference, lasting).await {
            self.saved.is_preference_held = error.may_have_acted();
            return Err(self.take_back(error).await);
        }
        self.state = State::Held;
        // After a read that shows the hold, any other presence was certainly set later. This read
        // may fail.
        if let Ok(Ok(shown)) = timeout(READ_TIMEOUT, self.read()).await {
            self.forget_before(&shown);
        }
        Ok(())
    }

    /// Takes back the writes of a start that failed, if the service may have carried them out.
    async fn take_back(&mut self, error: Error) -> HoldError {
        let mut failure = None;
        if self.saved.is_preference_held {
            match self.target.clear_preference().await {
                Ok(()) => self.saved.is_preference_held = false,
                Err(error) => failure = Some(error),
            }
        }
        if self.saved.is_message_held {
            let earlier = decide::earlier(&self.saved, (self.wall)());
            let earlier = earlier.unwrap_or_else(StatusMessage::clear);
            match self.target.set_message(earlier).await {
                Ok(()) => self.saved.is_message_held = false,
                Err(error) => failure = Some(error),
            }
        }
        let error = HoldError::new(error, &self.saved).with_taking_back(failure);
        if self.saved.is_released() {
            self.state = State::Prepared;
        }
        error
    }

    /// Takes both back, except what the user has changed since: see
    /// [above](Self#what-is-taken-back).
    ///
    /// A second release sends nothing.
    ///
    /// # Errors
    ///
    /// Those of the requests. The error names what remains at the service. If one of the two fails,
    /// the other is tried nevertheless. A release that failed can be tried again, and continues
    /// where it stopped.
    pub async fn release(&mut self) -> Result<Released, HoldError> {
        let mut released = Released {
            preference: Outcome::Nothing,
            message: Outcome::Nothing,
        };
        if self.has_nothing() {
            return Ok(released);
        }
        let shown = self.read().await;
        let shown = shown.map_err(|error| HoldError::new(error, &self.saved))?;
        let mut failure = None;
        if self.saved.is_preference_held {
            match self.observe(&shown).undo_preference() {
                Undo::Leave(outcome) => released.preference = outcome,
                Undo::Write(()) => match self.target.clear_preference().await {
                    Ok(()) => released.preference = Outcome::TakenBack,
                    Err(error) => failure = Some(error),
                },
            }
            self.saved.is_preference_held = released.preference == Outcome::Nothing;
        }
        if self.saved.is_message_held {
            match self.observe(&shown).undo_message() {
                Undo::Leave(outcome) => released.message = outcome,
                Undo::Write(earlier) => match self.target.set_message(earlier).await {
                    Ok(()) => released.message = Outcome::TakenBack,
                    Err(error) => failure = failure.or(Some(error)),
                },
            }
            self.saved.is_message_held = released.message == Outcome::Nothing;
        }
        match failure {
            Some(error) => Err(HoldError::new(error, &self.saved)),
            None => Ok(released),
        }
    }

    /// Extends both by this time, from [`expires_at`](Self::expires_at) on.
    ///
    /// If the user has changed one of the two in the meantime, it is not set again, and a release
    /// leaves it unchanged. Save the hold again afterwards: a hold that was saved before the
    /// extension does not recognize its message.
    ///
    /// # Errors
    ///
    /// Those of the requests. After a failure one of the two may last longer than the other; the
    /// same extension can be tried again. [`ErrorKind::Request`](crate::ErrorKind::Request) when
    /// the hold has expired, was not started or was released, or would last beyond the year 9999.
    pub async fn extend(
        &mut self,
        time: impl TryInto<IsoDuration, Error: Into<InvalidValue>>,
    ) -> Result<(), Error> {
        let time = time.try_into().map_err(Into::into)?.to_duration()?;
        self.until(self.saved.last_expiry())?;
        if self.has_nothing() {
            let rule = "there is nothing to extend";
            return Err(invalid(rule, "start another one").into());
        }
        let expiry = expiry(self.saved.expiry, time)?;
        let shown = self.read().await?;
        let observed = self.observe(&shown);
        let is_preference_ours = observed.may_extend_preference();
        let is_message_ours = observed.may_extend_message();
        self.saved.is_preference_held &= is_preference_ours;
        self.saved.is_message_held &= is_message_ours;
        self.saved.extension = Some(expiry);
        if self.saved.is_message_held
            && let Some(text) = &self.saved.message
        {
            let message = StatusMessage::text(text).expires_at(expiry);
            self.target.set_message(message).await?;
        }
        if self.saved.is_preference_held {
            let (preference, lasting) = (self.saved.preference, self.until(expiry)?);
            self.target.prefer(preference, lasting).await?;
        }
        (self.saved.expiry, self.saved.extension) = (expiry, None);
        Ok(())
    }
}
