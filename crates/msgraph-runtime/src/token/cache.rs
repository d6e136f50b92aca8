//! A provider that keeps what another one gave, and asks once for all who wait.

mod refresh;
mod slot;

use super::{AccessToken, TokenProvider, TokenRequest};
use crate::{BoxError, BoxFuture, SharedError};
use refresh::Refresh;
use slot::Slot;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// Keeps a token for each scope until shortly before it expires.
///
/// ```
/// use msgraph_runtime::{AccessToken, TokenCache, TokenRequest};
/// use std::time::{Duration, SystemTime};
///
/// let slow = |_: TokenRequest| async {
///     let expiry = SystemTime::now() + Duration::from_secs(3600);
///     Ok::<_, std::io::Error>(AccessToken::new("eyJ0…").expires_at(expiry))
/// };
/// let quick = TokenCache::new(slow).refresh_ahead(Duration::from_secs(60));
/// # let _ = quick;
/// ```
///
/// When a token is missing, about to expire or refused by the service, one caller asks the
/// provider. All others wait for the answer, unless the token at hand has not expired yet.
/// A token without a time of expiry is kept until the service refuses it. A request with
/// [claims](TokenRequest::claims) gets no token that was asked for without them. When the
/// provider fails, a token that has not expired yet is still given. Without one, all who wait
/// for the same (the same scope and claims, the same token refused) get that failure, shared
/// in an `Arc`; whoever comes later asks again. The source of an [`Error`](crate::Error) is the
/// provider's own, without the `Arc`.
///
/// The provider runs as a task on the tokio runtime of the caller who asks. When that caller
/// gives up, the task goes on: its answer is for those who wait and for those who come later,
/// and no refresh token is lost. When it is a minute old they drop it and ask anew, for then it
/// hangs, or nobody drives its runtime; they ask at once when that runtime has ended. A caller
/// without a runtime runs the provider itself.
///
/// One cache, in an [`Arc`], may serve clients of several clouds.
pub struct TokenCache<P> {
    provider: Arc<P>,
    ahead: Duration,
    /// One for each scope that was asked for, which are few.
    slots: RwLock<Vec<Arc<Slot>>>,
}

impl<P> TokenCache<P> {
    /// Keeps the tokens of `provider` until five minutes before they expire.
    pub fn new(provider: P) -> Self {
        Self {
            provider: Arc::new(provider),
            ahead: Duration::from_secs(300),
            slots: RwLock::default(),
        }
    }

    /// Asks for another token this long before the one at hand expires.
    pub fn refresh_ahead(mut self, ahead: Duration) -> Self {
        self.ahead = ahead;
        self
    }

    /// What is kept for this scope, from the first asking on.
    fn slot(&self, scope: &Arc<str>) -> Arc<Slot> {
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.iter().find(|slot| slot.is_for(scope)) {
            return Arc::clone(slot);
        }
        let slot = Arc::new(Slot::new(Arc::clone(scope)));
        slots.push(Arc::clone(&slot));
        slot
    }
}

impl<P: TokenProvider> TokenCache<P> {
    /// Asks the provider and keeps its answer; the future is as good without this cache.
    fn ask(
        &self,
        slot: &Arc<Slot>,
        request: &TokenRequest,
    ) -> impl Future<Output = Result<AccessToken, SharedError>> + use<P> {
        let (provider, slot) = (Arc::clone(&self.provider), Arc::clone(slot));
        let request = request.clone();
        async move {
            let answer = provider.token(request.clone()).await;
            slot.keep(request, answer.map_err(SharedError::from))
        }
    }
}

impl<P: TokenProvider> TokenProvider for TokenCache<P> {
    fn token(
        &self,
        request: TokenRequest,
    ) -> BoxFuture<'_, Result<AccessToken, BoxError>> {
        Box::pin(async move {
            let slot = self.slot(&request.scope);
            let before = slot.kept();
            if let Some(token) = before.lasting_for(&request, self.ahead) {
                return Ok(token);
            }
            let turn = slot.refresh.try_lock().ok();
            let is_asked = turn.as_ref().is_none_or(|it| Refresh::is_under_way(it));
            let at_hand = before.lasting_for(&request, Duration::ZERO);
            // Somebody asks already: a token that has not expired need not wait for it.
            if let Some(token) = at_hand.filter(|_| is_asked) {
                return Ok(token);
            }
            let mut refresh = match turn {
                Some(refresh) => refresh,
                None => slot.refresh.lock().await,
            };
            Refresh::join(&mut refresh).await;
            // Somebody else may have asked while this caller waited for its turn. What came
            // of that is for all who waited: a token, however soon it expires, or a failure.
            let kept = slot.kept();
            let has_waited = kept.answers != before.answers;
            let ahead = if has_waited {
                Duration::ZERO
            } else {
                self.ahead
            };
            if let Some(token) = kept.lasting_for(&request, ahead) {
                return Ok(token);
            }
            if let Some(failure) = kept.failure(&request).filter(|_| has_waited) {
                return Err(failure);
            }
            let answer = Refresh::run(&mut refresh, || self.ask(&slot, &request)).await;
            answer.or_else(|failure| {
                let token = kept.lasting_for(&request, Duration::ZERO);
                token.ok_or_else(|| failure.into())
            })
        })
    }

    fn ready(&self, scope: &str) -> Option<AccessToken> {
        let slots = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        let slot = slots.iter().find(|slot| slot.is_for(scope))?;
        slot.ready(self.ahead)
    }
}

impl<P> fmt::Debug for TokenCache<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache")
            .field("refresh_ahead", &self.ahead)
            .finish_non_exhaustive()
    }
}
