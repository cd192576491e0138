//! What must hold under every interleaving.

use agentpass_runtime::{
    Call, Gate, Lift, OpenJob, Outcome, Person, Reload, Settlement, Store, Vote, VoteError, settle::How,
};
use shuttle::sync::atomic::{AtomicBool, Ordering};

use super::{Met, allowed, ann, begin, caller, check, expect, gate, holds, met, race};

const FIFTY: &str = r#"{"amount": 5000}"#;
const REFUND: &str = r#"{"payment": "pi_1"}"#;
const PAY: &str = r#"{"payee": "p1", "amount": 5000}"#;

fn vote(gate: &Gate, on: &str, user: &str, approve: bool) -> Result<(), VoteError> {
    let by = Person { user: user.to_owned(), groups: vec!["managers".to_owned()] };
    gate.vote(&Vote { on: on.to_owned(), challenge: None, by, approve })
}

fn asked(gate: &Gate, tool: &str, args: &str) -> Result<String, String> {
    match check(gate, &ann(), tool, args) {
        Met::Asked(id) => Ok(id),
        other => Err(format!("not asked: {}", other.shown())),
    }
}

#[test]
fn two_calls_one_budget() {
    holds("two of 50 against 60", |store| {
        let met = race(&gate(store), 2, "spend.rolling", FIFTY);
        expect(allowed(&met) == 1, "one has room", &met)
    });
}

#[test]
fn three_calls_one_budget() {
    holds("three of 50 against 60", |store| {
        let met = race(&gate(store), 3, "spend.job", FIFTY);
        expect(allowed(&met) == 1, "one has room", &met)
    });
}

#[test]
fn counts_in_windows() {
    holds("three against two in a minute", |store| {
        let met = race(&gate(store), 3, "ping", r#"{"server": "s"}"#);
        expect(allowed(&met) == 2, "two have room", &met)
    });
}

#[test]
fn calls_in_flight() {
    holds("one in flight", |store| {
        let gate = gate(store);
        let build = |gate: Gate| {
            move || {
                let met = check(&gate, &ann(), "build", r#"{"branch": "main"}"#);
                let order = met.order();
                met.settle(Outcome::ok("{}"));
                order
            }
        };
        let open = check(&gate, &ann(), "build", r#"{"branch": "main"}"#);
        let racing = begin(build(gate.clone()));
        let order = open.order();
        open.settle(Outcome::ok("{}"));
        racing.join().unwrap();
        // Whatever happened, the place is free again, once.
        let met = race(&gate, 2, "build", r#"{"branch": "main"}"#);
        expect(order.is_some() && allowed(&met) == 1, "one at a time", &met)
    });
}

#[test]
fn what_is_given_back() {
    holds("50 given back while two reach for it", |store| {
        let gate = gate(store);
        let first = check(&gate, &ann(), "spend.rolling", FIFTY);
        let back = begin(move || first.settle(Outcome::not_sent()));
        let met = race(&gate, 2, "spend.rolling", FIFTY);
        back.join().unwrap();
        let won = allowed(&met);
        met.into_iter().for_each(|met| met.settle(Outcome::unknown()));
        let rest =
            [check(&gate, &ann(), "spend.rolling", FIFTY), check(&gate, &ann(), "spend.rolling", FIFTY)];
        expect(won + allowed(&rest) == 1, "it was given back once", &rest)
    });
}

#[test]
fn two_outcomes_of_one_call() {
    holds("two outcomes of one call", |store| {
        let gate = gate(store);
        let Met::Allowed(permit) = check(&gate, &ann(), "spend.rolling", FIFTY) else {
            return Err("not allowed".to_owned());
        };
        let of = permit.decision().id.clone();
        let other = gate.clone();
        let racing = begin(move || {
            let back = Settlement { of: &of, how: How::NotSent, result: None, host: None, at: None };
            other.settle(&back).is_ok()
        });
        let committed = permit.commit(Outcome::ok("{}")).is_ok();
        if racing.join().unwrap() == committed {
            return Err(format!("both outcomes taken, or none: {committed}"));
        }
        // Given back it has room, and committed it has none.
        let next = [check(&gate, &ann(), "spend.rolling", FIFTY)];
        expect(next[0].is_allowed() != committed, "the outcome that was taken counts", &next)
    });
}

#[test]
fn keys_run_once() {
    holds("one key, two calls", |store| {
        let met = race(&gate(store), 2, "refund", REFUND);
        let running = met.iter().any(|met| met.shown() == "once.running");
        expect(allowed(&met) == 1 && running, "one runs", &met)
    });
    holds("one ledger, two tools", |store| {
        let gate = gate(store);
        let other = gate.clone();
        let racing = begin(move || check(&other, &ann(), "reserve", r#"{"slot": "s1"}"#));
        let met = [check(&gate, &ann(), "book", r#"{"slot": "s1"}"#), racing.join().unwrap()];
        expect(allowed(&met) == 1, "one has the slot", &met)
    });
    holds("a key that is freed", |store| {
        let gate = gate(store);
        let first = check(&gate, &ann(), "refund", REFUND);
        let free = begin(move || first.settle(Outcome::not_sent()));
        let mut met = race(&gate, 2, "refund", REFUND);
        free.join().unwrap();
        met.push(check(&gate, &ann(), "refund", REFUND));
        expect(allowed(&met) == 1, "it is taken once", &met)
    });
}

#[test]
fn approvals_are_used_once() {
    holds("one approval, two payments", |store| {
        let gate = gate(store);
        let id = asked(&gate, "pay", PAY)?;
        vote(&gate, &id, "mia", true).map_err(|error| error.to_string())?;
        let met = race(&gate, 2, "pay", PAY);
        expect(allowed(&met) == 1, "one is paid", &met)
    });
    holds("an approval while the call comes back", |store| {
        let gate = gate(store);
        let id = asked(&gate, "pay", PAY)?;
        let voter = gate.clone();
        let voting = begin(move || vote(&voter, &id, "mia", true));
        let mut met = race(&gate, 2, "pay", PAY);
        voting.join().unwrap().map_err(|error| format!("the vote was lost: {error}"))?;
        met.push(check(&gate, &ann(), "pay", PAY));
        met.push(check(&gate, &ann(), "pay", PAY));
        expect(allowed(&met) == 1, "one is paid", &met)
    });
}

#[test]
fn votes_count_once_each() {
    holds("two of two", |store| {
        let gate = gate(store);
        let id = asked(&gate, "acquire", r#"{"company": "c"}"#)?;
        let (other, on) = (gate.clone(), id.clone());
        let racing = begin(move || vote(&other, &on, "ben", true));
        vote(&gate, &id, "mia", true).map_err(|error| error.to_string())?;
        racing.join().unwrap().map_err(|error| error.to_string())?;
        let met = [check(&gate, &ann(), "acquire", r#"{"company": "c"}"#)];
        expect(allowed(&met) == 1, "both votes count", &met)
    });
    holds("a refusal beside an approval", |store| {
        let gate = gate(store);
        let id = asked(&gate, "acquire", r#"{"company": "c"}"#)?;
        let (other, on) = (gate.clone(), id.clone());
        let racing = begin(move || vote(&other, &on, "ben", false));
        let _ = vote(&gate, &id, "mia", true);
        racing.join().unwrap().map_err(|error| error.to_string())?;
        let met = [check(&gate, &ann(), "acquire", r#"{"company": "c"}"#)];
        expect(met[0].shown() == "challenge.refused", "it is closed", &met)
    });
}

#[test]
fn an_id_stands_for_one_call() {
    holds("one id, three deliveries", |store| {
        let gate = gate(store);
        let turn = |server: &'static str| {
            let gate = gate.clone();
            let call = Call::new("ping", &format!(r#"{{"server": "{server}"}}"#)).with_id("call-1");
            begin(move || met(&gate, &ann(), &call))
        };
        let turns = [turn("s"), turn("s"), turn("t")];
        let met = turns.map(|turn| turn.join().unwrap());
        let other = met[2].shown() == "call.conflict" || met[0].shown() == "call.conflict";
        expect(allowed(&met) == 1 && other, "one call has the id", &met)
    });
}

#[test]
fn evidence_is_spent_once() {
    holds("one inspection, two shipments", |store| {
        let gate = gate(store);
        check(&gate, &ann(), "inspect", r#"{"lot": "l"}"#).settle(Outcome::ok("{}"));
        let met = race(&gate, 2, "ship", r#"{"lot": "l"}"#);
        expect(allowed(&met) == 1, "one is shipped", &met)
    });
    holds("a logout beside a transfer", |store| {
        let gate = gate(store);
        check(&gate, &ann(), "login", r#"{"realm": "r"}"#).settle(Outcome::ok("{}"));
        let other = gate.clone();
        let racing = begin(move || check(&other, &ann(), "logout", r#"{"realm": "r"}"#));
        let met = [check(&gate, &ann(), "transfer", r#"{"realm": "r"}"#), racing.join().unwrap()];
        let late = met[0].order() > met[1].order() && met[0].is_allowed();
        expect(!late && met[1].is_allowed(), "no transfer after the logout", &met)
    });
}

#[test]
fn labels_arrive_before_results() {
    holds("a secret beside a mail", |store| {
        let gate = gate(store);
        let other = gate.clone();
        let racing = begin(move || check(&other, &ann(), "vault.read", r#"{"name": "k"}"#));
        let met = [check(&gate, &ann(), "mail.send", r#"{"to": "x@y.example"}"#), racing.join().unwrap()];
        let late = met[0].order() > met[1].order() && met[0].is_allowed();
        expect(!late && met[1].is_allowed(), "no mail after the secret", &met)
    });
}

#[test]
fn suspensions_hold_from_the_moment_they_return() {
    holds("the kill switch", |store| {
        let gate = gate(store);
        let is_off = std::sync::Arc::new(AtomicBool::new(false));
        let (operator, off) = (gate.clone(), is_off.clone());
        let racing = begin(move || {
            operator.suspend(&Lift::Tool("book".to_owned())).unwrap();
            off.store(true, Ordering::SeqCst);
            // Either the booking was there before, or it never will be.
            check(&operator, &ann(), "reserve", r#"{"slot": "s1"}"#)
        });
        let was_off = is_off.load(Ordering::SeqCst);
        let met = [check(&gate, &ann(), "book", r#"{"slot": "s1"}"#), racing.join().unwrap()];
        expect(!(was_off && met[0].is_allowed()), "nothing passes after it has returned", &met)?;
        expect(allowed(&met) == 1, "nothing arrives after it has returned", &met)
    });
}

/// A child's calls charge its parent from the first one on, whenever the job was opened.
fn child(store: Store) -> Result<(), String> {
    let gate = gate(store);
    let parent = OpenJob {
        id: "j1".to_owned(),
        tenant: Some("acme".to_owned()),
        agent: Some("a".to_owned()),
        user: Some("ann".to_owned()),
        ..OpenJob::default()
    };
    gate.open_job(&parent).map_err(|error| error.to_string())?;
    let (other, third) = (gate.clone(), gate.clone());
    let job = OpenJob { id: "j2".to_owned(), parent: Some("j1".to_owned()), ..parent };
    let opening = begin(move || other.open_job(&job).is_ok());
    let calling = begin(move || check(&third, &caller("ann", "j2"), "spend.job", FIFTY));
    let own = check(&gate, &ann(), "spend.job", FIFTY);
    let (is_open, met) = (opening.join().unwrap(), [calling.join().unwrap(), own]);
    let most = if is_open { 1 } else { 2 };
    expect(allowed(&met) == most, "a child spends what its parent has", &met)
}

#[test]
fn children_charge_their_parents() {
    holds("a job is opened while it calls", child);
}

/// A contract with a lower cap comes in between: what both contracts allow is within the cap of the one that allowed last.
fn swapped(store: Store) -> Result<(), String> {
    let gate = gate(store);
    let old = gate.clone();
    let racing = begin(move || check(&old, &ann(), "spend.rolling", FIFTY));
    let low = super::CONTRACT_LOW.clone();
    let next = gate.reload(low, &Reload::new()).map_err(|error| error.to_string())?;
    let after = check(&next, &ann(), "spend.rolling", r#"{"amount": 4000}"#);
    let before = racing.join().unwrap();
    // 50 under the old cap of 60, or 40 under the new one of 55: never both, and never none.
    let met = [before, after];
    expect(allowed(&met) == 1, "one budget for both contracts", &met)?;
    // Whoever settles, the other one sees it.
    for met in met {
        if let Met::Allowed(permit) = met {
            let back = Settlement {
                of: &permit.decision().id,
                how: How::NotSent,
                result: None,
                host: None,
                at: None,
            };
            next.settle(&back).map_err(|error| error.to_string())?;
            let _ = permit.commit(Outcome::ok("{}"));
        }
    }
    let met = [check(&next, &ann(), "spend.rolling", FIFTY)];
    expect(allowed(&met) == 1, "what was given back is there", &met)
}

#[test]
fn contracts_are_swapped_under_calls() {
    holds("a contract is swapped", swapped);
}
