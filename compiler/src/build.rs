//! From files to a contract that can be executed, in one call.
//!
//! ```
//! use agentpass_compiler::build::build;
//! use agentpass_compiler::load::MemoryFiles;
//!
//! let text = "edition 2026\ncontract desk { version \"1\" }\ntool look(id: id) { action read }\n";
//! let files = MemoryFiles::new([("desk.agentpass", text)]);
//! let roots = ["desk.agentpass".to_owned()];
//! let (contract, _) = build(&roots, &files, &Default::default(), &Default::default())?;
//! assert_eq!(contract.program().tools.len(), 1);
//! # Ok::<(), agentpass_compiler::build::BuildError>(())
//! ```
//!
//! Hosts that have the compiler at hand load a contract by its path: `Contract::load("desk.agentpass")?`, with [`Load`] in
//! scope. [`Disk`] is the only thing in this crate that opens files.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use agentpass_grammar::MAX_FILE_BYTES;
use agentpass_ir::{Fault, Verified, verify};

use crate::analysis::{Analysis, analyse};
use crate::diagnostics::config::Config;
use crate::diagnostics::render::{Format, render};
use crate::diagnostics::{Diagnostic, Severity};
use crate::load::Files;
use crate::lower::{LowerError, Params, lower};

/// Reads, checks, lowers and verifies a program.
///
/// # Errors
/// What keeps the program from being executed: errors of the checker, values of its parameters that do not fit, what is too
/// large. Warnings keep nothing back; they stand in the analysis.
pub fn build(
    roots: &[String],
    files: &dyn Files,
    config: &Config,
    params: &Params,
) -> Result<(Verified, Analysis), BuildError> {
    let analysis = analyse(roots, files, config);
    if !analysis.is_clean() {
        return Err(BuildError::Contract(Box::new(analysis)));
    }
    match lower(&analysis.checked.program, &analysis.loaded.sources, params) {
        Ok(program) => Ok((verify(program).map_err(BuildError::Program)?, analysis)),
        Err(errors) => Err(BuildError::Lowering(errors, Box::new(analysis))),
    }
}

/// Why there is no contract that can be executed.
#[derive(Clone, Debug)]
pub enum BuildError {
    /// The program has errors: they stand in the analysis.
    Contract(Box<Analysis>),
    /// Something in it cannot be executed, or its parameters are not as it wants them.
    Lowering(Vec<LowerError>, Box<Analysis>),
    /// What was made of it is refused by the only door to execution.
    Program(Fault),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contract(analysis) => {
                let errors = analysis.diagnostics.iter().filter(|found| found.severity == Severity::Error);
                let errors: Vec<Diagnostic> = errors.cloned().collect();
                f.write_str(&render(Format::Human, &analysis.loaded.sources, &errors, false))
            }
            Self::Lowering(errors, analysis) => {
                for (index, error) in errors.iter().enumerate() {
                    if index > 0 {
                        writeln!(f)?;
                    }
                    if let Some(file) = analysis.loaded.sources.get(error.span.file) {
                        let at = file.position(error.span.start);
                        write!(f, "{}:{}:{}: ", file.name, at.line, at.column)?;
                    }
                    write!(f, "{error}")?;
                }
                Ok(())
            }
            Self::Program(fault) => write!(f, "the contract cannot be executed: {fault}"),
        }
    }
}

impl std::error::Error for BuildError {}

/// Contracts that are loaded from source.
pub trait Load: Sized {
    /// The contract of a file and all that it imports, with the defaults of its parameters.
    ///
    /// # Errors
    /// What keeps it from being executed, the file that cannot be read included.
    fn load(path: impl AsRef<Path>) -> Result<Self, BuildError> {
        Self::load_with(path, &Params::new())
    }

    /// The same, with values of its parameters.
    ///
    /// # Errors
    /// As for [`Load::load`].
    fn load_with(path: impl AsRef<Path>, params: &Params) -> Result<Self, BuildError>;
}

impl Load for Verified {
    fn load_with(path: impl AsRef<Path>, params: &Params) -> Result<Self, BuildError> {
        // A path that is no text names no file that could be read: the loader says so with its place.
        let roots = [path.as_ref().to_string_lossy().into_owned()];
        build(&roots, &Disk, &Config::default(), params).map(|(contract, _)| contract)
    }
}

/// The files of the machine, as they are named: relative ones from where the process stands.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let open = || {
            // Only files: a named pipe would block for ever, and `/dev/zero` never ends.
            if !std::fs::metadata(path)?.is_file() {
                return Err(std::io::Error::other("it is not a regular file"));
            }
            let mut bytes = Vec::new();
            // One byte more than a file may have is enough for the loader to refuse it.
            File::open(path)?.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        open().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => "no such file".to_owned(),
            _ => error.to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use agentpass_ir::Verified as Contract;

    use super::*;
    use crate::load::MemoryFiles;
    use crate::lower::Construct;

    fn built(text: &str, params: &[(&str, &str)]) -> Result<Verified, BuildError> {
        let files = MemoryFiles::new([("main.agentpass", text)]);
        let params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let built = build(&["main.agentpass".to_owned()], &files, &Config::default(), &params);
        built.map(|(contract, _)| contract)
    }

    const HEAD: &str = "edition 2026\ncontract c { version \"1\" }\ntool t(n: int) { action read }\n";

    #[test]
    fn a_contract_comes_from_the_disk() {
        let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/samples/refund_desk.agentpass");
        let contract = Contract::load(sample).unwrap();
        assert_eq!(contract.program().contract.name, "refund_desk");
        let coding = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/samples/coding_agent.agentpass");
        let missing = Contract::load(coding).unwrap_err().to_string();
        assert!(missing.contains("coding_agent.agentpass:8:7: this parameter is not set"), "{missing}");
        let params = Params::from([("project".to_owned(), "/src/app".to_owned())]);
        assert!(Contract::load_with(coding, &params).is_ok());
        assert!(Contract::load("no/such.agentpass").unwrap_err().to_string().contains("no such file"));
        assert!(Contract::load(env!("CARGO_MANIFEST_DIR")).unwrap_err().to_string().contains("regular file"));
    }

    #[test]
    fn what_keeps_a_contract_back_is_told() {
        let error = built("edition 2026\ncontract c { version \"1\" }\ndeny when x == 1\n", &[]).unwrap_err();
        assert!(matches!(error, BuildError::Contract(_)));
        assert!(error.to_string().contains("there is no name `x`"), "{error}");
        let text = format!("{HEAD}param most: int\nparam tier: \"dev\" | \"prod\" = \"dev\"\n");
        let error = built(&text, &[("tire", "prod")]).unwrap_err();
        let BuildError::Lowering(errors, _) = &error else { panic!("{error}") };
        let found: Vec<Construct> = errors.iter().map(|error| error.construct).collect();
        assert_eq!(found, [Construct::NoSuchParam, Construct::ParamNotSet]);
        assert!(error.to_string().contains("`tire`; did you mean `tier`?"), "{error}");
        let error = built(&text, &[("most", "many"), ("tier", "test")]).unwrap_err().to_string();
        assert!(error.contains("main.agentpass:4:7: the value of this parameter does not fit"), "{error}");
        assert!(error.contains("`tier`"), "{error}");
        let contract = built(&text, &[("most", "7")]).unwrap();
        let params = &contract.program().contract.params;
        assert_eq!(params, &[("most".to_owned(), "7".to_owned()), ("tier".to_owned(), "dev".to_owned())]);
        let other = built(&text, &[("most", "8")]).unwrap();
        assert_ne!(contract.digest(), other.digest());
    }
}
