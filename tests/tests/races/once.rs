//! Keys that run once, and calls that come twice under one id.

use agentpass_runtime::{Call, Outcome, Store};

use super::{Met, Turn, ann, at_once, check, gate, holds, met};

const REFUND: &str = r#"{"payment": "pi_1"}"#;

fn shown(met: &[Met]) -> String {
    met.iter().map(Met::shown).collect::<Vec<_>>().join(", ")
}

/// Concurrent first uses execute once; afterwards the result is there for all of them.
fn first_uses(store: Store) -> Result<(), String> {
    let gate = gate(store);
    let turns = (0..4).map(|_| -> Turn<'_, _> { Box::new(|| check(&gate, &ann(), "refund", REFUND)) });
    let all = at_once(turns.collect());
    let running = all.iter().filter(|met| met.shown() == "once.running").count();
    if all.iter().filter(|met| met.is_allowed()).count() != 1 || running != 3 {
        return Err(format!("four at once: {}", shown(&all)));
    }
    let settle = |met: Met| -> Turn<'_, Vec<Met>> {
        Box::new(move || {
            met.settle(Outcome::ok(r#"{"done":true}"#));
            Vec::new()
        })
    };
    let again = || -> Turn<'_, Vec<Met>> {
        Box::new(|| (0..2).map(|_| check(&gate, &ann(), "refund", REFUND)).collect())
    };
    let won = all.into_iter().find(Met::is_allowed).ok_or("nobody")?;
    let late: Vec<Met> = at_once(vec![settle(won), again(), again()]).into_iter().flatten().collect();
    let fine = |met: &Met| ["once.running", r#"replayed {"done":true}"#].contains(&met.shown().as_str());
    if late.iter().all(fine) { Ok(()) } else { Err(format!("while it ends: {}", shown(&late))) }
}

#[test]
fn concurrent_first_uses_execute_once() {
    holds(first_uses);
}

/// Two tools share a ledger, and so one key.
fn ledger(store: Store) -> Result<(), String> {
    let gate = gate(store);
    let turn = |tool: &'static str| -> Turn<'_, _> {
        let gate = &gate;
        Box::new(move || check(gate, &ann(), tool, r#"{"slot": "s1"}"#))
    };
    let all = at_once(vec![turn("book"), turn("reserve"), turn("book")]);
    match all.iter().filter(|met| met.is_allowed()).count() {
        1 => Ok(()),
        _ => Err(shown(&all)),
    }
}

#[test]
fn a_ledger_is_one_for_all_its_tools() {
    holds(ledger);
}

/// A key is free again when its call was never sent; then again one of those who reach for it gets it.
fn freed(store: Store) -> Result<(), String> {
    let gate = gate(store);
    let first = check(&gate, &ann(), "refund", REFUND);
    let free: Turn<'_, Option<Met>> = Box::new(move || {
        first.settle(Outcome::not_sent());
        None
    });
    let take =
        || -> Turn<'_, Option<Met>> { Box::new(|| super::insist(|| check(&gate, &ann(), "refund", REFUND))) };
    let mut all: Vec<Met> = at_once(vec![free, take(), take(), take()]).into_iter().flatten().collect();
    all.extend((0..2).map(|_| check(&gate, &ann(), "refund", REFUND)));
    match all.iter().filter(|met| met.is_allowed()).count() {
        1 => Ok(()),
        _ => Err(shown(&all)),
    }
}

#[test]
fn a_key_that_is_freed_is_taken_once() {
    holds(freed);
}

/// The same call, delivered twice at once under its id, is made once; another call under that id is refused.
fn delivered_twice(store: Store) -> Result<(), String> {
    let gate = gate(store);
    let turn = |host: &'static str| -> Turn<'_, _> {
        let gate = &gate;
        let args = format!(r#"{{"server": "{host}"}}"#);
        Box::new(move || met(gate.check(&ann(), &Call::new("ping", &args).with_id("call-1"))))
    };
    let same = at_once(vec![turn("h"), turn("h"), turn("h")]);
    let again = same.iter().filter(|met| matches!(met, Met::Again)).count();
    if same.iter().filter(|met| met.is_allowed()).count() != 1 || again != 2 {
        return Err(format!("the same call three times: {}", shown(&same)));
    }
    let other = at_once(vec![turn("g"), turn("g")]);
    if other.iter().all(|met| met.shown() == "call.conflict") {
        return Ok(());
    }
    Err(format!("another call under its id: {}", shown(&other)))
}

#[test]
fn a_call_that_is_delivered_twice_is_made_once() {
    holds(delivered_twice);
}

/// Different calls under one id, at once: the first one is what the id stands for.
fn one_id(store: Store) -> Result<(), String> {
    let gate = gate(store);
    let turn = |host: &'static str| -> Turn<'_, _> {
        let gate = &gate;
        let args = format!(r#"{{"server": "{host}"}}"#);
        Box::new(move || met(gate.check(&ann(), &Call::new("ping", &args).with_id("call-1"))))
    };
    let all = at_once(vec![turn("a"), turn("b"), turn("c")]);
    let refused = all.iter().filter(|met| met.shown() == "call.conflict").count();
    if all.iter().filter(|met| met.is_allowed()).count() == 1 && refused == 2 {
        return Ok(());
    }
    Err(shown(&all))
}

#[test]
fn an_id_stands_for_one_call() {
    holds(one_id);
}
