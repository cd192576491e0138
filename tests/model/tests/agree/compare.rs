//! The two side by side: verdict, reasons, warnings, questions, what is left, when there is room, results.

use std::collections::{BTreeMap, BTreeSet};

use agentpass_model::contract::Contract;
use agentpass_model::log::{Decided, Verdict};
use agentpass_model::model::{Answer, Model};
use agentpass_model::step::{START, Timed};
use agentpass_runtime::{Decision, Left, Line, Word};

use crate::gate::Runtime;

/// The model and the runtime under one contract.
pub(crate) struct Pair {
    pub(crate) model: Model,
    runtime: Runtime,
    /// The runtime's names of the questions that the model has numbered.
    names: BTreeMap<usize, String>,
}

impl Pair {
    pub(crate) fn new(contract: &Contract) -> Result<Pair, String> {
        Ok(Pair { model: Model::new(contract), runtime: Runtime::new(contract)?, names: BTreeMap::new() })
    }

    /// Takes a step with both; says where they differ.
    pub(crate) fn step(&mut self, timed: &Timed) -> Result<(), String> {
        let line = self.runtime.step(timed);
        let answer = self.model.step(timed);
        let known = self.model.log.asked.len();
        // What was forgotten is asked anew, under new numbers.
        self.names.retain(|number, _| *number < known);
        match (&answer, &line) {
            (Answer::Done, Line::Done) => Ok(()),
            (Answer::Refused(code), Line::Refused(error)) if *code == error.code => Ok(()),
            (Answer::Decided(decided), Line::Decision(decision)) => self.decisions(decided, decision),
            _ => Err(format!("\n  model   {answer:?}\n  runtime {line:?}")),
        }
    }

    fn decisions(&mut self, decided: &Decided, decision: &Decision) -> Result<(), String> {
        let mut differences = Vec::new();
        let mut compare = |what: &str, model: String, runtime: String| {
            if model != runtime {
                differences.push(format!("\n  {what}: model {model}, runtime {runtime}"));
            }
        };
        let word = match decided.verdict {
            Verdict::Allow => Word::Allow,
            Verdict::Replay => Word::Replay,
            Verdict::Challenge => Word::Challenge,
            Verdict::Deny => Word::Deny,
        };
        compare("verdict", format!("{word:?}"), format!("{:?}", decision.verdict));
        let reasons: BTreeSet<(String, Option<String>)> =
            decision.reasons.iter().map(|reason| (reason.code.to_owned(), reason.rule.clone())).collect();
        compare("reasons", format!("{:?}", decided.reasons), format!("{reasons:?}"));
        let warnings: BTreeSet<String> =
            decision.warnings.iter().filter_map(|reason| reason.rule.clone()).collect();
        compare("warnings", format!("{:?}", decided.warnings), format!("{warnings:?}"));
        let left: BTreeMap<String, i64> =
            decision.remaining.iter().map(|one| (one.limit.to_string(), rest(one.left))).collect();
        compare("left", format!("{:?}", decided.left), format!("{left:?}"));
        let room = decision.retry_after.map(|at| at.nanos());
        compare("retry_after", format!("{:?}", decided.room_at), format!("{room:?}"));
        let result = (decided.verdict == Verdict::Replay).then(|| {
            decided.result.map_or("null".to_owned(), |answer| format!("{{\"s\":\"{}\"}}", answer.word()))
        });
        compare("result", format!("{result:?}"), format!("{:?}", decision.result.as_deref()));
        let permit = decided.verdict == Verdict::Allow && !decided.again;
        compare("permit", permit.to_string(), decision.permit.is_some().to_string());
        compare("repeated", decided.again.to_string(), decision.repeated.to_string());
        let asks: BTreeSet<(String, Option<i64>)> =
            decided.asks.iter().map(|(name, number)| (name.clone(), self.expires(*number))).collect();
        let asked: BTreeSet<(String, Option<i64>)> = decision
            .challenges
            .iter()
            .map(|ask| (ask.name.clone(), ask.expires_at.map(|at| at.nanos())))
            .collect();
        compare("asks", format!("{asks:?}"), format!("{asked:?}"));
        if decided.asks.len() == decision.challenges.len() {
            for ((_, number), ask) in decided.asks.iter().zip(&decision.challenges) {
                let fresh = !self.names.values().any(|name| *name == ask.id);
                match self.names.get(number) {
                    Some(name) => compare("question", name.clone(), ask.id.clone()),
                    None => compare("a new question", "true".to_owned(), fresh.to_string()),
                }
                self.names.insert(*number, ask.id.clone());
            }
        }
        if differences.is_empty() { Ok(()) } else { Err(differences.concat()) }
    }

    fn expires(&self, number: usize) -> Option<i64> {
        let asked = self.model.log.asked.get(number)?;
        let length = self.model.contract.challenges.get(asked.challenge)?.expires?;
        Some((START + asked.at.late + length) * 1_000_000)
    }
}

fn rest(left: Left) -> i64 {
    let all = match left {
        Left::Count(count) => count,
        Left::Money(money) => money.nano / 10_000_000,
        Left::Time(time) => i128::from(time.nanos() / 1_000_000),
    };
    i64::try_from(all).unwrap()
}
