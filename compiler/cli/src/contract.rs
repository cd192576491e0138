//! From the CONTRACTs of a command to one that can judge calls: compiled from its files, or loaded from a bundle.

use agentpass_compiler::diagnostics::Diagnostic;
use agentpass_compiler::diagnostics::render::{Format, render};
use agentpass_compiler::load::Files;
use agentpass_grammar::Sources;
use agentpass_ir::bundle::{self, BundleError};
use agentpass_runtime::Contract;
use agentpassc::{Refused, lower};

use crate::args::{self, Color};
use crate::disk::Disk;
use crate::output::{Failure, is_coloured_aside, print_aside};
use crate::{paths, programs, project};

/// The contract of a program; nothing where it is at fault, which standard error has been told.
pub(crate) fn load(program: &args::Program, color: Color) -> Result<Option<Contract>, Failure> {
    let disk = Disk::default();
    let named = paths::find(&program.contracts, &disk)?;
    if let [file] = named.files.as_slice()
        && let Some(bundle) = bundled(&disk, file)
    {
        if !program.params.is_empty() {
            return Err(Failure::new(
                "a bundle holds the values of its parameters: --param sets those of sources",
            ));
        }
        return match bundle {
            Ok(contract) => Ok(Some(contract)),
            Err(error) => {
                Failure::new(format!("`{file}` is no bundle that can be used: {error}")).report();
                Ok(None)
            }
        };
    }
    let project = project::read(&disk)?;
    let analysis = programs::only(&named, &disk, &project)?;
    match lower(&analysis, &program.params) {
        Ok(contract) => Ok(Some(contract)),
        Err(Refused::Params(why)) => Err(Failure::new(why)),
        Err(Refused::Lowering(why)) => {
            Failure::new(why).report();
            Ok(None)
        }
        Err(Refused::Contract(errors)) => {
            tell(&analysis.loaded.sources, &errors, color);
            Ok(None)
        }
    }
}

/// What a bundle holds; nothing for a file that is none.
fn bundled(disk: &Disk, file: &str) -> Option<Result<Contract, BundleError>> {
    // An empty file is a contract without anything sooner than a bundle that lost everything.
    let bytes = disk.read(file).ok().filter(|bytes| !bytes.is_empty())?;
    match bundle::read(&bytes) {
        Err(BundleError::Foreign) => None,
        read => Some(read),
    }
}

/// Shows errors on standard error.
fn tell(sources: &Sources, errors: &[Diagnostic], color: Color) {
    print_aside(&render(Format::Human, sources, errors, is_coloured_aside(color)));
}
