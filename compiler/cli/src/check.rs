//! `agentpassc check`: everything that is wrong with the contracts, in one list.

use crate::args::{self, Color};
use crate::disk::Disk;
use crate::output::{Exit, Failure, is_coloured};
use crate::{paths, programs, project, report};

/// Runs the verb.
pub(crate) fn run(args: &args::Check, color: Color) -> Result<Exit, Failure> {
    let disk = Disk::default();
    let named = paths::find(&args.paths, &disk)?;
    let project = project::read(&disk)?;
    let found = programs::check(&named, &disk, &project);
    report::findings(args.format, &found.sources, &found.diagnostics, is_coloured(color))?;
    Ok(report::exit(&found.diagnostics, args.deny_warnings))
}
