//! The contracts of this repository, for tests that hold for all of them.

use std::path::Path;

use agentpass_compiler::load::Files;

/// Files as they lie on the disk.
#[allow(dead_code, reason = "not every test that uses this module loads programs")]
pub(crate) struct Disk;

impl Files for Disk {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        std::fs::read(path).map_err(|error| error.to_string())
    }
}

/// The paths of all contracts in these folders of the repository, sorted.
pub(crate) fn contracts(folders: &[&str]) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    for folder in folders {
        collect(&root.join(folder), &mut found);
    }
    found.sort();
    found
}

fn collect(folder: &Path, found: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "agentpass") {
            found.push(path.display().to_string());
        }
    }
}
