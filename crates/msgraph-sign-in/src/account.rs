//! A person who has signed in: the provider of a client's tokens.

mod session;
mod state;

pub(crate) use session::Session;

use crate::{Error, SignIn};
use msgraph_runtime::{AccessToken, BoxError, BoxFuture, TokenCache, TokenProvider, TokenRequest};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A person who has signed in. It is a [`TokenProvider`]: a client takes it as its token.
///
/// Clones are the same account; one serves any number of clients. It needs no
/// [`TokenCache`] around it.
///
/// `Display` tells people who has signed in, where the tokens are stored, and which scopes were not
/// granted. Like [`stored_in`](Self::stored_in), it may ask the system's store.
///
/// # Tokens
///
/// An access token is renewed five minutes before it expires, by one request for all callers, and
/// for all processes of the user that share a store. Each response may bring a new refresh token,
/// which is stored before the access token is used. The old one is never deleted because the
/// platform refuses it: a refusal may be about one resource or one policy, and the next sign-in
/// replaces it.
///
/// # When a person is needed
///
/// A call then fails, and [`Error::find`] gives the reason from the error of the client, with the
/// ids and the link that the client's own text leaves out:
/// [`is_sign_in_required`](Error::is_sign_in_required) is true. This is so when the refresh token
/// has expired or was revoked, when a policy asks for more than was proved, and when Graph's claims
/// challenge cannot be met silently. [`sign_in_again`](Self::sign_in_again) then asks the person
/// for just that; the account and its clients go on with the new tokens. When the platform has
/// refused a refresh token, it is asked with it again after half a minute at the earliest.
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

/// A refresh takes this long at most, with its repeats and the wait for another process.
const REFRESH: Duration = Duration::from_secs(140);

impl Account {
    pub(crate) fn new(session: Arc<Session>) -> Self {
        let cache = TokenCache::new(Arc::clone(&session)).provider_timeout(REFRESH);
        Self {
            cache: Arc::new(cache),
            session,
        }
    }

    /// The scopes that were granted with the last token, as the platform wrote them. Empty before
    /// the first token, and when the platform did not say.
    pub fn scopes(&self) -> Vec<String> {
        self.session.scopes()
    }

    /// The scopes that were asked for and not granted with the last token, such as
    /// `Presence.ReadWrite`. Calls that need them will be refused with 403.
    pub fn missing_scopes(&self) -> Vec<String> {
        self.session.missing_scopes()
    }

    /// The user name, such as `ada@contoso.com`, where the scopes `openid` and `profile` were asked
    /// for. Nothing else shows it.
    pub fn user_name(&self) -> Option<String> {
        self.session.user_name()
    }

    /// Says to people where the tokens are stored, such as `the file ~/.local/share/…`. It may ask the
    /// system's store, which blocks for a moment.
    pub fn stored_in(&self) -> String {
        self.session.stored_in()
    }

    /// Why the newest tokens are not stored, if they are not. They are in memory, and each refresh
    /// tries again; a program that ends before asks the person at its next start.
    pub fn store_error(&self) -> Option<Error> {
        self.session.store_error()
    }

    /// The same sign-in once more, for what the platform or a challenge of Graph demanded last.
    ///
    /// This account and all its clones get the tokens. The page of the browser begins with the same
    /// user, where the name is known; a sign-in of another person is an error.
    pub fn sign_in_again(&self) -> SignIn {
        self.session.sign_in_again()
    }

    /// Forgets the tokens, here and in the store; `true` when the store had some.
    ///
    /// Calls fail from then on. See [`SignIn::sign_out`] about what stays valid.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn sign_out(&self) -> Result<bool, Error> {
        self.session.sign_out().await
    }
}

impl TokenProvider for Account {
    fn token(&self, request: TokenRequest) -> BoxFuture<'_, Result<AccessToken, BoxError>> {
        if let Err(error) = self.session.check_signed_in() {
            return Box::pin(async { Err(error.into()) });
        }
        Box::pin(async move {
            let cached = self.cache.ready(request.scope());
            if let Some(old) = cached.filter(|token| !self.session.is_current(token)) {
                // To the cache it is as if Graph had refused the token.
                let renewal = TokenRequest::new(request.scope()).with_refused(old);
                self.cache.token(renewal).await?;
            }
            self.cache.token(request).await
        })
    }

    fn ready(&self, scope: &str) -> Option<AccessToken> {
        let cached = self.cache.ready(scope);
        cached.filter(|token| self.session.is_current(token))
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

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").finish_non_exhaustive()
    }
}
