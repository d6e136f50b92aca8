//! The stores of tokens between two starts of a program.

mod file;
mod for_app;
mod lock;
mod record;
mod secrets;
#[cfg(any(
    all(feature = "system-store", any(windows, target_os = "macos")),
    all(feature = "secret-service", target_os = "linux")
))]
mod system;

pub use secrets::SecretStore;

use crate::tokens::Tokens;
use crate::{Error, ErrorKind};
use file::Files;
use for_app::ForApp;
use lock::Lock;
use msgraph_runtime::BoxError;
use secrets::{FULL_RECORD, Memory};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::runtime::Handle;
use zeroize::Zeroizing;

/// A store of the tokens of one program: that of the system, files, memory, or one of your own.
///
/// Clones are the same store. A store has one account for each application, tenant and authority: a
/// later sign-in replaces the earlier one, and leaves the others unchanged.
#[derive(Clone)]
pub struct Store {
    backend: Arc<dyn SecretStore>,
    tasks: Arc<tokio::sync::Mutex<()>>,
}

impl Store {
    /// Returns the store for a program of this name, such as `focus-light`: that of the system if it
    /// works, otherwise a file for the user.
    ///
    /// The store of the system is the Keychain of macOS or the Credential Manager of Windows (feature
    /// `system-store`, on by default), or the Secret Service of a Linux desktop (feature
    /// `secret-service`). The limit on Windows is 2,560 bytes, so only the refresh token is stored
    /// there. If the store of the system is absent, locked, or too small for the token, a file is
    /// used, and stays in use until a sign-out.
    ///
    /// The file is in the user's data folder: `$XDG_DATA_HOME` or `~/.local/share` on Linux,
    /// `~/Library/Application Support` on macOS, `%LOCALAPPDATA%` on Windows. On Unix only the
    /// user can read it (mode 0600, in a folder of mode 0700). It is not encrypted.
    /// [`Account::stored_in`](crate::Account::stored_in) names the place.
    ///
    /// The name of the program is the name of the folder: letters, digits, `-`, `_` and `.`, not
    /// beginning with a dot. With any other name every sign-in fails with [`ErrorKind::Store`].
    pub fn for_app(name: impl Into<String>) -> Self {
        Self::own(ForApp::new(&name.into()))
    }

    /// Returns the folder of the files of [`for_app`](Self::for_app), for other data of the program.
    /// The folder may not exist yet.
    ///
    /// ```
    /// use msgraph_sign_in::Store;
    ///
    /// let settings = Store::app_folder("focus-light")?.join("settings.json");
    /// assert!(settings.ends_with("focus-light/settings.json"));
    /// assert!(Store::app_folder("../focus-light").is_err());
    /// # Ok::<(), msgraph_sign_in::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Store`] when the name is not valid, or the user has no home folder.
    pub fn app_folder(name: &str) -> Result<PathBuf, Error> {
        for_app::folder(name).map_err(|error| {
            failed(
                format!("there is no folder for the program: {error}"),
                error,
            )
        })
    }

    /// Returns a store of files in this folder, which is created if it does not exist.
    pub fn folder(folder: impl Into<PathBuf>) -> Self {
        Self::own(Files::new(folder.into()))
    }

    /// Returns a store in the memory of this process: the person signs in at every start.
    pub fn memory() -> Self {
        Self::own(Memory::default())
    }

    /// Returns a store of your own.
    pub fn own(store: impl SecretStore) -> Self {
        Self {
            backend: Arc::new(store),
            tasks: Arc::default(),
        }
    }

    pub(crate) fn location(&self, key: &str) -> String {
        self.backend.location(key)
    }

    /// Tests the store before a person has to sign in.
    pub(crate) async fn probe(&self, key: &str) -> Result<(), Error> {
        let _lock = self.lock(key).await;
        match self.load(key).await {
            Err(error) if !is_unreadable(&error) => return Err(error),
            _ => {}
        }
        let key = key.to_owned();
        self.run("cannot be written", move |backend| {
            secrets::test(backend, &key)
        })
        .await
    }

    /// Loads the tokens.
    pub(crate) async fn load(&self, key: &str) -> Result<Option<Tokens>, Error> {
        let name = key.to_owned();
        let secret = self.run("cannot be read", move |backend| backend.load(&name));
        let secret = secret.await?.map(Zeroizing::new);
        secret.map(|secret| record::read(&secret, key)).transpose()
    }

    pub(crate) async fn save(&self, key: &str, tokens: &Tokens) -> Result<(), Error> {
        let (name, tokens) = (key.to_owned(), tokens.clone());
        self.run("cannot store the tokens", move |backend| {
            let secret = match backend.limit() {
                limit if limit < FULL_RECORD => record::small(&tokens, limit)?,
                _ => record::full(&tokens, &name),
            };
            backend.save(&name, &secret)
        })
        .await
    }

    pub(crate) async fn remove(&self, key: &str) -> Result<bool, Error> {
        let name = key.to_owned();
        self.run("cannot remove the tokens", move |backend| {
            backend.remove(&name)
        })
        .await
    }

    /// Waits until no other task and no other process uses the tokens under this key.
    ///
    /// The caller of `load`, `save` and `remove` has this lock.
    pub(crate) async fn lock(&self, key: &str) -> Lock<'_> {
        Lock::acquire(&self.tasks, self.backend.lock_file(key)).await
    }

    /// Runs a blocking call on a thread for such calls, if there is a runtime.
    async fn run<T: Send + 'static>(
        &self,
        failure: &'static str,
        work: impl FnOnce(&dyn SecretStore) -> Result<T, BoxError> + Send + 'static,
    ) -> Result<T, Error> {
        let backend = Arc::clone(&self.backend);
        let result = match Handle::try_current() {
            Ok(runtime) => {
                let done = runtime.spawn_blocking(move || work(&*backend)).await;
                done.unwrap_or_else(|_| {
                    Err("the store panicked, or the runtime is shutting down".into())
                })
            }
            Err(_) => work(&*backend),
        };
        result.map_err(|error| failed(format!("the store of the tokens {failure}: {error}"), error))
    }
}

/// Returns `true` if the stored bytes are damaged: the next write replaces them. A record of a newer
/// version is not damaged.
pub(crate) fn is_unreadable(error: &Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<record::Unreadable>())
}

fn failed(message: String, source: impl Into<BoxError>) -> Error {
    let help = "make the store writable for this user, or choose another one";
    Error::new(ErrorKind::Store, message, help).with_source(source)
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}
