//! `agentpassc`, the compiler for AgentPass contracts.
//!
//! One file per verb ([`check`], [`test`](mod@test), [`eval`], [`replay`], [`explain`], [`build`], [`import`], [`fmt`], [`init`], [`completions`]); what they
//! share is below them: which files are meant ([`paths`]), how files are read ([`disk`]) and written ([`replace`]), which of
//! them form a program ([`programs`]) and a contract that judges calls ([`contract`]), how findings are shown ([`report`]) and mended ([`mend`]), and
//! how a decision is explained ([`decision`]). All that is known about the language is in the compiler, and all that is known
//! about calls in the runtime; nothing here decides anything.
//!
//! Exit codes: 0 fine, 1 the contracts are at fault, 2 the command could not run; [`eval`] has a code for each verdict.

mod args;
mod build;
mod check;
mod completions;
mod contract;
mod decision;
mod disk;
mod eval;
mod explain;
mod fmt;
mod import;
mod init;
mod mend;
mod output;
mod paths;
mod programs;
mod project;
mod reasons;
mod replace;
mod replay;
mod report;
mod test;

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
        Verb::Test(args) => test::run(args, cli.color),
        Verb::Eval(args) => eval::run(args, cli.color),
        Verb::Replay(args) => replay::run(args, cli.color),
        Verb::Build(args) => build::run(args, cli.color),
        Verb::Import(args) => import::run(args),
        Verb::Fmt(args) => fmt::run(args, cli.color),
        Verb::Explain(args) => explain::run(args, cli.color),
        Verb::Init(_) => init::run(),
        Verb::Completions(args) => completions::run(args),
    }
}
