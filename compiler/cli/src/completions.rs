//! `agentpassc completions`: a script that teaches a shell this command line.

use clap::CommandFactory;

use crate::args::{self, Cli};
use crate::output::{Exit, Failure, print};

/// Runs the verb.
pub(crate) fn run(args: &args::Completions) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "agentpassc", &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Fine)
}
