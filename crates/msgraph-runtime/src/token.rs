//! Token providers, and the requests that they answer.

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

/// The default time limit of a provider for one token.
pub(crate) const TOKEN_TIME: Duration = Duration::from_secs(60);

/// The source of a client's tokens, which is asked before every call.
///
/// A fixed token (`&str`, `String`, [`AccessToken`]) is a provider, and so is a closure from a
/// [`TokenRequest`] to a future of an [`AccessToken`]. [`TokenCache`] keeps the token of another
/// provider until shortly before it expires; wrap every slow provider in it. A person signs in
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
    /// Returns a token for the scope and claims of `request`.
    ///
    /// The provider may block its thread (a key store, a file, a process). A panic counts as a
    /// failure. Neither delays other tasks, nor the timeouts of the calls that wait for the token.
    /// Each poll of the future runs by `spawn_blocking` on the tokio runtime of the call, without
    /// the thread-locals and task-locals of the call, unless [`may_block`](Self::may_block) is
    /// `false`. A runtime that is dropped waits until the provider no longer blocks.
    ///
    /// **In a [`TokenCache`]** the provider may take up to
    /// [a minute](TokenCache::provider_timeout). The future goes on when the call that needed the
    /// token is over, and is dropped at an `.await` when its time is up or its runtime ends. One
    /// token of a scope is requested at a time, except by callers without a runtime.
    ///
    /// **Without a cache** each call asks for itself, at the cost of a change of threads, and of a
    /// thread for as long as the provider blocks (tokio has 512 of them). The future is dropped at
    /// an `.await` when the call times out, or after one minute if the call has no timeout.
    ///
    /// # Errors
    ///
    /// The reason why there is no token. The call fails with
    /// [`ErrorKind::Token`](crate::ErrorKind::Token), and has this error as its source.
    fn token(&self, request: TokenRequest) -> BoxFuture<'_, Result<AccessToken, BoxError>>;

    /// A token for this scope that is available without waiting, for the first attempt of a call;
    /// `None` by default.
    ///
    /// A provider that keeps tokens saves the work of [`token`](Self::token) by it. The token must
    /// be for this scope: with any other, the service could act in the user's name elsewhere.
    /// [`ClientBuilder::build`](crate::ClientBuilder::build) refuses a ready token that no header
    /// can carry; later such a token counts as `None`.
    fn ready(&self, scope: &str) -> Option<AccessToken> {
        let _ = scope;
        None
    }

    /// Returns `true` if the future of [`token`](Self::token) may block its thread; `true` by
    /// default.
    ///
    /// If this is `false`, the task of the call polls that future itself: without a change of
    /// threads, with the task-locals of the call, and without a time limit if the call has no
    /// timeout. A future that blocks nevertheless delays everything on that thread, timers
    /// included; a panic of the future is a panic of the call. [`TokenCache`] returns `false` for
    /// itself, and runs its own provider by `spawn_blocking` in any case.
    fn may_block(&self) -> bool {
        true
    }
}

/// The request for a token: its scope, and the claims and the token of an earlier refusal.
///
/// Clients make these requests; [`new`](Self::new) is for tests of a provider, and for a provider
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
    /// Claims come with a refusal (continuous access evaluation). A provider that does not pass
    /// them on gets the same token again, and the call fails with the service's 401.
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
    /// A provider that keeps tokens must not return this one again: tokens with the same secret
    /// compare equal. If it does, the call fails with the service's 401.
    pub fn refused(&self) -> Option<&AccessToken> {
        self.refused.as_ref()
    }

    /// Returns `true` if a token that was requested with these claims satisfies this request.
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

/// The error of a cache whose provider exceeded its time limit: the call has timed out.
#[derive(Debug)]
pub(crate) struct TookTooLong;

impl TookTooLong {
    /// Returns `true` if an error is this one, also if a cache around the cache shares it.
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
