//! How long the front of the compiler takes, phase by phase.
//!
//! `cargo run --release -p agentpass-benches --bin check`

#![allow(clippy::float_arithmetic, reason = "figures for people")]

use std::time::Duration;

use agentpass_benches::{contract_of_tools, median, peak_memory_mib};
use agentpass_compiler::analysis::{analyse, analyse_loaded};
use agentpass_compiler::check::check;
use agentpass_compiler::diagnostics::config::Config;
use agentpass_compiler::lint::lint;
use agentpass_compiler::load::{MemoryFiles, load, load_cached};
use agentpass_compiler::parse::{cache::Cache, parse};
use agentpass_grammar::{FileId, chunk, layout, lex};

fn main() {
    let tools: usize = std::env::args().nth(1).and_then(|arg| arg.parse().ok()).unwrap_or(10_000);
    let text = contract_of_tools(tools);
    let files = MemoryFiles::new([("big.agentpass", text.as_str())]);
    let roots = ["big.agentpass".to_owned()];
    println!("{tools} tools, {:.2} MB", text.len() as f64 / 1e6);
    let show = |phase: &str, time| show(phase, text.len(), time);
    show("copy (baseline)", median(5, || text.clone()));
    show("lex", median(3, || lex(&text)));
    show("lex + layout", median(3, || layout(&text, lex(&text))));
    let laid = layout(&text, lex(&text));
    show("chunk", median(3, || chunk(&text, &laid)));
    show("parse, all of it", median(3, || parse(FileId(0), &text)));
    let loaded = load(&roots, &files);
    show("resolve and check", median(3, || check(&loaded)));
    let checked = check(&loaded);
    show("lint", median(3, || lint(&loaded, &checked)));
    show("whole check", median(3, || analyse(&roots, &files, &Config::default())));
    edits();
    let analysis = analyse_loaded(loaded, &Config::default());
    println!("findings: {}", analysis.diagnostics.len());
    for finding in analysis.diagnostics.iter().take(3) {
        println!("  {}: {}", finding.code.id, finding.message);
    }
    if let Some(mib) = peak_memory_mib() {
        println!("peak memory: {mib} MiB");
    }
}

/// A file of about 3,000 lines, checked again after each of some edits.
fn edits() {
    let text = contract_of_tools(715);
    let mut cache = Cache::new();
    let roots = ["edited.agentpass".to_owned()];
    let mut number = 0_u32;
    let mut recheck = || {
        number += 1;
        let edited = text.replacen("no {state}", &format!("no {{state}}, {number}"), 1);
        let files = MemoryFiles::new([("edited.agentpass", edited.as_str())]);
        analyse_loaded(load_cached(&mut cache, &roots, &files), &Config::default())
    };
    recheck();
    println!("{} lines:", text.lines().count());
    show("re-check after an edit", text.len(), median(15, recheck));
}

/// One line: how long a phase took, and how much text that is for each second.
fn show(phase: &str, bytes: usize, time: Duration) {
    let seconds = time.as_secs_f64();
    println!("{phase:<24} {:>8.1} ms {:>8.1} MB/s", seconds * 1e3, bytes as f64 / 1e6 / seconds);
}
