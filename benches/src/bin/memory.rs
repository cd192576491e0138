//! What remembering costs: five limits, a history rule and `once` per call, on one key with ever more past; beside the same call
//! by a contract that has none of them.
//!
//! `cargo run --release -p agentpass-benches --bin memory`

#![allow(clippy::float_arithmetic, clippy::unwrap_used, reason = "figures for people")]

use std::fmt::Write as _;
use std::time::Instant;

use agentpass_compiler::analysis::analyse;
use agentpass_compiler::load::MemoryFiles;
use agentpass_compiler::lower::{Params, lower};
use agentpass_ir::verify;
use agentpass_runtime::{Caller, Gate, How, MemoryStore, Settlement, Source, Store};

/// How often both are measured at each size.
const ROUNDS: u32 = 4;

/// What both contracts say.
const BARE: &str = r#"edition 2026
contract c { version "1"; owner "a@b.example"; agents "a" }
host { tokens: int }
tool look(customer: id) { action read }
tool pay(customer: id, amount: money<USD> as cents, key: id) {
    action  pay
    amount  amount
    MORE
}
"#;

/// What the call is asked in addition: `once`, a history rule, and two limits.
const OF_PAY: &str = "
    once    per key replay for 24h
    require after look(customer: customer) within 24h
    limit   paid per customer in any 24h { sum amount at most $100_000_000 }
    limit   often per customer in any 1s { calls at most 1_000_000 }
";

/// And three more limits.
const OF_ANY: &str = r#"
on any { uses tokens host.tokens }
limit per job {
    calls  at most 1_000_000_000
    tokens at most 1_000_000_000
}
limit per user each day in "UTC" { calls at most 1_000_000_000 }
"#;

fn gate(contract: &str) -> Gate {
    let files = MemoryFiles::new([("c.agentpass", contract)]);
    let analysis = analyse(&["c.agentpass".to_owned()], &files, &Default::default());
    let program = lower(&analysis.checked.program, &analysis.loaded.sources, &Params::new()).unwrap();
    let clock = std::sync::Arc::new(agentpass_runtime::clock::SystemClock::new());
    let store = Store::of(MemoryStore::live(clock).with_capacity(100_000_000));
    Gate::builder(verify(program).unwrap()).store(store).build().unwrap()
}

fn caller() -> Caller {
    Caller {
        agent: Some("a".to_owned()),
        user: Some("u".to_owned()),
        tenant: Some("t".to_owned()),
        job: Some(agentpass_runtime::wire::Job { id: "j".to_owned(), ..Default::default() }),
        host: Some(r#"{"tokens": 12}"#.to_owned()),
        ..Caller::default()
    }
}

fn ok(id: &str) -> Settlement<'_> {
    Settlement { of: id, how: How::Ok, result: Some("{}"), host: None, at: None }
}

/// One gate at work.
struct Desk {
    gate: Gate,
    caller: Caller,
    number: u64,
}

impl Desk {
    fn new(contract: &str) -> Desk {
        let (gate, caller) = (gate(contract), caller());
        let look = gate.decide(Source::Live(&caller), br#"{"tool": "look", "args": {"customer": "c1"}}"#);
        gate.settle(&ok(&look.id)).unwrap();
        Desk { gate, caller, number: 0 }
    }

    /// Decides and settles so many calls: nanoseconds a call for each of the two.
    fn run(&mut self, count: u32) -> [f64; 2] {
        let mut text = String::new();
        let (mut deciding, mut settling) = (0_u128, 0_u128);
        for _ in 0..count {
            self.number += 1;
            let number = self.number;
            text.clear();
            let _ = write!(
                text,
                r#"{{"tool": "pay", "args": {{"customer": "c1", "amount": 100, "key": "k{number}"}}}}"#
            );
            let start = Instant::now();
            let decision = self.gate.decide(Source::Live(&self.caller), text.as_bytes());
            deciding += start.elapsed().as_nanos();
            assert_eq!(decision.verdict.word(), "allow", "{}", decision.to_json());
            let start = Instant::now();
            self.gate.settle(&ok(&decision.id)).unwrap();
            settling += start.elapsed().as_nanos();
        }
        [deciding, settling].map(|all| all as f64 / f64::from(count))
    }
}

fn main() {
    let mut full = Desk::new(&(BARE.replace("MORE", OF_PAY) + OF_ANY));
    let mut bare = Desk::new(&BARE.replace("MORE", ""));
    println!("ns a call                    decide                     settle");
    println!("past on one key     all    bare  memory        all    bare  memory");
    let mut past = 0_u32;
    for until in [10, 1_000, 100_000, 1_000_000] {
        full.run(until - past);
        bare.run(until - past);
        past = until;
        // In turns, so that both meet the same noise.
        let mut sums = [[0.0; 2]; 2];
        for _ in 0..ROUNDS {
            for (sum, desk) in sums.iter_mut().zip([&mut full, &mut bare]) {
                let [decide, settle] = desk.run(5_000);
                *sum = [sum[0] + decide, sum[1] + settle];
            }
        }
        let [[decide, settle], [bare_decide, bare_settle]] =
            sums.map(|sum| sum.map(|all| all / f64::from(ROUNDS)));
        println!(
            "{past:>15} {decide:>7.0} {bare_decide:>7.0} {:>7.0}    {settle:>7.0} {bare_settle:>7.0} {:>7.0}",
            decide - bare_decide,
            settle - bare_settle
        );
    }
    if let Some(mib) = agentpass_benches::peak_memory_mib() {
        println!("peak memory: {mib} MiB");
    }
}
