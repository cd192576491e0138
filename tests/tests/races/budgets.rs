//! Limits: what all calls together may spend, each of them may have spent already.

use agentpass_runtime::{Caller, Gate, Outcome, Store};

use super::{Met, Turn, ann, at_once, caller, check, gate, holds, stores};

/// So many calls at once; how many were allowed.
fn race(gate: &Gate, calls: &[(Caller, &str, &str)]) -> Vec<Met> {
    let turn = |(caller, tool, args): &(Caller, &str, &str)| -> Turn<'_, Met> {
        let (caller, tool, args) = (caller.clone(), (*tool).to_owned(), (*args).to_owned());
        Box::new(move || check(gate, &caller, &tool, &args))
    };
    at_once(calls.iter().map(turn).collect())
}

fn allowed(met: &[Met]) -> usize {
    met.iter().filter(|met| met.is_allowed()).count()
}

fn shown(met: &[Met]) -> String {
    met.iter().map(Met::shown).collect::<Vec<_>>().join(", ")
}

/// Three times 50 against 60: one passes, and what was refused charges nothing.
fn three_of_fifty(store: Store, tool: &str) -> Result<(), String> {
    let gate = gate(store);
    let met = race(
        &gate,
        &[
            (ann(), tool, r#"{"amount": 5000}"#),
            (ann(), tool, r#"{"amount": 5000}"#),
            (ann(), tool, r#"{"amount": 5000}"#),
        ],
    );
    if allowed(&met) != 1 {
        return Err(format!("{tool}: {}", shown(&met)));
    }
    // Ten are left, for one of two.
    let met = race(&gate, &[(ann(), tool, r#"{"amount": 1000}"#), (ann(), tool, r#"{"amount": 1000}"#)]);
    if allowed(&met) == 1 { Ok(()) } else { Err(format!("{tool}, the rest: {}", shown(&met))) }
}

#[test]
fn three_calls_of_fifty_against_sixty() {
    holds(|store| three_of_fifty(store, "spend.rolling"));
    holds(|store| three_of_fifty(store, "spend.day"));
    holds(|store| three_of_fifty(store, "spend.job"));
}

/// A budget by user is one budget, whatever the jobs and agents.
fn across_jobs(store: Store) -> Result<(), String> {
    let gate = gate(store);
    let args = r#"{"amount": 5000}"#;
    let met = race(
        &gate,
        &[
            (caller("a", "ann", "j1"), "spend.rolling", args),
            (caller("b", "ann", "j2"), "spend.rolling", args),
            (caller("a", "ann", "j3"), "spend.rolling", args),
            (caller("a", "ben", "j1"), "spend.rolling", args),
        ],
    );
    match (allowed(&met[..3]), met[3].is_allowed()) {
        (1, true) => Ok(()),
        _ => Err(shown(&met)),
    }
}

#[test]
fn fresh_jobs_share_the_users_budget() {
    holds(across_jobs);
}

/// A count in a window, and calls in flight.
fn counts(store: Store) -> Result<(), String> {
    let gate = gate(store);
    let met = race(
        &gate,
        &[
            (ann(), "ping", r#"{"server": "h"}"#),
            (ann(), "ping", r#"{"server": "h"}"#),
            (ann(), "ping", r#"{"server": "h"}"#),
            (ann(), "ping", r#"{"server": "g"}"#),
        ],
    );
    if allowed(&met[..3]) != 2 || !met[3].is_allowed() {
        return Err(format!("two of three pings: {}", shown(&met)));
    }
    let build = (ann(), "build", r#"{"branch": "main"}"#);
    let met = race(&gate, &[build.clone(), build.clone(), build.clone()]);
    if allowed(&met) != 1 {
        return Err(format!("one build at a time: {}", shown(&met)));
    }
    met.into_iter().for_each(|met| met.settle(Outcome::ok("{}")));
    let met = race(&gate, &[build.clone(), build]);
    if allowed(&met) == 1 { Ok(()) } else { Err(format!("the next build: {}", shown(&met))) }
}

#[test]
fn counts_and_calls_in_flight() {
    holds(counts);
}

/// What was never sent is given back, once, while others reach for it.
fn given_back(store: Store) -> Result<(), String> {
    let gate = gate(store);
    let (fifty, of) = (r#"{"amount": 5000}"#, &gate);
    let first = check(of, &ann(), "spend.rolling", fifty);
    let me = ann();
    let mut turns: Vec<Turn<'_, Option<Met>>> = vec![Box::new(move || {
        first.settle(Outcome::not_sent());
        None
    })];
    for _ in 0..3 {
        let me = &me;
        turns.push(Box::new(move || super::insist(|| check(of, me, "spend.rolling", fifty))));
    }
    let met: Vec<Met> = at_once(turns).into_iter().flatten().collect();
    if allowed(&met) > 1 {
        return Err(format!("one was given back: {}", shown(&met)));
    }
    // Whoever has it keeps it: an outcome that nobody knows is held as if it were spent.
    let more = usize::from(allowed(&met) == 0);
    met.into_iter().for_each(|met| met.settle(Outcome::unknown()));
    let met = race(of, &[(ann(), "spend.rolling", fifty), (ann(), "spend.rolling", fifty)]);
    if allowed(&met) == more { Ok(()) } else { Err(format!("afterwards: {}", shown(&met))) }
}

#[test]
fn what_is_given_back_is_taken_once() {
    holds(given_back);
}

/// A principal that floods the gate with keys fills its own room; another one's budget is what it was.
#[test]
fn a_flood_of_keys_costs_nobody_else_anything() {
    for _ in 0..super::rounds(6) {
        let gate = gate(stores::with_capacity(64));
        let of = &gate;
        let flood = move || {
            let me = caller("b", "eve", "flood");
            let all = (0..120).map(|key| check(of, &me, "flood", &format!(r#"{{"key": "k{key}"}}"#)));
            all.fold((0, 0), |(full, passed), met| {
                let is_full = matches!(&met, Met::Denied(codes) if *codes == ["store.full"]);
                let passed = passed + usize::from(met.is_allowed());
                met.settle(Outcome::ok("{}"));
                (full + usize::from(is_full), passed)
            })
        };
        let budget = move || {
            let me = ann();
            let all = (0..12).map(|_| check(of, &me, "flood", r#"{"key": "mine"}"#));
            all.fold((0, 0), |(other, passed), met| {
                let by_limit = matches!(&met, Met::Denied(codes) if *codes == ["limit"]);
                let (is_allowed, is_other) = (met.is_allowed(), !met.is_allowed() && !by_limit);
                met.settle(Outcome::ok("{}"));
                (other + usize::from(is_other), passed + usize::from(is_allowed))
            })
        };
        let met = at_once(vec![Box::new(flood) as Turn<'_, _>, Box::new(flood), Box::new(budget)]);
        assert!(met[0].0 + met[1].0 > 50, "the flood fills its room: {met:?}");
        assert_eq!(
            met[2],
            (0, 5),
            "another principal has its five calls, and nothing but its limit in the way"
        );
    }
}
