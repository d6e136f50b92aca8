//! A provider that keeps what another one gave, and asks once for all who wait.

use std::fmt;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use tokio::sync::Mutex;

use super::{AccessToken, TokenProvider, TokenRequest};
use crate::{BoxError, BoxFuture};

/// Keeps a token until shortly before it expires.
///
/// When a token is missing, about to expire or refused by the service, one caller asks the
/// provider and all others wait for the answer; if that caller gives up, the next one asks.
/// A token without a time of expiry is kept until the service refuses it.
pub struct TokenCache<P> {
    provider: P,
    ahead: Duration,
    now: fn() -> SystemTime,
    kept: RwLock<Option<AccessToken>>,
    /// Held by the one caller that asks the provider.
    asking: Mutex<()>,
}

impl<P> TokenCache<P> {
    /// Keeps the tokens of `provider` until five minutes before they expire.
    pub fn new(provider: P) -> Self {
        Self {
            provider,
            ahead: Duration::from_secs(300),
            now: SystemTime::now,
            kept: RwLock::new(None),
            asking: Mutex::new(()),
        }
    }

    /// Asks for another token this long before the one at hand expires.
    pub fn refresh_ahead(mut self, ahead: Duration) -> Self {
        self.ahead = ahead;
        self
    }

    /// The kept token, unless it is about to expire.
    fn fresh(&self) -> Option<AccessToken> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let lasts = |token: &&AccessToken| match token.expiry() {
            Some(expiry) => (self.now)() + self.ahead < expiry,
            None => true,
        };
        kept.as_ref().filter(lasts).cloned()
    }

    /// The kept token, if it is an answer to `request`.
    fn answer_to(&self, request: &TokenRequest) -> Option<AccessToken> {
        let token = self.fresh()?;
        let is_refused = |refused: &AccessToken| refused.is_same(&token);
        if request.refused().is_some_and(is_refused) {
            return None;
        }
        Some(token)
    }
}

impl<P: TokenProvider> TokenProvider for TokenCache<P> {
    fn token(
        &self,
        request: TokenRequest,
    ) -> BoxFuture<'_, Result<AccessToken, BoxError>> {
        Box::pin(async move {
            if let Some(token) = self.answer_to(&request) {
                return Ok(token);
            }
            let _asking = self.asking.lock().await;
            // Somebody else may have asked while this caller waited for its turn.
            if let Some(token) = self.answer_to(&request) {
                return Ok(token);
            }
            let token = self.provider.token(request).await?;
            let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
            *kept = Some(token.clone());
            Ok(token)
        })
    }

    fn ready(&self) -> Option<AccessToken> {
        self.fresh()
    }
}

impl<P> fmt::Debug for TokenCache<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache")
            .field("refresh_ahead", &self.ahead)
            .finish_non_exhaustive()
    }
}
