//! The bodies of the administration API's orders, and what they ask for.

use crate::token::Token;
use msgraph_presence_models::{InvalidValue, UserId};
use serde::Deserialize;
use std::time::Duration;

/// `{"set":"2026-11-21T09:00:00Z"}`, `{"advanceSeconds":300}` or `{"run":true}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(rename_all = "camelCase")]
pub(super) enum ClockOrder {
    Set(String),
    AdvanceSeconds(u64),
    Run(bool),
}

/// `{"message":"Back on Monday"}`, or `{"message":null}` for back in office.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OutOfOfficeOrder {
    pub(super) message: Option<String>,
}

/// `{"on":false}`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ThrottleOrder {
    pub(super) on: bool,
}

/// A token to be made: of a user, or of an application without one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(rename_all = "camelCase")]
pub(super) struct TokenOrder {
    pub(super) user: Option<String>,
    permissions: Option<Vec<String>>,
    tenant: Option<String>,
    application: Option<String>,
    cloud: Option<String>,
    expires_in_seconds: Option<u64>,
    #[serde(default)]
    expired: bool,
    #[serde(default)]
    personal_account: bool,
}

impl TokenOrder {
    pub(super) fn token(self, user: Option<UserId>) -> Result<Token, InvalidValue> {
        let cloud = self.cloud.map(|name| name.parse()).transpose()?;
        let lifetime = self.expires_in_seconds.map(Duration::from_secs);
        let token = user.map_or_else(Token::application, Token::delegated);
        let token = set(token, self.permissions, Token::permissions);
        let token = set(token, self.tenant, Token::tenant);
        let token = set(token, self.application, Token::client);
        let token = set(token, cloud, Token::cloud);
        let mut token = set(token, lifetime, Token::expires_in);
        if self.expired {
            token = token.expired();
        }
        if self.personal_account {
            token = token.personal_account();
        }
        Ok(token)
    }
}

/// Sets what an order gives, and leaves the rest as it is.
pub(super) fn set<T, V>(on: T, value: Option<V>, set: impl FnOnce(T, V) -> T) -> T {
    match value {
        Some(value) => set(on, value),
        None => on,
    }
}
