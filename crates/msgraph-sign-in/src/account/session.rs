//! The tokens of an account: taken from memory, from the store, or from the platform.

use super::state::{Demand, State};
use crate::app::App;
use crate::store::{self, Store};
use crate::tokens::Tokens;
use crate::{Account, Error, ErrorKind, SignIn, trace};
use msgraph_runtime::{AccessToken, BoxError, BoxFuture, TokenProvider, TokenRequest};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The state that the clones of an account share.
pub(crate) struct Session {
    app: App,
    store: Store,
    /// The settings, for the next sign-in.
    sign_in: SignIn,
    state: Mutex<State>,
}

impl Session {
    /// The account that an earlier sign-in has stored.
    pub(crate) async fn from_store(
        app: App,
        store: Store,
        sign_in: SignIn,
    ) -> Result<Account, Error> {
        let Some(tokens) = store.load(app.key()).await? else {
            return Err(not_signed_in(&app));
        };
        let tokens = tokens.for_scopes(app.scopes());
        let session = Self {
            app,
            store,
            sign_in,
            state: Mutex::new(State::new(tokens)),
        };
        Ok(Account::new(Arc::new(session)))
    }

    /// The account of a person who has just signed in: the tokens are stored first.
    ///
    /// A store that fails now does not cost the person the sign-in: the tokens stay in memory.
    pub(crate) async fn begin(
        app: App,
        store: Store,
        sign_in: SignIn,
        tokens: Tokens,
    ) -> Result<Account, Error> {
        if let Some(session) = sign_in.session().cloned() {
            let claims = sign_in.wanted_claims().map(str::to_owned);
            let turn = session.store.turn(session.app.key()).await;
            session.signed_in_again(tokens, claims).await?;
            drop(turn);
            return Ok(Account::new(session));
        }
        let saved = {
            let _turn = store.turn(app.key()).await;
            store.save(app.key(), &tokens).await
        };
        let mut state = State::new(tokens);
        state.stored(saved);
        let session = Self {
            app,
            store,
            sign_in,
            state: Mutex::new(state),
        };
        Ok(Account::new(Arc::new(session)))
    }

    /// A token that is good for the request.
    async fn token_for(&self, request: &TokenRequest) -> Result<AccessToken, Error> {
        if !self.app.scopes().is_for(request.scope()) {
            return Err(other_resource());
        }
        let demand = Demand::of(request);
        if let Some(token) = self.state().at_hand(&demand)? {
            return Ok(token);
        }
        let _turn = self.store.turn(self.app.key()).await;
        let may_save = self.read_store().await?;
        let refresh = {
            let mut state = self.state();
            // Another process, or the sign-in that was waited for, may have been quicker.
            if let Some(token) = state.at_hand(&demand)? {
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

    /// Takes over what another process has stored. The outcome says whether the store may be
    /// written; one that cannot be read is left as it is, and memory serves.
    async fn read_store(&self) -> Result<Result<(), Error>, Error> {
        match self.store.load(self.app.key()).await {
            Ok(stored) => {
                let stored = stored.map(|tokens| tokens.for_scopes(self.app.scopes()));
                self.state().take_over(stored).map(Ok)
            }
            // The next write replaces a damaged record.
            Err(error) if store::is_unreadable(&error) => Ok(Ok(())),
            Err(error) => {
                trace::store_failed(&error);
                Ok(Err(error))
            }
        }
    }

    /// Stores new tokens, of the same person only.
    async fn save(
        &self,
        tokens: &Tokens,
        may_save: Result<(), Error>,
    ) -> Result<Result<(), Error>, Error> {
        let tokens = self.state().succeeding(tokens)?;
        let saved = match may_save {
            Ok(()) => self.store.save(self.app.key(), &tokens).await,
            Err(error) => Err(error),
        };
        if let Err(error) = &saved {
            trace::store_failed(error);
        }
        Ok(saved)
    }

    /// Takes the tokens of the same person after another sign-in.
    async fn signed_in_again(&self, tokens: Tokens, claims: Option<String>) -> Result<(), Error> {
        let saved = self.save(&tokens, Ok(())).await?;
        self.state().signed_in_again(tokens, saved, claims)
    }

    pub(super) fn scopes(&self) -> Vec<String> {
        self.state().granted().to_vec()
    }

    pub(super) fn missing_scopes(&self) -> Vec<String> {
        self.app.scopes().missing(self.state().granted())
    }

    pub(super) fn user_name(&self) -> Option<String> {
        self.state().user_name().map(str::to_owned)
    }

    pub(super) fn stored_in(&self) -> String {
        self.store.location(self.app.key())
    }

    pub(super) fn store_error(&self) -> Option<Error> {
        self.state().store_error()
    }

    pub(super) fn sign_in_again(self: &Arc<Self>) -> SignIn {
        let state = self.state();
        let sign_in = self.sign_in.clone().again(Arc::clone(self));
        let sign_in = match state.user_name() {
            Some(name) => sign_in.login_hint(name),
            None => sign_in,
        };
        match state.demanded() {
            Some(claims) => sign_in.claims(claims),
            None => sign_in,
        }
    }

    pub(super) async fn sign_out(&self) -> Result<bool, Error> {
        let removed = self.store.remove(self.app.key()).await?;
        self.state().sign_out();
        Ok(removed)
    }

    pub(super) fn check_signed_in(&self) -> Result<(), Error> {
        self.state().check_signed_in()
    }

    /// Returns true for the newest token while it lasts by the monotonic clock.
    pub(super) fn is_current(&self, token: &AccessToken) -> bool {
        self.state().is_current(token)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TokenProvider for Session {
    fn token(&self, request: TokenRequest) -> BoxFuture<'_, Result<AccessToken, BoxError>> {
        Box::pin(async move {
            let token = self.token_for(&request).await;
            trace::asked(token.as_ref().err());
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
