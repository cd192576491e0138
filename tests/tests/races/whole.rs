//! Everything at once: eight threads, random calls and outcomes, and counters outside of the gate that never go too far.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::thread;

use agentpass_runtime::{Gate, Outcome, Person, Vote};

use super::{Met, caller, check, gate, stores};

const THREADS: usize = 8;
/// Few keys, so that threads meet on them.
const KEYS: usize = 64;

/// What was spent, on this side of the gate: counted up after a call was allowed, and down before it is given back. So a
/// counter is never more than what the gate holds, and never may pass the cap.
struct Books {
    rolling: Vec<AtomicI64>,
    per_job: Vec<AtomicI64>,
    pings: Vec<AtomicI64>,
    builds: Vec<AtomicI64>,
    refunds: Vec<AtomicI64>,
    approved: Vec<AtomicI64>,
    paid: Vec<AtomicI64>,
    wrong: AtomicUsize,
    passed: AtomicUsize,
}

impl Books {
    fn new() -> Self {
        let some = || (0..KEYS).map(|_| AtomicI64::new(0)).collect();
        Self {
            rolling: some(),
            per_job: some(),
            pings: some(),
            builds: some(),
            refunds: some(),
            approved: some(),
            paid: some(),
            wrong: AtomicUsize::new(0),
            passed: AtomicUsize::new(0),
        }
    }

    fn take(&self, of: &[AtomicI64], key: usize, amount: i64, most: i64) {
        let now = of[key].fetch_add(amount, Ordering::SeqCst) + amount;
        self.passed.fetch_add(1, Ordering::SeqCst);
        if now > most {
            self.wrong.fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// A small generator: each thread draws its own numbers.
struct Draws(u64);

impl Draws {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % n
    }
}

fn outcome(draws: &mut Draws) -> Outcome<'static> {
    match draws.below(8) {
        0..4 => Outcome::not_sent(),
        4 => Outcome::error(),
        5 => Outcome::unknown(),
        _ => Outcome::ok("{}"),
    }
}

/// Settles a call; what was never sent leaves the books first.
fn settle(met: Met, draws: &mut Draws, of: &[AtomicI64], key: usize, amount: i64) {
    let outcome = outcome(draws);
    if outcome == Outcome::not_sent() {
        of[key].fetch_sub(amount, Ordering::SeqCst);
    }
    met.settle(outcome);
}

fn one(gate: &Gate, books: &Books, draws: &mut Draws) {
    let key = draws.below(KEYS);
    let me = caller(if draws.below(2) == 0 { "a" } else { "b" }, &format!("u{key}"), &format!("j{key}"));
    match draws.below(6) {
        0 => {
            let cents = 1 + i64::try_from(draws.below(3000)).unwrap();
            let met = check(gate, &me, "spend.rolling", &format!(r#"{{"amount": {cents}}}"#));
            if met.is_allowed() {
                books.take(&books.rolling, key, cents, 6000);
                settle(met, draws, &books.rolling, key, cents);
            }
        }
        1 => {
            let cents = 1 + i64::try_from(draws.below(3000)).unwrap();
            let met = check(gate, &me, "spend.job", &format!(r#"{{"amount": {cents}}}"#));
            if met.is_allowed() {
                books.take(&books.per_job, key, cents, 6000);
                settle(met, draws, &books.per_job, key, cents);
            }
        }
        2 => {
            let host = draws.below(KEYS);
            let met = check(gate, &me, "ping", &format!(r#"{{"server": "h{host}"}}"#));
            if met.is_allowed() {
                books.take(&books.pings, host, 1, 2);
                // A read that fails has no effect: only what ended well, or may have, stays.
                let outcome = outcome(draws);
                if [Outcome::not_sent(), Outcome::error()].contains(&outcome) {
                    books.pings[host].fetch_sub(1, Ordering::SeqCst);
                }
                met.settle(outcome);
            }
        }
        3 => {
            let met = check(gate, &me, "build", r#"{"branch": "main"}"#);
            if met.is_allowed() {
                books.take(&books.builds, key, 1, 1);
                books.builds[key].fetch_sub(1, Ordering::SeqCst);
                met.settle(Outcome::ok("{}"));
            }
        }
        4 => {
            let met = check(gate, &caller("a", "u", "j"), "refund", &format!(r#"{{"payment": "pi_{key}"}}"#));
            if met.is_allowed() {
                books.take(&books.refunds, key, 1, 1);
                settle(met, draws, &books.refunds, key, 1);
            }
        }
        _ => pay(gate, books, draws, key),
    }
}

/// An approval is granted now and then; payments never outnumber what was approved. What was approved is counted before the vote,
/// so that it is never less than what the gate knows.
fn pay(gate: &Gate, books: &Books, draws: &mut Draws, key: usize) {
    let args = format!(r#"{{"payee": "p{key}", "amount": 5000}}"#);
    match check(gate, &caller("a", "u", "j"), "pay", &args) {
        Met::Asked(ids) if draws.below(3) == 0 => {
            books.approved[key].fetch_add(1, Ordering::SeqCst);
            let by = Person { user: "mia".to_owned(), groups: vec!["managers".to_owned()] };
            let voted = gate.vote(&Vote { on: ids[0].clone(), challenge: None, by, approve: true });
            if voted.is_err() {
                books.approved[key].fetch_sub(1, Ordering::SeqCst);
            }
        }
        met @ Met::Allowed(_) => {
            let approved = books.approved[key].load(Ordering::SeqCst);
            books.take(&books.paid, key, 1, approved);
            met.settle(Outcome::ok("{}"));
        }
        _ => {}
    }
}

/// With `AGENTPASS_CASES=1000000`, a million calls.
fn calls() -> usize {
    std::env::var("AGENTPASS_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(4_000)
}

/// Plays all calls, and says how often a cap was passed, and how many calls were allowed.
fn play(gate: &Gate, calls: usize) -> (usize, usize) {
    let books = Books::new();
    thread::scope(|scope| {
        for number in 0..THREADS {
            let books = &books;
            scope.spawn(move || {
                let mut draws = Draws(0x9e37_79b9_7f4a_7c15 ^ (number as u64 + 1));
                (0..calls / THREADS).for_each(|_| one(gate, books, &mut draws));
            });
        }
    });
    (books.wrong.into_inner(), books.passed.into_inner())
}

#[test]
fn eight_threads_never_pass_a_cap() {
    let calls = calls();
    let (wrong, passed) = play(&gate(stores::plain()), calls);
    println!("{calls} calls by {THREADS} threads: {passed} allowed, {wrong} too many");
    assert_eq!(wrong, 0);
    assert!(passed > 300, "only {passed} calls were allowed");
}

#[test]
fn torn_transactions_pass_caps() {
    // How threads meet is chance: sometimes it takes a few plays.
    let noticed = (0..100).any(|_| play(&gate(stores::torn()), 4_000).0 > 0);
    assert!(noticed, "torn transactions were not noticed");
}
