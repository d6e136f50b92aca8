//! The store that ends with the process.

use super::SecretStore;
use msgraph_runtime::BoxError;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use zeroize::Zeroizing;

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
