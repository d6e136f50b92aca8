//! Faults on demand: what goes wrong, and with which calls.

mod damage;
mod kind;
mod plan;

use crate::random::SplitMix;
use crate::server::WireFault;
use kind::FaultKind;
use plan::Schedule;
use std::fmt;
use std::time::Duration;

pub(crate) use plan::FaultPlan;

/// The longest member of an answer with a huge body.
pub(crate) const HUGE_BODY_LIMIT: usize = 1_000_000_000;

/// Something that goes wrong on demand.
///
/// A fault strikes the next call, unless [`on_call`](Self::on_call) or
/// [`at_rate`](Self::at_rate) says otherwise. Faults that only damage an answer on its way
/// (truncation, dripping, delay, unknown values and members, a huge body) strike after the
/// operation was carried out. All others come instead of it; with [`applied`](Self::applied)
/// the operation is carried out all the same, and only its answer is lost.
///
/// A call is struck by one fault, of those that are due by the one that was armed first. A status
/// that ends no call, which is one beyond 200 to 999, is sent as 500.
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
///     let answer = http.get(&url).bearer_auth("Ada").send().await;
///     seen.push(answer.map_or(0, |answer| answer.status().as_u16()));
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
    schedule: Schedule,
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

    /// A page in HTML, as a proxy in between answers.
    pub fn html(status: u16) -> Self {
        Self::new(FaultKind::Html { status })
    }

    /// 200 with a body that claims to be JSON and is not.
    pub fn garbage() -> Self {
        Self::new(FaultKind::Garbage)
    }

    /// A redirect to a place: any text that can stand in a `Location` header, else there is none.
    pub fn redirect(status: u16, location: impl Into<String>) -> Self {
        let location = location.into();
        Self::new(FaultKind::Redirect { status, location })
    }

    /// The connection is reset before the answer, or after as much of it as
    /// [`after_bytes`](Self::after_bytes) says.
    pub fn reset() -> Self {
        Self::new(FaultKind::Wire(WireFault::Reset { after: 0 }))
    }

    /// The connection is closed before the answer, or after as much of it as
    /// [`after_bytes`](Self::after_bytes) says.
    pub fn close() -> Self {
        Self::new(FaultKind::Wire(WireFault::Close { after: 0 }))
    }

    /// The answer ends in the middle of its body, and the connection is closed.
    ///
    /// An answer without a body ends in the middle of its head.
    pub fn truncate() -> Self {
        Self::new(FaultKind::Truncate)
    }

    /// The answer comes a few bytes at a time, at least one, with a pause in between by tokio's
    /// clock. It is the last one of its connection.
    pub fn drip(bytes: usize, every: Duration) -> Self {
        Self::new(FaultKind::Wire(WireFault::Drip { bytes, every }))
    }

    /// The answer comes late, by tokio's clock.
    pub fn delay(delay: Duration) -> Self {
        Self::new(FaultKind::Delay(delay))
    }

    /// The availability and the activity are values that nobody knows.
    pub fn unknown_value() -> Self {
        Self::new(FaultKind::UnknownValue)
    }

    /// The answer has members that nobody knows.
    pub fn unknown_member() -> Self {
        Self::new(FaultKind::UnknownMember)
    }

    /// The answer is valid JSON, with an unknown member of so many bytes, a billion at most. It is
    /// made in memory.
    pub fn huge_body(bytes: usize) -> Self {
        let bytes = bytes.min(HUGE_BODY_LIMIT);
        Self::new(FaultKind::HugeBody { bytes })
    }

    fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            retry_after: None,
            applied: false,
            schedule: Schedule::NEXT_CALL,
            operation: None,
        }
    }

    /// Sends a `Retry-After` header with this text, sensible or not: seconds such as `2`, or a date
    /// of HTTP. A text that cannot be a header is not sent.
    pub fn retry_after(mut self, text: impl Into<String>) -> Self {
        self.retry_after = Some(text.into());
        self
    }

    /// A reset or a close strikes when so many bytes of the answer are out, its head included.
    ///
    /// Beyond the end of the answer it does nothing. Other faults do not change.
    pub fn after_bytes(mut self, bytes: usize) -> Self {
        if let FaultKind::Wire(WireFault::Reset { after } | WireFault::Close { after }) =
            &mut self.kind
        {
            *after = bytes;
        }
        self
    }

    /// The operation is carried out, and only its answer is replaced or lost.
    pub fn applied(mut self) -> Self {
        self.applied = true;
        self
    }

    /// Strikes the n-th call after it was armed, counted from 1. It takes the place of a rate.
    pub fn on_call(mut self, n: u64) -> Self {
        let (_, times) = self.schedule.calls();
        self.schedule = Schedule::Calls { from: n, times };
        self
    }

    /// Strikes so many calls, one after the other: 1 by default, none with 0. It takes the place of
    /// a rate.
    pub fn times(mut self, times: u64) -> Self {
        let (from, _) = self.schedule.calls();
        self.schedule = Schedule::Calls { from, times };
        self
    }

    /// Strikes every call, from [`on_call`](Self::on_call) on if that was said.
    pub fn always(self) -> Self {
        self.times(u64::MAX)
    }

    /// Strikes a share of the calls, from 0 (none) to 1 (every one), until it is disarmed: the same
    /// ones each time for a seed. It takes the place of a number of calls.
    pub fn at_rate(mut self, share: f64, seed: u64) -> Self {
        let random = SplitMix(seed);
        self.schedule = Schedule::Rate { share, random };
        self
    }

    /// Strikes, and counts, only calls of this operation, by its id in the API's description, such
    /// as `users.GetPresence` ([`Route::operation_id`](crate::Route::operation_id)).
    ///
    /// With an id that no operation has, it never strikes.
    pub fn for_operation(mut self, operation_id: impl Into<String>) -> Self {
        self.operation = Some(operation_id.into());
        self
    }

    /// Whether the fault comes instead of the operation.
    pub(crate) fn replaces(&self) -> bool {
        !self.applied && self.kind.hides_the_answer()
    }
}

/// A few words, for the record and the program's output.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)?;
        match &self.retry_after {
            Some(text) => write!(f, ", Retry-After: {text}"),
            None => Ok(()),
        }
    }
}
