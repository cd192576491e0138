//! From the CONTRACTs of a command to one that can judge calls: compiled from its files, or loaded from a bundle.

use agentpass_compiler::analysis::Analysis;
use agentpass_compiler::diagnostics::render::{Format, render};
use agentpass_compiler::diagnostics::{Diagnostic, Severity};
use agentpass_compiler::load::Files;
use agentpass_compiler::lower::{Construct, LowerError, Params};
use agentpass_grammar::Sources;
use agentpass_ir::bundle::{self, BundleError};
use agentpass_runtime::Contract;

use crate::args::{self, Color};
use crate::disk::Disk;
use crate::output::{Failure, is_coloured_aside, print_aside};
use crate::{paths, programs, project};

/// Why there is no contract.
#[derive(Clone, Debug)]
pub(crate) enum Refused {
    /// What is wrong with it, errors only.
    Contract(Vec<Diagnostic>),
    /// What is wrong with the values of its parameters.
    Params(String),
    /// What in it cannot be executed, with its places.
    Lowering(String),
}

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
    match bundle::read(&disk.read(file).ok()?) {
        Err(BundleError::Foreign) => None,
        read => Some(read),
    }
}

/// The contract of a checked program, under values of its parameters.
pub(crate) fn lower(analysis: &Analysis, params: &[(String, String)]) -> Result<Contract, Refused> {
    if !analysis.is_clean() {
        let errors = analysis.diagnostics.iter().filter(|found| found.severity == Severity::Error);
        return Err(Refused::Contract(errors.cloned().collect()));
    }
    let given: Params = params.iter().cloned().collect();
    let sources = &analysis.loaded.sources;
    let program = agentpass_compiler::lower::lower(&analysis.checked.program, sources, &given)
        .map_err(|errors| refused(sources, &errors))?;
    agentpass_ir::verify(program)
        .map_err(|fault| Refused::Params(format!("the contract cannot be run: {fault}")))
}

/// What cannot be lowered: values that do not fit are the command's fault, anything else the contract's.
fn refused(sources: &Sources, errors: &[LowerError]) -> Refused {
    let of_params = |error: &&LowerError| {
        let own = [Construct::ParamNotSet, Construct::ParamDoesNotFit, Construct::NoSuchParam];
        own.contains(&error.construct)
    };
    let params: Vec<String> = errors.iter().filter(of_params).map(ToString::to_string).collect();
    if params.is_empty() {
        let place = |error: &LowerError| match sources.get(error.span.file) {
            Some(file) => format!("{}:{}: {error}", file.name, file.position(error.span.start).line),
            None => error.to_string(),
        };
        Refused::Lowering(errors.iter().map(place).collect::<Vec<_>>().join("\n"))
    } else {
        Refused::Params(params.join("\n"))
    }
}

/// Shows errors on standard error.
fn tell(sources: &Sources, errors: &[Diagnostic], color: Color) {
    print_aside(&render(Format::Human, sources, errors, is_coloured_aside(color)));
}
