//! Another contract for state that is alive (semantics 26): what goes on, what has to be said, and what happens to calls that are
//! under way.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};
use std::thread;

use agentpass_compiler::build::build;
use agentpass_compiler::load::MemoryFiles;
use agentpass_runtime::wire::Job;
use agentpass_runtime::{
    Call, Caller, Contract, Gate, Line, MemoryStore, Outcome, Permit, Reload, ReloadError, Source, Store,
    Verdict,
};
use agentpass_values::Timestamp;

fn contract(body: &str) -> Arc<Contract> {
    let text = format!("edition 2026\ncontract c {{ version \"1\"; agents \"a\" }}\n{body}\n");
    let files = MemoryFiles::new([("c.agentpass", text.as_str())]);
    let built = build(&["c.agentpass".to_owned()], &files, &Default::default(), &Default::default());
    Arc::new(built.unwrap_or_else(|error| panic!("{error}\n{body}")).0)
}

fn gate(body: &str) -> Gate {
    Gate::builder(contract(body)).store(Store::manual(Timestamp::EPOCH)).offline().open(true).build().unwrap()
}

fn reload(gate: &Gate, body: &str, how: &Reload) -> Gate {
    gate.reload(contract(body), how).unwrap_or_else(|error| panic!("{error}\n{body}"))
}

fn refused(gate: &Gate, body: &str, how: &Reload) -> ReloadError {
    gate.reload(contract(body), how).expect_err("it was taken")
}

/// The verdict and codes of a call in a job, so many seconds after 1970; the id of its decision is remembered in no way but by
/// the call's.
fn call(gate: &Gate, seconds: i64, id: &str, job: &str, tool: &str, args: &str) -> String {
    let at = Timestamp::from_nanos(seconds * 1_000_000_000);
    let text = format!(
        r#"{{"at": "{at}", "id": "{id}", "agent": "a", "user": "u", "job": "{job}", "tool": "{tool}", "args": {args}}}"#
    );
    let decision = gate.decide(Source::Offline, text.as_bytes());
    let codes: Vec<&str> = decision.reasons.iter().map(|reason| reason.code).collect();
    format!("{} {}", decision.verdict.word(), codes.join(" ")).trim().to_owned()
}

fn line(gate: &Gate, text: &str) -> Result<(), String> {
    match gate.line(text.as_bytes()) {
        Line::Done => Ok(()),
        Line::Refused(error) => Err(error.code.to_owned()),
        Line::Decision(decision) => panic!("{}", decision.to_json()),
    }
}

fn settle(gate: &Gate, id: &str, outcome: &str) {
    line(gate, &format!(r#"{{"settle": "{id}", "outcome": "{outcome}"}}"#)).unwrap();
}

fn pay(limit: &str) -> String {
    format!("tool pay(to: id, amount: money<USD> as cents) {{ action pay; amount amount; {limit} }}")
}

const TEN: &str = r#"{"to": "x", "amount": 1000}"#;

#[test]
fn a_changed_cap_keeps_what_was_spent() {
    for window in ["in any 24h", "each day in \"UTC\""] {
        let with = |cap: u32| pay(&format!("limit spent per user {window} {{ sum amount at most ${cap} }}"));
        let old = gate(&with(30));
        assert_eq!(call(&old, 0, "1", "j", "pay", TEN), "allow");
        assert_eq!(call(&old, 0, "2", "j", "pay", TEN), "allow");
        let lower = reload(&old, &with(20), &Reload::new());
        assert_eq!(call(&lower, 1, "3", "j", "pay", TEN), "deny limit");
        let higher = reload(&lower, &with(30), &Reload::new());
        assert_eq!(call(&higher, 2, "4", "j", "pay", TEN), "allow");
        assert_eq!(call(&higher, 2, "5", "j", "pay", TEN), "deny limit");
    }
}

/// The last times are kept as far as the cap needs them: a higher one must not find less than there was.
#[test]
fn a_higher_cap_on_calls_counts_all_of_them() {
    let with = |cap: u32| {
        format!("tool t(k: id) {{ action read; limit l per user in any 1h {{ calls at most {cap} }} }}")
    };
    let old = gate(&with(5));
    for number in 0..5 {
        assert_eq!(call(&old, number, &format!("{number}"), "j", "t", r#"{"k": "k"}"#), "allow");
        settle(&old, &number.to_string(), "ok");
    }
    let new = reload(&old, &with(7), &Reload::new());
    let allowed =
        (10..20).filter(|n| call(&new, *n, &n.to_string(), "j", "t", r#"{"k": "k"}"#) == "allow").count();
    assert_eq!(allowed, 2);
}

/// Above a cap that only asks, the times of the oldest calls are dropped; under a higher one they may still matter.
#[test]
fn a_higher_threshold_reckons_with_what_was_dropped() {
    let with =
        |cap: u32| format!("tool t(k: id) {{ action read; require calls of attempted t within 1h < {cap} }}");
    let old = gate(&with(3));
    for number in 0..20 {
        let met = call(&old, number, &format!("{number}"), "j", "t", r#"{"k": "k"}"#);
        assert_eq!(met, if number < 3 { "allow" } else { "deny require" });
    }
    let new = reload(&old, &with(10), &Reload::new());
    assert_eq!(call(&new, 30, "a", "j", "t", r#"{"k": "k"}"#), "deny require", "there were twenty");
    // An hour after the last that was dropped, what is kept is all there is.
    assert_eq!(call(&new, 3650, "b", "j", "t", r#"{"k": "k"}"#), "allow");
}

/// What is kept under the old name of a limit is not that of another one that is called so later.
#[test]
fn the_name_of_a_limit_that_was_migrated_is_free() {
    let with = |limits: &str| format!("tool t(k: id) {{ action read; {limits} }}");
    let limit = |name: &str, cap: u32| format!("limit {name} per user in any 1h {{ calls at most {cap} }}");
    let args = r#"{"k": "k"}"#;
    let old = gate(&with(&limit("a", 4)));
    assert_eq!(call(&old, 0, "1", "j", "t", args), "allow");
    let moved = reload(&old, &with(&limit("b", 4)), &Reload::new().migrate("t/b", "t/a"));
    assert_eq!(call(&moved, 1, "2", "j", "t", args), "allow");
    let both = with(&format!("{}; {}", limit("b", 4), limit("a", 1)));
    let new = reload(&moved, &both, &Reload::new());
    assert_eq!(call(&new, 2, "3", "j", "t", args), "allow", "nothing was counted in the new one");
    // And so it stays.
    let same = reload(&new, &both, &Reload::new());
    assert_eq!(call(&same, 3, "4", "j", "t", args), "deny limit");
    let higher = reload(&same, &with(&format!("{}; {}", limit("b", 4), limit("a", 9))), &Reload::new());
    assert_eq!(call(&higher, 4, "5", "j", "t", args), "allow");
    assert_eq!(call(&higher, 5, "6", "j", "t", args), "deny limit", "four were counted in the old one");
}

#[test]
fn a_renamed_limit_is_migrated_or_starts_full() {
    let old = gate(&pay("limit spent per user in any 24h { sum amount at most $30 }"));
    assert_eq!(call(&old, 0, "1", "j", "pay", TEN), "allow");
    let renamed = pay("limit paid per user in any 24h { sum amount at most $30 }");
    let error = refused(&old, &renamed, &Reload::new());
    assert_eq!(
        error.to_string(),
        "what was spent would be forgotten: `pay/paid` counts what `pay/spent` counted (say for each whether it is migrated, or starts full)"
    );
    let migrated = reload(&old, &renamed, &Reload::new().migrate("pay/paid", "pay/spent"));
    let left = |gate: &Gate, id: &str| {
        (0..5).take_while(|n| call(gate, 1, &format!("{id}{n}"), "j", "pay", TEN) == "allow").count()
    };
    assert_eq!(left(&migrated, "m"), 2);
    // What it is called in the state it stays, also under the next contract.
    let next =
        reload(&migrated, &pay("limit paid per user in any 24h { sum amount at most $40 }"), &Reload::new());
    assert_eq!(left(&next, "n"), 1);
    let full = reload(&old, &renamed, &Reload::new().starts_full("pay/paid"));
    assert_eq!(left(&full, "f"), 0);
    assert_eq!(call(&full, 86_400, "e1", "j", "pay", TEN), "deny limit", "the window is closed");
    assert_eq!(call(&full, 86_402, "e2", "j", "pay", TEN), "allow");
}

#[test]
fn another_window_or_key_or_unit_starts_full() {
    let old = gate(&pay("limit spent per user in any 1h { sum amount at most $30 }"));
    assert_eq!(call(&old, 0, "1", "j", "pay", TEN), "allow");
    for changed in [
        "limit spent per user in any 2h { sum amount at most $30 }",
        "limit spent per to in any 1h { sum amount at most $30 }",
        "limit spent per user each hour in \"UTC\" { sum amount at most $30 }",
    ] {
        let changed = pay(changed);
        assert!(
            matches!(refused(&old, &changed, &Reload::new()), ReloadError::Limits(all) if all.len() == 1),
            "{changed}"
        );
        let migrate = Reload::new().migrate("pay/spent", "pay/spent");
        assert!(matches!(refused(&old, &changed, &migrate), ReloadError::NoSuch { .. }), "{changed}");
        let full = reload(&old, &changed, &Reload::new().starts_full("pay/spent"));
        assert_eq!(call(&full, 3599, "2", "j", "pay", TEN), "deny limit", "{changed}");
        assert_eq!(call(&full, 7201, "3", "j", "pay", TEN), "allow", "{changed}");
        line(&old, r#"{"reset": true}"#).unwrap();
        assert_eq!(call(&old, 0, "1", "j", "pay", TEN), "allow");
    }
    let unknown = Reload::new().starts_full("pay/spend");
    let same = pay("limit spent per user in any 1h { sum amount at most $9 }");
    assert_eq!(refused(&old, &same, &unknown), ReloadError::Unknown("pay/spend".to_owned()));
}

#[test]
fn budgets_of_jobs_that_start_full_are_those_of_new_jobs() {
    let old = gate(&pay("limit spent per job { sum amount at most $30 }"));
    assert_eq!(call(&old, 0, "1", "j", "pay", TEN), "allow");
    let new = reload(
        &old,
        &pay("limit all per job, user { sum amount at most $30 }; limit n per job { calls at most 9 }"),
        &Reload::new(),
    );
    // Another key and another name: nothing says that it was the same.
    assert_eq!(call(&new, 1, "2", "j", "pay", TEN), "allow");
    let body = pay("limit spent per job, user { sum amount at most $30 }");
    let full = reload(&old, &body, &Reload::new().starts_full("pay/spent"));
    assert_eq!(call(&full, 2, "3", "j", "pay", TEN), "deny limit");
    assert_eq!(call(&full, 2, "4", "k", "pay", TEN), "allow");
    assert_eq!(call(&full, 9_000_000, "5", "j", "pay", TEN), "deny limit");
}

#[test]
fn new_limits_start_empty_and_removed_ones_bind_nobody() {
    let old = gate(&pay("limit spent per user in any 1h { sum amount at most $10 }"));
    assert_eq!(call(&old, 0, "1", "j", "pay", TEN), "allow");
    let bare = reload(&old, &pay(""), &Reload::new());
    assert_eq!(call(&bare, 1, "2", "j", "pay", TEN), "allow");
    let more = "limit spent per user in any 1h { sum amount at most $30 }; limit n per user in any 1h { calls at most 3 }";
    let more = reload(&old, &pay(more), &Reload::new());
    // The second payment was counted by nobody.
    assert_eq!(call(&more, 1, "3", "j", "pay", TEN), "allow");
    assert_eq!(call(&more, 1, "4", "j", "pay", TEN), "allow");
    assert_eq!(call(&more, 1, "5", "j", "pay", TEN), "deny limit");
}

#[test]
fn calls_in_flight_that_start_full_are_over_when_the_longest_is() {
    let with = |runs: &str, keys: &str| {
        format!("tool t(k: id) {{ action read; {runs}; limit l per {keys} {{ in_flight at most 1 }} }}")
    };
    let old = gate(&with("runs at most 5m", "user"));
    assert_eq!(call(&old, 0, "1", "j", "t", r#"{"k": "k"}"#), "allow");
    let how = Reload::new().starts_full("t/l");
    let new = reload(&old, &with("runs at most 5m", "user, agent"), &how);
    assert_eq!(call(&new, 299, "2", "j", "t", r#"{"k": "k"}"#), "deny limit");
    assert_eq!(call(&new, 301, "3", "j", "t", r#"{"k": "k"}"#), "allow");
    assert_eq!(
        refused(&old, &with("records 1", "user, agent"), &how),
        ReloadError::NeverEmpty("t/l".to_owned())
    );
}

/// Numbers of limits, monitors and bounds are those of one contract; what is under way settles by what it is about.
#[test]
fn calls_under_way_settle_with_the_new_contract() {
    let one = "
tool look(k: id) { action read }
tool pay(to: id, amount: money<USD> as cents) {
    action pay; amount amount; once per to
    require after look(k: to) within 1h
    limit spent per user in any 24h { sum amount at most $30 }
    limit open per user { in_flight at most 1 }
    limit often per user in any 1h { calls at most 3 }
}";
    let two = "
limit another per job { in_flight at most 9; calls at most 99 }
tool other(k: id) { action read; require not (after failed other(k: k) within 1h) }
tool pay(to: id, amount: money<USD> as cents) {
    action pay; amount amount; once per to
    require not (after other within 1m)
    require after look(k: to) within 1h
    limit often per user in any 1h { calls at most 3 }
    limit open per user { in_flight at most 1 }
    limit spent per user in any 24h { sum amount at most $30 }
}
tool look(k: id) { action read }";
    let look = r#"{"k": "x"}"#;
    for outcome in ["ok", "not_sent"] {
        let old = gate(one);
        assert_eq!(call(&old, 0, "l", "j", "look", look), "allow");
        let new = reload(&old, two, &Reload::new());
        assert_eq!(call(&new, 1, "p0", "j", "pay", TEN), "deny require");
        // Looked up under the old contract, ended under the new one: it counts for both.
        settle(&new, "l", "ok");
        assert_eq!(call(&old, 2, "p1", "j", "pay", TEN), "allow");
        assert_eq!(
            call(&new, 3, "p2", "j", "pay", r#"{"to": "x", "amount": 2500}"#),
            "deny once.done limit limit"
        );
        settle(&new, "p1", outcome);
        assert_eq!(line(&old, r#"{"settle": "p1", "outcome": "ok"}"#), Err("settle.unknown".to_owned()));
        let next = call(&new, 4, "p3", "j", "pay", r#"{"to": "x", "amount": 2500}"#);
        assert_eq!(next, if outcome == "ok" { "deny once.conflict limit" } else { "allow" }, "{outcome}");
    }
}

/// A limit goes and comes back: what was in flight when it went is not for ever.
#[test]
fn a_limit_that_comes_back_knows_what_has_landed() {
    let with = "tool t(k: id) { action read; limit l per user { in_flight at most 1 } }";
    let old = gate(with);
    assert_eq!(call(&old, 0, "1", "j", "t", r#"{"k": "k"}"#), "allow");
    let bare = reload(&old, "tool t(k: id) { action read }", &Reload::new());
    settle(&bare, "1", "ok");
    let back = reload(&bare, with, &Reload::new());
    assert_eq!(call(&back, 1, "2", "j", "t", r#"{"k": "k"}"#), "allow");
}

#[test]
fn approvals_belong_to_the_contract_under_which_was_asked() {
    let with = |more: &str| {
        format!(
            "challenge boss {{ ask anyone; expires 1h; single use }}\n{more}\n{}",
            pay("challenge boss when amount > $5")
        )
    };
    let old = gate(&with(""));
    assert_eq!(call(&old, 0, "1", "j", "pay", TEN), "challenge challenge");
    line(&old, r#"{"approve": "1", "by": {"user": "b"}}"#).unwrap();
    let new = reload(&old, &with("tool other(k: id) { action read }"), &Reload::new());
    assert_eq!(call(&new, 1, "1", "j", "pay", TEN), "challenge challenge");
    assert_eq!(call(&old, 2, "1", "j", "pay", TEN), "allow", "with the old contract it is good");
}

/// Steps are known by what they are. What was lifted stays lifted; another threshold, or another question, has not been lifted.
#[test]
fn steps_are_known_by_what_they_are() {
    let with = |bounds: &str| {
        format!(
            "challenge op {{ ask anyone; expires 1h; single use }}\nchallenge chief {{ ask anyone; expires 1h; single use }}
tool t(k: id) {{ action read; limit l per user in any 1h {{ {bounds} }} }}"
        )
    };
    let k = r#"{"k": "k"}"#;
    let old = gate(&with("calls above 1 then challenge op; calls at most 20"));
    assert_eq!(call(&old, 0, "1", "j", "t", k), "allow");
    assert_eq!(call(&old, 0, "2", "j", "t", k), "challenge challenge");
    line(&old, r#"{"approve": "2", "by": {"user": "b"}}"#).unwrap();
    // The question is asked anew by another contract.
    let asks = reload(&old, &with("calls above 1 then challenge op; calls at most 21"), &Reload::new());
    assert_eq!(call(&asks, 1, "3", "j", "t", k), "challenge challenge");
    assert_eq!(call(&old, 1, "2", "j", "t", k), "allow");
    for (bounds, verdict) in [
        ("calls at most 20; calls above 1 then challenge op", "allow"),
        ("calls above 2 then challenge op; calls at most 20", "challenge challenge"),
        ("calls above 1 then challenge chief; calls at most 20", "challenge challenge"),
    ] {
        let new = reload(&old, &with(bounds), &Reload::new());
        assert_eq!(call(&new, 2, bounds, "j", "t", k), verdict, "{bounds}");
    }
}

/// Rows are over by the contract that they were kept by, whatever number their limit has in the next one.
#[test]
fn what_is_alive_is_not_swept_by_another_contracts_windows() {
    let text = |limits: &str| {
        format!(
            "edition 2026\ncontract c {{ version \"1\"; agents \"a\" }}\ntool t(k: id) {{ action read; {limits} }}\n"
        )
    };
    let build = |text: &str| {
        let files = MemoryFiles::new([("c.agentpass", text)]);
        build(&["c.agentpass".to_owned()], &files, &Default::default(), &Default::default()).unwrap().0
    };
    let day = "limit day per k in any 24h { calls at most 1 }";
    let store = Store::of(MemoryStore::manual(Timestamp::EPOCH).with_capacity(8));
    let old = Gate::builder(build(&text(day))).store(store).offline().build().unwrap();
    let at = |gate: &Gate, seconds: i64, k: &str| {
        let at = Timestamp::from_nanos(seconds * 1_000_000_000);
        let text = format!(r#"{{"at": "{at}", "agent": "a", "tool": "t", "args": {{"k": "{k}"}}}}"#);
        let decision = gate.decide(Source::Offline, text.as_bytes());
        let _ = gate.line(format!(r#"{{"settle": "{}", "outcome": "ok"}}"#, decision.id).as_bytes());
        decision.reasons.first().map_or("allow", |reason| reason.code)
    };
    for k in ["a", "b", "c", "d", "e", "f"] {
        assert_eq!(at(&old, 0, k), "allow");
    }
    let new = build(&text(&format!("limit minute per k in any 1m {{ calls at most 1 }}; {day}")));
    let new = old.reload(new, &Reload::new()).unwrap();
    // There is no room for more; what makes room must not be what still counts.
    let full = (0..9).map(|n| at(&new, 120, &format!("n{n}"))).filter(|code| *code == "store.full").count();
    assert!(full > 0);
    for k in ["a", "b", "c", "d", "e", "f"] {
        assert_eq!(at(&new, 130, k), "limit", "{k}");
    }
}

fn caller() -> Caller {
    let job = Job { id: "j".into(), ..Job::default() };
    Caller { agent: Some("a".into()), user: Some("u".into()), job: Some(job), ..Caller::default() }
}

fn check(gate: &Gate) -> Option<Permit> {
    match gate.check(&caller(), &Call::new("pay", r#"{"to": "x", "amount": 100}"#)).unwrap() {
        Verdict::Allow(permit) => Some(permit),
        _ => None,
    }
}

/// Threads decide while the contract is swapped under them: what all of them spent is within the cap that was there, and nothing
/// is lost on the way.
#[test]
fn threads_decide_while_the_contract_is_swapped() {
    let with = |cap: u32| pay(&format!("limit spent per user in any 24h {{ sum amount at most ${cap} }}"));
    let contracts = [contract(&with(200)), contract(&with(120)), contract(&with(200))];
    for _ in 0..10 {
        let first =
            Gate::builder(contracts[0].clone()).store(Store::manual(Timestamp::EPOCH)).build().unwrap();
        let current = RwLock::new(first);
        let (allowed, in_low, at_low) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for number in 0..4 {
                let (current, allowed, in_low, contracts) = (&current, &allowed, &in_low, &contracts);
                scope.spawn(move || {
                    for round in 0..120 {
                        let gate = current.read().unwrap().clone();
                        let is_low = gate.contract().digest() == contracts[1].digest();
                        let Some(permit) = check(&gate) else { continue };
                        if is_low {
                            in_low.fetch_add(1, Ordering::SeqCst);
                        }
                        // A third was never sent.
                        if (number + round) % 3 == 0 {
                            permit.commit(Outcome::not_sent()).unwrap();
                        } else {
                            allowed.fetch_add(1, Ordering::SeqCst);
                            permit.commit(Outcome::ok("{}")).unwrap();
                        }
                    }
                });
            }
            let swap = |to: usize| {
                let next = current.read().unwrap().reload(contracts[to].clone(), &Reload::new()).unwrap();
                *current.write().unwrap() = next;
            };
            while allowed.load(Ordering::SeqCst) < 60 {
                thread::yield_now();
            }
            swap(1);
            at_low.store(allowed.load(Ordering::SeqCst), Ordering::SeqCst);
            thread::yield_now();
            swap(2);
        });
        // 480 calls and 200 dollars: in the end all of it is spent, and not a dollar more.
        let gate = current.into_inner().unwrap();
        let mut rest = 0;
        while let Some(permit) = check(&gate) {
            permit.commit(Outcome::ok("{}")).unwrap();
            rest += 1;
        }
        assert_eq!(allowed.into_inner() + rest, 200);
        assert!(in_low.into_inner() <= 120);
    }
}
