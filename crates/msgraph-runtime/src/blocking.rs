//! Blocking calls, on a runtime that the client owns.

use crate::Error;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::{process, thread};
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// The client's own runtime, which the first blocking call of the process starts.
#[derive(Default)]
pub(crate) struct Runtime(Mutex<Option<Arc<Driven>>>);

/// A runtime that its own thread drives, also between blocking calls: an awaited call may use a
/// pooled connection that a blocking one has opened.
struct Driven {
    /// The process of the thread: a forked process has only the thread that called `fork`.
    process: u32,
    handle: Handle,
    /// Dropping it ends the runtime on the runtime's own thread, so that dropping the last clone
    /// of a client does not block.
    _end: oneshot::Sender<()>,
}

impl Runtime {
    /// Runs the future to its end, on this thread.
    pub(crate) fn block_on<F: Future>(&self, future: F) -> Result<F::Output, Error> {
        if Handle::try_current().is_ok() {
            return Err(Error::configuration(INSIDE));
        }
        let driven = self.driven().map_err(|error| {
            Error::configuration("no runtime for blocking calls").with_source(error)
        })?;
        Ok(driven.handle.block_on(future))
    }

    fn driven(&self) -> io::Result<Arc<Driven>> {
        let mut driven = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*driven {
            Some(driven) if driven.process == process::id() => Ok(driven.clone()),
            _ => {
                let new = Arc::new(Driven::start()?);
                // Dropping it could wait for a lock that the thread of the other process holds.
                std::mem::forget(driven.replace(new.clone()));
                Ok(new)
            }
        }
    }
}

const INSIDE: &str = "a blocking call is not allowed in an async runtime, nor directly in \
    `spawn_blocking`: use `.await`; in `spawn_blocking`, \
    `Handle::current().block_on(request.send())`; or a thread of `std::thread::spawn`";

impl Driven {
    fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (end, ended) = oneshot::channel::<()>();
        let thread = thread::Builder::new().name("msgraph-blocking".to_owned());
        thread.spawn(move || drop(runtime.block_on(ended)))?;
        Ok(Self {
            process: process::id(),
            handle,
            _end: end,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A test cannot fork without `unsafe`; another process id simulates it.
    #[test]
    fn a_forked_process_starts_a_thread_of_its_own() {
        let runtime = Runtime::default();
        let thread = || thread::current().id();
        let spawned = || async move { tokio::spawn(async move { thread() }).await.unwrap() };
        let first = runtime.block_on(spawned()).unwrap();
        assert_eq!(runtime.block_on(spawned()).unwrap(), first);
        let other = Driven {
            process: process::id() ^ 1,
            ..Driven::start().unwrap()
        };
        runtime.0.lock().unwrap().replace(Arc::new(other));
        let second = runtime.block_on(spawned()).unwrap();
        assert_ne!(second, first);
        assert_eq!(runtime.block_on(spawned()).unwrap(), second);
    }
}
