//! What is kept for one meter of a limit under one key.

use agentpass_ir::{Bound, Limit, Meter};
use agentpass_values::Timestamp;

use super::permit::PermitId;
use super::sums::{Shape, Sums};
use crate::planted::planted;

/// A running total, what is in flight, and the steps that were taken.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Tally {
    /// The total.
    pub sums: Sums,
    /// For calls in flight: each open call, and until when it counts.
    pub leases: Vec<(PermitId, Option<Timestamp>)>,
    /// Steps that were lifted by an approval, or have spoken: the bound's number, and until when.
    pub marks: Vec<(u32, Option<Timestamp>)>,
}

/// How the total of a meter is kept, for all of its bounds together.
#[must_use]
pub fn shape<'l>(limit: &'l Limit, bounds: &[&Bound]) -> Shape<'l> {
    let counts =
        bounds.iter().all(|bound| matches!(bound.meter, Meter::Calls | Meter::Retries | Meter::Denials));
    let most = bounds.iter().map(|bound| bound.most).max().unwrap_or(0);
    // One more than the bound: to tell "as many as" from "more than".
    let most = u32::try_from(most.saturating_add(1)).unwrap_or(u32::MAX);
    Shape { window: &limit.window, most: counts.then_some(most) }
}

impl Tally {
    /// How much there is, in units of the meter. Of a running time the job knows when it began.
    #[must_use]
    pub fn total(&self, meter: Meter, shape: Shape<'_>, early: Timestamp) -> i128 {
        match meter {
            Meter::InFlight => {
                let is_live = |until: Timestamp| if planted(225) { early < until } else { early <= until };
                let live = self.leases.iter().filter(|(_, until)| until.is_none_or(is_live));
                live.count() as i128
            }
            _ => self.sums.at_most(shape, early),
        }
    }

    /// True where the step was lifted, or has spoken, and that still holds: approvals expire by the later reading.
    #[must_use]
    pub fn is_marked(&self, bound: u32, late: Timestamp) -> bool {
        self.marks
            .iter()
            .any(|(of, until)| *of == bound && until.is_none_or(|until| late <= until || planted(209)))
    }

    /// True where nothing that is kept can ever matter again.
    #[must_use]
    pub fn is_over(&self, shape: Shape<'_>, late: Timestamp) -> bool {
        self.leases.is_empty()
            && self.marks.iter().all(|(_, until)| until.is_some_and(|until| late > until))
            && self.sums.is_over(shape, late)
    }

    /// Notes that a step was lifted, or has spoken.
    pub fn mark(&mut self, bound: u32, until: Option<Timestamp>) {
        self.marks.retain(|(of, _)| *of != bound);
        self.marks.push((bound, until));
    }
}
