//! The provider of a blocking call.

use super::{AccessToken, TokenProvider, TokenRequest, off_thread};
use crate::{BoxError, BoxFuture};
use std::sync::Arc;
use tokio::runtime::Handle;

/// Keeps a provider that blocks its thread from delaying the end of a blocking call.
pub(crate) struct OffThread(pub(crate) Arc<dyn TokenProvider>);

impl TokenProvider for OffThread {
    fn token(&self, request: TokenRequest) -> BoxFuture<'_, Result<AccessToken, BoxError>> {
        let provider = Arc::clone(&self.0);
        Box::pin(async move {
            let ask = async move { provider.token(request).await };
            let asked = off_thread::run(Handle::current(), ask).await;
            asked.unwrap_or_else(|error| Err(off_thread::reason(&error).into()))
        })
    }

    fn ready(&self, scope: &str) -> Option<AccessToken> {
        self.0.ready(scope)
    }
}
