//! The bodies of the administration requests.

use crate::fault::{Fault, HUGE_BODY_LIMIT};
use crate::identity::SignIns;
use crate::token::Token;
use crate::user::set;
use msgraph_presence_models::{InvalidValue, UserId};
use serde::Deserialize;
use std::time::Duration;

/// `{"set":"2026-11-21T09:00:00Z"}`, `{"advanceSeconds":300}` or `{"run":true}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(rename_all = "camelCase")]
pub(super) enum ClockBody {
    Set(String),
    AdvanceSeconds(u64),
    Run(bool),
}

/// `{"message":"Back on Monday"}`, or `{"message":null}` for back in office.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OutOfOfficeBody {
    pub(super) message: Option<String>,
}

/// `{"on":false}`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ThrottleBody {
    pub(super) on: bool,
}

/// A token to be made: of a user, or of an application without one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(rename_all = "camelCase")]
pub(super) struct TokenBody {
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

impl TokenBody {
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

/// Who signs in without a page; nobody for the page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(rename_all = "camelCase")]
pub(super) struct SignInsBody {
    pub(super) user: Option<String>,
    #[serde(default)]
    declined: bool,
    permissions: Option<Vec<String>>,
    interval_seconds: Option<u64>,
    expires_in_seconds: Option<u64>,
}

impl SignInsBody {
    pub(super) fn sign_ins(self, user: Option<UserId>) -> SignIns {
        let sign_ins = match user {
            Some(user) => SignIns::by(user),
            None if self.declined => SignIns::declined(),
            None => SignIns::on_a_page(),
        };
        let sign_ins = set(sign_ins, self.permissions, SignIns::granting);
        let interval = self.interval_seconds.map(Duration::from_secs);
        let sign_ins = set(sign_ins, interval, SignIns::interval);
        let lifetime = self.expires_in_seconds.map(Duration::from_secs);
        set(sign_ins, lifetime, SignIns::token_lifetime)
    }
}

/// A user, or `{"declined":true}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DecisionBody {
    pub(super) user: Option<String>,
    #[serde(default)]
    pub(super) declined: bool,
}

/// A fault to be injected.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[serde(deny_unknown_fields)]
#[serde(rename_all = "camelCase")]
pub(super) struct FaultBody {
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

/// Makes the fault of a kind from the body.
type Make = fn(&FaultBody) -> Result<Fault, String>;

/// The kinds of faults by name.
const KINDS: [(&str, Make); 14] = [
    ("status", |body| body.error()),
    ("claimsChallenge", |_| Ok(Fault::claims_challenge())),
    ("empty", |body| Ok(Fault::empty(body.status(500)?))),
    ("html", |body| Ok(Fault::html(body.status(200)?))),
    ("garbage", |_| Ok(Fault::garbage())),
    ("redirect", |body| {
        let location = body.location.as_ref().ok_or("redirect: give a location")?;
        Ok(Fault::redirect(body.status(302)?, location))
    }),
    ("reset", |_| Ok(Fault::reset())),
    ("close", |_| Ok(Fault::close())),
    ("truncate", |_| Ok(Fault::truncate())),
    ("drip", |body| {
        Ok(Fault::drip(body.bytes.unwrap_or(16), body.pause()))
    }),
    ("delay", |body| Ok(Fault::delay(body.pause()))),
    ("unknownValue", |_| Ok(Fault::unknown_value())),
    ("unknownProperty", |_| Ok(Fault::unknown_property())),
    ("hugeBody", |body| match body.bytes.unwrap_or(1 << 20) {
        bytes @ 0..=HUGE_BODY_LIMIT => Ok(Fault::huge_body(bytes)),
        bytes => Err(format!("bytes: {bytes} is more than {HUGE_BODY_LIMIT}")),
    }),
];

/// The names of all kinds, as a list in a sentence.
pub(super) fn kinds() -> String {
    KINDS.map(|(name, _)| name).join(", ")
}

impl FaultBody {
    pub(super) fn fault(self) -> Result<Fault, String> {
        let kind = KINDS.iter().find(|(name, _)| *name == self.kind);
        let (_, make) =
            kind.ok_or_else(|| format!("kind: {:?} is not one of {}", self.kind, kinds()))?;
        let fault = make(&self)?;
        let fault = set(fault, self.retry_after, Fault::retry_after);
        let fault = set(fault, self.after_bytes, Fault::after_bytes);
        let fault = set(fault, self.on_call, Fault::on_call);
        let mut fault = set(fault, self.times, Fault::times);
        if self.applied {
            fault = fault.applied();
        }
        if self.always {
            fault = fault.always();
        }
        if let Some(rate) = self.rate {
            fault = fault.at_rate(rate, self.seed);
        }
        Ok(set(fault, self.operation, Fault::for_operation))
    }

    fn error(&self) -> Result<Fault, String> {
        let status = self.status(500)?;
        let (code, message) = (self.code.as_deref(), self.message.as_deref());
        if code.or(message).is_none() {
            return Ok(Fault::status(status));
        }
        let (code, message) = (code.unwrap_or_default(), message.unwrap_or_default());
        Ok(Fault::error(status, code, message))
    }

    fn status(&self, usual: u16) -> Result<u16, String> {
        match self.status.unwrap_or(usual) {
            status @ 200..=599 => Ok(status),
            other => Err(format!("status: {other} is not between 200 and 599")),
        }
    }

    fn pause(&self) -> Duration {
        Duration::from_millis(self.milliseconds.unwrap_or(100))
    }
}
