//! The file of a hold: its lock, its mode, what a crash leaves, and damaged content.

use super::world::{HOUR, World};
use crate::{FailureKind, HoldBuilder, HoldFile, HoldFileError, Outcome, SavedHold};
use crate::{PreferredPresence, Released};
use msgraph_presence_emulator::Fault;
use std::fs;
use std::future::pending;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::timeout;

/// A folder that does not exist yet.
fn folder(test: &str) -> PathBuf {
    let name = format!("msgraph-presence hold {} {test}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    let _ = fs::remove_dir_all(&folder);
    folder
}

async fn saved() -> SavedHold {
    let mut world = World::new().await;
    world.play("says In Rome; prepares").await;
    serde_json::from_str(&world.file).unwrap()
}

#[tokio::test]
async fn what_was_saved_is_loaded_until_it_is_removed() {
    let (folder, saved) = (folder("round"), saved().await);
    let path = folder.join("deep/hold.json");
    let file = HoldFile::lock(&path).unwrap();
    assert!(file.load().unwrap().is_none());
    file.remove().unwrap();
    file.save(&saved).unwrap();
    assert_eq!(file.load().unwrap(), Some(saved.clone()));
    drop(file);
    let file = HoldFile::lock(&path).unwrap();
    assert_eq!(file.load().unwrap(), Some(saved));
    file.remove().unwrap();
    assert!(file.load().unwrap().is_none());
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn one_has_it_at_a_time() {
    let folder = folder("lock");
    let path = folder.join("hold.json");
    let first = HoldFile::lock(&path).unwrap();
    let error = HoldFile::lock(&path).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ResourceBusy);
    let text = format!(
        "{}: another process holds the presence; end that process first",
        path.display()
    );
    assert_eq!(error.to_string(), text);
    drop(HoldFile::lock(folder.join("other.json")).unwrap());
    drop(first);
    drop(HoldFile::lock(&path).unwrap());
    fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn what_a_crash_leaves_is_in_nobodys_way() {
    let (folder, saved) = (folder("crash"), saved().await);
    let file = HoldFile::lock(folder.join("hold.json")).unwrap();
    file.save(&saved).unwrap();
    fs::write(folder.join("hold.new"), "{\"versi").unwrap();
    assert_eq!(file.load().unwrap(), Some(saved.clone()));
    file.save(&saved).unwrap();
    assert!(!folder.join("hold.new").exists());
    assert_eq!(file.load().unwrap(), Some(saved));
    fs::remove_dir_all(folder).unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_user_reads_it() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, saved) = (folder("mode"), saved().await);
    let path = folder.join("hold.json");
    let file = HoldFile::lock(&path).unwrap();
    // Neither a file that others may read nor a link to one is written to.
    let others = folder.join("others");
    fs::write(&others, "others").unwrap();
    std::os::unix::fs::symlink(&others, folder.join("hold.new")).unwrap();
    fs::write(&path, "").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    file.save(&saved).unwrap();
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(&folder)), (0o600, 0o700));
    assert_eq!(fs::read_to_string(others).unwrap(), "others");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn errors_begin_with_the_path() {
    let folder = folder("errors");
    let path = folder.join("hold.json");
    let file = HoldFile::lock(&path).unwrap();
    for text in ["", "{}", "{\"version\":2}", "\u{0}"] {
        fs::write(&path, text).unwrap();
        let error = file.load().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData, "{text}");
        let start = format!("{}: ", path.display());
        assert!(error.to_string().starts_with(&start), "{error}");
    }
    // A file in the place of the folder.
    let error = HoldFile::lock(path.join("hold.json")).unwrap_err();
    let start = format!("{}: ", path.join("hold.json").display());
    assert!(error.to_string().starts_with(&start), "{error}");
    fs::remove_dir_all(folder).unwrap();
}

/// The hold of a program that has a file.
fn hold(world: &World) -> HoldBuilder {
    let me = world.client.me().presence();
    let hold = me.hold(PreferredPresence::DoNotDisturb);
    hold.message("Focusing").lasting(HOUR)
}

const TAKEN_BACK: Released = Released {
    preference: Outcome::TakenBack,
    message: Outcome::TakenBack,
};

#[tokio::test]
async fn a_hold_is_written_down_while_a_future_runs() {
    let (folder, world) = (folder("runs"), World::new().await);
    let path = folder.join("hold.json");
    let before = world.shown();
    // Without a file nothing is created, not even its folder.
    let left = HoldFile::release_left(&path, &world.client).await;
    assert_eq!((left.unwrap(), folder.exists()), (None, false));
    let (client, hold, held) = (world.client.clone(), hold(&world), path.clone());
    // The future can be that of a task.
    let task = tokio::spawn(async move {
        let file = HoldFile::lock(&held).unwrap();
        let during = file.hold(hold, async |hold| {
            let saved = file.load().unwrap().unwrap();
            assert_eq!(
                (saved.user(), saved.is_released()),
                (hold.saved().user(), false)
            );
            // It goes on: nobody else releases it.
            HoldFile::release_left(&held, &client).await
        });
        during.await.unwrap()
    });
    let (released, left) = task.await.unwrap();
    assert_eq!((released, left.unwrap()), (TAKEN_BACK, None));
    assert_eq!((world.shown(), path.exists()), (before, false));
    fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn the_next_start_releases_what_is_left() {
    let (folder, world) = (folder("left"), World::new().await);
    let path = folder.join("hold.json");
    let before = world.shown();
    for is_hold in [false, true] {
        let file = HoldFile::lock(&path).unwrap();
        let killed = file.hold(hold(&world), async |_| pending::<()>().await);
        assert!(timeout(Duration::from_secs(1), killed).await.is_err());
        assert_ne!(world.shown(), before);
        drop(file);
        if is_hold {
            // By the next hold, before it reads the message that it will take back to.
            let file = HoldFile::lock(&path).unwrap();
            let held = file.hold(hold(&world), async |_| ()).await;
            assert_eq!(held.unwrap(), (TAKEN_BACK, ()));
        } else {
            let left = HoldFile::release_left(&path, &world.client).await;
            assert_eq!(left.unwrap(), Some(TAKEN_BACK));
        }
        assert_eq!((world.shown(), path.exists()), (before.clone(), false));
    }
    fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_failure_leaves_written_down_what_may_remain() {
    let (folder, world) = (folder("failures"), World::new().await);
    let path = folder.join("hold.json");
    let file = HoldFile::lock(&path).unwrap();
    let set = Fault::status(403).for_operation("me.presence.setUserPreferredPresence");
    let message = Fault::status(403).for_operation("me.presence.setStatusMessage");

    // The start fails, and what it has set is taken back.
    world.graph.inject(set.clone().times(1));
    let failed = file.hold(hold(&world), async |_| panic!()).await;
    assert!(matches!(failed, Err(HoldFileError::Start(_))), "{failed:?}");
    assert!(!path.exists());

    // The start fails, and so does the taking back.
    world.graph.inject(set.times(1));
    world.graph.inject(message.on_call(2));
    let failed = file.hold(hold(&world), async |_| panic!()).await;
    assert!(matches!(failed, Err(HoldFileError::Start(_))), "{failed:?}");
    assert!(path.exists());
    world.graph.clear_faults();

    // The release fails: of the earlier hold, and so there is no other one.
    world.graph.inject(Fault::status(403).times(1));
    let failed = file.hold(hold(&world), async |_| panic!()).await;
    let error = failed.unwrap_err();
    assert!(matches!(error, HoldFileError::Release(_)), "{error}");
    assert_eq!(FailureKind::of(&error), FailureKind::Refused);
    let start =
        "a hold cannot be released; the next start of the program tries again: me.GetPresence: 403";
    assert!(error.to_string().starts_with(start), "{error}");
    assert!(path.exists());

    drop(file);
    let left = HoldFile::release_left(&path, &world.client).await.unwrap();
    assert_eq!(left.unwrap().message, Outcome::TakenBack);
    fs::write(&path, "{}").unwrap();
    let error = HoldFile::release_left(&path, &world.client)
        .await
        .unwrap_err();
    assert!(matches!(error, HoldFileError::File(_)), "{error}");
    assert_eq!(FailureKind::of(&error), FailureKind::Local);
    fs::remove_dir_all(folder).unwrap();
}

/// The next start continues: a choice of the user in between stays, though it is that of the hold.
#[tokio::test]
async fn a_release_that_fails_halfway_is_saved() {
    let (folder, world) = (folder("halfway"), World::new().await);
    let path = folder.join("hold.json");
    let file = HoldFile::lock(&path).unwrap();
    let message = Fault::status(403).for_operation("me.presence.setStatusMessage");
    world.graph.inject(message.on_call(2));
    let failed = file.hold(hold(&world), async |_| ()).await.unwrap_err();
    assert!(matches!(failed, HoldFileError::Release(_)), "{failed}");
    drop(file);
    let me = world.client.me().presence();
    me.set_user_preferred_presence(PreferredPresence::DoNotDisturb)
        .await
        .unwrap();
    let left = HoldFile::release_left(&path, &world.client).await.unwrap();
    let left = left.unwrap();
    assert_eq!(
        (left.preference, left.message),
        (Outcome::Nothing, Outcome::TakenBack)
    );
    assert!(!path.exists());
    fs::remove_dir_all(folder).unwrap();
}
