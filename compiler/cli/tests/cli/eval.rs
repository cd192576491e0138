//! `agentpassc eval`: one decision on standard output, and its verdict as exit code.

use crate::{DESK, Folder, GUARDED, TYPO, json};

/// A call of [`GUARDED`].
fn call(tool: &str, args: &str) -> String {
    format!(
        r#"{{"at": "2026-11-23T10:00:00Z", "agent": "clerk", "tenant": "acme", "user": "u-1", "job": "j-1", "tool": "{tool}", "args": {args}}}"#
    )
}

fn guarded(test: &str) -> Folder {
    Folder::new(&format!("eval-{test}"), &[("desk.agentpass", GUARDED)])
}

#[test]
fn the_exit_code_is_the_verdict() {
    let folder = guarded("verdicts");
    for (args, code, verdict) in [
        (r#"{"to": "c1", "amount": 500, "key": "k1"}"#, 0, "allow"),
        (r#"{"to": "c1", "amount": 5000, "key": "k1"}"#, 3, "challenge"),
        (r#"{"to": "c1", "amount": 50000, "key": "k1"}"#, 4, "deny"),
        (r#"{"to": "c1"}"#, 4, "deny"),
    ] {
        let ran = folder.run_with(&["eval", "desk.agentpass", "--call", "-"], call("pay", args), |_| ());
        assert_eq!((ran.code, ran.err.as_str()), (code, ""), "{args}");
        assert_eq!(ran.out.matches('\n').count(), 1, "one line: {}", ran.out);
        assert_eq!(json(&ran.out)["decision"], verdict);
    }
}

#[test]
fn a_malformed_call_is_denied() {
    let folder = guarded("malformed");
    for (call, code) in [
        (b"".as_slice(), ""),
        (b"{", ""),
        (b"[]", ""),
        (b"\xff\xfe", ""),
        (b"{\"tool\": \"pay\", \"tool\": \"pay\"}", ""),
        ("\u{feff}{\"tool\": \"pay\"}".as_bytes(), ""),
        (&vec![b' '; (1 << 20) + 5], ""),
        ("[".repeat(100_000).as_bytes(), ""),
    ] {
        let ran = folder.run_with(&["eval", "desk.agentpass", "--call", "-"], call, |_| ());
        assert_eq!(ran.code, 4, "{}", ran.all());
        let first = json(&ran.out)["reasons"][0]["code"].clone();
        assert!(first.as_str().unwrap().starts_with("wire."), "{code} {first}");
    }
}

#[test]
fn a_bad_contract_prints_nothing() {
    let folder = Folder::new("eval-bad", &[("typo.agentpass", TYPO), ("call.json", &call("pay", "{}"))]);
    let ran = folder.run(&["eval", "typo.agentpass", "--call", "call.json"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("E0301"), "{}", ran.err);
    folder.write("module.agentpass", crate::MODULE);
    let ran = folder.run(&["eval", "module.agentpass", "--call", "call.json"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{}", ran.err);
}

#[test]
fn what_cannot_be_read_stops_the_command() {
    let folder = guarded("unreadable");
    for args in [
        ["eval", "desk.agentpass", "--call", "nope.json"],
        ["eval", "desk.agentpass", "--call", "."],
        ["eval", "nope.agentpass", "--call", "desk.agentpass"],
        ["eval", "-", "--call", "-"],
    ] {
        let ran = folder.run(&args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
        assert!(ran.err.starts_with("error: "), "{}", ran.err);
    }
    assert_eq!(folder.run(&["eval", "desk.agentpass"]).code, 2, "without a call");
}

#[test]
fn parameters_are_set_on_the_command_line() {
    let contract =
        GUARDED.replace("amount <= $100", "amount <= cap").replace("set ", "param cap: money<USD>\nset ");
    let folder = Folder::new("eval-params", &[("desk.agentpass", &contract)]);
    let call = call("pay", r#"{"to": "c1", "amount": 900, "key": "k1"}"#);
    let run = |params: &[&str]| {
        let args: Vec<&str> =
            ["eval", "desk.agentpass", "--call", "-"].into_iter().chain(params.iter().copied()).collect();
        folder.run_with(&args, &call, |_| ())
    };
    assert_eq!(run(&["--param", "cap=$10"]).code, 0);
    assert_eq!(run(&["--param", "cap=$5"]).code, 4);
    for wrong in
        [&[][..], &["--param", "cap"], &["--param", "cap=x"], &["--param", "cap=$5", "--param", "cup=$5"]]
    {
        let ran = run(wrong);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{wrong:?}: {}", ran.err);
        assert!(ran.err.contains("cap") || ran.err.contains("cup"), "{}", ran.err);
    }
}

#[test]
fn a_seed_makes_identifiers_reproducible() {
    let folder = guarded("seed");
    let call = call("pay", r#"{"to": "c1", "amount": 5000, "key": "k1"}"#);
    let run = |seed: &str| {
        folder.run_with(&["eval", "desk.agentpass", "--call", "-", "--seed", seed], &call, |_| ()).out
    };
    assert_eq!(run("7"), run("7"));
    assert_ne!(run("7"), run("8"));
    let unseeded = || folder.run_with(&["eval", "desk.agentpass", "--call", "-"], &call, |_| ()).out;
    assert_ne!(unseeded(), unseeded());
}

#[test]
fn without_a_time_it_is_now() {
    let folder = Folder::new("eval-now", &[("desk.agentpass", DESK)]);
    let call = r#"{"agent": "clerk", "tenant": "t", "user": "u", "job": "j", "tool": "crm.read", "args": {"customer": "c1"}}"#;
    let ran = folder.run_with(&["eval", "desk.agentpass", "--call", "-"], call, |_| ());
    assert_eq!(ran.code, 0, "{}", ran.all());
    let at = json(&ran.out)["at"].as_str().unwrap().to_owned();
    assert!(at.as_str() > "2025-01-01T00:00:00Z", "{at}");
}

#[test]
fn an_explanation_goes_to_standard_error() {
    let folder = guarded("explain");
    let call = call("pay", r#"{"to": "c1", "amount": 50000, "key": "k1"}"#);
    let ran = folder.run_with(&["eval", "desk.agentpass", "--call", "-", "--explain"], call, |_| ());
    assert_eq!((ran.code, ran.out.matches('\n').count()), (4, 1), "{}", ran.all());
    assert!(ran.err.contains("pay/cap") && ran.err.contains("$500"), "{}", ran.err);
}

#[test]
fn files_that_are_named_together_are_one_program() {
    let tools = "edition 2026\n\ntool crm.write(customer: id) { action write }\n";
    let folder = Folder::new("eval-together", &[("desk.agentpass", DESK), ("more.agentpass", tools)]);
    let call = call("crm.write", r#"{"customer": "c1"}"#);
    let run = |args: &[&str]| folder.run_with(args, &call, |_| ()).code;
    assert_eq!(run(&["eval", "desk.agentpass", "more.agentpass", "--call", "-"]), 0);
    assert_eq!(run(&["eval", "desk.agentpass", "--call", "-"]), 4);
}
