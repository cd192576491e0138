//! The core under a scheduler that decides which thread goes on at each lock and each counter: gate, transactions, outcomes, votes.
//!
//! Each case is two or three threads and a few calls. Where two threads take few steps all interleavings are tried, one after the
//! other; of the others some thousand, drawn by PCT (few changes of threads at random places, which finds races that need few)
//! and at random. Then the same on a store that reads in one transaction and writes in another: there every case has to find
//! something. `AGENTPASS_CASES` says how many are tried at most.
//!
//! ```sh
//! cargo test -p agentpass-tests --features shuttle --test interleavings
//! ```

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod cases;
#[path = "../support/torn.rs"]
mod torn;

use std::sync::{Arc, LazyLock, Mutex};

use agentpass_compiler::build::build;
use agentpass_compiler::load::MemoryFiles;
use agentpass_runtime::wire::Job;
use agentpass_runtime::{
    Call, Caller, Contract, Gate, GateError, MemoryStore, Outcome, Permit, Store, Verdict,
};
use agentpass_values::Timestamp;
use shuttle::scheduler::{DfsScheduler, PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, FailurePersistence, Runner, thread};

/// What the races have, and the same with a lower cap.
static CONTRACT: LazyLock<Arc<Contract>> = LazyLock::new(|| contract(TEXT));
static CONTRACT_LOW: LazyLock<Arc<Contract>> = LazyLock::new(|| contract(&TEXT.replace("$60", "$55")));
const TEXT: &str = include_str!("../races/races.agentpass");

fn contract(text: &str) -> Arc<Contract> {
    let files = MemoryFiles::new([("races.agentpass", text)]);
    let built = build(&["races.agentpass".to_owned()], &files, &Default::default(), &Default::default());
    Arc::new(built.unwrap_or_else(|error| panic!("{error}")).0)
}

/// A case: plays on a fresh store, and says what went wrong.
type Case = fn(Store) -> Result<(), String>;

fn store() -> MemoryStore {
    MemoryStore::manual(Timestamp::parse("2026-11-23T10:00:00Z").unwrap())
}

fn gate(store: Store) -> Gate {
    Gate::builder(CONTRACT.clone()).store(store).seed(1).build().unwrap()
}

/// How many interleavings are tried at most.
fn tries(few: usize) -> usize {
    std::env::var("AGENTPASS_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(few)
}

/// How many interleavings there were, and what went wrong first.
type Played = (usize, Option<String>);
/// A way of going through interleavings.
type Way = Box<dyn Fn() -> Played>;

/// Plays a case under a scheduler: how many interleavings there were, and what went wrong first.
fn play(scheduler: impl Scheduler + 'static, case: Case, of: fn() -> Store) -> Played {
    // Compiling is no part of it.
    LazyLock::force(&CONTRACT);
    LazyLock::force(&CONTRACT_LOW);
    let wrong = Arc::new(Mutex::new(None));
    let found = wrong.clone();
    let mut config = Config::new();
    // Debug builds need room.
    config.stack_size = 1 << 20;
    config.failure_persistence = FailurePersistence::None;
    let played = Runner::new(scheduler, config).run(move || {
        if let Err(error) = case(of()) {
            found.lock().unwrap().get_or_insert(error);
        }
    });
    let first = wrong.lock().unwrap().take();
    (played, first)
}

/// The case never goes wrong, and does on a store that tears its transactions.
fn holds(name: &str, case: Case) {
    let whole = || Store::of(store());
    let most = tries(400);
    let all: [(&str, Way); 3] = [
        ("one by one", Box::new(move || play(DfsScheduler::new(Some(most), false), case, whole))),
        ("by PCT", Box::new(move || play(PctScheduler::new(3, most), case, whole))),
        ("at random", Box::new(move || play(RandomScheduler::new(most), case, whole))),
    ];
    for (how, play) in all {
        let (played, wrong) = play();
        if let Some(wrong) = wrong {
            panic!("{name}, {how}: {wrong}");
        }
        let are_all = if how == "one by one" && played < most { ": all there are" } else { "" };
        println!("{name}: {played} interleavings {how}{are_all}");
    }
    let torn = || Store::of(torn::Torn(store(), || ()));
    let (_, wrong) = play(RandomScheduler::new(most.max(200)), case, torn);
    let wrong = wrong.unwrap_or_else(|| panic!("{name}: torn transactions were not noticed"));
    println!("{name}: on torn transactions, {wrong}");
}

fn caller(user: &str, job: &str) -> Caller {
    Caller {
        agent: Some("a".into()),
        user: Some(user.into()),
        tenant: Some("acme".into()),
        job: Some(Job { id: job.into(), ..Job::default() }),
        ..Caller::default()
    }
}

fn ann() -> Caller {
    caller("ann", "j1")
}

/// What became of a call.
enum Met {
    Allowed(Permit),
    Replayed,
    /// The id of the challenge.
    Asked(String),
    /// The codes of the reasons.
    Denied(String),
    Again,
}

impl Met {
    fn is_allowed(&self) -> bool {
        matches!(self, Met::Allowed(_))
    }

    fn shown(&self) -> &str {
        match self {
            Met::Allowed(_) => "allowed",
            Met::Replayed => "replayed",
            Met::Asked(_) => "asked",
            Met::Denied(codes) => codes,
            Met::Again => "again",
        }
    }

    fn order(&self) -> Option<u64> {
        match self {
            Met::Allowed(permit) => permit.decision().permit,
            _ => None,
        }
    }

    fn settle(self, outcome: Outcome<'_>) {
        if let Met::Allowed(permit) = self {
            permit.commit(outcome).unwrap();
        }
    }
}

fn check(gate: &Gate, caller: &Caller, tool: &str, args: &str) -> Met {
    met(gate, caller, &Call::new(tool, args))
}

fn met(gate: &Gate, caller: &Caller, call: &Call) -> Met {
    match gate.check(caller, call) {
        Ok(Verdict::Allow(permit)) => Met::Allowed(permit),
        Ok(Verdict::Replay(_)) => Met::Replayed,
        Ok(Verdict::Challenge(asks)) => Met::Asked(asks.0.challenges[0].id.clone()),
        Ok(Verdict::Deny(denial)) => {
            let codes: Vec<&str> = denial.0.reasons.iter().map(|reason| reason.code).collect();
            Met::Denied(codes.join(" "))
        }
        Err(GateError::Again(_)) => Met::Again,
        Err(error) => panic!("{error}"),
    }
}

/// Runs a step on a thread of its own.
fn begin<T: Send + 'static>(step: impl FnOnce() -> T + Send + 'static) -> thread::JoinHandle<T> {
    thread::spawn(step)
}

/// Makes the same call on so many threads at once.
fn race(gate: &Gate, count: usize, tool: &'static str, args: &'static str) -> Vec<Met> {
    let turn = |_| {
        let gate = gate.clone();
        begin(move || check(&gate, &ann(), tool, args))
    };
    let running: Vec<_> = (0..count).map(turn).collect();
    running.into_iter().map(|one| one.join().unwrap()).collect()
}

fn expect(is_fine: bool, otherwise: &str, met: &[Met]) -> Result<(), String> {
    if is_fine {
        return Ok(());
    }
    let shown: Vec<&str> = met.iter().map(Met::shown).collect();
    Err(format!("{otherwise}: {}", shown.join(", ")))
}

fn allowed(met: &[Met]) -> usize {
    met.iter().filter(|met| met.is_allowed()).count()
}
