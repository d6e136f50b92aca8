//! The store for a program: that of the system, or files in the user's data folder.

use super::file::Files;
use super::secrets::{self, FULL_RECORD, SecretStore};
use etcetera::BaseStrategy;
use msgraph_runtime::BoxError;
use std::path::PathBuf;

/// The store of the system if it works, otherwise files; files that are in use already stay in use.
/// With a name that is not valid each use is an error.
pub(super) struct ForApp {
    system: Option<Box<dyn SecretStore>>,
    files: Result<Files, &'static str>,
}

impl ForApp {
    pub(super) fn new(name: &str) -> Self {
        let files = folder(name).map(Files::new);
        Self {
            system: files.is_ok().then(|| system(name)).flatten(),
            files,
        }
    }

    fn files(&self) -> Result<&Files, BoxError> {
        self.files.as_ref().map_err(|&error| error.into())
    }

    /// The store of the system, unless the files have the secret or it does not work.
    fn system(&self, key: &str) -> Result<Option<&dyn SecretStore>, BoxError> {
        let Some(system) = self.system.as_deref() else {
            return Ok(None);
        };
        let is_in_files = self.files()?.load(key)?.is_some();
        Ok((!is_in_files && works(system, key)).then_some(system))
    }
}

/// Returns `true` if a store has a secret under the key, or passes a test.
fn works(store: &dyn SecretStore, key: &str) -> bool {
    match store.load(key) {
        Ok(Some(_)) => true,
        Ok(None) => secrets::test(store, key).is_ok(),
        Err(_) => false,
    }
}

/// The store of this system, if the features of this build have one.
fn system(name: &str) -> Option<Box<dyn SecretStore>> {
    #[cfg(any(
        all(feature = "system-store", any(windows, target_os = "macos")),
        all(feature = "secret-service", target_os = "linux")
    ))]
    return Some(Box::new(super::system::System::open(name)?));
    #[cfg(not(any(
        all(feature = "system-store", any(windows, target_os = "macos")),
        all(feature = "secret-service", target_os = "linux")
    )))]
    {
        let _ = name;
        None
    }
}

/// The folder for a program of this name.
pub(super) fn folder(name: &str) -> Result<PathBuf, &'static str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.len() > 100 || name.starts_with('.') || !name.chars().all(is_part) {
        return Err("the name of the program cannot be the name of a folder");
    }
    let strategy = etcetera::base_strategy::choose_native_strategy();
    let strategy = strategy.map_err(|_| "the user has no home folder")?;
    // On Windows the data folder is copied from machine to machine, and the cache folder is not.
    let folder = if cfg!(windows) {
        strategy.cache_dir()
    } else {
        strategy.data_dir()
    };
    Ok(folder.join(name))
}

impl SecretStore for ForApp {
    fn load(&self, key: &str) -> Result<Option<Vec<u8>>, BoxError> {
        match self.system(key)? {
            Some(system) => system.load(key),
            None => self.files()?.load(key),
        }
    }

    /// Saves a secret that the store of the system refuses to a file, which stays in use.
    fn save(&self, key: &str, secret: &[u8]) -> Result<(), BoxError> {
        let files = self.files()?;
        let Some(system) = self.system(key)? else {
            return files.save(key, secret);
        };
        if system.save(key, secret).is_ok() {
            return Ok(());
        }
        files.save(key, secret)?;
        let _ = system.remove(key);
        Ok(())
    }

    fn remove(&self, key: &str) -> Result<bool, BoxError> {
        let was_in_files = self.files()?.remove(key)?;
        let was_in_system = match self.system(key)? {
            Some(system) => system.remove(key)?,
            None => false,
        };
        Ok(was_in_files || was_in_system)
    }

    fn location(&self, key: &str) -> String {
        match (self.system(key), self.files()) {
            (Ok(Some(system)), _) => system.location(key),
            (_, Ok(files)) => files.location(key),
            _ => "no store".to_owned(),
        }
    }

    /// The refresh token only, if the store of the system is small; in files, too, because the store
    /// is chosen when it is saved. A refresh token that the system refuses still fits into a file.
    fn limit(&self) -> usize {
        match &self.system {
            Some(system) if system.limit() < FULL_RECORD => FULL_RECORD - 1,
            _ => usize::MAX,
        }
    }

    fn lock_file(&self, key: &str) -> Option<PathBuf> {
        self.files.as_ref().ok()?.lock_file(key)
    }
}

#[cfg(test)]
mod tests {
    use super::super::secrets::Memory;
    use super::*;

    /// A store of a system that takes only so many bytes, or none.
    struct Limited(Memory, usize);

    impl SecretStore for Limited {
        fn load(&self, key: &str) -> Result<Option<Vec<u8>>, BoxError> {
            self.0.load(key)
        }

        fn save(&self, key: &str, secret: &[u8]) -> Result<(), BoxError> {
            if secret.len() > self.1 {
                return Err("too large".into());
            }
            self.0.save(key, secret)
        }

        fn remove(&self, key: &str) -> Result<bool, BoxError> {
            self.0.remove(key)
        }

        fn location(&self, _: &str) -> String {
            "the system".to_owned()
        }

        fn limit(&self) -> usize {
            self.1
        }
    }

    fn store(name: &str, limit: usize) -> ForApp {
        let name = format!("msgraph-sign-in {} {name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&folder);
        ForApp {
            system: Some(Box::new(Limited(Memory::default(), limit))),
            files: Ok(Files::new(folder)),
        }
    }

    #[test]
    fn the_system_is_first() {
        let store = store("first", 2560);
        store.save("k", &[b'x'; 2560]).unwrap();
        assert_eq!(store.location("k"), "the system");
        assert_eq!(
            store.load("k").unwrap().map(|secret| secret.len()),
            Some(2560)
        );
        assert!(store.files().unwrap().load("k").unwrap().is_none());
        assert_eq!(store.limit(), FULL_RECORD - 1);
        assert!(store.remove("k").unwrap());
        assert_eq!(store.load("k").unwrap(), None);
    }

    #[test]
    fn what_does_not_fit_goes_into_a_file_and_stays_there() {
        let store = store("second", 2560);
        store.save("k", b"first").unwrap();
        store.save("k", &[b'x'; 2561]).unwrap();
        assert!(store.location("k").starts_with("the file "));
        assert_eq!(
            store.load("k").unwrap().map(|secret| secret.len()),
            Some(2561)
        );
        store.save("k", b"small").unwrap();
        assert!(store.location("k").starts_with("the file "));
        assert_eq!(store.load("k").unwrap().as_deref(), Some(&b"small"[..]));
        assert!(store.remove("k").unwrap());
    }

    #[test]
    fn a_system_that_keeps_nothing_is_passed_by() {
        let store = store("third", 0);
        store.save("k", b"x").unwrap();
        assert!(store.location("k").starts_with("the file "));
        assert!(store.remove("k").unwrap());
    }

    #[test]
    fn names_that_are_no_folder_are_refused() {
        for name in ["", ".", "..", ".hidden", "a/b", "a\\b", "C:", "a b", "é"] {
            assert!(folder(name).is_err(), "{name}");
        }
        assert!(folder("focus-light_1.2").is_ok_and(|path| path.ends_with("focus-light_1.2")));
    }
}
