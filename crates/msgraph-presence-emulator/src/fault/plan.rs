//! The faults that are armed, and which of them strikes a call.

use super::Fault;
use crate::random::SplitMix;

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

/// Which of the calls that fit are struck.
#[derive(Clone, Debug)]
pub(super) enum Schedule {
    Calls { from: u64, times: u64 },
    Rate { share: f64, random: SplitMix },
}

impl Schedule {
    pub(super) const NEXT_CALL: Self = Self::Calls { from: 1, times: 1 };

    /// From which call on, and how many of them.
    pub(super) fn calls(&self) -> (u64, u64) {
        match *self {
            Self::Calls { from, times } => (from, times),
            Self::Rate { .. } => (1, 1),
        }
    }
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
