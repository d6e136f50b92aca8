//! Events for the feature `tracing`: the outcome of each request for a token.

use crate::Error;

/// An account has given a token, or an error.
pub(crate) fn asked(error: Option<&Error>) {
    #[cfg(feature = "tracing")]
    match error {
        None => tracing::debug!(target: "msgraph_sign_in", "token at hand"),
        Some(error) => tracing::warn!(target: "msgraph_sign_in", %error, "no token"),
    }
    #[cfg(not(feature = "tracing"))]
    let _ = error;
}

/// The store has failed, and the tokens stay in memory.
pub(crate) fn store_failed(error: &Error) {
    #[cfg(feature = "tracing")]
    tracing::warn!(target: "msgraph_sign_in", %error, "the tokens are only in memory");
    #[cfg(not(feature = "tracing"))]
    let _ = error;
}
