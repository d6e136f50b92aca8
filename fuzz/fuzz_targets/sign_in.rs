//! Any stored record and any responses of the identity platform give an account or an error of one
//! line without the refresh token, which goes to the platform only.

#![no_main]

mod script;

use libfuzzer_sys::fuzz_target;
use msgraph_runtime::{BoxError, TokenProvider, TokenRequest};
use msgraph_sign_in::{Account, Error, SecretStore, SignIn, Store};
use script::Script;

const REFRESH: &str = "s3cret-refresh";
const PLATFORM: &str = "https://login.microsoftonline.com/";

fuzz_target!(|data: &[u8]| {
    let Some((way, data)) = data.split_first() else {
        return;
    };
    let small = [b"\x01", REFRESH.as_bytes()].concat();
    match way % 3 {
        0 => {
            let end = data
                .iter()
                .position(|byte| *byte == 0xff)
                .unwrap_or(data.len());
            let (record, rest) = data.split_at(end);
            script::run(silent(record.to_vec(), rest.get(1..).unwrap_or_default()));
        }
        1 => script::run(silent(small, data)),
        _ => script::run(device_code(small, data)),
    }
});

fn sign_in(record: Vec<u8>, script: &[u8]) -> SignIn {
    let script = Script::new(PLATFORM, script);
    SignIn::new("fuzz")
        .scopes(["Presence.Read", "openid"])
        .store(Store::own(Record(record)))
        .transport(script)
}

async fn silent(record: Vec<u8>, script: &[u8]) {
    if let Some(account) = checked(sign_in(record, script).silent().await) {
        use_up(account).await;
    }
}

async fn device_code(record: Vec<u8>, script: &[u8]) {
    let Some(pending) = checked(sign_in(record, script).device_code().await) else {
        return;
    };
    let code = pending.code();
    for text in [code.user_code(), code.page(), code.message()] {
        assert!(
            !text.is_empty() && !text.chars().any(char::is_control),
            "{text:?}"
        );
    }
    if let Some(account) = checked(pending.await) {
        use_up(account).await;
    }
}

/// Asks for tokens until the first error, and once more after it.
async fn use_up(account: Account) {
    let mut challenged = None;
    for _ in 0..4 {
        let request = TokenRequest::new("https://graph.microsoft.com/.default");
        let request = match challenged.take() {
            Some(token) => request.with_refused(token),
            None => request,
        };
        match account.token(request).await {
            Ok(token) => challenged = Some(token),
            Err(error) => {
                if let Some(error) = Error::find(&*error) {
                    script::check(error, REFRESH);
                }
            }
        }
        let _ = (
            account.scopes(),
            account.missing_scopes(),
            account.user_name(),
        );
        let _ = account
            .store_error()
            .inspect(|error| script::check(error, REFRESH));
    }
}

fn checked<T>(result: Result<T, Error>) -> Option<T> {
    result
        .inspect_err(|error| script::check(error, REFRESH))
        .ok()
}

/// A store with this record, which forgets what is saved but the trial of a store.
struct Record(Vec<u8>);

impl SecretStore for Record {
    fn load(&self, key: &str) -> Result<Option<Vec<u8>>, BoxError> {
        Ok(Some(if key.ends_with(" trial") {
            b"a trial of msgraph-sign-in".to_vec()
        } else {
            self.0.clone()
        }))
    }

    fn save(&self, _: &str, _: &[u8]) -> Result<(), BoxError> {
        Ok(())
    }

    fn remove(&self, _: &str) -> Result<bool, BoxError> {
        Ok(true)
    }

    fn location(&self, _: &str) -> String {
        "memory".to_owned()
    }
}
