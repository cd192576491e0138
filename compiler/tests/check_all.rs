//! Every contract of this repository can be read whole and checks without errors.

mod support;

use agentpass_compiler::analysis::analyse;
use agentpass_compiler::diagnostics::config::Config;
use agentpass_compiler::diagnostics::render::{Format, render};
use support::{Disk, contracts};

#[test]
fn everything_checks_clean() {
    let found = contracts(&["tests/samples", "stdlib", "examples"]);
    assert!(found.len() >= 20);
    let mut failed = Vec::new();
    for path in found {
        let analysis = analyse(std::slice::from_ref(&path), &Disk, &Config::default());
        let items = analysis.loaded.files.iter().flat_map(|file| &file.parsed.file.items);
        if !analysis.is_clean() || items.into_iter().any(|item| item.broken) {
            eprintln!("{}", render(Format::Human, &analysis.loaded.sources, &analysis.diagnostics, false));
            failed.push(path);
        }
    }
    assert!(failed.is_empty(), "{failed:?}");
}
