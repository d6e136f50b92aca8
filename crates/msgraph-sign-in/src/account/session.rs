//! The tokens of an account: from memory, from the store, or from the platform.

use super::state::{Demand, State};
use crate::app::App;
use crate::store::{self, Store};
use crate::tokens::Tokens;
use crate::{Account, Error, ErrorKind, SignIn};
use msgraph_runtime::{AccessToken, BoxError, BoxFuture, TokenProvider, TokenRequest};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The state that the clones of an account share.
pub(crate) struct Session {
    pub(super) app: App,
    pub(super) store: Store,
    /// The settings for the next sign-in.
    pub(super) sign_in: SignIn,
    state: Mutex<State>,
}

impl Session {
    /// Creates the account whose tokens an earlier sign-in has stored.
    pub(crate) async fn from_store(
        app: App,
        store: Store,
        sign_in: SignIn,
    ) -> Result<Account, Error> {
        let Some(tokens) = store.load(app.key()).await? else {
            return Err(not_signed_in(&app));
        };
        let state = State::new(tokens.for_scopes(app.scopes()));
        Ok(Self::account(app, store, sign_in, state))
    }

    /// Creates the account of a person who has just signed in, and stores the tokens.
    ///
    /// If the store fails, the sign-in is valid nevertheless: the tokens stay in memory.
    pub(crate) async fn begin(
        app: App,
        store: Store,
        sign_in: SignIn,
        tokens: Tokens,
    ) -> Result<Account, Error> {
        if let Some(session) = sign_in.session().cloned() {
            let claims = sign_in.requested_claims().map(str::to_owned);
            let lock = session.store.lock(session.app.key()).await;
            let saved = session.save(&tokens, Ok(())).await?;
            session.state().signed_in_again(tokens, saved, claims)?;
            drop(lock);
            return Ok(Account::new(session));
        }
        let saved = {
            let _lock = store.lock(app.key()).await;
            store.save(app.key(), &tokens).await
        };
        let mut state = State::new(tokens);
        state.stored(saved);
        Ok(Self::account(app, store, sign_in, state))
    }

    fn account(app: App, store: Store, sign_in: SignIn, state: State) -> Account {
        Account::new(Arc::new(Self {
            app,
            store,
            sign_in,
            state: Mutex::new(state),
        }))
    }

    /// Returns a token that meets the demand of a request.
    async fn token_for(&self, request: &TokenRequest) -> Result<AccessToken, Error> {
        if !self.app.scopes().is_for(request.scope()) {
            return Err(other_resource());
        }
        let demand = Demand::of(request);
        if let Some(token) = self.state().usable(&demand)? {
            return Ok(token);
        }
        let _lock = self.store.lock(self.app.key()).await;
        let may_save = self.read_store().await?;
        let refresh = {
            let mut state = self.state();
            // Another process or a sign-in may have renewed the token during the wait.
            if let Some(token) = state.usable(&demand)? {
                return Ok(token);
            }
            state.refresh_token(&demand)?
        };
        match self.app.refresh(&refresh, demand.claims()).await {
            Ok(tokens) => {
                let saved = self.save(&tokens, may_save).await?;
                self.state().renewed(tokens, saved, &demand)
            }
            Err(error) => Err(self.state().refused(error, &refresh, &demand)),
        }
    }

    /// Takes over the tokens that another process has stored.
    ///
    /// The inner result is the error of a store that cannot be read: nothing is written to it, and
    /// the tokens in memory are used.
    async fn read_store(&self) -> Result<Result<(), Error>, Error> {
        match self.store.load(self.app.key()).await {
            Ok(stored) => {
                let stored = stored.map(|tokens| tokens.for_scopes(self.app.scopes()));
                self.state().take_over(stored).map(Ok)
            }
            // The next write replaces a damaged record.
            Err(error) if store::is_unreadable(&error) => Ok(Ok(())),
            Err(error) => {
                trace_store(&error);
                Ok(Err(error))
            }
        }
    }

    /// Stores new tokens. Those of another person are an error.
    async fn save(
        &self,
        tokens: &Tokens,
        may_save: Result<(), Error>,
    ) -> Result<Result<(), Error>, Error> {
        let tokens = self.state().completed(tokens)?;
        let saved = match may_save {
            Ok(()) => self.store.save(self.app.key(), &tokens).await,
            Err(error) => Err(error),
        };
        if let Err(error) = &saved {
            trace_store(error);
        }
        Ok(saved)
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TokenProvider for Session {
    fn token(&self, request: TokenRequest) -> BoxFuture<'_, Result<AccessToken, BoxError>> {
        Box::pin(async move {
            let token = self.token_for(&request).await;
            trace_token(token.as_ref().err());
            Ok(token?)
        })
    }
}

fn not_signed_in(app: &App) -> Error {
    let application = app.oauth().client_id().as_str();
    let message = format!("no account is signed in to the application {application}");
    Error::new(ErrorKind::SignInRequired, message, "sign in")
}

fn other_resource() -> Error {
    let message = "the account is signed in to another resource than the client calls";
    let help = "request scopes of that resource, and set the same cloud for both";
    Error::new(ErrorKind::Configuration, message, help)
}

/// Traces the result of a request for a token.
fn trace_token(error: Option<&Error>) {
    #[cfg(feature = "tracing")]
    match error {
        None => tracing::debug!(target: "msgraph_sign_in", "token at hand"),
        Some(error) => tracing::warn!(target: "msgraph_sign_in", %error, "no token"),
    }

    #[cfg(not(feature = "tracing"))]
    let _ = error;
}

/// Traces a failure of the store, after which the tokens are in memory only.
fn trace_store(error: &Error) {
    #[cfg(feature = "tracing")]
    tracing::warn!(target: "msgraph_sign_in", %error, "the tokens are only in memory");
    #[cfg(not(feature = "tracing"))]
    let _ = error;
}
