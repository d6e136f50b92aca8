//! The turn of a process, and of a task within it, at one set of tokens.

use std::fs::{File, TryLockError};
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::{Instant, sleep};

/// Held while tokens are read, refreshed and stored. Dropping it gives the turn to another one;
/// so does the end of the process, however it ends.
pub(crate) struct Turn<'a> {
    _task: MutexGuard<'a, ()>,
    /// The lock ends with the file.
    _file: Option<File>,
}

/// The time limit for another process, which holds the lock for one refresh at most.
const PATIENCE: Duration = Duration::from_secs(60);

/// The pause between two attempts to take the lock.
const PAUSE: Duration = Duration::from_millis(50);

impl<'a> Turn<'a> {
    /// Waits for the other tasks, then for the other processes.
    ///
    /// A lock file that cannot be had (a folder that is read-only, a file system without locks, a
    /// process that hangs) is not a failure: two refreshes at once cost one request more, and
    /// lose nothing, because a refresh token stays valid after its use.
    pub(super) async fn take(task: &'a Mutex<()>, path: Option<PathBuf>) -> Self {
        let task = task.lock().await;
        let file = match path.and_then(|path| open(&path).ok()) {
            Some(file) => locked(file).await,
            None => None,
        };
        Self {
            _task: task,
            _file: file,
        }
    }
}

/// The file, as soon as this process is the only one that has locked it.
async fn locked(file: File) -> Option<File> {
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Some(file),
            Err(TryLockError::WouldBlock) if begun.elapsed() < PATIENCE => sleep(PAUSE).await,
            Err(_) => return None,
        }
    }
}

fn open(path: &PathBuf) -> std::io::Result<File> {
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
