//! `agentpassc import guard` and the guard's shape of checks and decisions, held against what the guard decides.
//!
//! - [`recorded`]: sequences that the guard itself decided (`tests/data/guard`), through gates of the imported contracts;
//! - [`command`]: the same through the command line;
//! - [`random`]: generated policies and checks against a guard that is as simple as its description ([`reference`]);
//! - [`odd`]: what policies may hold and seldom do.
//!
//! `AGENTPASS_GUARD=FOLDER` takes policies and sequences from elsewhere, `AGENTPASS_CASES=N` plays all of them and generates N
//! policies.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]
#![allow(clippy::float_arithmetic, reason = "the numbers of the guard are binary")]

mod command;
mod odd;
mod random;
mod recorded;
mod reference;

use std::path::{Path, PathBuf};

use agentpass_compiler::analysis::{Analysis, analyse};
use agentpass_compiler::diagnostics::Severity;
use agentpass_compiler::diagnostics::config::Config;
use agentpass_compiler::fmt::format;
use agentpass_compiler::import::guard::{Source, import};
use agentpass_compiler::load::MemoryFiles;
use agentpass_compiler::lower::{Params, lower};
use agentpass_grammar::FileId;
use agentpass_ir::Verified;
use agentpass_runtime::{Gate, Store};
use agentpass_values::Timestamp;
use agentpassc::guard;
use serde_json::{Value, json};

fn folder() -> PathBuf {
    std::env::var_os("AGENTPASS_GUARD")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("data/guard"), PathBuf::from)
}

/// How many cases are asked for.
fn cases() -> Option<u32> {
    std::env::var("AGENTPASS_CASES").ok().and_then(|text| text.parse().ok())
}

/// The policy as a contract.
fn imported(policy: &str) -> String {
    import(Source { text: policy, path: "policy.json" }, "agentpassc").unwrap().contract
}

fn analysed(contract: &str) -> Analysis {
    let files = MemoryFiles::new([("policy.agentpass", contract)]);
    analyse(&["policy.agentpass".to_owned()], &files, &Config::default())
}

/// The contract, ready to decide; it has no errors and is in the one layout.
#[track_caller]
fn verified(contract: &str) -> Verified {
    let analysis = analysed(contract);
    let errors: Vec<String> = analysis
        .diagnostics
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| format!("{} {}", finding.code.id, finding.message))
        .collect();
    assert!(errors.is_empty(), "{errors:?}\n{contract}");
    let formatted = format(FileId(0), contract);
    assert!(!formatted.changed && formatted.problems.is_empty(), "{:?}\n{contract}", formatted.problems);
    let program = lower(&analysis.checked.program, &analysis.loaded.sources, &Params::new());
    let program = program.unwrap_or_else(|errors| panic!("{errors:?}\n{contract}"));
    agentpass_ir::verify(program).unwrap_or_else(|fault| panic!("{fault}\n{contract}"))
}

#[track_caller]
fn gate(contract: &str) -> Gate {
    let store = Store::manual(Timestamp::EPOCH);
    Gate::builder(verified(contract)).store(store).offline().verbatim(true).seed(1).build().unwrap()
}

/// What the gate says to a check, in the guard's words.
fn decide(gate: &Gate, at_ms: &Value, check: &Value) -> Value {
    let input = json!({"at_ms": at_ms, "check": check}).to_string();
    let line = guard::line(input.as_bytes()).unwrap_or_else(|why| panic!("{why}: {input}"));
    serde_json::from_str(&guard::answer(&gate.line(line.as_bytes()))).unwrap()
}
