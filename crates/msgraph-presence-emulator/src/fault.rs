//! Faults on demand: what goes wrong, and with which calls.

use std::fmt;
use std::time::Duration;

/// Something that goes wrong on demand.
///
/// A fault strikes the next call, unless [`on_call`](Self::on_call) or
/// [`at_rate`](Self::at_rate) says otherwise. Faults that only damage an answer on its way
/// (truncation, dripping, delay, unknown values and members, a huge body) strike after the
/// operation was carried out. All others come instead of it; with [`applied`](Self::applied)
/// the operation is carried out all the same, and only its answer is lost.
///
/// ```
/// use msgraph_presence_emulator::Fault;
/// use std::time::Duration;
///
/// let busy = Fault::status(503).retry_after("2").times(3);
/// let lost_answer = Fault::reset().applied().on_call(2);
/// let flaky = Fault::status(500).at_rate(0.1, 42);
/// let slow = Fault::drip(40, Duration::from_millis(30)).for_operation("users.GetPresence");
/// # let _ = (busy, lost_answer, flaky, slow);
/// ```
#[derive(Clone, Debug)]
pub struct Fault {
    pub(crate) kind: FaultKind,
    pub(crate) retry_after: Option<String>,
    pub(crate) applied: bool,
    schedule: Schedule,
    operation: Option<String>,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FaultKind {
    Status {
        status: u16,
        code: Option<String>,
        message: Option<String>,
    },
    Empty {
        status: u16,
    },
    Html {
        status: u16,
    },
    Garbage,
    Redirect {
        status: u16,
        location: String,
    },
    Reset {
        after: usize,
    },
    Close {
        after: usize,
    },
    Truncate,
    Drip {
        bytes: usize,
        every: Duration,
    },
    Delay(Duration),
    UnknownValue,
    UnknownMember,
    HugeBody {
        bytes: usize,
    },
}

/// Which of the calls that fit are struck.
#[derive(Clone, Debug)]
enum Schedule {
    Calls { from: u64, times: u64 },
    Rate { share: f64, random: SplitMix },
}

impl Fault {
    /// An error in Graph's shape, with the code that goes with the status.
    pub fn status(status: u16) -> Self {
        Self::new(FaultKind::Status {
            status,
            code: None,
            message: None,
        })
    }

    /// An error in Graph's shape with a code and a message, which may both be empty.
    pub fn error(
        status: u16,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
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

    /// A redirect to a place.
    pub fn redirect(status: u16, location: impl Into<String>) -> Self {
        let location = location.into();
        Self::new(FaultKind::Redirect { status, location })
    }

    /// The connection is reset before the answer.
    pub fn reset() -> Self {
        Self::new(FaultKind::Reset { after: 0 })
    }

    /// The connection is closed before the answer.
    pub fn close() -> Self {
        Self::new(FaultKind::Close { after: 0 })
    }

    /// The answer ends in the middle of its body, and the connection is closed.
    ///
    /// An answer without a body ends in the middle of its head.
    pub fn truncate() -> Self {
        Self::new(FaultKind::Truncate)
    }

    /// The answer comes a few bytes at a time, with a pause in between.
    pub fn drip(bytes: usize, every: Duration) -> Self {
        Self::new(FaultKind::Drip { bytes, every })
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

    /// The answer is valid JSON, with an unknown member of so many bytes.
    pub fn huge_body(bytes: usize) -> Self {
        Self::new(FaultKind::HugeBody { bytes })
    }

    fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            retry_after: None,
            applied: false,
            schedule: Schedule::Calls { from: 1, times: 1 },
            operation: None,
        }
    }

    /// Sends a `Retry-After` header with this text, sensible or not.
    pub fn retry_after(mut self, text: impl Into<String>) -> Self {
        self.retry_after = Some(text.into());
        self
    }

    /// A reset or a close strikes when so many bytes of the answer are out.
    pub fn after_bytes(mut self, bytes: usize) -> Self {
        if let FaultKind::Reset { after } | FaultKind::Close { after } = &mut self.kind {
            *after = bytes;
        }
        self
    }

    /// The operation is carried out, and only its answer is replaced or lost.
    pub fn applied(mut self) -> Self {
        self.applied = true;
        self
    }

    /// Strikes the n-th call from now, counted from 1.
    pub fn on_call(mut self, n: u64) -> Self {
        let times = match self.schedule {
            Schedule::Calls { times, .. } => times,
            Schedule::Rate { .. } => 1,
        };
        self.schedule = Schedule::Calls { from: n, times };
        self
    }

    /// Strikes so many calls, one after the other.
    pub fn times(mut self, times: u64) -> Self {
        let from = match self.schedule {
            Schedule::Calls { from, .. } => from,
            Schedule::Rate { .. } => 1,
        };
        self.schedule = Schedule::Calls { from, times };
        self
    }

    /// Strikes every call.
    pub fn always(self) -> Self {
        self.times(u64::MAX)
    }

    /// Strikes a share of the calls, between 0 and 1: the same ones each time for a seed.
    pub fn at_rate(mut self, share: f64, seed: u64) -> Self {
        let random = SplitMix(seed);
        self.schedule = Schedule::Rate { share, random };
        self
    }

    /// Strikes, and counts, only calls of this operation, by its id in the API's description.
    pub fn for_operation(mut self, operation_id: impl Into<String>) -> Self {
        self.operation = Some(operation_id.into());
        self
    }

    /// Whether the fault comes instead of the operation.
    pub(crate) fn replaces(&self) -> bool {
        let replaces = matches!(
            self.kind,
            FaultKind::Status { .. }
                | FaultKind::Empty { .. }
                | FaultKind::Html { .. }
                | FaultKind::Garbage
                | FaultKind::Redirect { .. }
                | FaultKind::Reset { after: 0 }
                | FaultKind::Close { after: 0 }
        );
        replaces && !self.applied
    }
}

/// A few words, for the record and the program's output.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            FaultKind::Status { status, .. } => write!(f, "status {status}")?,
            FaultKind::Empty { status } => write!(f, "status {status} without a body")?,
            FaultKind::Html { status } => write!(f, "status {status} with HTML")?,
            FaultKind::Garbage => f.write_str("garbage")?,
            FaultKind::Redirect { status, .. } => write!(f, "redirect {status}")?,
            FaultKind::Reset { after } => write!(f, "reset after {after} bytes")?,
            FaultKind::Close { after } => write!(f, "close after {after} bytes")?,
            FaultKind::Truncate => f.write_str("truncated")?,
            FaultKind::Drip { bytes, every } => {
                write!(f, "{bytes} bytes every {every:?}")?
            }
            FaultKind::Delay(delay) => write!(f, "delayed by {delay:?}")?,
            FaultKind::UnknownValue => f.write_str("unknown value")?,
            FaultKind::UnknownMember => f.write_str("unknown member")?,
            FaultKind::HugeBody { bytes } => write!(f, "{bytes} bytes of body")?,
        }
        match &self.retry_after {
            Some(text) => write!(f, ", Retry-After: {text}"),
            None => Ok(()),
        }
    }
}

/// The faults that are armed.
#[derive(Debug, Default)]
pub(crate) struct FaultPlan {
    armed: Vec<Armed>,
}

#[derive(Debug)]
struct Armed {
    fault: Fault,
    calls: u64,
    struck: u64,
}

impl FaultPlan {
    pub(crate) fn arm(&mut self, fault: Fault) {
        let armed = Armed {
            fault,
            calls: 0,
            struck: 0,
        };
        if !armed.is_spent() {
            self.armed.push(armed);
        }
    }

    pub(crate) fn clear(&mut self) {
        self.armed.clear();
    }

    pub(crate) fn armed(&self) -> impl Iterator<Item = &Fault> {
        self.armed.iter().map(|armed| &armed.fault)
    }

    /// The fault that strikes this call: the first one armed of those that are due.
    ///
    /// A call is struck once. Every fault that it fits counts it, and one that was due while
    /// another struck is due again at the next call.
    pub(crate) fn draw(&mut self, operation: Option<&str>) -> Option<Fault> {
        let mut struck = None;
        for armed in &mut self.armed {
            let wanted = armed.fault.operation.as_deref();
            let fits = wanted.is_none() || wanted == operation;
            if fits && armed.is_due() && struck.is_none() {
                armed.struck += 1;
                struck = Some(armed.fault.clone());
            }
        }
        self.armed.retain(|armed| !armed.is_spent());
        struck
    }
}

impl Armed {
    /// Counts a call, and says whether the fault is to strike it.
    fn is_due(&mut self) -> bool {
        self.calls += 1;
        match &mut self.fault.schedule {
            Schedule::Calls { from, .. } => self.calls >= *from,
            Schedule::Rate { share, random } => random.unit() < *share,
        }
    }

    fn is_spent(&self) -> bool {
        match self.fault.schedule {
            Schedule::Calls { times, .. } => self.struck >= times,
            Schedule::Rate { .. } => false,
        }
    }
}

/// A small generator of numbers that look random, the same ones for the same seed.
#[derive(Clone, Debug)]
pub(crate) struct SplitMix(pub(crate) u64);

impl SplitMix {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 up to, not including, 1.
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of ten calls are struck.
    fn struck(fault: Fault) -> Vec<usize> {
        let mut plan = FaultPlan::default();
        plan.arm(fault);
        (1..=10).filter(|_| plan.draw(None).is_some()).collect()
    }

    #[test]
    fn a_fault_strikes_the_calls_it_is_meant_for() {
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
            assert_eq!(struck(fault.clone()), expected, "{fault:?}");
        }
    }

    #[test]
    fn a_rate_is_the_same_for_the_same_seed() {
        let hits = |seed| {
            let mut plan = FaultPlan::default();
            plan.arm(Fault::reset().at_rate(0.2, seed));
            let hits = (0..1000).map(|_| plan.draw(None).is_some());
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
        plan.arm(Fault::reset().for_operation("a").on_call(2));
        let drawn = ["b", "a", "b", "a", "a"].map(|op| plan.draw(Some(op)).is_some());
        assert_eq!(drawn, [false, false, false, true, false]);
        assert_eq!(plan.armed().count(), 0);
    }

    #[test]
    fn faults_strike_one_after_the_other() {
        let mut plan = FaultPlan::default();
        plan.arm(Fault::status(503));
        plan.arm(Fault::status(429));
        plan.arm(Fault::status(500).on_call(4));
        let drawn = [(); 5].map(|()| plan.draw(None).map(|fault| fault.to_string()));
        let drawn = drawn.map(Option::unwrap_or_default);
        assert_eq!(drawn, ["status 503", "status 429", "", "status 500", ""]);
    }
}
