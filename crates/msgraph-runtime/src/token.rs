//! Access tokens and where they come from.

mod access_token;
mod cache;
pub(crate) mod challenge;
pub(crate) mod claims;
mod off_thread;

pub use access_token::AccessToken;
pub use cache::TokenCache;
pub(crate) use off_thread::ask;

use crate::{BoxError, BoxFuture, SharedError};
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// The time a provider may take for one token where nothing else says so.
pub(crate) const TOKEN_TIME: Duration = Duration::from_secs(60);

/// The source of a client's tokens, which is asked before every call.
///
/// A fixed token (`&str`, `String`, [`AccessToken`]) is one, and so is a closure from a
/// [`TokenRequest`] to a future of an [`AccessToken`]. [`TokenCache`] keeps what another
/// provider gave until shortly before it expires; wrap every slow provider in it. A person signs in
/// by the crate `msgraph-sign-in`, an application by `azure_identity` and the feature `azure`.
///
/// ```
/// # use msgraph_runtime as msgraph_presence;
/// use msgraph_presence::{AccessToken, Client, TokenCache, TokenRequest};
/// use std::io;
/// use std::time::{Duration, SystemTime};
///
/// async fn sign_in(_scope: &str) -> io::Result<(String, SystemTime)> {
///     Ok(("eyJ0…".to_owned(), SystemTime::now() + Duration::from_secs(3600)))
/// }
///
/// let provider = TokenCache::new(|request: TokenRequest| async move {
///     let (token, expires_at) = sign_in(request.scope()).await?;
///     Ok::<_, io::Error>(AccessToken::new(token).expires_at(expires_at))
/// });
/// # if false { // Without roots of trust on this machine there is no client.
/// let client = Client::new(provider)?;
/// # }
/// # Ok::<(), msgraph_presence::Error>(())
/// ```
pub trait TokenProvider: Send + Sync + 'static {
    /// Gives a token for what `request` says.
    ///
    /// The provider may block its thread (a key store, a file, a process), and it may panic,
    /// which is a failure: the calls that wait for it end in their time all the same, and
    /// nothing else is held up. It runs by `spawn_blocking` of the tokio runtime of the call,
    /// from one `.await` to the next: thread-locals and task-locals of the call are not there,
    /// unless it says that it does [not block](Self::may_block). A runtime that is dropped waits
    /// until it no longer blocks.
    ///
    /// **In a [`TokenCache`]** it may take up to
    /// [a minute](TokenCache::provider_timeout). Its future goes on when the call that needed the
    /// token is over, and is dropped at an `.await` when its time is up or its runtime ends. It
    /// is asked for one token of a scope at a time, except by callers without a runtime.
    ///
    /// **Without one** each call asks for itself, at the cost of a change of threads, and of a
    /// thread for as long as it blocks (tokio has 512 of them). Its future is dropped, at an
    /// `.await`, when the call has timed out; that of a call without a timeout is one minute
    /// for each token.
    ///
    /// # Errors
    ///
    /// The reason why there is no token. The call fails with
    /// [`ErrorKind::Token`](crate::ErrorKind::Token), and the error is its source.
    fn token(&self, request: TokenRequest) -> BoxFuture<'_, Result<AccessToken, BoxError>>;

    /// A token for this scope that is available without waiting, for a first attempt.
    ///
    /// A provider that keeps tokens saves work by it. A token for another scope is for another
    /// service, which could use it in the user's name: `None` is always a right answer.
    fn ready(&self, scope: &str) -> Option<AccessToken> {
        let _ = scope;
        None
    }

    /// Returns `true` if the future of [`token`](Self::token) may block its thread; `true` by
    /// default.
    ///
    /// If this is `false`, the task of the call polls that future itself: without a change of
    /// threads, with the task-locals of the call, and in a call without a timeout for as long as
    /// it takes. If it blocks then, it holds up all that runs on that thread, timers too; if it
    /// panics, the call does. A [`TokenCache`] says `false` for itself, and runs what it wraps by
    /// `spawn_blocking` in any case.
    fn may_block(&self) -> bool {
        true
    }
}

/// The request for a token: its scope, and what the service said of an earlier token.
///
/// A client makes these; [`new`](Self::new) is for the tests of a provider, and for a provider
/// that asks another one.
///
/// ```
/// # use msgraph_runtime as msgraph_presence;
/// use msgraph_presence::{AccessToken, TokenProvider, TokenRequest};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), msgraph_presence::BoxError> {
/// let provider = |request: TokenRequest| async move {
///     let kept = AccessToken::new("kept");
///     let is_refused = request.refused() == Some(&kept);
///     Ok::<_, std::io::Error>(if is_refused { "fresh".into() } else { kept })
/// };
///
/// let request = TokenRequest::new("https://graph.microsoft.com/.default");
/// let token = provider.token(request.clone()).await?;
/// assert_eq!(token, AccessToken::new("kept"));
/// let token = provider.token(request.with_refused(token)).await?;
/// assert_eq!(token, AccessToken::new("fresh"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct TokenRequest {
    pub(crate) scope: Arc<str>,
    pub(crate) claims: Option<String>,
    pub(crate) refused: Option<AccessToken>,
}

impl TokenRequest {
    /// A request for a token with this scope, such as
    /// `https://graph.microsoft.com/.default`.
    pub fn new(scope: impl Into<Arc<str>>) -> Self {
        Self {
            scope: scope.into(),
            claims: None,
            refused: None,
        }
    }

    /// The same request, with the claims of a challenge, in base64 or as JSON text.
    pub fn with_claims(mut self, claims: impl Into<String>) -> Self {
        self.claims = Some(claims.into());
        self
    }

    /// The same request, after the service has refused this token.
    pub fn with_refused(mut self, token: impl Into<AccessToken>) -> Self {
        self.refused = Some(token.into());
        self
    }

    /// The scope to ask for, such as `https://graph.microsoft.com/.default`.
    pub fn scope(&self) -> &str {
        &self.scope
    }

    /// The claims that the service demands of the new token, in base64, unchanged.
    ///
    /// They come with a refusal (continuous access evaluation). A provider that does not
    /// pass them on gets the same token again, and the call fails with the service's 401.
    pub fn claims(&self) -> Option<&str> {
        self.claims.as_deref()
    }

    /// The same claims as the JSON text that most sign-in libraries take.
    pub fn claims_json(&self) -> Option<String> {
        let claims = self.claims()?;
        if claims.trim_start().starts_with('{') {
            return Some(claims.to_owned());
        }
        String::from_utf8(challenge::decode_base64(claims)?).ok()
    }

    /// The token that the service has just refused, if this is the second request of a call.
    ///
    /// A provider that keeps tokens must not give this one again: tokens with the same secret
    /// compare equal. When it does, the call fails with the service's 401.
    pub fn refused(&self) -> Option<&AccessToken> {
        self.refused.as_ref()
    }

    /// Returns `true` if a token that was asked for with these claims is good for this request.
    fn accepts(&self, token: &AccessToken, claims: Option<&str>) -> bool {
        let has_claims = self.claims.is_none() || self.claims() == claims;
        has_claims && self.refused.as_ref() != Some(token)
    }
}

impl fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenRequest")
            .field("scope", &self.scope)
            .field("claims", &self.claims.is_some())
            .field("refused", &self.refused.is_some())
            .finish()
    }
}

impl<P: TokenProvider + ?Sized> TokenProvider for Arc<P> {
    fn token(&self, request: TokenRequest) -> BoxFuture<'_, Result<AccessToken, BoxError>> {
        (**self).token(request)
    }

    fn ready(&self, scope: &str) -> Option<AccessToken> {
        (**self).ready(scope)
    }

    fn may_block(&self) -> bool {
        (**self).may_block()
    }
}

impl<F, Fut, Token, Failure> TokenProvider for F
where
    F: Fn(TokenRequest) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Token, Failure>> + Send + 'static,
    Token: Into<AccessToken>,
    Failure: Into<BoxError>,
{
    fn token(&self, request: TokenRequest) -> BoxFuture<'_, Result<AccessToken, BoxError>> {
        let token = self(request);
        Box::pin(async move {
            match token.await {
                Ok(token) => Ok(token.into()),
                Err(failure) => Err(failure.into()),
            }
        })
    }
}

/// The error of a cache whose provider has not answered in its time. The call that gets it has
/// timed out.
#[derive(Debug)]
pub(crate) struct TookTooLong;

impl TookTooLong {
    /// Returns `true` if this is the error, shared by a cache around the cache or not.
    pub(crate) fn is(error: &BoxError) -> bool {
        let shared = error.downcast_ref::<SharedError>();
        error.is::<Self>() || shared.is_some_and(|error| error.is::<Self>())
    }
}

impl fmt::Display for TookTooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the token provider timed out")
    }
}

impl std::error::Error for TookTooLong {}

/// A source of tokens for [`Client::new`](crate::Client::new): any provider, or the text of a
/// token.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot provide tokens",
    note = "pass the text of a token, a `TokenProvider`, or a closure from a `TokenRequest` to a \
        future of a token"
)]
pub trait IntoTokenProvider {
    /// The provider.
    fn into_token_provider(self) -> Arc<dyn TokenProvider>;
}

impl<P: TokenProvider> IntoTokenProvider for P {
    fn into_token_provider(self) -> Arc<dyn TokenProvider> {
        Arc::new(self)
    }
}

impl IntoTokenProvider for Box<dyn TokenProvider> {
    fn into_token_provider(self) -> Arc<dyn TokenProvider> {
        self.into()
    }
}

impl IntoTokenProvider for String {
    fn into_token_provider(self) -> Arc<dyn TokenProvider> {
        Arc::new(AccessToken::new(self))
    }
}

impl IntoTokenProvider for &String {
    fn into_token_provider(self) -> Arc<dyn TokenProvider> {
        self.as_str().into_token_provider()
    }
}

impl IntoTokenProvider for &str {
    fn into_token_provider(self) -> Arc<dyn TokenProvider> {
        Arc::new(AccessToken::new(self))
    }
}
