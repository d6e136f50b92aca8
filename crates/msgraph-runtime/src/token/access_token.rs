//! An access token: one copy of its secret, in the header that carries it.

use super::{TokenProvider, TokenRequest};
use crate::{BoxError, BoxFuture};
use bytes::Bytes;
use http::HeaderValue;
use std::fmt;
use std::time::SystemTime;
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// A bearer token with an optional time of expiry.
///
/// Clones share the one copy of the secret, which is wiped from memory with the last of
/// them. Nothing prints it.
#[derive(Clone)]
pub struct AccessToken {
    /// `Bearer …`, made once, or the reason why a header cannot carry the token.
    header: Result<HeaderValue, &'static str>,
    expires_at: Option<SystemTime>,
}

impl AccessToken {
    /// A token without a time of expiry.
    ///
    /// No header can carry a text that is empty or has a space, a line break or any other
    /// character outside visible ASCII. [`ClientBuilder::build`](crate::ClientBuilder::build)
    /// refuses such a token; if a provider returns one, the call fails before anything is sent.
    pub fn new(secret: impl Into<String>) -> Self {
        let secret = Zeroizing::new(secret.into());
        Self {
            header: bearer(&secret),
            expires_at: None,
        }
    }

    /// Sets the time of expiry. [`TokenCache`](crate::TokenCache) requests another token before it.
    pub fn expires_at(mut self, time: impl Into<Option<SystemTime>>) -> Self {
        self.expires_at = time.into();
        self
    }

    /// The time of expiry, if it is known.
    pub fn expiry(&self) -> Option<SystemTime> {
        self.expires_at
    }

    /// The value of the header `Authorization`, marked as sensitive.
    pub(crate) fn header(&self) -> Option<&HeaderValue> {
        self.header.as_ref().ok()
    }

    /// Checks that a header can carry the token.
    ///
    /// # Errors
    ///
    /// The reason why none can, for the message of an error.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        self.header.as_ref().map(drop).map_err(|reason| *reason)
    }

    /// The secret itself; `None` if no header can carry it.
    pub(crate) fn secret(&self) -> Option<&str> {
        self.header()?.to_str().ok()?.strip_prefix(SCHEME)
    }
}

const SCHEME: &str = "Bearer ";

const EMPTY: &str = "the token is empty: check its source";

const BAD_CHARACTER: &str = "the token contains a character that is not allowed, such as a space \
    or a line break: trim it, and leave out the word `Bearer`";

/// Makes the header in one buffer of its final length, which is wiped with the last header that
/// shares it.
fn bearer(secret: &Zeroizing<String>) -> Result<HeaderValue, &'static str> {
    if secret.is_empty() {
        return Err(EMPTY);
    }
    if !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(BAD_CHARACTER);
    }
    let mut text = Zeroizing::new(Vec::with_capacity(SCHEME.len() + secret.len()));
    text.extend_from_slice(SCHEME.as_bytes());
    text.extend_from_slice(secret.as_bytes());
    let mut header = HeaderValue::from_maybe_shared(shared(text)).map_err(|_| BAD_CHARACTER)?;
    header.set_sensitive(true);
    Ok(header)
}

/// Shares a buffer. A buffer that is not wiped when it is dropped does not compile.
fn shared(buffer: impl AsRef<[u8]> + ZeroizeOnDrop + Send + 'static) -> Bytes {
    Bytes::from_owner(buffer)
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Tokens with the same secret are equal, even if their expiries differ. All tokens that no header
/// can carry are equal.
impl PartialEq for AccessToken {
    fn eq(&self, other: &Self) -> bool {
        self.header() == other.header()
    }
}

impl Eq for AccessToken {}

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

/// A fixed token: every call gets it, even after the service has refused it.
impl TokenProvider for AccessToken {
    fn token(&self, _: TokenRequest) -> BoxFuture<'_, Result<AccessToken, BoxError>> {
        let token = self.clone();
        Box::pin(async move { Ok(token) })
    }

    fn ready(&self, _: &str) -> Option<AccessToken> {
        Some(self.clone())
    }

    fn may_block(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wiping the one copy is then enough.
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
    fn only_a_usable_token_becomes_a_header() {
        for secret in ["a", "a.b-c_d~e+f/g==", "!"] {
            assert_eq!(AccessToken::new(secret).secret(), Some(secret));
        }
        for secret in ["", " ", "a b", "a\n", "\u{e4}", "a\0", "a\u{7f}"] {
            assert!(AccessToken::new(secret).header().is_none(), "{secret:?}");
        }
    }
}
