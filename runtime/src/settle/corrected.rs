//! What was said to be unknown, set right (semantics 16).
//!
//! A permit of which nobody knew how it ended stays, so that the host can say it once, when it has found out. What follows:
//!
//! - What was counted becomes what it came to, or is given back.
//! - `once` keys are done, or free again; labels of what was never sent leave; its id is decided anew.
//! - History only learns: what is certain now counts from now on, between the two moments at which it may have happened. It takes
//!   nothing back. What may have been evidence, or have spoilt some, stays possible, and a call that has started has started.

use agentpass_ir::{Keep, Phase};

use super::Outcome;
use crate::clock::Reading;
use crate::plan::FormRef;
use crate::planted::planted;
use crate::state::permit::{Held, Permit, Watched};
use crate::state::watch::Ended;
use crate::state::{Delta, Key};
use crate::store::{Change, Snapshot};
use crate::truth::Truth;

impl Outcome<'_> {
    /// What is kept of a call of which nobody knows how it ended.
    pub(super) fn unknown(&self, watched: &[(Watched, Option<Key>)], snapshot: &Snapshot<'_>) -> Permit {
        let (plan, program) = (self.gate.plan(), self.gate.contract().program());
        let held = |held: &Held| {
            let meter = plan.meter_named(&held.meter).and_then(|number| plan.meters.get(number as usize));
            Held { amount: meter.map_or(held.amount, |meter| self.came_to(meter, held)), ..held.clone() }
        };
        let counted = |(watched, ended): &(Watched, Option<Key>)| {
            let monitor = plan.monitor_named(&watched.monitor);
            let monitor = monitor.and_then(|id| program.monitors.get(id.index()));
            let counts = monitor.and_then(|monitor| self.counts(monitor));
            let sure = |counts| counts == Truth::True && watched.sure && ended.is_some();
            Watched { counted: counts.map(sure), ..watched.clone() }
        };
        Permit {
            held: self.permit.held.iter().map(held).collect(),
            watched: watched.iter().map(counted).collect(),
            unknown: Some(snapshot.reading),
            ..self.permit.clone()
        }
    }

    /// What a monitor learns of it.
    pub(super) fn corrected(
        &self,
        watched: &Watched,
        ended: Option<&Key>,
        since: Reading,
        snapshot: &Snapshot<'_>,
        all: &mut Vec<Change>,
    ) {
        let Some(id) = self.gate.plan().monitor_named(&watched.monitor) else { return };
        let Some(monitor) = self.gate.contract().program().monitors.get(id.index()) else { return };
        let (Some(counts), Some(key)) = (self.counts(monitor), ended) else { return };
        let sure = counts == Truth::True && watched.sure;
        // It counts already, or nothing more is known.
        if watched.counted == Some(true) || (watched.counted == Some(false) && !sure) {
            return;
        }
        let mut push = |key: &Key, delta| {
            all.push(Change { row: self.target(key), form: FormRef::Monitor(id), delta });
        };
        let started = monitor.phase == Phase::Started;
        if watched.counted == Some(false) && watched.join.is_empty() && !planted(233) {
            let at = if started { watched.at } else { since };
            push(&watched.open, Delta::Resolve(at.late, watched.amount));
        }
        let by_begin = started && matches!(monitor.keep, Keep::Latest(_) | Keep::First(_));
        let end = Ended {
            begin: self.permit.id.0,
            end: if by_begin { self.permit.id.0 } else { snapshot.sequence },
            // Some time between the two.
            at: if started {
                watched.at
            } else {
                Reading { early: since.early, late: snapshot.reading.late }
            },
            early: snapshot.reading.early,
            sure,
            amount: watched.amount,
            parts: self.parts(monitor, watched),
        };
        push(key, Delta::Count(Box::new(end)));
    }
}
