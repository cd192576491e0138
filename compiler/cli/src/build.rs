//! `agentpassc build`: a contract as bytes that a gate loads without the compiler.

use std::path::Path;

use agentpass_ir::bundle;

use crate::args::{self, Color};
use crate::disk::words;
use crate::output::{Exit, Failure};
use crate::{contract, replace};

/// Runs the verb.
pub(crate) fn run(args: &args::Build, color: Color) -> Result<Exit, Failure> {
    replace::over_none_of(&args.output, &args.program.contracts)?;
    let Some(contract) = contract::load(&args.program, color)? else { return Ok(Exit::Fault) };
    match replace::whole(Path::new(&args.output), &bundle::write(&contract)) {
        Ok(()) => Ok(Exit::Fine),
        Err(error) => Err(Failure::new(format!("`{}` cannot be written: {}", args.output, words(&error)))),
    }
}
