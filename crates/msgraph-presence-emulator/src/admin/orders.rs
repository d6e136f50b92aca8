//! The bodies of the administration API's orders, and what they ask for.

use crate::fault::Fault;
use crate::token::{Cloud, Token};
use msgraph_presence_models::UserId;
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
    pub(super) fn token(self, user: Option<UserId>) -> Result<Token, String> {
        let cloud = |name: String| {
            Cloud::named(&name).ok_or_else(|| format!("no such cloud: {name}"))
        };
        let cloud = self.cloud.map(cloud).transpose()?;
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

/// A fault to be armed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[serde(deny_unknown_fields)]
#[serde(rename_all = "camelCase")]
pub(super) struct FaultOrder {
    kind: String,
    status: Option<u16>,
    code: Option<String>,
    message: Option<String>,
    retry_after: Option<String>,
    location: Option<String>,
    after_bytes: Option<usize>,
    bytes: Option<usize>,
    milliseconds: Option<u64>,
    applied: bool,
    on_call: Option<u64>,
    times: Option<u64>,
    always: bool,
    rate: Option<f64>,
    seed: u64,
    operation: Option<String>,
}

/// The kinds of faults, as they are named in an order.
pub(super) const FAULT_KINDS: &str = "status, empty, html, garbage, redirect, reset, close, \
    truncate, drip, delay, unknownValue, unknownMember, hugeBody";

impl FaultOrder {
    pub(super) fn fault(self) -> Result<Fault, String> {
        let mut fault = self.kind()?;
        if let Some(text) = self.retry_after {
            fault = fault.retry_after(text);
        }
        if let Some(bytes) = self.after_bytes {
            fault = fault.after_bytes(bytes);
        }
        if self.applied {
            fault = fault.applied();
        }
        if let Some(call) = self.on_call {
            fault = fault.on_call(call);
        }
        if let Some(times) = self.times {
            fault = fault.times(times);
        }
        if self.always {
            fault = fault.always();
        }
        if let Some(rate) = self.rate {
            fault = fault.at_rate(rate, self.seed);
        }
        if let Some(operation) = self.operation {
            fault = fault.for_operation(operation);
        }
        Ok(fault)
    }

    fn kind(&self) -> Result<Fault, String> {
        let status = |usual: u16| match self.status.unwrap_or(usual) {
            status @ 200..=599 => Ok(status),
            other => Err(format!("status: {other} is not between 200 and 599")),
        };
        let pause = Duration::from_millis(self.milliseconds.unwrap_or(100));
        let fault = match self.kind.as_str() {
            "status" => match (&self.code, &self.message) {
                (None, None) => Fault::status(status(500)?),
                (code, message) => {
                    let text = |text: &Option<String>| text.clone().unwrap_or_default();
                    Fault::error(status(500)?, text(code), text(message))
                }
            },
            "empty" => Fault::empty(status(500)?),
            "html" => Fault::html(status(200)?),
            "garbage" => Fault::garbage(),
            "redirect" => {
                let location = self.location.clone();
                let location = location.ok_or("redirect: give a location")?;
                Fault::redirect(status(302)?, location)
            }
            "reset" => Fault::reset(),
            "close" => Fault::close(),
            "truncate" => Fault::truncate(),
            "drip" => Fault::drip(self.bytes.unwrap_or(16), pause),
            "delay" => Fault::delay(pause),
            "unknownValue" => Fault::unknown_value(),
            "unknownMember" => Fault::unknown_member(),
            "hugeBody" => match self.bytes.unwrap_or(1 << 20) {
                bytes @ 0..=1_000_000_000 => Fault::huge_body(bytes),
                bytes => {
                    return Err(format!("bytes: {bytes} is more than 1,000,000,000"));
                }
            },
            other => return Err(format!("kind: {other:?} is none of {FAULT_KINDS}")),
        };
        Ok(fault)
    }
}
