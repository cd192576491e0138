//! Calls that race each other, on threads: what one call may do once, two calls at the same moment may do once.
//!
//! Each case sets up a gate, lets threads loose on it from one barrier, and says what went wrong. It is played many times (more
//! with `AGENTPASS_CASES`) on a store that lets other threads go first wherever it can, and then on one whose transactions
//! are torn in two: there every case has to find something, or it would find nothing anywhere.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod approvals;
mod budgets;
mod once;
mod past;
mod stores;
mod switches;
#[path = "../support/torn.rs"]
mod torn;
mod whole;

use std::sync::{Arc, Barrier, LazyLock};
use std::thread;

use agentpass_compiler::build::build;
use agentpass_compiler::load::MemoryFiles;
use agentpass_runtime::wire::Job;
use agentpass_runtime::{Call, Caller, Contract, Gate, GateError, Outcome, Permit, Store, Verdict};

/// What the cases share: one tool for each thing that must not happen twice.
static CONTRACT: LazyLock<Arc<Contract>> = LazyLock::new(|| contract(include_str!("races.agentpass")));

fn contract(text: &str) -> Arc<Contract> {
    let files = MemoryFiles::new([("races.agentpass", text)]);
    let built = build(&["races.agentpass".to_owned()], &files, &Default::default(), &Default::default());
    Arc::new(built.unwrap_or_else(|error| panic!("{error}")).0)
}

fn gate(store: Store) -> Gate {
    Gate::builder(CONTRACT.clone()).store(store).build().unwrap()
}

/// How often a case is played.
fn rounds(few: usize) -> usize {
    let asked = std::env::var("AGENTPASS_CASES").ok().and_then(|cases| cases.parse().ok());
    // A round is some threads and some calls.
    asked.map_or(few, |cases: usize| (cases / 1000).max(few))
}

fn caller(agent: &str, user: &str, job: &str) -> Caller {
    Caller {
        agent: Some(agent.into()),
        user: Some(user.into()),
        tenant: Some("acme".into()),
        job: Some(Job { id: job.into(), ..Job::default() }),
        ..Caller::default()
    }
}

fn ann() -> Caller {
    caller("a", "ann", "j1")
}

/// What became of a call.
enum Met {
    Allowed(Permit),
    Replayed(String),
    /// The ids of the challenges.
    Asked(Vec<String>),
    /// The codes of the reasons.
    Denied(Vec<&'static str>),
    Again,
}

impl Met {
    fn is_allowed(&self) -> bool {
        matches!(self, Met::Allowed(_))
    }

    /// The place of the call in the order in which calls were decided; nothing where it was not allowed.
    fn order(&self) -> Option<u64> {
        match self {
            Met::Allowed(permit) => permit.decision().permit,
            _ => None,
        }
    }

    fn shown(&self) -> String {
        match self {
            Met::Allowed(_) => "allowed".to_owned(),
            Met::Replayed(result) => format!("replayed {result}"),
            Met::Asked(_) => "asked".to_owned(),
            Met::Denied(codes) => codes.join(" "),
            Met::Again => "again".to_owned(),
        }
    }

    fn settle(self, outcome: Outcome<'_>) {
        if let Met::Allowed(permit) = self {
            permit.commit(outcome).unwrap();
        }
    }
}

fn check(gate: &Gate, caller: &Caller, tool: &str, args: &str) -> Met {
    met(gate.check(caller, &Call::new(tool, args)))
}

fn met(verdict: Result<Verdict, GateError>) -> Met {
    match verdict {
        Ok(Verdict::Allow(permit)) => Met::Allowed(permit),
        Ok(Verdict::Replay(result)) => Met::Replayed(result),
        Ok(Verdict::Challenge(asks)) => {
            Met::Asked(asks.0.challenges.iter().map(|ask| ask.id.clone()).collect())
        }
        Ok(Verdict::Deny(denial)) => Met::Denied(denial.0.reasons.iter().map(|reason| reason.code).collect()),
        Err(GateError::Again(_)) => Met::Again,
        Err(error) => panic!("{error}"),
    }
}

type Turn<'a, T> = Box<dyn FnOnce() -> T + Send + 'a>;

/// Lets threads loose at the same moment, and waits for all of them.
fn at_once<'a, T: Send>(all: Vec<Turn<'a, T>>) -> Vec<T> {
    let barrier = Barrier::new(all.len());
    thread::scope(|scope| {
        let run = |one: Turn<'a, T>| {
            let barrier = &barrier;
            scope.spawn(move || {
                barrier.wait();
                one()
            })
        };
        let running: Vec<_> = all.into_iter().map(run).collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    })
}

/// Tries until a call is allowed, for a while: what it waits for happens meanwhile.
fn insist(call: impl Fn() -> Met) -> Option<Met> {
    (0..8).map(|_| call()).find(Met::is_allowed)
}

/// A case: plays one round on a fresh store, and says what went wrong.
type Case = fn(Store) -> Result<(), String>;

/// Plays a case: it never goes wrong on a whole store, and sometimes does on a torn one.
fn holds(case: Case) {
    for round in 0..rounds(60) {
        let store = if round % 2 == 0 { stores::plain() } else { stores::jostled() };
        case(store).unwrap_or_else(|wrong| panic!("round {round}: {wrong}"));
    }
    let torn = (0..400).any(|_| case(stores::torn()).is_err());
    assert!(torn, "torn transactions were not noticed: this case finds nothing");
}
