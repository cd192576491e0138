//! From the CONTRACTs of a command to one that can judge calls: compiled from its files, or loaded from a bundle.

use std::collections::HashSet;

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
use crate::paths::Named;
use crate::{paths, programs, project};

/// The contract of a program; nothing where it is at fault, which standard error has been told.
pub(crate) fn load(program: &args::Program, color: Color) -> Result<Option<Contract>, Failure> {
    if let Some(name) = twice(&program.params) {
        return Err(Failure::new(format!("`--param {name}` is given twice: which of the two counts?")));
    }
    let disk = Disk::default();
    let named = paths::find(&program.contracts, &disk)?;
    if named.files.len() > 1
        && let Some(bundle) = named.files.iter().find(|file| is_bundle(&disk, file))
    {
        return Err(Failure::new(format!(
            "`{bundle}` is a bundle, and holds a whole contract: name it alone"
        )));
    }
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
        Err(Refused::Params(why)) => Err(params(&why)),
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

/// What is wrong with values of parameters, one line each, and how they are given.
fn params(why: &str) -> Failure {
    let mut reasons: Vec<String> = why.lines().map(str::to_owned).collect();
    if why.contains("is not set") {
        reasons.push("values are given with `--param NAME=VALUE`, once for each parameter".to_owned());
    }
    Failure::all(reasons).unwrap_or_else(|| Failure::new(why))
}

/// The name of a parameter that is given twice.
fn twice(params: &[(String, String)]) -> Option<&str> {
    let mut seen = HashSet::new();
    params.iter().map(|(name, _)| name.as_str()).find(|name| !seen.insert(*name))
}

fn is_bundle(disk: &Disk, file: &str) -> bool {
    disk.read(file).is_ok_and(|bytes| bundle::is_bundle(&bytes))
}

/// For verbs that read contracts as people wrote them: a bundle is none.
pub(crate) fn no_bundles(named: &Named, disk: &Disk, verb: &str) -> Result<(), Failure> {
    match named.files.iter().find(|file| is_bundle(disk, file)) {
        None => Ok(()),
        Some(file) => Err(Failure::new(format!(
            "`{file}` is a bundle, which `build` made of a contract: `{verb}` takes the contract itself; `eval`, `replay`, \
             `build` and `explain --decision` take bundles"
        ))),
    }
}

/// Shows errors on standard error.
fn tell(sources: &Sources, errors: &[Diagnostic], color: Color) {
    print_aside(&render(Format::Human, sources, errors, is_coloured_aside(color)));
}
