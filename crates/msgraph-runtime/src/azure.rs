//! Tokens from a credential of the Azure SDK.

use crate::{AccessToken, BoxError, BoxFuture, TokenProvider, TokenRequest};
use azure_core::credentials::TokenCredential;
use std::fmt;
use std::sync::Arc;

/// A provider over a credential of the Azure SDK, such as those of `azure_identity`.
///
/// Most credentials keep their tokens; a [`TokenCache`](crate::TokenCache) around this saves the
/// call to the credential. The credentials of `azure_core` 1.1 do not accept the claims of a
/// challenge: the call then fails with the service's 401.
///
/// ```
/// # use msgraph_runtime as msgraph_presence;
/// use azure_core::credentials::TokenCredential;
/// use msgraph_presence::{AzureToken, Client, Error, TokenCache};
/// use std::sync::Arc;
///
/// fn client(credential: Arc<dyn TokenCredential>) -> Result<Client, Error> {
///     Client::new(TokenCache::new(AzureToken::new(credential)))
/// }
/// ```
#[derive(Clone)]
pub struct AzureToken(Arc<dyn TokenCredential>);

impl AzureToken {
    /// A provider over this credential.
    pub fn new(credential: Arc<dyn TokenCredential>) -> Self {
        Self(credential)
    }
}

impl TokenProvider for AzureToken {
    fn token(&self, request: TokenRequest) -> BoxFuture<'_, Result<AccessToken, BoxError>> {
        Box::pin(async move {
            let token = self.0.get_token(&[request.scope()], None).await?;
            let secret = AccessToken::new(token.token.secret());
            Ok(secret.expires_at(std::time::SystemTime::from(token.expires_on)))
        })
    }
}

impl fmt::Debug for AzureToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AzureToken").finish_non_exhaustive()
    }
}
