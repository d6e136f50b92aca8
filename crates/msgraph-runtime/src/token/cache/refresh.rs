//! One request to the provider, shared by all callers that wait for it.

use super::entry::Entry;
use crate::token::{AccessToken, TokenRequest, off_thread};
use crate::{BoxError, SharedError};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout};

/// The provider's token or failure.
pub(super) type Outcome = Result<AccessToken, SharedError>;

/// The result of waiting for a refresh.
pub(super) enum Waited {
    Outcome(Outcome),
    /// The time of the provider is up.
    Stuck,
    /// The time of the caller is up.
    InVain,
    /// The task has ended without an outcome: its runtime has, or another refresh replaces it.
    Dead,
}

/// A provider at work, in a task that outlives the caller that started it.
pub(super) struct Refresh {
    request: TokenRequest,
    started: Instant,
    outcome: watch::Receiver<Option<Outcome>>,
    task: AbortHandle,
}

impl Refresh {
    /// Asks the provider; the task stores the outcome in `entry`, then tells those who wait.
    pub(super) fn start<F>(
        runtime: &Handle,
        entry: &Arc<Entry>,
        request: TokenRequest,
        ask: F,
    ) -> Self
    where
        F: Future<Output = Result<AccessToken, BoxError>> + Send + 'static,
    {
        let (sender, outcome) = watch::channel(None);
        let (entry, asked) = (Arc::clone(entry), request.clone());
        let provider = off_thread::run(runtime.clone(), ask);
        let task = runtime.spawn(async move {
            let outcome = match provider.await {
                Ok(outcome) => outcome.map_err(SharedError::from),
                Err(error) if error.is_panic() => {
                    Err(BoxError::from(off_thread::reason(&error)).into())
                }
                // The runtime is shutting down: the dropped sender says so.
                Err(_) => return,
            };
            if let Ok(token) = &outcome {
                entry.store(&asked, token);
            }
            sender.send_replace(Some(outcome));
        });
        Self {
            request,
            started: Instant::now(),
            outcome,
            task: task.abort_handle(),
        }
    }

    /// Returns `true` if its outcome can still come.
    pub(super) fn is_pending(&self, provider_timeout: Duration) -> bool {
        let is_running = self
            .outcome
            .has_changed()
            .is_ok_and(|has_changed| !has_changed);
        is_running && self.started.elapsed() < provider_timeout
    }

    /// Waits this long, and not longer than until the provider's time is up.
    pub(super) async fn wait(&self, wait: Duration, provider_timeout: Duration) -> Waited {
        let left = provider_timeout.saturating_sub(self.started.elapsed());
        let mut receiver = self.outcome.clone();
        match timeout(wait.min(left), receiver.wait_for(Option::is_some)).await {
            Ok(Ok(outcome)) => outcome.clone().map_or(Waited::Dead, Waited::Outcome),
            Ok(Err(_)) => Waited::Dead,
            Err(_) if left <= wait => Waited::Stuck,
            Err(_) => Waited::InVain,
        }
    }

    /// Returns `true` if the outcome is one for this request: whatever came of the same request,
    /// and a token that is good for this one.
    pub(super) fn answers(&self, request: &TokenRequest, outcome: &Outcome) -> bool {
        let claims = self.request.claims();
        let is_good = outcome
            .as_ref()
            .is_ok_and(|token| request.accepts(token, claims));
        is_good || self.request == *request
    }

    /// Drops the provider's future, with what it holds; one that is being polled, after that.
    pub(super) fn abort(&self) {
        self.task.abort();
    }
}
