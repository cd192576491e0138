//! `agentpassc replay`: one line in, one line out.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use crate::{Folder, GUARDED, TYPO, json};

fn pay(id: &str, minute: u32, amount: u32, key: &str) -> String {
    format!(
        r#"{{"id": "{id}", "at": "2026-11-23T10:{minute:02}:00Z", "agent": "clerk", "tenant": "acme", "user": "u-1", "job": "j-1", "tool": "pay", "args": {{"to": "c1", "amount": {amount}, "key": "{key}"}}}}"#
    )
}

fn guarded(test: &str) -> Folder {
    Folder::new(&format!("replay-{test}"), &[("desk.agentpass", GUARDED)])
}

fn replay(folder: &Folder, lines: &[String], more: &[&str]) -> (i32, Vec<serde_json::Value>) {
    let args: Vec<&str> =
        ["replay", "desk.agentpass", "--calls", "-"].into_iter().chain(more.iter().copied()).collect();
    let ran = folder.run_with(&args, lines.join("\n"), |_| ());
    assert_eq!(ran.err, "");
    (ran.code, ran.out.lines().map(json).collect())
}

fn verdicts(answers: &[serde_json::Value]) -> Vec<&str> {
    answers
        .iter()
        .map(|answer| match answer["decision"].as_str() {
            Some(verdict) => verdict,
            None if answer["ok"] == true => "ok",
            None => "error",
        })
        .collect()
}

#[test]
fn memory_is_kept_from_line_to_line() {
    let lines = [
        pay("a", 0, 500, "k1"),
        pay("b", 1, 500, "k1"),
        pay("c", 2, 5000, "k2"),
        r#"{"at": "2026-11-23T10:03:00Z", "approve": "c", "challenge": "manager", "by": {"user": "m-1", "groups": ["managers"]}}"#
            .to_owned(),
        pay("c", 4, 5000, "k2"),
        r#"{"reset": true}"#.to_owned(),
        pay("a", 5, 500, "k1"),
    ];
    let (code, answers) = replay(&guarded("memory"), &lines, &[]);
    assert_eq!(verdicts(&answers), ["allow", "replay", "challenge", "ok", "allow", "ok", "allow"]);
    assert_eq!(code, 0);
    assert_eq!(answers[0]["call"], "a", "the id of a call is echoed");
}

#[test]
fn a_call_without_an_outcome_completes_at_the_next_line_unless_it_is_left_open() {
    let lines = [pay("a", 0, 500, "k1"), pay("b", 1, 500, "k1")];
    let folder = guarded("open");
    assert_eq!(verdicts(&replay(&folder, &lines, &[]).1), ["allow", "replay"]);
    assert_eq!(verdicts(&replay(&folder, &lines, &["--open"]).1), ["allow", "deny"]);
    let failed = [
        pay("a", 0, 500, "k1"),
        r#"{"settle": "a", "outcome": "not_sent"}"#.to_owned(),
        pay("b", 1, 500, "k1"),
    ];
    for more in [&[][..], &["--open"]] {
        assert_eq!(verdicts(&replay(&folder, &failed, more).1), ["allow", "ok", "allow"]);
    }
}

#[test]
fn lines_that_cannot_be_read_are_refused_and_the_run_goes_on() {
    let long = format!("{{\"tool\": \"{}\"}}", "x".repeat(3 << 20));
    let lines = [
        pay("a", 0, 500, "k1"),
        "{".to_owned(),
        String::new(),
        "\u{feff}{}".to_owned(),
        long,
        "\u{0}".to_owned(),
        r#"{"settle": "nobody", "outcome": "ok"}"#.to_owned(),
        pay("b", 1, 500, "k2"),
    ];
    let (code, answers) = replay(&guarded("refused"), &lines, &[]);
    assert_eq!(answers.len(), lines.len(), "line n answers line n");
    assert_eq!(code, 1);
    assert_eq!((&answers[0]["decision"], &answers[7]["decision"]), (&json("\"allow\""), &json("\"allow\"")));
    for answer in &answers[1..6] {
        let code = answer["error"]["code"].as_str().or(answer["reasons"][0]["code"].as_str()).unwrap();
        assert!(code.starts_with("wire."), "{answer}");
    }
    assert!(answers[6]["error"]["code"].is_string(), "{}", answers[6]);
}

#[test]
fn invalid_text_and_carriage_returns() {
    let folder = guarded("encodings");
    let mut input = b"{\"tool\": \"\xff\"}\n".to_vec();
    input.extend(pay("a", 0, 500, "k1").bytes().chain(*b"\r\n"));
    let ran = folder.run_with(&["replay", "desk.agentpass", "--calls", "-"], input, |_| ());
    let answers: Vec<_> = ran.out.lines().map(json).collect();
    assert_eq!(ran.code, 1);
    assert_eq!(answers[1]["decision"], "allow");
}

#[test]
fn nothing_in_nothing_out() {
    let folder = guarded("empty");
    let ran = folder.run(&["replay", "desk.agentpass", "--calls", "-"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
}

#[test]
fn a_line_is_answered_before_the_next_one_comes() {
    let folder = guarded("streaming");
    let mut child = Command::new(env!("CARGO_BIN_EXE_agentpassc"))
        .args(["replay", "desk.agentpass", "--calls", "-"])
        .current_dir(&folder.0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    for number in 0..3 {
        writeln!(input, "{}", pay(&format!("a{number}"), number, 100, &format!("k{number}"))).unwrap();
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        assert_eq!(json(&line)["decision"], "allow");
    }
    drop(input);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn what_cannot_run() {
    let folder = guarded("wrong");
    folder.write("typo.agentpass", TYPO);
    folder.write("calls.jsonl", pay("a", 0, 1, "k"));
    let ran = folder.run(&["replay", "typo.agentpass", "--calls", "calls.jsonl"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    for args in
        [["replay", "desk.agentpass", "--calls", "nope"], ["replay", "desk.agentpass", "--calls", "."]]
    {
        let ran = folder.run(&args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    }
}
