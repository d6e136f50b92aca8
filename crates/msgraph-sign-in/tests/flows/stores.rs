//! Stores that work, fail, fill up, or have the tokens of another person or version.

use crate::fake::Platform;
use crate::{GRAPH, ask, is, sign_in, token};
use msgraph_runtime::{BoxError, TokenRequest};
use msgraph_sign_in::{ErrorKind, SecretStore, Store};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// A store in memory that can be told to fail.
#[derive(Clone, Default)]
pub struct Fragile(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    secrets: BTreeMap<String, Vec<u8>>,
    /// The number of writes that succeed before all fail.
    writes: Option<usize>,
    is_unreadable: bool,
    limit: Option<usize>,
}

impl SecretStore for Fragile {
    fn load(&self, key: &str) -> Result<Option<Vec<u8>>, BoxError> {
        let inner = self.0.lock().unwrap();
        if inner.is_unreadable {
            return Err("locked by the user".into());
        }
        Ok(inner.secrets.get(key).cloned())
    }

    fn save(&self, key: &str, secret: &[u8]) -> Result<(), BoxError> {
        let mut inner = self.0.lock().unwrap();
        match &mut inner.writes {
            Some(0) => return Err("no space left".into()),
            Some(writes) => *writes -= 1,
            None => {}
        }
        inner.secrets.insert(key.to_owned(), secret.to_vec());
        Ok(())
    }

    fn remove(&self, key: &str) -> Result<bool, BoxError> {
        Ok(self.0.lock().unwrap().secrets.remove(key).is_some())
    }

    fn location(&self, _: &str) -> String {
        "a fragile place".to_owned()
    }

    fn limit(&self) -> usize {
        self.0.lock().unwrap().limit.unwrap_or(usize::MAX)
    }
}

impl Fragile {
    pub fn set(&self, is_writable: bool, is_readable: bool) {
        let mut inner = self.0.lock().unwrap();
        inner.writes = (!is_writable).then_some(0);
        inner.is_unreadable = !is_readable;
    }

    fn only_secret(&self) -> String {
        let inner = self.0.lock().unwrap();
        let [secret] = &inner.secrets.values().collect::<Vec<_>>()[..] else {
            panic!("one secret");
        };
        String::from_utf8(secret.to_vec()).unwrap()
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_is_tried_before_a_person_is_asked() {
    let platform = Platform::new();
    let store = Fragile::default();
    store.0.lock().unwrap().writes = Some(0);
    let sign_in = sign_in(&platform).store(Store::own(store));
    let failure = sign_in.clone().device_code().await.unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::Store);
    assert!(failure.to_string().contains("no space left"), "{failure}");
    let opened = sign_in
        .browser()
        .open_with(|_| panic!("the person is asked"));
    assert_eq!(opened.await.unwrap_err().kind(), ErrorKind::Store);
    assert!(platform.requests("devicecode").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_folder_that_cannot_be_one_is_an_error_before_a_person_is_asked() {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("no folder");
    std::fs::write(&file, "").unwrap();
    for store in [
        Store::folder(file.join("within")),
        Store::folder(&file),
        Store::for_app("../x"),
    ] {
        let platform = Platform::new();
        let sign_in = sign_in(&platform).store(store);
        let failure = sign_in.device_code().await.unwrap_err();
        assert_eq!(failure.kind(), ErrorKind::Store, "{failure}");
        assert!(platform.requests("devicecode").is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_after_the_sign_in_does_not_cost_it() {
    let platform = Platform::new();
    platform.lifetime(1);
    let store = Fragile::default();
    store.0.lock().unwrap().writes = Some(1);
    let sign_in = sign_in(&platform).store(Store::own(store.clone()));
    let account = sign_in.clone().device_code().await.unwrap().await.unwrap();
    let failure = account.store_error().unwrap();
    assert!(failure.to_string().contains("no space left"), "{failure}");
    assert!(is(&token(&account).await.unwrap(), "SECRET-access-2"));
    assert!(
        sign_in
            .clone()
            .silent()
            .await
            .unwrap_err()
            .is_sign_in_required()
    );

    // Each refresh tries again.
    store.0.lock().unwrap().writes = None;
    assert!(is(&token(&account).await.unwrap(), "SECRET-access-3"));
    assert!(account.store_error().is_none());
    assert!(store.only_secret().contains("SECRET-refresh-3"));
    assert!(sign_in.silent().await.is_ok());
}

/// The process ends between "token came" and "token stored": the next one has the refresh token of
/// the time before, which still serves, whichever write it was.
#[tokio::test(start_paused = true)]
async fn a_crash_between_token_and_store_costs_nothing() {
    for stored in 1..6 {
        let platform = Platform::new();
        platform.lifetime(1);
        let store = Fragile::default();
        let sign_in = sign_in(&platform).store(Store::own(store.clone()));
        let account = sign_in.clone().device_code().await.unwrap().await.unwrap();
        store.0.lock().unwrap().writes = Some(stored);
        for _ in 0..=stored {
            token(&account).await.unwrap();
        }
        // Only the last token is not stored, and the process is gone.
        assert!(account.store_error().is_some());
        drop(account);
        store.0.lock().unwrap().writes = None;
        let account = sign_in.silent().await.unwrap();
        let next = token(&account).await.unwrap();
        assert!(
            is(&next, &format!("SECRET-access-{}", stored + 3)),
            "{stored}"
        );
        let used = platform.requests("token").pop().unwrap();
        assert_eq!(
            used.form["refresh_token"],
            format!("SECRET-refresh-{}", stored + 1)
        );
    }
}

/// The clock of the machine was set back after the tokens were stored, or forward before: a token
/// that was issued in the future is not trusted, and one request puts it right.
#[tokio::test(start_paused = true)]
async fn a_clock_that_was_set_costs_one_request() {
    for (issued, expires) in [(3600, 7200), (-7200, -3600), (86_400 * 365, i64::MAX)] {
        let platform = Platform::new();
        let store = Fragile::default();
        let sign_in = sign_in(&platform).store(Store::own(store.clone()));
        sign_in.clone().device_code().await.unwrap().await.unwrap();
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let now = i64::try_from(now.unwrap().as_secs()).unwrap();
        let mut text = store.only_secret();
        for (name, time) in [("issued_at", issued), ("expires_at", expires)] {
            let (before, rest) = text.split_once(&format!("\"{name}\":")).unwrap();
            let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            text = format!("{before}\"{name}\":{}{after}", now.saturating_add(time));
        }
        for secret in store.0.lock().unwrap().secrets.values_mut() {
            *secret = text.clone().into_bytes();
        }
        let account = sign_in.silent().await.unwrap();
        for _ in 0..3 {
            assert!(
                is(&token(&account).await.unwrap(), "SECRET-access-2"),
                "{issued}"
            );
        }
        assert_eq!(platform.refreshes(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_cannot_be_read_is_left_alone_and_memory_serves() {
    let platform = Platform::new();
    platform.lifetime(1);
    let store = Fragile::default();
    let sign_in = sign_in(&platform).store(Store::own(store.clone()));
    let account = sign_in.clone().device_code().await.unwrap().await.unwrap();
    store.0.lock().unwrap().is_unreadable = true;
    assert!(is(&token(&account).await.unwrap(), "SECRET-access-2"));
    assert!(account.store_error().is_some());
    assert!(store.only_secret().contains("SECRET-refresh-1"));
    let failure = sign_in.silent().await.unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::Store);
}

#[tokio::test(start_paused = true)]
async fn a_small_store_gets_the_refresh_token_only() {
    let platform = Platform::new();
    let store = Fragile::default();
    store.0.lock().unwrap().limit = Some(2560);
    let sign_in = sign_in(&platform).store(Store::own(store.clone()));
    sign_in.clone().device_code().await.unwrap().await.unwrap();
    assert_eq!(store.only_secret(), "\u{1}SECRET-refresh-1");
    let account = sign_in.clone().silent().await.unwrap();
    assert!(is(&token(&account).await.unwrap(), "SECRET-access-2"));
    assert_eq!(store.only_secret(), "\u{1}SECRET-refresh-2");

    store.0.lock().unwrap().limit = Some(10);
    let request = TokenRequest::new(GRAPH).with_refused("SECRET-access-2");
    ask(&account, request).await.unwrap();
    let failure = account.store_error().unwrap();
    assert!(failure.to_string().contains("the limit is 10"), "{failure}");
}

/// A record of a newer version is an error for the next sign-in, before a person is asked, and
/// stays as it is; a damaged one is replaced.
#[tokio::test(start_paused = true)]
async fn a_newer_version_loses_nothing() {
    let platform = Platform::new();
    let store = Fragile::default();
    let sign_in = sign_in(&platform).store(Store::own(store.clone()));
    let account = sign_in.clone().device_code().await.unwrap().await.unwrap();
    let newer = r#"{"version":2,"everything":"else"}"#;
    let replace = |text: &str| {
        let mut inner = store.0.lock().unwrap();
        for secret in inner.secrets.values_mut() {
            *secret = text.as_bytes().to_vec();
        }
    };
    replace(newer);
    for failure in [
        sign_in.clone().silent().await.unwrap_err(),
        sign_in.clone().device_code().await.unwrap_err(),
    ] {
        assert_eq!(failure.kind(), ErrorKind::Store);
        assert!(
            failure.to_string().contains("update this program"),
            "{failure}"
        );
    }
    let request = || TokenRequest::new(GRAPH).with_refused("SECRET-access-1");
    ask(&account, request()).await.unwrap();
    assert_eq!(store.only_secret(), newer);

    replace("damaged");
    assert_eq!(
        sign_in.clone().silent().await.unwrap_err().kind(),
        ErrorKind::Store
    );
    sign_in.clone().device_code().await.unwrap().await.unwrap();
    assert!(sign_in.silent().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn another_person_in_the_store_does_not_become_this_account() {
    let platform = Platform::new();
    let sign_in = sign_in(&platform).store(Store::memory());
    let account = sign_in.clone().device_code().await.unwrap().await.unwrap();
    let refused = token(&account).await.unwrap();
    platform.identity("eve");
    sign_in.device_code().await.unwrap().await.unwrap();
    let request = TokenRequest::new(GRAPH).with_refused(refused);
    let failure = ask(&account, request).await.unwrap_err();
    assert!(failure.to_string().contains("another person"), "{failure}");
}

/// A program that asks for more than it did gets no stored token for less.
#[tokio::test(start_paused = true)]
async fn a_stored_token_for_other_scopes_is_not_used() {
    let platform = Platform::new();
    let sign_in = sign_in(&platform).store(Store::memory());
    sign_in.clone().device_code().await.unwrap().await.unwrap();
    let more = sign_in.clone().scopes(["Presence.ReadWrite"]);
    let account = more.clone().silent().await.unwrap();
    assert!(is(&token(&account).await.unwrap(), "SECRET-access-2"));
    let request = platform.requests("token").pop().unwrap();
    assert!(request.form["scope"].contains("Presence.ReadWrite"));
    // The next start has it.
    let account = more.silent().await.unwrap();
    assert!(is(&token(&account).await.unwrap(), "SECRET-access-2"));
}

/// A store has a token that lasts: a program that starts asks for none.
#[tokio::test(start_paused = true)]
async fn a_stored_token_that_lasts_is_used() {
    let platform = Platform::new();
    let sign_in = sign_in(&platform).store(Store::memory());
    sign_in.clone().device_code().await.unwrap().await.unwrap();
    let account = sign_in.silent().await.unwrap();
    assert!(is(&token(&account).await.unwrap(), "SECRET-access-1"));
    assert_eq!(platform.refreshes(), 0);
}
