//! The file of a hold: locked while a program uses it, and replaced as a whole.

use super::{Hold, HoldBuilder, HoldError, Released, SavedHold};
use crate::Client;
use std::error::Error;
use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A file for a hold, so that after a crash, a `kill -9` or a restart of the machine the next start
/// of the program can release it.
///
/// [`release_left`](Self::release_left), which each start of the program calls first, releases it.
/// [`hold`](Self::hold) holds while a future runs:
///
/// ```
/// # use msgraph_presence::Client;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let graph = msgraph_presence_emulator::Emulator::start().await?;
/// # let ada = graph.add_user("Ada");
/// # graph.sign_in(ada);
/// # let client = Client::builder().base_url(graph.base_url()).token(graph.token_for(ada)).build()?;
/// # let folder = std::env::temp_dir().join(format!("msgraph-presence {}", std::process::id()));
/// use msgraph_presence::{HoldFile, PreferredPresence};
/// use std::path::Path;
///
/// let path = Path::new("hold.json"); // better in the data folder of the user
/// # let path = &folder.join("hold.json");
/// # let killed = client.me().presence().hold(PreferredPresence::Busy).message("Killed").await?;
/// # HoldFile::lock(path)?.save(killed.saved())?;
/// # drop(killed.into_saved());
/// # let mut ended = 0;
/// if let Some(released) = HoldFile::release_left(path, &client).await? {
///     println!("An earlier start was killed. Released now: {released}.");
/// #   ended += 1;
/// }
///
/// let hold = client.me().presence().hold(PreferredPresence::DoNotDisturb);
/// let hold = hold.message("Focusing").lasting("PT25M");
/// let file = HoldFile::lock(path)?;
/// let (released, ()) = file
///     .hold(hold, async |hold| {
///         println!("until {:?}, or until Ctrl-C", hold.expires_at());
/// #       assert!(HoldFile::release_left(path, &client).await.is_ok_and(|left| left.is_none()));
/// #       ended += 1;
/// #       if false {
///         hold.expired().await; // or a signal: `tokio::select!`
/// #       }
///     })
///     .await?;
/// println!("{released}");
/// # assert_eq!(ended, 2);
/// # assert!(file.load()?.is_none());
/// # assert_eq!(graph.presence(ada).unwrap_or_default().status_message.unwrap_or_default().text(), None);
/// # std::fs::remove_dir_all(folder)?;
/// # Ok(())
/// # }
/// ```
///
/// A program without `hold` saves the hold after [`prepare`](HoldBuilder::prepare), before anything is
/// set, and after each [`extend`](Hold::extend). After the release it removes the file.
///
/// After a crash during a save the file has the earlier content or the new one. On Unix only the
/// user can read the file (mode 0600, and 0700 for a folder that is created). Two more files have
/// the extensions `.lock`, which stays, and `.new`, which a crash may leave.
///
/// The lock is one of the operating system: it ends with this value, and with the process. The
/// methods block on the disk. The text of each [`io::Error`] begins with the path.
#[derive(Debug)]
#[must_use = "the file is unlocked when this is dropped"]
pub struct HoldFile {
    path: PathBuf,
    _lock: File,
}

impl HoldFile {
    /// Locks the file at this path, which need not exist, and creates its folder.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ResourceBusy`] while another process, or another value in this process, has
    /// locked it. Any other kind when the folder or the lock file cannot be written.
    pub fn lock(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        match open_lock(&path) {
            Ok(lock) => Ok(Self { path, _lock: lock }),
            Err(error) => Err(of(&path, error)),
        }
    }

    /// Releases the hold that an earlier start of the program has left in the file at this path, and
    /// removes the file. Returns `None` if there is no file, or if another process or another value
    /// in this process has locked it.
    ///
    /// # Errors
    ///
    /// [`HoldFileError::Release`] when a request fails, [`HoldFileError::File`] when the file cannot
    /// be used.
    pub async fn release_left(
        path: impl Into<PathBuf>,
        client: &Client,
    ) -> Result<Option<Released>, HoldFileError> {
        let path = path.into();
        // Without a file nothing is locked: another process can begin a hold meanwhile.
        if !path.exists() {
            return Ok(None);
        }
        match Self::lock(path) {
            Err(error) if error.kind() == ErrorKind::ResourceBusy => Ok(None),
            file => file?.release_saved(client).await,
        }
    }

    /// Starts a hold, awaits a future of the program, and releases the hold. In between the hold is in
    /// the file.
    ///
    /// A hold that an earlier start has left is released first. Within the future, save the hold after
    /// an [`extend`](Hold::extend). If the future of this method is dropped, or the process ends, the
    /// next start releases the hold.
    ///
    /// # Errors
    ///
    /// [`HoldFileError::Start`] when the hold does not start; the future has not run.
    /// [`HoldFileError::Release`] when this hold or an earlier one cannot be released.
    /// [`HoldFileError::File`] when the file cannot be used.
    pub async fn hold<T>(
        &self,
        hold: HoldBuilder,
        during: impl AsyncFnOnce(&mut Hold) -> T,
    ) -> Result<(Released, T), HoldFileError> {
        self.release_saved(&hold.client()).await?;
        let hold = hold.prepare().await;
        let mut hold = hold.map_err(|error| HoldFileError::Start(error.into()))?;
        self.save(hold.saved())?;
        if let Err(error) = hold.start().await {
            // If this fails, the file has the hold as it was prepared, which can be released, too.
            let saved = hold.into_saved();
            _ = if saved.is_released() {
                self.remove()
            } else {
                self.save(&saved)
            };
            return Err(HoldFileError::Start(error));
        }
        let done = during(&mut hold).await;
        Ok((self.release(&mut hold).await?, done))
    }

    async fn release_saved(&self, client: &Client) -> Result<Option<Released>, HoldFileError> {
        match self.load()? {
            None => Ok(None),
            Some(saved) => self.release(&mut client.resume_hold(saved)).await.map(Some),
        }
    }

    async fn release(&self, hold: &mut Hold) -> Result<Released, HoldFileError> {
        match hold.release().await {
            Ok(released) => {
                self.remove()?;
                Ok(released)
            }
            Err(error) => {
                // The next start must not take back a second time what is taken back already.
                _ = self.save(hold.saved());
                Err(HoldFileError::Release(error))
            }
        }
    }

    /// Returns the saved hold; `None` if there is no file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidData`] when the content is damaged or has another version, and the errors
    /// of reading the file.
    pub fn load(&self) -> io::Result<Option<SavedHold>> {
        match fs::read(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(of(&self.path, error)),
            Ok(text) => serde_json::from_slice(&text)
                .map(Some)
                .map_err(|error| of(&self.path, io::Error::new(ErrorKind::InvalidData, error))),
        }
    }

    /// Saves a hold in place of an earlier one, and returns when it has reached the disk.
    ///
    /// # Errors
    ///
    /// Those of writing the file; it then has the earlier content.
    pub fn save(&self, hold: &SavedHold) -> io::Result<()> {
        let text = serde_json::to_vec(hold).map_err(io::Error::other);
        let written = text.and_then(|text| write(&self.path, &text));
        written.map_err(|error| of(&self.path, error))
    }

    /// Removes the file, if there is one.
    ///
    /// # Errors
    ///
    /// Those of removing the file, except `NotFound`.
    pub fn remove(&self) -> io::Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(of(&self.path, error)),
            _ => Ok(()),
        }
    }
}

/// The error of a hold with a file.
///
/// `Display` is one line.
#[derive(Debug)]
#[non_exhaustive]
pub enum HoldFileError {
    /// The file cannot be locked, read, written or removed.
    File(io::Error),

    /// The hold cannot be started. If a part of it remains at the service, the hold is in the file.
    Start(HoldError),

    /// The hold cannot be released. It is still in the file.
    Release(HoldError),
}

impl From<io::Error> for HoldFileError {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

impl fmt::Display for HoldFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => error.fmt(f),
            Self::Start(error) => error.fmt(f),
            Self::Release(error) => write!(
                f,
                "a hold cannot be released; the next start of the program tries again: {error}"
            ),
        }
    }
}

impl Error for HoldFileError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::File(error) => Some(error),
            Self::Start(error) | Self::Release(error) => Some(error),
        }
    }
}

/// Creates the folder, and locks the lock file.
fn open_lock(path: &Path) -> io::Result<File> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    if let Some(folder) = path.parent() {
        builder.recursive(true).create(folder)?;
    }
    let lock = private().create(true).open(path.with_extension("lock"))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::Error(error)) => Err(error),
        Err(TryLockError::WouldBlock) => {
            let text = "another process holds the presence; end that process first";
            Err(io::Error::new(ErrorKind::ResourceBusy, text))
        }
    }
}

/// Writes a new file to the disk, and renames it to the earlier one.
fn write(path: &Path, text: &[u8]) -> io::Result<()> {
    let new = path.with_extension("new");
    // A crash may have left this file. A link at this path must not be followed.
    match fs::remove_file(&new) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = private().create_new(true).open(&new)?;
    file.write_all(text)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&new, path)?;
    #[cfg(unix)]
    if let Some(folder) = path.parent().filter(|it| !it.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Options for a file that only the user can read.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true);
    options
}

/// Puts the path in front of the text of an error.
fn of(path: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
