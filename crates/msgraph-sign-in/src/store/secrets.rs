//! The trait of a store of secrets, and the store in memory.

use msgraph_runtime::BoxError;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use zeroize::Zeroizing;

/// A store of secrets: bytes under a key. Implement it for a [`Store`](crate::Store) of your own.
///
/// The methods may block: they run on threads for blocking calls.
pub trait SecretStore: Send + Sync + 'static {
    /// Loads the secret under the key, if there is one.
    ///
    /// # Errors
    ///
    /// Any failure of the store.
    fn load(&self, key: &str) -> Result<Option<Vec<u8>>, BoxError>;

    /// Stores a secret in place of an earlier one. After a failure or a crash the store must have the
    /// earlier secret or the new one.
    ///
    /// # Errors
    ///
    /// Any failure of the store.
    fn save(&self, key: &str, secret: &[u8]) -> Result<(), BoxError>;

    /// Removes the secret. Returns `false` if there was none.
    ///
    /// # Errors
    ///
    /// Any failure of the store.
    fn remove(&self, key: &str) -> Result<bool, BoxError>;

    /// Returns the place of the secret for people, such as `the file ~/.local/share/…`.
    fn location(&self, key: &str) -> String;

    /// Returns the largest size of a secret in bytes; no limit by default. Below 16 KiB only the
    /// refresh token is stored.
    fn limit(&self) -> usize {
        usize::MAX
    }

    /// Returns the file that a process locks while it uses the secret; `None`, the default, for no
    /// lock between processes.
    fn lock_file(&self, key: &str) -> Option<PathBuf> {
        let _ = key;
        None
    }
}

/// The size of a store for all tokens, in bytes. A smaller store gets the refresh token only.
pub(super) const FULL_RECORD: usize = 16 << 10;

/// Stores, loads and removes a secret beside that of the key.
pub(super) fn test(store: &dyn SecretStore, key: &str) -> Result<(), BoxError> {
    const SECRET: &[u8] = b"a test of msgraph-sign-in";
    let key = format!("{key} test");
    let saved = store.save(&key, SECRET);
    let loaded = store.load(&key);
    let removed = store.remove(&key);
    saved?;
    if loaded?.as_deref() != Some(SECRET) {
        return Err("the stored data is missing".into());
    }
    removed?;
    Ok(())
}

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
