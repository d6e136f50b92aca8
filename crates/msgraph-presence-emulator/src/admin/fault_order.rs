//! The order to arm a fault: the kinds by their names, and when the fault strikes.

use super::bodies::set;
use crate::fault::{Fault, HUGE_BODY_LIMIT};
use serde::Deserialize;
use std::time::Duration;

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

/// Makes the fault of a kind, with what an order gives for it.
type Make = fn(&FaultOrder) -> Result<Fault, String>;

/// The kinds of faults, as they are named in an order.
const KINDS: [(&str, Make); 13] = [
    ("status", |order| order.error()),
    ("empty", |order| Ok(Fault::empty(order.status(500)?))),
    ("html", |order| Ok(Fault::html(order.status(200)?))),
    ("garbage", |_| Ok(Fault::garbage())),
    ("redirect", |order| {
        let location = order.location.as_ref().ok_or("redirect: give a location")?;
        Ok(Fault::redirect(order.status(302)?, location))
    }),
    ("reset", |_| Ok(Fault::reset())),
    ("close", |_| Ok(Fault::close())),
    ("truncate", |_| Ok(Fault::truncate())),
    ("drip", |order| {
        Ok(Fault::drip(order.bytes.unwrap_or(16), order.pause()))
    }),
    ("delay", |order| Ok(Fault::delay(order.pause()))),
    ("unknownValue", |_| Ok(Fault::unknown_value())),
    ("unknownMember", |_| Ok(Fault::unknown_member())),
    ("hugeBody", |order| match order.bytes.unwrap_or(1 << 20) {
        bytes @ 0..=HUGE_BODY_LIMIT => Ok(Fault::huge_body(bytes)),
        bytes => Err(format!("bytes: {bytes} is more than {HUGE_BODY_LIMIT}")),
    }),
];

/// The names of all kinds, as a list in a sentence.
pub(super) fn kinds() -> String {
    KINDS.map(|(name, _)| name).join(", ")
}

impl FaultOrder {
    pub(super) fn fault(self) -> Result<Fault, String> {
        let kind = KINDS.iter().find(|(name, _)| *name == self.kind);
        let (_, make) =
            kind.ok_or_else(|| format!("kind: {:?} is none of {}", self.kind, kinds()))?;
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
