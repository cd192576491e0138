//! A tool loop: a model proposes calls, the gate decides each one, and the model is told what came of it.
//!
//! ```sh
//! cargo run -p agentpass-runtime --example tool_loop
//! ```

use std::error::Error;

use agentpass_runtime::wire::Job;
use agentpass_runtime::{Asks, Call, Caller, Contract, Gate, Outcome, Person, Store, Verdict, Vote};

/// Made from `desk.agentpass` by `agentpassc build`. The application holds no compiler.
const BUNDLE: &[u8] = include_bytes!("desk.bundle");

/// What a model might propose, one call after the other.
const PROPOSED: &[(&str, &str)] = &[
    ("orders.refund", r#"{"order": "o1", "amount": 1200, "key": "k1"}"#),
    ("orders.read", r#"{"order": "o1"}"#),
    ("orders.refund", r#"{"order": "o1", "amount": 1200, "key": "k1"}"#),
    ("orders.refund", r#"{"order": "o1", "amount": 1200, "key": "k1"}"#),
    ("orders.refund", r#"{"order": "o1", "amount": 5000, "key": "k2"}"#),
    ("orders.refund", r#"{"order": "o1", "amount": 25000, "key": "k3"}"#),
    ("orders.drop", r#"{"order": "o1"}"#),
];

fn main() -> Result<(), Box<dyn Error>> {
    let contract = Contract::from_bundle(BUNDLE)?;
    let gate = Gate::builder(contract).store(Store::memory()).build()?;
    // The host has authenticated these. Nothing of it can be said in a call.
    let caller = Caller {
        agent: Some("support-agent".to_owned()),
        user: Some("u-17".to_owned()),
        job: Some(Job { id: "case-1042".to_owned(), ..Job::default() }),
        ..Caller::default()
    };
    for (tool, args) in PROPOSED {
        println!("{tool} {args}");
        println!("  {}", answer(&gate, &caller, tool, args)?);
    }
    Ok(())
}

/// Decides a call and makes it if it may be made. What comes back is for the model.
fn answer(gate: &Gate, caller: &Caller, tool: &str, args: &str) -> Result<String, Box<dyn Error>> {
    let call = Call::new(tool, args);
    match gate.check(caller, &call)? {
        Verdict::Allow(permit) => {
            let result = perform(tool);
            // Whatever holds the call's budget waits for this.
            permit.commit(Outcome::ok(&result))?;
            Ok(format!("done: {result}"))
        }
        Verdict::Replay(result) => Ok(format!("done before: {result}")),
        Verdict::Challenge(asks) => {
            println!("  {asks}");
            if ask(gate, &asks)? { answer(gate, caller, tool, args) } else { Ok("refused".to_owned()) }
        }
        // Rules are written with messages that help a model to do better.
        Verdict::Deny(denial) => Ok(denial.to_string()),
    }
}

/// The application's own tools.
fn perform(tool: &str) -> String {
    match tool {
        "orders.read" => r#"{"order": "o1", "paid": 8000}"#.to_owned(),
        _ => r#"{"refund": "re_1"}"#.to_owned(),
    }
}

/// Asks whoever the contract names, on a channel that is not the agent's; here a manager who always agrees.
fn ask(gate: &Gate, asks: &Asks) -> Result<bool, Box<dyn Error>> {
    let manager = Person { user: "m-3".to_owned(), groups: vec!["support-managers".to_owned()] };
    for challenge in &asks.0.challenges {
        println!("  {} is asked, and agrees", manager.user);
        gate.vote(&Vote { on: challenge.id.clone(), challenge: None, by: manager.clone(), approve: true })?;
    }
    Ok(true)
}
