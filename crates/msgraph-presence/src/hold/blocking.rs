//! The blocking forms of the methods of a hold and of a session.

use super::{ApplicationSession, Effect, Hold, HoldError, Released};
use crate::{Error, InvalidValue, IsoDuration};
use std::time::Duration;

/// The same without `async`, on this thread: see
/// [`send_blocking`](crate::Request::send_blocking) for the errors within a tokio runtime.
impl Hold {
    /// [`start`](Self::start), blocking.
    ///
    /// # Errors
    ///
    /// As for `start`.
    pub fn start_blocking(&mut self) -> Result<(), HoldError> {
        let target = self.target.clone();
        target.block_on(self.start())?
    }

    /// [`release`](Self::release), blocking.
    ///
    /// # Errors
    ///
    /// As for `release`.
    pub fn release_blocking(&mut self) -> Result<Released, HoldError> {
        let target = self.target.clone();
        target.block_on(self.release())?
    }

    /// [`extend`](Self::extend), blocking.
    ///
    /// # Errors
    ///
    /// As for `extend`.
    pub fn extend_blocking(
        &mut self,
        time: impl TryInto<IsoDuration, Error: Into<InvalidValue>>,
    ) -> Result<(), Error> {
        let target = self.target.clone();
        target.block_on(self.extend(time))?
    }

    /// [`effect`](Self::effect), blocking.
    ///
    /// # Errors
    ///
    /// As for `effect`.
    pub fn effect_blocking(&mut self, timeout: Duration) -> Result<Effect, Error> {
        let target = self.target.clone();
        target.block_on(self.effect(timeout))?
    }
}

/// The same without `async`, on this thread: see
/// [`send_blocking`](crate::Request::send_blocking) for the errors within a tokio runtime.
impl ApplicationSession {
    /// [`keep_alive`](Self::keep_alive) for this time, blocking.
    ///
    /// # Errors
    ///
    /// Those of [`send_blocking`](crate::Request::send_blocking) within a tokio runtime.
    pub fn keep_alive_blocking(
        &mut self,
        time: Duration,
        failed: impl FnMut(&Error),
    ) -> Result<(), Error> {
        let target = self.target.clone();
        target.block_on(async {
            // The timeout is the only end.
            let _ = tokio::time::timeout(time, self.keep_alive(failed)).await;
        })
    }

    /// [`effect`](Self::effect), blocking.
    ///
    /// # Errors
    ///
    /// As for `effect`.
    pub fn effect_blocking(&self, timeout: Duration) -> Result<Effect, Error> {
        self.target.block_on(self.effect(timeout))?
    }

    /// [`end`](Self::end), blocking.
    ///
    /// # Errors
    ///
    /// As for `end`.
    pub fn end_blocking(&mut self) -> Result<(), Error> {
        let target = self.target.clone();
        target.block_on(self.end())?
    }
}
