//! `agentpassc`, the compiler for AgentPass contracts.
//!
//! One file per verb ([`check`], [`fmt`], [`explain`], [`init`], [`completions`]); what they share is below them: which files are meant ([`paths`]),
//! how files are read ([`disk`]), which of them form a program ([`programs`]), and how findings are shown ([`report`]).
//! All that is known about the language is in the compiler; nothing here decides anything about a contract.
//!
//! Exit codes: 0 fine, 1 the contracts are at fault, 2 the command could not run.

mod args;
mod check;
mod completions;
mod disk;
mod explain;
mod fmt;
mod init;
mod output;
mod paths;
mod programs;
mod project;
mod report;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Verb};
use output::{Exit, Failure};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(said) => {
            // Help and version come this way too. There is nobody to tell if they cannot be printed.
            let _ = said.print();
            return if said.use_stderr() { Exit::CannotRun } else { Exit::Fine }.into();
        }
    };
    run(&cli).unwrap_or_else(|failure| failure.report()).into()
}

fn run(cli: &Cli) -> Result<Exit, Failure> {
    match &cli.verb {
        Verb::Check(args) => check::run(args, cli.color),
        Verb::Fmt(args) => fmt::run(args, cli.color),
        Verb::Explain(args) => explain::run(args, cli.color),
        Verb::Init(_) => init::run(),
        Verb::Completions(args) => completions::run(args),
    }
}
