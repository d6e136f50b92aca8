//! What a cache keeps for one scope: the token, the last failure, and the refresh under way.

use super::refresh::Refresh;
use crate::token::{AccessToken, TokenRequest};
use crate::{BoxError, SharedError};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};
use tokio::sync::Mutex;

/// All about one scope. A token of one cloud must never be given for another.
pub(super) struct Slot {
    scope: Arc<str>,
    kept: RwLock<Kept>,
    /// Held by the one caller that waits for the provider; what it waits for stays here when
    /// it gives up.
    pub(super) refresh: Mutex<Option<Refresh>>,
}

impl Slot {
    pub(super) fn new(scope: Arc<str>) -> Self {
        Self {
            scope,
            kept: RwLock::default(),
            refresh: Mutex::default(),
        }
    }

    pub(super) fn is_for(&self, scope: &str) -> bool {
        *self.scope == *scope
    }

    /// The token, if it lasts this much longer.
    pub(super) fn ready(&self, ahead: Duration) -> Option<AccessToken> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.lasting(ahead).cloned()
    }

    pub(super) fn kept(&self) -> Kept {
        self.kept
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Keeps what the provider has answered, and hands it on.
    pub(super) fn keep(
        &self,
        request: TokenRequest,
        answer: Result<AccessToken, SharedError>,
    ) -> Result<AccessToken, SharedError> {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        kept.answers += 1;
        kept.failure = None;
        match &answer {
            Ok(token) => {
                kept.token = Some(token.clone());
                kept.claims = request.claims;
            }
            Err(failure) => kept.failure = Some((request, Arc::clone(failure))),
        }
        answer
    }
}

/// What the provider has given for one scope.
#[derive(Clone, Default)]
pub(super) struct Kept {
    token: Option<AccessToken>,
    /// The claims that this token was asked for with.
    claims: Option<String>,
    /// How often the provider has answered, with a token or with a failure.
    pub(super) answers: u64,
    /// The last answer, if it was a failure, and what had been asked for.
    failure: Option<(TokenRequest, SharedError)>,
}

impl Kept {
    /// The token, if it lasts this much longer.
    fn lasting(&self, ahead: Duration) -> Option<&AccessToken> {
        let until = SystemTime::now().checked_add(ahead);
        let lasts = |expiry: SystemTime| until.is_some_and(|until| until < expiry);
        let token = self.token.as_ref()?;
        token.expiry().is_none_or(lasts).then_some(token)
    }

    /// The same, if it is not the one that was refused, and has the claims where there are some.
    pub(super) fn lasting_for(
        &self,
        request: &TokenRequest,
        ahead: Duration,
    ) -> Option<AccessToken> {
        let token = self.lasting(ahead)?;
        let refused = request.refused.as_ref();
        let is_refused = refused.is_some_and(|refused| refused.is_same(token));
        let has_claims = request.claims.is_none() || request.claims == self.claims;
        (has_claims && !is_refused).then(|| token.clone())
    }

    /// The last answer, if it was a failure to give what is asked for here.
    pub(super) fn failure(&self, request: &TokenRequest) -> Option<BoxError> {
        let (asked, failure) = self.failure.as_ref()?;
        let is_same = asked.is_same(request);
        is_same.then(|| BoxError::from(Arc::clone(failure)))
    }
}
