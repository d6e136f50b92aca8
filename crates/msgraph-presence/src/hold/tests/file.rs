//! The file of a hold: its lock, its mode, what a crash leaves, and damaged content.

use super::world::World;
use crate::{HoldFile, SavedHold};
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

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
        "{}: the hold of another program goes on; end that one first",
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
