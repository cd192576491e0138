//! A permit that is told figures which do not fit: what a chapter cannot show, because lines have no permits (semantics 16).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use agentpass_runtime::wire::Job;
use agentpass_runtime::{Call, Caller, Gate, GateError, How, Outcome, Settlement, Store, Verdict};

const CONTRACT: &str = r#"edition 2026
contract desk { version "1"; agents "desk" }
host { tokens?: int }
on any { uses tokens host.tokens ?? 60 }
tool ask(n: int) { action read }
limit l per job { tokens at most 100; in_flight at most 2 }
"#;

fn check(gate: &Gate) -> Verdict {
    let caller = Caller {
        agent: Some("desk".to_owned()),
        job: Some(Job { id: "j".to_owned(), ..Job::default() }),
        ..Caller::default()
    };
    gate.check(&caller, &Call::new("ask", r#"{"n": 1}"#)).unwrap()
}

#[test]
fn an_outcome_that_is_not_taken_leaves_an_unknown_end() {
    let contract = support::contract(&[("desk.agentpass", CONTRACT)], &[]).unwrap();
    let gate = support::builder(contract).store(Store::memory()).build().unwrap();
    let Verdict::Allow(permit) = check(&gate) else { panic!("denied") };
    let decision = permit.decision().id.clone();
    let refused = permit.commit(Outcome::ok("{}").with_host(r#"{"tokens": -1}"#));
    assert!(
        matches!(&refused, Err(GateError::Settle(error)) if error.code == "limit.summand"),
        "{refused:?}"
    );
    // What it held stays held.
    assert!(matches!(check(&gate), Verdict::Deny(_)));
    let settle = |how, host: Option<&str>| {
        gate.settle(&Settlement { of: &decision, how, result: None, host, at: None })
            .map_err(|error| error.code)
    };
    // It is no open call any more, and is set right as any other of which nobody knew.
    assert_eq!(settle(How::Unknown, None), Err("settle.unknown"));
    assert_eq!(settle(How::Ok, Some(r#"{"tokens": 1.5}"#)), Err("host.type"));
    assert_eq!(settle(How::Ok, Some(r#"{"tokens": 40}"#)), Ok(()));
    assert!(matches!(check(&gate), Verdict::Allow(_)));
    assert_eq!(settle(How::Ok, None), Err("settle.unknown"));
}
