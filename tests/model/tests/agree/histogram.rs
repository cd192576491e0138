//! What the generated contracts and steps are made of.

use std::collections::BTreeMap;
use std::fmt;

use agentpass_model::contract::{Cond, Contract, RuleKind, Then, Who, Window};
use agentpass_model::model::Model;
use agentpass_model::step::{Step, Timed};

/// How often what occurred.
#[derive(Default)]
pub(crate) struct Histogram(BTreeMap<String, u64>);

impl Histogram {
    pub(crate) fn add(&mut self, other: Histogram) {
        for (what, count) in other.0 {
            *self.0.entry(what).or_default() += count;
        }
    }

    fn count(&mut self, what: impl Into<String>) {
        *self.0.entry(what.into()).or_default() += 1;
    }

    pub(crate) fn note(&mut self, contract: &Contract, model: &Model, steps: &[Timed]) {
        self.count("contracts");
        for limit in &contract.limits {
            let window = match limit.window {
                Window::Lifetime => "lifetime".to_owned(),
                Window::Rolling(_) => "in any D".to_owned(),
                Window::Calendar(unit, _) => format!("each {unit:?}"),
            };
            self.count(format!("limit window {window}"));
            limit.keys.iter().for_each(|key| self.count(format!("limit per {key:?}")));
            if limit.when.is_some() {
                self.count("limit when");
            }
            for bound in &limit.bounds {
                let meter = format!("{:?}", bound.meter);
                let meter = meter.split('(').next().unwrap_or_default().to_owned();
                self.count(format!("limit meter {meter}"));
                self.count(format!(
                    "limit step {}",
                    match bound.then {
                        Then::Deny => "at most".to_owned(),
                        Then::Warn => "warn".to_owned(),
                        Then::Challenge(_) => "challenge".to_owned(),
                        Then::Suspend(stop) => format!("suspend {stop:?}"),
                    }
                ));
            }
        }
        for once in &contract.onces {
            self.count(format!(
                "once{}{}",
                if once.ledger.is_some() { " in ledger" } else { "" },
                if once.replay.is_some() { " replay" } else { "" }
            ));
        }
        for rule in &contract.rules {
            self.rule(rule.kind);
            self.cond(&rule.cond);
        }
        for flow in &contract.flows {
            self.count(if flow.otherwise { "flow otherwise" } else { "flow" });
            if let Some((kind, cond)) = &flow.rule {
                self.rule(*kind);
                self.cond(cond);
            }
        }
        for challenge in &contract.challenges {
            let who = match challenge.who {
                Who::Group(_) => "group",
                Who::User => "user",
                Who::Anyone => "anyone",
            };
            self.count(format!("challenge {} of {who}", challenge.count));
            if challenge.reusable.is_some() {
                self.count("challenge reusable");
            }
            if challenge.not_user || challenge.not_agent {
                self.count("challenge separate");
            }
        }
        for timed in steps {
            self.count("steps");
            self.count(match &timed.step {
                Step::Call(_) => "step call".to_owned(),
                Step::Settle(settle) => format!("step settle {:?}", settle.how),
                Step::Vote(vote) => format!("step {}", if vote.approve { "approve" } else { "refuse" }),
                Step::Event(_) => "step event".to_owned(),
                Step::Usage(..) => "step usage".to_owned(),
                Step::Suspend(_) => "step suspend".to_owned(),
                Step::Lift(_) => "step lift".to_owned(),
                Step::Open(..) => "step open".to_owned(),
                Step::Close(..) => "step close".to_owned(),
                Step::Member(..) => "step member".to_owned(),
                Step::Reset => "step reset".to_owned(),
            });
        }
        let back = steps.windows(2).filter(|two| two[1].at < two[0].at).count();
        for _ in 0..back {
            self.count("step clock goes back");
        }
        for judged in &model.log.calls {
            self.count(format!("verdict {:?}", judged.decided.verdict));
            for (code, _) in &judged.decided.reasons {
                self.count(format!("reason {code}"));
            }
        }
    }

    fn rule(&mut self, kind: RuleKind) {
        self.count(match kind {
            RuleKind::Require => "rule require",
            RuleKind::Deny => "rule deny",
            RuleKind::Challenge(_) => "rule challenge",
        });
    }

    fn cond(&mut self, cond: &Cond) {
        match cond {
            Cond::Not(of) => {
                self.count("cond not");
                self.cond(of);
            }
            Cond::And(left, right) | Cond::Or(left, right) => {
                self.count("cond and, or");
                self.cond(left);
                self.cond(right);
            }
            Cond::After(past, _, without) => {
                self.count(format!("cond after, without {}", without.len()));
                self.count(format!("past {:?} by {:?}", past.phase, past.by));
            }
            Cond::Last(last) => {
                self.count(if last.first { "cond first" } else { "cond latest" });
                self.count(format!("past {:?} by {:?}", last.past.phase, last.past.by));
            }
            Cond::Count(past, _, _, _, without) => {
                self.count(if without.is_empty() { "cond calls of" } else { "cond calls of, since" });
                self.count(format!("past {:?} by {:?}", past.phase, past.by));
            }
            Cond::Sum(_, _, _, _, without) => {
                self.count(if without.is_empty() { "cond sum of" } else { "cond sum of, since" });
            }
            Cond::Distinct(arg, past, ..) => {
                self.count(format!("distinct {arg:?}"));
                self.count("cond count of distinct values");
                self.count(format!("past {:?} by {:?}", past.phase, past.by));
            }
            Cond::Seen(..) => self.count("cond among distinct values"),
            Cond::Over { each, body, .. } => {
                self.count(if *each {
                    "cond each of distinct values"
                } else {
                    "cond some of distinct values"
                });
                self.cond(body);
            }
            Cond::InFlight(..) => self.count("cond in_flight of"),
            Cond::Carries(..) => self.count("cond carries"),
            _ => self.count("cond on arguments"),
        }
    }
}

impl fmt::Display for Histogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, count) in &self.0 {
            writeln!(f, "{count:>10}  {what}")?;
        }
        Ok(())
    }
}
