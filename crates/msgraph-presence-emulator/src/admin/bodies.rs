//! The bodies of the administration requests.

use crate::clock::Clock;
use crate::fault::{Fault, HUGE_BODY_LIMIT};
use crate::graph::routing::{self, nearest};
use crate::identity;
use crate::identity::state::SignIns;
use crate::token::Token;
use crate::user::{Seconds, filled_or_none, set};
use http::HeaderValue;
use msgraph_presence_models::{InvalidValue, UserId};
use serde::Deserialize;
use std::time::Duration;

/// `{"set":"2026-11-21T09:00:00Z"}`, `{"advanceSeconds":300}` or `{"run":true}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClockBody {
    set: Option<String>,
    advance_seconds: Option<Seconds>,
    run: Option<bool>,
}

impl ClockBody {
    /// Changes a clock.
    pub(super) fn change(self, clock: &mut Clock) -> Result<(), &'static str> {
        match (self.set, self.advance_seconds, self.run) {
            (Some(time), None, None) => {
                let wrong = "set: give a time such as 2026-11-21T09:00:00Z";
                clock.set(time.parse().map_err(|_| wrong)?);
            }
            (None, Some(Seconds(time)), None) => clock.advance(time),
            (None, None, Some(true)) => clock.run(),
            (None, None, Some(false)) => clock.stop(),
            _ => return Err("give one of set, advanceSeconds and run"),
        }
        Ok(())
    }
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

/// The token to make: of a user or, without one, of an application.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(rename_all = "camelCase")]
pub(super) struct TokenBody {
    pub(super) user: Option<String>,
    permissions: Option<Vec<String>>,
    #[serde(default, deserialize_with = "filled_or_none")]
    tenant: Option<String>,
    #[serde(default, deserialize_with = "filled_or_none")]
    application: Option<String>,
    cloud: Option<String>,
    expires_in_seconds: Option<Seconds>,
    #[serde(default)]
    expired: bool,
    #[serde(default)]
    personal_account: bool,
}

impl TokenBody {
    pub(super) fn token(self, user: Option<UserId>) -> Result<Token, String> {
        if self.expired && self.expires_in_seconds.is_some() {
            return Err("give expired or expiresInSeconds, not both".to_owned());
        }
        if self.personal_account && (user.is_none() || self.tenant.is_some()) {
            return Err("personalAccount takes a user, and no tenant".to_owned());
        }
        let cloud = self.cloud.map(|name| name.parse()).transpose();
        let cloud = cloud.map_err(|error: InvalidValue| format!("cloud: {error}"))?;
        let lifetime = self.expires_in_seconds.map(|Seconds(time)| time);
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

/// The user who signs in without a page, or none for sign-ins on a page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(rename_all = "camelCase")]
pub(super) struct SignInsBody {
    pub(super) user: Option<String>,
    #[serde(default)]
    pub(super) declined: bool,
    permissions: Option<Vec<String>>,
    interval_seconds: Option<Seconds>,
    expires_in_seconds: Option<Seconds>,
}

impl SignInsBody {
    pub(super) fn sign_ins(self, user: Option<UserId>) -> SignIns {
        let sign_ins = match user {
            Some(user) => SignIns::by(user),
            None if self.declined => SignIns::declined(),
            None => SignIns::on_a_page(),
        };
        let sign_ins = set(sign_ins, self.permissions, SignIns::granting);
        let interval = self.interval_seconds.map(|Seconds(time)| time);
        let sign_ins = set(sign_ins, interval, SignIns::interval);
        let lifetime = self.expires_in_seconds.map(|Seconds(time)| time);
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
    seed: Option<u64>,
    operation: Option<String>,
}

/// The properties that every kind of fault takes, besides `kind`.
const COMMON: &str = "retryAfter applied onCall times always rate seed operation";

/// Makes the fault of a kind from the body.
type Make = fn(&FaultBody) -> Result<Fault, String>;

/// The kinds of faults by name, and the properties that only they take.
const KINDS: [(&str, &str, Make); 14] = [
    ("status", "status code message", FaultBody::error),
    ("claimsChallenge", "", |_| Ok(Fault::claims_challenge())),
    ("empty", "status", |body| {
        body.status(500, 200).map(Fault::empty)
    }),
    ("html", "status", |body| {
        body.status(200, 200).map(Fault::html)
    }),
    ("garbage", "", |_| Ok(Fault::garbage())),
    ("redirect", "status location", FaultBody::redirect),
    ("reset", "afterBytes", |_| Ok(Fault::reset())),
    ("close", "afterBytes", |_| Ok(Fault::close())),
    ("truncate", "", |_| Ok(Fault::truncate())),
    ("drip", "bytes milliseconds", |body| {
        Ok(Fault::drip(body.bytes(16, 1)?, body.pause()))
    }),
    ("delay", "milliseconds", |body| {
        Ok(Fault::delay(body.pause()))
    }),
    ("unknownValue", "", |_| Ok(Fault::unknown_value())),
    ("unknownProperty", "", |_| Ok(Fault::unknown_property())),
    ("hugeBody", "bytes", |body| {
        body.bytes(1 << 20, 0).map(Fault::huge_body)
    }),
];

/// The names of all kinds, as a list in a sentence.
pub(super) fn kinds() -> String {
    KINDS.map(|(name, ..)| name).join(", ")
}

impl FaultBody {
    /// Builds the fault; `given` are the names of the properties in the body.
    pub(super) fn fault<'a>(
        self,
        mut given: impl Iterator<Item = &'a str>,
    ) -> Result<Fault, String> {
        let kind = KINDS.iter().find(|(name, ..)| *name == self.kind);
        let (kind, takes, make) =
            kind.ok_or_else(|| format!("kind: {:?} is not one of {}", self.kind, kinds()))?;
        let takes: Vec<&str> = takes.split_whitespace().chain(COMMON.split(' ')).collect();
        let unused = |name: &&str| *name != "kind" && !takes.contains(name);
        if let Some(name) = given.find(unused) {
            let takes = takes.join(", ");
            return Err(format!(
                "{name}: the kind {kind} does not use it; it takes {takes}"
            ));
        }
        self.check()?;
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
            fault = fault.at_rate(rate, self.seed.unwrap_or_default());
        }
        Ok(set(fault, self.operation, Fault::for_operation))
    }

    /// Refuses values that would have no effect, or not the intended one.
    fn check(&self) -> Result<(), String> {
        let calls = self.on_call.or(self.times).is_some() || self.always;
        let problem = match self.rate {
            Some(rate) if !(0.0..=1.0).contains(&rate) => "rate: give a share from 0 to 1",
            Some(_) if calls => "rate: leave out onCall, times and always",
            None if self.seed.is_some() => "seed: a seed needs a rate; give a rate",
            _ if self.on_call == Some(0) => "onCall: requests are counted from 1",
            _ if self.times == Some(0) => "times: give 1 or more",
            _ if self.always && self.times.is_some() => "give times or always, not both",
            _ => "",
        };
        if !problem.is_empty() {
            return Err(problem.to_owned());
        }
        if let Some(text) = &self.retry_after {
            header("retryAfter", text)?;
        }
        match self.operation.as_deref() {
            Some(id) if !operation_ids().any(|known| known == id) => {
                let near = nearest(id, operation_ids()).unwrap_or("users.GetPresence");
                Err(format!(
                    "operation: {id:?} is unknown; did you mean {near}?"
                ))
            }
            _ => Ok(()),
        }
    }

    fn error(&self) -> Result<Fault, String> {
        let status = self.status(500, 200)?;
        let (code, message) = (self.code.as_deref(), self.message.as_deref());
        if code.or(message).is_none() {
            return Ok(Fault::status(status));
        }
        let (code, message) = (code.unwrap_or_default(), message.unwrap_or_default());
        Ok(Fault::error(status, code, message))
    }

    fn redirect(&self) -> Result<Fault, String> {
        let location = self.location.as_ref().ok_or("redirect: give a location")?;
        header("location", location)?;
        Ok(Fault::redirect(self.status(302, 300)?, location))
    }

    /// The status, from 200 or, for redirects, from 300 on.
    fn status(&self, usual: u16, first: u16) -> Result<u16, String> {
        let last = if first == 300 { 399 } else { 599 };
        match self.status.unwrap_or(usual) {
            status if (first..=last).contains(&status) => Ok(status),
            other => Err(format!("status: {other} is not between {first} and {last}")),
        }
    }

    fn bytes(&self, usual: usize, least: usize) -> Result<usize, String> {
        match self.bytes.unwrap_or(usual) {
            bytes if (least..=HUGE_BODY_LIMIT).contains(&bytes) => Ok(bytes),
            other => Err(format!(
                "bytes: {other} is not between {least} and {HUGE_BODY_LIMIT}"
            )),
        }
    }

    fn pause(&self) -> Duration {
        Duration::from_millis(self.milliseconds.unwrap_or(100))
    }
}

/// The ids of the operations of Graph and of the identity platform.
fn operation_ids() -> impl Iterator<Item = &'static str> {
    routing::operation_ids().chain(identity::operation_ids())
}

/// Refuses a text that cannot be the value of a header.
fn header(name: &str, text: &str) -> Result<(), String> {
    let value = HeaderValue::from_str(text);
    let problem = |_| format!("{name}: the text cannot be the value of a header");
    value.map(drop).map_err(problem)
}
