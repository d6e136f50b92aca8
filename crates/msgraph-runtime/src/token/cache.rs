//! A provider that keeps the tokens of another one, and requests each token once for all callers.

mod entry;

use super::off_thread::SHUTTING_DOWN;
use super::{AccessToken, TOKEN_TIME, TokenProvider, TokenRequest, TookTooLong};
use crate::{BoxError, BoxFuture};
use entry::{Entry, Next, Refresh, Waited};
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::Instant;

/// Keeps a token for each scope until shortly before it expires.
///
/// ```
/// # use msgraph_runtime as msgraph_presence;
/// use msgraph_presence::{AccessToken, TokenCache, TokenRequest};
/// use std::time::{Duration, SystemTime};
///
/// let slow = |_: TokenRequest| async {
///     let expiry = SystemTime::now() + Duration::from_secs(3600);
///     Ok::<_, std::io::Error>(AccessToken::new("eyJ0eXAiOiJKV1Qi").expires_at(expiry))
/// };
/// let quick = TokenCache::new(slow).refresh_ahead(Duration::from_secs(60));
/// # let _ = quick;
/// ```
///
/// # Which token a caller gets
///
/// When the token is missing, about to expire or refused by the service, one caller starts a
/// refresh: the provider is asked once, and the other callers wait for the same outcome.
///
/// - While a refresh is pending, callers get the current token if it has not expired: the caller
///   that started the refresh after a quarter of a second, the others at once. They also get it
///   when the refresh fails.
/// - Without a current token, all callers get the outcome of the refresh: a token, however soon it
///   expires, or the failure, shared in an `Arc`; the source of an [`Error`](crate::Error) is
///   the provider's own, without the `Arc`. A panic of the provider is a failure. A caller that
///   needs other claims, or another token than the refused one, then starts the next refresh, as
///   does every later call.
/// - A token without a time of expiry is kept until the service refuses it. A token that no
///   header can carry, such as an empty one, is not kept. A request with
///   [claims](TokenRequest::claims) gets no token that was requested without them.
///
/// # Time limits
///
/// A provider has [one minute](Self::provider_timeout). Then the caller that started the refresh
/// fails with [`ErrorKind::Timeout`](crate::ErrorKind::Timeout), even if its call has no timeout.
/// The refresh is then considered stuck: the next caller, or one that waits, replaces it. A caller
/// waits for two minutes at most.
///
/// The refresh is a task on the tokio runtime of the caller that started it. When that caller
/// gives up, the task goes on: other callers get its token, and no refresh token is lost.
///
/// The provider is polled by `spawn_blocking`: a provider that blocks its thread, such as a key
/// store, delays only its own token. A caller without a runtime asks the provider itself, on its
/// own thread and without a time limit.
///
/// One cache, in an [`Arc`], may serve clients of several clouds.
pub struct TokenCache<P> {
    provider: Arc<P>,
    ahead: Duration,
    provider_timeout: Duration,
    /// An entry for each requested scope; there are few.
    entries: RwLock<Vec<Arc<Entry>>>,
}

/// The wait of the caller that starts a refresh while the current token is valid: about the
/// response time of an identity platform.
const SHORT_WAIT: Duration = Duration::from_millis(250);

impl<P> TokenCache<P> {
    /// Keeps the tokens of `provider` until five minutes before they expire.
    pub fn new(provider: P) -> Self {
        Self {
            provider: Arc::new(provider),
            ahead: Duration::from_secs(300),
            provider_timeout: TOKEN_TIME,
            entries: RwLock::default(),
        }
    }

    /// Requests another token this long before the current one expires. The default is five
    /// minutes.
    pub fn refresh_ahead(mut self, ahead: Duration) -> Self {
        self.ahead = ahead;
        self
    }

    /// The time limit of the provider for a token. The default is one minute.
    ///
    /// A provider that waits for a person needs more; the
    /// [timeout](crate::ClientBuilder::timeout) of a call limits that call further.
    pub fn provider_timeout(mut self, timeout: Duration) -> Self {
        self.provider_timeout = timeout;
        self
    }

    /// The entry of this scope, which the first request for it adds.
    fn entry(&self, scope: &Arc<str>) -> Arc<Entry> {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = entries.iter().find(|entry| entry.has_scope(scope)) {
            return Arc::clone(entry);
        }
        let entry = Arc::new(Entry::new(Arc::clone(scope)));
        entries.push(Arc::clone(&entry));
        entry
    }
}

impl<P: TokenProvider> TokenCache<P> {
    /// Asks the provider in a future that does not borrow the cache.
    fn ask(
        &self,
        request: &TokenRequest,
    ) -> impl Future<Output = Result<AccessToken, BoxError>> + use<P> {
        let (provider, request) = (Arc::clone(&self.provider), request.clone());
        async move { provider.token(request).await }
    }

    /// Returns a stored token, or the outcome of a refresh.
    async fn refreshed(
        &self,
        runtime: &Handle,
        entry: &Arc<Entry>,
        request: &TokenRequest,
    ) -> Result<AccessToken, BoxError> {
        let begun = Instant::now();
        // A caller whose wait for another caller's refresh fails starts one of its own.
        let mut has_waited = false;
        let limit = self.provider_timeout.saturating_mul(2);
        let start = || Refresh::start(runtime, entry, request.clone(), self.ask(request));
        loop {
            let next = entry.next(request, self.ahead, self.provider_timeout, start);
            let (refresh, is_own, has_token) = match next {
                Next::Ready(token) => return Ok(token),
                Next::Wait(refresh) => (refresh, false, false),
                Next::Started { refresh, has_token } => (refresh, true, has_token),
            };
            let left = limit.saturating_sub(begun.elapsed());
            let wait = if has_token {
                SHORT_WAIT.min(left)
            } else {
                left
            };
            match refresh.wait(wait, self.provider_timeout).await {
                Waited::Outcome(outcome) if refresh.satisfies(request, &outcome) => {
                    return outcome.map_err(BoxError::from);
                }
                Waited::Stuck if is_own || has_waited => return Err(TookTooLong.into()),
                _ if begun.elapsed() >= limit => return Err(TookTooLong.into()),
                Waited::Ended if is_own => return Err(SHUTTING_DOWN.into()),
                waited => has_waited |= matches!(waited, Waited::Stuck),
            }
        }
    }

    /// Asks the provider on this thread, without a clock.
    async fn ask_without_runtime(
        &self,
        entry: &Entry,
        request: &TokenRequest,
    ) -> Result<AccessToken, BoxError> {
        if let Some(token) = entry.valid_for(request, self.ahead) {
            return Ok(token);
        }
        let token = self.ask(request).await?;
        entry.store(request, &token);
        Ok(token)
    }
}

impl<P: TokenProvider> TokenProvider for TokenCache<P> {
    fn token(&self, request: TokenRequest) -> BoxFuture<'_, Result<AccessToken, BoxError>> {
        Box::pin(async move {
            let entry = self.entry(&request.scope);
            let token = match Handle::try_current() {
                Ok(runtime) => self.refreshed(&runtime, &entry, &request).await,
                Err(_) => self.ask_without_runtime(&entry, &request).await,
            };
            if token.as_ref().is_ok_and(|token| token.check().is_ok()) {
                return token;
            }
            let current = entry.valid_for(&request, Duration::ZERO);
            current.map_or(token, Ok)
        })
    }

    fn ready(&self, scope: &str) -> Option<AccessToken> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.iter().find(|entry| entry.has_scope(scope))?;
        entry.ready(self.ahead)
    }

    fn may_block(&self) -> bool {
        false
    }
}

impl<P> fmt::Debug for TokenCache<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache")
            .field("refresh_ahead", &self.ahead)
            .field("provider_timeout", &self.provider_timeout)
            .finish_non_exhaustive()
    }
}
