//! Faults on demand, and the requests that they apply to.

mod kind;

use crate::clock::SplitMix;
use crate::response::{OutgoingResponse, ResponseContext, WireFault, insert};
use bytes::Bytes;
use http::Response;
use http::header::RETRY_AFTER;
use kind::FaultKind;
use std::fmt;
use std::time::Duration;

/// The longest property of a response with a huge body, in bytes.
pub(crate) const HUGE_BODY_LIMIT: usize = 1_000_000_000;

/// A fault that the emulator injects on demand.
///
/// A fault applies to the next request, unless [`on_call`](Self::on_call) or
/// [`at_rate`](Self::at_rate) says otherwise. Faults that only damage a response (truncation,
/// dripping, delay, unknown values and properties, a huge body) apply after the operation was
/// carried out. All others replace the operation; with [`applied`](Self::applied) the operation is
/// carried out nevertheless, and only its response is lost.
///
/// At most one fault applies to a request: of those that are due, the one injected first. A status
/// outside of 200 to 999 is sent as 500.
///
/// ```
/// use msgraph_presence_emulator::{Emulator, Fault};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::builder().user("Ada").start().await?;
/// emulator.inject(Fault::status(503).retry_after("2").times(2));
/// emulator.inject(Fault::close().for_operation("me.GetPresence").on_call(4));
///
/// let http = reqwest::Client::new();
/// let url = format!("{}/me/presence", emulator.base_url());
/// let mut seen = Vec::new();
/// for _ in 0..5 {
///     let response = http.get(&url).bearer_auth("Ada").send().await;
///     seen.push(response.map_or(0, |response| response.status().as_u16()));
/// }
/// assert_eq!(seen, [503, 503, 200, 0, 200]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Fault {
    kind: FaultKind,
    retry_after: Option<String>,
    applied: bool,
    /// The number of requests before the first to which it applies.
    skip: u64,
    /// The number of requests to which it still applies, unless it has a rate.
    times: u64,
    /// The share of the requests to which it applies.
    rate: Option<(f64, SplitMix)>,
    operation: Option<String>,
}

impl Fault {
    /// An error in Graph's shape, with the code and the message that usually go with the status.
    pub fn status(status: u16) -> Self {
        Self::new(FaultKind::Status {
            status,
            code: None,
            message: None,
        })
    }

    /// An error in Graph's shape with a code and a message, which may both be empty.
    ///
    /// At the identity platform the code is OAuth's `error`, and a message may begin with a number:
    ///
    /// ```
    /// use msgraph_presence_emulator::Fault;
    ///
    /// let pending = Fault::error(400, "authorization_pending", "AADSTS70016: Authorization is pending.");
    /// let pending = pending.for_operation("token").times(3);
    /// let faster = Fault::error(400, "slow_down", "").for_operation("token");
    /// # let _ = (pending, faster);
    /// ```
    pub fn error(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(FaultKind::Status {
            status,
            code: Some(code.into()),
            message: Some(message.into()),
        })
    }

    /// A status without a body.
    pub fn empty(status: u16) -> Self {
        Self::new(FaultKind::Empty { status })
    }

    /// 401 with a claims challenge, as Graph sends for a revoked token: the program has to request
    /// another token, with the claims in `WWW-Authenticate`.
    pub fn claims_challenge() -> Self {
        Self::new(FaultKind::ClaimsChallenge)
    }

    /// An HTML page, as a proxy on the way sends it.
    pub fn html(status: u16) -> Self {
        Self::new(FaultKind::Html { status })
    }

    /// 200 with a body that claims to be JSON and is not.
    pub fn garbage() -> Self {
        Self::new(FaultKind::Garbage)
    }

    /// A redirect. The location is any text that is a valid header; otherwise no `Location` is
    /// sent.
    pub fn redirect(status: u16, location: impl Into<String>) -> Self {
        let location = location.into();
        Self::new(FaultKind::Redirect { status, location })
    }

    /// The connection is reset before the response, or after as much of it as
    /// [`after_bytes`](Self::after_bytes) says.
    pub fn reset() -> Self {
        Self::new(FaultKind::Wire(WireFault::Reset { after: 0 }))
    }

    /// The connection is closed before the response, or after as much of it as
    /// [`after_bytes`](Self::after_bytes) says.
    pub fn close() -> Self {
        Self::new(FaultKind::Wire(WireFault::Close { after: 0 }))
    }

    /// The response ends in the middle of its body, and the connection is closed.
    ///
    /// A response without a body ends in the middle of its head.
    pub fn truncate() -> Self {
        Self::new(FaultKind::Truncate)
    }

    /// The response is sent a few bytes at a time, at least one, with a pause in between by tokio's
    /// clock. It is the last one of its connection.
    pub fn drip(bytes: usize, every: Duration) -> Self {
        Self::new(FaultKind::Wire(WireFault::Drip { bytes, every }))
    }

    /// The response is delayed, by tokio's clock.
    pub fn delay(delay: Duration) -> Self {
        Self::new(FaultKind::Delay(delay))
    }

    /// The availability and the activity have unknown values.
    pub fn unknown_value() -> Self {
        Self::new(FaultKind::UnknownValue)
    }

    /// The response has an unknown property.
    pub fn unknown_property() -> Self {
        Self::new(FaultKind::UnknownProperty)
    }

    /// The response is valid JSON with an unknown property of so many bytes, at most a billion. It
    /// is built in memory.
    pub fn huge_body(bytes: usize) -> Self {
        let bytes = bytes.min(HUGE_BODY_LIMIT);
        Self::new(FaultKind::HugeBody { bytes })
    }

    fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            retry_after: None,
            applied: false,
            skip: 0,
            times: 1,
            rate: None,
            operation: None,
        }
    }

    /// Sends a `Retry-After` header with this text: seconds such as `2`, an HTTP date, or an
    /// invalid one. A text that is not a valid header value is not sent.
    pub fn retry_after(mut self, text: impl Into<String>) -> Self {
        self.retry_after = Some(text.into());
        self
    }

    /// Sets the number of bytes of the response, its head included, before a reset or a close.
    ///
    /// Beyond the end of the response the fault has no effect. Other faults do not change.
    pub fn after_bytes(mut self, bytes: usize) -> Self {
        if let FaultKind::Wire(WireFault::Reset { after } | WireFault::Close { after }) =
            &mut self.kind
        {
            *after = bytes;
        }
        self
    }

    /// The operation is carried out, and only its response is replaced or lost.
    pub fn applied(mut self) -> Self {
        self.applied = true;
        self
    }

    /// Applies to the n-th request after the injection, counted from 1. Replaces a rate.
    pub fn on_call(mut self, n: u64) -> Self {
        self.skip = n.saturating_sub(1);
        self.rate = None;
        self
    }

    /// Applies to this number of consecutive requests: 1 by default, none with 0. Replaces a rate.
    pub fn times(mut self, times: u64) -> Self {
        self.times = times;
        self.rate = None;
        self
    }

    /// Applies to every request, from [`on_call`](Self::on_call) on if that is set.
    pub fn always(self) -> Self {
        self.times(u64::MAX)
    }

    /// Applies to a share of the requests, from 0 (none) to 1 (every one), until it is cleared: the
    /// same ones each time for a seed. Replaces a number of requests.
    pub fn at_rate(mut self, share: f64, seed: u64) -> Self {
        self.rate = Some((share, SplitMix(seed)));
        (self.skip, self.times) = (0, 1);
        self
    }

    /// Applies to, and counts, only requests of this operation, by its id in the OpenAPI document,
    /// such as `users.GetPresence` ([`Route::operation_id`](crate::Route::operation_id)).
    ///
    /// The requests of the identity platform are `authorize`, `devicecode`, `token`, `logout`,
    /// `login`, `devicelogin`, `openid-configuration`, `keys` and `instance`; no fault without an
    /// operation applies to them.
    ///
    /// With an unknown id it never applies. Parts of a batch have the ids of their operations, and
    /// no fault without an operation applies to them; the batch itself is `$batch`.
    pub fn for_operation(mut self, operation_id: impl Into<String>) -> Self {
        self.operation = Some(operation_id.into());
        self
    }

    /// Applies the fault to a response.
    pub(crate) fn apply(
        &self,
        response: Response<Bytes>,
        context: &ResponseContext,
    ) -> OutgoingResponse {
        let mut outgoing = self.kind.apply(response, context);
        if let Some(text) = &self.retry_after {
            insert(outgoing.response.headers_mut(), RETRY_AFTER, text);
        }
        outgoing
    }

    /// Returns whether the fault replaces the operation.
    pub(crate) fn replaces(&self) -> bool {
        !self.applied && self.kind.hides_the_response()
    }

    /// Counts a request, and returns whether the fault is due.
    fn is_due(&mut self) -> bool {
        if let Some((share, random)) = &mut self.rate {
            return random.unit() < *share;
        }
        let due = self.skip == 0;
        self.skip = self.skip.saturating_sub(1);
        due
    }

    fn is_spent(&self) -> bool {
        self.times == 0 && self.rate.is_none()
    }
}

/// A short description, for the record and the program's output.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)?;
        match &self.retry_after {
            Some(text) => write!(f, ", Retry-After: {text}"),
            None => Ok(()),
        }
    }
}

/// The injected faults.
#[derive(Debug, Default)]
pub(crate) struct FaultPlan {
    injected: Vec<Fault>,
}

impl FaultPlan {
    pub(crate) fn inject(&mut self, fault: Fault) {
        if !fault.is_spent() {
            self.injected.push(fault);
        }
    }

    pub(crate) fn clear(&mut self) {
        self.injected.clear();
    }

    pub(crate) fn pending(&self) -> impl Iterator<Item = &Fault> {
        self.injected.iter()
    }

    /// The fault that applies to this request: of those that are due, the one injected first.
    ///
    /// A part of a batch is only matched by faults for its operation.
    ///
    /// Every fault that matches the request counts it. A fault that was due while another applied
    /// is due again at the next request.
    pub(crate) fn choose(&mut self, operation: Option<&str>, part: bool) -> Option<Fault> {
        let mut chosen = None;
        for fault in &mut self.injected {
            let matches = match fault.operation.as_deref() {
                Some(only) => Some(only) == operation,
                None => !part,
            };
            if matches && fault.is_due() && chosen.is_none() {
                fault.times = fault.times.saturating_sub(1);
                chosen = Some(fault.clone());
            }
        }
        self.injected.retain(|fault| !fault.is_spent());
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The requests, of ten, to which the fault applies.
    fn applied_to(fault: Fault) -> Vec<usize> {
        let mut plan = FaultPlan::default();
        plan.inject(fault);
        (1..=10)
            .filter(|_| plan.choose(None, false).is_some())
            .collect()
    }

    #[test]
    fn a_fault_applies_to_the_requests_it_is_meant_for() {
        let cases = [
            (Fault::garbage(), vec![1]),
            (Fault::garbage().on_call(4), vec![4]),
            (Fault::garbage().times(3), vec![1, 2, 3]),
            (Fault::garbage().times(2).on_call(4), vec![4, 5]),
            (Fault::garbage().on_call(9).always(), vec![9, 10]),
            (Fault::garbage().times(0), vec![]),
            (Fault::garbage().on_call(0).times(2), vec![1, 2]),
            (Fault::garbage().at_rate(0.0, 1), vec![]),
            (Fault::garbage().at_rate(1.0, 1), (1..=10).collect()),
        ];
        for (fault, expected) in cases {
            assert_eq!(applied_to(fault.clone()), expected, "{fault:?}");
        }
    }

    #[test]
    fn a_rate_is_the_same_for_the_same_seed() {
        let hits = |seed| {
            let mut plan = FaultPlan::default();
            plan.inject(Fault::reset().at_rate(0.2, seed));
            let hits = (0..1000).map(|_| plan.choose(None, false).is_some());
            hits.collect::<Vec<_>>()
        };
        assert_eq!(hits(7), hits(7));
        assert_ne!(hits(7), hits(8));
        let count = hits(7).iter().filter(|hit| **hit).count();
        assert!((150..250).contains(&count), "{count}");
    }

    #[test]
    fn a_fault_for_an_operation_leaves_the_others_alone() {
        let mut plan = FaultPlan::default();
        plan.inject(Fault::reset().for_operation("a").on_call(2));
        let chosen = ["b", "a", "b", "a", "a"].map(|op| plan.choose(Some(op), false).is_some());
        assert_eq!(chosen, [false, false, false, true, false]);
        assert_eq!(plan.pending().count(), 0);
    }

    #[test]
    fn faults_apply_one_after_the_other() {
        let mut plan = FaultPlan::default();
        plan.inject(Fault::status(503));
        plan.inject(Fault::status(429));
        plan.inject(Fault::status(500).on_call(4));
        let chosen = [(); 5].map(|()| plan.choose(None, false).map(|fault| fault.to_string()));
        let chosen = chosen.map(Option::unwrap_or_default);
        assert_eq!(chosen, ["status 503", "status 429", "", "status 500", ""]);
    }
}
