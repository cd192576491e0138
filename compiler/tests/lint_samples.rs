//! What the lints say about the contracts of this repository: no false alarms where people read how it is done.

mod support;

use agentpass_compiler::analysis::analyse;
use agentpass_compiler::diagnostics::Severity;
use agentpass_compiler::diagnostics::config::Config;
use agentpass_compiler::diagnostics::render::{Format, render};
use support::{Disk, contracts};

#[test]
fn contracts_that_people_copy_have_no_warnings() {
    let mut found = contracts(&["tests/samples", "stdlib", "examples"]);
    // The tests of the standard library show what is denied, as well as what is not.
    found.retain(|path| !path.contains("/stdlib/tests/"));
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
