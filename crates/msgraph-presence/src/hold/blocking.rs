//! The blocking forms of the methods of a hold and of a session.

use super::{ApplicationSession, Effect, Hold, HoldError, Released};
use crate::{Error, InvalidValue, IsoDuration};
use std::time::Duration;

/// Methods without `async`, which send their requests on this thread.
///
/// Within a tokio runtime they give the error of [`send_blocking`](crate::Request::send_blocking).
impl Hold {
    /// Does the same as [`start`](Self::start).
    ///
    /// # Errors
    ///
    /// As for `start`.
    pub fn start_blocking(&mut self) -> Result<(), HoldError> {
        let target = self.target.clone();
        target.block_on(self.start())?
    }

    /// Does the same as [`release`](Self::release).
    ///
    /// # Errors
    ///
    /// As for `release`.
    pub fn release_blocking(&mut self) -> Result<Released, HoldError> {
        let target = self.target.clone();
        target.block_on(self.release())?
    }

    /// Does the same as [`extend`](Self::extend).
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

    /// Does the same as [`effect`](Self::effect).
    ///
    /// # Errors
    ///
    /// As for `effect`.
    pub fn effect_blocking(&mut self, timeout: Duration) -> Result<Effect, Error> {
        let target = self.target.clone();
        target.block_on(self.effect(timeout))?
    }
}

/// Methods without `async`, which send their requests on this thread.
///
/// Within a tokio runtime they give the error of [`send_blocking`](crate::Request::send_blocking).
impl ApplicationSession {
    /// Does the same as [`keep_alive`](Self::keep_alive) for this time.
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
            // Only the timeout ends this.
            let _ = tokio::time::timeout(time, self.keep_alive(failed)).await;
        })
    }

    /// Does the same as [`effect`](Self::effect).
    ///
    /// # Errors
    ///
    /// As for `effect`.
    pub fn effect_blocking(&self, timeout: Duration) -> Result<Effect, Error> {
        self.target.block_on(self.effect(timeout))?
    }

    /// Does the same as [`end`](Self::end).
    ///
    /// # Errors
    ///
    /// As for `end`.
    pub fn end_blocking(&mut self) -> Result<(), Error> {
        let target = self.target.clone();
        target.block_on(self.end())?
    }
}
