//! Every contract of this repository checks without errors.

use std::path::{Path, PathBuf};

use agentpass_compiler::check::check;
use agentpass_compiler::diagnostics::{Severity, render};
use agentpass_compiler::load::{Files, load};

struct Disk;

impl Files for Disk {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        std::fs::read(path).map_err(|error| error.to_string())
    }
}

fn contracts(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            contracts(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "agentpass") {
            found.push(path);
        }
    }
}

#[test]
fn everything_checks_clean() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    for folder in ["tests/samples", "stdlib", "examples"] {
        contracts(&root.join(folder), &mut found);
    }
    found.sort();
    assert!(found.len() >= 20);
    let mut failed = Vec::new();
    for path in found {
        let loaded = load(&[path.display().to_string()], &Disk);
        let mut problems: Vec<_> = loaded
            .problems
            .iter()
            .chain(loaded.files.iter().flat_map(|f| &f.parsed.problems))
            .cloned()
            .collect();
        problems.extend(check(&loaded).problems);
        problems.retain(|problem| problem.severity == Severity::Error);
        if !problems.is_empty() {
            eprintln!("{}", render::render(render::Format::Human, &loaded.sources, &problems, false));
            failed.push(path);
        }
    }
    assert!(failed.is_empty(), "{failed:?}");
}
