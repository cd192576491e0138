//! Two cases at once on one thread, and a call that is given up while it runs.
//!
//! The gate decides without waiting for anything, so `check` stands in async code as it is. A permit lives across `await`.
//! Where its future is dropped, it is dropped too, and the call counts as one whose outcome nobody knows.
//!
//! ```sh
//! cargo run -p agentpass-runtime --example async_loop
//! ```

use std::error::Error;

use agentpass_runtime::wire::Job;
use agentpass_runtime::{Call, Caller, Contract, Gate, Outcome, Store, Verdict};
use futures_lite::future::{block_on, poll_once, yield_now, zip};

/// Made from `desk.agentpass` by `agentpassc build`.
const BUNDLE: &[u8] = include_bytes!("desk.bundle");

fn main() -> Result<(), Box<dyn Error>> {
    let contract = Contract::from_bundle(BUNDLE)?;
    let gate = Gate::builder(contract).store(Store::memory()).build()?;
    // Cloning a gate is cheap, and all clones share one memory.
    let (first, second) = block_on(zip(case(gate.clone(), "o1"), case(gate.clone(), "o2")));
    println!("{}\n{}", first?, second?);

    println!("{}", block_on(call(&gate, "o3", "orders.read", r#"{"order": "o3"}"#))?);
    let payment = r#"{"order": "o3", "amount": 1200, "key": "pay-o3"}"#;
    // The payment has begun when somebody gives it up.
    let ended = block_on(poll_once(call(&gate, "o3", "orders.refund", payment)));
    println!("o3 orders.refund: {}", if ended.is_none() { "given up" } else { "done" });
    // It may have gone through, so nobody pays again.
    println!("{}", block_on(call(&gate, "o3", "orders.refund", payment))?);
    Ok(())
}

/// A case: look the order up, then pay.
async fn case(gate: Gate, order: &str) -> Result<String, Box<dyn Error>> {
    let read = format!(r#"{{"order": "{order}"}}"#);
    call(&gate, order, "orders.read", &read).await?;
    let refund = format!(r#"{{"order": "{order}", "amount": 1200, "key": "pay-{order}"}}"#);
    call(&gate, order, "orders.refund", &refund).await
}

/// Decides a call of a job and makes it if it may be made.
async fn call(gate: &Gate, job: &str, tool: &str, args: &str) -> Result<String, Box<dyn Error>> {
    let caller = Caller {
        agent: Some("support-agent".to_owned()),
        job: Some(Job { id: job.to_owned(), ..Job::default() }),
        ..Caller::default()
    };
    let told = match gate.check(&caller, &Call::new(tool, args))? {
        Verdict::Allow(permit) => {
            let result = perform(tool).await;
            permit.commit(Outcome::ok(&result))?;
            result
        }
        Verdict::Replay(result) => result,
        Verdict::Challenge(asks) => asks.to_string(),
        Verdict::Deny(denial) => denial.to_string(),
    };
    Ok(format!("{job} {tool}: {told}"))
}

/// The application's own tools, which wait for somebody else.
async fn perform(tool: &str) -> String {
    yield_now().await;
    match tool {
        "orders.read" => r#"{"paid": 8000}"#.to_owned(),
        _ => r#"{"refund": "re_1"}"#.to_owned(),
    }
}
