//! A program as text, for people and for snapshots: every table in order, every root with its expression written out.
//!
//! Everything that decides stands in it, with texts quoted, so that two programs with one listing decide alike. Origins
//! and files do not: moving a rule is no change.
//!
//! Each table has its letter: tools are `t0`, `t1`, …, events `e`, records `r`, schemas `j`, flows `f`, skills `k`, challenges
//! `c`, monitors `m`, limits `l`. The slots of parameters are `s0`, `s1`, … with views behind them.

mod exprs;
mod forms;
mod rules;
mod tables;
#[cfg(test)]
mod tests;
mod tools;
mod values;

use std::fmt::Write;

pub use exprs::expr;

use crate::program::Program;

/// The listing of a program. A number that points nowhere is shown as `?`, so that a broken program can be looked at.
#[must_use]
pub fn listing(program: &Program) -> String {
    let mut out = String::new();
    head(&mut out, program);
    tables::records(&mut out, program);
    tables::schemas(&mut out, program);
    for (id, tool) in program.tools.iter().enumerate() {
        tools::tool(&mut out, program, id, tool);
    }
    tables::events(&mut out, program);
    tables::flows(&mut out, program);
    tables::skills(&mut out, program);
    for (id, challenge) in program.challenges.iter().enumerate() {
        tables::challenge(&mut out, program, id, challenge);
    }
    for (id, monitor) in program.monitors.iter().enumerate() {
        tables::monitor(&mut out, program, id, monitor);
    }
    for (id, rule) in program.rules.iter().enumerate() {
        rules::rule(&mut out, program, id, rule);
    }
    for (id, once) in program.onces.iter().enumerate() {
        rules::once(&mut out, program, id, once);
    }
    for (id, limit) in program.limits.iter().enumerate() {
        rules::limit(&mut out, id, limit);
        for charge in program.charges.iter().filter(|charge| charge.limit.index() == id) {
            rules::charge(&mut out, program, limit, charge);
        }
    }
    out
}

fn head(out: &mut String, program: &Program) {
    let contract = &program.contract;
    // Writing to a string never fails, here and in all that follows.
    let _ = write!(out, "contract {:?}", contract.name);
    if let Some(version) = &contract.version {
        let _ = write!(out, " version {version:?}");
    }
    if !contract.agents.is_empty() {
        let _ = write!(out, " agents {:?}", contract.agents);
    }
    if let Some(from) = contract.valid_from {
        let _ = write!(out, " from {from}");
    }
    if let Some(before) = contract.valid_before {
        let _ = write!(out, " before {before}");
    }
    out.push('\n');
    for (name, value) in &contract.params {
        let _ = writeln!(out, "param {name:?} = {value:?}");
    }
    for data in &contract.data {
        let _ = writeln!(out, "data {data:?}");
    }
    for (root, params) in [("host", &program.host), ("job", &program.job)] {
        for param in params {
            let _ = writeln!(out, "{root} {}", forms::param(program, param));
        }
    }
}

/// `[a, b]`
fn list<T>(all: &[T], show: impl Fn(&T) -> String) -> String {
    format!("[{}]", between(all, ", ", show))
}

/// `a, b`
fn between<T>(all: &[T], between: &str, show: impl Fn(&T) -> String) -> String {
    all.iter().map(show).collect::<Vec<_>>().join(between)
}

/// ` word x`, or nothing.
fn with<T>(word: &str, value: Option<T>, show: impl Fn(T) -> String) -> String {
    value.map_or(String::new(), |value| format!(" {word} {}", show(value)))
}
