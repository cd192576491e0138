//! The traces of `data/temporal/cases.json` through the contracts of `temporal/`: every request is decided as the words of its
//! policy say.
//!
//! A trace says what was asked and what came back. A request becomes a call, a response the outcome of the call that it belongs to.
//! What a refused tool answered never passed the gate; where a policy needs that, the contract declares an event, and here the
//! host reports it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use agentpass_compiler::analysis::analyse;
use agentpass_compiler::build::Disk;
use agentpass_compiler::diagnostics::Severity;
use agentpass_compiler::fmt::format;
use agentpass_grammar::FileId;
use agentpass_runtime::{Contract, Gate, Line, Store, Word};
use agentpass_values::Timestamp;
use serde_json::{Map, Value, json};

/// Tables shrink only on purpose.
const TRACES: usize = 55;
const POLICIES: usize = 24;

/// What the host reports beside the calls: policy, phase and tool, and the event of the contract.
const EVENTS: &[(&str, &str, &str, &str)] = &[
    ("corpus-0022_multi_user_outcomes", "request", "Suspended", "Suspended"),
    ("corpus-0734_output_input_chain_across_events", "response", "Grant", "Granted"),
];

fn cases() -> Vec<Value> {
    let text = fs::read_to_string(support::root().join("tests/data/temporal/cases.json")).unwrap();
    let mut all: Value = serde_json::from_str(&text).unwrap();
    match all["cases"].take() {
        Value::Array(cases) => cases,
        other => panic!("{other}"),
    }
}

/// The policy of a case: its name without the number of the trace.
fn policy(case: &Value) -> &str {
    let name = case["name"].as_str().unwrap();
    name.split_once('/').map_or(name, |(policy, _)| policy)
}

fn path(policy: &str) -> std::path::PathBuf {
    support::root().join(format!("tests/temporal/{policy}.agentpass"))
}

fn contract(policy: &str) -> Contract {
    support::contract_at(&path(policy), &[]).unwrap_or_else(|error| panic!("{policy}: {error}"))
}

/// A call that was allowed and has not come back.
struct Open {
    id: String,
    /// As the trace calls it.
    traced: String,
    tool: String,
    args: Value,
}

/// A trace while it is played.
struct Play {
    gate: Gate,
    policy: String,
    open: Vec<Open>,
    wrong: String,
    decided: usize,
}

impl Play {
    fn new(case: &Value) -> Self {
        let policy = policy(case).to_owned();
        let store = Store::manual(Timestamp::EPOCH);
        let gate = Gate::builder(contract(&policy)).store(store).offline().open(true).seed(1);
        Self { gate: gate.build().unwrap(), policy, open: Vec::new(), wrong: String::new(), decided: 0 }
    }

    fn event(&mut self, place: &str, number: usize, event: &Value) {
        self.report(place, event);
        match event["phase"].as_str().unwrap() {
            "request" => self.request(place, number, event),
            "response" => self.ended(place, event, "ok"),
            "error" => self.ended(place, event, "error"),
            other => panic!("{place}: {other}"),
        }
    }

    fn request(&mut self, place: &str, number: usize, event: &Value) {
        let tool = text(event, "tool");
        let (agent, user) = self.callers(event);
        // Who has no session of the trace has one of their own: what is shared, a contract has to say.
        let job =
            event.get("session").and_then(Value::as_str).map_or_else(|| format!("job-{user}"), str::to_owned);
        let id = format!("call-{number}");
        let call = json!({
            "at": at(event), "id": id, "tenant": "shop", "agent": agent, "user": user, "job": job,
            "tool": tool, "args": event["args"],
        });
        let Line::Decision(decision) = self.gate.line(call.to_string().as_bytes()) else {
            panic!("{place}: {call}");
        };
        self.decided += 1;
        if event["expected"] != decision.verdict.word() {
            writeln!(self.wrong, "{place}: {} is expected: {}", event["expected"], decision.to_json())
                .unwrap();
        }
        // A refusal is the policy's, not one of a call that the contract cannot read. What a policy does not name is no tool.
        let unknown = EVENTS.iter().any(|(of, _, name, _)| *of == self.policy && *name == tool);
        let is_policy = |code: &str| match code {
            "require" | "deny" | "limit" => true,
            "tool.unknown" => unknown,
            _ => false,
        };
        for reason in decision.reasons.iter().filter(|reason| !is_policy(reason.code)) {
            writeln!(self.wrong, "{place}: {} is no reason of a policy", reason.code).unwrap();
        }
        if decision.verdict == Word::Allow {
            let args = event["args"].clone();
            self.open.push(Open { id, traced: text(event, "id").to_owned(), tool: tool.to_owned(), args });
        }
    }

    fn ended(&mut self, place: &str, event: &Value, outcome: &str) {
        let same = |open: &Open| open.tool == event["tool"] && open.args == event["args"];
        // One trace gives its responses ids of their own.
        let found = self.open.iter().position(|open| same(open) && open.traced == event["id"]);
        let Some(found) = found.or_else(|| self.open.iter().position(same)) else { return };
        let open = self.open.remove(found);
        let output = event.get("output").cloned().unwrap_or(Value::Null);
        let line = json!({ "at": at(event), "settle": open.id, "outcome": outcome, "result": output });
        self.follow(place, &line);
    }

    /// The host reports what the gate cannot see, or not believe.
    fn report(&mut self, place: &str, event: &Value) {
        let (tool, phase) = (text(event, "tool"), text(event, "phase"));
        let all =
            EVENTS.iter().filter(|(of, when, name, _)| *of == self.policy && *when == phase && *name == tool);
        for (_, _, _, reported) in all {
            let mut args: Map<String, Value> = event["args"].as_object().unwrap().clone();
            args.extend(event.get("output").and_then(Value::as_object).cloned().unwrap_or_default());
            self.follow(
                place,
                &json!({ "at": at(event), "event": reported, "tenant": "shop", "args": args }),
            );
        }
    }

    fn follow(&self, place: &str, line: &Value) {
        let answer = self.gate.line(line.to_string().as_bytes());
        assert!(matches!(answer, Line::Done), "{place}: {line}: {}", answer.to_json());
    }

    /// Agents that samples name are agents; the people of the corpus are users.
    fn callers(&self, event: &Value) -> (String, String) {
        let actor = text(event, "actor").to_owned();
        if actor.starts_with("agent-") { (actor, "owner".to_owned()) } else { ("desk".to_owned(), actor) }
    }
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_else(|| panic!("{key} in {value}"))
}

fn at(event: &Value) -> String {
    let seconds = event["t"].as_i64().unwrap();
    let start = support::monday().nanos();
    Timestamp::from_nanos(start + seconds * 1_000_000_000).to_string()
}

#[test]
fn every_trace_is_decided_as_its_policy_says() {
    let (mut wrong, mut decided, mut traces) = (String::new(), 0, 0);
    for case in cases() {
        let name = case["name"].as_str().unwrap();
        let mut play = Play::new(&case);
        for (number, event) in case["trace"].as_array().unwrap().iter().enumerate() {
            play.event(&format!("{name}, event {number}"), number, event);
        }
        wrong.push_str(&play.wrong);
        decided += play.decided;
        traces += 1;
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert_eq!(traces, TRACES);
    assert!(decided >= 150, "{decided} decisions");
}

#[test]
fn every_policy_has_a_contract_without_a_finding_in_the_one_layout() {
    let all = cases();
    let policies: BTreeSet<&str> = all.iter().map(policy).collect();
    assert_eq!(policies.len(), POLICIES);
    let files = support::files_in(&support::root().join("tests/temporal"), "agentpass");
    let names: BTreeSet<&str> =
        files.iter().map(|path| path.file_stem().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, policies);
    for path in files {
        let name = path.to_string_lossy().into_owned();
        let analysis = analyse(std::slice::from_ref(&name), &Disk, &Default::default());
        let found = analysis.diagnostics.iter().filter(|finding| finding.severity <= Severity::Warning);
        assert_eq!(found.count(), 0, "{name}: {:?}", analysis.diagnostics);
        let written = fs::read_to_string(&path).unwrap();
        assert_eq!(format(FileId(0), &written).text, written, "{name}");
    }
}

/// The runner itself: a decision that is not expected is told.
#[test]
fn another_decision_is_told() {
    let mut case = cases().into_iter().find(|case| case["name"] == "docs-read_after_login").unwrap();
    case["trace"][2]["expected"] = "deny".into();
    let mut play = Play::new(&case);
    for (number, event) in case["trace"].as_array().unwrap().iter().enumerate() {
        play.event("here", number, event);
    }
    assert!(play.wrong.starts_with("here: \"deny\" is expected: {\"decision\":\"allow\""), "{}", play.wrong);
}
