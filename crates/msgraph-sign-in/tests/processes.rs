//! Several processes of one user, with one folder of tokens, against the emulator: they refresh at
//! once, and they are killed at any moment.

#![cfg(test)]

use msgraph_presence_emulator::{Emulator, SignIns};
use msgraph_runtime::{TokenProvider, TokenRequest};
use msgraph_sign_in::{SignIn, Store};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

const AUTHORITY: &str = "SIGN_IN_TEST_AUTHORITY";
const FOLDER: &str = "SIGN_IN_TEST_FOLDER";
const FOR_EVER: &str = "SIGN_IN_TEST_FOR_EVER";

fn sign_in(authority: &str, folder: &Path) -> SignIn {
    SignIn::new("00000000-0000-4000-8000-000000000000")
        .authority(authority)
        .scopes(["Presence.Read"])
        .store(Store::folder(folder))
}

/// Asks for a token that Graph has not refused; says whether the store has it.
async fn renew(authority: &str, folder: &Path) {
    let account = sign_in(authority, folder).silent().await.unwrap();
    account.token(request()).await.unwrap();
    assert!(account.store_error().is_none());
}

fn request() -> TokenRequest {
    TokenRequest::new("https://graph.microsoft.com/.default")
}

/// The work of each child; without the variables there is no parent.
#[test]
fn child() {
    let (Ok(authority), Ok(folder)) = (env::var(AUTHORITY), env::var(FOLDER)) else {
        return;
    };
    // A child outlives neither a test that has failed nor a request without a response.
    thread::spawn(|| {
        thread::sleep(Duration::from_secs(120));
        std::process::abort();
    });
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    loop {
        runtime.block_on(renew(&authority, Path::new(&folder)));
        if env::var(FOR_EVER).is_err() {
            return;
        }
    }
}

fn spawn(emulator: &Emulator, folder: &Path, is_for_ever: bool) -> Child {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["child", "--exact", "--nocapture"]);
    command
        .env(AUTHORITY, emulator.origin())
        .env(FOLDER, folder);
    if is_for_ever {
        command.env(FOR_EVER, "");
    }
    command.stdout(Stdio::null()).spawn().unwrap()
}

/// An emulator whose tokens last so long, and a folder with the tokens of a sign-in.
async fn signed_in(name: &str, lifetime: u64) -> (Emulator, PathBuf) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    let emulator = Emulator::start().await.unwrap();
    let ada = emulator.add_user("Ada");
    let by_ada = SignIns::by(ada).token_lifetime(Duration::from_secs(lifetime));
    emulator.set_sign_ins(by_ada);
    let pending = sign_in(&emulator.origin(), &folder)
        .device_code()
        .await
        .unwrap();
    pending.await.unwrap();
    (emulator, folder)
}

/// The file of tokens.
fn file(folder: &Path) -> PathBuf {
    let mut files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files
        .find(|path| path.extension().is_some_and(|ending| ending == "json"))
        .unwrap()
}

fn requests_for_tokens(emulator: &Emulator) -> usize {
    let requests = emulator.requests();
    requests
        .iter()
        .filter(|request| request.path.ends_with("/token"))
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_refresh_at_once_send_one_request() {
    let (emulator, folder) = signed_in("at once", 3600).await;
    // The access token has expired.
    let path = file(&folder);
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once("\"expires_at\":").unwrap();
    let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    fs::write(&path, format!("{before}\"expires_at\":1{after}")).unwrap();

    let count = requests_for_tokens(&emulator);
    let children: Vec<_> = (0..6).map(|_| spawn(&emulator, &folder, false)).collect();
    let ends = children.into_iter().map(|mut child| child.wait().unwrap());
    assert!(ends.collect::<Vec<_>>().iter().all(|end| end.success()));
    assert_eq!(requests_for_tokens(&emulator) - count, 1);
}

/// A process that is killed between "token came" and "token stored", or anywhere else, leaves
/// tokens with which the next one goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_killed_at_any_moment_loses_nothing() {
    let (emulator, folder) = signed_in("killed", 1).await;
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..25 {
        let mut children = [
            spawn(&emulator, &folder, true),
            spawn(&emulator, &folder, true),
        ];
        let requests = requests_for_tokens(&emulator);
        let is_at_work = || requests_for_tokens(&emulator) > requests + 2;
        for _ in 0..12_000 {
            if is_at_work() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(is_at_work(), "the children do not refresh");
        tokio::time::sleep(Duration::from_micros(random.u64(..20_000))).await;
        for child in &mut children {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        renew(&emulator.origin(), &folder).await;
    }
}
