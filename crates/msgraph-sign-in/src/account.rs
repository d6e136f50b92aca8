//! The account of a person who has signed in: the token provider of a client.

mod session;
mod state;

pub(crate) use session::Session;

use crate::{Error, SignIn};
use msgraph_runtime::{AccessToken, BoxError, BoxFuture, TokenCache, TokenProvider, TokenRequest};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The account of a person who has signed in: a [`TokenProvider`], as in `Client::new(account)`.
///
/// Clones are the same account, and one account serves any number of clients. It caches its tokens:
/// a [`TokenCache`] around it is not needed.
///
/// `Display` is a line for people: who has signed in, where the tokens are stored, and which scopes
/// were not granted. `Serialize` is an object for programs with `event` (`"signedIn"`), `userName`,
/// `storedIn` and `missingScopes`. Both may block on the system's store, like
/// [`stored_in`](Self::stored_in).
///
/// # Tokens
///
/// An access token is renewed five minutes before it expires, by one request for all callers and for
/// all processes of the user that share a store. A response may have a new refresh token, which is
/// stored before the access token is used. A refresh token that the platform refuses stays in the
/// store, because a refusal may be about one resource or one policy only; the next sign-in replaces
/// it. Until then it is sent again after 30 seconds at the earliest, then 1 minute, 2 minutes … up to
/// an hour.
///
/// # When a person has to sign in again
///
/// The refresh token expires or is revoked, a policy requires more factors, or a claims challenge
/// of Graph cannot be met silently. A call then fails, and [`Error::find`] gives the error of this
/// crate with the ids and the link: [`is_sign_in_required`](Error::is_sign_in_required) is `true`.
/// [`sign_in_again`](Self::sign_in_again) requests exactly what is missing; the account and its
/// clients continue with the new tokens.
///
/// ```
/// use msgraph_runtime::BoxError;
/// use msgraph_sign_in::{Account, Error};
///
/// async fn call_or_sign_in<T>(
///     account: &Account,
///     call: impl AsyncFn() -> Result<T, BoxError>,
/// ) -> Result<T, BoxError> {
///     match call().await {
///         Err(error) if Error::find(&*error).is_some_and(Error::is_sign_in_required) => {
///             account.sign_in_again().device_code().await?.await?;
///             call().await
///         }
///         result => result,
///     }
/// }
/// # use msgraph_runtime::{TokenProvider, TokenRequest};
/// # use msgraph_sign_in::SignIn;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), BoxError> {
/// # let emulator = msgraph_presence_emulator::Emulator::start().await?;
/// # let ada = emulator.add_user("Ada");
/// # emulator.set_sign_ins(msgraph_presence_emulator::SignIns::by(ada));
/// # let sign_in = SignIn::new("00000000-0000-4000-8000-000000000000").authority(emulator.origin());
/// # let account = sign_in.device_code().await?.await?;
/// # emulator.revoke_sign_ins(ada);
/// # let request = TokenRequest::new("https://graph.microsoft.com/.default");
/// # let refused = account.token(request.clone()).await?;
/// # let call = async || account.token(request.clone().with_refused(refused.clone())).await;
/// # assert!(call().await.is_err());
/// # call_or_sign_in(&account, call).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Account {
    cache: Arc<TokenCache<Arc<Session>>>,
    session: Arc<Session>,
}

/// The longest time of a refresh, with its retries and the wait for another process.
const REFRESH: Duration = Duration::from_secs(140);

impl Account {
    pub(crate) fn new(session: Arc<Session>) -> Self {
        let cache = TokenCache::new(Arc::clone(&session)).provider_timeout(REFRESH);
        Self {
            cache: Arc::new(cache),
            session,
        }
    }

    /// Returns the scopes that were granted with the last token, as the platform has written them.
    /// Empty before the first token, and when the platform does not name them.
    pub fn scopes(&self) -> Vec<String> {
        self.session.state().granted().to_vec()
    }

    /// Returns the requested scopes that were not granted with the last token, such as
    /// `Presence.ReadWrite`. The service refuses calls that need them, with status 403.
    pub fn missing_scopes(&self) -> Vec<String> {
        let session = &self.session;
        session.app.scopes().missing(session.state().granted())
    }

    /// Returns the user name, such as `ada@contoso.com`, if the scopes `openid` and `profile` were
    /// requested. It is private: only this method, `Display` and `Serialize` show it.
    pub fn user_name(&self) -> Option<String> {
        self.session.state().user_name().map(str::to_owned)
    }

    /// Returns the place of the tokens for people, such as `the file ~/.local/share/…`.
    ///
    /// This may block on the system's store for a moment.
    pub fn stored_in(&self) -> String {
        self.session.store.location(self.session.app.key())
    }

    /// Returns the error of the store while the newest tokens could not be stored.
    ///
    /// They are in memory, and each refresh tries to store them again. If the program ends before,
    /// the person has to sign in at the next start.
    pub fn store_error(&self) -> Option<Error> {
        self.session.state().store_error()
    }

    /// Returns a sign-in with the same settings, and with the claims that the platform or Graph has
    /// demanded last.
    ///
    /// This account and all its clones get the tokens. The page of the browser shows the same user
    /// first, if the name is known. A sign-in of another person is an error.
    pub fn sign_in_again(&self) -> SignIn {
        let state = self.session.state();
        let mut sign_in = self.session.sign_in.clone();
        if let Some(name) = state.user_name() {
            sign_in = sign_in.login_hint(name);
        }
        if let Some(claims) = state.demanded() {
            sign_in = sign_in.claims(claims);
        }
        sign_in.for_session(Arc::clone(&self.session))
    }

    /// Removes the tokens from memory and from the store. Returns `true` if the store had any.
    ///
    /// Calls fail from then on. See [`SignIn::sign_out`] about tokens that stay valid.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Store`](crate::ErrorKind::Store) when the store fails.
    pub async fn sign_out(&self) -> Result<bool, Error> {
        let session = &self.session;
        // A refresh in between would store its tokens.
        let _lock = session.store.lock(session.app.key()).await;
        let removed = session.store.remove(session.app.key()).await?;
        session.state().sign_out();
        Ok(removed)
    }
}

impl TokenProvider for Account {
    fn token(&self, request: TokenRequest) -> BoxFuture<'_, Result<AccessToken, BoxError>> {
        if let Err(error) = self.session.state().check_signed_in() {
            return Box::pin(async { Err(error.into()) });
        }
        Box::pin(async move {
            let cached = self.cache.ready(request.scope());
            if let Some(old) = cached.filter(|token| !self.session.state().is_current(token)) {
                // The cache renews a token that was refused.
                let renewal = TokenRequest::new(request.scope()).with_refused(old);
                self.cache.token(renewal).await?;
            }
            self.cache.token(request).await
        })
    }

    fn ready(&self, scope: &str) -> Option<AccessToken> {
        let cached = self.cache.ready(scope);
        cached.filter(|token| self.session.state().is_current(token))
    }

    fn may_block(&self) -> bool {
        self.cache.may_block()
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signed in")?;
        if let Some(name) = self.user_name() {
            write!(f, " as {name}")?;
        }
        write!(f, ". The tokens are in {}.", self.stored_in())?;
        match self.missing_scopes() {
            missing if missing.is_empty() => Ok(()),
            missing => write!(f, " Not granted: {}.", missing.join(", ")),
        }
    }
}

impl Serialize for Account {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("event", "signedIn")?;
        map.serialize_entry("userName", &self.user_name())?;
        map.serialize_entry("storedIn", &self.stored_in())?;
        map.serialize_entry("missingScopes", &self.missing_scopes())?;
        map.end()
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").finish_non_exhaustive()
    }
}
