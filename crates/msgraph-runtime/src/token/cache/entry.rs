//! The entry of a cache for one scope: the token, and the pending request to the provider, which
//! all callers share.

use crate::token::{AccessToken, TokenRequest, off_thread};
use crate::{BoxError, SharedError};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout};

/// The entry of one scope. A token for one cloud must never be used in another.
pub(super) struct Entry {
    scope: Arc<str>,
    state: RwLock<State>,
}

#[derive(Default)]
struct State {
    token: Option<AccessToken>,
    /// The claims with which this token was requested.
    claims: Option<String>,
    refresh: Option<Arc<Refresh>>,
}

/// The way in which a caller gets its token.
pub(super) enum Next {
    Ready(AccessToken),
    /// The caller waits for the outcome of this refresh.
    Wait(Arc<Refresh>),
    /// The caller has started this refresh; until its outcome it may use the current token.
    Started {
        refresh: Arc<Refresh>,
        has_token: bool,
    },
}

impl Entry {
    pub(super) fn new(scope: Arc<str>) -> Self {
        Self {
            scope,
            state: RwLock::default(),
        }
    }

    pub(super) fn has_scope(&self, scope: &str) -> bool {
        *self.scope == *scope
    }

    /// The token, if it is valid for longer than `ahead`.
    pub(super) fn ready(&self, ahead: Duration) -> Option<AccessToken> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state.valid(ahead).cloned()
    }

    /// The token, if it is valid for longer than `ahead` and satisfies the request.
    pub(super) fn valid_for(&self, request: &TokenRequest, ahead: Duration) -> Option<AccessToken> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state.valid_for(request, ahead)
    }

    /// Finds a token or a refresh to wait for; `start` starts a refresh if none is pending.
    pub(super) fn next(
        &self,
        request: &TokenRequest,
        ahead: Duration,
        provider_timeout: Duration,
        start: impl FnOnce() -> Refresh,
    ) -> Next {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(token) = state.valid_for(request, ahead) {
            return Next::Ready(token);
        }
        let current = state.valid_for(request, Duration::ZERO);
        if let Some(refresh) = &state.refresh
            && refresh.is_pending(provider_timeout)
        {
            return current.map_or_else(|| Next::Wait(Arc::clone(refresh)), Next::Ready);
        }
        let refresh = Arc::new(start());
        if let Some(stuck) = state.refresh.replace(Arc::clone(&refresh)) {
            stuck.abort();
        }
        let has_token = current.is_some();
        Next::Started { refresh, has_token }
    }

    /// Stores the provider's token, if a header can carry it.
    pub(super) fn store(&self, request: &TokenRequest, token: &AccessToken) {
        if token.check().is_ok() {
            let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
            state.token = Some(token.clone());
            state.claims.clone_from(&request.claims);
        }
    }
}

impl State {
    /// The token, if it is valid for longer than `ahead`.
    fn valid(&self, ahead: Duration) -> Option<&AccessToken> {
        let until = SystemTime::now().checked_add(ahead);
        let lasts = |expiry: SystemTime| until.is_some_and(|until| until < expiry);
        let token = self.token.as_ref()?;
        token.expiry().is_none_or(lasts).then_some(token)
    }

    /// The token, if it also satisfies the request.
    fn valid_for(&self, request: &TokenRequest, ahead: Duration) -> Option<AccessToken> {
        let token = self.valid(ahead)?;
        request
            .accepts(token, self.claims.as_deref())
            .then(|| token.clone())
    }
}

/// The provider's token or failure.
pub(super) type Outcome = Result<AccessToken, SharedError>;

/// The result of waiting for a refresh.
pub(super) enum Waited {
    Outcome(Outcome),
    /// The time limit of the provider has passed.
    Stuck,
    /// The time limit of the caller has passed.
    TimedOut,
    /// The task ended without an outcome: its runtime ended, or another refresh replaced it.
    Ended,
}

/// A pending request to the provider, in a task that outlives the caller that started it.
pub(super) struct Refresh {
    request: TokenRequest,
    started: Instant,
    outcome: watch::Receiver<Option<Outcome>>,
    task: AbortHandle,
}

impl Refresh {
    /// Asks the provider; the task stores the token in `entry`, then wakes the callers that wait.
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
                // The runtime is shutting down: callers notice that the sender is dropped.
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

    /// Returns `true` if the outcome can still come.
    pub(super) fn is_pending(&self, provider_timeout: Duration) -> bool {
        let is_running = self
            .outcome
            .has_changed()
            .is_ok_and(|has_changed| !has_changed);
        is_running && self.started.elapsed() < provider_timeout
    }

    /// Waits for the outcome, at most until the time limit of the provider.
    pub(super) async fn wait(&self, wait: Duration, provider_timeout: Duration) -> Waited {
        let left = provider_timeout.saturating_sub(self.started.elapsed());
        let mut receiver = self.outcome.clone();
        match timeout(wait.min(left), receiver.wait_for(Option::is_some)).await {
            Ok(Ok(outcome)) => outcome.clone().map_or(Waited::Ended, Waited::Outcome),
            Ok(Err(_)) => Waited::Ended,
            Err(_) if left <= wait => Waited::Stuck,
            Err(_) => Waited::TimedOut,
        }
    }

    /// Returns `true` if the outcome is for an equal request, or is a token that satisfies this
    /// request.
    pub(super) fn satisfies(&self, request: &TokenRequest, outcome: &Outcome) -> bool {
        let claims = self.request.claims();
        let is_good = outcome
            .as_ref()
            .is_ok_and(|token| request.accepts(token, claims));
        is_good || self.request == *request
    }

    /// Drops the provider's future, after the poll in progress if there is one.
    pub(super) fn abort(&self) {
        self.task.abort();
    }
}
