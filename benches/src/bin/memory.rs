//! What remembering costs: five limits, a history rule and `once` per call, on one key with ever more past.
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

const CONTRACT: &str = r#"edition 2026
contract c { version "1"; owner "a@b.example"; agents "a" }
host { tokens: int }
tool look(customer: id) { action read }
tool pay(customer: id, amount: money<USD> as cents, key: id) {
    action  pay
    amount  amount
    once    per key replay for 24h
    require after look(customer: customer) within 24h
    limit   paid per customer in any 24h { sum amount at most $100_000_000 }
    limit   often per customer in any 1s { calls at most 1_000_000 }
}
on any { uses tokens host.tokens }
limit per job {
    calls  at most 1_000_000_000
    tokens at most 1_000_000_000
}
limit per user each day in "UTC" { calls at most 1_000_000_000 }
"#;

fn gate() -> Gate {
    let files = MemoryFiles::new([("c.agentpass", CONTRACT)]);
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

fn main() {
    let gate = gate();
    let caller = caller();
    let look = gate.decide(Source::Live(&caller), br#"{"tool": "look", "args": {"customer": "c1"}}"#);
    gate.settle(&ok(&look.id)).unwrap();
    let mut number = 0_u64;
    let mut text = String::new();
    let mut run = |count: u32| {
        let mut deciding = 0_u128;
        let mut settling = 0_u128;
        for _ in 0..count {
            number += 1;
            text.clear();
            let _ = write!(
                text,
                r#"{{"tool": "pay", "args": {{"customer": "c1", "amount": 100, "key": "k{number}"}}}}"#
            );
            let start = Instant::now();
            let decision = gate.decide(Source::Live(&caller), text.as_bytes());
            deciding += start.elapsed().as_nanos();
            assert_eq!(decision.verdict.word(), "allow", "{}", decision.to_json());
            let start = Instant::now();
            gate.settle(&ok(&decision.id)).unwrap();
            settling += start.elapsed().as_nanos();
        }
        (deciding as f64 / f64::from(count), settling as f64 / f64::from(count))
    };
    println!("past calls on one key    decide ns/call    settle ns/call");
    let mut past = 0_u32;
    for until in [10, 1_000, 100_000, 1_000_000] {
        run(until - past);
        past = until;
        let (decide, settle) = run(5_000);
        println!("{past:>22} {decide:>17.0} {settle:>17.0}");
    }
    if let Some(mib) = agentpass_benches::peak_memory_mib() {
        println!("peak memory: {mib} MiB");
    }
}
