//! The lock on the tokens under one key, between tasks and between processes.

use super::file::private;
use std::fs::{File, TryLockError};
use std::io;
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::{Instant, sleep};

/// The lock is held while tokens are loaded, refreshed and stored. Dropping it, or the end of the
/// process, releases it.
pub(crate) struct Lock<'a> {
    _task: MutexGuard<'a, ()>,
    _file: Option<File>,
}

/// The longest wait for another process, which holds the lock for one refresh at most.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The pause between two attempts to take the lock.
const PAUSE: Duration = Duration::from_millis(50);

impl<'a> Lock<'a> {
    /// Waits for the other tasks, then for the other processes.
    ///
    /// Without the lock of a file (a read-only folder, a file system without locks, a process that
    /// hangs) only the tasks of this process are locked out. Two refreshes at once are one request
    /// more, and lose nothing, because a refresh token is valid after its use.
    pub(super) async fn acquire(task: &'a Mutex<()>, path: Option<PathBuf>) -> Self {
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

/// Locks the file; `None` if this is not possible.
async fn locked(file: File) -> Option<File> {
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Some(file),
            Err(TryLockError::WouldBlock) if begun.elapsed() < LONGEST_WAIT => sleep(PAUSE).await,
            Err(_) => return None,
        }
    }
}

fn open(path: &PathBuf) -> io::Result<File> {
    private().create(true).truncate(false).open(path)
}
