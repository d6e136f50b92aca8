//! A hold, given back on Ctrl-C, at its end, and by the next start where this one was killed.

use crate::failure::{Failure, Kind, of_file, with};
use crate::output::{Output, instant, local};
use msgraph_presence::{BoxError, Client, Hold, HoldBuilder, Outcome, Released};
use serde_json::json;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tokio::time::sleep;

/// The place in which a hold is written down; the file beside it is locked while it lasts.
pub struct Place {
    path: PathBuf,
    _lock: File,
    is_ours: bool,
}

impl Place {
    pub fn lock(path: PathBuf) -> Result<Self, Failure> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let lock = fs::create_dir_all(folder).and_then(|()| create(&path.with_extension("lock")));
        let lock = lock.map_err(|error| of_file(&path, error))?;
        let is_ours = match lock.try_lock() {
            Err(TryLockError::Error(error)) => return Err(of_file(&path, error)),
            locked => locked.is_ok(),
        };
        Ok(Self {
            path,
            is_ours,
            _lock: lock,
        })
    }

    /// Gives back what a start that was killed has left; one that goes on has locked it.
    pub async fn give_back(&self, client: &Client, output: Output) -> Result<(), BoxError> {
        if !self.is_ours || !self.path.exists() {
            return Ok(());
        }
        let failed = |error| of_file(&self.path, error);
        let saved = fs::read(&self.path).map_err(failed)?;
        let saved = serde_json::from_slice(&saved).map_err(|error| of_file(&self.path, error))?;
        let released = client.resume_hold(saved).release().await;
        let released = released.map_err(|error| {
            let words = format!("{}: an earlier hold is not given back", self.path.display());
            with(&words, error)
        })?;
        fs::remove_file(&self.path).map_err(failed)?;
        if !output.json {
            eprintln!("An earlier hold was killed. {}", line(released));
            return Ok(());
        }
        Ok(tell(released, output)?)
    }

    /// Writes a hold down as a whole: a crash leaves the whole of it or nothing.
    fn save(&self, hold: &Hold) -> io::Result<()> {
        let new = self.path.with_extension("new");
        let mut file = create(&new)?;
        file.set_len(0)?;
        file.write_all(&serde_json::to_vec(hold)?)?;
        file.sync_all()?;
        fs::rename(&new, &self.path)
    }
}

/// A file that only this user reads.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create(true).truncate(false).open(path)
}

/// Holds until the end or a signal, and gives back.
pub async fn run(
    client: &Client,
    builder: HoldBuilder,
    place: Option<Place>,
    output: Output,
) -> Result<(), BoxError> {
    if let Some(place) = &place {
        if !place.is_ours {
            let text = "another `presence hold` is running: end it first, with Ctrl-C";
            return Err(Failure(Kind::Other, text.to_owned()).into());
        }
        place.give_back(client, output).await?;
    }
    let mut signals = Signals::new()?;
    let mut hold = builder.prepare().await?;
    if let Some(place) = &place {
        place
            .save(&hold)
            .map_err(|error| of_file(&place.path, error))?;
    }
    let held = tokio::select! {
        biased;
        () = signals.next() => Ok(()),
        held = held(&mut hold, output) => held,
    };
    let released = tokio::select! {
        biased;
        () = signals.next() => return Err("the next start of `presence` gives the hold back".into()),
        released = hold.release() => released,
    };
    let released =
        released.map_err(|error| with("the next start of `presence` tries again", error))?;
    if let Some(place) = &place {
        fs::remove_file(&place.path).map_err(|error| of_file(&place.path, error))?;
    }
    held?;
    Ok(tell(released, output)?)
}

/// Starts the hold, tells how it shows, and waits for its end.
async fn held(hold: &mut Hold, output: Output) -> Result<(), BoxError> {
    hold.start().await?;
    let (preferred, end) = (hold.saved().preference().availability(), hold.expires_at());
    let line = format!("{preferred} until {}; Ctrl-C ends it.", local(end));
    let object = json!({ "preferred": preferred.as_str(), "until": instant(end) });
    output.tell("held", object, &line)?;
    // A read that fails is no end of a hold.
    if let Ok(effect) = hold.effect(Duration::from_secs(2)).await
        && let Some(hidden) = effect.hidden
    {
        let object = json!({ "reason": hidden.to_string() });
        output.tell("hidden", object, &effect.to_string())?;
    }
    // By the clock on the wall: the machine may sleep meanwhile.
    while let Ok(left) = end.duration_since(SystemTime::now()) {
        sleep(left.min(Duration::from_secs(5))).await;
    }
    Ok(())
}

fn tell(released: Released, output: Output) -> io::Result<()> {
    let name = |outcome| match outcome {
        Outcome::TakenBack => "takenBack",
        Outcome::Kept => "kept",
        Outcome::Expired => "expired",
        _ => "nothing",
    };
    let (preference, message) = (name(released.preference), name(released.message));
    let object = json!({ "preference": preference, "message": message });
    output.tell("released", object, &line(released))
}

fn line(released: Released) -> String {
    let words = |outcome| match outcome {
        Outcome::TakenBack => "given back",
        Outcome::Kept => "left as it was changed meanwhile",
        Outcome::Expired => "expired",
        _ => "none was set",
    };
    let (preference, message) = (words(released.preference), words(released.message));
    format!("Preferred presence: {preference}; message: {message}.")
}

/// The signals that end a hold.
struct Signals(#[cfg(unix)] [tokio::signal::unix::Signal; 3]);

impl Signals {
    #[cfg(unix)]
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let interrupt = signal(SignalKind::interrupt())?;
        let terminate = signal(SignalKind::terminate())?;
        Ok(Self([interrupt, terminate, signal(SignalKind::hangup())?]))
    }

    #[cfg(not(unix))]
    fn new() -> io::Result<Self> {
        Ok(Self())
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        {
            let [interrupt, terminate, hangup] = &mut self.0;
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                _ = hangup.recv() => {}
            }
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    }
}
