//! What the model found in the runtime, each mistake once and as small as it gets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use agentpass_compiler::build::build;
use agentpass_compiler::load::MemoryFiles;
use agentpass_runtime::{Gate, Line, Store};
use agentpass_values::Timestamp;

/// Plays lines, each with what it is answered: the verdict with the codes of its reasons, `ok`, or the code of an error. Calls
/// stay open.
#[track_caller]
fn plays(clauses: &str, lines: &str) {
    let gate = gate(clauses);
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (expected, line) = line.split_once(" | ").unwrap();
        assert_eq!(answer(&gate.line(line.as_bytes())), expected.trim(), "{line}");
    }
}

fn gate(clauses: &str) -> Gate {
    let text = format!("edition 2026\ncontract found {{ version \"1\" }}\n{clauses}\n");
    let files = MemoryFiles::new([("found.agentpass", text.as_str())]);
    let built = build(&["found.agentpass".to_owned()], &files, &Default::default(), &Default::default());
    let (contract, _) = built.unwrap_or_else(|error| panic!("{error}"));
    let start = Timestamp::parse("2026-11-23T10:00:00Z").unwrap();
    Gate::builder(contract).store(Store::manual(start)).seed(1).offline().open(true).build().unwrap()
}

fn answer(line: &Line) -> String {
    match line {
        Line::Done => "ok".to_owned(),
        Line::Refused(error) => error.code.to_owned(),
        Line::Decision(decision) => {
            let mut words = vec![decision.verdict.word()];
            words.extend(decision.reasons.iter().map(|reason| reason.code));
            words.join(" ")
        }
    }
}

#[test]
fn a_job_below_a_suspended_one_is_suspended() {
    plays(
        "tool t() { action read }",
        r#"
        ok             | {"open": {"job": "above"}}
        ok             | {"open": {"job": "below", "parent": "above"}}
        allow          | {"job": "below", "tool": "t", "args": {}}
        ok             | {"suspend": {"job": "above"}}
        deny suspended | {"job": "below", "tool": "t", "args": {}}
        "#,
    );
}

#[test]
fn a_clock_that_was_ahead_frees_nothing() {
    plays(
        "tool t(a: id) { action read }\nlimit l per user in any 10m { calls at most 2 }\nlimit m per user in any 10m { calls above 9 then warn }",
        r#"
        allow      | {"at": "2026-11-23T10:00:00Z", "user": "u", "tool": "t", "args": {"a": "x"}}
        allow      | {"at": "2026-11-23T11:00:00Z", "user": "v", "tool": "t", "args": {"a": "x"}}
        allow      | {"at": "2026-11-23T10:01:00Z", "user": "u", "tool": "t", "args": {"a": "x"}}
        deny limit | {"at": "2026-11-23T10:02:00Z", "user": "u", "tool": "t", "args": {"a": "x"}}
        "#,
    );
    plays(
        "tool t(a: id) { action read }\nlimit l per user each day in \"UTC\" { calls at most 2 }",
        r#"
        allow      | {"at": "2026-11-23T23:59:00Z", "user": "u", "tool": "t", "args": {"a": "x"}}
        allow      | {"at": "2026-11-24T00:01:00Z", "user": "v", "tool": "t", "args": {"a": "x"}}
        allow      | {"at": "2026-11-23T23:59:30Z", "user": "u", "tool": "t", "args": {"a": "x"}}
        deny limit | {"at": "2026-11-23T23:59:40Z", "user": "u", "tool": "t", "args": {"a": "x"}}
        "#,
    );
}

#[test]
fn running_times_begin_with_the_job() {
    plays(
        "tool t() { action read }\nlimit l per job { runtime at most 10m }",
        r#"
        ok         | {"at": "2026-11-23T10:00:00Z", "open": {"job": "j"}}
        allow      | {"at": "2026-11-23T10:10:00Z", "job": "j", "tool": "t", "args": {}}
        deny limit | {"at": "2026-11-23T10:10:01Z", "job": "j", "tool": "t", "args": {}}
        "#,
    );
}

#[test]
fn a_job_that_was_suspended_before_it_began_can_begin_and_is_suspended() {
    plays(
        "tool t() { action read }",
        r#"
        ok             | {"suspend": {"tenant": "a", "job": "j"}}
        ok             | {"open": {"tenant": "a", "job": "j"}}
        deny suspended | {"tenant": "a", "job": "j", "tool": "t", "args": {}}
        ok             | {"lift": {"job": "j"}}
        allow          | {"tenant": "a", "job": "j", "tool": "t", "args": {}}
        "#,
    );
}

#[test]
fn what_is_spent_between_calls_charges_the_jobs_above() {
    plays(
        "host { tokens: int }\non any { uses tokens host.tokens }\ntool t() { action read }\nlimit l per job { tokens at most 10 }",
        r#"
        ok         | {"open": {"job": "above"}}
        ok         | {"open": {"job": "below", "parent": "above"}}
        ok         | {"usage": {"job": "below", "tokens": 11}}
        deny limit | {"job": "above", "tool": "t", "args": {}, "host": {"tokens": 0}}
        "#,
    );
}

#[test]
fn an_argument_that_looks_like_the_job_is_an_argument() {
    plays(
        "tool t(a: id) { action read; limit l per job, a { calls at most 1 } }",
        r#"
        ok         | {"open": {"job": "above"}}
        ok         | {"open": {"job": "below", "parent": "above"}}
        allow      | {"job": "below", "tool": "t", "args": {"a": "below"}}
        deny limit | {"job": "above", "tool": "t", "args": {"a": "below"}}
        allow      | {"job": "above", "tool": "t", "args": {"a": "above"}}
        "#,
    );
}

#[test]
fn a_step_is_lifted_where_it_was_passed() {
    plays(
        "challenge ask { ask anyone; single use }\ntool t() { action read }\nlimit l per job { calls above 1 then challenge ask }",
        r#"
        ok                  | {"open": {"job": "above"}}
        ok                  | {"open": {"job": "below", "parent": "above"}}
        allow               | {"job": "above", "tool": "t", "args": {}}
        challenge challenge | {"id": "c1", "job": "below", "tool": "t", "args": {}}
        ok                  | {"approve": "c1", "by": {"user": "p"}}
        allow               | {"id": "c1", "job": "below", "tool": "t", "args": {}}
        allow               | {"id": "c2", "job": "above", "tool": "t", "args": {}}
        "#,
    );
}

#[test]
fn bounds_that_say_the_same_ask_once() {
    let gate = gate(
        "challenge ask { ask anyone; single use }\ntool t() { action read }\nlimit l per job { calls above 0 then challenge ask as a; calls above 0 then challenge ask as b }",
    );
    match gate.line(br#"{"id": "c1", "job": "j", "tool": "t", "args": {}}"#) {
        Line::Decision(decision) => assert_eq!(decision.challenges.len(), 1),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_step_is_asked_about_anew_in_another_unit() {
    plays(
        "challenge ask { ask anyone; single use }\ntool t() { action read }\nlimit l per user each day in \"UTC\" { calls above 0 then challenge ask }",
        r#"
        challenge challenge | {"at": "2026-11-23T12:00:00Z", "id": "c1", "user": "u", "tool": "t", "args": {}}
        ok                  | {"at": "2026-11-23T12:00:00Z", "approve": "c1", "by": {"user": "p"}}
        challenge challenge | {"at": "2026-11-24T12:00:00Z", "id": "c1", "user": "u", "tool": "t", "args": {}}
        "#,
    );
}

#[test]
fn a_vote_is_about_what_the_call_met() {
    plays(
        "challenge ask { ask anyone; expires 10m; single use }\ntool t() { action read; challenge ask }",
        r#"
        challenge challenge | {"at": "2026-11-23T10:00:00Z", "id": "c1", "user": "u", "tool": "t", "args": {}}
        challenge challenge | {"at": "2026-11-23T10:20:00Z", "id": "c2", "user": "u", "tool": "t", "args": {}}
        challenge challenge | {"at": "2026-11-23T10:20:00Z", "id": "c3", "user": "u", "tool": "t", "args": {}}
        vote.unknown        | {"approve": "c1", "by": {"user": "p"}}
        ok                  | {"approve": "c3", "by": {"user": "p"}}
        allow               | {"id": "c2", "user": "u", "tool": "t", "args": {}}
        "#,
    );
}

#[test]
fn what_was_decided_outlives_a_suspension() {
    plays(
        "tool t() { action read }",
        r#"
        allow          | {"id": "c1", "tool": "t", "args": {}}
        ok             | {"suspend": "gate"}
        deny suspended | {"id": "c1", "tool": "t", "args": {}}
        ok             | {"lift": "gate"}
        allow          | {"id": "c1", "tool": "t", "args": {}}
        "#,
    );
}

#[test]
fn an_end_that_nobody_knows_is_over_with_its_window() {
    plays(
        "tool look(n: int) { action read }\ntool t() { action read; let x = (latest look within 10m); require not has x }",
        r#"
        allow        | {"at": "2026-11-23T10:00:00Z", "id": "c1", "job": "j", "tool": "look", "args": {"n": 1}}
        ok           | {"settle": "c1", "outcome": "unknown"}
        deny require | {"at": "2026-11-23T10:10:00Z", "job": "j", "tool": "t", "args": {}}
        allow        | {"at": "2026-11-23T10:10:01Z", "job": "j", "tool": "t", "args": {}}
        "#,
    );
}

#[test]
fn counts_within_two_times_are_two_counts() {
    plays(
        "tool look() { action read }\ntool a() { action read; require calls of look within 10m >= 1 }\ntool b() { action read; require calls of look within 1h >= 1 }",
        r#"
        allow        | {"at": "2026-11-23T10:00:00Z", "id": "c1", "job": "j", "tool": "look", "args": {}}
        ok           | {"settle": "c1", "outcome": "ok"}
        allow        | {"at": "2026-11-23T10:10:00Z", "job": "j", "tool": "a", "args": {}}
        deny require | {"at": "2026-11-23T10:10:01Z", "job": "j", "tool": "a", "args": {}}
        allow        | {"at": "2026-11-23T10:10:01Z", "job": "j", "tool": "b", "args": {}}
        "#,
    );
}

#[test]
fn the_latest_that_has_begun_is_the_one_that_began_last() {
    plays(
        "tool look(n: int) { action read }\ntool t() { action read; let x = (latest started look within 1h); require has x and x.args.n == 2 }",
        r#"
        allow | {"id": "c1", "job": "j", "tool": "look", "args": {"n": 1}}
        allow | {"id": "c2", "job": "j", "tool": "look", "args": {"n": 2}}
        ok    | {"settle": "c2", "outcome": "ok"}
        ok    | {"settle": "c1", "outcome": "ok"}
        allow | {"job": "j", "tool": "t", "args": {}}
        "#,
    );
}

#[test]
fn a_sum_of_what_has_begun_has_a_window_for_open_calls_too() {
    plays(
        "tool pay(m: money<USD> as cents) { action pay; amount m; require sum amount of pay within 10m < $5 }",
        r#"
        allow        | {"at": "2026-11-23T10:00:00Z", "job": "j", "tool": "pay", "args": {"m": 500}}
        deny require | {"at": "2026-11-23T10:10:00Z", "job": "j", "tool": "pay", "args": {"m": 1}}
        allow        | {"at": "2026-11-23T10:10:01Z", "job": "j", "tool": "pay", "args": {"m": 1}}
        "#,
    );
}

#[test]
fn a_replay_brings_labels_of_a_run_in_another_job() {
    plays(
        "label raw\ntool get(a: id) { action write; reads web carrying raw; once per a replay for 1h }\ntool t() { action read; deny when job carries raw }",
        r#"
        allow     | {"id": "c1", "job": "i", "tool": "get", "args": {"a": "x"}}
        ok        | {"settle": "c1", "outcome": "ok", "result": {}}
        allow     | {"job": "j", "tool": "t", "args": {}}
        replay    | {"id": "c2", "job": "j", "tool": "get", "args": {"a": "x"}}
        deny deny | {"job": "j", "tool": "t", "args": {}}
        "#,
    );
}

#[test]
fn flow_otherwise_is_about_its_labels() {
    let tools = "label raw\nlabel pii\ntool get() { action read; reads web carrying raw }\ntool put() { action send; sends to wiki }";
    plays(
        &format!("{tools}\nflow otherwise carrying any pii {{ deny }}"),
        r#"
        allow | {"job": "j", "tool": "get", "args": {}}
        allow | {"job": "j", "tool": "put", "args": {}}
        "#,
    );
}
