//! What decisions depend on of that which jobs carry.
//!
//! Where a call says no job, what it reads is carried nowhere, and nobody knows what it sends. That is no way around a rule
//! (semantics 17): whoever brings or takes what some rule or flow of the contract looks at needs a job.

use std::collections::BTreeSet;

use agentpass_ir::{Effect, Flow, FlowId, Op, Program, Tool};
use agentpass_values::folded;

/// What a contract looks at of what jobs carry. Names are folded.
#[derive(Debug, Default)]
pub struct Carried {
    /// Labels that leave only by a flow.
    guarded: BTreeSet<String>,
    /// Labels that rules ask for, from a source or from any.
    asked: BTreeSet<(Option<String>, String)>,
    /// A rule looks at all labels.
    all_are_asked: bool,
    /// Flows that have something to say of what is sent.
    flows: Vec<Speaking>,
}

/// A flow with rules, as far as it can stand for something that a job carries.
#[derive(Debug)]
struct Speaking {
    /// From that source, or from any.
    from: Option<String>,
    /// To those destinations.
    to: BTreeSet<String>,
    /// Of those labels, or of any.
    labels: BTreeSet<String>,
}

impl Carried {
    /// What a contract looks at.
    #[must_use]
    pub fn of(program: &Program) -> Carried {
        let mut carried = Carried {
            guarded: program.guarded.iter().map(|label| key(label)).collect(),
            ..Carried::default()
        };
        for node in &program.nodes {
            match &node.op {
                Op::Labels => carried.all_are_asked = true,
                Op::Carries { label, source } => {
                    carried.asked.insert((source.as_deref().map(key), key(label)));
                }
                _ => {}
            }
        }
        let sent: BTreeSet<String> =
            program.tools.iter().flat_map(|tool| &tool.sends).map(|sending| key(&sending.to)).collect();
        for (id, flow) in (0..).map(FlowId).zip(&program.flows) {
            if speaks(program, id) {
                carried.flows.extend(Speaking::of(flow, &sent));
            }
        }
        carried
    }

    /// True where a decision can depend on whether a job carries that.
    #[must_use]
    pub fn matters(&self, source: &str, label: &str) -> bool {
        let (source, label) = (key(source), key(label));
        let asks = |(from, of): &(Option<String>, String)| {
            *of == label && from.as_ref().is_none_or(|from| *from == source)
        };
        self.all_are_asked
            || self.guarded.contains(&label)
            || self.asked.iter().any(asks)
            || self.flows.iter().any(|flow| flow.is_about(&source, &label))
    }

    /// True where it depends on what a job carries whether a tool may send, because some tool brings that.
    #[must_use]
    pub fn decides(&self, program: &Program, sends: &Tool) -> bool {
        let to: Vec<String> = sends.sends.iter().map(|sending| key(&sending.to)).collect();
        let goes = |flow: &&Speaking| to.iter().any(|to| flow.to.contains(to));
        let matters = |source: &str, label: &str| {
            let (source, label) = (key(source), key(label));
            self.guarded.contains(&label)
                || self.flows.iter().filter(goes).any(|flow| flow.is_about(&source, &label))
        };
        !to.is_empty()
            && program.tools.iter().any(|tool| {
                // What the host says flows into the agent's context can be anything.
                let anything = || !self.guarded.is_empty() || self.flows.iter().any(|flow| goes(&flow));
                let mut reads = tool.reads.iter();
                reads.any(|it| it.labels.iter().any(|label| matters(&it.source, label)))
                    || (!tool.crossings.is_empty() && anything())
            })
    }
}

impl Speaking {
    /// Nothing where nothing is sent its way.
    fn of(flow: &Flow, sent: &BTreeSet<String>) -> Option<Speaking> {
        let (from, to) = match &flow.ends {
            Some(ends) => (ends.from.as_deref().map(key), ends.to.as_deref().map(key)),
            None => (None, None),
        };
        let to: BTreeSet<String> =
            sent.iter().filter(|place| to.as_ref().is_none_or(|to| to == *place)).cloned().collect();
        let labels = flow.labels.iter().map(|label| key(label)).collect();
        (!to.is_empty()).then_some(Speaking { from, to, labels })
    }

    fn is_about(&self, source: &str, label: &str) -> bool {
        self.from.as_ref().is_none_or(|from| from == source)
            && (self.labels.is_empty() || self.labels.contains(label))
    }
}

/// A flow without rules of its own lets pass what it stands for, which is what happens without it; rules about results are about
/// results.
fn speaks(program: &Program, flow: FlowId) -> bool {
    program.rules.iter().any(|rule| rule.flow == Some(flow) && !matches!(rule.effect, Effect::Deliver { .. }))
}

fn key(text: &str) -> String {
    folded::key(text).into_owned()
}
