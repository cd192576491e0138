//! Keys that run once, and replays (semantics 24).

use crate::contract::{Answer, Once, Part};
use crate::judge::Found;
use crate::log::{Judged, digest};
use crate::model::Model;
use crate::step::{Call, How};

/// A result that is given again.
#[derive(Clone, Debug)]
pub struct Replay {
    /// What was returned.
    pub result: Option<Answer>,
    /// What it carries.
    pub labels: Vec<(String, String)>,
}

impl Model {
    /// Judges the keys of a call.
    pub(crate) fn onces(&self, judged: &Judged, found: &mut Found) -> Option<Replay> {
        let call = &judged.call;
        let mut replay = None;
        for once in self.contract.onces.iter().filter(|once| once.tool == call.tool) {
            let key = self.once_key(once, call);
            let spends = |other: &&Judged| {
                let own = self.contract.onces.iter().filter(|once| once.tool == other.call.tool);
                other.is_started()
                    && !self.releases(other)
                    && own.into_iter().any(|it| self.once_key(it, &other.call) == key)
            };
            let Some(first) = self.log.calls.iter().rfind(spends) else { continue };
            let same = digest(&first.call) == digest(call)
                && first.call.who.tenant == call.who.tenant
                && first.call.who.agent == call.who.agent
                && first.call.who.user == call.who.user;
            let code = match first.known_end() {
                None if same => "once.running",
                Some(end) if end.how == How::Unknown && same => "once.unknown",
                None => "once.done",
                Some(end) if end.how == How::Unknown => "once.done",
                Some(_) if !same => "once.conflict",
                Some(end) => {
                    let in_time = once.replay.is_some_and(|length| self.now.late <= end.at.late + length);
                    if end.how == How::Ok && in_time {
                        replay.get_or_insert(Replay { result: end.result, labels: first.labels.clone() });
                        continue;
                    }
                    "once.done"
                }
            };
            found.deny(code, Some(self.contract.id(Some(once.tool), &once.name)));
        }
        replay
    }

    /// Tenant, agent, user, tool and clause; or tenant and ledger; and the values.
    fn once_key(&self, once: &Once, call: &Call) -> Vec<Option<String>> {
        let who = &call.who;
        let mut key = match &once.ledger {
            Some(ledger) => vec![who.tenant.clone(), Some(ledger.clone())],
            None => {
                let clause = format!("{} {}", call.tool, once.name);
                vec![who.tenant.clone(), None, who.agent.clone(), who.user.clone(), Some(clause)]
            }
        };
        for part in &once.keys {
            key.push(Some(match part {
                Part::ArgK => call.args.k.word().to_owned(),
                _ => call.args.a.clone(),
            }));
        }
        key
    }

    /// True where a call gives back what it held: it was never sent, or its error had no effect (semantics 16).
    pub(crate) fn releases(&self, judged: &Judged) -> bool {
        match judged.how() {
            Some(How::NotSent) => true,
            Some(How::Error) => self
                .contract
                .tools
                .get(judged.call.tool)
                .is_some_and(|tool| tool.harmless_errors || tool.action == crate::contract::Action::Read),
            _ => false,
        }
    }
}
