//! Contracts at work, for tests of several kinds: from text to a gate, as `agentpassc eval` and `replay` set one up.

#![allow(dead_code, unreachable_pub, reason = "each test uses a part")]

pub mod chapter;
pub mod lines;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use agentpass_compiler::build::{Disk, build};
use agentpass_compiler::diagnostics::config::Config;
use agentpass_compiler::load::{Files, MemoryFiles};
use agentpass_runtime::{Contract, Decision, Gate, GateBuilder, Source, Store};
use agentpass_values::Timestamp;

/// A Monday: what the clock says where a call does not.
pub fn monday() -> Timestamp {
    Timestamp::parse("2026-11-23T10:00:00Z").unwrap()
}

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The contract of some files, the first of which leads; the errors as text where it has some.
pub fn contract(files: &[(&str, &str)], params: &[(&str, &str)]) -> Result<Contract, String> {
    let memory = MemoryFiles::new(files.iter().copied());
    let lead = files.first().map_or("", |(name, _)| name);
    built(lead, &memory, params)
}

/// The contract of a file of the repository.
pub fn contract_at(path: &Path, params: &[(&str, &str)]) -> Result<Contract, String> {
    built(&path.to_string_lossy(), &Disk, params)
}

fn built(lead: &str, files: &dyn Files, params: &[(&str, &str)]) -> Result<Contract, String> {
    let params: BTreeMap<String, String> =
        params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let built = build(&[lead.to_owned()], files, &Config::default(), &params);
    built.map(|(contract, _)| contract).map_err(|error| error.to_string())
}

/// A gate without a past, on Monday. Its names are the same in every run.
pub fn gate(contract: Contract) -> Gate {
    builder(contract).build().unwrap()
}

/// Such a gate while it is set up.
pub fn builder(contract: Contract) -> GateBuilder {
    Gate::builder(contract).store(Store::manual(monday())).offline().seed(1)
}

/// One decision without a past.
pub fn decide(contract: &Contract, call: &[u8]) -> Decision {
    gate(contract.clone()).decide(Source::Offline, call)
}

/// Files of a folder with that ending, by name.
pub fn files_in(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == ending));
    files.sort();
    files
}
