//! Access tokens and where they come from.

mod cache;
pub(crate) mod challenge;
pub(crate) mod claims;

pub use cache::TokenCache;

use crate::{BoxError, BoxFuture};
use bytes::Bytes;
use http::HeaderValue;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::SystemTime;
use zeroize::Zeroizing;

/// Where a client gets its tokens from. It is asked before every call.
///
/// A fixed token (`&str`, `String`, [`AccessToken`]) is one, and so is a closure from a
/// [`TokenRequest`] to a future of an [`AccessToken`]. [`TokenCache`] keeps what another
/// provider gave until shortly before it expires; wrap whatever is slow in it. How a user or
/// an application signs in is left to the libraries that are made for it.
///
/// ```
/// # async fn sign_in(_: &str) -> Result<(String, std::time::SystemTime), std::io::Error> {
/// #     Ok(("eyJ0".into(), std::time::SystemTime::now()))
/// # }
/// use msgraph_runtime::{AccessToken, Client, TokenCache, TokenRequest};
///
/// let provider = TokenCache::new(|request: TokenRequest| async move {
///     let (token, expires_at) = sign_in(request.scope()).await?;
///     Ok::<_, std::io::Error>(AccessToken::new(token).expires_at(expires_at))
/// });
/// # if false { // Without roots of trust on this machine there is no client.
/// let client = Client::new(provider)?;
/// # }
/// # Ok::<(), msgraph_runtime::Error>(())
/// ```
pub trait TokenProvider: Send + Sync + 'static {
    /// Gives a token for what `request` says.
    ///
    /// When the time of the call is up, the future is dropped. Within a [`TokenCache`] it goes
    /// on, for the calls that come then.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from having one. The call fails with
    /// [`ErrorKind::Token`](crate::ErrorKind::Token), and the error is its source.
    fn token(
        &self,
        request: TokenRequest,
    ) -> BoxFuture<'_, Result<AccessToken, BoxError>>;

    /// A token for this scope that is at hand without waiting, for a first attempt.
    ///
    /// A provider that keeps tokens saves work by it. A token for another scope is for another
    /// service, which could use it in the user's name: `None` is always a right answer.
    fn ready(&self, scope: &str) -> Option<AccessToken> {
        let _ = scope;
        None
    }
}

/// What a token is needed for.
#[derive(Clone)]
pub struct TokenRequest {
    pub(crate) scope: Arc<str>,
    pub(crate) claims: Option<String>,
    pub(crate) refused: Option<AccessToken>,
}

impl TokenRequest {
    /// The scope to ask for, such as `https://graph.microsoft.com/.default`.
    pub fn scope(&self) -> &str {
        &self.scope
    }

    /// The claims that the service demands of the new token, in base64 as they came.
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
        String::from_utf8(claims::decode_base64(claims)?).ok()
    }

    /// The token that the service has just refused, if this is the second asking of a call.
    ///
    /// A provider that keeps tokens must not give this one again.
    pub fn refused(&self) -> Option<&AccessToken> {
        self.refused.as_ref()
    }

    /// Whether both need the same token: what one of them cannot get, the other cannot either.
    fn is_same(&self, other: &Self) -> bool {
        let is_same_refused = match (&self.refused, &other.refused) {
            (Some(refused), Some(other)) => refused.is_same(other),
            (None, None) => true,
            _ => false,
        };
        is_same_refused && self.scope == other.scope && self.claims == other.claims
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

/// A bearer token and when it expires.
///
/// Clones share the one copy of the secret, which is wiped from memory with the last of
/// them. Nothing prints it.
#[derive(Clone)]
pub struct AccessToken {
    /// `Bearer …`, made once, or nothing when a header cannot carry the token.
    header: Option<HeaderValue>,
    expires_at: Option<SystemTime>,
}

impl AccessToken {
    /// A token without a known time of expiry.
    ///
    /// A text with a space, a line break or any other character that no token has makes a
    /// token with which every call fails, before anything is sent.
    pub fn new(secret: impl Into<String>) -> Self {
        let secret = Zeroizing::new(secret.into());
        Self {
            header: bearer(&secret),
            expires_at: None,
        }
    }

    /// Says when the token expires. [`TokenCache`] asks for another one before that.
    pub fn expires_at(mut self, time: impl Into<Option<SystemTime>>) -> Self {
        self.expires_at = time.into();
        self
    }

    /// When the token expires, if that is known.
    pub fn expiry(&self) -> Option<SystemTime> {
        self.expires_at
    }

    /// The value of the header `Authorization`, marked as sensitive.
    pub(crate) fn header(&self) -> Option<&HeaderValue> {
        self.header.as_ref()
    }

    /// Whether both are the same secret.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.header == other.header
    }

    /// The secret itself, or nothing when it cannot be one.
    pub(crate) fn secret(&self) -> Option<&str> {
        self.header.as_ref()?.to_str().ok()?.strip_prefix(SCHEME)
    }
}

const SCHEME: &str = "Bearer ";

/// One buffer, made at its final length, wiped when the last header that shares it is gone.
fn bearer(secret: &str) -> Option<HeaderValue> {
    let is_token = |byte: u8| byte.is_ascii_graphic();
    if secret.is_empty() || !secret.bytes().all(is_token) {
        return None;
    }
    let mut text = Zeroizing::new(Vec::with_capacity(SCHEME.len() + secret.len()));
    text.extend_from_slice(SCHEME.as_bytes());
    text.extend_from_slice(secret.as_bytes());
    let mut header = HeaderValue::from_maybe_shared(Bytes::from_owner(text)).ok()?;
    header.set_sensitive(true);
    Some(header)
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

impl From<String> for AccessToken {
    fn from(secret: String) -> Self {
        Self::new(secret)
    }
}

impl From<&str> for AccessToken {
    fn from(secret: &str) -> Self {
        Self::new(secret)
    }
}

/// A fixed token: it is what it is until the client is made anew.
impl TokenProvider for AccessToken {
    fn token(&self, _: TokenRequest) -> BoxFuture<'_, Result<AccessToken, BoxError>> {
        let token = self.clone();
        Box::pin(async move { Ok(token) })
    }

    fn ready(&self, _: &str) -> Option<AccessToken> {
        Some(self.clone())
    }
}

impl<P: TokenProvider + ?Sized> TokenProvider for Arc<P> {
    fn token(
        &self,
        request: TokenRequest,
    ) -> BoxFuture<'_, Result<AccessToken, BoxError>> {
        (**self).token(request)
    }

    fn ready(&self, scope: &str) -> Option<AccessToken> {
        (**self).ready(scope)
    }
}

impl<F, Answer, Token, Failure> TokenProvider for F
where
    F: Fn(TokenRequest) -> Answer + Send + Sync + 'static,
    Answer: Future<Output = Result<Token, Failure>> + Send + 'static,
    Token: Into<AccessToken>,
    Failure: Into<BoxError>,
{
    fn token(
        &self,
        request: TokenRequest,
    ) -> BoxFuture<'_, Result<AccessToken, BoxError>> {
        let answer = self(request);
        Box::pin(async move {
            match answer.await {
                Ok(token) => Ok(token.into()),
                Err(failure) => Err(failure.into()),
            }
        })
    }
}

/// What [`Client::new`](crate::Client::new) takes as the source of tokens: any provider, or
/// the text of a token.
#[diagnostic::on_unimplemented(
    message = "no tokens come from `{Self}`",
    note = "give the text of a token, a `TokenProvider`, or a closure from a `TokenRequest` to a \
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

#[cfg(test)]
mod tests {
    use super::*;

    /// So that wiping it once is enough.
    #[test]
    fn clones_and_headers_share_one_copy_of_the_secret() {
        let token = AccessToken::new("secret");
        let place = |token: &AccessToken| token.header().unwrap().as_bytes().as_ptr();
        let header = token.header().unwrap().clone();
        assert_eq!(place(&token), place(&token.clone()));
        assert_eq!(place(&token), header.as_bytes().as_ptr());
        assert_eq!(
            token.secret().unwrap().as_ptr(),
            place(&token).wrapping_add(SCHEME.len())
        );
    }

    #[test]
    fn only_what_a_token_can_be_becomes_a_header() {
        for secret in ["a", "a.b-c_d~e+f/g==", "!"] {
            assert_eq!(AccessToken::new(secret).secret(), Some(secret));
        }
        for secret in ["", " ", "a b", "a\n", "\u{e4}", "a\0", "a\u{7f}"] {
            assert!(AccessToken::new(secret).header().is_none(), "{secret:?}");
        }
    }
}
