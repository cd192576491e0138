//! The project's configuration, `agentpass.toml`.

use agentpass_compiler::diagnostics::Diagnostic;
use agentpass_compiler::diagnostics::config::Config;
use agentpass_compiler::load::Files;
use agentpass_grammar::{SourceFile, Sources};

use crate::disk::Disk;
use crate::output::Failure;
use crate::paths;

/// What the project says about lints, and what is wrong with how it says it.
#[derive(Default)]
pub(crate) struct Project {
    /// The levels.
    pub(crate) config: Config,
    /// Holds the configuration file where something is wrong with it, else nothing.
    pub(crate) sources: Sources,
    /// What is wrong with it.
    pub(crate) problems: Vec<Diagnostic>,
}

/// Reads the nearest configuration.
pub(crate) fn read(disk: &Disk) -> Result<Project, Failure> {
    let Some(path) = paths::configuration() else { return Ok(Project::default()) };
    let failed = |why: &str| Failure::new(format!("`{path}` cannot be read: {why}"));
    let bytes = disk.read(&path).map_err(|why| failed(&why))?;
    let text = String::from_utf8(bytes).map_err(|_| failed("it is not valid UTF-8"))?;
    let mut sources = Sources::default();
    let file = SourceFile::new(path.as_str(), text);
    let id = sources.add(file.clone());
    let (config, problems) = Config::parse(id, &file);
    if problems.is_empty() {
        sources = Sources::default();
    }
    Ok(Project { config, sources, problems })
}
