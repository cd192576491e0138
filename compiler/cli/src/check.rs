//! `agentpassc check`: everything that is wrong with the contracts, in one list.

use agentpass_compiler::diagnostics::Safety;

use crate::args::{self, Color};
use crate::disk::{Disk, STDIN};
use crate::output::{Exit, Failure, is_coloured};
use crate::{contract, mend, paths, programs, project, report};

/// Runs the verb.
pub(crate) fn run(args: &args::Check, color: Color) -> Result<Exit, Failure> {
    let disk = Disk::default();
    let named = paths::find(&args.paths, &disk)?;
    contract::no_bundles(&named, &disk, "check")?;
    let project = project::read(&disk)?;
    let found = if args.fix {
        if named.files.iter().any(|file| file == STDIN) {
            return Err(Failure::new("`--fix` writes the files that it mends, and `-` is none: name a file"));
        }
        let most = if args.unsafe_fixes { Safety::Unsafe } else { Safety::Safe };
        mend::mend(&named, &disk, &project, most)?
    } else {
        programs::check(&named, &disk, &project)
    };
    report::findings(args.format, &found.sources, &found.diagnostics, is_coloured(color))?;
    Ok(report::exit(&found.diagnostics, args.deny_warnings))
}
