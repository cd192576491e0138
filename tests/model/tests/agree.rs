//! The runtime and the model of its memory say the same, step by step.
//!
//! A few hundred contracts by default; as many as `AGENTPASS_CASES` says, each with 200 steps:
//!
//! ```text
//! AGENTPASS_CASES=5000 cargo test --release -p agentpass-model --test agree -- --nocapture
//! ```
//!
//! `AGENTPASS_SEED=n` plays the case of that number alone; `AGENTPASS_FAILURES=n` shows so many cases that differ.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

#[path = "agree/compare.rs"]
mod compare;
#[path = "agree/gate.rs"]
mod gate;
#[path = "agree/histogram.rs"]
mod histogram;

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use agentpass_model::contract::Contract;
use agentpass_model::generate::{self, Dice, Player};
use agentpass_model::model::Model;
use agentpass_model::print::print;
use agentpass_model::shrink::shrink;
use agentpass_model::step::Timed;
use compare::Pair;
use histogram::Histogram;

/// So many steps are played with each contract.
const STEPS: usize = 200;

#[test]
fn the_runtime_remembers_as_the_model_does() {
    if let Some(seed) = number("AGENTPASS_SEED") {
        play(seed, &mut Histogram::default()).unwrap_or_else(|failure| panic!("{failure}"));
        return;
    }
    let cases = number("AGENTPASS_CASES").unwrap_or(250);
    let most = number("AGENTPASS_FAILURES").unwrap_or(1);
    let next = AtomicU64::new(0);
    let all = Mutex::new(Histogram::default());
    let texts: Mutex<HashSet<String>> = Mutex::default();
    let failures = Mutex::new(Vec::new());
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let mut own = Histogram::default();
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= cases || failures.lock().unwrap().len() as u64 >= most {
                        break;
                    }
                    match play(seed, &mut own) {
                        Ok(text) => drop(texts.lock().unwrap().insert(text)),
                        Err(failure) => failures.lock().unwrap().push(failure),
                    }
                }
                all.lock().unwrap().add(own);
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    let texts = texts.into_inner().unwrap();
    println!("{} distinct contracts\n{}", texts.len(), all.into_inner().unwrap());
    assert!(
        texts.len() as u64 >= cases - cases / 20,
        "contracts repeat themselves: {} of {cases}",
        texts.len()
    );
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Plays one case; gives the text of its contract.
fn play(seed: u64, histogram: &mut Histogram) -> Result<String, String> {
    let mut dice = Dice::new(seed);
    let made = generate::contract(&mut dice);
    let contract = made.contract.clone();
    let text = print(&contract);
    let mut pair = Pair::new(&contract).map_err(|error| format!("seed {seed}: {error}\n{text}"))?;
    let mut player = Player::new(dice, made);
    let mut steps = Vec::new();
    for _ in 0..STEPS {
        let step = player.next(&pair.model);
        steps.push(step.clone());
        if let Err(difference) = pair.step(&step) {
            return Err(shrunk(seed, contract, steps, &difference));
        }
    }
    histogram.note(&contract, &pair.model, &steps);
    Ok(text)
}

/// The smallest case that still differs, in words.
fn shrunk(seed: u64, contract: Contract, steps: Vec<Timed>, first: &str) -> String {
    let mut fails = |contract: &Contract, steps: &[Timed]| difference(contract, steps).is_some();
    let (contract, steps) = shrink(contract, steps, &mut fails);
    let difference = difference(&contract, &steps).unwrap_or_else(|| first.to_owned());
    let lines: Vec<String> =
        steps.iter().map(|step| step.line(&contract).unwrap_or_else(|| format!("{:?}", step.step))).collect();
    format!(
        "seed {seed} differs: {difference}\n\n{}\n{}\n\n(AGENTPASS_SEED={seed} plays it alone)",
        print(&contract),
        lines.join("\n")
    )
}

fn difference(contract: &Contract, steps: &[Timed]) -> Option<String> {
    let mut pair = Pair::new(contract).ok()?;
    steps.iter().find_map(|step| pair.step(step).err())
}

#[test]
fn the_model_alone_says_what_the_semantics_say() {
    // A cap of 100 over calls of 30, 1000, 1 and 1: the refused call charges nothing.
    use agentpass_model::contract::{Action, Bound, Limit, Meter, Part, Then, Tool, Window};
    use agentpass_model::log::Verdict;
    use agentpass_model::model::Answer;
    use agentpass_model::step::{Args, Call, Step, Who};
    let tool = Tool {
        name: "pay".to_owned(),
        action: Action::Pay,
        reads: None,
        sends: None,
        trusted: false,
        harmless_errors: false,
        runs: None,
    };
    let bound = Bound { name: "cap".to_owned(), meter: Meter::Sum, most: 100, then: Then::Deny };
    let limit = Limit {
        name: "l".to_owned(),
        tool: None,
        keys: vec![Part::Job],
        window: Window::Lifetime,
        when: None,
        bounds: vec![bound],
    };
    let contract = Contract { tools: vec![tool], limits: vec![limit], ..Contract::default() };
    let mut model = Model::new(&contract);
    let who = Who { job: Some("j1".to_owned()), ..Who::default() };
    let mut verdict = |id: &str, m: i64| {
        let args = Args { a: "a1".to_owned(), l: Vec::new(), k: agentpass_model::contract::Kind::P, n: 0, m };
        let call = Call { id: id.to_owned(), tool: 0, who: who.clone(), args, host: None };
        match model.step(&Timed { at: 0, step: Step::Call(call) }) {
            Answer::Decided(decided) => (decided.verdict, decided.left.get("l.cap").copied()),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(verdict("1", 30), (Verdict::Allow, Some(70)));
    assert_eq!(verdict("2", 1000), (Verdict::Deny, Some(70)));
    assert_eq!(verdict("3", 1), (Verdict::Allow, Some(69)));
    assert_eq!(verdict("4", 1), (Verdict::Allow, Some(68)));
}
