//! The examples of the runtime: their bundle says what their contract does, and each says what its page promises.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what went wrong by panicking")]

mod support;

use std::fs;
use std::process::Command;

use agentpass_compiler::analysis::analyse;
use agentpass_compiler::diagnostics::Severity;
use agentpass_compiler::diagnostics::config::Config;
use agentpass_compiler::fmt::format;
use agentpass_compiler::load::MemoryFiles;
use agentpass_grammar::FileId;
use agentpass_runtime::Contract;

#[test]
fn the_bundle_is_made_of_the_contract_beside_it() {
    let folder = support::root().join("runtime/examples");
    let text = fs::read_to_string(folder.join("desk.agentpass")).unwrap();
    let analysis = analyse(
        &["desk.agentpass".to_owned()],
        &MemoryFiles::new([("desk.agentpass", text.as_str())]),
        &Config::default(),
    );
    assert!(
        analysis.diagnostics.iter().all(|found| found.severity == Severity::Note),
        "{:#?}",
        analysis.diagnostics
    );
    assert!(!format(FileId(0), &text).changed);
    let made = support::contract(&[("desk.agentpass", &text)], &[]).unwrap();
    let again = "cd runtime/examples && agentpassc build desk.agentpass -o desk.bundle";
    let kept = Contract::from_bundle(&fs::read(folder.join("desk.bundle")).unwrap())
        .unwrap_or_else(|error| panic!("{error}; make it again: {again}"));
    // How the compiler writes a program may change; what the program says may not.
    let said = |contract: &Contract| {
        let program = contract.program();
        let rules: Vec<String> = program.rules.iter().map(|rule| rule.id.clone()).collect();
        let tools: Vec<String> = program.tools.iter().map(|tool| format!("{:?}", tool.name)).collect();
        (rules, tools, program.limits.len(), program.challenges.len())
    };
    assert_eq!(said(&kept), said(&made), "the bundle is old; make it again: {again}");
}

#[track_caller]
fn says(example: &str, expected: &str) {
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "-p", "agentpass-runtime", "--example", example, "--locked", "--offline"])
        .current_dir(support::root())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(said, expected);
}

#[test]
fn a_tool_loop() {
    says(
        "tool_loop",
        r#"orders.refund {"order": "o1", "amount": 1200, "key": "k1"}
  denied: look the order up before paying
orders.read {"order": "o1"}
  done: {"order": "o1", "paid": 8000}
orders.refund {"order": "o1", "amount": 1200, "key": "k1"}
  done: {"refund": "re_1"}
orders.refund {"order": "o1", "amount": 1200, "key": "k1"}
  done before: {"refund": "re_1"}
orders.refund {"order": "o1", "amount": 5000, "key": "k2"}
  somebody has to approve this: $50 is more than an agent pays alone
  m-3 is asked, and agrees
  done: {"refund": "re_1"}
orders.refund {"order": "o1", "amount": 25000, "key": "k3"}
  denied: agents refund at most $100, not $250
orders.drop {"order": "o1"}
  denied: this contract has no tool `orders.drop`
"#,
    );
}

#[test]
fn an_async_loop() {
    says(
        "async_loop",
        r#"o1 orders.refund: {"refund": "re_1"}
o2 orders.refund: {"refund": "re_1"}
o3 orders.read: {"paid": 8000}
o3 orders.refund: given up
o3 orders.refund: denied: nobody knows how the same call ended
"#,
    );
}

#[test]
fn many_threads() {
    says("threads", "100 of 400 tickets were closed\n");
}
