//! The store of the system: Keychain on macOS, Credential Manager on Windows, the Secret Service on
//! Linux.
//!
//! An error of `keyring_core` may hold a secret that could not be read: only its text is passed on.

use super::secrets::SecretStore;
use keyring_core::{CredentialStore, Entry, Error};
use msgraph_runtime::BoxError;
use std::sync::Arc;

/// The user's secrets under the name of one program.
pub(super) struct System {
    store: Arc<CredentialStore>,
    name: String,
}

/// The name of the store for people.
const NAME: &str = if cfg!(windows) {
    "the Credential Manager of Windows"
} else if cfg!(target_os = "macos") {
    "the login keychain of macOS"
} else {
    "the Secret Service"
};

impl System {
    /// Opens the store for a program of this name; `None` if this machine or session has none.
    pub(super) fn open(name: &str) -> Option<Self> {
        #[cfg(windows)]
        let store = windows_native_keyring_store::Store::new();
        #[cfg(target_os = "macos")]
        let store = apple_native_keyring_store::keychain::Store::new();
        #[cfg(not(any(windows, target_os = "macos")))]
        let store = dbus_secret_service_keyring_store::Store::new();
        Some(Self {
            store: store.ok()?,
            name: name.to_owned(),
        })
    }

    fn entry(&self, key: &str) -> Result<Entry, BoxError> {
        Entry::new_in_store(&self.store, &self.name, key).map_err(text)
    }
}

impl SecretStore for System {
    fn load(&self, key: &str) -> Result<Option<Vec<u8>>, BoxError> {
        match self.entry(key)?.get_secret() {
            Ok(secret) => Ok(Some(secret)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(text(error)),
        }
    }

    fn save(&self, key: &str, secret: &[u8]) -> Result<(), BoxError> {
        self.entry(key)?.set_secret(secret).map_err(text)
    }

    fn remove(&self, key: &str) -> Result<bool, BoxError> {
        match self.entry(key)?.delete_credential() {
            Ok(()) => Ok(true),
            Err(Error::NoEntry) => Ok(false),
            Err(error) => Err(text(error)),
        }
    }

    fn location(&self, _: &str) -> String {
        format!("{NAME}, under the name {}", self.name)
    }

    /// The limit of Windows is 2,560 bytes.
    fn limit(&self) -> usize {
        if cfg!(windows) { 2560 } else { usize::MAX }
    }
}

fn text(error: Error) -> BoxError {
    match error {
        Error::BadEncoding(_) | Error::BadDataFormat(..) => "the secret is damaged".into(),
        Error::Ambiguous(_) => "several secrets have this name".into(),
        error => error.to_string().into(),
    }
}
