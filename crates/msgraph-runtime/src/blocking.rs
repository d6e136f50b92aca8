//! Calls without `async`: the same exchange on a runtime that the client owns.

use crate::Error;
use std::sync::{Mutex, PoisonError};
use tokio::runtime::{Builder, Handle};

/// The client's own runtime, made by the first blocking call.
#[derive(Default)]
pub(crate) struct Runtime(Mutex<Option<std::sync::Arc<Owned>>>);

struct Owned(Option<tokio::runtime::Runtime>);

impl Runtime {
    /// Runs the future to its end, on this thread.
    pub(crate) fn block_on<F: Future>(&self, future: F) -> Result<F::Output, Error> {
        if Handle::try_current().is_ok() {
            return Err(Error::configuration(INSIDE));
        }
        let owned = self.owned()?;
        match &owned.0 {
            Some(runtime) => Ok(runtime.block_on(future)),
            None => Err(Error::configuration(INSIDE)),
        }
    }

    fn owned(&self) -> Result<std::sync::Arc<Owned>, Error> {
        let mut owned = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(owned) = &*owned {
            return Ok(owned.clone());
        }
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| {
            Error::configuration("no runtime for blocking calls").with_source(error)
        })?;
        Ok(owned
            .insert(std::sync::Arc::new(Owned(Some(runtime))))
            .clone())
    }
}

const INSIDE: &str = "a blocking call inside an async runtime would stop it: use `.await`, or \
    make the call on a thread of its own";

impl Drop for Owned {
    fn drop(&mut self) {
        // The last clone of a client may be dropped inside another runtime, where waiting for
        // this one is not allowed.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
