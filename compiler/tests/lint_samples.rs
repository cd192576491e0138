//! What the lints say about the contracts of this repository: no false alarms where people read how it is done.

use std::path::Path;

use agentpass_compiler::analysis::analyse;
use agentpass_compiler::diagnostics::Severity;
use agentpass_compiler::diagnostics::config::Config;
use agentpass_compiler::diagnostics::render::{Format, render};
use agentpass_compiler::load::Files;

struct Disk;

impl Files for Disk {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        std::fs::read(path).map_err(|error| error.to_string())
    }
}

#[test]
fn contracts_that_people_copy_have_no_warnings() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    for folder in ["tests/samples", "stdlib", "examples"] {
        contracts(&root.join(folder), &mut found);
    }
    // The tests of the standard library show what is denied, as well as what is not.
    found.retain(|path| !path.contains("/stdlib/tests/"));
    found.sort();
    assert!(found.len() >= 12);
    let mut failed = Vec::new();
    for path in found {
        let analysis = analyse(std::slice::from_ref(&path), &Disk, &Config::default());
        if analysis.diagnostics.iter().any(|finding| finding.severity != Severity::Note) {
            eprintln!("{}", render(Format::Human, &analysis.loaded.sources, &analysis.diagnostics, false));
            failed.push(path);
        }
    }
    assert!(failed.is_empty(), "{failed:?}");
}

fn contracts(folder: &Path, found: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            contracts(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "agentpass") {
            found.push(path.display().to_string());
        }
    }
}
