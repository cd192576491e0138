//! Room for state: each principal has its own, and only what is over makes room (semantics 22).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what went wrong by panicking")]

use agentpass_compiler::analysis::analyse;
use agentpass_compiler::load::MemoryFiles;
use agentpass_compiler::lower::{Params, lower};
use agentpass_ir::verify;
use agentpass_runtime::{Gate, MemoryStore, Source, Store};
use agentpass_values::Timestamp;

const CONTRACT: &str = r#"edition 2026
contract c { version "1"; owner "a@b.example"; agents "a", "b" }
tool t(k: id) { action read; limit per k in any 1m { calls at most 5 } }
"#;

fn gate(rows: usize) -> Gate {
    gate_by(CONTRACT, rows)
}

fn gate_by(contract: &str, rows: usize) -> Gate {
    let files = MemoryFiles::new([("c.agentpass", contract)]);
    let analysis = analyse(&["c.agentpass".to_owned()], &files, &Default::default());
    assert!(analysis.is_clean(), "{:?}", analysis.diagnostics);
    let program = lower(&analysis.checked.program, &analysis.loaded.sources, &Params::new()).unwrap();
    let store = MemoryStore::manual(Timestamp::EPOCH).with_capacity(rows);
    Gate::builder(verify(program).unwrap()).store(Store::of(store)).offline().build().unwrap()
}

/// The codes of a call's reasons; nothing for one that is allowed. Its outcome is known at once.
fn call(gate: &Gate, agent: &str, key: u32, second: u32) -> Vec<&'static str> {
    let at = format!("1970-01-01T00:{:02}:{:02}Z", second / 60, second % 60);
    let text = format!(r#"{{"at": "{at}", "agent": "{agent}", "tool": "t", "args": {{"k": "k{key}"}}}}"#);
    let decision = gate.decide(Source::Offline, text.as_bytes());
    let settle = format!(r#"{{"settle": "{}", "outcome": "ok"}}"#, decision.id);
    let _ = gate.line(settle.as_bytes());
    decision.reasons.iter().map(|reason| reason.code).collect()
}

#[test]
fn a_flood_of_keys_fills_only_its_own_room() {
    let gate = gate(10);
    let refused: Vec<u32> = (0..20).filter(|&key| call(&gate, "a", key, 0) == ["store.full"]).collect();
    assert!(refused.len() >= 9 && refused.contains(&19), "{refused:?}");
    assert_eq!(call(&gate, "b", 0, 1), Vec::<&str>::new(), "another principal has its own room");
    assert_eq!(call(&gate, "a", 0, 2), Vec::<&str>::new(), "a key that has its row keeps it");
    assert_eq!(call(&gate, "a", 99, 62), Vec::<&str>::new(), "what has left its window makes room");
}

/// What is kept once a call has ended is on the account of whoever made it: whatever it is that each call has its own of.
#[test]
fn what_outcomes_leave_takes_room_as_well() {
    let by_argument = "tool t(k: id) {\n action read\n deny when after failed t(k: k) by agent within 1m\n}";
    let by_result = "tool t(k: id) {\n action read\n trusted result { id: id }\n}\n\
        tool u(k: id) {\n action read\n require after t(result.id: k) by agent within 1m\n}";
    for (tools, outcome) in [(by_argument, "error"), (by_result, "ok")] {
        let contract = format!(
            "edition 2026\ncontract c {{ version \"1\"; owner \"a@b.example\"; agents \"a\", \"b\" }}\n{tools}\n"
        );
        let gate = gate_by(&contract, 40);
        let call = |agent: &str, key: u32| {
            let text = format!(
                r#"{{"at": "1970-01-01T00:00:00Z", "agent": "{agent}", "tool": "t", "args": {{"k": "k{key}"}}}}"#
            );
            let decision = gate.decide(Source::Offline, text.as_bytes());
            let allowed = decision.verdict.word() == "allow";
            if allowed {
                let settle = format!(
                    r#"{{"settle": "{}", "outcome": "{outcome}", "result": {{"id": "r{key}"}}}}"#,
                    decision.id
                );
                let settled = gate.line(settle.as_bytes());
                assert!(matches!(settled, agentpass_runtime::Line::Done), "{settled:?}");
            }
            allowed
        };
        let allowed = (0..200).filter(|&key| call("a", key)).count();
        assert!((30..=41).contains(&allowed), "{allowed} of a flood passed: {tools}");
        assert!(call("b", 0), "another principal has its own room: {tools}");
    }
}

/// Hosts count calls from one in every job. An id that many open calls have says which of them is meant once one is left.
#[test]
fn an_id_that_many_open_calls_have_costs_none_of_them_anything() {
    let gate = gate_by(
        "edition 2026\ncontract c { version \"1\"; owner \"a@b.example\"; agents \"a\" }\ntool t() { action read }\n",
        10_000,
    );
    let settle = |of: &str| gate.line(format!(r#"{{"settle": "{of}", "outcome": "ok"}}"#).as_bytes());
    let refused = |of: &str| match settle(of) {
        agentpass_runtime::Line::Refused(error) => error.code,
        other => panic!("{other:?}"),
    };
    let decided: Vec<String> = (0..200)
        .map(|job| {
            let text = format!(r#"{{"id": "1", "agent": "a", "job": "j{job}", "tool": "t", "args": {{}}}}"#);
            let decision = gate.decide(Source::Offline, text.as_bytes());
            assert_eq!(decision.verdict.word(), "allow");
            decision.id
        })
        .collect();
    for decision in &decided[1..] {
        assert_eq!(refused("1"), "settle.ambiguous");
        assert_eq!(settle(decision), agentpass_runtime::Line::Done);
    }
    assert_eq!(settle("1"), agentpass_runtime::Line::Done, "one is left, and it is the one that is meant");
    assert_eq!(refused("1"), "settle.unknown");
    assert_eq!(refused(&decided[0]), "settle.unknown");
}
