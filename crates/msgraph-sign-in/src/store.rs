//! The store of tokens between the runs of a program.

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
use lock::Turn;
use msgraph_runtime::BoxError;
use secrets::{Memory, ROOM_FOR_ALL, TRIAL};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::runtime::Handle;
use zeroize::Zeroizing;

/// A store of the tokens of one program, in memory, in files, or in one of your own.
///
/// Clones are the same store. Sign-ins to several applications, tenants or authorities do not
/// disturb each other in it. Each has one account: a later sign-in replaces the earlier one.
#[derive(Clone)]
pub struct Store {
    backend: Arc<dyn SecretStore>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Store {
    /// The store for a program of this name, such as `focus-light`: that of the system where it
    /// works, else a file for the user.
    ///
    /// The system's is the Keychain of macOS and the Credential Manager of Windows, with the feature
    /// `system-store`, which is on by default, and the Secret Service of a Linux desktop with the
    /// feature `secret-service`. Windows holds 2,560 bytes: there it gets the refresh token only.
    /// A store that is absent, locked, or too small for the token is passed by for a file, and
    /// once there is a file it stays in use until a sign-out.
    ///
    /// The file lies in the user's data folder: `$XDG_DATA_HOME` or `~/.local/share` on Linux,
    /// `~/Library/Application Support` on macOS, `%LOCALAPPDATA%` on Windows. On Unix only the
    /// user can read it (mode 0600, in a folder of mode 0700); it is not encrypted.
    /// [`Account::stored_in`](crate::Account::stored_in) says where it is, for the program to tell.
    ///
    /// The name becomes the name of a folder. It has letters, digits, `-`, `_` and `.`, and does
    /// not begin with a dot; with any other name every sign-in fails with [`ErrorKind::Store`].
    pub fn for_app(name: impl Into<String>) -> Self {
        Self::own(ForApp::new(&name.into()))
    }

    /// The folder of the files of [`for_app`](Self::for_app), for what else the program keeps for the
    /// user. It may not exist yet.
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
    /// [`ErrorKind::Store`] when the name cannot be that of a folder, or the user has no home folder.
    pub fn app_folder(name: &str) -> Result<PathBuf, Error> {
        for_app::folder(name).map_err(|error| {
            failed(
                format!("there is no folder for the program: {error}"),
                error,
            )
        })
    }

    /// Files in this folder, which is created when it is not there.
    pub fn folder(folder: impl Into<PathBuf>) -> Self {
        Self::own(Files::new(folder.into()))
    }

    /// The memory of this process: the person signs in at every start.
    pub fn memory() -> Self {
        Self::own(Memory::default())
    }

    /// A store of your own.
    pub fn own(store: impl SecretStore) -> Self {
        Self {
            backend: Arc::new(store),
            turn: Arc::default(),
        }
    }

    pub(crate) fn location(&self, key: &str) -> String {
        self.backend.location(key)
    }

    /// Tries everything out before a person is asked to sign in.
    pub(crate) async fn probe(&self, key: &str) -> Result<(), Error> {
        let _turn = self.turn(key).await;
        match self.load(key).await {
            Err(error) if !is_unreadable(&error) => return Err(error),
            _ => {}
        }
        let trial = format!("{key} trial");
        self.run("cannot be written", move |backend| {
            backend.save(&trial, TRIAL)?;
            let loaded = backend.load(&trial)?;
            backend.remove(&trial)?;
            if loaded.as_deref() == Some(TRIAL) {
                return Ok(());
            }
            Err("the stored data is missing".into())
        })
        .await
    }

    /// The stored tokens.
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
                limit if limit < ROOM_FOR_ALL => record::small(&tokens, limit)?,
                _ => record::whole(&tokens, &name),
            };
            backend.save(&name, &secret)
        })
        .await
    }

    pub(crate) async fn remove(&self, key: &str) -> Result<bool, Error> {
        let _turn = self.turn(key).await;
        let name = key.to_owned();
        self.run("cannot remove the tokens", move |backend| {
            backend.remove(&name)
        })
        .await
    }

    /// Waits until no other task and no other process uses the tokens under this key.
    pub(crate) async fn turn(&self, key: &str) -> Turn<'_> {
        Turn::take(&self.turn, self.backend.lock_file(key)).await
    }

    /// Runs what may block on a thread for that, where there is a runtime.
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

/// Returns true when the stored bytes are damaged: the next write replaces them. A record of a newer
/// version is left as it is.
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
