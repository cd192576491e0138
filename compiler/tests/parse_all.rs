//! Everything in the language that this repository holds can be read.

use std::path::{Path, PathBuf};

use agentpass_compiler::parse::parse;
use agentpass_grammar::{FileId, SourceFile};

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
fn everything_parses() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    for folder in ["tests/samples", "stdlib", "examples"] {
        contracts(&root.join(folder), &mut found);
    }
    assert!(found.len() >= 5);
    let mut failed = false;
    for path in found {
        let text = std::fs::read_to_string(&path).unwrap();
        let parsed = parse(FileId(0), &text);
        let file = SourceFile::new(path.display().to_string(), text);
        for problem in &parsed.problems {
            failed = true;
            let position = file.position(problem.span.start);
            eprintln!("{}:{}:{}: {}", path.display(), position.line, position.column, problem.message);
        }
        assert!(parsed.file.items.iter().all(|item| !item.broken));
    }
    assert!(!failed);
}
