//! Calls: who may call at all, then everything else together (semantics 1, 2).

use std::collections::BTreeSet;

use crate::asks::Question;
use crate::contract::{Cond, RuleKind, Stop};
use crate::log::{Decided, Judged, Switched, Verdict, digest};
use crate::model::Model;
use crate::past::Lacking;
use crate::step::{Call, How};
use crate::truth::Truth;

/// What is found about a call.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// What denies: codes, with the rule that says so.
    pub denies: BTreeSet<(String, Option<String>)>,
    /// What somebody could approve, with the rule that asks.
    pub asks: Vec<(Question, String)>,
    /// Bounds that warn.
    pub warnings: BTreeSet<String>,
    /// Who is stopped, should the call be denied; of the jobs, the call's own or one above it by that number.
    pub stops: Vec<(Stop, usize)>,
}

impl Found {
    /// Something denies.
    pub fn deny(&mut self, code: &str, rule: Option<String>) {
        self.denies.insert((code.to_owned(), rule));
    }
}

impl Model {
    /// Decides a call, and notes what follows from it.
    pub(crate) fn call(&mut self, call: &Call) -> Decided {
        let known: Vec<&Judged> = self
            .log
            .calls
            .iter()
            .filter(|judged| judged.call.id == call.id && judged.call.who == call.who)
            .filter(|judged| judged.decided.verdict != Verdict::Replay)
            // What was kept for a job that is closed is gone, and stays so.
            .filter(|judged| {
                let who = &judged.call.who;
                let closed = |job: &String| self.is_closed(who.tenant.as_deref(), job);
                !who.job.as_ref().is_some_and(closed)
                    && !judged.decided.reasons.iter().any(|(code, _)| code == "job.closed")
            })
            .collect();
        if known.iter().any(|judged| digest(&judged.call) != digest(call)) {
            let reasons = BTreeSet::from([("call.conflict".to_owned(), None)]);
            return Decided { verdict: Verdict::Deny, reasons, ..Decided::default() };
        }
        // What was never sent did not happen: it is decided anew.
        let stands = |judged: &&&Judged| {
            judged.stands
                && matches!(judged.decided.verdict, Verdict::Allow | Verdict::Deny)
                && judged.how() != Some(How::NotSent)
        };
        let recorded = known.iter().find(stands);
        let recorded = recorded.map(|judged| judged.decided.clone());
        let stands = recorded.is_none();
        let jobs = self.jobs(&call.who);
        let mut found = self.identity(call, &jobs);
        if let (true, Some(decided)) = (found.denies.is_empty(), recorded) {
            return Decided { again: true, ..decided };
        }
        let mut judged = Judged {
            at: self.now,
            call: call.clone(),
            decided: Decided::default(),
            attempted: found.denies.is_empty(),
            is_retry: self.is_retry(call),
            jobs,
            labels: Vec::new(),
            met: Vec::new(),
            end: None,
            corrected: None,
            stands,
        };
        if judged.attempted {
            self.together(&mut judged, &mut found);
        } else {
            judged.decided.verdict = Verdict::Deny;
            judged.decided.reasons = found.denies.clone();
        }
        if judged.decided.verdict == Verdict::Deny {
            found.stops.extend(self.stopped_by_denial(&judged));
            for (stop, job) in &found.stops {
                self.stop(*stop, call, judged.jobs.get(*job));
            }
        }
        let decided = judged.decided.clone();
        self.log.calls.push(judged);
        decided
    }

    /// Nobody suspended, and nobody in a job of others (semantics 17, 27).
    fn identity(&self, call: &Call, jobs: &[String]) -> Found {
        let mut found = Found::default();
        let who = &call.who;
        let tenant = who.tenant.as_deref();
        let tool = self.contract.tools.get(call.tool).map_or("", |tool| &tool.name);
        let stopped = self.is_stopped(Stop::Gate, None, "")
            || self.is_stopped(Stop::Tool, None, tool)
            || who.agent.as_ref().is_some_and(|agent| self.is_stopped(Stop::Agent, tenant, agent))
            || jobs.iter().any(|job| self.is_stopped(Stop::Job, tenant, job));
        if stopped {
            found.deny("suspended", None);
        }
        if jobs.iter().any(|job| self.is_closed(tenant, job)) {
            found.deny("job.closed", None);
        }
        let opened = self.log.opened.iter().find(|it| it.who.tenant == who.tenant && it.who.job == who.job);
        if opened.is_some_and(|opened| opened.who.agent != who.agent || opened.who.user != who.user) {
            found.deny("identity.job", None);
        }
        found
    }

    /// Rules, flows, limits, keys that run once and challenges, each whatever the others say.
    fn together(&mut self, judged: &mut Judged, found: &mut Found) {
        let contract = self.contract.clone();
        let call = judged.call.clone();
        let taken = self.flows(judged, found);
        let own = contract.rules.iter().filter(|rule| rule.tool == Some(call.tool));
        // In the order in which they are written.
        for rule in own.chain(contract.rules.iter().filter(|rule| rule.tool.is_none())) {
            self.rule(judged, rule.kind, &rule.cond, contract.id(rule.tool, &rule.name), found);
        }
        for flow in
            contract.flows.iter().enumerate().filter(|(at, _)| taken.contains(at)).map(|(_, flow)| flow)
        {
            if let Some((kind, cond)) = &flow.rule {
                let id = flow.id();
                self.rule(judged, *kind, cond, id, found);
            }
        }
        let replay = self.onces(judged, found);
        let budgets = (replay.is_none()).then(|| self.limits(judged, found));
        let mut lifted = Vec::new();
        self.answers(judged, found, &mut lifted);
        let verdict = match (found.denies.is_empty(), found.asks.is_empty()) {
            (false, _) => Verdict::Deny,
            (true, false) => Verdict::Challenge,
            (true, true) if replay.is_some() => Verdict::Replay,
            (true, true) => Verdict::Allow,
        };
        judged.decided.verdict = verdict;
        judged.decided.warnings = found.warnings.clone();
        judged.decided.reasons = found.denies.clone();
        if let Some(budgets) = &budgets {
            judged.decided.left = budgets.left(verdict == Verdict::Allow);
            let only_limits = found.asks.is_empty() && found.denies.iter().all(|(code, _)| code == "limit");
            judged.decided.room_at = budgets.room_at.filter(|_| verdict == Verdict::Deny && only_limits);
        }
        match verdict {
            Verdict::Deny => {}
            Verdict::Challenge => {
                let asked = found.asks.iter().map(|(_, rule)| ("challenge".to_owned(), Some(rule.clone())));
                judged.decided.reasons.extend(asked);
                self.ask(judged, found);
                found.stops.clear();
            }
            Verdict::Replay => {
                if let Some(replay) = replay {
                    judged.decided.result = replay.result;
                    judged.labels = replay.labels;
                }
                found.stops.clear();
            }
            Verdict::Allow => {
                self.use_up(&lifted);
                if let Some(budgets) = budgets {
                    self.log.marks.extend(budgets.marks);
                }
                judged.labels = self.labels_of(call.tool);
                found.stops.clear();
            }
        }
    }

    fn rule(&self, judged: &Judged, kind: RuleKind, cond: &Cond, id: String, found: &mut Found) {
        let mut lacking = Lacking::default();
        let truth = self.truth(judged, cond, kind != RuleKind::Require, &mut lacking);
        let violated = if kind == RuleKind::Require { !truth } else { truth };
        match (violated, kind) {
            (Truth::False, _) => {}
            (Truth::Undetermined, _) if !lacking.is_empty() => {
                for code in lacking {
                    found.deny(code, Some(id.clone()));
                }
            }
            (_, RuleKind::Require) => found.deny("require", Some(id)),
            (_, RuleKind::Deny) => found.deny("deny", Some(id)),
            (_, RuleKind::Challenge(challenge)) => {
                let question = Question::call(challenge, judged, self.carried(judged));
                found.asks.push((question, id));
            }
        }
    }

    /// True where the job has made this very call before (semantics 21).
    fn is_retry(&self, call: &Call) -> bool {
        call.who.job.is_some()
            && self.log.calls.iter().any(|judged| {
                judged.is_started()
                    && judged.call.who.tenant == call.who.tenant
                    && judged.call.who.job == call.who.job
                    && digest(&judged.call) == digest(call)
            })
    }

    fn stop(&mut self, stop: Stop, call: &Call, job: Option<&String>) {
        let who = &call.who;
        let tool = self.contract.tools.get(call.tool).map(|tool| tool.name.clone());
        let (tenant, name) = match stop {
            Stop::Job => (who.tenant.clone(), job.cloned()),
            Stop::Agent => (who.tenant.clone(), who.agent.clone()),
            Stop::Tool => (None, tool),
            Stop::Gate => (None, Some(String::new())),
        };
        if let Some(name) = name {
            self.log.switched.push(Switched { stop, tenant, name, on: true });
        }
    }
}
