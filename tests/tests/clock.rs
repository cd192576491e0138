//! A live clock that steps, and people who leave a group: what a chapter cannot show, because its clock stands still and its groups are
//! written beside the votes (semantics 25, 27 and 30).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use agentpass_runtime::clock::Clock;
use agentpass_runtime::{Directory, Gate, MemoryStore, Source, Store};
use agentpass_values::{Duration, Timestamp};

const SECOND: i64 = 1_000_000_000;

/// Two clocks that a test sets.
#[derive(Clone, Default)]
struct Hands(Arc<(AtomicI64, AtomicI64)>);

impl Hands {
    /// Time passes by both clocks.
    fn pass(&self, seconds: i64) {
        self.0.0.fetch_add(seconds * SECOND, Ordering::SeqCst);
        self.0.1.fetch_add(seconds * SECOND, Ordering::SeqCst);
    }

    /// Somebody sets the clock on the wall.
    fn set(&self, seconds: i64) {
        self.0.0.fetch_add(seconds * SECOND, Ordering::SeqCst);
    }
}

impl Clock for Hands {
    fn read(&self) -> (Timestamp, Duration) {
        let start = support::monday().nanos();
        let wall = Timestamp::from_nanos(start + self.0.0.load(Ordering::SeqCst));
        (wall, Duration::from_nanos(self.0.1.load(Ordering::SeqCst)))
    }
}

const CONTRACT: &str = r#"edition 2026
contract desk { version "1"; agents "desk" }
tool look(page: int) { action read; limit rate per user in any 10m { calls at most 1 } }
tool peek(page: int) { action read }
limit per job { denials at most 1 then suspend job }
tool release(app: id) { action deploy; challenge managers }
challenge managers { ask 1 of group "managers"; expires 1h; single use }
"#;

fn gate(hands: &Hands) -> Gate {
    let contract = support::contract(&[("desk.agentpass", CONTRACT)], &[]).unwrap();
    let store = MemoryStore::live(Arc::new(hands.clone()));
    support::builder(contract).store(Store::of(store)).directory(Staff).build().unwrap()
}

/// Bea has left.
struct Staff;

impl Directory for Staff {
    fn is_member(&self, user: &str, group: &str) -> Option<bool> {
        match user {
            "ann" => Some(group == "managers"),
            "bea" => Some(false),
            _ => None,
        }
    }
}

/// The verdict, with the codes of its reasons.
fn call(gate: &Gate, call: &str) -> String {
    let call = format!(r#"{{"agent": "desk", "user": "u", "job": "j", {call}}}"#);
    let decision = gate.decide(Source::Offline, call.as_bytes());
    let codes = decision.reasons.iter().map(|reason| reason.code);
    std::iter::once(decision.verdict.word()).chain(codes).collect::<Vec<_>>().join(" ")
}

const LOOK: &str = r#""tool": "look", "args": {"page": 1}"#;
const PEEK: &str = r#""tool": "peek", "args": {"page": 1}"#;

#[test]
fn a_step_denies_until_an_operator_confirms_it() {
    let hands = Hands::default();
    let gate = gate(&hands);
    assert_eq!(call(&gate, LOOK), "allow");
    hands.pass(30);
    hands.set(59);
    assert_eq!(call(&gate, PEEK), "allow", "clocks are set a little now and then");
    hands.set(3_600);
    for _ in 0..5 {
        assert_eq!(call(&gate, LOOK), "deny clock.step");
    }
    assert_eq!(gate.line(br#"{"lift": "clock"}"#).to_json(), r#"{"ok":true}"#);
    // What the infrastructure denied has suspended nobody.
    assert_eq!(call(&gate, PEEK), "allow");
}

#[test]
fn a_clock_that_is_set_back_refills_nothing_and_one_that_is_confirmed_goes_on() {
    let hands = Hands::default();
    let gate = gate(&hands);
    hands.pass(3_600);
    assert_eq!(call(&gate, LOOK), "allow");
    hands.set(-1_800);
    assert_eq!(call(&gate, PEEK), "deny clock.step");
    assert_eq!(gate.line(br#"{"lift": "clock"}"#).to_json(), r#"{"ok":true}"#);
    hands.pass(1_200);
    assert_eq!(call(&gate, LOOK), "deny limit", "ten minutes before the call that was allowed");
    hands.pass(1_201);
    assert_eq!(call(&gate, PEEK), "allow");
}

#[test]
fn whoever_has_left_the_group_has_approved_nothing() {
    let hands = Hands::default();
    let gate = gate(&hands);
    let release = r#""id": "c1", "tool": "release", "args": {"app": "a"}"#;
    assert_eq!(call(&gate, release), "challenge challenge");
    for gone in ["bea", "cem"] {
        let vote = format!(r#"{{"approve": "c1", "by": {{"user": "{gone}", "groups": ["managers"]}}}}"#);
        let _ = gate.line(vote.as_bytes());
        assert_eq!(call(&gate, release), "challenge challenge", "{gone}");
    }
    let vote = br#"{"approve": "c1", "by": {"user": "ann", "groups": ["managers"]}}"#;
    assert_eq!(gate.line(vote).to_json(), r#"{"ok":true}"#);
    assert_eq!(call(&gate, release), "allow");
}
