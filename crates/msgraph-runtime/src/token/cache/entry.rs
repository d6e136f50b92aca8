//! The entry of a cache for one scope: the token, and the refresh under way.

use super::refresh::Refresh;
use crate::token::{AccessToken, TokenRequest};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

/// All about one scope. A token of one cloud must never be given for another.
pub(super) struct Entry {
    scope: Arc<str>,
    state: RwLock<State>,
}

#[derive(Default)]
struct State {
    token: Option<AccessToken>,
    /// The claims that this token was asked for with.
    claims: Option<String>,
    refresh: Option<Arc<Refresh>>,
}

/// The way in which a caller gets its token.
pub(super) enum Next {
    Ready(AccessToken),
    /// It waits for the outcome of this refresh.
    Wait(Arc<Refresh>),
    /// It has started this refresh; until the outcome comes it may use the token at hand.
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

    pub(super) fn is_for(&self, scope: &str) -> bool {
        *self.scope == *scope
    }

    /// The token, if it lasts this much longer.
    pub(super) fn ready(&self, ahead: Duration) -> Option<AccessToken> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state.lasting(ahead).cloned()
    }

    /// The token, if it lasts this much longer and is good for the request.
    pub(super) fn lasting_for(
        &self,
        request: &TokenRequest,
        ahead: Duration,
    ) -> Option<AccessToken> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state.lasting_for(request, ahead)
    }

    /// Finds a token or a refresh to wait for; `start` starts one where none is pending.
    pub(super) fn next(
        &self,
        request: &TokenRequest,
        ahead: Duration,
        provider_timeout: Duration,
        start: impl FnOnce() -> Refresh,
    ) -> Next {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(token) = state.lasting_for(request, ahead) {
            return Next::Ready(token);
        }
        let at_hand = state.lasting_for(request, Duration::ZERO);
        if let Some(refresh) = &state.refresh
            && refresh.is_pending(provider_timeout)
        {
            return at_hand.map_or_else(|| Next::Wait(Arc::clone(refresh)), Next::Ready);
        }
        let refresh = Arc::new(start());
        if let Some(stuck) = state.refresh.replace(Arc::clone(&refresh)) {
            stuck.abort();
        }
        let has_token = at_hand.is_some();
        Next::Started { refresh, has_token }
    }

    /// Stores the provider's token, if it can ever be sent.
    pub(super) fn store(&self, request: &TokenRequest, token: &AccessToken) {
        if token.can_be_sent() {
            let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
            state.token = Some(token.clone());
            state.claims.clone_from(&request.claims);
        }
    }
}

impl State {
    /// The token, if it lasts this much longer.
    fn lasting(&self, ahead: Duration) -> Option<&AccessToken> {
        let until = SystemTime::now().checked_add(ahead);
        let lasts = |expiry: SystemTime| until.is_some_and(|until| until < expiry);
        let token = self.token.as_ref()?;
        token.expiry().is_none_or(lasts).then_some(token)
    }

    /// The same, if the token is good for the request.
    fn lasting_for(&self, request: &TokenRequest, ahead: Duration) -> Option<AccessToken> {
        let token = self.lasting(ahead)?;
        request
            .accepts(token, self.claims.as_deref())
            .then(|| token.clone())
    }
}
