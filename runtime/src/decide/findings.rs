//! Reasons as they are found, and the verdict that follows from them.

use std::sync::Arc;

use agentpass_ir::{ChallengeId, Origin};
use agentpass_values::Timestamp;

use super::House;
use super::budgets::Budgets;
use crate::clock::{Entropy, name};
use crate::decision::{Ask, ContractRef, Decision, Met, Place, Reason, Remaining, Word};
use crate::plan::Plan;
use crate::planted::planted;
use crate::wire::Call;

/// What a reason asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Weight {
    Denies,
    /// Asks somebody, until that is lifted by an approval.
    Asks(Question),
}

/// What is asked: a challenge of a rule, or the step of a limit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Question {
    Rule(ChallengeId),
    Step(ChallengeId, usize),
}

/// Everything that is found about a call.
pub(crate) struct Findings<'c> {
    plan: &'c Plan,
    named: Arc<ContractRef>,
    found: Vec<(Weight, Reason)>,
    warnings: Vec<Reason>,
    asks: Vec<Ask>,
    remaining: Vec<Remaining>,
    retry_after: Option<Timestamp>,
    result: Option<Option<Box<str>>>,
    met: Option<Vec<Met>>,
}

impl<'c> Findings<'c> {
    pub(crate) fn new(house: House<'c>, explain: bool) -> Self {
        Self {
            plan: house.plan,
            named: Arc::clone(&house.plan.named),
            found: Vec::new(),
            warnings: Vec::new(),
            asks: Vec::new(),
            remaining: Vec::new(),
            retry_after: None,
            result: None,
            met: explain.then(Vec::new),
        }
    }

    pub(crate) fn add(&mut self, weight: Weight, reason: Reason) {
        // One message of one rule is one reason, however many elements gave it.
        let same = |(of, known): &(Weight, Reason)| {
            *of == weight
                && known.rule == reason.rule
                && known.message == reason.message
                && known.code == reason.code
        };
        if !self.found.iter().any(same) || planted(109) {
            self.found.push((weight, reason));
        }
    }

    /// A denial that no rule speaks for.
    pub(crate) fn deny(&mut self, code: &'static str, message: String) {
        self.add(Weight::Denies, Reason { code, rule: None, message, audit: None, place: None });
    }

    pub(crate) fn warn(&mut self, reason: Reason) {
        self.warnings.push(reason);
    }

    pub(crate) fn is_denied(&self) -> bool {
        self.found.iter().any(|(weight, _)| *weight == Weight::Denies)
    }

    /// True where a rule asks somebody.
    pub(crate) fn asks(&self) -> bool {
        self.found.iter().any(|(weight, _)| matches!(weight, Weight::Asks(Question::Rule(_))))
    }

    pub(crate) fn verdict(&self) -> Word {
        let of = |(weight, _): &(Weight, Reason)| match weight {
            Weight::Denies => Word::Deny,
            Weight::Asks(_) => Word::Challenge,
        };
        let found = self.found.iter().map(of);
        let found = if planted(102) { found.min() } else { found.max() }.unwrap_or(Word::Allow);
        if self.result.is_some() { found.max(Word::Replay) } else { found }
    }

    /// What is asked so far, each question once, in the order in which they came.
    pub(crate) fn questions(&self) -> Vec<Question> {
        let mut all = Vec::new();
        for (weight, _) in &self.found {
            if let Weight::Asks(question) = weight
                && !all.contains(question)
            {
                all.push(*question);
            }
        }
        all
    }

    /// An approval answers that question.
    pub(crate) fn lift(&mut self, question: Question) {
        self.found.retain(|(weight, _)| *weight != Weight::Asks(question));
    }

    pub(crate) fn ask(&mut self, ask: Ask) {
        self.asks.push(ask);
    }

    pub(crate) fn replay(&mut self, result: Option<Box<str>>) {
        self.result = Some(result);
    }

    pub(crate) fn budgets(&mut self, allowed: bool, budgets: &Budgets<'_>) {
        self.remaining = budgets.remaining(allowed);
        // A time to come back is promised only where nothing but time is missing.
        let only_limits = self.found.iter().all(|(_, reason)| reason.code == "limit");
        self.retry_after = budgets.room_at().filter(|_| self.is_denied() && only_limits);
    }

    /// True where clauses are to be noted.
    pub(crate) fn explains(&self) -> bool {
        self.met.is_some()
    }

    pub(crate) fn met(&mut self, met: Met) {
        if let Some(all) = &mut self.met {
            all.push(met);
        }
    }

    pub(crate) fn place(&self, origin: Origin) -> Place {
        let file = self.plan.files.get(origin.file.index()).cloned().unwrap_or_default();
        Place { file, start: origin.start, line: origin.line, column: origin.column }
    }

    pub(crate) fn decision(mut self, call: Option<&Call>, now: Timestamp, entropy: &dyn Entropy) -> Decision {
        let verdict = self.verdict();
        // Within one stage, source order; what no rule speaks for comes first. The sort keeps the order of elements.
        if !planted(109) {
            self.found.sort_by(|(_, a), (_, b)| a.place.cmp(&b.place));
        }
        let asks = matches!(verdict, Word::Challenge);
        let kept = self.found.into_iter().filter(|(weight, _)| {
            // A denial says why it denies; what somebody could still approve would only distract.
            verdict != Word::Deny || *weight == Weight::Denies
        });
        let mut met = self.met.unwrap_or_default();
        met.sort_by(|a, b| a.place.cmp(&b.place));
        Decision {
            verdict,
            id: name("dec", now, entropy),
            call: call.and_then(|call| call.id.clone()),
            at: now,
            reasons: kept.map(|(_, reason)| reason).collect(),
            warnings: self.warnings,
            challenges: if asks { self.asks } else { Vec::new() },
            remaining: self.remaining,
            retry_after: self.retry_after,
            result: self.result.flatten(),
            contract: self.named,
            permit: None,
            repeated: false,
            met,
        }
    }
}
