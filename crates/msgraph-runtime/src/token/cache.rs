//! A provider that keeps what another one gave, and asks once for all who wait.

use super::{AccessToken, TokenProvider, TokenRequest};
use crate::{BoxError, BoxFuture, SharedError};
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};
use tokio::sync::Mutex;

/// Keeps a token until shortly before it expires.
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
/// provider. All others wait for the answer, unless the token at hand has not expired yet; if
/// that caller gives up, the next one asks.
/// A token without a time of expiry is kept until the service refuses it. When the provider
/// fails, a token that has not expired yet is still given. Without one, all who wait for the
/// same (the same scope and claims, the same token refused) get that failure, shared in an
/// `Arc`; whoever comes later asks again. The source of an [`Error`](crate::Error) is the
/// provider's own, without the `Arc`.
pub struct TokenCache<P> {
    provider: P,
    ahead: Duration,
    kept: RwLock<Kept>,
    /// Held by the one caller that asks the provider.
    asking: Mutex<()>,
}

#[derive(Clone, Default)]
struct Kept {
    token: Option<AccessToken>,
    /// How often the provider has answered, with a token or with a failure.
    answers: u64,
    /// The last answer, if it was a failure, and what had been asked for.
    failure: Option<(TokenRequest, SharedError)>,
}

impl Kept {
    /// The token, if it lasts this much longer and is not the one that was refused.
    fn lasting(
        &self,
        ahead: Duration,
        refused: Option<&AccessToken>,
    ) -> Option<AccessToken> {
        let until = SystemTime::now().checked_add(ahead);
        let lasts = |expiry: SystemTime| until.is_some_and(|until| until < expiry);
        let token = self.token.as_ref()?;
        let is_refused = refused.is_some_and(|refused| refused.is_same(token));
        let is_good = !is_refused && token.expiry().is_none_or(lasts);
        is_good.then(|| token.clone())
    }

    /// The last answer, if it was a failure to give what is asked for here.
    fn failure(&self, request: &TokenRequest) -> Option<BoxError> {
        let (asked, failure) = self.failure.as_ref()?;
        let is_same = asked.is_same(request);
        is_same.then(|| BoxError::from(Arc::clone(failure)))
    }
}

impl<P> TokenCache<P> {
    /// Keeps the tokens of `provider` until five minutes before they expire.
    pub fn new(provider: P) -> Self {
        Self {
            provider,
            ahead: Duration::from_secs(300),
            kept: RwLock::default(),
            asking: Mutex::new(()),
        }
    }

    /// Asks for another token this long before the one at hand expires.
    pub fn refresh_ahead(mut self, ahead: Duration) -> Self {
        self.ahead = ahead;
        self
    }

    fn kept(&self) -> Kept {
        self.kept
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn keep(&self, request: TokenRequest, answer: &Result<AccessToken, SharedError>) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        kept.answers += 1;
        kept.failure = None;
        match answer {
            Ok(token) => kept.token = Some(token.clone()),
            Err(failure) => kept.failure = Some((request, Arc::clone(failure))),
        }
    }
}

impl<P: TokenProvider> TokenProvider for TokenCache<P> {
    fn token(
        &self,
        request: TokenRequest,
    ) -> BoxFuture<'_, Result<AccessToken, BoxError>> {
        Box::pin(async move {
            let refused = request.refused.as_ref();
            let before = self.kept();
            if let Some(token) = before.lasting(self.ahead, refused) {
                return Ok(token);
            }
            let _asking = match self.asking.try_lock() {
                Ok(asking) => asking,
                // Somebody asks already: a token that has not expired need not wait for it.
                Err(_) => match before.lasting(Duration::ZERO, refused) {
                    Some(token) => return Ok(token),
                    None => self.asking.lock().await,
                },
            };
            // Somebody else may have asked while this caller waited for its turn. What came
            // of that is for all who waited: a token, however soon it expires, or a failure.
            let kept = self.kept();
            let has_waited = kept.answers != before.answers;
            let ahead = if has_waited {
                Duration::ZERO
            } else {
                self.ahead
            };
            if let Some(token) = kept.lasting(ahead, refused) {
                return Ok(token);
            }
            if let Some(failure) = kept.failure(&request).filter(|_| has_waited) {
                return Err(failure);
            }
            let answer = self.provider.token(request.clone()).await;
            let answer = answer.map_err(SharedError::from);
            self.keep(request.clone(), &answer);
            answer.or_else(|failure| {
                let token = kept.lasting(Duration::ZERO, refused);
                token.ok_or_else(|| failure.into())
            })
        })
    }

    fn ready(&self) -> Option<AccessToken> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.lasting(self.ahead, None)
    }
}

impl<P> fmt::Debug for TokenCache<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache")
            .field("refresh_ahead", &self.ahead)
            .finish_non_exhaustive()
    }
}
