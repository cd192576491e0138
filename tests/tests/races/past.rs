//! Evidence that goes away while somebody uses it, and labels that arrive while somebody sends.
//!
//! Of two calls that were both allowed, the permits' numbers say which was decided first: that order has to make sense.

use agentpass_runtime::{Outcome, Store};

use super::{Met, Turn, ann, at_once, check, gate, holds};

const REALM: &str = r#"{"realm": "bank"}"#;

fn shown(met: &[Met]) -> String {
    met.iter().map(Met::shown).collect::<Vec<_>>().join(", ")
}

/// A transfer that is allowed was decided before the logout was; after it none is, while it is in flight and after it.
fn logout(store: Store) -> Result<(), String> {
    let gate = gate(store);
    check(&gate, &ann(), "login", REALM).settle(Outcome::ok("{}"));
    let turn = |tool: &'static str| -> Turn<'_, _> {
        let gate = &gate;
        Box::new(move || check(gate, &ann(), tool, REALM))
    };
    let mut all = at_once(vec![turn("logout"), turn("transfer"), turn("transfer")]);
    let out = all.remove(0);
    let Some(since) = out.order() else { return Err(format!("logout: {}", out.shown())) };
    if all.iter().filter_map(Met::order).any(|order| order > since) {
        return Err("a transfer passed after the logout had begun".to_owned());
    }
    // It is in flight, then it ends in one way or another.
    let late = check(&gate, &ann(), "transfer", REALM);
    let end: Turn<'_, Met> = Box::new(move || {
        out.settle(Outcome::unknown());
        Met::Again
    });
    let mut late = vec![late];
    late.extend(at_once(vec![end, turn("transfer"), turn("transfer")]));
    late.push(check(&gate, &ann(), "transfer", REALM));
    if late.iter().any(Met::is_allowed) { Err(format!("logged out: {}", shown(&late))) } else { Ok(()) }
}

#[test]
fn a_logout_in_flight_is_a_logout() {
    holds(logout);
}

#[test]
fn a_logout_that_was_never_sent_is_none() {
    let gate = gate(super::stores::jostled());
    check(&gate, &ann(), "login", REALM).settle(Outcome::ok("{}"));
    check(&gate, &ann(), "logout", REALM).settle(Outcome::not_sent());
    assert_eq!(check(&gate, &ann(), "transfer", REALM).shown(), "allowed");
}

/// Evidence that a call uses up is used by one of those that race for it.
fn one_inspection(store: Store) -> Result<(), String> {
    let gate = gate(store);
    check(&gate, &ann(), "inspect", r#"{"lot": "l1"}"#).settle(Outcome::ok("{}"));
    let turns =
        (0..3).map(|_| -> Turn<'_, _> { Box::new(|| check(&gate, &ann(), "ship", r#"{"lot": "l1"}"#)) });
    let all = at_once(turns.collect());
    match all.iter().filter(|met| met.is_allowed()).count() {
        1 => Ok(()),
        _ => Err(format!("one inspection: {}", shown(&all))),
    }
}

#[test]
fn one_piece_of_evidence_is_spent_once() {
    holds(one_inspection);
}

/// What a read carries is on the job when the read is allowed, before its result is known: no send is decided after it.
fn read_and_send(store: Store) -> Result<(), String> {
    let gate = gate(store);
    let send =
        || -> Turn<'_, _> { Box::new(|| check(&gate, &ann(), "mail.send", r#"{"to": "x@y.example"}"#)) };
    let read: Turn<'_, _> = Box::new(|| check(&gate, &ann(), "vault.read", r#"{"name": "key"}"#));
    let mut all = at_once(vec![read, send(), send()]);
    let read = all.remove(0);
    let Some(since) = read.order() else { return Err(format!("the read: {}", read.shown())) };
    if all.iter().filter_map(Met::order).any(|order| order > since) {
        return Err("a mail went out after the secret had been read".to_owned());
    }
    let before = check(&gate, &ann(), "mail.send", r#"{"to": "x@y.example"}"#);
    read.settle(Outcome::ok(r#""s3cret""#));
    let after = check(&gate, &ann(), "mail.send", r#"{"to": "x@y.example"}"#);
    match (before.is_allowed(), after.is_allowed()) {
        (false, false) => Ok(()),
        _ => Err(format!("with the secret: {}, {}", before.shown(), after.shown())),
    }
}

#[test]
fn a_read_of_a_secret_races_a_send() {
    holds(read_and_send);
}
