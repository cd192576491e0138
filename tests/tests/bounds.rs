//! What the gate remembers stays within what `agentpassc explain` promises: for each construct a contract of its own, driven as far
//! as it goes, and the runtime's own count of its rows.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::Arc;

use agentpass_compiler::build::build;
use agentpass_compiler::explain::explain;
use agentpass_compiler::explain::state::Memory;
use agentpass_compiler::load::MemoryFiles;
use agentpass_runtime::state::key::OfJob;
use agentpass_runtime::store::{Change, Forms, Keeper, Snapshot, Touches};
use agentpass_runtime::{Gate, Line, MemoryStore, Store, StoreError};
use agentpass_values::Timestamp;

/// The kinds of rows, by the first byte of their keys.
const TALLY: u8 = 1;
const WATCH: u8 = 2;
const ONCE: u8 = 3;
const ASKING: [u8; 3] = [4, 5, 6];
const JOB: [u8; 2] = [7, 8];
const PERMIT: [u8; 2] = [9, 10];
const SEEN: u8 = 11;
const MADE: u8 = 12;

/// A store whose rows can be looked at while a gate has it.
#[derive(Clone)]
struct Shared(Arc<MemoryStore>);

impl Keeper for Shared {
    fn transact(
        &self,
        forms: Forms<'_>,
        touches: &Touches,
        work: &mut dyn FnMut(&Snapshot<'_>) -> Vec<Change>,
    ) -> Result<(), StoreError> {
        self.0.transact(forms, touches, work)
    }

    fn reset(&self) {
        self.0.reset();
    }

    fn set_clock(&self, at: Timestamp) {
        self.0.set_clock(at);
    }

    fn drop_rows(&self, of: &OfJob) {
        self.0.drop_rows(of);
    }
}

/// A contract at work, with what is promised of it.
struct Case {
    gate: Gate,
    store: Shared,
    memory: Vec<Memory>,
    at: i64,
}

impl Case {
    fn new(body: &str) -> Self {
        let text = format!("edition 2026\ncontract c {{ version \"1\"; agents \"a\" }}\n{body}\n");
        let files = MemoryFiles::new([("c.agentpass", text.as_str())]);
        let built = build(&["c.agentpass".to_owned()], &files, &Default::default(), &Default::default());
        let (contract, analysis) = built.unwrap_or_else(|error| panic!("{error}\n{body}"));
        let memory = explain(&analysis.loaded.sources, &analysis.checked.program).memory;
        let store = Shared(Arc::new(MemoryStore::manual(Timestamp::EPOCH)));
        let gate =
            Gate::builder(contract).store(Store::of(store.clone())).offline().open(true).build().unwrap();
        Self { gate, store, memory, at: 0 }
    }

    /// A line of `replay`, so many milliseconds after the last one; the id of the decision, of a call.
    fn line(&mut self, millis: i64, line: &str) -> Option<String> {
        self.at += millis;
        self.gate.at(Timestamp::from_nanos(self.at * 1_000_000));
        match self.gate.line(line.as_bytes()) {
            Line::Decision(decision) => Some(decision.id),
            Line::Done => None,
            Line::Refused(error) => panic!("{line}: {error}"),
        }
    }

    fn call(&mut self, millis: i64, more: &str, tool: &str, args: &str) -> String {
        let call = format!(
            r#"{{{more} "agent": "a", "user": "u", "tenant": "t", "job": "j", "tool": "{tool}", "args": {args}}}"#
        );
        self.line(millis, &call).unwrap()
    }

    fn settle(&mut self, decision: &str, outcome: &str) {
        self.line(0, &format!(r#"{{"settle": "{decision}", "outcome": "{outcome}"}}"#));
    }

    /// The largest row of some kinds, all kinds together: a key has one row of each.
    fn largest(&self, kinds: &[u8]) -> u64 {
        let mut largest: BTreeMap<u8, usize> = BTreeMap::new();
        for (kind, bytes) in self.store.0.sizes().into_iter().filter(|(kind, _)| kinds.contains(kind)) {
            let known = largest.entry(kind).or_insert(0);
            *known = bytes.max(*known);
        }
        largest.values().sum::<usize>() as u64
    }

    /// The largest rows of some kinds take what is promised for those entries and so many open calls, and not absurdly less.
    fn within(&self, kinds: &[u8], of: &[&str], open: u64) {
        let is = self.largest(kinds);
        let all =
            self.memory.iter().filter(|one| of.iter().any(|of| *of == one.of || one.what.starts_with(of)));
        let promised: u64 = all.map(|one| one.bytes + one.bytes_per_open_call * open).sum();
        assert!(is > 0, "{of:?}: there are no rows");
        assert!(is <= promised, "{of:?}: {is} bytes, and {promised} are promised");
        println!("{of:?}: {is} of {promised} bytes");
    }

    /// And whatever else is there, for the calls of these tests.
    fn and_the_rest(&self) {
        for (kinds, of) in
            [(&JOB[..], "jobs"), (&PERMIT[..], "open calls"), (&[SEEN][..], "calls with an id")]
        {
            if self.largest(kinds) > 0 {
                self.within(kinds, &[of], 0);
            }
        }
    }
}

#[test]
fn counts_in_a_sliding_window() {
    for most in [1, 5, 64, 1000] {
        let body =
            format!("tool t(k: id) {{ action read; limit l per k in any 1h {{ calls at most {most} }} }}");
        let mut case = Case::new(&body);
        for number in 0..most + 10 {
            let id = case.call(1, "", "t", r#"{"k": "k1"}"#);
            if number < most {
                case.settle(&id, "ok");
            }
        }
        case.within(&[TALLY], &["t/l"], 0);
        case.and_the_rest();
    }
}

#[test]
fn counts_of_open_calls() {
    let mut case = Case::new("tool t(k: id) { action read; limit l per k in any 1h { calls at most 300 } }");
    let open: Vec<String> = (0..300).map(|_| case.call(1, "", "t", r#"{"k": "k1"}"#)).collect();
    case.within(&[TALLY], &["t/l"], 300);
    open.iter().for_each(|id| case.settle(id, "not_sent"));
    case.within(&[TALLY], &["t/l"], 0);
}

#[test]
fn totals_of_lifetimes_and_days() {
    let body = r#"
host { tokens: int, cost: money<USD> as number }
tool t(k: id, m: money<USD> as cents) {
    action pay; amount m
    uses tokens host.tokens; uses cost host.cost
    limit a per job { calls at most 500; tokens at most 100_000; cost at most $5000; sum amount at most $500; runtime at most 10m }
    limit b per k each day in "UTC" { calls at most 500; sum amount at most $500 }
}"#;
    let mut case = Case::new(body);
    for _ in 0..200 {
        let id = case.call(1, r#""host": {"tokens": 5, "cost": 0.01},"#, "t", r#"{"k": "k1", "m": 1}"#);
        case.settle(&id, "ok");
    }
    // Each bound promises a row of its own; the largest is within any of them.
    for one in case.memory.iter().filter(|one| one.of.starts_with("t/")) {
        assert!(case.largest(&[TALLY]) <= one.bytes, "{one:?}");
    }
    case.and_the_rest();
}

#[test]
fn sums_in_a_sliding_window() {
    let mut case = Case::new(
        "tool t(k: id, m: money<USD> as cents) { action pay; amount m; limit l per k in any 64s { sum amount at most $500 } }",
    );
    for _ in 0..2000 {
        let id = case.call(501, "", "t", r#"{"k": "k1", "m": 1}"#);
        case.settle(&id, "ok");
    }
    case.within(&[TALLY], &["t/l"], 0);
    case.and_the_rest();
}

/// A question that is over is asked anew, and nothing is left of the one before.
#[test]
fn questions_that_are_asked_again() {
    let body = r#"
challenge op { ask 1 of group "ops"; expires 1m; single use }
tool t(k: id) { action read; challenge op when k == "k1" }"#;
    let mut case = Case::new(body);
    for _ in 0..100 {
        case.call(61_000, r#""id": "c1","#, "t", r#"{"k": "k1"}"#);
    }
    case.within(&ASKING, &["op"], 0);
    let rows = case.store.0.len();
    case.call(1, r#""id": "c2","#, "t", r#"{"k": "k1"}"#);
    case.line(1, r#"{"approve": "c1", "by": {"user": "x", "groups": ["ops"]}}"#);
    // It may come back under another id.
    case.call(1, r#""id": "c2","#, "t", r#"{"k": "k1"}"#);
    let asking = case.store.0.sizes().iter().filter(|(kind, _)| ASKING.contains(kind)).count();
    assert_eq!(asking, 0, "of {rows}");
}

#[test]
fn steps_of_a_limit() {
    let body = r#"
challenge op { ask 2 of group "ops"; expires 1h; single use }
tool t(k: id) {
    action read
    limit l per k in any 1h { calls above 1 then warn; calls above 2 then warn; calls above 3 then challenge op; calls at most 9 }
}"#;
    let mut case = Case::new(body);
    for _ in 0..3 {
        case.call(1, "", "t", r#"{"k": "k1"}"#);
    }
    case.call(1, r#""id": "c1","#, "t", r#"{"k": "k1"}"#);
    for user in ["x", "y"] {
        case.within(&ASKING, &["t/l"], 0);
        let vote = format!(
            r#"{{"approve": "c1", "by": {{"user": "{user}", "groups": ["ops", "all", "staff", "more", "and more"]}}}}"#
        );
        case.line(1, &vote);
    }
    case.within(&ASKING, &["op"], 0);
    case.call(1, r#""id": "c1","#, "t", r#"{"k": "k1"}"#);
    case.within(&[TALLY], &["t/l"], 4);
    case.and_the_rest();
}

#[test]
fn calls_in_flight_and_retries_and_refusals() {
    let body = r#"
tool t(k: id) { action read; limit l per user { in_flight at most 200 } }
tool u(k: id) { action read; limit m per job { retries at most 20 } }
tool v(k: id) { action read; deny; limit n per user in any 1h { denials at most 40 } }"#;
    let mut case = Case::new(body);
    let open: Vec<String> = (0..200).map(|_| case.call(1, "", "t", r#"{"k": "k1"}"#)).collect();
    case.within(&[TALLY], &["t/l"], 200);
    open.iter().for_each(|id| case.settle(id, "ok"));
    case.within(&[TALLY], &["t/l"], 0);
    for _ in 0..20 {
        let id = case.call(1, "", "u", r#"{"k": "k1"}"#);
        case.settle(&id, "ok");
    }
    case.within(&[MADE], &["u/m"], 0);
    for _ in 0..100 {
        case.call(1, "", "v", r#"{"k": "k1"}"#);
    }
    case.within(&[TALLY], &["v/n"], 0);
    case.and_the_rest();
}

#[test]
fn keys_that_run_once() {
    let body = r#"
label seen
tool t(k: id) { action write; reads crm carrying seen; once per k replay for 1h as it }
tool u(k: id) { action write; once per k as other }"#;
    let mut case = Case::new(body);
    let result = format!("\"{}\"", "x".repeat(64 * 1024 - 2));
    for (tool, of) in [("u", "u/other"), ("t", "t/it")] {
        let id = case.call(1, "", tool, r#"{"k": "k1"}"#);
        case.line(1, &format!(r#"{{"settle": "{id}", "outcome": "ok", "result": {result}}}"#));
        case.within(&[ONCE], &[of], 0);
    }
    case.and_the_rest();
}

/// Overlapping calls leave many beginnings and ends; outcomes that nobody knows leave as many possible ones.
fn overlap(case: &mut Case, args: &str) {
    let mut open = Vec::new();
    for round in 0..400 {
        open.push(case.call(7, "", "look", args));
        if open.len() > 30 {
            let id = open.remove(round % 3);
            case.settle(&id, if round % 2 == 0 { "ok" } else { "unknown" });
        }
    }
}

#[test]
fn questions_to_the_past() {
    let long = "x".repeat(700);
    let args = format!(r#"{{"a": "a1", "note": "{long}", "m": 1}}"#);
    let look = "tool look(a: id, note: string, m: money<USD> as cents) { action write; amount m }\n";
    for (rule, of) in [
        ("require after look(a: a) within 30m with no look(a: a) since as r", "t/r"),
        ("deny when calls of look(a: a) within 1h > 50 as r", "t/r"),
        ("deny when calls of look(a: a) within job > 50 as r", "t/r"),
        ("deny when calls of look(a: a) within 1h with no failed look(a: a) since > 50 as r", "t/r"),
        ("deny when sum amount of look(a: a) within job with no failed look(a: a) since > $50 as r", "t/r"),
        ("deny when sum amount of look(a: a) within 64s > $50 as r", "t/r"),
        ("deny when in_flight of look(a: a) > 5 as r", "t/r"),
        ("let x = (latest look(a: a) within 1h)\n require has x and x.args.note == \"y\" as r", "t/r"),
        ("let x = (first look(a: a))\n require has x and x.args.note == \"y\" as r", "t/r"),
    ] {
        let mut case = Case::new(&format!("{look}tool t(a: id) {{ action read; {rule} }}"));
        overlap(&mut case, &args);
        case.within(&[WATCH], &[of], 31);
        case.and_the_rest();
    }
}

#[test]
fn different_values_of_past_calls() {
    for (rule, of) in [
        ("require count(distinct note of look(a: a) within 1h) < 20 as r", "t/r"),
        ("deny when some x in distinct note of look(a: a) within 1h: x == \"y\" as r", "t/r"),
        ("deny when \"y\" in distinct note of look(a: a) within job as r", "t/r"),
    ] {
        let look = "tool look(a: id, note: string) { action write }";
        let mut case = Case::new(&format!("{look}\ntool t(a: id) {{ action read; {rule} }}"));
        let mut open = Vec::new();
        for round in 0..400 {
            let note = format!("{round}{}", "x".repeat(900));
            open.push(case.call(7, "", "look", &format!(r#"{{"a": "a1", "note": "{note}"}}"#)));
            if open.len() > 30 {
                let id = open.remove(round % 3);
                case.settle(&id, if round % 2 == 0 { "ok" } else { "unknown" });
            }
        }
        case.within(&[WATCH], &[of], 31);
        case.and_the_rest();
    }
}

#[test]
fn counts_of_calls_while_the_clock_runs_backwards() {
    for most in [1, 5, 64, 1000] {
        let mut case = Case::new(&format!(
            "tool look(a: id) {{ action read }}\ntool t(a: id) {{ action read; require calls of look(a: a) within 1h >= {most} as r }}"
        ));
        for turn in 0..3 * most {
            for outcome in ["ok", "unknown"] {
                let id = case.call(if turn % 3 == 2 { -2 } else { 1 }, "", "look", r#"{"a": "a1"}"#);
                case.settle(&id, outcome);
            }
        }
        case.within(&[WATCH], &["t/r"], 0);
        case.and_the_rest();
    }
}

#[test]
fn what_is_too_large_to_keep_is_undetermined() {
    let body = r#"
tool look(a: id, note: string) { action read }
tool t(a: id) { action read; let x = (latest look(a: a) within 1h)
    require has x and x.args.note != "y" as r }"#;
    for (length, fits) in [(900, true), (200_000, false)] {
        let mut case = Case::new(body);
        let id = case.call(1, "", "look", &format!(r#"{{"a": "a1", "note": "{}"}}"#, "x".repeat(length)));
        case.settle(&id, "ok");
        case.within(&[WATCH], &["t/r"], 0);
        let text =
            r#"{"agent": "a", "user": "u", "tenant": "t", "job": "j", "tool": "t", "args": {"a": "a1"}}"#;
        let Line::Decision(decision) = case.gate.line(text.as_bytes()) else { panic!("no decision") };
        assert_eq!(decision.reasons.is_empty(), fits, "{:?}", decision.reasons);
    }
}

#[test]
fn jobs_with_labels() {
    let mut body = String::from("label one\nlabel two\nlabel three\n");
    for source in 0..12 {
        body.push_str(&format!(
            "tool r{source}(a: id) {{ action read; reads source_{source} carrying one, two, three }}\n"
        ));
    }
    body.push_str("tool t(a: id) { action read; deny when job carries one from source_1 }\n");
    let mut case = Case::new(&body);
    for source in 0..12 {
        let id = case.call(1, "", &format!("r{source}"), r#"{"a": "a1"}"#);
        case.settle(&id, "ok");
    }
    case.within(&JOB, &["jobs"], 0);
    case.and_the_rest();
}

#[test]
fn many_reasons_under_one_id() {
    let body = r#"
tool t(xs: list<string>) { action read; require each x in xs: x == "fine" because "{x} and {x} again are not fine" }"#;
    let mut case = Case::new(body);
    let xs: Vec<String> = (0..500).map(|number| format!("\"{number}{}\"", "y".repeat(300))).collect();
    let id = "c".repeat(256);
    case.call(1, &format!(r#""id": "{id}","#), "t", &format!(r#"{{"xs": [{}]}}"#, xs.join(",")));
    case.within(&[SEEN], &["calls with an id"], 0);
    let longer = format!(r#"{{"id": "{id}c", "agent": "a", "tool": "t", "args": {{"xs": ["fine"]}}}}"#);
    let Line::Decision(decision) = case.gate.line(longer.as_bytes()) else { panic!("no decision") };
    assert_eq!(decision.reasons[0].code, "wire.too_large");
}

/// What belongs to a job goes when it is closed; what belongs to its user stays, and so does the job itself.
#[test]
fn rows_of_jobs_that_are_closed() {
    let body = r#"
tool look(a: id) { action write; once per a }
tool t(a: id) {
    action  read
    require calls of look(a: a) within job <= 50 as r
    require calls of look(a: a) by user within 1h <= 5000 as s
    limit   of_job per job, a { calls at most 50 }
    limit   of_user per user in any 1h { calls at most 5000 }
    limit   again per job { retries at most 50 }
}"#;
    for (number, long) in [
        (1, ""),
        (40, ""),
        (
            40,
            "-with-a-name-that-no-key-holds-as-it-is-because-it-takes-so-many-letters-to-write-it-down-in-full-1234567890",
        ),
    ] {
        let mut case = Case::new(body);
        let mut after = Vec::new();
        for job in 0..number {
            let mut open = Vec::new();
            for call in 0..20 {
                for tool in ["look", "t"] {
                    let text = format!(
                        r#"{{"agent": "a", "user": "u", "job": "j{job}{long}", "id": "{job}-{call}-{tool}", "tool": "{tool}", "args": {{"a": "a{job}-{call}"}}}}"#
                    );
                    open.push(case.line(1, &text).unwrap());
                }
            }
            let last = open.pop().unwrap();
            open.iter().for_each(|id| case.settle(id, "ok"));
            let before = case.store.0.len();
            case.line(1, &format!(r#"{{"close": {{"job": "j{job}{long}"}}}}"#));
            assert!(before - case.store.0.len() >= 4 * 20, "{before} and then {}", case.store.0.len());
            // What is in flight is settled, and brings nothing back.
            case.settle(&last, "ok");
            after.push(case.store.0.len());
        }
        // The job, by two names, and its keys that run once; what is kept for the user is there once.
        let each: Vec<usize> = after.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(each.iter().all(|more| *more <= 2 + 20 + 20), "{each:?}");
        assert!(after[0] <= 2 + 20 + 20 + 2, "{after:?}");
    }
}

/// Whatever is settled, spent or reported after a job was closed, or one above it: none of its rows is there again, however long
/// its name is.
#[test]
fn nothing_comes_back_of_jobs_that_are_closed() {
    let body = r#"
host { tokens: int }
event E(a: id)
tool look(a: id) { action write; uses tokens host.tokens }
tool t(a: id) {
    action  read
    uses    tokens host.tokens
    require calls of look(a: a) within job <= 50 as r
    deny when after E(a: a) within job as s
    limit   of_job per job, a { calls at most 50 }
    limit   spent per job { tokens at most 5000 }
    limit   again per job { retries at most 50 }
}"#;
    for length in [1, 90, 103, 104, 105, 106, 107, 108, 109, 110, 111, 250, 254, 255, 256, 300] {
        let mut case = Case::new(body);
        let (above, below) = ("p".repeat(length), "c".repeat(length));
        case.line(1, &format!(r#"{{"open": {{"job": "{above}", "agent": "a", "user": "u"}}}}"#));
        case.line(
            1,
            &format!(r#"{{"open": {{"job": "{below}", "agent": "a", "user": "u", "parent": "{above}"}}}}"#),
        );
        let mut open = Vec::new();
        for (job, tool) in [(&above, "look"), (&above, "t"), (&below, "look"), (&below, "t")] {
            for more in 0..4 {
                let call = format!(
                    r#"{{"id": "{tool}-{more}", "agent": "a", "user": "u", "job": "{job}", "host": {{"tokens": 5}}, "tool": "{tool}", "args": {{"a": "a1"}}}}"#
                );
                open.push(case.line(1, &call).unwrap());
            }
        }
        let rows = |case: &Case| {
            case.store.0.sizes().iter().filter(|(kind, _)| [TALLY, WATCH, SEEN, MADE].contains(kind)).count()
        };
        let before = rows(&case);
        case.line(1, &format!(r#"{{"close": {{"job": "{above}"}}}}"#));
        let left = rows(&case);
        assert!(0 < left && left < before, "{length}: what is below has its own, {left} of {before}");
        for (number, id) in open.iter().enumerate() {
            let outcome = ["ok", "error", "not_sent", "unknown"][number % 4];
            let told = if outcome == "not_sent" { "" } else { r#", "host": {"tokens": 9}"# };
            case.line(0, &format!(r#"{{"settle": "{id}", "outcome": "{outcome}"{told}}}"#));
        }
        case.line(1, &format!(r#"{{"usage": {{"job": "{below}", "tokens": 3}}}}"#));
        case.line(1, &format!(r#"{{"event": "E", "job": "{above}", "args": {{"a": "a1"}}}}"#));
        case.line(1, &format!(r#"{{"close": {{"job": "{below}"}}}}"#));
        assert_eq!(rows(&case), 0, "{length}");
    }
}

/// Where there are many rows, each closing looks through a part of them.
#[test]
fn many_jobs_that_are_closed() {
    let mut case = Case::new("tool t(a: id) { action read; limit l per job, a { calls at most 5 } }");
    for job in 0..100 {
        for call in 0..50 {
            let text =
                format!(r#"{{"agent": "a", "job": "j{job}", "tool": "t", "args": {{"a": "a{call}"}}}}"#);
            let id = case.line(1, &text).unwrap();
            case.settle(&id, "ok");
        }
    }
    assert!(case.store.0.len() > 5000);
    for job in 0..100 {
        case.line(1, &format!(r#"{{"close": {{"job": "j{job}"}}}}"#));
    }
    let left = case.store.0.len();
    assert!(left < 2000, "{left}");
}

/// The whole store, against one promise for each of its rows.
#[test]
fn a_million_bytes_of_keys() {
    let mut case = Case::new("tool t(k: id) { action read; limit l per k in any 1h { calls at most 5 } }");
    for key in 0..1200 {
        for _ in 0..5 {
            let id = case.call(1, "", "t", &format!(r#"{{"k": "k{key}"}}"#));
            case.settle(&id, "ok");
        }
    }
    let rows = case.store.0.sizes();
    let tallies = rows.iter().filter(|(kind, _)| *kind == TALLY);
    let (count, bytes) = tallies.fold((0, 0), |(count, bytes), (_, one)| (count + 1, bytes + *one as u64));
    let promised = case.memory.iter().find(|one| one.of == "t/l").unwrap().bytes;
    assert_eq!(count, 1200);
    assert!(bytes <= promised * count, "{bytes} of {}", promised * count);
    // Not so loose that it says nothing.
    assert!(promised * count <= 3 * bytes, "{bytes} of {}", promised * count);
}
