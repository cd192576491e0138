//! What is counted and added up anew after something that spoils what was before (`with no B since`).

use agentpass_ir::{Phase, Window};
use agentpass_values::Duration;

use super::{Span, Watch, is_inside};
use crate::clock::Reading;
use crate::planted::planted;

impl Watch {
    /// How many there were that nothing spoilt: for certain, and at the most.
    #[must_use]
    pub fn calls_since(
        &self,
        phase: Phase,
        within: Option<Duration>,
        now: Reading,
        spoilt: Spoilt,
    ) -> (i64, i64) {
        let window = within.map_or(Window::Lifetime, Window::Rolling);
        let surely = |at: Reading| is_inside(at.early, &window, now.late);
        let maybe = |at| is_inside(at, &window, now.early);
        let (mut least, mut most, mut more) = (0_i64, 0_i64, false);
        if let Some(both) = &self.runs {
            let size = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
            least = size(both.0.since(spoilt.possibly).filter(|run| surely(run.at)).count());
            let possible = both.0.since(spoilt.surely).chain(both.1.since(spoilt.surely));
            most = size(possible.filter(|run| maybe(run.at.late)).count());
            more = both.0.is_cut(spoilt.surely, maybe) || both.1.is_cut(spoilt.surely, maybe);
        }
        for open in &self.open {
            let (sure, possible) = open.counts(phase, surely(open.at), maybe(open.at.late));
            least = least.saturating_add(i64::from(sure && open.permit.0 >= spoilt.possibly));
            most = most.saturating_add(i64::from(possible && open.permit.0 >= spoilt.surely));
        }
        (least, if more { i64::MAX } else { most })
    }

    /// The sum of what nothing spoilt: never less than it is.
    #[must_use]
    pub fn sum_since(&self, phase: Phase, within: Option<Duration>, now: Reading, spoilt: Spoilt) -> i128 {
        let window = within.map_or(Window::Lifetime, Window::Rolling);
        let maybe = |at: Reading| is_inside(at.late, &window, now.early);
        let ended = self.runs.as_deref().into_iter().flat_map(|both| {
            both.0.since(spoilt.surely).chain(both.1.since(spoilt.surely)).filter(|run| maybe(run.at))
        });
        let open = self
            .open
            .iter()
            .filter(|open| open.counts(phase, false, maybe(open.at)).1 && open.permit.0 >= spoilt.surely);
        let amounts = ended.map(|run| run.amount).chain(open.map(|open| open.amount));
        amounts.fold(0, i128::saturating_add)
    }
}

/// What began before these transactions is spoilt: for certain, and possibly.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Spoilt {
    /// For certain.
    pub surely: u64,
    /// Possibly; never earlier.
    pub possibly: u64,
}

impl Spoilt {
    /// By anything that these rows say as well.
    #[must_use]
    pub fn by(self, rows: &[&Watch], phase: Phase) -> Spoilt {
        let end = |spans: &[Span]| spans.iter().map(|span| span.end).max().unwrap_or(0);
        let (mut surely, mut possibly) = (self.surely, self.possibly);
        for row in rows {
            let (is_open, has_begun) = (!row.open.is_empty(), row.open.iter().any(|open| open.sure));
            surely = surely.max(if planted(241) { 0 } else { end(&row.spans) });
            possibly = possibly.max(surely).max(end(&row.maybe));
            match phase {
                Phase::Attempted => {}
                // One that has begun and is open goes on since.
                Phase::Started if has_begun => (surely, possibly) = (u64::MAX, u64::MAX),
                Phase::Started | Phase::Completed | Phase::Failed if is_open && !planted(242) => {
                    possibly = u64::MAX;
                }
                Phase::Started | Phase::Completed | Phase::Failed => {}
            }
        }
        Spoilt { surely, possibly }
    }
}
