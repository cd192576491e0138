//! Many threads that share one gate: together they never spend more than there is.
//!
//! ```sh
//! cargo run -p agentpass-runtime --example threads
//! ```

use std::error::Error;
use std::thread;

use agentpass_runtime::{Call, Caller, Contract, Gate, GateError, Outcome, Store, Verdict};

/// Made from `desk.agentpass` by `agentpassc build`. Its agents close a hundred tickets an hour, all of them together.
const BUNDLE: &[u8] = include_bytes!("desk.bundle");
const THREADS: usize = 8;
const TICKETS: usize = 50;

fn main() -> Result<(), Box<dyn Error>> {
    let contract = Contract::from_bundle(BUNDLE)?;
    let gate = Gate::builder(contract).store(Store::memory()).build()?;
    // `Gate` is `Send` and `Sync`: threads may share one, or each take a clone.
    let closed: Vec<Result<usize, GateError>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..THREADS)
            .map(|worker| {
                scope.spawn({
                    let gate = &gate;
                    move || work(gate, worker)
                })
            })
            .collect();
        workers.into_iter().filter_map(|worker| worker.join().ok()).collect()
    });
    let mut total = 0;
    for count in closed {
        total += count?;
    }
    println!("{total} of {} tickets were closed", THREADS * TICKETS);
    Ok(())
}

/// Closes tickets, and counts those that the gate let through.
fn work(gate: &Gate, worker: usize) -> Result<usize, GateError> {
    let caller = Caller {
        agent: Some("support-agent".to_owned()),
        tenant: Some("acme".to_owned()),
        ..Caller::default()
    };
    let mut closed = 0;
    for ticket in 0..TICKETS {
        let call = Call::new("tickets.close", &format!(r#"{{"ticket": "t-{worker}-{ticket}"}}"#));
        if let Verdict::Allow(permit) = gate.check(&caller, &call)? {
            permit.commit(Outcome::ok("null"))?;
            closed += 1;
        }
    }
    Ok(closed)
}
