//! What the guard decided, decided again.
//!
//! Every check is held against what was recorded: type, reasons in their order, approvals.

use std::collections::HashMap;
use std::fs;

use agentpass_compiler::fmt::format;
use agentpass_grammar::FileId;
use agentpass_runtime::Gate;
use serde_json::Value;

use super::{cases, decide, folder, gate, imported};
use crate::reference::Guard;

/// One sequence with its policy.
pub(crate) struct Sequence {
    pub(crate) name: String,
    pub(crate) policy: String,
    pub(crate) steps: Vec<Value>,
}

/// Some sequences of every policy; all of them where cases are asked for.
pub(crate) fn sequences() -> Vec<Sequence> {
    let mut files: Vec<_> =
        fs::read_dir(folder().join("sequences")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        // Random ones have a policy each, and a policy takes longer than its checks.
        let every = match cases() {
            Some(_) => 1,
            None if file.ends_with("random.jsonl") => 8,
            None => 2,
        };
        for (number, line) in text.lines().enumerate().step_by(every) {
            let line: Value = serde_json::from_str(line).unwrap();
            let name = line["policy"].as_str().unwrap();
            let policy = match line.get("inline_policy") {
                Some(policy) => policy.to_string(),
                None => fs::read_to_string(folder().join(format!("policies/{name}.json"))).unwrap(),
            };
            let steps = line["sequence"].as_array().unwrap().clone();
            all.push(Sequence { name: format!("{name}:{}", number + 1), policy, steps });
        }
    }
    assert!(all.len() >= 40, "there is too little to play");
    all
}

/// Gates of imported contracts, edited; each is made once.
struct Gates<F> {
    edit: F,
    all: HashMap<String, Gate>,
}

impl<F: Fn(String) -> String> Gates<F> {
    fn of(edit: F) -> Self {
        Self { edit, all: HashMap::new() }
    }

    /// The answers to a sequence.
    fn play(&mut self, sequence: &Sequence) -> Vec<Value> {
        let new = || gate(&format(FileId(0), &(self.edit)(imported(&sequence.policy))).text);
        let gate = self.all.entry(sequence.policy.clone()).or_insert_with(new);
        gate.reset();
        sequence.steps.iter().map(|step| decide(gate, &step["at_ms"], &step["check"])).collect()
    }
}

fn referred(sequence: &Sequence) -> Vec<Value> {
    let mut guard = Guard::new(serde_json::from_str(&sequence.policy).unwrap());
    let at = |step: &Value| step["at_ms"].as_f64().unwrap();
    sequence.steps.iter().map(|step| guard.check(&step["check"], at(step))).collect()
}

pub(crate) fn recorded(sequence: &Sequence) -> Vec<Value> {
    sequence.steps.iter().map(|step| step["expect"].clone()).collect()
}

#[track_caller]
fn same(sequence: &Sequence, got: &[Value], expected: &[Value]) -> usize {
    assert_eq!(got.len(), expected.len());
    for ((step, got), expected) in sequence.steps.iter().zip(got).zip(expected) {
        assert_eq!(got, expected, "{}: {}", sequence.name, step["check"]);
    }
    got.len()
}

#[test]
fn the_imported_contracts_decide_as_the_guard_did() {
    let mut gates = Gates::of(|contract| contract);
    let played: usize =
        sequences().iter().map(|sequence| same(sequence, &gates.play(sequence), &recorded(sequence))).sum();
    println!("{played} checks");
    assert!(played > 1_000);
}

/// The reference says what the guard said; so what is held against the reference is held against the guard.
#[test]
fn the_reference_decides_as_the_guard_did() {
    for sequence in sequences() {
        same(&sequence, &referred(&sequence), &recorded(&sequence));
    }
}

/// Small mistakes in the text, each of them seen by the recorded sequences.
#[test]
fn the_sequences_see_small_mistakes() {
    let sequences = sequences();
    let contracts: HashMap<&String, String> =
        sequences.iter().map(|sequence| (&sequence.policy, imported(&sequence.policy))).collect();
    for (right, wrong) in [
        ("host.amount <= $", "host.amount < $"),
        ("host.records <= ", "host.records < "),
        (" in single_use", ""),
        (" then challenge budget when unapproved", " then challenge budget"),
        ("at most 2 ", "at most 3 "),
        ("at most 5m\n", "at most 1d\n"),
        ("at most $1 ", "at most $2 "),
        ("when known and has job", "when has job"),
        (" and not is_flow_1", ""),
        (r"((?s:.)*\.)?", ""),
        (r"((?s:.)*\.)?", r"([^@:\/?#\\]*\.)?"),
        ("some g in host.auth.groups", "each g in host.auth.groups"),
        ("carrying any ", "carrying all "),
        ("challenge pii when unapproved and is_sensitive", "challenge pii when unapproved"),
        ("field is blocked by flow", "field is blocked"),
        ("deny when known and is_outside and not", "deny when is_outside and not"),
    ] {
        let mut gates = Gates::of(|contract| contract.replace(right, wrong));
        let concerned = |sequence: &&Sequence| contracts[&sequence.policy].contains(right);
        let seen =
            sequences.iter().filter(concerned).any(|sequence| gates.play(sequence) != recorded(sequence));
        assert!(seen, "`{right}` may as well be `{wrong}`");
    }
}
