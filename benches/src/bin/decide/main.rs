//! From about 600 bytes of JSON to a decision: the support desk, decided by the interpreter and, in the same run, by Cedar.
//!
//! `cargo run --release -p agentpass-benches --bin decide`
//!
//! Both read the same bytes and come to the same verdicts, which is checked before anything is timed. Cedar gets policies sliced
//! by tool, requests built from typed structures, and from outside what a job carries. Figures of both are taken in turns,
//! so that what else the machine does falls on both.

#![allow(clippy::float_arithmetic, reason = "figures for people")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on has nothing to say")]

mod cedar;
mod desk;

use std::collections::HashMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use agentpass_runtime::wire::{self, Limits};
use agentpass_runtime::{Decision, Gate, How, Settlement, Source, Store, Word};

use cedar::Cedar;
use desk::{Job, TOOLS};

/// How often everything is timed; medians are shown.
const ROUNDS: usize = 41;

fn main() {
    let calls = desk::calls();
    let bytes: usize = calls.iter().map(|call| call.text.len()).sum();
    let gate = Gate::builder(desk::contract(4)).store(Store::memory()).offline().build().unwrap();
    let large = Gate::builder(desk::contract(1000)).store(Store::memory()).offline().build().unwrap();
    let cedar = Cedar::new();
    let verdicts = agree(&[&gate, &large], &cedar, &calls);
    println!("{} calls of {} bytes on average: {}", calls.len(), bytes / calls.len(), verdicts);

    if std::env::args().any(|arg| arg == "profile") {
        // Nothing but decisions of the gate, for a profiler.
        let texts: Vec<&str> = calls.iter().map(|call| &*call.text).collect();
        for _ in 0..500 {
            decided(&gate, &texts);
        }
        return;
    }
    let limits = Limits::default();
    let contract = gate.contract();
    let read = |text: &str| wire::read(contract, Source::Offline, &limits, text.as_bytes()).is_ok();
    let mut rows: Vec<Row> = TOOLS.iter().map(|tool| Row::new(tool, only(&calls, tool))).collect();
    rows.push(Row::new("all of them, shuffled", calls.iter().map(|call| &*call.text).collect()));
    for _ in 0..ROUNDS {
        for row in &mut rows {
            row.read.push(pass(&row.calls, |text| read(text)));
            row.gate.push(decided(&gate, &row.calls));
            row.large.push(decided(&large, &row.calls));
            row.parse.push(pass(&row.calls, |text| cedar.parse(text).is_some()));
            row.build.push(pass(&row.calls, |text| cedar.request(text).is_some()));
            row.cedar.push(pass(&row.calls, |text| cedar.decide(text)));
        }
    }
    println!("\nns a call{:>24}{:>12}{:>12}{:>12}", "agentpass", "cedar", "ratio", "of 1,000");
    for row in &rows {
        let (ours, theirs, large) = (row.median(&row.gate), row.median(&row.cedar), row.median(&row.large));
        let (ratio, more) = (theirs / ours, large / ours);
        println!("{:<22}{ours:>11.0}{theirs:>12.0}{ratio:>11.1}x{large:>7.0} {more:.2}", row.name);
    }
    let all = rows.last().unwrap();
    println!("\nof which              agentpass                 cedar");
    let (read, ours) = (all.median(&all.read), all.median(&all.gate));
    let (parse, build, theirs) = (all.median(&all.parse), all.median(&all.build), all.median(&all.cedar));
    println!("  JSON to facts      {read:>12.0}           {parse:>11.0}");
    println!("  a request of them             -           {:>11.0}", build - parse);
    println!("  the decision       {:>12.0}           {:>11.0}", ours - read, theirs - build);
}

/// A row of the table, with what was measured for it.
struct Row<'a> {
    name: &'static str,
    calls: Vec<&'a str>,
    read: Vec<Duration>,
    gate: Vec<Duration>,
    large: Vec<Duration>,
    parse: Vec<Duration>,
    build: Vec<Duration>,
    cedar: Vec<Duration>,
}

impl<'a> Row<'a> {
    fn new(name: &'static str, calls: Vec<&'a str>) -> Self {
        let empty = Vec::new;
        Row {
            name,
            calls,
            read: empty(),
            gate: empty(),
            large: empty(),
            parse: empty(),
            build: empty(),
            cedar: empty(),
        }
    }

    /// Nanoseconds a call.
    fn median(&self, rounds: &[Duration]) -> f64 {
        let mut rounds = rounds.to_vec();
        rounds.sort();
        rounds[rounds.len() / 2].as_secs_f64() * 1e9 / self.calls.len() as f64
    }
}

fn only<'a>(calls: &'a [desk::Call], tool: &str) -> Vec<&'a str> {
    calls.iter().filter(|call| call.tool == tool).map(|call| &*call.text).collect()
}

fn pass<T>(calls: &[&str], mut run: impl FnMut(&str) -> T) -> Duration {
    let mut time = Duration::ZERO;
    for text in calls {
        let start = Instant::now();
        let result = black_box(run(text));
        time += start.elapsed();
        drop(result);
    }
    time
}

/// Decides all calls. What was allowed is settled afterwards, which is not timed: it costs what it costs after the call was made.
fn decided(gate: &Gate, calls: &[&str]) -> Duration {
    let mut time = Duration::ZERO;
    for text in calls {
        let start = Instant::now();
        let decision = gate.decide(Source::Offline, text.as_bytes());
        time += start.elapsed();
        settle(gate, &decision);
    }
    time
}

fn settle(gate: &Gate, decision: &Decision) {
    if decision.permit.is_some() {
        let ok = Settlement { of: &decision.id, how: How::Ok, result: None, host: None, at: None };
        gate.settle(&ok).unwrap();
    }
}

/// Plays all calls twice, so that every job carries what it will carry, and holds the verdicts against each other.
fn agree(gates: &[&Gate], cedar: &Cedar, calls: &[desk::Call]) -> String {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for warm in [false, true] {
        for call in calls {
            for gate in gates {
                let decision = gate.decide(Source::Offline, call.text.as_bytes());
                settle(gate, &decision);
                if decision.verdict == Word::Allow {
                    Job::carry(cedar.jobs(), call);
                }
                if warm {
                    let other = cedar.decide(&call.text);
                    assert_eq!(decision.verdict, other, "{} {}", call.text, decision.to_json());
                    *counts.entry(other.word()).or_default() += 1;
                }
            }
        }
    }
    let share = |word: &str| counts.get(word).copied().unwrap_or(0) * 100 / (calls.len() * gates.len());
    format!("{} % allow, {} % challenge, {} % deny", share("allow"), share("challenge"), share("deny"))
}
