//! The ways of a sign-in against an identity platform that the tests play, without a network except
//! for the browser's callback and the redirects.

#![cfg(test)]

mod browser;
mod device;
mod fake;
mod mutations;
mod orders;
mod redirects;
mod refresh;
mod secrets;
mod stores;

use fake::Platform;
use msgraph_runtime::{AccessToken, BoxError, TokenProvider, TokenRequest};
use msgraph_sign_in::{Account, Error, SignIn, Store};

const GRAPH: &str = "https://graph.microsoft.com/.default";

/// A sign-in at this platform, with one scope and a store in memory.
fn sign_in(platform: &Platform) -> SignIn {
    SignIn::new("00000000-0000-4000-8000-000000000000")
        .authority("https://login.example")
        .transport(platform.clone())
        .scopes(["Presence.Read"])
        .store(Store::memory())
}

/// An account whose person has typed a code in.
async fn signed_in(platform: &Platform) -> Account {
    sign_in(platform)
        .device_code()
        .await
        .unwrap()
        .await
        .unwrap()
}

/// The secret of a token, by comparing: nothing prints it.
fn is(token: &AccessToken, secret: &str) -> bool {
    *token == AccessToken::new(secret)
}

async fn token(account: &Account) -> Result<AccessToken, Error> {
    ask(account, TokenRequest::new(GRAPH)).await
}

async fn ask(account: &Account, request: TokenRequest) -> Result<AccessToken, Error> {
    let token = account.token(request).await;
    token.map_err(|error| find(&error))
}

/// The error of the sign-in, as a client's caller finds it.
fn find(error: &BoxError) -> Error {
    Error::find(&**error).unwrap().clone()
}
