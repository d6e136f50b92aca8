//! A store of secrets, bytes by a key, and the one that ends with the process.

use msgraph_runtime::BoxError;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use zeroize::Zeroizing;

/// A store of secrets of your own: bytes by a key.
///
/// The methods may block; they run on threads for blocking work.
pub trait SecretStore: Send + Sync + 'static {
    /// The secret that is stored under the key, if there is one.
    ///
    /// # Errors
    ///
    /// Any failure of the store.
    fn load(&self, key: &str) -> Result<Option<Vec<u8>>, BoxError>;

    /// Stores a secret in place of an earlier one. After a failure, and after a crash at any
    /// moment, either the earlier secret or the new one is there.
    ///
    /// # Errors
    ///
    /// Any failure of the store.
    fn save(&self, key: &str, secret: &[u8]) -> Result<(), BoxError>;

    /// Removes the secret; `false` when there was none.
    ///
    /// # Errors
    ///
    /// Any failure of the store.
    fn remove(&self, key: &str) -> Result<bool, BoxError>;

    /// Says to people where the secrets are, such as `the file ~/.local/share/…`.
    fn location(&self, key: &str) -> String;

    /// The largest secret in bytes. Where it is below 16 KiB only the refresh token is stored.
    fn limit(&self) -> usize {
        usize::MAX
    }

    /// A file that processes lock while they use the secret; `None` for no lock between them.
    fn lock_file(&self, key: &str) -> Option<PathBuf> {
        let _ = key;
        None
    }
}

/// A store that is smaller than this gets the refresh token only.
pub(super) const ROOM_FOR_ALL: usize = 16 << 10;

pub(super) const TRIAL: &[u8] = b"a trial of msgraph-sign-in";

/// The store in the memory of the process.
#[derive(Default)]
pub(super) struct Memory(Mutex<BTreeMap<String, Zeroizing<Vec<u8>>>>);

impl SecretStore for Memory {
    fn load(&self, key: &str) -> Result<Option<Vec<u8>>, BoxError> {
        let secrets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(secrets.get(key).map(|secret| secret.to_vec()))
    }

    fn save(&self, key: &str, secret: &[u8]) -> Result<(), BoxError> {
        let mut secrets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.insert(key.to_owned(), secret.to_vec().into());
        Ok(())
    }

    fn remove(&self, key: &str) -> Result<bool, BoxError> {
        let mut secrets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(secrets.remove(key).is_some())
    }

    fn location(&self, _: &str) -> String {
        "the memory of this process".to_owned()
    }
}
