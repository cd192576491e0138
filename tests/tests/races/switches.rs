//! The kill switch: once it has been thrown, nothing passes.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use agentpass_runtime::{Gate, Lift, Outcome, Store};

use super::{Met, Turn, ann, at_once, check, gate, rounds, stores};

const REFUND: &str = r#"{"payment": "pi_1"}"#;

/// Threads call without a pause while something is suspended. A call that was begun after the suspension had returned is
/// denied; says how many were allowed before, and how many were decided after.
fn thrown(gate: &Gate, what: &Lift) -> Result<(usize, usize), String> {
    let is_off = AtomicBool::new(false);
    let before = AtomicUsize::new(0);
    let caller = || {
        let mut decided = 0;
        while decided < 5 {
            let was_off = is_off.load(Ordering::SeqCst);
            let met = check(gate, &ann(), "ping", &format!(r#"{{"server": "h{decided}"}}"#));
            if was_off {
                decided += 1;
                let Met::Denied(codes) = &met else { return Err(met.shown()) };
                if !codes.iter().all(|code| code.starts_with("suspended")) {
                    return Err(codes.join(" "));
                }
            } else {
                before.fetch_add(usize::from(met.is_allowed()), Ordering::SeqCst);
                met.settle(Outcome::not_sent());
            }
        }
        Ok(decided)
    };
    let operator = || {
        while before.load(Ordering::SeqCst) < 4 {
            std::thread::yield_now();
        }
        gate.suspend(what).map_err(|error| error.to_string())?;
        is_off.store(true, Ordering::SeqCst);
        Ok(0)
    };
    let turns: Vec<Turn<'_, Result<usize, String>>> =
        vec![Box::new(operator), Box::new(caller), Box::new(caller), Box::new(caller)];
    let decided = at_once(turns).into_iter().sum::<Result<usize, String>>()?;
    Ok((before.into_inner(), decided))
}

fn all_kinds() -> [Lift; 4] {
    [
        Lift::Gate,
        Lift::Tool("ping".to_owned()),
        Lift::Agent(Some("acme".to_owned()), "a".to_owned()),
        Lift::Job(Some("acme".to_owned()), "j1".to_owned()),
    ]
}

#[test]
fn after_a_suspension_has_returned_nothing_passes() {
    for round in 0..rounds(8) {
        for what in all_kinds() {
            let store: Store = if round % 2 == 0 { stores::plain() } else { stores::jostled() };
            let gate = gate(store);
            // Something that could be replayed, and something that is in flight.
            check(&gate, &ann(), "refund", REFUND).settle(Outcome::ok("{}"));
            let open = check(&gate, &ann(), "build", r#"{"branch": "main"}"#);
            let (passed, denied) = thrown(&gate, &what).unwrap_or_else(|wrong| panic!("{what:?}: {wrong}"));
            assert!(passed >= 4 && denied == 15, "{what:?}: {passed} and {denied}");
            let replayed = check(&gate, &ann(), "refund", REFUND);
            let is_replay = matches!(replayed, Met::Replayed(_));
            assert_eq!(is_replay, matches!(what, Lift::Tool(_)), "{what:?}: {}", replayed.shown());
            // Outcomes are taken, and only an operator lifts it.
            open.settle(Outcome::ok("{}"));
            gate.lift(&what).unwrap();
            assert!(check(&gate, &ann(), "ping", r#"{"server": "new"}"#).is_allowed(), "{what:?} was lifted");
        }
    }
}
