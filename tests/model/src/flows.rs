//! What a job carries, what a call moves, and the flows that stand for it (semantics 31, 32).

use std::collections::{BTreeMap, BTreeSet};

use crate::contract::{Carrying, Cond, Flow};
use crate::judge::Found;
use crate::log::{Judged, Verdict};
use crate::model::Model;
use crate::step::How;

const AGENT: &str = "agent_context";

/// Data that a call moves.
struct Movement {
    from: String,
    to: String,
    labels: BTreeSet<String>,
}

impl Model {
    /// What the job of a call carries now.
    pub(crate) fn carried(&self, judged: &Judged) -> BTreeSet<(String, String)> {
        match &judged.call.who.job {
            Some(job) => self.carried_at(judged.call.who.tenant.as_deref(), job, u64::MAX),
            None => BTreeSet::new(),
        }
    }

    /// What a job carried before a step: what it inherited when it was opened, and what its calls brought; a call that was
    /// never sent brought nothing.
    fn carried_at(&self, tenant: Option<&str>, job: &str, step: u64) -> BTreeSet<(String, String)> {
        let mut all = BTreeSet::new();
        let own = |who: &crate::step::Who| who.tenant.as_deref() == tenant && who.job.as_deref() == Some(job);
        for opened in self.log.opened.iter().filter(|opened| own(&opened.who) && opened.at.step < step) {
            if let Some(parent) = &opened.parent {
                all.extend(self.carried_at(tenant, parent, opened.at.step));
            }
        }
        for judged in self.log.calls.iter().filter(|judged| own(&judged.call.who) && judged.at.step < step) {
            let brought = matches!(judged.decided.verdict, Verdict::Allow | Verdict::Replay);
            let sent = judged.known_end().is_none_or(|end| end.how != How::NotSent || end.at.step >= step);
            if brought && sent {
                all.extend(judged.labels.iter().cloned());
            }
        }
        all
    }

    /// What the result of a call of that tool carries into its job.
    pub(crate) fn labels_of(&self, tool: usize) -> Vec<(String, String)> {
        let Some(reads) = self.contract.tools.get(tool).and_then(|tool| tool.reads.as_ref()) else {
            return Vec::new();
        };
        let released = |label: &&String| reads.releases.as_ref().is_none_or(|only| only.contains(label));
        reads.labels.iter().filter(released).map(|label| (reads.source.clone(), label.clone())).collect()
    }

    /// Judges what a call moves; gives the flows that stand for some of it.
    pub(crate) fn flows(&self, judged: &Judged, found: &mut Found) -> BTreeSet<usize> {
        let Some(movements) = self.movements(judged, found) else { return BTreeSet::new() };
        let mut taken = BTreeSet::new();
        for movement in &movements {
            let mut allowed: BTreeSet<&String> = BTreeSet::new();
            let mut stands = false;
            for (at, flow) in self.contract.flows.iter().enumerate().filter(|(_, flow)| !flow.otherwise) {
                if let Some(covered) = covers(flow, movement) {
                    allowed.extend(covered);
                    stands = true;
                    taken.insert(at);
                }
            }
            let carries_nothing = movement.from == AGENT && movement.labels.is_empty();
            if !stands && !carries_nothing {
                for (at, flow) in self.contract.flows.iter().enumerate().filter(|(_, flow)| flow.otherwise) {
                    if let Some(covered) = covers(flow, movement) {
                        allowed.extend(covered);
                        taken.insert(at);
                    }
                }
            }
            for label in self.contract.labels.iter().filter(|label| label.guarded) {
                if movement.labels.contains(&label.name) && !allowed.contains(&label.name) {
                    found.deny("flow", None);
                }
            }
        }
        taken
    }

    /// What jobs may carry out to a place that somebody has to say something about: guarded labels, and what a flow with a rule
    /// may stand for.
    fn is_watched(&self, source: &str, label: &str, to: &str) -> bool {
        let speaks = |flow: &Flow| {
            let ends = flow.otherwise
                || (flow.from.as_deref().is_none_or(|from| from == source)
                    && flow.to.as_deref().is_none_or(|end| end == to));
            let about =
                flow.carrying.as_ref().is_none_or(|carrying| carrying.labels.iter().any(|of| of == label));
            flow.rule.is_some() && ends && about
        };
        self.contract.labels.iter().any(|of| of.guarded && of.name == label)
            || self.contract.flows.iter().any(speaks)
    }

    /// What a call reads without a job is carried nowhere: that denies where a rule asks whether jobs carry it, where it is
    /// guarded, and where a flow speaks of it on its way out of some tool (semantics 17).
    fn is_homeless(&self, call: &crate::step::Call) -> bool {
        let contract = &self.contract;
        let rules = contract.rules.iter().map(|rule| &rule.cond);
        let conds: Vec<&Cond> = rules
            .chain(contract.flows.iter().filter_map(|flow| flow.rule.as_ref()).map(|it| &it.1))
            .collect();
        let ways: Vec<&String> = contract.tools.iter().filter_map(|tool| tool.sends.as_ref()).collect();
        call.who.job.is_none()
            && self.labels_of(call.tool).iter().any(|(source, label)| {
                contract.labels.iter().any(|of| of.guarded && of.name == *label)
                    || conds.iter().any(|cond| asks(cond, source, label))
                    || ways.iter().any(|to| self.is_watched(source, label, to))
            })
    }

    fn movements(&self, judged: &Judged, found: &mut Found) -> Option<Vec<Movement>> {
        let tool = self.contract.tools.get(judged.call.tool)?;
        if self.is_homeless(&judged.call) {
            found.deny("scope.job", None);
        }
        let mut all = Vec::new();
        if let Some(reads) = &tool.reads {
            let labels = reads.labels.iter().cloned().collect();
            all.push(Movement { from: reads.source.clone(), to: AGENT.to_owned(), labels });
        }
        if let Some(to) = &tool.sends {
            let mut reads = self.contract.tools.iter().filter_map(|tool| tool.reads.as_ref());
            let watched =
                reads.any(|reads| reads.labels.iter().any(|label| self.is_watched(&reads.source, label, to)));
            if judged.call.who.job.is_none() && watched {
                found.deny("scope.job", None);
                return None;
            }
            all.push(Movement { from: AGENT.to_owned(), to: to.clone(), labels: BTreeSet::new() });
            let mut by_source: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for (source, label) in self.carried(judged) {
                by_source.entry(source).or_default().insert(label);
            }
            all.extend(by_source.into_iter().map(|(from, labels)| Movement { from, to: to.clone(), labels }));
        }
        Some(all)
    }
}

/// Whether a condition asks if a job carries that.
fn asks(cond: &Cond, source: &str, label: &str) -> bool {
    match cond {
        Cond::Carries(of, from) => of == label && from.as_ref().is_none_or(|from| from == source),
        Cond::Not(of) => asks(of, source, label),
        Cond::And(left, right) | Cond::Or(left, right) => {
            asks(left, source, label) || asks(right, source, label)
        }
        _ => false,
    }
}

/// The labels of a movement that a flow is about, where it stands for it.
fn covers<'m>(flow: &Flow, movement: &'m Movement) -> Option<Vec<&'m String>> {
    let ends = [(&flow.from, &movement.from), (&flow.to, &movement.to)];
    if !flow.otherwise && ends.iter().any(|(end, place)| end.as_ref().is_some_and(|end| end != *place)) {
        return None;
    }
    let Some(Carrying { all, labels }) = &flow.carrying else {
        return Some(movement.labels.iter().collect());
    };
    let covered: Vec<&String> = movement.labels.iter().filter(|label| labels.contains(label)).collect();
    let stands = if *all { covered.len() == labels.len() } else { !covered.is_empty() };
    stands.then_some(covered)
}
