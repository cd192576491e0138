//! From a call and a snapshot of the past to a decision and what it changes.
//!
//! [`prepare`] does what needs no state, and says what the transaction will touch. [`judge`] is the transaction's
//! function: it has no effect of its own and may run again. The stages are those of semantics 1: the first one that
//! denies ends the evaluation, with all its reasons.

mod budgets;
mod rules;

use agentpass_ir::{Ambient, ChallengeId, Contract, Origin, ToolId, Verified};
use agentpass_values::{Timestamp, escape};

use crate::challenges::Asking;
use crate::clock::{Entropy, name};
use crate::decision::{Ask, ContractRef, Decision, Place, Reason, Verdict};
use crate::digest::{self, Digest};
use crate::store::{Changes, Lookup, Snapshot, Touches};
use crate::wire::{Call, Refusal};
use budgets::Charged;

/// What a decision needs beyond the contract and the state.
#[derive(Debug)]
pub struct Prepared<'c> {
    contract: &'c Verified,
    call: &'c Call,
    /// Digest of tool and arguments.
    digest: Digest,
    charged: Vec<Charged<'c>>,
    /// The challenges that a rule of the tool can ask for, with what their approval is bound to.
    bindings: Vec<(ChallengeId, Digest)>,
    /// What the transaction reads.
    pub touches: Touches,
}

/// Reads off a call what its decision will touch.
#[must_use]
pub fn prepare<'c>(contract: &'c Verified, call: &'c Call) -> Prepared<'c> {
    let digest = digest::of_call(&call.name, &call.frame);
    let mut prepared = Prepared {
        contract,
        call,
        digest,
        charged: Vec::new(),
        bindings: Vec::new(),
        touches: Touches { at: call.at, ..Touches::default() },
    };
    // A call that is denied before the last stage touches nothing.
    if let Some(tool) = call.tool.filter(|_| call.faults.is_empty()) {
        prepared.charged = budgets::charged(contract, call, tool, &mut prepared.touches);
        prepared.bindings = rules::bindings(contract, call, tool, &digest);
        prepared.touches.askings =
            prepared.bindings.iter().map(|(_, binding)| Lookup::Binding(*binding)).collect();
    }
    prepared
}

/// Decides.
#[must_use]
pub fn judge(prepared: &Prepared<'_>, snapshot: &Snapshot, entropy: &dyn Entropy) -> (Decision, Changes) {
    let Prepared { contract, call, .. } = prepared;
    let mut verdict = Findings::default();
    identity(&contract.program().contract, call, snapshot.now, &mut verdict);
    if verdict.is_denied() {
        return (verdict.decision(contract, Some(call), snapshot.now, entropy), Changes::default());
    }
    let Some(tool) = call.tool else {
        let message = format!("this contract has no tool `{}`", escape::shown(&call.name));
        verdict.deny("tool.unknown", message);
        return (verdict.decision(contract, Some(call), snapshot.now, entropy), Changes::default());
    };
    for fault in &call.faults {
        verdict.deny(fault.code, fault.message.clone());
    }
    if verdict.is_denied() {
        return (verdict.decision(contract, Some(call), snapshot.now, entropy), Changes::default());
    }
    last_stage(prepared, tool, snapshot, verdict, entropy)
}

/// Rules, limits and challenges, all together.
fn last_stage(
    prepared: &Prepared<'_>,
    tool: ToolId,
    snapshot: &Snapshot,
    mut findings: Findings,
    entropy: &dyn Entropy,
) -> (Decision, Changes) {
    let Prepared { contract, call, .. } = prepared;
    let now = snapshot.now;
    let asked = rules::judge(contract, call, tool, &mut findings);
    let budgets = budgets::judge(contract, call, &prepared.charged, snapshot, &mut findings);
    let mut changes = Changes::default();
    let mut opened = Vec::new();
    for id in asked {
        let Some(challenge) = contract.program().challenges.get(id.index()) else { continue };
        let place = prepared.bindings.iter().position(|(of, _)| *of == id);
        let known = place
            .and_then(|place| snapshot.askings.get(place)?.as_ref())
            .filter(|asking| !asking.is_over(now));
        let binding = place.and_then(|place| prepared.bindings.get(place)).map(|(_, binding)| *binding);
        match (known, binding) {
            (Some(asking), _) if asking.refused => {
                findings.deny("challenge.refused", format!("`{}` was asked, and refused", challenge.name));
            }
            (Some(asking), _) if asking.is_approved(challenge) => {
                changes.spent.push(asking.binding);
                findings.lift(id);
            }
            (Some(asking), _) => findings.ask(challenge, asking),
            (None, Some(binding)) => {
                let asking = Asking {
                    id: name("chl", now, entropy),
                    name: challenge.name.clone(),
                    binding,
                    digest: prepared.digest,
                    call: call.id.clone(),
                    requester: call.frame.ambient(Ambient::User).map(str::to_owned),
                    opened: now,
                    expires: challenge.expires.and_then(|length| now.checked_add(length)),
                    approved_by: Vec::new(),
                    refused: false,
                };
                findings.ask(challenge, &asking);
                opened.push(asking);
            }
            (None, None) => findings.deny("challenge.lost", format!("`{}` cannot be asked", challenge.name)),
        }
    }
    // What is held, asked and used up follows from the verdict, and from nothing else.
    match findings.verdict() {
        Verdict::Allow => changes.tallies = budgets.charged,
        Verdict::Challenge => changes = Changes { askings: opened, ..Changes::default() },
        Verdict::Deny => changes = Changes::default(),
    }
    let allowed = findings.verdict() == Verdict::Allow;
    let mut decision = findings.decision(contract, Some(call), now, entropy);
    decision.remaining = if allowed { budgets.after } else { budgets.before };
    // A time to come back is promised only where nothing but time is missing.
    let only_limits = decision.reasons.iter().all(|reason| reason.code == "limit");
    decision.retry_after = budgets.room_at.filter(|_| decision.verdict == Verdict::Deny && only_limits);
    (decision, changes)
}

/// The decision about bytes that are no call.
#[must_use]
pub fn refuse(contract: &Verified, refusal: &Refusal, now: Timestamp, entropy: &dyn Entropy) -> Decision {
    let mut findings = Findings::default();
    findings.deny(refusal.code, format!("{} (at byte {})", refusal.message, refusal.at));
    findings.decision(contract, None, now, entropy)
}

/// The decision where the store cannot answer.
#[must_use]
pub fn without_store(contract: &Verified, call: Option<&Call>, entropy: &dyn Entropy) -> Decision {
    let mut findings = Findings::default();
    findings.deny("store.unavailable", "the gate cannot read its state".to_owned());
    findings.decision(contract, call, Timestamp::EPOCH, entropy)
}

fn identity(contract: &Contract, call: &Call, now: Timestamp, findings: &mut Findings) {
    let agent = call.frame.ambient(Ambient::Agent);
    let is_for = |agent: &str| {
        contract.agents.iter().any(|pattern| match pattern.strip_suffix("/*") {
            Some(above) => agent
                .strip_prefix(above)
                .and_then(|rest| rest.strip_prefix('/'))
                .is_some_and(|rest| !rest.is_empty()),
            None => agent == pattern,
        })
    };
    if !contract.agents.is_empty() && !agent.is_some_and(is_for) {
        let who =
            agent.map_or("an agent without a name".to_owned(), |agent| format!("`{}`", escape::shown(agent)));
        findings.deny("identity.agent", format!("this contract is not for {who}"));
    }
    let early = contract.valid_from.is_some_and(|from| now < from);
    if early || contract.valid_before.is_some_and(|before| now >= before) {
        findings.deny("identity.validity", "this contract does not hold now".to_owned());
    }
}

/// Reasons as they are found, and what follows from them.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    found: Vec<(Weight, Reason)>,
    asks: Vec<Ask>,
}

/// What a reason asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Weight {
    Denies,
    /// Asks this challenge; until it is lifted by an approval.
    Asks(ChallengeId),
}

impl Findings {
    pub(crate) fn add(&mut self, weight: Weight, reason: Reason) {
        // One message of one rule is one reason, however many elements gave it.
        let same = |(of, known): &(Weight, Reason)| {
            *of == weight
                && known.rule == reason.rule
                && known.message == reason.message
                && known.code == reason.code
        };
        if !self.found.iter().any(same) {
            self.found.push((weight, reason));
        }
    }

    /// A denial that no rule speaks for.
    fn deny(&mut self, code: &'static str, message: String) {
        self.add(Weight::Denies, Reason { code, rule: None, message, audit: None, place: None });
    }

    fn is_denied(&self) -> bool {
        self.found.iter().any(|(weight, _)| *weight == Weight::Denies)
    }

    fn verdict(&self) -> Verdict {
        let of = |(weight, _): &(Weight, Reason)| match weight {
            Weight::Denies => Verdict::Deny,
            Weight::Asks(_) => Verdict::Challenge,
        };
        self.found.iter().map(of).max().unwrap_or(Verdict::Allow)
    }

    /// An approval answers what this challenge asked.
    fn lift(&mut self, id: ChallengeId) {
        self.found.retain(|(weight, _)| *weight != Weight::Asks(id));
    }

    fn ask(&mut self, challenge: &agentpass_ir::Challenge, asking: &Asking) {
        self.asks.push(Ask {
            id: asking.id.clone(),
            name: asking.name.clone(),
            count: challenge.count,
            who: challenge.who.clone(),
            digest: asking.digest,
            expires_at: asking.expires,
        });
    }

    fn decision(
        self,
        contract: &Verified,
        call: Option<&Call>,
        at: Timestamp,
        entropy: &dyn Entropy,
    ) -> Decision {
        let verdict = self.verdict();
        let head = &contract.program().contract;
        let mut reasons: Vec<Reason> = self.found.into_iter().map(|(_, reason)| reason).collect();
        // Stable: what one rule says of several elements stays in the order of the list.
        reasons.sort_by(|a, b| a.place.cmp(&b.place));
        Decision {
            verdict,
            id: name("dec", at, entropy),
            call: call.and_then(|call| call.id.clone()),
            at,
            reasons,
            challenges: if verdict == Verdict::Challenge { self.asks } else { Vec::new() },
            remaining: Vec::new(),
            retry_after: None,
            contract: ContractRef {
                name: head.name.clone(),
                version: head.version.clone(),
                digest: head.digest,
            },
        }
    }
}

/// Where something stands, for people.
pub(crate) fn place(contract: &Verified, origin: Origin) -> Place {
    let file = contract.program().files.get(origin.file.index()).cloned().unwrap_or_default();
    Place { file, start: origin.start, line: origin.line, column: origin.column }
}
