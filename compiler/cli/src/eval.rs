//! `agentpassc eval`: one call, one decision, and an exit code that a script can rely on.

#[allow(clippy::disallowed_types, reason = "the command is where time comes in")]
use std::time::{SystemTime, UNIX_EPOCH};

use agentpass_compiler::diagnostics::render::escape::visible;
use agentpass_compiler::diagnostics::suggest::closest;
use agentpass_ir::ToolName;
use agentpass_runtime::{Contract, Decision, Gate, Limits, Source, Store, Word};
use agentpass_values::Timestamp;

use crate::args::{self, Color};
use crate::output::{Exit, Failure, print, print_aside};
use crate::{contract, decision, disk};

/// Runs the verb.
pub(crate) fn run(args: &args::Eval, color: Color) -> Result<Exit, Failure> {
    one_reader_of_stdin(&args.program, &args.call)?;
    let call = disk::document(&args.call, Limits::default().bytes)?;
    let Some(contract) = contract::load(&args.program, color)? else { return Ok(Exit::Fault) };
    let meant = meant(&contract, &call);
    let decision = decide(contract, &call, args.seed, args.explain)?;
    print(&format!("{}\n", decision.to_json()))?;
    if let Some(meant) = meant {
        print_aside(&format!("{}\n", visible(&meant)));
    }
    if args.explain {
        print_aside(&decision::text(&decision)?);
    }
    Ok(match decision.verdict {
        Word::Allow => Exit::Fine,
        Word::Challenge => Exit::Challenge,
        Word::Deny => Exit::Deny,
        Word::Replay => Exit::Replay,
    })
}

/// What to say of a call whose tool the contract does not have, where another one is called nearly so.
fn meant(contract: &Contract, call: &[u8]) -> Option<String> {
    let call: serde_json::Value = serde_json::from_slice(call).ok()?;
    let tool = call.get("tool")?.as_str()?;
    if contract.tool(tool).known().is_some() {
        return None;
    }
    let names = contract.program().tools.iter().filter_map(|tool| match &tool.name {
        ToolName::Exact(name) => Some(&**name),
        _ => None,
    });
    let close = closest(tool, names)?;
    Some(format!("note: the contract has no tool `{tool}`; did you mean `{close}`?"))
}

/// What a contract says to one call, with an empty memory; where the call does not say when it is made, now.
pub(crate) fn decide(
    contract: Contract,
    call: &[u8],
    seed: Option<u64>,
    explain: bool,
) -> Result<Decision, Failure> {
    let gate = Gate::builder(contract).store(Store::manual(now())).offline().explain(explain);
    let gate = match seed {
        Some(seed) => gate.seed(seed),
        None => gate,
    };
    let gate = gate.build().map_err(Failure::new)?;
    Ok(gate.decide(Source::Offline, call))
}

/// The wall clock. Only the command line reads it; a gate is given its time.
#[allow(clippy::disallowed_methods, reason = "this is where time comes in")]
#[allow(clippy::disallowed_types, reason = "the command is where time comes in")]
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_nanos(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

/// Standard input can be read once.
pub(crate) fn one_reader_of_stdin(program: &args::Program, calls: &str) -> Result<(), Failure> {
    let is_stdin = |path: &String| path == "-";
    if calls == "-" && program.contracts.iter().any(is_stdin) {
        return Err(Failure::new(
            "`-` stands for the contract and for the calls; standard input can be read once",
        ));
    }
    Ok(())
}
