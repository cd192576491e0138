//! The formatter on everything that this repository holds.

use std::path::{Path, PathBuf};

use agentpass_compiler::fmt::format;
use agentpass_grammar::FileId;

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
fn dump() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    for folder in ["tests/samples", "stdlib", "examples"] {
        contracts(&root.join(folder), &mut found);
    }
    for path in found {
        let text = std::fs::read_to_string(&path).unwrap();
        let formatted = format(FileId(0), &text);
        for problem in &formatted.problems {
            println!("{}: {}", path.display(), problem.message);
        }
        let again = format(FileId(0), &formatted.text);
        if again.changed { println!("{}: NOT IDEMPOTENT", path.display()); }
        std::fs::create_dir_all("/tmp/fmtwork/out").unwrap();
        std::fs::write(Path::new("/tmp/fmtwork/out").join(path.strip_prefix(&root).unwrap().display().to_string().replace("/", "_")), formatted.text).unwrap();
        std::fs::write(Path::new("/tmp/fmtwork/out").join(format!("{}.2", path.strip_prefix(&root).unwrap().display().to_string().replace("/", "_"))), again.text).unwrap();
    }
}
