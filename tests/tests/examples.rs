//! Every example's calls get the decisions that stand beside them, through the gate.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what went wrong by panicking")]

use std::path::{Path, PathBuf};

use agentpass_compiler::analysis::analyse;
use agentpass_compiler::load::MemoryFiles;
use agentpass_compiler::lower::{Params, lower};
use agentpass_ir::verify;
use agentpass_runtime::{Gate, Line, Store};
use agentpass_values::Timestamp;
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

/// Plays an example, and compares each answer with what is expected of it.
#[track_caller]
fn check(example: &str, contract: &str, params: &[(&str, &str)]) {
    let folder = folder().join(example);
    let mut files: Vec<(String, String)> = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            files.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
    let read = |name: &str| files.iter().find(|(file, _)| file == name).unwrap().1.clone();
    let memory = MemoryFiles::new(files.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    let analysis = analyse(&[contract.to_owned()], &memory, &Default::default());
    assert!(analysis.is_clean(), "{example}");
    let params: Params =
        params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let program = lower(&analysis.checked.program, &analysis.loaded.sources, &params)
        .unwrap_or_else(|errors| panic!("{example}: {errors:?}"));
    let verified = verify(program).unwrap_or_else(|fault| panic!("{example}: {fault}"));
    let gate =
        Gate::builder(verified).store(Store::manual(Timestamp::EPOCH)).seed(1).offline().build().unwrap();
    let (calls, expected) = (read("calls.jsonl"), read("expected.jsonl"));
    assert_eq!(calls.lines().count(), expected.lines().count(), "{example}");
    for (number, (call, expected)) in calls.lines().zip(expected.lines()).enumerate() {
        let answer = gate.line(call.as_bytes());
        let got = told(&answer);
        let expected: Value = serde_json::from_str(expected).unwrap();
        for (key, value) in expected.as_object().unwrap() {
            assert_eq!(Some(value), got.get(key), "{example}, line {}: {}", number + 1, answer.to_json());
        }
    }
}

/// An answer in the terms of the expectations.
fn told(answer: &Line) -> Value {
    let mut all: Value = serde_json::from_str(&answer.to_json()).unwrap();
    if let Line::Decision(decision) = answer {
        let messages: Vec<&str> = decision.reasons.iter().map(|reason| reason.message.as_str()).collect();
        let challenges: Vec<&str> = decision.challenges.iter().map(|ask| ask.name.as_str()).collect();
        let rules: Vec<&str> = decision.reasons.iter().filter_map(|reason| reason.rule.as_deref()).collect();
        all["messages"] = messages.into();
        all["challenges"] = challenges.into();
        all["rules"] = rules.into();
    }
    all
}

#[test]
fn refund_desk() {
    check("01-refund-desk", "refund_desk.agentpass", &[]);
}

#[test]
fn deploy_gate() {
    check("02-deploy-gate", "deploy_gate.agentpass", &[]);
}

#[test]
fn coding_agent() {
    check("03-coding-agent", "coding_agent.agentpass", &[("project", "/src/app")]);
}

#[test]
fn tool_spend_cap() {
    check("04-spend-cap", "tool_spend_cap.agentpass", &[]);
}

#[test]
fn pii_egress() {
    check("05-pii-egress", "pii_egress.agentpass", &[]);
}

#[test]
fn mcp_gateway() {
    check("06-mcp-gateway", "mcp_gateway.agentpass", &[("root", "/srv/workspace")]);
}

#[test]
fn banking_agent() {
    check("07-banking-agent", "banking_agent.agentpass", &[]);
}
