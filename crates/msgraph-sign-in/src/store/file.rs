//! The store in files that only the user can read.
//!
//! A file is replaced as a whole: a new file is written to the disk and renamed. After a crash there
//! is the earlier file or the new one, and perhaps a file with the extension `.new`, which the next
//! write replaces.

use super::secrets::SecretStore;
use msgraph_runtime::BoxError;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// Files in one folder.
pub(super) struct Files {
    folder: PathBuf,
}

/// The largest number of bytes that are read from a file. Tokens have about 10 KiB.
const LIMIT: u64 = 1 << 20;

impl Files {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The file for a key. Characters that are not valid in a file name become `_`.
    fn path(&self, key: &str, extension: &str) -> PathBuf {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        let part = |c| if is_part(c) { c } else { '_' };
        let name: String = key.chars().map(part).collect();
        self.folder.join(format!("{name}.{extension}"))
    }

    fn write(&self, key: &str, secret: &[u8], step: &mut Step<'_>) -> io::Result<()> {
        create_folder(&self.folder)?;
        let (path, new) = (self.path(key, "json"), self.path(key, "json.new"));
        step("the folder is there")?;
        // A crash may have left this file. A link at this path must not be followed.
        match fs::remove_file(&new) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => step("the file of a crash is removed")?,
        }
        let mut file = private().create_new(true).open(&new)?;
        step("the new file is empty")?;
        let (half, rest) = secret.split_at(secret.len() / 2);
        file.write_all(half)?;
        step("half of it is written")?;
        file.write_all(rest)?;
        step("all of it is written")?;
        file.sync_all()?;
        drop(file);
        step("the new file is on the disk")?;
        fs::rename(&new, &path)?;
        step("the new file has its name")?;
        sync_folder(&self.folder)
    }
}

/// Called after each step of a write. A test fails there, as in a crash.
type Step<'a> = dyn FnMut(&'static str) -> io::Result<()> + 'a;

impl SecretStore for Files {
    fn load(&self, key: &str) -> Result<Option<Vec<u8>>, BoxError> {
        let file = match File::open(self.path(key, "json")) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut secret = Vec::new();
        file.take(LIMIT).read_to_end(&mut secret)?;
        Ok(Some(secret))
    }

    fn save(&self, key: &str, secret: &[u8]) -> Result<(), BoxError> {
        Ok(self.write(key, secret, &mut |_| Ok(()))?)
    }

    fn remove(&self, key: &str) -> Result<bool, BoxError> {
        let _ = fs::remove_file(self.path(key, "json.new"));
        match fs::remove_file(self.path(key, "json")) {
            Ok(()) => {
                sync_folder(&self.folder)?;
                Ok(true)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn location(&self, key: &str) -> String {
        let path = self.path(key, "json");
        format!("the file {}, which is not encrypted", path.display())
    }

    fn lock_file(&self, key: &str) -> Option<PathBuf> {
        // Without the folder the lock file cannot be opened, and there is no lock.
        let _ = create_folder(&self.folder);
        Some(self.path(key, "lock"))
    }
}

/// Options for a file that only the user can read.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true);
    options
}

fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Writes the names of the files in a folder to the disk.
fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder =
            std::env::temp_dir().join(format!("msgraph-sign-in {} {name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    #[test]
    fn a_crash_at_any_step_leaves_the_earlier_secret_or_the_new_one() {
        let files = Files::new(folder("crash"));
        let mut steps = Vec::new();
        files
            .write("k", b"first", &mut |step| {
                steps.push(step);
                Ok(())
            })
            .unwrap();
        assert_eq!(steps.len(), 7);
        for (count, at) in steps.iter().enumerate() {
            let (old, new) = (format!("old {count}"), format!("new {count}"));
            files.save("k", old.as_bytes()).unwrap();
            let crash = files.write("k", new.as_bytes(), &mut |step| {
                if step == *at {
                    Err(io::Error::other("crash"))
                } else {
                    Ok(())
                }
            });
            assert!(crash.is_err());
            let is_new = *at == "the new file has its name";
            let expected = if is_new { &new } else { &old };
            let loaded = files.load("k").unwrap();
            assert_eq!(loaded.as_deref(), Some(expected.as_bytes()), "{at}");
            // The next write is not in the way of what the crash has left.
            files.save("k", b"after").unwrap();
            assert_eq!(
                files.load("k").unwrap().as_deref(),
                Some(&b"after"[..]),
                "{at}"
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_the_user_can_read_the_file_and_the_folder() {
        use std::os::unix::fs::PermissionsExt;
        let folder = folder("mode");
        let files = Files::new(folder.clone());
        files.save("k", b"secret").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700);
        let path = files.path("k", "json");
        assert_eq!(mode(&path), 0o600);
        // A mode that was loosened is tightened by the next write.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        files.save("k", b"secret").unwrap();
        assert_eq!(mode(&path), 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_the_place_of_a_file_is_replaced_and_not_followed() {
        let folder = folder("link");
        let files = Files::new(folder.clone());
        fs::create_dir_all(&folder).unwrap();
        let other = folder.join("other");
        fs::write(&other, "other").unwrap();
        std::os::unix::fs::symlink(&other, files.path("k", "json.new")).unwrap();
        std::os::unix::fs::symlink(&other, files.path("k", "json")).unwrap();
        files.save("k", b"secret").unwrap();
        assert_eq!(fs::read_to_string(&other).unwrap(), "other");
        assert_eq!(files.load("k").unwrap().as_deref(), Some(&b"secret"[..]));
    }

    #[test]
    fn keys_become_names_of_files_in_the_folder() {
        let files = Files::new(PathBuf::from("folder"));
        let path = files.path("id ../tenant [::1]:80", "json");
        assert_eq!(path, Path::new("folder/id_.._tenant____1__80.json"));
        assert!(!files.remove("nothing").unwrap());
    }
}
