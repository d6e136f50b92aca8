//! The store for a program of one name, in the user's data folder.

use super::SecretStore;
use super::file::Files;
use etcetera::BaseStrategy;
use msgraph_runtime::BoxError;
use std::path::PathBuf;

/// Files in the data folder of the user; a name that is no folder's fails at each use.
pub(super) struct ForApp(Result<Files, &'static str>);

impl ForApp {
    pub(super) fn new(name: String) -> Self {
        Self(folder(&name).map(Files::new))
    }

    fn files(&self) -> Result<&Files, BoxError> {
        self.0.as_ref().map_err(|&error| error.into())
    }
}

/// The folder for a program of this name.
fn folder(name: &str) -> Result<PathBuf, &'static str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.len() > 100 || name.starts_with('.') || !name.chars().all(is_part) {
        return Err("the name of the program cannot be the name of a folder");
    }
    let strategy = etcetera::base_strategy::choose_native_strategy();
    let strategy = strategy.map_err(|_| "the user has no home folder")?;
    // On Windows the data folder roams from machine to machine, and the cache folder does not.
    let folder = if cfg!(windows) {
        strategy.cache_dir()
    } else {
        strategy.data_dir()
    };
    Ok(folder.join(name))
}

impl SecretStore for ForApp {
    fn load(&self, key: &str) -> Result<Option<Vec<u8>>, BoxError> {
        self.files()?.load(key)
    }

    fn save(&self, key: &str, secret: &[u8]) -> Result<(), BoxError> {
        self.files()?.save(key, secret)
    }

    fn remove(&self, key: &str) -> Result<bool, BoxError> {
        self.files()?.remove(key)
    }

    fn location(&self, key: &str) -> String {
        let nowhere = || "no place".to_owned();
        self.0
            .as_ref()
            .map_or_else(|_| nowhere(), |files| files.location(key))
    }

    fn lock_file(&self, key: &str) -> Option<PathBuf> {
        self.0.as_ref().ok()?.lock_file(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_no_folder_are_refused() {
        for name in ["", ".", "..", ".hidden", "a/b", "a\\b", "C:", "a b", "é"] {
            assert!(folder(name).is_err(), "{name}");
        }
        assert!(folder("focus-light_1.2").is_ok_and(|path| path.ends_with("focus-light_1.2")));
    }
}
